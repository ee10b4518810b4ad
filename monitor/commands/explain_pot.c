/* `ejmon explain --format pot`: gettext's template of everything that can be translated, each text once, with the codes that say it. */
#include <stdlib.h>
#include <string.h>

#include "monitor/commands/explain.h"

#define PLACES_LIMIT 3 /* codes named for one text: some are said by dozens, and each new one would change the catalogues */

struct entry {
  char *english;
  struct text places;
  size_t place_count;
};
struct template {
  struct entry *entries;
  size_t count;
};

static void add_string(void *context, const char *where, const char *english) {
  struct template *template = context;
  struct entry *entry = NULL;
  for (size_t i = 0; i < template->count && !entry; i++) {
    if (text_equal(template->entries[i].english, english)) entry = &template->entries[i];
  }
  if (!entry) {
    entry = array_push(&template->entries, &template->count, sizeof *entry);
    *entry = (struct entry){.english = xstrdup(english)};
  }
  /* Places come in order, so the same one again is the last. */
  if (entry->places.length && text_ends(text_get(&entry->places), where)) return;
  if (entry->place_count > PLACES_LIMIT) return;
  text_printf(&entry->places, "%s%s", entry->places.length ? " " : "", entry->place_count < PLACES_LIMIT ? where : "...");
  entry->place_count++;
}

static void add_literal(struct text *text, const char *string) {
  for (; *string; string++) {
    if (*string == '\n') {
      text_add(text, "\\n");
      continue;
    }
    if (*string == '"' || *string == '\\') text_add_char(text, '\\');
    text_add_char(text, *string);
  }
}

void explain_pot(struct text *text) {
  struct template template = {0};
  command_strings(add_string, &template);
  text_printf(text,
              "msgid \"\"\nmsgstr \"\"\n\"Project-Id-Version: ejmon %s\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
              "\"Content-Transfer-Encoding: 8bit\\n\"\n",
              EJMON_VERSION);
  for (size_t i = 0; i < template.count; i++) {
    text_printf(text, "\n#: %s\nmsgid \"", text_get(&template.entries[i].places));
    add_literal(text, template.entries[i].english);
    text_add(text, "\"\nmsgstr \"\"\n");
    free(template.entries[i].english);
    text_free(&template.entries[i].places);
  }
  free(template.entries);
}
