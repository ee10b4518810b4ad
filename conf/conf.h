/* The effective configuration: ejmon.yaml, EJ's environment and the defaults, checked whole; every value knows where it came from.
 *
 * libyaml rather than libcyaml: libcyaml stops at the first error and needs one schema in advance, while `ejmon conf check` tells
 * all errors at once with file:line:column and the keys of a check depend on its kind. */
#ifndef EJMON_CONF_H
#define EJMON_CONF_H

#include <jansson.h>

#include "checks/check.h"
#include "monitor/sinks/sink.h"
#include "remedies/remedy.h"

struct conf_source; /* where a value came from: conf/options.h */

/* The keys of stack:, read by an option table of their own (conf/stack.c). Every member is NULL when unset. Kinds refer to them by name in
 * their defaults ("{site}"). */
struct stack {
  char *env_file, *site, *web, *static_root, *app_root, *postgres, *mongo, *rocketchat, *theme, *generation, *docker, *project;
  char *web_service, *nginx_service;    /* compose services, "web" and "nginx" */
  char **web_command, **nginx_command;  /* argv prefixes used instead of Docker exec, or NULL */
  char *nginx_include, *nginx_upstream; /* the marked include file; what it proxies to */
  char *layout;                         /* folder of versioned files of Rocket.Chat's pages */
  char *host;                           /* a Host header that the site accepts, when the address is not its name */
  char *cacert;                         /* PEM file of the authorities that are trusted for the site instead of the system's, or NULL */
  char *web_log, *nginx_log, *postgres_log, *mongo_log, *rocketchat_log; /* files, instead of the Docker Engine's logs */
};

#define CONF_SUBJECT_STACK "stack" /* the subject of all standard checks; no check may have this name, nor the next one */
#define CONF_SUBJECT_EJMON "ejmon" /* what is said of ejmon itself */

struct conf_check {
  char *name;
  const struct check_kind *kind;
  const char *subject; /* what an opinion is about: CONF_SUBJECT_STACK, or an extra check's own name; borrowed from it */
  bool stands_behind;  /* an extra check whose absence the stack explains, where that one is ill on the way to it */
  char *behind;        /* the same in the file's words, NULL where it cannot be asked: standard checks */
  void *config;        /* kind->config_size bytes filled by its options */
  char *target;        /* for reports, redacted */
  char *skip;          /* why it is not part of this stack, or NULL */
  bool off;            /* that is: switched off in the file */
  double interval, suspect, down, timeout; /* seconds */
  long rise, fall;
  struct conf_source *sources; /* of the kind's options, of the common keys, of those of extra checks; for conf_show() */
};

struct conf_remedy {
  const struct remedy_kind *kind;
  void *config;
  enum acting_mode mode; /* never above the global mode */
  long attempts_per_hour;
  double cool_down; /* seconds between two attempts of this remedy */
  char *skip;       /* why it cannot be used here (a key it needs is not set), or NULL */
  struct conf_source *sources;
};

struct conf_sink {
  char *name;
  const struct sink_kind *kind;
  void *config;
  struct conf_source *sources;
};

struct conf {
  size_t holders;
  char *file;                    /* NULL: none was found; what EJ's environment says */
  bool file_says, env_file_says; /* the file, and EJ's env file, were read and hold something: not nothing, nor comments alone */
  struct stack stack;
  struct conf_check *checks; /* standard ones first, in the order of their kinds, then the file's */
  size_t check_count;
  struct conf_remedy *remedies; /* one of each kind */
  size_t remedy_count;
  struct conf_sink *sinks; /* at least the log */
  size_t sink_count;
  enum acting_mode mode;
  char *state;     /* folder of journal, snapshots and control socket */
  char *listen;    /* or NULL */
  char *lang;      /* or NULL */
  double grace;    /* seconds that `ejmon run` has to stop after SIGTERM */
  char **warnings; /* what is not wrong but odd, finished lines as the errors are, NULL-terminated or NULL; for `conf check` and the start
                      of `run` */
  char **missing;  /* files and programs that it names and this machine does not have, lines as the warnings are */
  struct conf_source *sources, *stack_sources; /* of the keys mode, state, listen, grace, lang, and of the stack's */
  char **stack_reasons;                        /* why a key of the stack is unset, as many as the stack has keys; NULL: no special reason */
};

