/* Looks at EJ's secret key; see env_secret.h. Pure. */
#include "checks/ej/env_secret.h"

#include <string.h>

#include "monitor/base/lang.h"

static const char *const published_keys[] = {
    "08d6e3e754727d6171f183cb4aa1080938cbc18ca52af0f4e570ed121039414c",
    "52b2a878cc2f0d7a674c99a21351e05a5429a31173170619ce287207d28a8059",
    "845bd62cb8a5bfdeab6f70dcf5a170e923d6194f663601a84d4c07de489a81bf",
};

bool env_key_is_published(const char *key) {
  char hex[65];
  text_sha256(key, strlen(key), hex);
  for (size_t i = 0; i < countof(published_keys); i++) {
    if (strcmp(hex, published_keys[i]) == 0) return true;
  }
  return false;
}

static size_t different_characters(const char *string) {
  bool seen[256] = {false};
  size_t count = 0;
  for (; *string; string++) {
    count += !seen[(unsigned char)*string];
    seen[(unsigned char)*string] = true;
  }
  return count;
}

const char *env_key_weakness(const char *key) {
  if (strlen(key) < ENV_KEY_SHORTEST) return translatable("it is short");
  return different_characters(key) < ENV_KEY_LETTERS ? translatable("it is made of very few different characters") : NULL;
}
