/* `ejmon plan`: what heal would do, in exact commands, API calls and file diffs. Changes nothing, writes nothing. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/json_text.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/commands/cure.h"
#include "monitor/heal/attempt.h"

struct plan {
  struct cure cure;
  struct text text;
  json_t *causes;
  bool whole;
};

/* What the text says beside the steps, for programs. */
static json_t *cause_json(const struct conf *conf, const struct report_cause *item) {
  json_t *refused = json_array(), *unusable = json_array(), *by_hand = json_array();
  for (const struct refusal *refusal = item->refused; refusal && refusal->remedy; refusal++)
    json_array_append_new(refused, json_pack("{s:s, s:s}", "remedy", translated(refusal->remedy), "why", translated(refusal->why)));
  size_t step = 0;
  for (const struct conf_remedy *remedy; (remedy = cure_unusable(conf, item, &step));)
    json_array_append_new(unusable, json_pack("{s:s, s:o}", "remedy", remedy->kind->name, "why", json_text(remedy->skip)));
  auto_strings char **lines = report_by_hand(item);
  for (char *const *line = lines; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    json_array_append_new(by_hand, json_text(text_get(&command)));
  }
  return json_pack("{s:s, s:s, s:o, s:n, s:o, s:o, s:o}", "code", item->cause->code, "subject", item->subject, "summary",
                   json_text(item->summary), "remedy", "refused", refused, "unusable", unusable, "by_hand", by_hand);
}

static json_t *blind_json(const struct cure *cure) {
  json_t *rows = json_array();
  for (size_t i = 0; i < cure->report.outcome_count; i++) {
    const struct outcome *outcome = &cure->report.outcomes[i];
    const char *why = cure_blindness(outcome);
    if (why) json_array_append_new(rows, json_pack("{s:s, s:o}", "check", outcome->check->name, "why", json_text(why)));
  }
  return rows;
}

static void plan_cause(struct plan *plan, const struct report_cause *item) {
  const struct conf_remedy *remedy = cure_remedy(plan->cure.conf, item, 0);
  auto_free char *name = report_cause_name(item);
  text_printf(&plan->text, "%s: %s\n", name, item->summary);
  for (const struct refusal *refusal = item->refused; refusal && refusal->remedy; refusal++) {
    text_printf(&plan->text, translated("  not       %s: %s\n"), translated(refusal->remedy), translated(refusal->why));
  }
  json_t *row = cause_json(plan->cure.conf, item);
  json_array_append_new(plan->causes, row);
  if (!remedy) {
    cure_by_hand(plan->cure.conf, item, &plan->text);
    text_add_char(&plan->text, '\n');
    return;
  }
  auto_text struct text steps = {0};
  int r = attempt_describe(remedy, plan->whole, &steps);
  if (r < 0) text_printf(&steps, translated("(cannot be described: %s)\n"), lang_error(-r));
  redact_text(&steps);
  text_printf(&plan->text, translated("  remedy    %s (mode %s)\n"), remedy->kind->name, acting_mode_names[remedy->mode]);
  json_t *lines = json_array();
  for (const char *p = text_get(&steps); *p;) {
    size_t length = strcspn(p, "\n");
    text_printf(&plan->text, "    %.*s\n", (int)length, p);
    json_array_append_new(lines, json_stringn(p, length));
    p += length + (p[length] == '\n');
  }
  json_object_set_new(row, "remedy", json_string(remedy->kind->name));
  json_object_set_new(row, "mode", json_string(acting_mode_names[remedy->mode]));
  json_object_set_new(row, "steps", lines);
  text_add_char(&plan->text, '\n');
}

static int plan_task(void *argument) {
  struct plan *plan = argument;
  int r = cure_look(&plan->cure);
  for (size_t i = 0; r == 0 && i < plan->cure.count; i++) plan_cause(plan, plan->cure.causes[i]);
  return r;
}

static int plan_run(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("plan knows the formats text and json");
  struct conf *conf = command_load(invocation);
  if (!conf) return EXIT_UNKNOWN;
  struct plan plan = {.cure = {.conf = conf, .words = invocation->words}, .causes = json_array(), .whole = invocation->verbose};
  int r = task_run_to_end("plan", 0, plan_task, &plan);
  int status = r < 0 || plan.cure.report.status == STATUS_UNKNOWN ? EXIT_UNKNOWN : plan.cure.count ? 1 : 0;
  if (r == 0 && plan.cure.count == 0) text_add(&plan.text, translated("nothing to do\n"));
  if (r == 0) cure_unknown(&plan.cure, &plan.text);
  if (as_json) {
    json_t *root = json_pack("{s:s, s:O, s:o}", "schema", "ejmon.plan/1", "causes", plan.causes, "could_not_look", blind_json(&plan.cure));
    char *dump = json_dumps(root, JSON_INDENT(2));
    text_clear(&plan.text);
    text_printf(&plan.text, "%s\n", dump);
    free(dump);
    json_decref(root);
  }
  if (r == 0) command_print(&plan.text);
  text_free(&plan.text);
  json_decref(plan.causes);
  cure_free(&plan.cure);
  conf_free(conf);
  return status;
}

const struct command command_plan = {
    .name = "plan",
    .arguments = "[CODE...]",
    .summary = translatable("what heal would do: exact commands, API calls, file diffs; changes nothing"),
    .help = translatable(
        "CODE names a cause or a finding. -v prints the texts of programs too. Exit status: 0 nothing to do, 1 something to do, 3 could not look."),
    .options = "cefv",
    .order = 3,
    .run = plan_run,
};
