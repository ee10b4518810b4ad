/* Fetches static files with conditional requests and keeps their bytes; judges nothing. */
#include "checks/theme/theme_fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/loop.h"

#define NOTE_VALUE_LIMIT 100 /* bytes of one header in a note; a longer one tells nobody anything */

bool strings_contain(char *const *strings, const char *string) {
  for (size_t i = 0; strings && strings[i]; i++)
    if (text_equal(strings[i], string)) return true;
  return false;
}

static void copy_clear(struct theme_copy *copy) {
  free(copy->body);
  free(copy->etag);
  free(copy->note);
  copy->body = copy->etag = copy->note = NULL;
  copy->file = (struct theme_file){0};
  copy->settled = copy->doubted = false;
}

void theme_copies_free(struct theme_copies *copies) {
  for (size_t i = 0; i < copies->count; i++) {
    copy_clear(&copies->items[i]);
    free(copies->items[i].path);
  }
  free(copies->items);
  free(copies->base);
  free(copies->host);
  free(copies->cacert);
  *copies = (struct theme_copies){0};
}

static size_t copies_find(struct theme_copies *copies, const char *path) {
  for (size_t i = 0; i < copies->count; i++)
    if (text_equal(copies->items[i].path, path)) return i;
  struct theme_copy *copy = array_push(&copies->items, &copies->count, sizeof *copy);
  copy->path = xstrdup(path);
  return copies->count - 1;
}

static bool is_trusted(const struct theme_copy *copy, double now) {
  return copy->settled && !copy->doubted && copy->etag && now - copy->fetched < THEME_TRUST_SECONDS;
}

bool theme_copies_distrust(struct theme_copies *copies, const char *path) {
  struct theme_copy *copy = &copies->items[copies_find(copies, path)];
  if (!is_trusted(copy, loop_monotonic())) return false;
  copy->doubted = true;
  return true;
}

/* What an answer other than 200 and 304 says about a file. */
static enum theme_presence presence_of(const struct web_fetch *fetch) {
  const struct web_answer *answer = &fetch->answer;
  /* Whoever refuses, nginx without permission or a firewall before it, does not say whether there is a file. */
  if (answer->status == 403) return THEME_NOT_LOOKED;
  if (answer->author == WEB_DJANGO || answer->author == WEB_GUNICORN) return THEME_MISROUTED;
  if (answer->status == 404 || answer->status == 410) return THEME_ABSENT;
  return THEME_NOT_LOOKED;
}

/* "ETag: ..., Age: 120, X-Cache: HIT": who gave this copy, for people. A new string, or NULL. */
static char *note_of(const struct http_response *response) {
  static const char *const names[] = {"Server",    "Age", "X-Cache",       "X-Cache-Status", "CF-Cache-Status",
                                      "X-Varnish", "Via", "Cache-Control", "Last-Modified",  "ETag"};
  struct text note = {0};
  for (size_t i = 0; i < countof(names); i++) {
    const char *value = http_header(response, names[i], 0);
    if (value && *value && strlen(value) <= NOTE_VALUE_LIMIT) text_printf(&note, "%s%s: %s", note.length ? ", " : "", names[i], value);
  }
  return note.data ? text_steal(&note) : NULL;
}

static void store(struct theme_copy *copy, struct web_fetch *fetch, double now) {
  const char *etag = http_header(&fetch->response, "ETag", 0);
  bool strong = etag && etag[0] == '"';
  bool same = strong && text_equal(copy->etag, etag);
  bool settled = same && now - copy->first_fetched >= THEME_SETTLE_SECONDS;
  double first = same ? copy->first_fetched : now;
  copy_clear(copy);
  copy->etag = strong ? xstrdup(etag) : NULL;
  copy->first_fetched = first;
  copy->settled = settled;
  copy->fetched = now;
  copy->note = note_of(&fetch->response);
  copy->body = fetch->response.body;
  fetch->response.body = NULL;
  copy->file = (struct theme_file){.presence = THEME_PRESENT,
                                   .bytes = copy->body,
                                   .length = fetch->response.body_length,
                                   .cut = fetch->response.body_cut,
                                   .note = copy->note};
}

/* A page of HTML is none of these files, whatever its status says. */
static bool is_page(const struct web_fetch *fetch) {
  auto_free char *type = http_media_type(&fetch->response);
  return text_equal(type, "text/html") && fetch->response.body_length > 0;
}

static void take_answer(struct theme_copies *copies, struct theme_copy *copy, struct web_fetch *fetch, double now) {
  if (fetch->result < 0) {
    copy_clear(copy);
    return;
  }
  int status = fetch->answer.status;
  if (status == 304 && is_trusted(copy, now)) return;
  copies->bytes_fetched += fetch->response.body_length;
  if (status == 200 && !is_page(fetch)) {
    store(copy, fetch, now);
    return;
  }
  copy_clear(copy);
  copy->file = (struct theme_file){.presence = status == 200 ? THEME_MISROUTED : presence_of(fetch), .status = status};
}

