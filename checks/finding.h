/* What one probe finds. Pure data, no I/O. */
#ifndef EJMON_FINDING_H
#define EJMON_FINDING_H

#include "checks/code.h"
#include "monitor/base/lang.h"
#include "monitor/base/text.h"

/* How sure a finding or a cause is. */
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
extern const char *const confidence_names[];

struct evidence {
  char *what, *saw, *want; /* want may be NULL */
};

struct finding {
  const struct code *code;
  enum severity severity;     /* the code's, unless the check knows better */
  enum confidence confidence; /* likewise */
  char *summary;              /* one sentence: what is wrong here, with names and numbers */
  struct evidence *evidence;
  size_t evidence_count;
};

/* A number worth keeping: latency, connections. unit is "s", "B", "%", "c" or "". */
struct measure {
  char *name;
  double value;
  const char *unit;
};

/* Something learnt about the stack that rules, remedies and reports use: "generation" "A", "theme" "cpa", "rocketchat" "0.74.3". */
struct fact {
  char *name, *value;
};

/* What one probe has to say. A code that is neither found nor passed was not looked at. */
struct findings {
  struct finding *items;
  size_t count;
  const struct code **passed; /* looked at and well: positive evidence that closes incidents */
  size_t passed_count;
  struct measure *measures;
  size_t measure_count;
  struct fact *facts;
  size_t fact_count;
};

#define FINDING_SAW_LIMIT 512      /* bytes of foreign text kept per evidence */
#define FINDING_SUMMARY_LIMIT 1024 /* bytes of a summary, which may quote foreign text too */

/* Sentences and phrases are literals, and said in the chosen language (monitor/base/lang.h); a word alone wants translated() at the call.
 * Adds a finding; the pointer is valid until the next finding_add. A code already passed is un-passed. The summary is redacted and made
 * printable. */
struct finding *finding_add(struct findings *findings, const struct code *code, const char *summary, ...) format_like(3, 4);
/* The finding of this code, added with this summary when there is none yet: what else has the same trouble joins it as evidence. */
struct finding *finding_open(struct findings *findings, const struct code *code, const char *summary, ...) format_like(3, 4);
/* Evidence: what was looked at (a label or a name stays as it is, an address or a path is redacted), what should have been there (or NULL),
 * what was seen (redacted, printable, cut at FINDING_SAW_LIMIT). */
void finding_evidence(struct finding *finding, const char *what, const char *want, const char *saw, ...) format_like(4, 5);
/* Positive evidence for a code; ignored when the code is already found. */
void finding_pass(struct findings *findings, const struct code *code);
void findings_measure(struct findings *findings, const char *name, double value, const char *unit);
void findings_fact(struct findings *findings, const char *name, const char *value);
const struct finding *findings_find(const struct findings *findings, const char *code_name); /* the gravest of that code, or NULL */
/* The same, when it is one to be ill of: above information, and not blind; else NULL. */
const struct finding *findings_fault(const struct findings *findings, const char *code_name);
bool findings_passed(const struct findings *findings, const char *code_name);
/* Passed, or found as information only, which is worth a line and no fault: a pass of the code's fault. */
bool findings_well(const struct findings *findings, const char *code_name);
const char *findings_get_fact(const struct findings *findings, const char *name); /* or NULL */
/* "pass", "warn", "fail" or "unknown" of one probe: critical fails; a blind finding makes unknown unless something critical was seen;
 * warning warns; info passes. */
enum check_status { STATUS_PASS, STATUS_WARN, STATUS_FAIL, STATUS_UNKNOWN, STATUS_SKIP };
extern const char *const check_status_names[];
enum check_status findings_status(const struct findings *findings);
void findings_free(struct findings *findings);
void finding_free(struct finding *finding); /* the contents of one copied finding */

#endif
