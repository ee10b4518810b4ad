/* Runs the look inside of the web container; reading its answer is inside_parse.c's. */
#include "checks/inside/inside.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_NO_COMMAND 126 /* and 127: there is no such program */

int inside_look(const struct place *place, const struct inside_request *request, double timeout, struct inside *ret_inside,
                char **ret_error) {
  /* EJ's own images call it python; later Debians know python3 alone. */
  static const char *const interpreters[] = {"python", "python3"};
  *ret_inside = (struct inside){0};
  *ret_error = NULL;
  if (timeout > INSIDE_TIME_LIMIT) timeout = INSIDE_TIME_LIMIT;
  if (timeout < 1) return -ETIMEDOUT;
  /* The program ends by itself a little before it would be ended: its folder in /tmp is then gone for sure. */
  auto_free char *seconds = text_format("%.1f", fmax(timeout - 1.5, 0.5));
  int r = -ENOENT;
  for (size_t i = 0; i < countof(interpreters); i++) {
    const char *const arguments[] = {interpreters[i],
                                     "-c",
                                     inside_program,
                                     request->app_root ? request->app_root : "",
                                     request->verb,
                                     request->theme ? request->theme : "",
                                     seconds,
                                     request->stamp ? request->stamp : "",
                                     NULL};
    struct place_result result;
    free(*ret_error);
    r = place_run(place, arguments, NULL, timeout, &result, ret_error);
    if (r == 0) r = inside_parse(text_get(&result.output), result.output.length, ret_inside, ret_error);
    bool missing = r == -EPROTO && (result.exit_status == EXIT_NO_COMMAND || result.exit_status == EXIT_NO_COMMAND + 1);
    place_result_free(&result);
    if (!missing) break;
  }
  return r;
}
