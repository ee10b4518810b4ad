/* Notices and their way out: spooled in the journal before the first send, one queue per sink, retried until delivered or refused for good.
 *
 * One sink's trouble never holds up another. A journal that cannot be written (a full disk) does not silence the pager: then the
 * notice is sent from memory, once, and the log says so. */
#ifndef EJMON_ALERT_H
#define EJMON_ALERT_H

#include "conf/conf.h"
#include "monitor/engine/journal.h"
#include "monitor/sinks/sink.h"

#define ALERT_SEND_SECONDS 30.0       /* one delivery */
#define ALERT_RETRY_FIRST 5.0         /* seconds until the second try, doubled each time */
#define ALERT_RETRY_MOST 300.0        /* at most this between two tries */
#define ALERT_GIVE_UP_SECONDS 86400.0 /* a notice older than a day is marked as lost, loudly, */
#define ALERT_GIVE_UP_TRIES 5         /* once it was tried so often */

struct alerts;

/* Starts a delivering task per sink of the configuration; what a former life left in the spool is sent first. Inside a task. The
 * configuration and the journal must outlive it. */
struct alerts *alerts_start(const struct conf *conf, struct journal *journal) must_check;
/* Leaves at most `seconds` to the delivery in flight of each queue, and when it shall `drain` also to those behind it; then stops the tasks
 * and frees. What is not sent stays in the spool. Inside a task. Harmless on NULL. */
void alerts_stop(struct alerts *alerts, double seconds, bool drain);

/* Spools one notice for every sink. Inside a task. Returns when it is on disk (or was sent on its way from memory). */
void alerts_add(struct alerts *alerts, enum notice_event event, const char *incident, const char *code, enum severity severity,
                const char *summary, const char *text);

#endif
