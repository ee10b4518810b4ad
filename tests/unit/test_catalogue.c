/* The translations that are built in: how a language is chosen, and that every translation says all that its English says. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

static int wrong;

static void complain(const char *what, const char *english, const char *detail) {
  print_error("%s: \"%.70s...\" %s\n", what, english, detail);
  wrong++;
}

static void assert_nothing_wrong(void) {
  int complaints = wrong;
  wrong = 0;
  if (complaints) fail_msg("%d complaints", complaints);
}

static int back_to_english(void **state) {
  (void)state;
  static const char *const variables[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < countof(variables); i++) unsetenv(variables[i]);
  lang_choose_by_environment();
  return 0;
}

/* --- choosing -------------------------------------------------------------------------------------------------------------- */

static void a_language_is_known_by_all_its_usual_names(void **state) {
  (void)state;
  static const char *const portuguese[] = {"pt_BR", "pt-BR", "pt", "PT_br", "pt_BR.UTF-8", "pt_BR.utf8@any", "pt_PT", "pt-pt.ISO-8859-1"};
  for (size_t i = 0; i < countof(portuguese); i++) {
    assert_int_equal(lang_choose("en"), 0);
    assert_int_equal(lang_choose(portuguese[i]), 0);
    assert_string_equal(lang_name(), "pt_BR");
  }
  static const char *const english[] = {"en", "en_GB.UTF-8", "C", "C.UTF-8", "POSIX", "EN-us"};
  for (size_t i = 0; i < countof(english); i++) {
    assert_int_equal(lang_choose("pt"), 0);
    assert_int_equal(lang_choose(english[i]), 0);
    assert_string_equal(lang_name(), "en");
  }
}

static void a_language_that_is_not_there_changes_nothing(void **state) {
  (void)state;
  static const char *const others[] = {"", "p", "ptx", "pt_", "es", "de_DE.UTF-8", "_BR", "brazilian", ".UTF-8", "Cx", "enough", "C_XX"};
  for (size_t i = 0; i < countof(others); i++) {
    assert_int_equal(lang_choose("pt_BR"), 0);
    if (text_equal(others[i], "pt_")) continue; /* a territory left out: taken loosely, as Portuguese */
    if (lang_choose(others[i]) != -ENOENT) fail_msg("'%s' is taken for %s", others[i], lang_name());
    assert_string_equal(lang_name(), "pt_BR");
  }
}

static void the_environment_chooses_as_gettext_does(void **state) {
  (void)state;
  static const struct {
    const char *language, *all, *messages, *lang, *want;
  } cases[] = {
      {NULL, NULL, NULL, NULL, "en"},
      {NULL, NULL, NULL, "pt_BR.UTF-8", "pt_BR"},
      {NULL, NULL, "pt_BR.UTF-8", "en_US.UTF-8", "pt_BR"},
      {NULL, "en_US.UTF-8", "pt_BR.UTF-8", "pt_BR.UTF-8", "en"},
      {NULL, "", "", "pt_BR", "pt_BR"}, /* an empty variable counts as none */
      {NULL, "C", NULL, "pt_BR.UTF-8", "en"},
      {NULL, NULL, NULL, "de_DE.UTF-8", "en"},
      {"pt_BR:en", NULL, NULL, "en_US.UTF-8", "pt_BR"},
      {"de:pt:en", NULL, NULL, "de_DE.UTF-8", "pt_BR"},
      {"en:pt_BR", NULL, NULL, "pt_BR.UTF-8", "en"},
      {"::pt_BR", NULL, NULL, "C.UTF-8", "pt_BR"},
      {"pt_BR", NULL, NULL, NULL, "en"}, /* LANGUAGE only refines a locale */
      {"pt_BR", "POSIX", NULL, "pt_BR", "en"},
      {"de:fr", NULL, NULL, "pt_BR.UTF-8", "en"}, /* and stands in its place */
      {"", NULL, NULL, "pt_BR.UTF-8", "pt_BR"},
  };
  for (size_t i = 0; i < countof(cases); i++) {
    back_to_english(NULL);
    if (cases[i].language) setenv("LANGUAGE", cases[i].language, 1);
    if (cases[i].all) setenv("LC_ALL", cases[i].all, 1);
    if (cases[i].messages) setenv("LC_MESSAGES", cases[i].messages, 1);
    if (cases[i].lang) setenv("LANG", cases[i].lang, 1);
    lang_choose_by_environment();
    if (!text_equal(lang_name(), cases[i].want)) fail_msg("case %zu is %s", i, lang_name());
  }
}

static void a_text_without_translation_stays_english(void **state) {
  (void)state;
  const char *unknown = "No catalogue has this sentence.";
  assert_string_equal(translated("By hand"), "By hand");
  assert_int_equal(lang_choose("pt_BR"), 0);
  assert_ptr_equal(translated(unknown), unknown);
  assert_null(translated(NULL));
  assert_string_equal(translated("By hand"), "À mão");
}

