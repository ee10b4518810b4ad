/* The report for people: a table of checks, what was found, and what can be done about each cause. */
#include <math.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/reports/report.h"

enum paint { PLAIN, GREEN, YELLOW, RED, MAGENTA, DIM, BOLD };

static const struct {
  const char *word;
  enum paint paint;
} status_looks[] = {
    [STATUS_PASS] = {translatable("pass"), GREEN}, [STATUS_WARN] = {translatable("warn"), YELLOW},
    [STATUS_FAIL] = {translatable("FAIL"), RED},   [STATUS_UNKNOWN] = {translatable("unknown"), MAGENTA},
    [STATUS_SKIP] = {translatable("skip"), DIM},
};

static void add_painted(struct text *text, const struct report_style *style, enum paint paint, const char *format, ...) format_like(4, 5);

static void add_painted(struct text *text, const struct report_style *style, enum paint paint, const char *format, ...) {
  static const char *const codes[] = {"", "\033[32m", "\033[33m", "\033[1;31m", "\033[35m", "\033[2m", "\033[1m"};
  va_list arguments;
  va_start(arguments, format);
  if (style->colour) text_add(text, codes[paint]);
  text_vprintf(text, format, arguments);
  if (style->colour && paint != PLAIN) text_add(text, "\033[0m");
  va_end(arguments);
}

static void write_finding(const struct finding *finding, const struct report_style *style, struct text *text) {
  static const enum paint paints[] = {DIM, YELLOW, RED};
  text_add(text, "         ");
  add_painted(text, style, finding->code->blind ? MAGENTA : paints[finding->severity], "%s", finding->code->name);
  text_printf(text, " (%s%s%s)  ", translated(layer_names[finding->code->layer]), finding->confidence == CONFIDENCE_CERTAIN ? "" : ", ",
              finding->confidence == CONFIDENCE_CERTAIN ? "" : translated(confidence_names[finding->confidence]));
  text_add(text, finding->summary);
  text_add_char(text, '\n');
  if (finding->severity == SEVERITY_INFO && !finding->code->blind && !style->verbose) return; /* worth a line, no more */
  for (size_t i = 0; i < finding->evidence_count; i++) {
    const struct evidence *item = &finding->evidence[i];
    text_add(text, "             ");
    text_add(text, item->what);
    text_add(text, translated(": saw "));
    text_add(text, item->saw);
    if (item->want) {
      text_add(text, translated(", want "));
      text_add(text, item->want);
    }
    text_add_char(text, '\n');
  }
}

static void write_outcome(const struct outcome *outcome, int name_width, const struct report_style *style, struct text *text) {
  const struct conf_check *check = outcome->check;
  if (style->quiet && (outcome->status == STATUS_PASS || outcome->status == STATUS_SKIP)) return;
  add_painted(text, style, status_looks[outcome->status].paint, "%-7s", translated(status_looks[outcome->status].word));
  text_printf(text, "  %-*s  ", name_width, check->name);
  if (outcome->status == STATUS_SKIP) {
    text_add(text, check->skip);
    text_add_char(text, '\n');
    return;
  }
  text_printf(text, "%7.3f s  ", outcome->seconds);
  auto_free char *target = redact(check->target ? check->target : "");
  text_add(text, target);
  text_add_char(text, '\n');
  for (size_t i = 0; i < outcome->findings.count; i++) write_finding(&outcome->findings.items[i], style, text);
  if (!style->verbose) return;
  for (size_t i = 0; i < outcome->findings.passed_count; i++) {
    const struct code *code = outcome->findings.passed[i];
    text_add(text, "         ");
    add_painted(text, style, GREEN, "%s", code->name);
    text_add(text, translated("  not so\n"));
  }
  for (size_t i = 0; i < outcome->findings.measure_count; i++) {
    const struct measure *measure = &outcome->findings.measures[i];
    text_printf(text, "         %s %g%s\n", measure->name, measure->value, measure->unit);
  }
}

