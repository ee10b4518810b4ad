/* Who says whether an attempt helped: the checks of the incident's subject that saw the fault, by what they found before and after. */
#ifndef EJMON_JUDGES_H
#define EJMON_JUDGES_H

#include "conf/conf.h"
#include "monitor/core/rule.h"
#include "monitor/watch/probe.h"

enum judgement {
  JUDGED_WELL,   /* every code that was found before is passed by who found it, and there is no harm */
  JUDGED_ILL,    /* the fault is still seen */
  JUDGED_UNSEEN, /* it is neither seen nor passed: silence is no proof */
  JUDGED_HARM,   /* a new cause that is not downstream of what was repaired */
};

struct judges {
  const char *const *codes;    /* NULL-terminated: what must be gone */
  const struct rule *repaired; /* the incident's own, or NULL */
  const struct conf_check **checks;
  size_t count;
  struct outcome *before, *after;      /* one per check */
  const struct conf_check **witnesses; /* the other checks of the subject that can tell an outage */
  size_t witness_count;
};

/* All checks of the subject that know one of the codes. What it points to must outlive the judges. */
void judges_choose(struct judges *judges, const struct conf *conf, const char *subject, const char *const *codes, const char *cause);
void judges_free(struct judges *judges);

/* Looks, before the remedy; those that see nothing of the fault then are judges no more. Inside a task. 1: it is there; 0: it is not, and
 * all have looked; -ENODATA: nobody can tell; -ECANCELED. */
int judges_begin(struct judges *judges) must_check;
/* Looks again and judges. Inside a task. 0, with the code that decided where it is not well, or -ECANCELED. */
int judges_judge(struct judges *judges, enum judgement *ret_judgement, const char **ret_code) must_check;
/* Can what they found last be, although a repair that acts in this layer did right? JUDGED_ILL: an old view may show it. JUDGED_UNSEEN:
 * unless that layer itself is out by now, or something grave that was well before has come in its place. JUDGED_HARM: when all of it is
 * absence, and other checks see a cause of it that lies below that layer; what nobody else sees is the repair's own doing. Asks the
 * witnesses. Inside a task. 1, 0, or -ECANCELED. */
int judges_may_acquit(const struct judges *judges, enum judgement judgement, enum layer acted) must_check;

#endif
