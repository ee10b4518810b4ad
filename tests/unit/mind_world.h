/* A world for the mind to live in: four checks, two sinks, a disk and two clocks, all under the hand of a test. Three checks are the
 * stack's, with rules between their codes; one is a subject of its own, behind the stack or not. What happens is a row of steps; a
 * step that cannot be done now does nothing, so any row is a story, and any part of one. What must hold is in mind_laws.h. */
#ifndef MIND_WORLD_H
#define MIND_WORLD_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind.h"

#define CODES 8 /* of check 0: 0 and 1; of check 1: 2 and 3; ... */
#define CHECKS 4
#define CHECK_X 2 /* the subject of its own */
#define SINKS 2
#define DAY 86400.0

#define MADE_AS(id, text, how_grave, where, ...) \
  static const struct code id = {.name = text, .severity = how_grave, .layer = where, .evidence = __VA_ARGS__}
#define MADE(id, text, kind, where) MADE_AS(id, text, SEVERITY_CRITICAL, where, kind)
MADE(web_down, "web/down", EVIDENCE_OUTAGE, LAYER_WEB);
MADE(web_page, "web/page", EVIDENCE_CONTENT, LAYER_WEB);
MADE(db_gone, "db/gone", EVIDENCE_STATE, LAYER_DATABASE);
MADE(db_table, "db/table", EVIDENCE_STATE, LAYER_DATABASE);
MADE(extra_down, "http/down", EVIDENCE_ABSENCE, LAYER_WEB);
MADE(extra_page, "http/page", EVIDENCE_CONTENT, LAYER_WEB);
MADE(box_down, "box/down", EVIDENCE_STATE, LAYER_WEB);
MADE_AS(box_limit, "box/limit", SEVERITY_WARNING, LAYER_WEB, EVIDENCE_STATE);
MADE(cause_database, "cause/database", EVIDENCE_NONE, LAYER_DATABASE);
MADE(cause_schema, "cause/schema", EVIDENCE_NONE, LAYER_DATABASE);
MADE(cause_box, "cause/box", EVIDENCE_NONE, LAYER_WEB);
#define LIST(...) ((const struct code *const[]){__VA_ARGS__, NULL})
static const struct rule world_rule_table[] = {
    {.code = &cause_database, .rank = RANK_DATABASE, .all = LIST(&db_gone), .explains = LIST(&web_down)},
    {.code = &cause_schema, .rank = RANK_THEME, .all = LIST(&web_page, &db_table)},
    {.code = &cause_box, .rank = RANK_NGINX, .any = LIST(&box_down, &box_limit), .explains = LIST(&web_down)},
    {0},
};
static const struct rule *const world_rules[] = {world_rule_table, NULL};
static const struct code *const world_codes[CHECKS][3] = {
    {&web_down, &web_page, NULL}, {&db_gone, &db_table, NULL}, {&extra_down, &extra_page, NULL}, {&box_down, &box_limit, NULL}};

/* What each cause can be told of: its signature, and all that it accounts for, as bits of codes. */
static const struct cause_bits {
  const char *code;
  unsigned signature, covers;
  bool any; /* one code of its signature is enough for it */
} world_causes[] = {
    {"web/down", 1, 1, false},
    {"web/page", 2, 2, false},
    {"db/gone", 4, 4, false},
    {"db/table", 8, 8, false},
    {"http/down", 16, 16, false},
    {"http/page", 32, 32, false},
    {"cause/database", 4, 4 | 1, false},
    {"cause/schema", 8 | 2, 8 | 2, false},
    {"cause/box", 64 | 128, 64 | 128 | 1, true},
};

static enum severity code_severity(int code) {
  return world_codes[code / 2][code % 2]->severity;
}

/* --- what a story may vary -------------------------------------------------------------------------------------------------- */

struct setting {
  bool behind, heals;
  long rise, fall;
};