static void only_the_comment_of_a_command_is_translated(void **state) {
  (void)state;
  assert_null(lang_comment("docker-compose exec web grep -c '#30bfd3' lib/build/css/main.css"));
  assert_null(lang_comment("sed -e 's/ # .*//' config.env"));
  assert_string_equal(lang_comment("# then: run it"), "then: run it");
  assert_string_equal(lang_comment("df -h    # a full disk stops it"), "a full disk stops it");
  assert_int_equal(lang_choose("pt_BR"), 0);
  auto_text struct text text = {0};
  lang_add_command(&text, "df -h    # By hand");
  assert_string_equal(text_get(&text), "df -h    # À mão");
}

/* --- printing ------------------------------------------------------------------------------------------------------------------ */

static size_t characters(const char *line, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += ((unsigned char)line[i] & 0xC0) != 0x80;
  return count;
}

static void a_line_holds_eighty_characters_not_bytes(void **state) {
  (void)state;
  auto_text struct text paragraph = {0}, text = {0};
  for (int i = 0; i < 26; i++) text_add(&paragraph, i ? " çãé" : "çãé"); /* 26 x 4 - 1 characters, twice the bytes */
  explain_wrap(&text, "", 0, text_get(&paragraph));
  const char *first = text_get(&text);
  assert_int_equal(characters(first, strcspn(first, "\n")), 79);
  text_clear(&text);
  explain_wrap(&text, "- ", 2, text_get(&paragraph));
  assert_int_equal(characters(text_get(&text), strcspn(text_get(&text), "\n")), 77);
  text_clear(&text);
  explain_wrap(&text, "", 0, "one\ntwo");
  assert_string_equal(text_get(&text), "one\ntwo\n");
  text_clear(&text);
  auto_free char *word = xcalloc(200, 1);
  memset(word, 'x', 199);
  explain_wrap(&text, "", 0, word);
  assert_int_equal(text.length, 200); /* a word that is too long stays whole */
}

static void every_explanation_keeps_within_eighty_characters(void **state) {
  (void)state;
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  for (int translate = 0; translate <= 1; translate++) {
    assert_int_equal(lang_choose(translate ? "pt_BR" : "en"), 0);
    for (size_t i = 0; i < count; i++) {
      auto_text struct text text = {0};
      explain_text(&known[i], known, count, &text);
      const char *by_hand = strstr(text_get(&text), translated("By hand"));
      for (const char *line = text_get(&text); *line; line += strcspn(line, "\n") + 1) {
        if (by_hand && line > by_hand) break; /* commands stay whole */
        if (characters(line, strcspn(line, "\n")) > 80 && strchr(line + 2, ' ')) complain(known[i].name, line, "is too long");
      }
    }
  }
  assert_nothing_wrong();
}

/* --- what a translation has to keep ------------------------------------------------------------------------------------------------ */

static bool is_valid_utf8(const char *string) {
  json_t *value = json_string(string); /* refuses anything else */
  json_decref(value);
  return value != NULL;
}

