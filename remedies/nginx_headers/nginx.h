/* Reads what `nginx -T` prints, and finds in it the server block that an include file would land in. Pure: text in, structs out, no I/O.
 *
 * The parser knows words, quotes, comments, blocks and `include`; it gives directives back as they were written, so that they can be
 * repeated in another location. Blocks of embedded languages (Lua, njs) may not parse: then the answer is -EPROTO, never a guess. */
#ifndef EJMON_NGINX_H
#define EJMON_NGINX_H

#include "monitor/base/text.h"

struct nginx_directive {
  char **words; /* as written, quotes included; words[0] is the name */
  struct nginx_directive *children;
  size_t child_count;
  bool block;
};

struct nginx_file {
  char *path;
  struct nginx_directive *items;
  size_t count;
};

/* Files in the order of the dump; the first is the main one. */
struct nginx_dump {
  struct nginx_file *files;
  size_t count;
};

/* 0, -EPROTO (*ret_error says where), -E2BIG. */
int nginx_parse(const char *dump, size_t length, struct nginx_dump *ret_dump, char **ret_error) must_check;
void nginx_dump_free(struct nginx_dump *dump);

/* A word without its quotes and escapes, in a new string. */
char *nginx_unquote(const char *word) must_check;

/* A list of directives of one name, borrowed from a dump. */
struct nginx_list {
  const struct nginx_directive **items;
  size_t count;
};

/* The server that the include file belongs to. Everything is borrowed from the dump, except the lists' own arrays. */
struct nginx_server {
  const struct nginx_directive *root; /* its `location /`, or NULL */
  struct nginx_list locations;        /* all its locations, the include file's own left out */
  struct nginx_list inner;            /* directives of location /, includes resolved */
  struct nginx_list add_header;       /* in force in location /: nginx takes those of the innermost level that has any */
  struct nginx_list hide_header;      /* proxy_hide_header, likewise */
  char *names;                        /* its server_name words, for people */
};
void nginx_server_free(struct nginx_server *server);

/* Finds the one server block that includes `file` and answers to `host`. 0, or -ENOENT / -ENOTUNIQ with *ret_error a sentence that says
 * what is there instead and what to write where. */
int nginx_find_server(const struct nginx_dump *dump, const char *file, const char *host, struct nginx_server *ret_server,
                      char **ret_error) must_check;

/* Adds a directive as source text, indented. */
void nginx_print(const struct nginx_directive *directive, int indent, struct text *text);

#endif
