/* Times as RFC 3339 writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "monitor/base/stamp.h"

static void assert_stamp(double wall, bool millis, const char *want) {
  char *stamp = stamp_rfc3339(wall, millis);
  assert_string_equal(stamp, want);
  free(stamp);
}

static void a_time_is_written_in_utc_and_never_in_the_future(void **state) {
  (void)state;
  assert_stamp(0, false, "1970-01-01T00:00:00Z");
  assert_stamp(1795403529.9996, false, "2026-11-23T03:12:09Z");
  assert_stamp(1795403529.9996, true, "2026-11-23T03:12:09.999Z");
  assert_stamp(1795403529.0415, true, "2026-11-23T03:12:09.041Z");
  assert_stamp(253402300799, false, "9999-12-31T23:59:59Z");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_time_is_written_in_utc_and_never_in_the_future)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
