/* monitor/base/libmongoc.h against libmongoc's own headers: a function declared otherwise there does not compile here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/base/libmongoc.h"

#define NUMBERS(X) X(API_VERSION_2) X(CLIENT) X(STREAM) X(PROTOCOL) X(SCRAM) X(SERVER_SELECTION) X(SERVER) X(CLIENT_AUTHENTICATE)
#define NAMES(X) X(CONNECTTIMEOUTMS) X(SOCKETTIMEOUTMS) X(SERVERSELECTIONTIMEOUTMS) X(SERVERSELECTIONTRYONCE) X(RETRYREADS)

#define NUMBER(name) MONGOC_ERROR_##name,
#define NAME(name) MONGOC_URI_##name,
static const int our_numbers[] = {NUMBERS(NUMBER)};
static const char *const our_names[] = {NAMES(NAME)};

#undef MONGOC_ERROR_API_VERSION_2
#undef MONGOC_ERROR_CLIENT
#undef MONGOC_ERROR_STREAM
#undef MONGOC_ERROR_PROTOCOL
#undef MONGOC_ERROR_SCRAM
#undef MONGOC_ERROR_SERVER_SELECTION
#undef MONGOC_ERROR_SERVER
#undef MONGOC_ERROR_CLIENT_AUTHENTICATE
#undef MONGOC_URI_CONNECTTIMEOUTMS
#undef MONGOC_URI_SOCKETTIMEOUTMS
#undef MONGOC_URI_SERVERSELECTIONTIMEOUTMS
#undef MONGOC_URI_SERVERSELECTIONTRYONCE
#undef MONGOC_URI_RETRYREADS
#include <mongoc/mongoc.h>

static void the_constants_are_the_librarys_own(void **state) {
  (void)state;
  static const int numbers[] = {NUMBERS(NUMBER)};
  static const char *const names[] = {NAMES(NAME)};
  assert_memory_equal(our_numbers, numbers, sizeof numbers);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) assert_string_equal(our_names[i], names[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_constants_are_the_librarys_own)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