static void remember_source(struct theme_copies *copies, const struct theme_source *source) {
  free(copies->base);
  free(copies->host);
  free(copies->cacert);
  copies->base = xstrdup(source->base);
  copies->host = xstrdup(source->host);
  copies->cacert = xstrdup(source->cacert);
}

int theme_copies_fetch(struct theme_copies *copies, const struct theme_source *source, struct theme_sight *sight) {
  if (source) {
    remember_source(copies, source);
    copies->bytes_fetched = 0;
  }
  size_t theme_count = sight->themes ? strings_count(sight->themes) : 0, count = KEY_COUNT + theme_count, running = 0;
  size_t *wanted = xcalloc(count, sizeof *wanted), *fetched = xcalloc(count, sizeof *fetched);
  struct web_fetch *fetches = xcalloc(count, sizeof *fetches);
  char **paths = xcalloc(count, sizeof *paths), **conditions = xcalloc(count, sizeof *conditions);
  const char *(*headers)[2] = xcalloc(count, sizeof *headers);
  double now = loop_monotonic();
  for (size_t i = 0; i < count; i++) {
    auto_free char *path = i < KEY_COUNT ? xstrdup(theme_key_paths[i]) : text_format("css/main-%s.min.css", sight->themes[i - KEY_COUNT]);
    wanted[i] = copies_find(copies, path);
    struct theme_copy *copy = &copies->items[wanted[i]];
    if (!source && !copy->doubted) continue;
    paths[running] = text_format("/static/%s", path);
    web_fetch_init(&fetches[running], copies->base, paths[running], copies->host, copies->cacert);
    fetches[running].body_limit = THEME_KEY_FILE_LIMIT;
    if (is_trusted(copy, now)) {
      conditions[running] = text_format("If-None-Match: %s", copy->etag);
      headers[running][0] = conditions[running];
      fetches[running].headers = headers[running];
    }
    fetched[running++] = wanted[i];
  }
  int r = running > 0 ? web_fetch_all(fetches, running) : 0;
  now = loop_monotonic();
  for (size_t i = 0; i < running; i++) {
    if (r == 0) take_answer(copies, &copies->items[fetched[i]], &fetches[i], now);
    web_fetch_free(&fetches[i]);
    free(paths[i]);
    free(conditions[i]);
  }
  if (r == 0) {
    struct theme_file *minified = xcalloc(theme_count + 1, sizeof *minified);
    for (size_t i = 0; i < KEY_COUNT; i++) sight->keys[i] = copies->items[wanted[i]].file;
    for (size_t i = 0; i < theme_count; i++) minified[i] = copies->items[wanted[KEY_COUNT + i]].file;
    free((void *)(uintptr_t)sight->minified);
    sight->minified = minified;
  }
  free(headers);
  free(conditions);
  free(paths);
  free(fetches);
  free(wanted);
  free(fetched);
  return r;
}

/* --- past the caches --------------------------------------------------------------------------------------------------------- */

void theme_origin_free(struct theme_origin *origin) {
  for (size_t i = 0; i < KEY_COUNT; i++) {
    if (origin->fetched) web_fetch_free(&origin->fetches[i]);
    free(origin->note[i]);
  }
  *origin = (struct theme_origin){0};
}

int theme_origin_fetch(struct theme_origin *origin, const char *address, const struct theme_source *site,
                       struct theme_file ret_keys[KEY_COUNT]) {
  static const char *const past_caches[] = {"Cache-Control: no-cache", NULL};
  char *paths[KEY_COUNT];
  theme_origin_free(origin);
  for (size_t i = 0; i < KEY_COUNT; i++) {
    paths[i] = address ? text_format("/static/%s", theme_key_paths[i])
                       : text_format("/static/%s?ejmon=%.0f", theme_key_paths[i], loop_monotonic() * 1000);
    web_fetch_init(&origin->fetches[i], address ? address : site->base, paths[i], site->host, site->cacert);
    origin->fetches[i].headers = past_caches;
    origin->fetches[i].body_limit = THEME_KEY_FILE_LIMIT;
  }
  origin->fetched = true;
  int r = web_fetch_all(origin->fetches, KEY_COUNT);
  for (size_t i = 0; i < KEY_COUNT; i++) {
    struct web_fetch *fetch = &origin->fetches[i];
    ret_keys[i] = (struct theme_file){0};
    if (r == 0 && fetch->result == 0) {
      bool file = fetch->answer.status == 200 && !is_page(fetch);
      origin->note[i] = note_of(&fetch->response);
      ret_keys[i].presence = file ? THEME_PRESENT : fetch->answer.status == 200 ? THEME_MISROUTED : presence_of(fetch);
      ret_keys[i].status = file ? 0 : fetch->answer.status;
      if (file) {
        ret_keys[i].bytes = fetch->response.body;
        ret_keys[i].length = fetch->response.body_length;
        ret_keys[i].cut = fetch->response.body_cut;
        ret_keys[i].note = origin->note[i];
      }
    }
    free(paths[i]);
    fetch->path = ""; /* its text is gone */
  }
  return r;
}
