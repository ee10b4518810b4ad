/* Names in libc's balanced tree; see names.h. */
#include "monitor/base/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct node {
  const char *name;
  size_t length;
  long number;
};

static int compare(const void *a, const void *b) {
  const struct node *left = a, *right = b;
  int order = memcmp(left->name, right->name, left->length < right->length ? left->length : right->length);
  return order ? order : (left->length > right->length) - (left->length < right->length);
}

long *names_at(struct names *names, const char *name, size_t length) {
  struct node *node = xcalloc(1, sizeof *node);
  *node = (struct node){.name = name, .length = length};
  struct node **place = tsearch(node, &names->tree, compare);
  if (!place) abort(); /* out of memory */
  if (*place != node) free(node);
  return &(*place)->number;
}

long names_get(const struct names *names, const char *name, size_t length) {
  const struct node wanted = {.name = name, .length = length};
  struct node *const *place = tfind(&wanted, &names->tree, compare);
  return place ? (*place)->number : 0;
}

void names_free(struct names *names) {
  tdestroy(names->tree, free);
  names->tree = NULL;
}