/* The blanks that align the labels stand in the texts: a translation keeps the columns. */
static void write_cause(const struct report_cause *item, const struct report_style *style, struct text *text) {
  text_add_char(text, '\n');
  auto_free char *name = report_cause_name(item);
  add_painted(text, style, BOLD, translated("Cause: %s"), name);
  text_printf(text, " (%s)\n  ", translated(confidence_names[item->confidence]));
  text_add(text, item->summary);
  text_add_char(text, '\n');
  if (item->cause->rule) {
    text_add(text, translated("  explains  "));
    for (size_t i = 0; i < item->cause->explains_count; i++) text_printf(text, "%s%s", i ? ", " : "", item->cause->explains[i]);
    text_add_char(text, '\n');
  }
  if (item->remedy) {
    text_printf(text, translated("  remedy    %s (mode %s): `ejmon plan %s` shows the steps, `ejmon heal %s` does them\n"),
                item->remedy->kind->name, acting_mode_names[item->remedy->mode], item->cause->code, item->cause->code);
  } else if (item->skip) {
    text_printf(text, translated("  remedy    cannot be used here: %s\n"), item->skip);
  } else {
    text_add(text, translated("  remedy    none that ejmon may run: a person has to act\n"));
  }
  for (const struct refusal *refusal = item->refused; refusal && refusal->remedy; refusal++) {
    text_printf(text, translated("  not       %s: %s\n"), translated(refusal->remedy), translated(refusal->why));
  }
  auto_strings char **lines = report_by_hand(item);
  for (char *const *line = lines; line && *line; line++) {
    text_add(text, translated("  by hand   "));
    lang_add_command(text, *line);
    text_add_char(text, '\n');
  }
  text_printf(text, translated("  more      ejmon explain %s\n"), item->cause->code);
}

/* No causes of their own: what extra checks see of an outage of the stack. */
static void write_folded(const struct report *report, struct text *text) {
  if (report->folded_count) text_add_char(text, '\n');
  for (size_t i = 0; i < report->folded_count; i++) {
    auto_free char *name = report_cause_name(&report->folded[i]);
    text_printf(text, translated("Behind %s: %s\n"), report->folded[i].behind, name);
  }
}

/* Shown when asked for, and always when what was seen does not fit together. */
static void write_generation(const struct ej_generation *generation, const struct report_style *style, struct text *text) {
  if (!generation->letter || (!style->verbose && !generation->against)) return;
  text_printf(text, translated("\nThis EJ is of generation %c (%s)"), generation->letter, translated(confidence_names[generation->sure]));
  if (generation->line) text_printf(text, ", %s", translated(generation->line));
  text_add_char(text, '\n');
  if (generation->because) text_printf(text, translated("  for it    %s\n"), generation->because);
  if (generation->against)
    text_printf(text, translated("  against   %s\n            stack.generation in ejmon.yaml settles it\n"), generation->against);
}

static void write_text(const struct report *report, const struct report_style *style, struct text *ret_text) {
  int name_width = 0;
  for (size_t i = 0; i < report->outcome_count; i++) {
    int width = (int)strlen(report->outcomes[i].check->name);
    if (width > name_width) name_width = width;
  }
  size_t counts[STATUS_SKIP + 1] = {0};
  for (size_t i = 0; i < report->outcome_count; i++) {
    write_outcome(&report->outcomes[i], name_width, style, ret_text);
    counts[report->outcomes[i].status]++;
  }
  write_generation(&report->generation, style, ret_text);
  for (size_t i = 0; i < report->item_count; i++) write_cause(&report->items[i], style, ret_text);
  write_folded(report, ret_text);
  if (style->quiet && report->status == STATUS_PASS) return;
  text_add_char(ret_text, '\n');
  add_painted(ret_text, style, status_looks[report->status].paint, "%s", translated(status_looks[report->status].word));
  text_printf(ret_text, translated(": %zu pass, %zu warn, %zu fail, %zu unknown, %zu skipped, in %.2f s\n"), counts[STATUS_PASS],
              counts[STATUS_WARN], counts[STATUS_FAIL], counts[STATUS_UNKNOWN], counts[STATUS_SKIP], report->seconds);
}

const struct report_format report_text = {.name = "text", .summary = translatable("for people"), .write = write_text};
