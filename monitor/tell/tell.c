/* Deliveries in flight, each a task; see tell.h. */
#include "monitor/tell/tell.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/options.h"
#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/stamp.h"

#define PLACE_DIGITS 16u /* of a digest that tells one sink's place from another */

struct flight {
  struct tell *tell;
  struct conf *conf; /* held */
  const struct conf_sink *sink;
  struct delivery *delivery;
  struct task *task;
  char *source, *time;
  double retry_after;
  char *error;
  bool ended;
};

struct tell {
  struct mind *mind;
  struct conf *conf;
  struct task_event *look;
  struct flight **flights;
  size_t count;
  ev_timer due;
  char *source;
};

static void due_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_event_set(((struct tell *)timer->data)->look);
}

/* What is watched, for people. */
static char *source_of(const struct conf *conf) {
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  return redact(conf->stack.site ? conf->stack.site : host);
}

/* --- where sinks stand ----------------------------------------------------------------------------------------------------- */

/* What a sink cannot be without says where it stands (an address, a command), whatever else it is sent with; it may hold a secret, so of it
 * goes to the journal a digest alone. */
static char *place_of(const struct conf_sink *sink) {
  auto_text struct text place = {0};
  text_add(&place, sink->kind->name);
  for (size_t i = 0; i < sink->kind->option_count; i++) {
    const struct option *option = &sink->kind->options[i];
    if (!option->required) continue;
    auto_free char *value = option_is_list(option) ? NULL : option_text(option, sink->config);
    text_printf(&place, "\n%s", value ? value : "");
    for (char **item = option_list(option, sink->config); item && *item; item++) text_printf(&place, "\n%s", *item);
  }
  char digest[65];
  text_sha256(text_get(&place), place.length, digest);
  return xstrndup(digest, PLACE_DIGITS);
}

static void place_sinks(struct tell *tell) {
  auto_strings char **places = NULL;
  size_t count = 0;
  for (size_t i = 0; i < tell->conf->sink_count; i++) {
    auto_free char *place = place_of(&tell->conf->sinks[i]);
    strings_append(&places, &count, place);
  }
  mind_place_sinks(tell->mind, (const char *const *)places, loop_monotonic(), loop_wall());
}

struct tell *tell_start(struct mind *mind, struct conf *conf, struct task_event *look) {
  struct tell *tell = xcalloc(1, sizeof *tell);
  *tell = (struct tell){.mind = mind, .conf = conf_hold(conf), .look = look, .source = source_of(conf)};
  ev_init(&tell->due, due_cb);
  tell->due.data = tell;
  place_sinks(tell);
  return tell;
}

void tell_reload(struct tell *tell, struct conf *conf) {
  conf_free(tell->conf);
  tell->conf = conf_hold(conf);
  free(tell->source);
  tell->source = source_of(conf);
  place_sinks(tell);
}

/* --- one delivery ---------------------------------------------------------------------------------------------------------- */

static int flight_task(void *argument) {
  struct flight *flight = argument;
  const struct delivery *delivery = flight->delivery;
  const struct notice notice = {.event = delivery->event,
                                .id = delivery->row.id,
                                .incident = delivery->row.incident,
                                .code = delivery->row.code,
                                .subject = delivery->row.subject,
                                .severity = delivery->severity,
                                .summary = delivery->row.summary,
                                .text = delivery->row.body,
                                .source = flight->source,
                                .time = flight->time};
  int r = flight->sink->kind->send(flight->sink->config, &notice, &flight->retry_after, &flight->error);
  flight->ended = true;
  task_event_set(flight->tell->look);
  return r;
}

static void flight_start(struct tell *tell, const struct conf_sink *sink, struct delivery *delivery) {
  struct flight *flight = xcalloc(1, sizeof *flight);
  *flight = (struct flight){.tell = tell,
                            .conf = conf_hold(tell->conf),
                            .sink = sink,
                            .delivery = delivery,
                            .source = xstrdup(tell->source),
                            .time = stamp_rfc3339(delivery->row.made, false)};
  struct flight **place = array_push(&tell->flights, &tell->count, sizeof(struct flight *));
  *place = flight;
  spool_started(&tell->mind->spool, delivery);
  flight->task = task_start("send", TELL_SEND_SECONDS, flight_task, flight);
}

static void flight_free(struct flight *flight) {
  conf_free(flight->conf);
  free(flight->source);
  free(flight->time);
  free(flight->error);
  free(flight);
}

/* Takes in how it ended, and frees it. */
static void flight_end(struct tell *tell, struct flight *flight) {
  int r = task_join_shielded(flight->task);
  struct delivery *delivery = flight->delivery;
  const struct delivery_row *row = &delivery->row;
  const char *why = flight->error ? flight->error : lang_error(-r);
  bool lost = false;
  enum delivery_result result = r == 0 ? DELIVERY_DONE : r == -ECANCELED ? DELIVERY_INTERRUPTED : DELIVERY_TRY_AGAIN;
  mind_answered(tell->mind, delivery, result, flight->retry_after, why, loop_monotonic(), loop_wall(), &lost);
  if (result == DELIVERY_DONE) log_info("alert %s: %s delivered to %s", row->code, row->event, row->sink);
  if (lost) {
    log_error("alert %s: %s is LOST for %s: %s", row->code, row->event, row->sink, why);
  } else if (result == DELIVERY_TRY_AGAIN) {
    log_warning("alert %s: %s not delivered to %s (%s), next try in %.0f s", row->code, row->event, row->sink, why,
                row->next_at - loop_monotonic());
  }
  flight_free(flight);
}

/* --- what is due ----------------------------------------------------------------------------------------------------------- */

static void arm(struct tell *tell, double at) {
  ev_timer_stop(loop_get(), &tell->due);
  if (at == INFINITY) return;
  ev_timer_set(&tell->due, fmax(at - loop_monotonic(), 0.01), 0.);
  ev_now_update(loop_get());
  ev_timer_start(loop_get(), &tell->due);
}

void tell_take(struct tell *tell) {
  size_t kept = 0;
  for (size_t i = 0; i < tell->count; i++) {
    if (tell->flights[i]->ended) {
      flight_end(tell, tell->flights[i]);
    } else {
      tell->flights[kept++] = tell->flights[i];
    }
  }
  tell->count = kept;
  double now = loop_monotonic(), next = INFINITY;
  for (size_t i = 0; i < tell->conf->sink_count; i++) {
    const struct conf_sink *sink = &tell->conf->sinks[i];
    struct delivery *delivery;
    while ((delivery = spool_next(&tell->mind->spool, sink->name, now, tell->mind->store_trouble))) flight_start(tell, sink, delivery);
    next = fmin(next, spool_next_at(&tell->mind->spool, sink->name, now));
  }
  arm(tell, next);
}

bool tell_is_busy(const struct tell *tell) {
  return tell && tell->count > 0;
}

void tell_stop(struct tell *tell) {
  if (!tell) return;
  ev_timer_stop(loop_get(), &tell->due);
  for (size_t i = 0; i < tell->count; i++) task_cancel(tell->flights[i]->task);
  for (size_t i = 0; i < tell->count; i++) flight_end(tell, tell->flights[i]);
  conf_free(tell->conf);
  free(tell->flights);
  free(tell->source);
  free(tell);
}
