/* Rules: the most specific cause wins, what it explains is folded into it, what no rule knows stands for itself, and the order of the ill
 * codes decides nothing. Tables of its own; the shipped rules are walked by test_tables.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/rule.h"

#define MADE(id, text) \
  static const struct code id = {.name = text, .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB, .evidence = EVIDENCE_ABSENCE}
MADE(page, "web/page");
MADE(down, "web/down");
MADE(css, "theme/css");
MADE(logo, "theme/logo");
MADE(table, "db/table");
MADE(alone, "x/alone");
MADE(slow, "db/slow");
static const struct code *const every[] = {&page, &down, &css, &logo, &table, &alone, &slow};

MADE(cause_theme, "cause/theme");
MADE(every_theme, "theme/");
MADE(cause_theme_special, "cause/theme-special");
MADE(cause_page, "cause/page");
MADE(cause_database, "cause/database");
MADE(cause_down, "cause/down");
MADE(every_web, "web/");
MADE(every_db, "db/");
MADE(every_cause, "cause/");
MADE(cause_never, "cause/never");
#define LIST(...) ((const struct code *const[]){__VA_ARGS__, NULL})

static const struct rule first_table[] = {
    {.code = &cause_theme, .rank = RANK_THEME, .all = LIST(&css), .explains = LIST(&every_theme)},
    {.code = &cause_theme_special, .rank = RANK_THEME + 5, .all = LIST(&css, &logo), .none = LIST(&slow)},
    {.code = &cause_page, .rank = RANK_FRAME, .any = LIST(&page, &logo)},
    {0},
};
static const struct rule second_table[] = {
    {.code = &cause_database, .rank = RANK_DATABASE, .all = LIST(&table), .explains = LIST(&page, &cause_theme, &cause_theme_special)},
    {.code = &cause_down, .rank = RANK_WEB, .any = LIST(&down), .explains = LIST(&every_theme, &every_web, &every_db, &every_cause)},
    {.code = &cause_never, .rank = RANK_NGINX, .none = LIST(&page)},
    {0},
};
static const struct rule *const tables[] = {first_table, second_table, NULL};

/* "cause: code code; cause: code", the codes sorted. */
static char *evaluate(const struct code *const *codes, size_t count) {
  struct causes causes = {0};
  struct text text = {0};
  rules_evaluate(tables, codes, count, &causes);
  for (size_t i = 0; i < causes.count; i++) {
    text_printf(&text, "%s%s:", i ? "; " : "", causes.items[i].code);
    assert_int_equal(causes.items[i].rule == NULL, causes.items[i].finding != NULL);
    for (size_t k = 0; k < countof(every); k++) {
      size_t times = 0;
      for (size_t n = 0; n < causes.items[i].explains_count; n++) times += text_equal(causes.items[i].explains[n], every[k]->name);
      assert_true(times <= 1);
      if (times) text_printf(&text, " %s", every[k]->name);
    }
  }
  causes_free(&causes);
  return text_steal(&text);
}

static void assert_causes(const char *want, const struct code *const *codes) {
  size_t count = 0;
  while (codes[count]) count++;
  char *got = evaluate(codes, count);
  assert_string_equal(got, want);
  free(got);
}
#define ILL(...) ((const struct code *const[]){__VA_ARGS__, NULL})

static void nothing_ill_has_no_cause(void **state) {
  (void)state;
  char *got = evaluate(NULL, 0);
  assert_string_equal(got, "");
  free(got);
}

static void a_code_without_a_rule_stands_for_itself(void **state) {
  (void)state;
  assert_causes("x/alone: x/alone", ILL(&alone));
  assert_causes("cause/page: theme/logo; x/alone: x/alone", ILL(&alone, &logo));
}

static void the_most_specific_cause_wins(void **state) {
  (void)state;
  assert_causes("cause/theme: theme/css", ILL(&css));
  assert_causes("cause/theme-special: theme/css theme/logo", ILL(&css, &logo));
}

static void a_rule_whose_none_is_ill_does_not_fire(void **state) {
  (void)state;
  assert_causes("cause/theme: theme/css theme/logo; db/slow: db/slow", ILL(&css, &logo, &slow));
}

static void the_lower_layer_explains_codes_and_causes_above_it(void **state) {
  (void)state;
  assert_causes("cause/database: web/page db/table", ILL(&page, &table));
  assert_causes("cause/database: web/page theme/css theme/logo db/table", ILL(&page, &css, &logo, &table));
  assert_causes("cause/down: web/page web/down theme/css theme/logo db/table db/slow; x/alone: x/alone",
                ILL(&page, &down, &css, &logo, &table, &alone, &slow));
}

static void all_needs_all_and_any_needs_one(void **state) {
  (void)state;
  assert_causes("cause/page: web/page", ILL(&page));
  assert_causes("cause/page: web/page theme/logo", ILL(&page, &logo));
}

static void a_rule_that_needs_nothing_never_fires(void **state) {
  (void)state;
  assert_causes("db/slow: db/slow", ILL(&slow));
}

