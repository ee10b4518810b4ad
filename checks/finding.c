/* Findings of one probe: adding, passing, copying, judging; see finding.h. */
#include "checks/finding.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

const char *const confidence_names[] = {translatable("possible"), translatable("likely"), translatable("certain")};
const char *const check_status_names[] = {translatable("pass"), translatable("warn"), translatable("fail"), translatable("unknown"),
                                          translatable("skip")};

/* Foreign text for people: redacted while it is whole (half a secret is not recognised any more), then made printable and cut. */
static char *clean(const char *string, size_t limit) {
  auto_free char *known = redact(string);
  struct text shown = {0};
  text_add_printable(&shown, known, strlen(known), limit);
  return text_steal(&shown);
}

static char *clean_text(const char *format, va_list arguments, size_t limit) format_like(1, 0);
static char *clean_text(const char *format, va_list arguments, size_t limit) {
  auto_text struct text raw = {0};
  text_vprintf(&raw, format, arguments);
  return clean(text_get(&raw), limit);
}

static struct finding *add(struct findings *findings, const struct code *code, const char *summary, va_list arguments) format_like(3, 0);
static struct finding *add(struct findings *findings, const struct code *code, const char *summary, va_list arguments) {
  for (size_t i = 0; i < findings->passed_count; i++) {
    if (findings->passed[i] != code) continue;
    findings->passed[i] = findings->passed[--findings->passed_count];
    break;
  }
  struct finding *finding = array_push(&findings->items, &findings->count, sizeof *finding);
  *finding = (struct finding){.code = code,
                              .severity = code->severity,
                              .confidence = code->inferred ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN,
                              .summary = clean_text(translated(summary), arguments, FINDING_SUMMARY_LIMIT)};
  return finding;
}

struct finding *finding_add(struct findings *findings, const struct code *code, const char *summary, ...) {
  va_list arguments;
  va_start(arguments, summary);
  struct finding *finding = add(findings, code, summary, arguments);
  va_end(arguments);
  return finding;
}

struct finding *finding_open(struct findings *findings, const struct code *code, const char *summary, ...) {
  for (size_t i = 0; i < findings->count; i++) {
    if (findings->items[i].code == code) return &findings->items[i];
  }
  va_list arguments;
  va_start(arguments, summary);
  struct finding *finding = add(findings, code, summary, arguments);
  va_end(arguments);
  return finding;
}

/* A word alone is not looked up: it may be a theme's name or a header's value, which are the same in every language. */
static const char *phrase(const char *english) {
  return english && strchr(english, ' ') ? translated(english) : english;
}

/* A word or a phrase: a label of ours, or the name of a header, a table, a variable. An address or a path has more signs. */
static bool is_label(const char *what) {
  return strcspn(what, "/:=@?") == strlen(what);
}

static char *clean_label(const char *what) {
  const char *shown = phrase(what);
  if (!is_label(shown)) return clean(shown, FINDING_SAW_LIMIT);
  struct text printable = {0};
  text_add_printable(&printable, shown, strlen(shown), FINDING_SAW_LIMIT);
  return text_steal(&printable);
}

void finding_evidence(struct finding *finding, const char *what, const char *want, const char *saw, ...) {
  struct evidence *evidence = array_push(&finding->evidence, &finding->evidence_count, sizeof *evidence);
  va_list arguments;
  va_start(arguments, saw);
  *evidence = (struct evidence){.what = clean_label(what),
                                .saw = clean_text(translated(saw), arguments, FINDING_SAW_LIMIT),
                                .want = want ? clean(phrase(want), FINDING_SUMMARY_LIMIT) : NULL};
  va_end(arguments);
}

void finding_pass(struct findings *findings, const struct code *code) {
  for (size_t i = 0; i < findings->count; i++) {
    if (findings->items[i].code == code) return;
  }
  for (size_t i = 0; i < findings->passed_count; i++) {
    if (findings->passed[i] == code) return;
  }
  const struct code **passed = array_push(&findings->passed, &findings->passed_count, sizeof *passed);
  *passed = code;
}

