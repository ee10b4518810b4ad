/* The parser of nginx's configuration dump and the search for the server block of an include file. It neither runs nginx nor writes
 * anything. */
#include "remedies/nginx_headers/nginx.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

#define DEPTH_LIMIT 16        /* blocks and includes within each other; nginx itself allows far less sense than that */
#define DIRECTIVE_LIMIT 20000 /* a dump of 256 KB cannot hold more that matter */
#define STEP_LIMIT 1000000    /* directives and files looked at in the search: includes may include each other without an end */
#define FILE_MARK "# configuration file "

struct reader {
  const char *at, *end;
  size_t directives;
  char **error;
};

static void directives_free(struct nginx_directive *items, size_t count) {
  for (size_t i = 0; i < count; i++) {
    strings_free(items[i].words);
    directives_free(items[i].children, items[i].child_count);
  }
  free(items);
}

void nginx_dump_free(struct nginx_dump *dump) {
  for (size_t i = 0; i < dump->count; i++) {
    free(dump->files[i].path);
    directives_free(dump->files[i].items, dump->files[i].count);
  }
  free(dump->files);
  *dump = (struct nginx_dump){0};
}

static int reader_fail(struct reader *reader, const char *what) {
  size_t left = (size_t)(reader->end - reader->at);
  auto_text struct text near = {0};
  text_add_printable(&near, reader->at, left < 40 ? left : 40, 60);
  if (*reader->error == NULL)
    *reader->error = text_format(translated("nginx's configuration could not be understood: %s near \"%s\"."), what, text_get(&near));
  return -EPROTO;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks and comments, which are comments only where a word could begin. */
static void skip_blank(struct reader *reader) {
  while (reader->at < reader->end) {
    if (*reader->at == '#') {
      while (reader->at < reader->end && *reader->at != '\n') reader->at++;
    } else if (is_blank(*reader->at) || *reader->at == '\0') {
      reader->at++;
    } else {
      return;
    }
  }
}

static int read_word(struct reader *reader, char **ret_word) {
  const char *start = reader->at;
  char quote = *start == '"' || *start == '\'' ? *start : '\0';
  if (quote != '\0') reader->at++;
  while (reader->at < reader->end) {
    char c = *reader->at;
    if (c == '\\' && reader->at + 1 < reader->end) {
      reader->at += 2;
      continue;
    }
    if (c == '\0') return reader_fail(reader, translated("a NUL byte"));
    if (quote != '\0') {
      reader->at++;
      if (c == quote) break;
      continue;
    }
    if (c == '$' && reader->at + 1 < reader->end && reader->at[1] == '{') {
      while (reader->at < reader->end && *reader->at != '}') reader->at++;
      if (reader->at == reader->end) return reader_fail(reader, translated("an open ${"));
      reader->at++;
      continue;
    }
    if (is_blank(c) || c == ';' || c == '{') break;
    reader->at++;
  }
  if (quote != '\0' && (reader->at - start < 2 || reader->at[-1] != quote)) return reader_fail(reader, translated("an open quote"));
  *ret_word = xstrndup(start, (size_t)(reader->at - start));
  return 0;
}

static int read_block(struct reader *reader, unsigned depth, struct nginx_directive **ret_items, size_t *ret_count) {
  if (depth > DEPTH_LIMIT) return reader_fail(reader, translated("blocks too deep"));
  for (;;) {
    skip_blank(reader);
    if (reader->at == reader->end) return depth == 0 ? 0 : reader_fail(reader, translated("a block without its end"));
    if (*reader->at == '}') {
      if (depth == 0) return reader_fail(reader, translated("a } too many"));
      reader->at++;
      return 0;
    }
    if (++reader->directives > DIRECTIVE_LIMIT) return -E2BIG;
    struct nginx_directive *directive = array_push(ret_items, ret_count, sizeof **ret_items);
    size_t words = 0;
    for (;;) {
      skip_blank(reader);
      if (reader->at == reader->end) return reader_fail(reader, translated("a directive without its end"));
      if (*reader->at == ';' || *reader->at == '{') break;
      if (*reader->at == '}') return reader_fail(reader, translated("a directive without ;"));
      auto_free char *word = NULL;
      int r = read_word(reader, &word);
      if (r < 0) return r;
      strings_append(&directive->words, &words, word);
    }
    directive->block = *reader->at++ == '{';
    if (words == 0) return reader_fail(reader, translated("an empty directive"));
    if (!directive->block) continue;
    int r = read_block(reader, depth + 1, &directive->children, &directive->child_count);
    if (r < 0) return r;
  }
}

/* The next "# configuration file PATH:" at the beginning of a line, or NULL. */
static const char *next_mark(const char *from, const char *start, const char *end) {
  while ((from = text_find(from, (size_t)(end - from), FILE_MARK, false)) != NULL) {
    if (from == start || from[-1] == '\n') return from;
    from++;
  }
  return NULL;
}

int nginx_parse(const char *dump, size_t length, struct nginx_dump *ret_dump, char **ret_error) {
  struct nginx_dump parsed = {0};
  const char *end = dump + length;
  size_t directives = 0;
  *ret_error = NULL;
  int r = 0;
  for (const char *mark = next_mark(dump, dump, end); mark != NULL && r == 0;) {
    const char *path = mark + strlen(FILE_MARK);
    const char *line = memchr(path, '\n', (size_t)(end - path));
    if (line == NULL) line = end;
    const char *next = line == end ? NULL : next_mark(line, dump, end);
    struct nginx_file *file = array_push(&parsed.files, &parsed.count, sizeof *file);
    file->path = xstrndup(path, (size_t)(line - path));
    if (text_ends(file->path, ":")) file->path[strlen(file->path) - 1] = '\0';
    struct reader reader = {.at = line, .end = next == NULL ? end : next, .directives = directives, .error = ret_error};
    r = read_block(&reader, 0, &file->items, &file->count);
    directives = reader.directives;
    mark = next;
  }
  if (r == 0 && parsed.count == 0) {
    *ret_error = xstrdup(translated("nginx -T printed no configuration."));
    r = -EPROTO;
  }
  if (r == -E2BIG && *ret_error == NULL) *ret_error = xstrdup(translated("nginx's configuration is larger than ejmon reads."));
  if (r < 0) {
    nginx_dump_free(&parsed);
    return r;
  }
  *ret_dump = parsed;
  return 0;
}

char *nginx_unquote(const char *word) {
  struct text text = {0};
  size_t length = strlen(word);
  if (length >= 2 && (word[0] == '"' || word[0] == '\'') && word[length - 1] == word[0]) {
    word++;
    length -= 2;
  }
  for (size_t i = 0; i < length; i++) {
    if (word[i] == '\\' && i + 1 < length && strchr("\"'\\ ;{}", word[i + 1]) != NULL) i++;
    text_add_char(&text, word[i]);
  }
  return text.length == 0 ? xstrdup("") : text_steal(&text);
}

void nginx_print(const struct nginx_directive *directive, int indent, struct text *text) {
  if (indent > 4 * DEPTH_LIMIT) return;
  text_printf(text, "%*s", indent, "");
  for (size_t i = 0; directive->words[i] != NULL; i++) text_printf(text, "%s%s", i > 0 ? " " : "", directive->words[i]);
  if (!directive->block) {
    text_add(text, ";\n");
    return;
  }
  text_add(text, " {\n");
  for (size_t i = 0; i < directive->child_count; i++) nginx_print(&directive->children[i], indent + 4, text);
  text_printf(text, "%*s}\n", indent, "");
}

/* --- the search ---------------------------------------------------------------------------------------------------------------- */

struct search {
  const struct nginx_dump *dump;
  const char *file; /* the include file, whose own content is not looked at */
  size_t *steps;
};

static bool name_is(const struct nginx_directive *directive, const char *name) {
  return text_equal(directive->words[0], name);
}

static char *include_pattern(const struct search *search, const struct nginx_directive *directive) {
  auto_free char *pattern = nginx_unquote(directive->words[1] == NULL ? "" : directive->words[1]);
  if (pattern[0] == '/') return xstrdup(pattern);
  const char *main_file = search->dump->files[0].path; /* relative means: to the folder of nginx.conf */
  const char *slash = strrchr(main_file, '/');
  return text_format("%.*s/%s", slash == NULL ? 0 : (int)(slash - main_file), main_file, pattern);
}

static void list_push(struct nginx_list *list, const struct nginx_directive *directive) {
  *(const struct nginx_directive **)array_push(&list->items, &list->count, sizeof *list->items) = directive;
}

/* All directives of one level, with what it includes in the place of `include`; that of the include file itself stays as the mark. */
static void level(const struct search *search, const struct nginx_directive *items, size_t count, unsigned depth, struct nginx_list *out) {
  for (size_t i = 0; i < count && depth < DEPTH_LIMIT && out->count < DIRECTIVE_LIMIT && ++*search->steps < STEP_LIMIT; i++) {
    if (!name_is(&items[i], "include")) {
      list_push(out, &items[i]);
      continue;
    }
    auto_free char *pattern = include_pattern(search, &items[i]);
    if (fnmatch(pattern, search->file, FNM_PATHNAME | FNM_PERIOD) == 0) list_push(out, &items[i]);
    for (size_t f = 1; f < search->dump->count && ++*search->steps < STEP_LIMIT; f++) {
      const struct nginx_file *file = &search->dump->files[f];
      if (text_equal(file->path, search->file) || fnmatch(pattern, file->path, FNM_PATHNAME | FNM_PERIOD) != 0) continue;
      level(search, file->items, file->count, depth + 1, out);
    }
  }
}

static struct nginx_list level_of(const struct search *search, const struct nginx_directive *block) {
  struct nginx_list out = {0};
  level(search, block->children, block->child_count, 0, &out);
  return out;
}

static struct nginx_list pick(const struct nginx_list *from, const char *name) {
  struct nginx_list out = {0};
  for (size_t i = 0; i < from->count; i++)
    if (name_is(from->items[i], name)) list_push(&out, from->items[i]);
  return out;
}

static bool includes_file(const struct nginx_list *list) {
  struct nginx_list includes = pick(list, "include");
  free(includes.items);
  return includes.count > 0;
}

static const struct nginx_directive *root_location(const struct nginx_list *locations) {
  for (size_t i = 0; i < locations->count; i++) {
    char **words = locations->items[i]->words;
    const char *path = words[1] == NULL ? "" : text_equal(words[1], "^~") && words[2] != NULL ? words[2] : words[1];
    if (text_equal(path, "/")) return locations->items[i];
  }
  return NULL;
}

static bool name_matches(const char *name, const char *host) {
  if (text_equal_nocase(name, host)) return true;
  const char *dot = strchr(host, '.');
  if (text_starts(name, "*."))
    return strlen(host) > strlen(name + 1) && text_equal_nocase(host + strlen(host) - strlen(name + 1), name + 1);
  return name[0] == '.' && (text_equal_nocase(name + 1, host) || (dot != NULL && text_equal_nocase(name, dot)));
}

/* Would nginx give a request for this host to this server? 2: by name; 1: by default, as its first server answers what nobody else names;
 * 0: no. */
static int server_answers(const struct nginx_list *directives, const char *host, bool first, struct text *names) {
  int answers = first ? 1 : 0;
  for (size_t i = 0; i < directives->count; i++) {
    char **words = directives->items[i]->words;
    for (size_t w = 1; words[w] != NULL; w++) {
      if (name_is(directives->items[i], "listen") && text_equal(words[w], "default_server") && answers == 0) answers = 1;
      if (!name_is(directives->items[i], "server_name")) continue;
      auto_free char *name = nginx_unquote(words[w]);
      text_printf(names, "%s%s", names->length > 0 ? " " : "", name);
      if (name_matches(name, host)) answers = 2;
    }
  }
  return answers;
}

/* add_header and proxy_hide_header are inherited only by a level that has none of its own. */
static struct nginx_list in_force(const char *name, const struct nginx_list *inner, const struct nginx_list *server,
                                  const struct nginx_list *http) {
  const struct nginx_list *levels[] = {inner, server, http};
  for (size_t i = 0; i < countof(levels); i++) {
    struct nginx_list found = pick(levels[i], name);
    if (found.count > 0) return found;
  }
  return (struct nginx_list){0};
}

void nginx_server_free(struct nginx_server *server) {
  free(server->locations.items);
  free(server->inner.items);
  free(server->add_header.items);
  free(server->hide_header.items);
  free(server->names);
  *server = (struct nginx_server){0};
}

static void server_fill(const struct search *search, const struct nginx_list *http, const struct nginx_list *directives,
                        struct nginx_server *server) {
  server->locations = pick(directives, "location");
  server->root = root_location(&server->locations);
  if (server->root != NULL) server->inner = level_of(search, server->root);
  server->add_header = in_force("add_header", &server->inner, directives, http);
  server->hide_header = in_force("proxy_hide_header", &server->inner, directives, http);
}

struct seen {
  bool in_http, in_location;
  int answers; /* how well the best server so far answers for the host */
  size_t servers, others;
  struct text other_names;
};

static void look_at_server(const struct search *search, const struct nginx_list *http, const struct nginx_directive *block,
                           const char *host, bool first, struct seen *seen, struct nginx_server *server) {
  struct nginx_list directives = level_of(search, block);
  auto_text struct text names = {0};
  int answers = server_answers(&directives, host, first, &names);
  for (size_t i = 0; i < directives.count; i++) {
    if (!directives.items[i]->block) continue;
    struct nginx_list inner = level_of(search, directives.items[i]);
    if (includes_file(&inner)) seen->in_location = true;
    free(inner.items);
  }
  if (includes_file(&directives)) {
    if (answers == 0) {
      seen->others++;
      text_printf(&seen->other_names, " %s", text_get(&names));
    } else if (answers > seen->answers) {
      nginx_server_free(server);
      server_fill(search, http, &directives, server);
      server->names = xstrdup(text_get(&names));
      seen->answers = answers;
      seen->servers = 1;
    } else if (answers == seen->answers) {
      seen->servers++;
    }
  }
  free(directives.items);
}

int nginx_find_server(const struct nginx_dump *dump, const char *file, const char *host, struct nginx_server *ret_server,
                      char **ret_error) {
  size_t steps = 0;
  const struct search search = {.dump = dump, .file = file, .steps = &steps};
  struct nginx_list top = {0};
  level(&search, dump->files[0].items, dump->files[0].count, 0, &top);
  struct nginx_server server = {0};
  struct seen seen = {0};
  for (size_t h = 0; h < top.count; h++) {
    if (!name_is(top.items[h], "http")) continue;
    struct nginx_list http = level_of(&search, top.items[h]);
    seen.in_http = seen.in_http || includes_file(&http);
    bool first = true;
    for (size_t s = 0; s < http.count; s++) {
      if (!name_is(http.items[s], "server")) continue;
      look_at_server(&search, &http, http.items[s], host, first, &seen, &server);
      first = false;
    }
    free(http.items);
  }
  free(top.items);
  *ret_error = NULL;
  if (steps >= STEP_LIMIT) {
    *ret_error = xstrdup(translated("nginx's configuration includes more than ejmon follows."));
  } else if (seen.in_http) {
    *ret_error = text_format(
        translated("%s is included outside of a server block, where it cannot hold locations: put the include into the server of %s."),
        file, host);
  } else if (seen.in_location) {
    *ret_error = text_format(
        translated("%s is included inside a location: put the include beside the locations, into the server block itself."), file);
  } else if (seen.servers == 0 && seen.others > 0) {
    *ret_error =
        text_format(translated("%s is included by the server%s, which does not answer for %s: put the include into the server that does."),
                    file, text_get(&seen.other_names), host);
  } else if (seen.servers == 0) {
    *ret_error = text_format(
        translated(
            "nginx does not include %s: put `include %s;` into the server block of %s (a pattern such as *.conf, so that the file may be "
            "absent), reload, and try again."),
        file, file, host);
  } else if (seen.servers > 1) {
    *ret_error = text_format(
        translated("Several server blocks that answer for %s include %s: ejmon cannot know which location / to follow."), host, file);
  }
  text_free(&seen.other_names);
  if (*ret_error == NULL) {
    *ret_server = server;
    return 0;
  }
  nginx_server_free(&server);
  return seen.servers > 1 ? -ENOTUNIQ : -ENOENT;
}
