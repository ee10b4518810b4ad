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
bool opinion_is_of_another(const struct opinion *opinion, const char *target); /* than that target, as far as both are known */
/* Is it ill, and did the last probe see it, or the last one before its check went blind? Whom nobody was told of is told of what was seen.
 */
bool opinion_holds(const struct opinion *opinion, size_t index) must_check;
bool incident_is_believed(const struct incident *incident) must_check; /* one of its own signs is */
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

/* --- mind_words.c --- */
/* For rules_evaluate_within(), of a subject: an incident that people know takes along no sign that is graver than its own, unless that was
 * there when they were told. */
bool word_covers(const void *subject, const struct rule *rule, const struct code *code) must_check;
/* What it took along and has passed since is no part of it any more: its next time is another fault. Nor is what passed before anybody
 * was told. */
void word_forget(struct mind *mind, struct incident *incident);
/* People are told of it now, as it is described: whatever they are told, it is not told anew for what was grave already. */
void word_given(struct incident *incident, const struct cause *cause);
void incident_forget(struct mind *mind, struct incident *incident, const char *code); /* it is no sign of it any more */
/* What could be seen of it has passed: a sign that falls from now on is of another outage than people know of. */
void word_lapse(struct mind *mind, struct incident *incident, double now);
/* Its cause is seen: has that to be told anew, since it is graver than people know, or another outage than they know of? */
bool word_is_stale(const struct incident *incident, const struct cause *cause) must_check;

/* --- mind_ends.c --- */
/* How an incident whose cause is not seen now ends, or INCIDENT_STATES while it does not; *ret_lapsed: because none of the signs that it
 * still has can be seen, and the others have passed. */
enum incident_state incident_end_of(const struct subject *subject, const struct incident *incident, bool *ret_lapsed);
/* It ends, and what is seen of its cause will be told as another. */
void incident_replace(struct mind *mind, struct incident *incident, double now, double wall);
void incident_end(struct mind *mind, struct incident *incident, enum incident_state state, double now, double wall);
void hand_on(struct mind *mind, const struct subject *subject, const struct incident *ended);

/* --- mind_rows.c, mind_restore.c --- */
void symptom_gone(struct mind *mind, const char *check, const char *code); /* its row goes */
void mind_gone_symptoms(struct mind *mind, struct opinion *opinion);       /* the check goes: so do its rows */
/* What a check believed of another target: nobody looks at that any more. */
void mind_moved(struct mind *mind, struct subject *subject, const struct code *code);
/* Who passed a sign while a check that is gone now saw it looks at something else, and ends nothing: it is no sign of its incident any
 * more. */
void mind_forget_witnesses(struct mind *mind);
void mind_after_configure(struct mind *mind, double now, double wall);

#endif
