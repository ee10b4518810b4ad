/* EJ's pages as ejmon reads them to sign in: whatever they hold, reading ends within the text, and what is found is whole. */
#include <stdlib.h>
#include <string.h>

#include "checks/login/login_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct login_form form;
  const char *html = (const char *)data;
  if (login_form_read(html, size, &form) == 0) {
    if (!*form.user_field || !*form.password_field) abort();
    if (strings_count(form.hidden) % 2 != 0 || strings_count(form.hidden) > 2 * LOGIN_FIELD_LIMIT) abort();
    auto_free char *body = login_form_body(&form, "user", "password");
    if (strpbrk(body, " <>\"'\r\n")) abort();
    login_form_free(&form);
  }
  auto_free char *target = login_message_find(html, size);
  if (target && strlen(target) > size) abort();
  struct http_response response = {0};
  auto_free char *line = xstrndup(html, size);
  line[strcspn(line, "\r\n")] = '\0';
  http_header_add(&response, "Set-Cookie", 10, line, strlen(line));
  char **jar = NULL;
  login_cookies_take(&jar, &response);
  auto_free char *header = login_cookies_header(jar);
  if (header && strpbrk(header, "\r\n")) abort();
  strings_free(jar);
  http_response_free(&response);
  return 0;
}
