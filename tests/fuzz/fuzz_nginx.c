/* nginx's dump: whatever it is, parsing ends in a tree or in an error; and the text made for a policy parses as nginx's configuration. */
#include <stdlib.h>
#include <string.h>

#include "remedies/nginx_headers/nginx_headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A policy line goes into a quoted word: it must come out of it as it went in. */
static void policy_survives(const char *value) {
  char *const now[] = {(char *)(uintptr_t)value, NULL};
  auto_strings char **policies = NULL;
  if (nginx_policies(now, "https://chat.example.org", &policies) < 0) return;
  auto_text struct text dump = {0};
  text_add(&dump, "# configuration file /n:\n");
  for (size_t i = 0; policies[i] != NULL; i++) text_printf(&dump, "add_header Content-Security-Policy \"%s\" always;\n", policies[i]);
  struct nginx_dump parsed = {0};
  auto_free char *error = NULL;
  if (nginx_parse(text_get(&dump), dump.length, &parsed, &error) < 0) abort();
  if (parsed.files[0].count != strings_count(policies)) abort();
  for (size_t i = 0; i < parsed.files[0].count; i++) {
    auto_free char *word = nginx_unquote(parsed.files[0].items[i].words[2]);
    if (!text_equal(word, policies[i])) abort();
  }
  nginx_dump_free(&parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct text input = {0};
  text_add_bytes(&input, data, size);
  struct nginx_dump dump = {0};
  auto_free char *error = NULL;
  if (nginx_parse(text_get(&input), size, &dump, &error) == 0) {
    struct nginx_server server = {0};
    auto_free char *reason = NULL;
    if (nginx_find_server(&dump, "/etc/nginx/ejmon.d/ejmon.conf", "ej.example.org", &server, &reason) == 0) {
      struct nginx_path path = {.path = (char[]){"/login/"}};
      const struct nginx_plan plan = {.server = &server, .embedder = "https://chat.example.org", .paths = &path, .path_count = 1};
      auto_text struct text content = {0};
      auto_free char *refused = NULL;
      (void)!nginx_headers_print(&plan, &content, &refused);
      nginx_server_free(&server);
    }
    nginx_dump_free(&dump);
  }
  if (memchr(text_get(&input), '\n', size) == NULL && strlen(text_get(&input)) == size) policy_survives(text_get(&input));
  text_free(&input);
  return 0;
}
