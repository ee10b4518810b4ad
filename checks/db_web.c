/* Runs the program of db_image_program.c in web and keeps its answer for a while; see db_web.h. */
#include "checks/db_web.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

static int ask(struct db_web *web, const struct place *place, const char *app_root) {
  double left = task_time_left() * DB_WEB_SHARE;
  if ((!place->docker && !place->command) || left < DB_WEB_SHORTEST_WAIT) return 0;
  auto_text struct text program = {0};
  for (const char *const *line = db_image_program; *line; line++) text_printf(&program, "%s\n", *line);
  const char *const arguments[] = {"python3", "-c", text_get(&program), app_root ? app_root : "", NULL};
  struct place_result result;
  auto_free char *reason = NULL;
  int r = place_run(place, arguments, NULL, isinf(left) ? 10 : left, &result, &reason);
  struct db_image image;
  if (r == 0 && db_image_read(text_get(&result.output), result.output.length, &image) == 0) {
    db_image_free(&web->image);
    *web = (struct db_web){.image = image, .looked = loop_monotonic(), .answered = true};
  }
  place_result_free(&result);
  return r == -ECANCELED ? r : 0;
}

static bool judge(const struct db_image *image, const struct db_schema *schema, bool rows, struct findings *findings) {
  size_t before = findings->count;
  db_image_judge_engine(image, findings);
  if (rows) db_image_judge_migrations(image, schema, findings);
  return findings->count == before;
}

/* A look that found all well holds for a while; one that did not is taken again before anything is said, since web may have been
 * re-created from another image. */
int db_web_look(struct db_web *web, const struct place *place, const char *app_root, const struct db_schema *schema, bool rows,
                struct findings *findings) {
  struct findings draft = {0};
  bool well = web->looked > 0 && loop_monotonic() - web->looked < DB_WEB_EVERY && judge(&web->image, schema, rows, &draft);
  findings_free(&draft);
  if (!well) {
    web->looked = 0;
    int r = ask(web, place, app_root);
    if (r < 0) return r;
  }
  if (web->looked > 0) (void)judge(&web->image, schema, rows, findings);
  return 0;
}

void db_web_free(struct db_web *web) {
  db_image_free(&web->image);
  *web = (struct db_web){0};
}
