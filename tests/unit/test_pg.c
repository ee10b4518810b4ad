/* The pure half of the PostgreSQL client: error texts told apart, addresses refused before a piece of a password can reach a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/database/pg.h"
#include "monitor/database/pg_scram.h"

struct sample {
  const char *message;
  bool connecting;
  const char *sqlstate;
  enum pg_fault fault;
};

/* As libpq 15 and PostgreSQL 15 write them with PQERRORS_VERBOSE; the German one by a server with lc_messages=de_DE; poolers by
 * pgbouncer 1.18. */
static const struct sample samples[] = {
    {"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password authentication failed for user \"ej\"\n", true,
     "28P01", PG_FAULT_AUTH},
    {"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen\n", true, "28P01",
     PG_FAULT_AUTH},
    {"FATAL:  28000: no pg_hba.conf entry for host \"10.0.0.1\", user \"ej\", database \"db\", no encryption\n", true, "28000",
     PG_FAULT_AUTH},
    {"FATAL:  3D000: database \"db\" does not exist\n", true, "3D000", PG_FAULT_NO_DATABASE},
    {"FATAL:  53300: sorry, too many clients already\n", true, "53300", PG_FAULT_TOO_MANY},
    {"FATAL:  57P03: the database system is starting up\n", true, "57P03", PG_FAULT_STARTING},
    {"FATAL:  57P01: terminating connection due to administrator command\n", false, "57P01", PG_FAULT_STARTING},
    {"FATAL:  42501: permission denied for database \"db\"\n", true, "42501", PG_FAULT_NO_PRIVILEGE},
    {"FATAL:  08P01: no such database: db\n", true, "08P01", PG_FAULT_NO_DATABASE},
    {"connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running?\n", true, "", PG_FAULT_CONNECT},
    {"server closed the connection unexpectedly\n", true, "", PG_FAULT_CONNECT},
    {"server closed the connection unexpectedly\n", false, "", PG_FAULT_LOST},
    {"server does not support SSL, but SSL was required\n", true, "", PG_FAULT_TLS},
    {"SSL error: certificate verify failed\n", true, "", PG_FAULT_TLS},
    {"fe_sendauth: no password supplied\n", true, "", PG_FAULT_AUTH},
    {"expected authentication request from server, but received H\n", true, "", PG_FAULT_PROTOCOL},
    {"ERROR:  53100: could not extend file: No space left on device\n", false, "53100", PG_FAULT_OTHER},
};

static void every_message_has_its_state_and_its_meaning(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(samples); i++) {
    char sqlstate[6];
    pg_find_sqlstate(samples[i].message, sqlstate);
    assert_string_equal(sqlstate, samples[i].sqlstate);
    assert_int_equal(pg_classify(sqlstate, samples[i].message, samples[i].connecting), samples[i].fault);
  }
}

static void every_fault_has_a_layer(void **state) {
  (void)state;
  for (size_t i = 0; i < PG_FAULT_COUNT; i++) assert_non_null(pg_fault_layers[i]);
}

static void five_capitals_that_are_no_state_are_not_taken_for_one(void **state) {
  (void)state;
  char sqlstate[6];
  pg_find_sqlstate("FATAL:  EJMON is not a state", sqlstate);
  assert_string_equal(sqlstate, "");
  pg_find_sqlstate("FATAL:  ", sqlstate);
  assert_string_equal(sqlstate, "");
}

static void addresses_that_can_be_used_have_no_complaint(void **state) {
  (void)state;
  static const char *const good[] = {"postgresql://ejmon@postgres/db",
                                     "postgres://u:p%40ss@127.0.0.1:5432/db",
                                     "psql://u:p@h/db",
                                     "postgresql:///db?host=/run/postgres",
                                     "postgresql://u@[::1]:5432/db",
                                     "postgresql://u@a:1,b:2/db?sslmode=require",
                                     "postgresql://u@h/db?application_name=a@b",
                                     "pgsql://h"};
  for (size_t i = 0; i < countof(good); i++) {
    char *complaint = pg_dsn_complaint(good[i]);
    if (complaint) print_error("%s: %s\n", good[i], complaint);
    assert_null(complaint);
  }
}

static void a_password_with_special_characters_is_refused_without_being_quoted(void **state) {
  (void)state;
  static const char *const bad[] = {"postgresql://u:sec@ret@h/db",
                                    "postgresql://u:sec/ret@h/db",
                                    "postgresql://u:sec#ret@h/db",
                                    "postgresql://u:sec?ret@h/db",
                                    "postgresql://u:sec:ret/db",
                                    "u:secret@h/db",
                                    "",
                                    "postgresql://h:port/db"};
  for (size_t i = 0; i < countof(bad); i++) {
    char *complaint = pg_dsn_complaint(bad[i]);
    assert_non_null(complaint);
    assert_null(strstr(complaint, "sec"));
    assert_null(strstr(complaint, "ret"));
    free(complaint);
  }
}

#define BYTES(string) string, sizeof(string) - 1
#define SCRAM(total, iterations) "R\0\0\0" total "\0\0\0\x0br=nonce,s=c2FsdA==,i=" iterations

static const struct {
  const char *bytes;
  size_t length;
  unsigned long iterations;
} challenges[] = {
    {BYTES(SCRAM("\x21", "4096")), 4096},
    {BYTES(SCRAM("\x24", "1000001")), 1000001},
    {BYTES(SCRAM("\x21", "4096") "R\0\0\0\x08\0\0\0\0"), 4096},
    {BYTES("R\0\0\0\x08\0\0\0\0" SCRAM("\x21", "4096")), 4096},                    /* behind another message */
    {BYTES("R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0" SCRAM("\x21", "4096")), 4096}, /* where no client has asked yet */
    {BYTES(SCRAM("\x21", " 409")), 409},                                           /* as strtol() reads it */
    {BYTES(SCRAM("\x1f", "-5")), (unsigned long)-5},
    {BYTES(SCRAM("\x35", "99999999999999999999999x")), (unsigned long)-1},
    {BYTES(SCRAM("\x1d", "")), 0},
    {BYTES("R\0\0\0\x11\0\0\0\x0cv=abc,i=7"), 0}, /* the server's last word */
    {BYTES("E\0\0\0\x12\0\0\0\x0br=a,i=4096"), 0},
    {BYTES("R\0\0\0\x03\0\0\0\x0b,i=4096"), 0},
    {BYTES("R\xff\xff\xff\xff\0\0\0\x0b,i=4096"), 0},
    {BYTES(""), 0},
};

static void the_iterations_that_a_login_asks_for_are_read_from_whole_messages(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(challenges); i++)
    assert_int_equal(pg_scram_iterations(challenges[i].bytes, challenges[i].length), challenges[i].iterations);
  for (size_t length = 0; length < challenges[0].length; length++) assert_int_equal(pg_scram_iterations(challenges[0].bytes, length), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_message_has_its_state_and_its_meaning),
      cmocka_unit_test(every_fault_has_a_layer),
      cmocka_unit_test(five_capitals_that_are_no_state_are_not_taken_for_one),
      cmocka_unit_test(addresses_that_can_be_used_have_no_complaint),
      cmocka_unit_test(a_password_with_special_characters_is_refused_without_being_quoted),
      cmocka_unit_test(the_iterations_that_a_login_asks_for_are_read_from_whole_messages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
