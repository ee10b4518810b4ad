/* The registered secrets, sorted; see secrets.h. */
#include "monitor/base/secrets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST_SECRET 4

/* In the order of their bytes, so that thousands of them cost no more than the logarithm; NULL at the end. */
static char **secrets;
static size_t secret_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards both */

void secrets_hold(void) {
  pthread_mutex_lock(&mutex);
}

void secrets_release(void) {
  pthread_mutex_unlock(&mutex);
}

/* The place of a secret, or where it would stand. */
static size_t secret_place(const char *secret, bool *ret_there) {
  size_t low = 0, high = secret_count;
  *ret_there = false;
  while (low < high && !*ret_there) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(secrets[middle], secret);
    *ret_there = order == 0;
    if (order < 0) low = middle + 1;
    if (order >= 0) high = middle;
  }
  return *ret_there ? high : low;
}

void secrets_add(const char *secret) {
  bool there;
  if (strlen(secret) < SHORTEST_SECRET) return;
  secrets_hold();
  size_t place = secret_place(secret, &there);
  if (!there) {
    strings_append(&secrets, &secret_count, secret);
    char *added = secrets[secret_count - 1];
    memmove(&secrets[place + 1], &secrets[place], (secret_count - 1 - place) * sizeof *secrets);
    secrets[place] = added;
  }
  secrets_release();
}

void secrets_remove(const char *secret) {
  bool there;
  secrets_hold();
  size_t place = secret_place(secret, &there);
  if (there) {
    free(secrets[place]);
    memmove(&secrets[place], &secrets[place + 1], (secret_count - place) * sizeof *secrets); /* the NULL as well */
    secret_count--;
  }
  secrets_release();
}

/* The first secret from `low` on, below `high`, whose byte number `depth` is at least `byte`; they are equal before it. */
static size_t secret_bound(size_t low, size_t high, size_t depth, unsigned byte) {
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if ((unsigned char)secrets[middle][depth] < byte) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

size_t secrets_length(const char *p) {
  size_t low = 0, high = secret_count, longest = 0;
  for (size_t depth = 0; low < high && p[depth]; depth++) {
    unsigned byte = (unsigned char)p[depth];
    low = secret_bound(low, high, depth, byte);
    high = secret_bound(low, high, depth, byte + 1);
    if (low < high && !secrets[low][depth + 1]) longest = depth + 1;
  }
  return longest;
}

void secrets_free(void) {
  secrets_hold();
  strings_free(secrets);
  secrets = NULL;
  secret_count = 0;
  secrets_release();
}