/* clang-format off */
enum step {
  /* a probe of each check: fault, pass or unknown (F, P, U) of its two codes */
  A_FF, A_FP, A_PF, A_PP, A_UU, A_FU, A_PU, B_FF, B_FP, B_PF, B_PP, B_UU, B_FU, B_PU,
  X_FF, X_FP, X_PF, X_PP, X_UU, X_FU, X_PU, C_FF, C_FP, C_PF, C_PP, C_UU, C_FU, C_PU,
  WAIT_1, WAIT_5, WAIT_30, WAIT_60,
  FLUSH, FLUSH_FAILS, FLUSH_BEGINS, FLUSH_LANDS, FLUSH_ANSWER_LOST,
  P_TAKES, P_REFUSES, P_BEGINS, P_TOOK, P_REFUSED, P_INTERRUPTED, Q_TAKES, Q_REFUSES, Q_BEGINS, Q_TOOK, Q_REFUSED, Q_INTERRUPTED,
  KILL, KILL_AND_LOCKED, UNLOCK, BOOT, DAY_ON, DAY_BACK,
  A_COMES_GOES, A_RENAMED, A_MOVED, B_COMES_GOES, X_COMES_GOES, X_RENAMED, X_MOVED, C_COMES_GOES, P_COMES_GOES, Q_COMES_GOES,
  HEAL_BEGINS, HEAL_KEPT, HEAL_UNDONE, HEAL_NEEDLESS, DOUBT, P_GIVES_UP, Q_GIVES_UP,
  STEPS
};
static const char *const step_names[STEPS] = {
    "A_FF", "A_FP", "A_PF", "A_PP", "A_UU", "A_FU", "A_PU", "B_FF", "B_FP", "B_PF", "B_PP", "B_UU", "B_FU", "B_PU",
    "X_FF", "X_FP", "X_PF", "X_PP", "X_UU", "X_FU", "X_PU", "C_FF", "C_FP", "C_PF", "C_PP", "C_UU", "C_FU", "C_PU",
    "WAIT_1", "WAIT_5", "WAIT_30", "WAIT_60",
    "FLUSH", "FLUSH_FAILS", "FLUSH_BEGINS", "FLUSH_LANDS", "FLUSH_ANSWER_LOST",
    "P_TAKES", "P_REFUSES", "P_BEGINS", "P_TOOK", "P_REFUSED", "P_INTERRUPTED", "Q_TAKES", "Q_REFUSES", "Q_BEGINS", "Q_TOOK", "Q_REFUSED", "Q_INTERRUPTED",
    "KILL", "KILL_AND_LOCKED", "UNLOCK", "BOOT", "DAY_ON", "DAY_BACK",
    "A_COMES_GOES", "A_RENAMED", "A_MOVED", "B_COMES_GOES", "X_COMES_GOES", "X_RENAMED", "X_MOVED", "C_COMES_GOES", "P_COMES_GOES", "Q_COMES_GOES",
    "HEAL_BEGINS", "HEAL_KEPT", "HEAL_UNDONE", "HEAL_NEEDLESS", "DOUBT", "P_GIVES_UP", "Q_GIVES_UP"};
/* clang-format on */

/* --- the world -------------------------------------------------------------------------------------------------------------- */

/* What is truly to be known of one code, by the probes alone. */
struct known {
  long run;             /* passes in a row, or minus the faults in a row */
  bool ill, seen;       /* believed; the last probe saw it */
  bool blind;           /* the last probe of this life could say nothing of it */
  bool renamed, moved;  /* the name and the target that its check had then */
  bool carried;         /* a reload or restart came: what an open incident says of it counts until a probe looks */
  double untold[SINKS]; /* since when probes see it and a sink was told of nothing that covers it; 0: not so */
  double slack;         /* seconds that kills may have cost since */
  bool doubted;         /* ejmon doubted itself in that time */
  double since;         /* when it became so */
  double handed;        /* when an incident that may have explained it ended, until a probe looks again; 0: not so */
};

struct key { /* an incident as a receiver knows it */
  char *id, *subject;
  const struct cause_bits *cause;
  bool open;
  bool orphan;  /* a kill came before the disk heard of it, its sink went away, or its end was given up: nobody can end it */
  bool excused; /* a kill came before the disk heard what was sent of it while the store was in trouble: it may be told twice */
};

/* What people were told of an incident. */
struct word {
  char *id;
  const struct cause_bits *cause;
  enum severity severity;
  struct said {
    bool there;     /* it was said by then */
    unsigned with;  /* the codes that it took along, of those that are ill since */
    unsigned signs; /* the codes of its signature that were seen then or since */
    unsigned once;  /* those that were believed then or since, seen or not */
    bool may_lapse; /* lapsed, if it knew all that was believed */
    double lapsed;  /* when what could be seen of it had passed, while the rest was out of sight; 0: not so */
  } now, flying, disk;
  bool may_move, must_move; /* it had a sign of a target that is another now */
};

struct receiver {
  struct key *keys;
  size_t key_count;
  char **ids; /* of the notices that it has got */
  size_t id_count;
  struct delivery *flying;
  bool lost;         /* a notice to it was given up, and it has taken none since */
  struct text heard; /* "triggered web/down; resolved http/down@x; ", when the world is listened to */
  bool configured;
};

