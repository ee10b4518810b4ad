/* Fuzzes the reading of EJ's config.env, of its values as EJ reads them, and of its database and Rocket.Chat addresses. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/ej_names.h"
#include "checks/ej/env_file.h"
#include "conf/stack.h"
#include "conf/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void value_read(const char *value) {
  (void)env_read_bool(value);
  auto_strings char **list = env_read_list(value);
  size_t total = 0;
  for (char **item = list; *item; item++) {
    assert(**item && !strchr(*item, ','));
    total += strlen(*item);
  }
  assert(total <= strlen(value));
  auto_free char *reason = NULL;
  auto_free char *error = NULL;
  auto_free char *url = ej_postgres_url(value, &reason);
  assert((url == NULL) == (reason != NULL));
  assert(!url || text_starts(url, "postgresql://"));
  auto_free char *origin = ej_rocket_origin(value);
  assert(strstr(origin, "://"));
  if (url && value_dsn(url, NULL, &error) == 0) assert(!error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct env_file file;
  /* An exact copy, so that the sanitizer sees every byte read too far. */
  char *bytes = xcalloc(size ? size : 1, 1);
  if (size) memcpy(bytes, data, size);
  env_file_parse(bytes, size, &file);
  free(bytes);
  assert(file.entry_count <= ENV_ENTRY_LIMIT && file.note_count <= ENV_NOTE_LIMIT);
  int line = 0;
  for (size_t i = 0; i < file.entry_count; i++) {
    const struct env_entry *entry = &file.entries[i];
    assert(entry->line > line && *entry->name && !strchr(entry->name, '='));
    assert(strlen(entry->plain) <= strlen(entry->value));
    line = entry->line;
    assert(env_file_find(&file, entry->name)->line >= line);
    auto_free char *hint = ej_name_hint(entry->name);
    assert(!hint || !ej_name_is_read(entry->name));
    value_read(entry->value);
    value_read(entry->plain);
  }
  for (size_t i = 0; i < file.note_count; i++) assert(file.notes[i].line > 0 && *file.notes[i].text);
  env_file_free(&file);
  return 0;
}
