/* What the files of the mind share among themselves; for nobody else. */
#ifndef EJMON_MIND_PARTS_H
#define EJMON_MIND_PARTS_H

#include "monitor/core/mind.h"

/* --- mind_base.c --- */
int opinion_order(const void *a, const void *b); /* of pointers to them, by name */
int subject_order(const void *a, const void *b);
struct subject *subject_make(const char *name, bool behind) must_check;
struct subject *mind_subject(struct mind *mind, const char *name);
struct subject *mind_subject_among(const struct mind *mind, size_t count, const char *name); /* among the first so many */
struct subject *mind_need_subject(struct mind *mind, const char *name);
void subject_mark(struct mind *mind, struct subject *subject); /* the next round looks at it */
void mind_stack_changed(struct mind *mind);                    /* so those behind it are looked at as well */
void opinion_poke(struct mind *mind, struct opinion *opinion); /* it should be probed soon */
void opinion_touch(struct mind *mind, struct opinion *opinion, size_t index);
void opinion_forget_finding(struct opinion *opinion, size_t index);
void opinion_forget(struct mind *mind, struct opinion *opinion, size_t index); /* neither ill nor well: as if never looked at */
void symptom_count(struct opinion *opinion);
/* Clears the first `dropped` rows of an array of that type. */
void rows_drop_first(const struct row_type *type, void *items, size_t *count, size_t dropped);
struct incident *subject_add_incident(struct mind *mind, struct subject *subject, const char *code);

/* --- mind_look.c --- */
/* Before a probe is fed: what is believed of the looks that fail in it. Returns whether rules may see something else now. */
bool opinion_take_looks(struct mind *mind, struct opinion *opinion, const struct findings *findings, double now);
/* Does this look fail in these findings? */
bool look_fails(enum look look, const struct findings *findings);
/* The incident that people know, of the failure that stands for the look of this sign now, which is itself neither ill nor well any more;
 * NULL when there is none. */
const struct incident *subject_heir(const struct subject *subject, const char *code);

/* --- mind_kept.c --- */
void subject_forget_saved(struct subject *subject, unsigned long stored);
void mind_keep_limit(struct mind *mind);

/* --- mind_tell.c --- */
/* Tells these sinks (NULL: all; also as in incident->told) of it; owns nothing handed in. */
void mind_tell(struct mind *mind, struct incident *incident, enum notice_event event, enum severity severity, const char *summary,
               char *const *sinks, double now, double wall);
/* Tells the sinks (`only`: that one) that do not know of it: a sink that is new may stand where a broken one stood. Returns whether any. */
bool tell_untold(struct mind *mind, struct incident *incident, const struct sink_health *only, double now, double wall);
/* This delivery was given up: who should have heard from it that an incident began hears no more of that, until it is told anew. */
void mind_lost(struct mind *mind, const struct delivery *lost);

/* --- mind_ends.c --- */
/* How an incident whose cause is not seen now ends, or INCIDENT_STATES while it does not. */
enum incident_state incident_end_of(const struct subject *subject, const struct incident *incident);
void incident_end(struct mind *mind, struct incident *incident, enum incident_state state, double now, double wall);
void hand_on(struct mind *mind, const struct subject *subject, const struct incident *ended);

/* --- mind_rows.c, mind_restore.c --- */
void symptom_gone(struct mind *mind, const char *check, const char *code); /* its row goes */
void mind_gone_symptoms(struct mind *mind, struct opinion *opinion);       /* the check goes: so do its rows */
void mind_after_configure(struct mind *mind, double now, double wall);

#endif