/* The causes of a text, sorted, so that those of lone codes may come in the order in which they were seen. */
static int by_string(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(char *causes) {
  char *items[countof(every)] = {0};
  size_t count = 0;
  for (char *p = causes; *p; count++) {
    char *end = strstr(p, "; ");
    items[count] = p;
    p = end ? end + 2 : p + strlen(p);
    if (end) *end = '\0';
  }
  qsort(items, count, sizeof *items, by_string);
  struct text text = {0};
  for (size_t i = 0; i < count; i++) text_printf(&text, "%s; ", items[i]);
  free(causes);
  return text_steal(&text);
}

static void no_order_of_the_ill_codes_makes_a_difference(void **state) {
  (void)state;
  srand48(5);
  for (unsigned set = 1; set < 1u << countof(every); set++) {
    const struct code *codes[countof(every)];
    size_t count = 0;
    for (size_t i = 0; i < countof(every); i++) {
      if (set & (1u << i)) codes[count++] = every[i];
    }
    char *want = sorted(evaluate(codes, count));
    /* Each ill code is explained by somebody. */
    for (size_t i = 0; i < count; i++) assert_non_null(strstr(want, codes[i]->name));
    for (int round = 0; round < 10; round++) {
      for (size_t i = count - 1; i > 0; i--) {
        size_t other = (size_t)lrand48() % (i + 1);
        const struct code *swap = codes[i];
        codes[i] = codes[other];
        codes[other] = swap;
      }
      char *got = sorted(evaluate(codes, count));
      assert_string_equal(got, want);
      free(got);
    }
    free(want);
  }
}

/* --- the laws, on codes of every kind ------------------------------------------------------------------------------------------------ */

#define OF_KIND(id, text, kind) static const struct code id = {.name = text, .layer = LAYER_WEB, .evidence = EVIDENCE_##kind}
OF_KIND(line, "log/line", TRACE);
OF_KIND(written, "env/written", LATENT);
OF_KIND(row, "db/row", STATE);
OF_KIND(wrong_page, "site/wrong", CONTENT);
OF_KIND(wrong_style, "site/style", CONTENT);
OF_KIND(no_page, "site/refused", ABSENCE);
MADE(every_site, "site/");
MADE(cause_named, "cause/named");
MADE(cause_setting, "cause/setting");
MADE(cause_style, "cause/style");
MADE(cause_group, "cause/group");

static const struct rule lawful[] = {
    {.code = &cause_named,
     .rank = RANK_WEB,
     .any = LIST(&line, &row),
     .proof = LIST(&table),
     .explains = LIST(&wrong_page, &no_page, &cause_style)},
    {.code = &cause_setting,
     .rank = RANK_SETTINGS,
     .all = LIST(&written),
     .explains = LIST(&wrong_page, &cause_style),
     .measured = LIST(&wrong_style)},
    {.code = &cause_group, .rank = RANK_NGINX, .all = LIST(&down), .explains = LIST(&every_site)},
    {.code = &cause_style, .rank = RANK_THEME, .all = LIST(&wrong_style)},
    {0},
};

static void assert_lawful(const char *want, const struct code *const *codes) {
  static const struct rule *const lawful_tables[] = {lawful, NULL};
  struct causes causes = {0};
  auto_text struct text named = {0};
  size_t count = 0;
  while (codes[count]) count++;
  rules_evaluate(lawful_tables, codes, count, &causes);
  for (size_t i = 0; i < causes.count; i++)
    text_printf(&named, "%s%s%s", i ? " " : "", causes.items[i].code, causes.items[i].weak ? " (weak)" : "");
  causes_free(&causes);
  assert_string_equal(text_get(&named), want);
}

static void a_trace_alone_explains_absence_and_no_content(void **state) {
  (void)state;
  assert_lawful("cause/named (weak)", ILL(&line, &no_page));
  assert_lawful("cause/named (weak) site/wrong", ILL(&line, &wrong_page));
  assert_lawful("cause/named", ILL(&row, &wrong_page));
  assert_lawful("cause/named", ILL(&line, &row, &wrong_page));
  assert_lawful("cause/named", ILL(&line, &table, &wrong_page)); /* with its proof it is not alone */
}

static void a_trace_alone_folds_no_cause_of_content(void **state) {
  (void)state;
  assert_lawful("cause/named (weak) cause/style", ILL(&line, &wrong_style));
  assert_lawful("cause/named", ILL(&row, &wrong_style));
}

static void what_is_only_written_explains_what_is_measured_against_it(void **state) {
  (void)state;
  assert_lawful("cause/setting (weak)", ILL(&written, &wrong_style));
  assert_lawful("cause/setting (weak) site/wrong", ILL(&written, &wrong_page, &wrong_style));
}

static void a_group_stands_for_absence_alone(void **state) {
  (void)state;
  assert_lawful("cause/group", ILL(&down, &no_page));
  assert_lawful("cause/group site/wrong", ILL(&down, &no_page, &wrong_page));
}

static void the_former_result_is_replaced(void **state) {
  (void)state;
  struct causes causes = {0};
  rules_evaluate(tables, ILL(&alone, &slow), 2, &causes);
  assert_int_equal(causes.count, 2);
  rules_evaluate(tables, ILL(&css), 1, &causes);
  assert_int_equal(causes.count, 1);
  causes_free(&causes);
  causes_free(&causes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_ill_has_no_cause),
      cmocka_unit_test(a_code_without_a_rule_stands_for_itself),
      cmocka_unit_test(the_most_specific_cause_wins),
      cmocka_unit_test(a_rule_whose_none_is_ill_does_not_fire),
      cmocka_unit_test(the_lower_layer_explains_codes_and_causes_above_it),
      cmocka_unit_test(all_needs_all_and_any_needs_one),
      cmocka_unit_test(a_rule_that_needs_nothing_never_fires),
      cmocka_unit_test(no_order_of_the_ill_codes_makes_a_difference),
      cmocka_unit_test(a_trace_alone_explains_absence_and_no_content),
      cmocka_unit_test(a_trace_alone_folds_no_cause_of_content),
      cmocka_unit_test(what_is_only_written_explains_what_is_measured_against_it),
      cmocka_unit_test(a_group_stands_for_absence_alone),
      cmocka_unit_test(the_former_result_is_replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
