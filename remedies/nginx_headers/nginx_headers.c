/* Writes the text of the include file of nginx-headers, and nothing but the text. */
#include "remedies/nginx_headers/nginx_headers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "monitor/base/lang.h"
#include "monitor/base/names.h"

bool nginx_path_valid(const char *path) {
  if (path[0] != '/' || strlen(path) > 255) return false;
  for (const char *c = path; *c != '\0'; c++)
    if (!isalnum((unsigned char)*c) && strchr("/-._~", *c) == NULL) return false;
  return strstr(path, "//") == NULL && strstr(path, "..") == NULL;
}

/* --- policies ------------------------------------------------------------------------------------------------------------------ */

static bool is_frame_ancestors(const char *directive) {
  directive += strspn(directive, " \t");
  size_t length = strcspn(directive, " \t");
  return length == strlen("frame-ancestors") && strncasecmp(directive, "frame-ancestors", length) == 0;
}

/* Splits one header value at ',' into policies and each of them at ';' into directives. */
static char **split(const char *value, char separator) {
  char **parts = xcalloc(1, sizeof(char *));
  size_t count = 0;
  const char separators[] = {separator, '\0'};
  while (*value != '\0') {
    value += strspn(value, " \t");
    size_t length = strcspn(value, separators), used = length;
    while (used > 0 && (value[used - 1] == ' ' || value[used - 1] == '\t')) used--;
    auto_free char *part = xstrndup(value, used);
    if (used > 0) strings_append(&parts, &count, part);
    value += length + (value[length] != '\0');
  }
  return parts;
}

/* A source that browsers understand; what they would skip need not be repeated. */
static bool source_valid(const char *source) {
  if (text_equal_nocase(source, "'self'")) return true;
  for (const char *c = source; *c != '\0'; c++)
    if (!isalnum((unsigned char)*c) && strchr(".*:/_-[]", *c) == NULL) return false;
  return source[0] != '\0';
}

static bool listed(char *const *sources, const char *source) {
  for (; *sources != NULL; sources++)
    if (text_equal_nocase(*sources, source)) return true;
  return false;
}

/* The sources of a policy's first frame-ancestors, or NULL when it has none. */
static char **sources_of(char *const *directives) {
  for (; *directives != NULL; directives++) {
    if (!is_frame_ancestors(*directives)) continue;
    return split(*directives + strspn(*directives, " \t") + strlen("frame-ancestors"), ' ');
  }
  return NULL;
}

/* A policy's sources as they are written, and in small letters, as browsers compare them. */
struct source_list {
  char **written, **small;
};

static struct source_list list_of(char *const *directives) {
  struct source_list list = {.written = sources_of(directives)};
  list.small = strings_copy(list.written);
  for (char **source = list.small; source != NULL && *source != NULL; source++)
    for (char *c = *source; *c != '\0'; c++) *c = (char)tolower((unsigned char)*c);
  return list;
}

#define KEPT (-1)

/* 'self', and the sources that all policies with frame-ancestors list: every policy must allow a frame. */
static char **common_sources(char ***policies, size_t count) {
  struct source_list lists[NGINX_HEADERS_POLICIES] = {0};
  auto_names struct names found = {0}; /* in how many lists a source stands, without a gap from the first one on; or KEPT */
  char **kept = NULL;
  size_t kept_count = 0;
  long list_count = 0;
  for (size_t p = 0; p < count; p++) {
    lists[p] = list_of(policies[p]);
    for (char **source = lists[p].small; source != NULL && *source != NULL; source++) {
      long *lists_before = names_at(&found, *source, strlen(*source));
      if (*lists_before == list_count) *lists_before = list_count + 1;
    }
    list_count += lists[p].written != NULL;
  }
  strings_append(&kept, &kept_count, "'self'");
  *names_at(&found, "'self'", strlen("'self'")) = KEPT;
  for (size_t p = 0; p < count; p++) {
    for (size_t i = 0; lists[p].small != NULL && lists[p].small[i] != NULL; i++) {
      long *everywhere = names_at(&found, lists[p].small[i], strlen(lists[p].small[i]));
      if (*everywhere != list_count || !source_valid(lists[p].written[i])) continue;
      *everywhere = KEPT;
      strings_append(&kept, &kept_count, lists[p].written[i]);
    }
  }
  for (size_t p = 0; p < count; p++) {
    strings_free(lists[p].written);
    strings_free(lists[p].small);
  }
  return kept;
}

