/* Runs the program of db_image_program.py in web and keeps its answer for a while; see db_web.h. */
#include "checks/postgres/db_web.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

static int ask(struct db_web *web, const struct db_web_question *question) {
  const struct place *place = &question->place;
  double left = task_time_left() * DB_WEB_SHARE;
  if (!place_exists(place) || left < DB_WEB_SHORTEST_WAIT) return 0;
  const char *const arguments[] = {
      "python3", "-c", db_image_program, question->app_root ? question->app_root : "", question->call ? question->call : "", NULL};
  struct place_result result;
  auto_free char *reason = NULL;
  int r = place_run(place, arguments, NULL, isinf(left) ? 10 : left, &result, &reason);
  struct db_image image;
  if (r == 0 && db_image_read(text_get(&result.output), result.output.length, &image) == 0) {
    db_web_free(web);
    *web = (struct db_web){.image = image, .looked = loop_monotonic(), .answered = true};
    if (question->call) web->called = xstrdup(question->call);
  }
  place_result_free(&result);
  return r == -ECANCELED ? r : 0;
}

static bool judge(const struct db_web *web, const struct db_web_question *question, struct findings *findings) {
  size_t before = findings->count;
  db_image_judge_engine(&web->image, findings);
  db_image_judge_call(&web->image, web->called, findings);
  if (question->schema) db_image_judge_migrations(&web->image, question->schema, findings);
  return findings->count == before;
}

/* A look that found all well holds for a while; one that did not is taken again before anything is said, since web may have been
 * re-created from another image, and so is one that asked another address. */
int db_web_look(struct db_web *web, const struct db_web_question *question, struct findings *findings) {
  struct findings draft = {0};
  bool well = web->looked > 0 && loop_monotonic() - web->looked < DB_WEB_EVERY && text_equal(web->called, question->call) &&
              judge(web, question, &draft);
  findings_free(&draft);
  if (!well) {
    web->looked = 0;
    int r = ask(web, question);
    if (r < 0) return r;
  }
  if (web->looked > 0) (void)judge(web, question, findings);
  return 0;
}

void db_web_free(struct db_web *web) {
  db_image_free(&web->image);
  free(web->called);
  *web = (struct db_web){0};
}
