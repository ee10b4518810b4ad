/* Fuzzes the chains of all settings and the judge over them: a config.env, a container's environment, headers and a row, all of them
 * somebody else's text. What follows a line of "--" is the container's, what follows the next ones
 * the row's address, the policy, the origin. Nothing may crash, show the planted secret, or be found and passed at once. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/env_database.h"
#include "checks/ej/env_secret.h"
#include "checks/env/env_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CANARY "c4n4ry-0f-the-fuzzer"

/* The next part up to a line of "--", a new string; NULs end it. */
static char *part_take(char **rest) {
  char *end = strstr(*rest, "\n--\n");
  char *part = end ? xstrndup(*rest, (size_t)(end - *rest)) : xstrdup(*rest);
  *rest = end ? end + 4 : *rest + strlen(*rest);
  return part;
}

static char **lines_split(const char *text) {
  char **lines = NULL;
  for (const char *p = text; *p;) {
    size_t length = strcspn(p, "\n");
    auto_free char *line = xstrndup(p, length);
    if (strchr(line, '=')) strings_push(&lines, line);
    p += length + (p[length] == '\n');
  }
  return lines;
}

static void assert_hidden(const char *text) {
  assert(!text || !strstr(text, CANARY));
}

static void chains_walk(const struct env_view *view, const struct env_outcome *outcome) {
  for (size_t i = 0; i < env_setting_count; i++) {
    struct env_chain chain;
    env_chain_make(&env_settings[i], view, "the container does not run", outcome, &chain);
    bool cut = false;
    for (size_t k = 0; k < chain.count; k++) {
      cut = cut || chain.steps[k].state == ENV_STEP_CUT;
      assert(chain.steps[k].where);
      if (!env_settings[i].secret) continue;
      assert_hidden(chain.steps[k].saw);
      assert_hidden(chain.steps[k].says);
    }
    assert(!chain.cut || cut);
    env_chain_free(&chain);
  }
}

static void judge_walk(const struct env_view *view) {
  struct findings out = {0};
  struct env_sight sight = {
      .view = *view, .host = "ej.example.org:8080", .site = "https://ej.example.org", .rocketchat = "https://chat.example.org"};
  env_judge(&sight, &out);
  for (size_t i = 0; i < out.count; i++) {
    assert(*out.items[i].summary && out.items[i].evidence_count > 0);
    assert(!findings_passed(&out, out.items[i].code->name));
    for (size_t k = 0; k < i; k++) assert(out.items[k].code != out.items[i].code);
  }
  findings_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto_free char *all = xstrndup((const char *)data, size);
  if (strstr(all, CANARY)) return -1; /* the fuzzer has learnt it from strstr(): a secret in public places is none */
  char *rest = all;
  auto_free char *head = part_take(&rest), *inside = part_take(&rest), *row = part_take(&rest), *csp = part_take(&rest),
                 *origin = part_take(&rest);
  auto_free char *secrets = text_format(
      "DJANGO_SECRET_KEY=" CANARY "%s\nDJANGO_DB_URL=psql://u:" CANARY "%s@%s\nPOSTGRES_PASSWORD=" CANARY "\n", row, csp, origin);
  auto_free char *text = text_format("%s\n%s", head, secrets);
  struct env_file file;
  env_file_parse(text, strlen(text), &file);
  auto_strings char **container = lines_split(inside);
  struct env_outcome outcome = {.rows = strlen(row) % 3, .row_url = row, .csp = csp, .origin = origin, .credentials = origin, .xfo = csp};
  static const char generations[] = {0, 'A', 'B', 'C'};
  struct env_view view = {
      .file = &file, .file_name = "config.env", .container = container, .generation = generations[size % 4], .later = size % 5 == 0};
  for (int looked = 0; looked < 2; looked++) {
    view.container_looked = looked;
    chains_walk(&view, &outcome);
    judge_walk(&view);
  }
  struct env_database database;
  env_database_parse(head, &database);
  assert(database.host && database.name && database.user && database.password && database.scheme && database.port >= -1);
  (void)env_database_fault(&database);
  (void)env_key_weakness(head);
  env_database_free(&database);
  env_file_free(&file);
  return 0;
}
