/* The report as a monitoring plugin prints it: one line, perfdata, then the details (Monitoring Plugins guidelines). */
#include <math.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/reports/report.h"

static const char *const words[] = {
    [STATUS_PASS] = "OK", [STATUS_WARN] = "WARNING", [STATUS_FAIL] = "CRITICAL", [STATUS_UNKNOWN] = "UNKNOWN"};

/* Text that cannot end the line or begin the perfdata. */
static void add_plain(struct text *text, const char *string) {
  for (const char *p = string; *p; p++) text_add_char(text, *p == '|' || *p == '\n' || *p == '\r' ? ' ' : *p);
}

static void add_label_part(struct text *text, const char *string) {
  for (const char *p = string; *p; p++) text_add_char(text, strchr("'=|\r\n", *p) ? '_' : *p);
}

static void add_label(struct text *text, const char *check, const char *name) {
  text_add(text, " '");
  add_label_part(text, check);
  text_add_char(text, '_');
  add_label_part(text, name);
  text_add(text, "'=");
}

static void write_nagios(const struct report *report, const struct report_style *style, struct text *ret_text) {
  (void)style;
  text_printf(ret_text, "EJ %s - ", words[report->status]);
  for (size_t i = 0; i < report->item_count; i++) {
    if (i) text_add(ret_text, "; ");
    auto_free char *name = report_cause_name(&report->items[i]);
    text_printf(ret_text, "%s: ", name);
    add_plain(ret_text, report->items[i].summary);
  }
  size_t well = 0, looked = 0, blind = 0;
  for (size_t i = 0; i < report->outcome_count; i++) {
    well += report->outcomes[i].status == STATUS_PASS;
    looked += report->outcomes[i].status != STATUS_SKIP;
    blind += report->outcomes[i].status == STATUS_UNKNOWN;
  }
  if (report->item_count == 0)
    text_printf(ret_text, translated("%zu of %zu checks pass%s"), well, looked, blind ? translated(", some could not look") : "");
  text_add(ret_text, " |");
  for (size_t i = 0; i < report->outcome_count; i++) {
    const struct outcome *outcome = &report->outcomes[i];
    if (outcome->status == STATUS_SKIP) continue;
    add_label(ret_text, outcome->check->name, "time");
    text_printf(ret_text, "%.6fs;;;0", outcome->seconds);
    for (size_t k = 0; k < outcome->findings.measure_count; k++) {
      const struct measure *measure = &outcome->findings.measures[k];
      add_label(ret_text, outcome->check->name, measure->name);
      if (isfinite(measure->value)) text_printf(ret_text, "%.6f%s", measure->value, measure->unit);
      if (!isfinite(measure->value)) text_add_char(ret_text, 'U'); /* the guidelines' word for a value that is not known */
    }
  }
  text_add_char(ret_text, '\n');
  for (size_t i = 0; i < report->outcome_count; i++) {
    const struct outcome *outcome = &report->outcomes[i];
    for (size_t k = 0; k < outcome->findings.count; k++) {
      add_plain(ret_text, outcome->check->name);
      text_printf(ret_text, " %s: ", outcome->findings.items[k].code->name);
      add_plain(ret_text, outcome->findings.items[k].summary);
      text_add_char(ret_text, '\n');
    }
  }
}

const struct report_format report_nagios = {
    .name = "nagios", .summary = translatable("one line and perfdata, for Nagios and Icinga"), .write = write_nagios};
