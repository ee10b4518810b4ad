/* The keys of stack: as an option table, and what EJ's environment says for those that ejmon.yaml leaves out. */
#ifndef EJMON_STACK_H
#define EJMON_STACK_H

#include "checks/ej/env_file.h"
#include "conf/options.h"

extern const struct option stack_options[];
extern const size_t stack_option_count;

/* EJ's environment as ejmon can see it: the env file before ejmon's own process environment, because the file says what is wanted, and a
 * process only what was so when it was created. */
struct ej_environment {
  struct env_file file;
  char *file_name; /* NULL: none was read */
  bool unread;     /* there should be one, and it cannot be read: what it says is not known */
  char *const *process;
};

struct ej_value {
  const char *text;
  struct conf_source source;
};

/* Reads stack: (node may be NULL) with everything that is derived. env_file: of the command line, or NULL. Fills the conf's stack,
 * stack_sources, stack_reasons. */
void stack_read(struct conf_reader *reader, const struct tree_node *node, const char *env_file, struct conf *conf);
void stack_free(struct conf *conf);
/* The stack as a set, for defaults of other options. */
struct option_set stack_set(struct conf *conf);
/* "stack.rocketchat is not set: ..." for a key without a value; a new string. */
char *stack_missing(const struct conf *conf, const char *key) must_check;

/* ej_stack.c: fills what is still unset from EJ's environment. */
void ej_stack_derive(struct conf_reader *reader, const struct ej_environment *ej, struct conf *conf);
/* A variable as EJ sees it, "$OTHER" followed. literal: quotes stay. False when unset. */
bool ej_environment_get(const struct ej_environment *ej, const char *name, bool literal, struct ej_value *ret_value);
/* EJ's DJANGO_DB_URL as libpq reads it: a new string, or NULL with *ret_reason when it is no PostgreSQL. Pure. */
char *ej_postgres_url(const char *url, char **ret_reason) must_check;
/* EJ_ROCKETCHAT_URL as an origin's text: scheme added, path cut. Pure. */
char *ej_rocket_origin(const char *url) must_check;

#endif
