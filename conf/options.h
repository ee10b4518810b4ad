/* Fills config structs by option tables, from YAML, from KEY=VALUE words and from defaults; shared by check, remedy and sink kinds and the
 * stack.
 *
 * Each option of a set has a source beside it: where its value came from, or SOURCE_NONE while it has none. Values are owned by the config
 * struct; options_free() releases them. Everything wrong goes to the reader; a value that is wrong counts as given, so that one mistake
 * gives one error. */
#ifndef EJMON_OPTIONS_H
#define EJMON_OPTIONS_H

#include "conf/reader.h"

enum source_kind {
  SOURCE_NONE,
  SOURCE_DEFAULT,
  SOURCE_CONFIG,      /* line of the configuration file */
  SOURCE_ENV_FILE,    /* line of EJ's env file, variable name */
  SOURCE_ENVIRONMENT, /* variable name of ejmon's own environment */
  SOURCE_STACK,       /* a default made of the stack's keys; name is the default as written */
  SOURCE_WORD,        /* KEY=VALUE */
};

struct conf_source {
  enum source_kind kind;
  int line;
  const char *name; /* static */
  char *file;       /* of KEY_file, owned, else NULL */
  bool off;         /* SOURCE_CONFIG: unset on purpose */
};

struct option_set {
  const struct option *options;
  size_t count;
  void *config;
  struct conf_source *sources; /* count of them */
  bool may_be_off;             /* `KEY: off` leaves an option unset, whatever its default */
};

/* Reads the keys of a mapping (NULL: nothing) into the sets. `elsewhere`: further keys that the caller reads itself, NULL-terminated, or
 * NULL. */
void options_read(struct conf_reader *reader, const struct tree_node *mapping, const char *path, const char *const *elsewhere,
                  const struct option_set *sets, size_t set_count);
/* Reads KEY=VALUE words; groups do not matter. `path` begins the messages ("probe http"). */
void options_read_words(struct conf_reader *reader, char *const *words, const char *path, const struct option_set *sets, size_t set_count);
/* Gives every option without a source its default; `stack` resolves "{site}" (NULL: such defaults stay unset). */
void options_default(struct conf_reader *reader, const struct tree_node *place, const char *path, const struct option_set *set,
                     const struct option_set *stack);
/* An error for each required option that has no value. */
void options_require(struct conf_reader *reader, const struct tree_node *place, const char *path, const struct option_set *set,
                     const struct option_set *stack);
/* Parses one text into an option. 0, or -EINVAL with a sentence. Relative paths start from the reader's directory. */
int option_set_text(const struct conf_reader *reader, const struct option *option, void *config, const char *text,
                    char **ret_error) must_check;
/* What an OPTION_FILE, OPTION_SOCKET or OPTION_COMMAND names and is not there, or cannot be used, as a sentence ("/x/ca.pem is not there;
 * ..."), or NULL. Asks the disk. (presence.c) */
char *option_missing(const struct option *option, const void *config) must_check;
void options_free(const struct option *options, size_t count, void *config);
void sources_free(struct conf_source *sources, size_t count); /* the array too */

/* The option of a key in a set, or NULL; -1 as its place. */
const struct option *options_find(const struct option_set *set, const char *key);
/* The value as text: a string's own bytes, "30s", "64k", "true"; NULL when unset; not for lists. A new string. */
char *option_text(const struct option *option, const void *config) must_check;
const char *option_string(const struct option *option, const void *config);  /* of the char * types, else NULL */
char **option_list(const struct option *option, const void *config);         /* of the lists, else NULL */
bool option_same(const struct option *option, const void *a, const void *b); /* the same value in two configs; allocates nothing */
bool option_is_list(const struct option *option);
bool option_has_value(const struct option *option, const void *config); /* strings and lists: not NULL; others: always */

/* Does a default refer to a key of the stack ("{site}/login/" to "site")? */
bool fallback_mentions(const char *fallback, const char *key);
/* Calls for each {key}: copies the next one at or after *position into a new string and moves on; NULL at the end. */
char *fallback_next_key(const char *fallback, size_t *position) must_check;

#endif
