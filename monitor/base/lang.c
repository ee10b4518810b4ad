/* Chooses the language and looks texts up in the catalogues; see lang.h. */
#include "monitor/base/lang.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct language *chosen; /* NULL: English */

/* Whether `name`, of this length, is that language: "pt_BR", "pt-br", or with `loosely` any "pt" and "pt_XX". */
static bool is_language(const char *name, size_t length, const char *language, bool loosely) {
  size_t want = loosely ? strcspn(language, "_") : strlen(language);
  if (loosely) length = length < want || !strchr("_-", name[want]) ? length : want;
  if (length != want) return false;
  for (size_t i = 0; i < want; i++) {
    char c = name[i] == '-' ? '_' : name[i];
    if (tolower((unsigned char)c) != tolower((unsigned char)language[i])) return false;
  }
  return true;
}

static int choose(const char *name, size_t length) {
  size_t bare = strcspn(name, ".@:"); /* without ".UTF-8" and "@euro" */
  if (bare < length) length = bare;
  static const char *const english[] = {"en", "C", "POSIX"};
  for (size_t i = 0; i < countof(english); i++) {
    if (!is_language(name, length, english[i], i == 0)) continue;
    chosen = NULL;
    return 0;
  }
  for (int loosely = 0; loosely <= 1; loosely++) {
    for (const struct language *language = languages; language->name; language++) {
      if (!is_language(name, length, language->name, loosely)) continue;
      chosen = language;
      return 0;
    }
  }
  return -ENOENT;
}

int lang_choose(const char *name) {
  return choose(name, strlen(name));
}

void lang_choose_by_environment(void) {
  static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  const char *locale = NULL;
  for (size_t i = 0; i < countof(variables) && !(locale && *locale); i++) locale = getenv(variables[i]);
  chosen = NULL;
  if (!locale || !*locale || text_equal(locale, "C") || text_equal(locale, "POSIX")) return;
  const char *list = getenv("LANGUAGE");
  if (!list || !*list) list = locale;
  while (*list) {
    size_t length = strcspn(list, ":");
    if (length > 0 && choose(list, length) == 0) return;
    list += length + (list[length] == ':');
  }
}

const char *lang_name(void) {
  return chosen ? chosen->name : "en";
}

static int by_english(const void *key, const void *entry) {
  return strcmp(key, ((const struct lang_entry *)entry)->english);
}

const char *translated(const char *english) {
  if (!chosen || !english) return english;
  const struct lang_entry *entry = bsearch(english, chosen->entries, chosen->count, sizeof *entry, by_english);
  return entry ? entry->translation : english;
}

const char *lang_comment(const char *line) {
  if (text_starts(line, "# ")) return line + 2;
  const char *mark = strstr(line, "  # ");
  return mark ? mark + 4 : NULL;
}

void lang_add_command(struct text *text, const char *line) {
  const char *comment = lang_comment(line);
  if (!comment) {
    text_add(text, line);
    return;
  }
  text_add_bytes(text, line, (size_t)(comment - line));
  text_add(text, translated(comment));
}
