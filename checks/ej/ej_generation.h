/* Which EJ is this? Decides the generation from all that was seen, says how sure that is and what speaks against it; and writes commands
 * as that generation wants them typed. Pure.
 *
 * Facts: EJ contract section 0 (A from 70e94483, B from 1cebc719, C from f563fe22), 5 (error bodies) and 9 (paths, services, tools, the
 * line of 2020 to 2022), corrections 12 and 27. What runs outranks what the tables record, which may be ahead of the code or behind it, and
 * that outranks the names that somebody wrote into config.env. */
#ifndef EJMON_EJ_GENERATION_H
#define EJMON_EJ_GENERATION_H

#include "checks/finding.h"
#include "monitor/base/lang.h"

/* Checks tell what they saw as facts of these names; the value is the letter, then ": " and what was seen. */
#define EJ_CLUE_CONTAINER "generation.container"     /* files and folders in web */
#define EJ_CLUE_ANSWERS "generation.answers"         /* error pages */
#define EJ_CLUE_DATABASE "generation.database"       /* recorded migrations */
#define EJ_CLUE_ENVIRONMENT "generation.environment" /* names of variables */
#define EJ_CLUE_LINE "generation.line"               /* EJ_LINE_*: a branch within a generation */

#define EJ_LINE_BEFORE_A translatable("the release before generation A (2019-07-11: docker/env/*.env, no list of frame ancestors)")
#define EJ_LINE_LATER_B translatable("the line of 2020 to 2022 (services server and db, DB_HOST, /ej-server)")

struct ej_generation {
  char letter; /* 'A', 'B', 'C', or 0: nothing tells */
  enum confidence sure;
  bool later;       /* of the line of 2020 to 2022 */
  const char *line; /* an EJ_LINE_*, or NULL */
  char *because;    /* what speaks for it, or NULL */
  char *against;    /* what speaks for another one, or NULL */
};
void ej_generation_free(struct ej_generation *generation);

/* Weighs the facts of all these findings. configured: "A", "B", "C", "auto" or NULL; a letter outranks everything and is certain. */
void ej_generation_decide(const struct findings *const *findings, size_t count, const char *configured, struct ej_generation *ret);

/* Clues, as values of the facts above; NULL when they tell nothing. New strings.
 * marks: what db_image_program found. names: names of web's environment. */
char *ej_clue_of_marks(char *const *marks) must_check;
char *ej_clue_of_names(char *const *names) must_check;
/* An EJ_LINE_* that the marks tell, or NULL. */
const char *ej_line_of_marks(char *const *marks);

/* How commands are typed here. */
struct ej_forms {
  char generation; /* 0: not known, which is typed as A and B are */
  bool later;
  const char *web_service, *nginx_service, *app_root; /* of the configuration, or NULL */
};
/* A command of a rule or an explanation, which are all written for A and B ("docker-compose exec web inv collect"), as it is typed in this
 * stack. What is no such command comes back as it is. */
char *ej_by_hand(const struct ej_forms *forms, const char *command) must_check;

#endif