struct world {
  struct setting setting;
  struct mind mind;
  double now, wall;
  bool configured[CHECKS], renamed[CHECKS], moved[CHECKS];
  bool deaf;                /* there was a time without any sink, or a notice was given up */
  bool locked, locked_once; /* the store could not be read when this life began */
  struct known known[CODES], on_disk[CODES];
  struct receiver receivers[SINKS];
  struct word *words;
  size_t word_count;
  struct rows disk, in_flight; /* committed; handed to a writer that has not answered */
  struct known known_in_flight[CODES];
  unsigned long mark_in_flight;
  bool is_in_flight;
  long newest;        /* serial of the newest notice that the laws have seen */
  const char *broken; /* the law that does not hold, or NULL */
  char detail[160];
  unsigned long states;
  bool listens;
  int boot, disk_boot; /* of now; of when the disk was last written */
};

static const char *const sink_names[SINKS] = {"p", "q"};

static const char *check_name(const struct world *world, int check) {
  static const char *const names[CHECKS][2] = {{"a", "a2"}, {"b", "b2"}, {"x", "x2"}, {"c", "c2"}};
  return names[check][world->renamed[check]];
}

static const char *check_subject(const struct world *world, int check) {
  return check == CHECK_X ? check_name(world, check) : MIND_STACK;
}

static const struct cause_bits *cause_bits(const char *code) {
  size_t i = 0;
  while (!text_equal(world_causes[i].code, code)) i++;
  return &world_causes[i];
}

/* The log says that an incident ended: what it explained is to be probed at once, and that is the scheduler's time. */
static void world_changed(void *context, const struct incident *incident, enum incident_change change) {
  struct world *world = context;
  bool of_stack = text_equal(incident->subject->name, MIND_STACK);
  for (int i = 0; i < CODES && change == CHANGE_ENDED; i++) {
    if (world->known[i].handed <= 0 && (cause_bits(incident->code)->covers & 1u << i || (of_stack && i / 2 == CHECK_X)))
      world->known[i].handed = world->now;
  }
}

static bool world_heals(void *context, const struct incident *incident) {
  const struct world *world = context;
  return world->setting.heals && text_equal(incident->subject->name, MIND_STACK);
}

static void world_describe(void *context, struct incident *incident) {
  enum severity gravest = SEVERITY_INFO;
  (void)context;
  for (int i = 0; i < CODES; i++) {
    if (incident_explains(incident, world_codes[i / 2][i % 2]->name) && code_severity(i) > gravest) gravest = code_severity(i);
  }
  free(incident->severity);
  incident->severity = xstrdup(severity_names[gravest]);
}

static char *world_body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("body");
}

static void world_configure(struct world *world) {
  struct mind_check checks[CHECKS];
  size_t check_count = 0, sink_count = 0;
  const char *sinks[SINKS];
  for (int i = 0; i < CHECKS; i++) {
    if (!world->configured[i]) continue;
    checks[check_count++] = (struct mind_check){.name = check_name(world, i),
                                                .subject = check_subject(world, i),
                                                .target = world->moved[i] ? "there" : "here",
                                                .stands_behind = i == CHECK_X && world->setting.behind,
                                                .codes = world_codes[i],
                                                .rise = world->setting.rise,
                                                .fall = world->setting.fall};
  }
  for (int i = 0; i < SINKS; i++) {
    if (world->receivers[i].configured) sinks[sink_count++] = sink_names[i];
  }
  mind_configure(&world->mind, checks, check_count, sinks, sink_count, world->now, world->wall);
}

/* --- the disk --------------------------------------------------------------------------------------------------------------- */

static void put(void *items, size_t *count, size_t size, const void *row, size_t index) {
  memcpy(index < *count ? *(char **)items + index * size : array_push(items, count, size), row, size);
}

/* The rows become the disk's; those of the same key are replaced. */
static void disk_take(struct world *world, struct rows *rows) {
  struct rows *disk = &world->disk;
  world->disk_boot = world->boot;
  struct rows old = {0};
  for (size_t i = 0; i < rows->incident_count; i++) {
    size_t k = 0;
    while (k < disk->incident_count && !text_equal(disk->incidents[k].id, rows->incidents[i].id)) k++;
    if (k < disk->incident_count) put(&old.incidents, &old.incident_count, sizeof *old.incidents, &disk->incidents[k], SIZE_MAX);
    put(&disk->incidents, &disk->incident_count, sizeof *disk->incidents, &rows->incidents[i], k);
  }
  for (size_t i = 0; i < rows->delivery_count; i++) {
    size_t k = 0;
    while (k < disk->delivery_count &&
           !(text_equal(disk->deliveries[k].id, rows->deliveries[i].id) && text_equal(disk->deliveries[k].sink, rows->deliveries[i].sink)))
      k++;
    if (k < disk->delivery_count) put(&old.deliveries, &old.delivery_count, sizeof *old.deliveries, &disk->deliveries[k], SIZE_MAX);
    put(&disk->deliveries, &disk->delivery_count, sizeof *disk->deliveries, &rows->deliveries[i], k);
  }
  for (size_t i = 0; i < rows->symptom_count; i++) {
    size_t k = 0;
    while (k < disk->symptom_count &&
           !(text_equal(disk->symptoms[k].check, rows->symptoms[i].check) && text_equal(disk->symptoms[k].code, rows->symptoms[i].code)))
      k++;
    if (k < disk->symptom_count) put(&old.symptoms, &old.symptom_count, sizeof *old.symptoms, &disk->symptoms[k], SIZE_MAX);
    put(&disk->symptoms, &disk->symptom_count, sizeof *disk->symptoms, &rows->symptoms[i], k);
  }
  if (rows->serial) disk->serial = rows->serial;
  rows->incident_count = rows->delivery_count = rows->symptom_count = 0;
  rows_free(&old);
  rows_free(rows);
}