/* nginx has an escape for quotes, but none for $. */
static bool writable(const char *directive) {
  for (const char *c = directive; *c != '\0'; c++)
    if ((unsigned char)*c < ' ' || (unsigned char)*c > '~' || strchr("\"\\$", *c) != NULL) return false;
  return true;
}

int nginx_policies(char *const *now, const char *embedder, char ***ret_policies) {
  char **policies[NGINX_HEADERS_POLICIES] = {0}; /* directives of each */
  size_t count = 0;
  for (size_t h = 0; now != NULL && now[h] != NULL; h++) {
    auto_strings char **values = split(now[h], ',');
    for (size_t v = 0; values[v] != NULL && count < countof(policies); v++) policies[count++] = split(values[v], ';');
  }
  auto_strings char **sources = common_sources(policies, count);
  if (!listed(sources, embedder)) strings_push(&sources, embedder);

  char **out = xcalloc(1, sizeof(char *));
  bool clean = true;
  for (size_t p = 0; p < count || p == 0; p++) {
    auto_text struct text policy = {0};
    for (size_t d = 0; p < count && policies[p][d] != NULL; d++) {
      if (is_frame_ancestors(policies[p][d])) continue;
      clean = clean && writable(policies[p][d]);
      text_printf(&policy, "%s%s", policy.length > 0 ? "; " : "", policies[p][d]);
    }
    if (p == 0) {
      text_printf(&policy, "%sframe-ancestors", policy.length > 0 ? "; " : "");
      for (size_t i = 0; sources[i] != NULL; i++) text_printf(&policy, " %s", sources[i]);
    }
    if (policy.length > 0) strings_push(&out, text_get(&policy));
  }
  for (size_t p = 0; p < count; p++) strings_free(policies[p]);
  if (!clean || !writable(embedder)) {
    strings_free(out);
    return -EINVAL;
  }
  *ret_policies = out;
  return 0;
}

/* --- the file ------------------------------------------------------------------------------------------------------------------ */

static bool named(const struct nginx_directive *directive, const char *const *names) {
  for (; *names != NULL; names++)
    if (text_equal(directive->words[0], *names)) return true;
  return false;
}

static bool header_replaced(const struct nginx_directive *directive) {
  auto_free char *name = nginx_unquote(directive->words[1] == NULL ? "" : directive->words[1]);
  return text_equal_nocase(name, "Content-Security-Policy") || text_equal_nocase(name, "X-Frame-Options");
}

static void add_list(const struct nginx_list *list, struct text *text) {
  for (size_t i = 0; i < list->count; i++)
    if (!header_replaced(list->items[i])) nginx_print(list->items[i], 4, text);
}

/* A configured upstream is a plain URL; nothing that nginx would read as more than one word. */
static bool upstream_valid(const char *upstream) {
  if (!text_starts(upstream, "http://") && !text_starts(upstream, "https://")) return false;
  for (const char *c = upstream; *c != '\0'; c++)
    if (!isalnum((unsigned char)*c) && strchr(":/.-_[]~", *c) == NULL) return false;
  return true;
}

/* Where the path begins in the URL of proxy_pass, or its end. */
static size_t uri_at(const char *url) {
  const char *rest = strstr(url, "://");
  rest = rest == NULL ? url : rest + 3;
  if (text_starts(rest, "unix:")) {
    const char *colon = strchr(rest + strlen("unix:"), ':');
    return colon == NULL ? strlen(url) : (size_t)(colon - url) + 1;
  }
  return (size_t)(rest - url) + strcspn(rest, "/");
}

/* The proxy_pass of a location that stands for a part of /: nginx replaces the location's own prefix by the URL's path, if it has one. */
static void add_proxy_pass(const char *url, const char *path, struct text *text) {
  size_t at = uri_at(url);
  if (strchr(url, '$') != NULL || url[at] == '\0') {
    text_printf(text, "    proxy_pass %s;\n", url);
  } else if (text_equal(url + at, "/")) {
    size_t length = at > 0 && url[at - 1] == ':' && strstr(url, "unix:") != NULL ? at - 1 : at;
    text_printf(text, "    proxy_pass %.*s;\n", (int)length, url);
  } else {
    text_printf(text, "    proxy_pass %s%s;\n", url, path + (text_ends(url, "/") ? 1 : 0));
  }
}

