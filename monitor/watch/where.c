/* Hosts from targets' words; see where.h. */
#include "monitor/watch/where.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- one target ------------------------------------------------------------------------------------------------------------ */

char *where_host(const char *target) {
  if (!target) return NULL;
  const char *scheme = strstr(target, "://"), *begin = scheme ? scheme + 3 : target;
  size_t length = strcspn(begin, "/?# ,");
  for (const char *at = begin; (at = memchr(at, '@', length - (size_t)(at - begin)));) {
    at++;
    length -= (size_t)(at - begin);
    begin = at;
  }
  const char *end = begin + length, *port;
  if (*begin == '[') {
    const char *bracket = memchr(++begin, ']', length ? length - 1 : 0);
    if (!bracket) return NULL;
    port = bracket + 1;
    end = bracket;
  } else {
    port = memchr(begin, ':', length);
    if (port) end = port;
  }
  bool has_port = port && *port == ':' && isdigit((unsigned char)port[1]);
  if (end == begin || (!scheme && !has_port)) return NULL; /* a bare word is the name of something else */
  char *host = xstrndup(begin, (size_t)(end - begin));
  for (char *p = host; *p; p++) *p = (char)tolower((unsigned char)*p);
  return host;
}

static enum reach reach_of_v4(uint32_t address) {
  if (address >> 24 == 127) return REACH_LOCAL;
  bool is_private = address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8 || address >> 16 == 0xA9FE;
  return is_private ? REACH_LINK : REACH_FAR;
}

static enum reach reach_of_v6(const struct in6_addr *address) {
  const unsigned char *bytes = address->s6_addr;
  if (IN6_IS_ADDR_LOOPBACK(address)) return REACH_LOCAL;
  if (IN6_IS_ADDR_V4MAPPED(address)) {
    return reach_of_v4((uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 | bytes[15]);
  }
  return (bytes[0] & 0xFE) == 0xFC || IN6_IS_ADDR_LINKLOCAL(address) ? REACH_LINK : REACH_FAR;
}

enum reach where_reach(const char *host, bool *ret_named) {
  struct in_addr v4;
  struct in6_addr v6;
  *ret_named = false;
  if (inet_pton(AF_INET, host, &v4) == 1) return reach_of_v4(ntohl(v4.s_addr));
  if (inet_pton(AF_INET6, host, &v6) == 1) return reach_of_v6(&v6);
  if (text_equal(host, "localhost") || text_ends(host, ".localhost")) return REACH_LOCAL;
  *ret_named = true;
  return strchr(host, '.') ? REACH_FAR : REACH_LINK;
}

/* --- all of them ----------------------------------------------------------------------------------------------------------- */

void where_add(struct where *where, const char *subject, const char *target, double interval) {
  struct whereabouts *item = array_push(&where->items, &where->count, sizeof *item);
  *item = (struct whereabouts){.subject = xstrdup(subject), .target_host = where_host(target), .interval = interval};
  if (!item->target_host) return;
  item->reach = where_reach(item->target_host, &item->named);
  if (item->named && !where->name) where->name = xstrdup(item->target_host);
}

/* Under which name a host is told from others. */
static const char *host_key(const struct whereabouts *item) {
  if (item->reach == REACH_LOCAL) return "";
  return item->named && item->reach == REACH_LINK ? "a Docker network" : item->target_host;
}

static int by_host(const void *a, const void *b) {
  return strcmp(host_key(a), host_key(b));
}

static int by_subject(const void *a, const void *b) {
  const struct whereabouts *one = a, *other = b;
  int order = strcmp(one->subject, other->subject);
  return order ? order : (int)other->reach - (int)one->reach; /* the farthest target stands for its subject */
}

static void number_hosts(struct where *where, const char *stack) {
  qsort(where->items, where->count, sizeof *where->items, by_host);
  auto_free bool *of_stack = xcalloc(where->count + 1, sizeof *of_stack);
  size_t number = 0;
  for (size_t i = 0; i < where->count; i++) {
    struct whereabouts *item = &where->items[i];
    if (i && !text_equal(host_key(item), host_key(item - 1))) number++;
    item->host = number;
    of_stack[number] |= text_equal(item->subject, stack);
  }
  for (size_t i = 0; i < where->count; i++) {
    if (of_stack[where->items[i].host]) where->items[i].host = where->count; /* a number that no other has */
  }
}

void where_finish(struct where *where, const char *stack) {
  if (!where->count) return;
  number_hosts(where, stack);
  qsort(where->items, where->count, sizeof *where->items, by_subject);
  size_t kept = 0;
  for (size_t i = 0; i < where->count; i++) {
    struct whereabouts *item = &where->items[i], *former = kept ? &where->items[kept - 1] : NULL;
    if (!former || !text_equal(former->subject, item->subject)) {
      where->items[kept++] = *item;
      continue;
    }
    former->named |= item->named;
    if (item->interval > former->interval) former->interval = item->interval;
    free(item->subject);
    free(item->target_host);
  }
  where->count = kept;
}

const struct whereabouts *where_next(const struct where *where, const char *subject, size_t *place) {
  int order = -1;
  while (*place < where->count && (order = strcmp(where->items[*place].subject, subject)) < 0) ++*place;
  return order == 0 ? &where->items[*place] : NULL;
}

void where_free(struct where *where) {
  for (size_t i = 0; i < where->count; i++) {
    free(where->items[i].subject);
    free(where->items[i].target_host);
  }
  free(where->items);
  free(where->name);
  *where = (struct where){0};
}