void findings_measure(struct findings *findings, const char *name, double value, const char *unit) {
  struct measure *measure = array_push(&findings->measures, &findings->measure_count, sizeof *measure);
  *measure = (struct measure){.name = xstrdup(name), .value = value, .unit = unit};
}

void findings_fact(struct findings *findings, const char *name, const char *value) {
  for (size_t i = 0; i < findings->fact_count; i++) {
    if (!text_equal(findings->facts[i].name, name)) continue;
    free(findings->facts[i].value);
    findings->facts[i].value = xstrdup(value);
    return;
  }
  struct fact *fact = array_push(&findings->facts, &findings->fact_count, sizeof *fact);
  *fact = (struct fact){.name = xstrdup(name), .value = xstrdup(value)};
}

const struct finding *findings_find(const struct findings *findings, const char *code_name) {
  const struct finding *gravest = NULL;
  for (size_t i = 0; i < findings->count; i++) {
    const struct finding *finding = &findings->items[i];
    if (text_equal(finding->code->name, code_name) && (!gravest || finding->severity > gravest->severity)) gravest = finding;
  }
  return gravest;
}

const struct finding *findings_fault(const struct findings *findings, const char *code_name) {
  const struct finding *finding = findings_find(findings, code_name);
  return finding && !finding->code->blind && finding->severity > SEVERITY_INFO ? finding : NULL;
}

bool findings_passed(const struct findings *findings, const char *code_name) {
  /* Asked after every probe, mostly by the code's own name: no strcmp() for that. */
  for (size_t i = 0; i < findings->passed_count; i++) {
    if (findings->passed[i]->name == code_name) return true;
  }
  for (size_t i = 0; i < findings->passed_count; i++) {
    if (text_equal(findings->passed[i]->name, code_name)) return true;
  }
  return false;
}

bool findings_well(const struct findings *findings, const char *code_name) {
  if (findings_passed(findings, code_name)) return true;
  const struct finding *finding = findings_find(findings, code_name);
  return finding && !finding->code->blind && finding->severity == SEVERITY_INFO;
}

const char *findings_get_fact(const struct findings *findings, const char *name) {
  for (size_t i = 0; i < findings->fact_count; i++) {
    if (text_equal(findings->facts[i].name, name)) return findings->facts[i].value;
  }
  return NULL;
}

enum check_status findings_status(const struct findings *findings) {
  enum check_status status = STATUS_PASS;
  for (size_t i = 0; i < findings->count; i++) {
    const struct finding *finding = &findings->items[i];
    if (finding->code->blind) {
      if (status != STATUS_FAIL) status = STATUS_UNKNOWN;
    } else if (finding->severity == SEVERITY_CRITICAL) {
      status = STATUS_FAIL;
    } else if (finding->severity == SEVERITY_WARNING && status == STATUS_PASS) {
      status = STATUS_WARN;
    }
  }
  return status;
}

void finding_free(struct finding *finding) {
  for (size_t i = 0; i < finding->evidence_count; i++) {
    free(finding->evidence[i].what);
    free(finding->evidence[i].saw);
    free(finding->evidence[i].want);
  }
  free(finding->evidence);
  free(finding->summary);
  *finding = (struct finding){0};
}

void findings_free(struct findings *findings) {
  for (size_t i = 0; i < findings->count; i++) finding_free(&findings->items[i]);
  for (size_t i = 0; i < findings->measure_count; i++) free(findings->measures[i].name);
  for (size_t i = 0; i < findings->fact_count; i++) {
    free(findings->facts[i].name);
    free(findings->facts[i].value);
  }
  free(findings->items);
  free(findings->passed);
  free(findings->measures);
  free(findings->facts);
  *findings = (struct findings){0};
}
