/* The way of one setting from config.env to the page, step by step, and where it is cut: config.env's line as compose reads it, the
 * environment that the container was created with, what EJ makes of the value, the database row that outranks it, the header that comes
 * out. Pure: the texts are handed in, nothing is fetched. Values of secrets never get into a step. */
#ifndef EJMON_ENV_CHAIN_H
#define EJMON_ENV_CHAIN_H

#include "checks/ej/env_file.h"
#include "checks/ej/env_setting.h"
#include "monitor/base/lang.h"

#define ENV_INDIRECTION_LIMIT 16 /* "$A" that names "$B"...: EJ itself follows until it dies */
#define ENV_SHOWN_LIMIT 160      /* bytes of a value that are shown */

/* EJ's environment as far as it is known. Borrows everything. */
struct env_view {
  const struct env_file *file; /* NULL: not read */
  const char *file_name;
  char *const *container; /* KEY=VALUE; counts only with container_looked */
  bool container_looked;
  const struct names *index; /* of the container's entries (env_view_index()), or NULL: then each look walks through all of them */
  char generation;           /* 'A', 'B', 'C', or 0: not known */
  bool later;                /* of the line of 2020 to 2022, which allows every host and connects by DB_HOST alone */
};

/* The place of the first entry of each name in a container's environment, from 1 on; names_free() it. */
struct names env_view_index(char *const *container);

/* What the process has under this name: the container's value, or, when nobody could look there, the file's as new Compose passes it. NULL
 * when unset. */
const char *env_view_get(const struct env_view *view, const char *name);
/* What the environment itself tells: 'C', or 0. */
char env_view_generation(const struct env_view *view);

enum env_lead {
  ENV_DIRECT,
  ENV_FOLLOWED,        /* "$OTHER", and OTHER is set */
  ENV_LEADS_NOWHERE,   /* "$OTHER", and it is not: unset for EJ */
  ENV_LEADS_IN_CIRCLE, /* EJ's start dies of it */
};

/* A value as EJ reads it. */
struct env_reading {
  const char *raw;   /* what the process has; NULL: unset */
  const char *value; /* after every "$"; NULL: unset for EJ, which takes its default */
  const char *end;   /* the name whose value it is in the end */
  enum env_lead lead;
};
void env_view_read(const struct env_view *view, const char *name, struct env_reading *ret_reading);
/* The value, or the setting's default, or "": what EJ works with. */
const char *env_view_value(const struct env_view *view, const char *name);
bool env_view_is_true(const struct env_view *view, const char *name);
/* Is Rocket.Chat's integration on? Never in generation C. */
bool env_view_is_integrated(const struct env_view *view);

/* Does this value of DJANGO_ENVIRONMENT or COUNTRY end EJ's start (F38, F39)? False for every other name. */
bool env_view_ends_start(const struct env_view *view, const char *name);

/* What EJ's readers make of a word. A false word is one that is meant so: "", "false", "off", 0...; every other that is not true is false
 * as well, but by accident. An item with a blank before or behind it matches nothing. Quotes around the whole value become a part of it. */
bool env_is_false_word(const char *value);
bool env_has_blank_item(const char *value);
bool env_is_quoted(const char *value); /* NULL is not */

/* Do file and container agree on a variable of the file? A value with '$' may have been filled in by compose, and is left alone. */
bool env_entry_reached(const struct env_entry *entry, const struct env_view *view);

/* A value for people: printable, short, "(not set)", "(empty)", or "[hidden]" with no more than its length for what is secret. */
char *env_show(const char *name, const char *value) must_check;

/* What the running site has shown, for the last two steps. */
struct env_outcome {
  const char *row_unseen;                               /* why nobody could look at the database, or NULL */
  size_t rows;                                          /* active rows of ej_rocketchat_rcconfig */
  const char *row_url;                                  /* of the first */
  const char *page_unseen;                              /* why no page was seen, or NULL */
  const char *page;                                     /* its address */
  const char *csp, *xfo, *origin, *credentials, *theme; /* NULL: absent */
};

enum env_step_state {
  ENV_STEP_FINE,
  ENV_STEP_ABSENT, /* nothing here, and that is fine */
  ENV_STEP_CUT,    /* what the step before handed on is lost or changed here */
  ENV_STEP_UNSEEN, /* nobody could look */
};
extern const char *const env_step_states[]; /* "fine", "absent", "cut", "unseen" */

struct env_step {
  const char *stage; /* "file", "container", "ej", "row", "page" */
  char *where;       /* "config.env, line 12" */
  char *saw;         /* NULL: nothing to show */
  char *says;        /* one sentence, or NULL */
  enum env_step_state state;
};

struct env_chain {
  const struct env_setting *setting;
  struct env_step *steps;
  size_t count;
  char *cut; /* where and why the chain is cut, one sentence; NULL: it is not, as far as was seen */
};

/* All in the chosen language. outcome may be NULL: then there are no steps "row" and "page". container_unseen: why nobody could look into
 * the container, or NULL when that was not asked for. */
void env_chain_make(const struct env_setting *setting, const struct env_view *view, const char *container_unseen,
                    const struct env_outcome *outcome, struct env_chain *ret_chain);
void env_chain_free(struct env_chain *chain);

#endif
