/* Asking the running daemon over its control socket. */
#ifndef EJMON_ASK_H
#define EJMON_ASK_H

#include <jansson.h>

#include "monitor/commands/command.h"

/* Whom to ask. */
struct ask {
  char *state;  /* the folder: --state, else what the configuration says */
  char *why;    /* why it may be another one: see conf_state(); or NULL */
  char **files; /* with --state NULL; else the configuration files by which it may be found, see conf_files() */
};

/* The daemon of this command line. Of the configuration only state: counts, and that may be wrong or missing: whoever asks whether the
 * daemon lives must not be told of a typing error. To be freed by ask_free(). */
struct ask ask_where(const struct invocation *invocation) must_check;
void ask_free(struct ask *ask);
#define auto_ask __attribute__((cleanup(ask_free)))

/* Sends one request line and reads the JSON answer, within `seconds`. 0 with a new reference, -ECONNREFUSED or -ENOENT when no daemon runs,
 * -EACCES, -ETIMEDOUT, -EPROTO. Asked is who listens in the state folder; else who was started with that folder or file (rendezvous.h), so
 * that neither an edit nor a removed file hides a daemon that lives. Blocks: for commands outside of the loop. */
int ask_daemon(const struct ask *ask, const char *request, double seconds, json_t **ret_answer) must_check;
/* Complains that it did not answer, and why that folder was asked. Returns EXIT_UNKNOWN. */
int ask_refuse(const struct ask *ask, int error);
/* Complains of what the daemon answered instead of what was asked; EXIT_UNKNOWN then, else 0. */
int ask_error(const json_t *answer) must_check;
/* Is it that no daemon runs? Then its journal can be read. */
bool ask_found_nobody(int error) must_check;

#endif