/* What a new life finds: a copy of all that has not ended. */
static struct rows disk_load(const struct rows *disk) {
  struct rows rows = {.serial = disk->serial};
  for (size_t i = 0; i < disk->incident_count; i++) {
    struct incident_row row = disk->incidents[i];
    if (row.closed > 0) continue;
    char **strings[] = {&row.id,      &row.code,  &row.subject, &row.state, &row.severity,
                        &row.summary, &row.codes, &row.told,    &row.seen,  &row.tried};
    for (size_t k = 0; k < countof(strings); k++) *strings[k] = xstrdup(*strings[k]);
    put(&rows.incidents, &rows.incident_count, sizeof row, &row, SIZE_MAX);
  }
  for (size_t i = 0; i < disk->delivery_count; i++) {
    struct delivery_row row = disk->deliveries[i];
    if (row.done > 0) continue;
    char **strings[] = {&row.id,       &row.sink,    &row.incident, &row.event,   &row.code, &row.subject,
                        &row.severity, &row.summary, &row.body,     &row.verdict, &row.error};
    for (size_t k = 0; k < countof(strings); k++) *strings[k] = xstrdup(*strings[k]);
    put(&rows.deliveries, &rows.delivery_count, sizeof row, &row, SIZE_MAX);
  }
  for (size_t i = 0; i < disk->symptom_count; i++) {
    struct symptom_row row = disk->symptoms[i];
    if (row.gone) continue;
    row.check = xstrdup(row.check), row.code = xstrdup(row.code), row.state = xstrdup(row.state), row.target = xstrdup(row.target);
    put(&rows.symptoms, &rows.symptom_count, sizeof row, &row, SIZE_MAX);
  }
  return rows;
}

static bool disk_has(const struct world *world, const struct delivery *delivery) {
  for (size_t i = 0; i < world->disk.delivery_count; i++) {
    const struct delivery_row *row = &world->disk.deliveries[i];
    if (text_equal(row->id, delivery->row.id) && text_equal(row->sink, delivery->row.sink)) return true;
  }
  return false;
}

static void world_flush(struct world *world, bool works) {
  struct rows rows = {0};
  unsigned long mark;
  if (world->locked || world->is_in_flight) return;
  mind_set_store_trouble(&world->mind, !works);
  bool any = mind_batch(&world->mind, &rows, &mark);
  if (any && works) {
    disk_take(world, &rows);
    memcpy(world->on_disk, world->known, sizeof world->known);
    for (size_t i = 0; i < world->word_count; i++) world->words[i].disk = world->words[i].now;
    mind_stored(&world->mind, mark);
  } else {
    rows_free(&rows);
  }
}

static void world_flush_begins(struct world *world) {
  if (world->locked || world->is_in_flight || !mind_batch(&world->mind, &world->in_flight, &world->mark_in_flight)) {
    if (!world->is_in_flight) rows_free(&world->in_flight);
    return;
  }
  world->is_in_flight = true;
  memcpy(world->known_in_flight, world->known, sizeof world->known);
  for (size_t i = 0; i < world->word_count; i++) world->words[i].flying = world->words[i].now;
}

static void world_flush_lands(struct world *world, bool answered) {
  if (!world->is_in_flight) return;
  world->is_in_flight = false;
  disk_take(world, &world->in_flight);
  memcpy(world->on_disk, world->known_in_flight, sizeof world->known);
  for (size_t i = 0; i < world->word_count; i++) {
    if (world->words[i].flying.there) world->words[i].disk = world->words[i].flying;
  }
  if (answered) mind_stored(&world->mind, world->mark_in_flight);
  mind_set_store_trouble(&world->mind, !answered);
}

#endif
