/* Fuzzes what is read of the API's answer, where a message goes, and versions. The first line of input is the Content-Type, the rest the
 * body; the same bytes serve as postMessage's target and as a version. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/login/login_browser.h"
#include "checks/rocketchat/rocket_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_body(const char *type, const char *bytes, size_t length) {
  enum login_body kinds[LOGIN_CLIENT_COUNT];
  char *exact = xcalloc(length ? length : 1, 1); /* so that the sanitizer sees every byte read too far */
  if (length) memcpy(exact, bytes, length);
  for (int client = 0; client < LOGIN_CLIENT_COUNT; client++) {
    char *token = NULL;
    kinds[client] = login_body_read((enum login_client)client, type, exact, length, &token);
    assert(kinds[client] < LOGIN_BODY_COUNT);
    assert((token != NULL) == (kinds[client] == LOGIN_BODY_LOGIN_TOKEN || kinds[client] == LOGIN_BODY_TOKEN));
    assert(!token || (*token && strlen(token) < length));
    free(token);
  }
  /* The type matters to the old client alone, and to it only as a door. */
  assert(kinds[LOGIN_CLIENT_B] == kinds[LOGIN_CLIENT_C] && kinds[LOGIN_CLIENT_B] == kinds[LOGIN_CLIENT_D]);
  assert(kinds[LOGIN_CLIENT_A] == LOGIN_BODY_WRONG_TYPE || kinds[LOGIN_CLIENT_A] == kinds[LOGIN_CLIENT_B]);
  assert((kinds[LOGIN_CLIENT_B] == LOGIN_BODY_LONG) == (length > LOGIN_BODY_LIMIT));
  free(exact);
}

static void check_message(const char *text) {
  static const char own[] = "https://chat.example.org";
  enum login_message message = login_message_judge(text, own);
  auto_free char *origin = http_origin(text);
  if (origin && strcmp(origin, own) == 0 && strstr(text, "://")) assert(message == LOGIN_MESSAGE_ARRIVES);
  (void)message;
}

static void check_version(const char *text) {
  struct rocket_version version;
  if (rocket_version_parse(text, &version) < 0) return;
  unsigned windows = rocket_client_windows(&version);
  assert(windows > 0 && windows <= ROCKET_WINDOWS_ALL);
  if (version.patch < 0) version.patch = 0;
  assert((rocket_client_windows(&version) & ~windows) == 0); /* to know more leaves less open */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
  size_t length = end ? (size_t)(end - data) : size;
  auto_free char *type = xstrndup((const char *)data, length);
  check_message(type);
  check_version(type);
  for (int client = 0; client < LOGIN_CLIENT_COUNT; client++) free(login_client_method((enum login_client)client, type));
  check_body(*type ? type : NULL, end ? (const char *)end + 1 : NULL, end ? size - length - 1 : 0);
  return 0;
}
