/* Helper processes: a part of this program that runs a library which foreign bytes may crash, hang or blow up, as a process of the same
 * binary of its own. What happens to it is a result here; it never ends, blocks or grows this process.
 *
 * One helper serves one owner and one request at a time, and is kept between requests: libraries and connections stay open in it. It is
 * started at the first question, as `ejmon --helper ROLE LANGUAGE`, with nothing but a socket: no other descriptor, no secret in argv or
 * environ (the environment is a short list of what libraries need), no core dump, HELPER_MEMORY bytes at most. It ends with its parent,
 * also after kill -9. Questions and answers are JSON objects, each behind its length in four bytes; this side believes nothing of what
 * comes back: a caller reads it as it would read the server's own words.
 *
 * Secrets go into questions only. All of it runs on the loop's thread, helper_ask() inside a task. */
#ifndef EJMON_HELPER_H
#define EJMON_HELPER_H

#include <jansson.h>

#include "monitor/base/text.h"

#define HELPER_MEMORY (256u << 20)          /* bytes of private memory; allocating more fails there. Not under sanitizers */
#define HELPER_QUESTION_LIMIT (1024u << 10) /* bytes of JSON; ours are a few hundred */
#define HELPER_PAUSE_FIRST 0.1              /* seconds without a start after the second death in a row; doubled by every further one */
#define HELPER_PAUSE_LAST 30.0
#define HELPER_LIFE 60.0 /* seconds after which a death is not one in a row any more */

/* --- in the helper ------------------------------------------------------------------------------------------------------------------- */

struct helper_role {
  const char *name;      /* the word of its command line; at most 9 bytes, for ps */
  void (*prepare)(void); /* once, before the first question: opening libraries; its death is that of a start. May be NULL */
  json_t *(*answer)(const json_t *question); /* may block, allocate and crash; the caller owns the answer. NULL ends the helper */
};

/* To be called first in main(). A process that was started as a helper serves here and never returns; one that was asked to be a helper by
 * hand, without the socket or for no known role, says so and exits with 3. Any other one returns, and may start helpers from now on: a
 * program whose main() does not call this (a fuzzer, a bench) never starts itself as one. `roles` ends with NULL. */
void helper_main(int count, char **arguments, const struct helper_role *const *roles);

/* --- in the parent ------------------------------------------------------------------------------------------------------------------- */

struct helper; /* one process at most, its back-off, and how it ended */

/* Starts nothing yet. Answers of more than `limit` bytes are refused. */
struct helper *helper_new(const char *role, size_t limit) must_check;

/* Asks, after starting a process where none lives, and waits for the answer. 0: the caller owns *ret_answer, an object.
 *   -ETIMEDOUT, -ECANCELED  of this task: the process was killed, for it was in the middle of something; the next question starts another
 *   -ECONNABORTED           it ended by its own fault (a signal like SIGSEGV, an exit), or gave an answer that is too long or no JSON
 * object -EIO                    it could not be asked: not started, not yet started again (back-off), or ended from outside (SIGKILL,
 * SIGTERM) With the last two *ret_why, which the caller owns, continues a sentence about the process: "was ended by SIGSEGV". */
int helper_ask(struct helper *helper, const json_t *question, json_t **ret_answer, char **ret_why) must_check;

/* After -ETIMEDOUT: the seconds of CPU that the question cost the process, which tell one that computed from one that waited. */
double helper_computed(const struct helper *helper);

/* Kills the process; harmless on NULL, never blocks, may be called outside of tasks. */
void helper_free(struct helper *helper);

#endif
