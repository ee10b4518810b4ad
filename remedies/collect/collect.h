/* What the remedies collect and clear-collect share: options, the look before, the saved files and the way back.
 *
 * Everything on the static volume is done by one small Python program inside web (collect_program.py). An attempt's folder on ejmon's side
 * holds one file, state.json: the attempt's name on the volume, the volume's path as web sees it, and how far the attempt has come. */
#ifndef EJMON_COLLECT_H
#define EJMON_COLLECT_H

#include <jansson.h>

#include "checks/option_sets.h"
#include "remedies/remedy.h"

struct collect_config {
  struct place_options place;
  char *app_root;    /* as web sees it */
  char *static_root; /* as web sees it; NULL: DJANGO_STATIC_ROOT of web, else app_root/local/static */
  char *theme;       /* the desired one, or NULL: whatever web was created with */
  double timeout;    /* seconds for one command */
};

#define COLLECT_OPTION_COUNT 8
extern const struct option collect_options[COLLECT_OPTION_COUNT];
extern const char collect_program[]; /* the text of collect_program.py */

/* Runs the program with a verb. 0 with its answer, or -errno with the reason in step->report. attempt and root may be "". */
int collect_ask(const struct remedy_step *step, const char *verb, const char *root, const char *attempt, json_t **ret_answer) must_check;
/* Runs `inv collect` in app_root with extra environment. 0, or -errno with its last words in the report. */
int collect_inv(const struct remedy_step *step, const char *const *environment) must_check;
/* Pure: what the answer to "look" means for the remedy: 0, -EPERM, -EALREADY, -ENOSPC, -EIO, and the reasons as lines in report. `clear`
 * for clear-collect; without it what the mtime rule would leave stale is a refusal. desired may be NULL. */
int collect_judge(const json_t *look, const char *desired, bool clear, struct text *report) must_check;

int collect_preflight(const struct remedy_step *step, bool clear);
int collect_snapshot(const struct remedy_step *step);
int collect_undo(const struct remedy_step *step);
/* What snapshot left in state.json: new strings. 0 or -errno. */
int collect_state(const struct remedy_step *step, char **ret_root, char **ret_attempt) must_check;

/* Lines of describe; _before: what comes before anything is changed. */
void collect_describe_before(const struct remedy_step *step);
void collect_describe_program(const struct remedy_step *step, const char *verb, const char *what);
void collect_describe_inv(const struct remedy_step *step, const char *const *environment, const char *what);
void collect_describe_end(const struct remedy_step *step);

#endif