static char *upstream_of(const struct nginx_plan *plan, bool *ret_repeat) {
  *ret_repeat = false;
  for (size_t i = 0; i < plan->server->inner.count; i++) {
    const struct nginx_directive *directive = plan->server->inner.items[i];
    if (!text_equal(directive->words[0], "proxy_pass") || directive->words[1] == NULL) continue;
    *ret_repeat = true;
    if (plan->upstream == NULL) return xstrdup(directive->words[1]);
  }
  return xstrdup(plan->upstream);
}

/* Does a shorter path of the list cover this one already? */
static bool covered(const struct nginx_plan *plan, size_t index) {
  for (size_t i = 0; i < plan->path_count; i++) {
    if (i == index || !text_starts(plan->paths[index].path, plan->paths[i].path)) continue;
    bool equal = text_equal(plan->paths[index].path, plan->paths[i].path);
    if (equal ? i < index : text_ends(plan->paths[i].path, "/")) return true;
  }
  return false;
}

/* The server's own location of the same prefix: two of them are an error of nginx, and its author meant something by it. */
static bool taken(const struct nginx_server *server, const char *path) {
  for (size_t i = 0; i < server->locations.count; i++) {
    char **words = server->locations.items[i]->words;
    const char *word = words[1] != NULL && text_equal(words[1], "^~") ? words[2] : words[1];
    auto_free char *prefix = nginx_unquote(word == NULL ? "" : word);
    if (text_equal(prefix, path)) return true;
  }
  return false;
}

static void add_location(const struct nginx_plan *plan, const char *path, char *const *policies, const char *upstream, bool repeat,
                         struct text *text) {
  static const char *const own[] = {"proxy_pass", "location", "add_header", "proxy_hide_header", "include", "try_files", NULL};
  text_printf(text, "location ^~ %s {\n", path);
  add_proxy_pass(upstream, path, text);
  if (repeat) {
    for (size_t i = 0; i < plan->server->inner.count; i++)
      if (!named(plan->server->inner.items[i], own)) nginx_print(plan->server->inner.items[i], 4, text);
  } else {
    text_add(text, "    proxy_set_header Host $http_host;\n    proxy_set_header X-Real-IP $remote_addr;\n");
  }
  add_list(&plan->server->hide_header, text);
  text_add(text, "    proxy_hide_header Content-Security-Policy;\n    proxy_hide_header X-Frame-Options;\n");
  add_list(&plan->server->add_header, text);
  for (size_t i = 0; policies[i] != NULL; i++) text_printf(text, "    add_header Content-Security-Policy \"%s\" always;\n", policies[i]);
  /* Only browsers without frame-ancestors (Internet Explorer) read it; EJ itself sends it in this form. */
  text_printf(text, "    add_header X-Frame-Options \"ALLOW-FROM %s\" always;\n}\n", plan->embedder);
}

int nginx_headers_print(const struct nginx_plan *plan, struct text *ret_text, char **ret_error) {
  bool repeat = false;
  *ret_error = NULL;
  auto_free char *upstream = upstream_of(plan, &repeat);
  if (plan->upstream != NULL && !upstream_valid(plan->upstream)) {
    *ret_error = text_format(translated("nginx_upstream must be a URL such as http://web:8000, not %s."), plan->upstream);
    return -EPERM;
  }
  if (upstream == NULL) {
    *ret_error = xstrdup(translated("The server's location / has no proxy_pass to repeat: say with nginx_upstream where Django is."));
    return -EPERM;
  }
  text_printf(ret_text, "%s\n# It lets %s frame EJ's login pages. To be rid of it: remove this file, then `nginx -s reload`.\n",
              NGINX_HEADERS_MARK, plan->embedder);
  for (size_t i = 0; i < plan->path_count; i++) {
    const struct nginx_path *path = &plan->paths[i];
    if (covered(plan, i)) continue;
    if (taken(plan->server, path->path)) {
      *ret_error = text_format(translated("nginx has its own location %s: correct its headers there by hand."), path->path);
      return -EPERM;
    }
    auto_strings char **policies = NULL;
    if (nginx_policies(path->policies, plan->embedder, &policies) < 0) {
      *ret_error =
          text_format(translated("The Content-Security-Policy of %s has characters that nginx cannot be made to send."), path->path);
      return -EPERM;
    }
    add_location(plan, path->path, policies, upstream, repeat, ret_text);
  }
  return 0;
}