/* All that is wrong, one finished line each: "ejmon.yaml:12:5: checks.theme.interval: ..., did you mean ...?" */
struct conf_errors {
  char **lines;
};

/* Reads the file (NULL: $EJMON_CONFIG, ./ejmon.yaml, /etc/ejmon/ejmon.yaml, else none) and the env file (NULL: what stack.env_file says).
 * Blocks on disk, and takes some 0.1 s for 10,000 checks: the daemon calls it on a worker. It may run on any thread, one at a time, beside
 * a loop that goes on: it logs nothing, and of what is shared touches the registry of redact.h alone. What it says is in the
 * configuration's own language; that becomes everybody's by conf_choose_lang(). 0, or -EINVAL with every error in ret_errors,
 * -ENOENT/-EACCES with one. */
int conf_load(const char *file, const char *env_file, struct conf **ret_conf, struct conf_errors *ret_errors) must_check;
/* The same for a command that only looks once: an env file that cannot be read is told in conf->missing, and the rest is looked at. */
int conf_load_to_look(const char *file, const char *env_file, struct conf **ret_conf, struct conf_errors *ret_errors) must_check;
/* The state folder that the file (found as above) names, whatever else is wrong in it; the usual one where it names none or cannot be read,
 * then with the reason in *ret_why (else NULL). Its language is chosen, too. For commands that ask the running daemon. */
char *conf_state(const char *file, char **ret_why) must_check;
/* The files that a daemon may have been started with, which would be found as above: the one that is there, or that was asked for; when
 * there is none, all that may have been, and "" for a daemon without any. To be freed. */
char **conf_files(const char *file) must_check;
/* Chooses the language that it asks for, for all that is said from now on: on the loop's thread, when it comes into force. */
void conf_choose_lang(const struct conf *conf);

/* A configuration is a generation: whoever works with it (a probe, an attempt, a delivery) holds it, and it goes with its last holder. Who
 * loaded it is the first one. Counted without a lock: hold and free it on the loop's thread only, once it was handed over. */
struct conf *conf_hold(struct conf *conf) must_check;
/* Drops one holder; harmless on NULL. */
void conf_free(struct conf *conf);
void conf_errors_free(struct conf_errors *errors);

/* One check of a kind from KEY=VALUE words alone, for `ejmon probe`. timeout=... is known to every kind. */
int conf_probe(const char *kind, char *const *words, struct conf_check *ret_check, struct conf_errors *ret_errors) must_check;
void conf_check_free(struct conf_check *check);
/* Do both look at the same thing in the same way? Names and intervals do not matter. */
bool conf_check_same(const struct conf_check *a, const struct conf_check *b) must_check;

/* The remedy of a kind, also one that cannot be used here; NULL when there is none. conf may be NULL. */
const struct conf_remedy *conf_remedy_find(const struct conf *conf, const char *kind) must_check;
/* The first remedy of a plan (a rule's, or NULL) from its step-th on that can be used here; NULL when none can. */
const struct conf_remedy *conf_plan_next(const struct conf *conf, const char *const *plan, size_t step) must_check;

/* The effective configuration as YAML with the source of each value as a comment; secrets as [hidden]. */
void conf_show(const struct conf *conf, struct text *ret_text);

/* The keys of a kind of check, remedy or sink with type, default and help, for `ejmon explain --kind`. 0 or -ENOENT. */
int conf_kind_help(const char *kind, struct text *ret_text) must_check;
/* The same for programs: one object added to rows for each check, remedy and sink of this name. */
void conf_kind_json(const char *kind, json_t *rows);

#endif
