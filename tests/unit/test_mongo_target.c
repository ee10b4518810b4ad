/* MongoDB URLs made safe for libmongoc, and its errors told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "monitor/base/libmongoc.h"
#include "monitor/database/mongo.h"

static void every_url_becomes_a_direct_one_without_a_set_and_without_time_outs(void **state) {
  (void)state;
  struct mongo_target target;
  char *complaint = NULL;
  int r = mongo_target_parse(
      "mongodb://u:p%40@a:1,b/rocket%63hat?REPLICASET=rs0&tls=true&connectTimeoutMS=1&directConnection=false;loadBalanced=true", 1, &target,
      &complaint);
  assert_int_equal(r, 0);
  assert_string_equal(target.url, "mongodb://u:p%40@b/rocket%63hat?directConnection=true&tls=true");
  assert_string_equal(target.address, "b:27017");
  assert_string_equal(target.database, "rocketchat");
  assert_string_equal(target.replica_set, "rs0");
  assert_true(target.login);
  assert_int_equal(target.host_count, 2);
  mongo_target_free(&target);
}

static void a_bare_url_gets_a_path_and_the_default_port(void **state) {
  (void)state;
  struct mongo_target target;
  char *complaint = NULL;
  assert_int_equal(mongo_target_parse("mongodb://[::1]", 0, &target, &complaint), 0);
  assert_string_equal(target.url, "mongodb://[::1]/?directConnection=true");
  assert_string_equal(target.address, "[::1]:27017");
  assert_null(target.database);
  mongo_target_free(&target);
  assert_int_equal(mongo_target_parse("mongodb://%2Ftmp%2Fm.sock/db?tls=false", 0, &target, &complaint), 0);
  assert_string_equal(target.address, "/tmp/m.sock");
  mongo_target_free(&target);
}

static void urls_that_cannot_be_used_are_refused_without_being_quoted(void **state) {
  (void)state;
  static const char *const bad[] = {"mongodb+srv://u:secret@h/db",
                                    "http://secret",
                                    "mongodb://u:sec/ret@h/db",
                                    "mongodb://u:sec@ret@h/db",
                                    "mongodb:///db",
                                    "mongodb://a,,b/db",
                                    ""};
  for (size_t i = 0; i < countof(bad); i++) {
    struct mongo_target target;
    char *complaint = NULL;
    assert_int_equal(mongo_target_parse(bad[i], 0, &target, &complaint), -EINVAL);
    assert_non_null(complaint);
    assert_null(strstr(complaint, "sec"));
    free(complaint);
    mongo_target_free(&target);
  }
}

static void errors_are_told_apart_by_domain_code_and_words(void **state) {
  (void)state;
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER, 13, "", false), MONGO_FAULT_PRIVILEGE);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER, 18, "", false), MONGO_FAULT_AUTH);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER, 59, "", false), MONGO_FAULT_COMMAND);
  assert_int_equal(mongo_classify(MONGOC_ERROR_CLIENT, MONGOC_ERROR_CLIENT_AUTHENTICATE, "", false), MONGO_FAULT_AUTH);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER_SELECTION, 13053, "[socket timeout calling hello on 'h']", false), MONGO_FAULT_HUNG);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER_SELECTION, 13053, "[connection refused calling hello on 'h']", false),
                   MONGO_FAULT_CONNECT);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER_SELECTION, 13053, "[connection closed calling hello on 'h']", false),
                   MONGO_FAULT_CONNECT);
  assert_int_equal(mongo_classify(MONGOC_ERROR_SERVER_SELECTION, 13053, "[Failed to resolve 'mongo']", false), MONGO_FAULT_RESOLVE);
  assert_int_equal(mongo_classify(MONGOC_ERROR_PROTOCOL, 15, "Server reports wire version 5, but", false), MONGO_FAULT_TOO_OLD);
  assert_int_equal(mongo_classify(MONGOC_ERROR_STREAM, 4, "Failed to read 4 bytes: socket error or timeout", true), MONGO_FAULT_HUNG);
  assert_int_equal(mongo_classify(MONGOC_ERROR_STREAM, 4, "Failed to read 4 bytes: socket error or timeout", false), MONGO_FAULT_PROTOCOL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_url_becomes_a_direct_one_without_a_set_and_without_time_outs),
      cmocka_unit_test(a_bare_url_gets_a_path_and_the_default_port),
      cmocka_unit_test(urls_that_cannot_be_used_are_refused_without_being_quoted),
      cmocka_unit_test(errors_are_told_apart_by_domain_code_and_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