static bool is_name_character(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

static bool is_one_of(char c, const char *set) {
  return c && strchr(set, c);
}

/* The length of what stands at p and may not be changed: `a command`, <a-placeholder>, a URL, a /path, an --option, AN_ENVIRONMENT_NAME, a
 * number; or 0. `before` is the character before it. */
static size_t fixed_length(const char *p, char before) {
  if (*p == '`') return strchr(p + 1, '`') ? (size_t)(strchr(p + 1, '`') - p) + 1 : 0;
  if (*p == '<' && p[strcspn(p, "> ")] == '>') return strcspn(p, ">") + 1; /* one of several words is translated */
  bool path = *p == '/' && isalpha((unsigned char)p[1]), option = text_starts(p, "--") && isalpha((unsigned char)p[2]);
  if (text_starts(p, "http://") || text_starts(p, "https://") || ((path || option) && (!before || is_one_of(before, " (\"'")))) {
    size_t length = strcspn(p, " ,;)\"'`\n");
    while (length > 0 && is_one_of(p[length - 1], ".:")) length--;
    return length;
  }
  if (is_name_character(before)) return 0;
  size_t name = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  if (name > 3 && memchr(p, '_', name) && !is_name_character(p[name])) return name;
  size_t number = strspn(p, "0123456789.");
  while (number > 0 && p[number - 1] == '.') number--;
  return isdigit((unsigned char)*p) && !isalpha((unsigned char)p[number]) ? number : 0;
}

static void check_kept(const char *english, const char *translation) {
  for (const char *p = english; *p;) {
    size_t length = fixed_length(p, p > english ? p[-1] : 0);
    if (length == 0) {
      p++;
      continue;
    }
    auto_free char *fixed = xstrndup(p, length);
    if (!strstr(translation, fixed)) complain("lost", english, fixed);
    p += length;
  }
}

static size_t plain_words(const char *text) {
  size_t count = 0;
  for (const char *p = text; *p;) {
    size_t blanks = strspn(p, " "), length = strcspn(p + blanks, " "), letters = strspn(p + blanks, "abcdefghijklmnopqrstuvwxyz");
    count += length > 0 && letters == length;
    p += blanks + length;
  }
  return count;
}

/* A command without a word of explanation is the same in every language; so are names, a word and a unit beside numbers. */
static bool is_command(const char *english) {
  static const char *const beginnings[] = {"inv ",    "docker ", "docker-compose ", "migrate -", "down -",
                                           "python ", "nginx -", "TRUNCATE ",       "VACUUM ",   "X-Frame-Options: "};
  for (size_t i = 0; i < countof(beginnings); i++) {
    if (text_starts(english, beginnings[i])) return true;
  }
  return plain_words(english) < 2;
}

static bool ends_a_sentence(const char *text) {
  size_t length = strlen(text);
  while (length > 0 && text[length - 1] == ' ') length--;
  return length > 0 && text[length - 1] == '.';
}

#define CONVERSIONS_MOST 12

/* What printf takes, in the order of its arguments: "%s %ld "; "%2$s" names its own. */
static char *conversions_of(const char *format) {
  char *found[CONVERSIONS_MOST] = {NULL};
  size_t next = 0;
  for (const char *p = format; (p = strchr(p, '%'));) {
    p++;
    size_t digits = strspn(p, "0123456789");
    size_t place = digits && p[digits] == '$' ? strtoul(p, NULL, 10) - 1 : next++;
    if (digits && p[digits] == '$') p += digits + 1;
    size_t length = strspn(p, "0123456789.*-hlz");
    if (p[length] == '%' && length == 0) { /* a plain one */
      next--;
      p++;
    } else if (p[length] && strchr("diouxXeEfgGcs", p[length]) && place < CONVERSIONS_MOST) {
      found[place] = xstrndup(p, length + 1);
    }
  }
  struct text text = {0};
  for (size_t i = 0; i < CONVERSIONS_MOST; i++) {
    text_printf(&text, "%s ", found[i] ? found[i] : "");
    free(found[i]);
  }
  return text_steal(&text);
}

static void check_entry(void *context, const char *key, const char *english, const char *translation) {
  (void)key;
  ++*(size_t *)context;
  check_kept(english, translation);
  if (!is_valid_utf8(translation)) complain("no UTF-8", english, translation);
  if (ends_a_sentence(english) != ends_a_sentence(translation))
    complain("ends with a full stop in one language only", english, translation);
  if (text_equal(english, translation) && !is_command(english)) complain("is still English", english, "");
  auto_free char *own = conversions_of(english), *other = conversions_of(translation);
  if (!text_equal(own, other)) complain("takes other arguments", english, other);
}

static void every_translation_keeps_commands_addresses_names_numbers_and_arguments(void **state) {
  (void)state;
  for (const struct language *language = languages; language->name; language++) {
    size_t count = 0;
    lang_walk(language, check_entry, &count);
    assert_true(count > 2000);
  }
  assert_nothing_wrong();
}

static void a_translation_may_order_its_arguments_anew(void **state) {
  (void)state;
  auto_free char *english = conversions_of("%s of %ld, 100 %%"), *same = conversions_of("%2$ld: %1$s, 100 %%"),
                 *other = conversions_of("%1$ld: %2$s");
  assert_string_equal(english, same);
  assert_string_not_equal(english, other);
}

/* That the catalogues hold every text of the sources and nothing that nobody has confirmed is conf/lang.sh's to say: see tests/run.py. */
static void every_text_of_every_code_is_found_translated(void **state) {
  (void)state;
  for (const struct language *language = languages; language->name; language++) {
    assert_int_equal(lang_choose(language->name), 0);
    for (size_t i = 0; i < explanation_count; i++) {
      for (enum explanation_part part = 0; part < PART_COUNT; part++) {
        const char *english = explanations[i].parts[part];
        if (english && explanation_text(&explanations[i], part) == english) complain(explanations[i].code, english, language->name);
      }
      for (const struct refusal *refusal = explanations[i].refused; refusal && refusal->remedy; refusal++) {
        if (translated(refusal->why) == refusal->why) complain(explanations[i].code, refusal->why, language->name);
      }
    }
  }
  assert_nothing_wrong();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_language_is_known_by_all_its_usual_names, back_to_english),
      cmocka_unit_test_setup(a_language_that_is_not_there_changes_nothing, back_to_english),
      cmocka_unit_test_setup(the_environment_chooses_as_gettext_does, back_to_english),
      cmocka_unit_test_setup(a_text_without_translation_stays_english, back_to_english),
      cmocka_unit_test_setup(only_the_comment_of_a_command_is_translated, back_to_english),
      cmocka_unit_test_setup(a_line_holds_eighty_characters_not_bytes, back_to_english),
      cmocka_unit_test_setup(every_explanation_keeps_within_eighty_characters, back_to_english),
      cmocka_unit_test_setup(every_translation_keeps_commands_addresses_names_numbers_and_arguments, back_to_english),
      cmocka_unit_test_setup(a_translation_may_order_its_arguments_anew, back_to_english),
      cmocka_unit_test_setup(every_text_of_every_code_is_found_translated, back_to_english),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
