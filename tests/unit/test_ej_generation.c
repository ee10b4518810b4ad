/* Which EJ is this: what was seen is weighed by its strength, never by its order; and commands are typed as that EJ wants them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/ej/ej_generation.h"

static void decide(const char *const *facts, const char *configured, struct ej_generation *ret) {
  struct findings findings = {0};
  for (size_t i = 0; facts && facts[i]; i += 2) findings_fact(&findings, facts[i], facts[i + 1]);
  ej_generation_decide((const struct findings *const[]){&findings}, 1, configured, ret);
  findings_free(&findings);
}
#define FACTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void nothing_seen_is_nothing_known(void **state) {
  (void)state;
  struct ej_generation generation;
  decide(NULL, "auto", &generation);
  assert_int_equal(generation.letter, 0);
  assert_null(generation.because);
  ej_generation_free(&generation);
}

static void evidence_is_weighed_by_strength_and_contradictions_are_told(void **state) {
  (void)state;
  const struct {
    const char *const *facts;
    const char *configured;
    char letter;
    enum confidence sure;
    bool contradicted;
  } rows[] = {
      {FACTS(EJ_CLUE_ANSWERS, "A: bare"), NULL, 'A', CONFIDENCE_LIKELY, false},
      {FACTS(EJ_CLUE_ANSWERS, "A: bare", EJ_CLUE_DATABASE, "A: rows"), NULL, 'A', CONFIDENCE_LIKELY, false},
      {FACTS(EJ_CLUE_ANSWERS, "C: themed", EJ_CLUE_DATABASE, "C: rows"), NULL, 'C', CONFIDENCE_CERTAIN, false},
      /* a rolled back image, or one of B's first days: the tables are the stronger word */
      {FACTS(EJ_CLUE_ANSWERS, "A: bare", EJ_CLUE_DATABASE, "B: rows"), NULL, 'B', CONFIDENCE_POSSIBLE, true},
      /* an upgraded image before its migrate */
      {FACTS(EJ_CLUE_DATABASE, "A: rows", EJ_CLUE_ANSWERS, "B: themed"), NULL, 'B', CONFIDENCE_POSSIBLE, true},
      {FACTS(EJ_CLUE_ENVIRONMENT, "A: old names", EJ_CLUE_CONTAINER, "B: etc/tasklib"), NULL, 'B', CONFIDENCE_CERTAIN, true},
      {FACTS(EJ_CLUE_ENVIRONMENT, "B: names"), NULL, 'B', CONFIDENCE_POSSIBLE, false},
      {FACTS(EJ_CLUE_CONTAINER, "B: etc/tasklib"), "C", 'C', CONFIDENCE_CERTAIN, true},
      {FACTS(EJ_CLUE_ANSWERS, "X: nonsense"), "auto", 0, CONFIDENCE_POSSIBLE, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct ej_generation generation;
    decide(rows[i].facts, rows[i].configured, &generation);
    if (generation.letter != rows[i].letter || generation.sure != rows[i].sure || (generation.against != NULL) != rows[i].contradicted)
      fail_msg("row %zu: %c %d %s", i, generation.letter, generation.sure, generation.against ? generation.against : "");
    ej_generation_free(&generation);
  }
}

static void the_order_of_checks_does_not_matter(void **state) {
  (void)state;
  struct findings one = {0}, other = {0};
  findings_fact(&one, EJ_CLUE_DATABASE, "B: rows");
  findings_fact(&other, EJ_CLUE_CONTAINER, "A: tasks.py");
  struct ej_generation generation;
  for (int turn = 0; turn < 2; turn++) {
    const struct findings *both[] = {turn ? &other : &one, turn ? &one : &other};
    ej_generation_decide(both, 2, NULL, &generation);
    assert_int_equal(generation.letter, 'A');
    assert_string_equal(generation.against, "the recorded migrations: rows");
    ej_generation_free(&generation);
  }
  findings_free(&one);
  findings_free(&other);
}

static void marks_in_the_container_tell_generation_and_line(void **state) {
  (void)state;
  static const struct {
    const char *marks[7];
    char letter;
    const char *line;
  } rows[] = {
      {{"tasks", "rocketchat-app", "settings", "frame-ancestors", NULL}, 'A', NULL},
      {{"tasks", "rocketchat-app", "settings", NULL}, 'A', EJ_LINE_BEFORE_A},
      {{"tasks", "rocketchat-app", "settings", "frame-ancestors", "header-overrides", NULL}, 'B', NULL},
      {{"tasklib", "tasks", "rocketchat-app", "settings", "frame-ancestors", NULL}, 'B', NULL},
      {{"tasklib", "tasks", "rocketchat-app", "settings", "header-overrides", "db-host", NULL}, 'B', EJ_LINE_LATER_B},
      {{"ej-application", "tasks", "settings", "db-host", NULL}, 'C', NULL},
      {{"tasks", "settings", NULL}, 'C', NULL},
      {{NULL}, 0, NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    char *marks[8] = {0};
    for (size_t k = 0; rows[i].marks[k]; k++) marks[k] = xstrdup(rows[i].marks[k]);
    auto_free char *clue = ej_clue_of_marks(marks);
    if ((clue ? *clue : 0) != rows[i].letter) fail_msg("row %zu: %s", i, clue ? clue : "nothing");
    assert_true(text_equal(ej_line_of_marks(marks), rows[i].line));
    for (size_t k = 0; marks[k]; k++) free(marks[k]);
  }
}

static void names_tell_what_they_can(void **state) {
  (void)state;
  char *dead[] = {(char[]){"EJ_ROCKETCHAT_USER_PASSWORD"}, (char[]){"EJ_ROCKETCHAT_ADMIN_ID"}, NULL};
  auto_free char *b = ej_clue_of_names(dead);
  assert_string_equal(b, "B: EJ_ROCKETCHAT_ADMIN_ID is set");
  char *plain[] = {(char[]){"EJ_ROCKETCHAT_URL"}, NULL};
  assert_null(ej_clue_of_names(plain));
}

static void commands_are_typed_as_this_ej_wants_them(void **state) {
  (void)state;
  const struct ej_forms none = {0}, a = {.generation = 'A', .web_service = "web", .nginx_service = "nginx", .app_root = "/app"},
                        c = {.generation = 'C', .web_service = "web", .nginx_service = "nginx", .app_root = "/app"},
                        later = {.generation = 'B', .later = true}, own = {.generation = 'C', .web_service = "ej", .app_root = "/srv/ej"};
  const struct {
    const struct ej_forms *forms;
    const char *command, *typed;
  } rows[] = {
      {&none, "docker-compose exec web inv collect", "docker-compose exec web inv collect"},
      {&a, "docker-compose exec web sh -c 'ls /app/local'", "docker-compose exec web sh -c 'ls /app/local'"},
      {&c, "docker-compose exec web inv collect", "docker-compose exec server /root/.local/bin/poetry run inv collect"},
      {&c, "docker-compose exec -T web python manage.py migrate --noinput",
       "docker-compose exec -T server /root/.local/bin/poetry run python manage.py migrate --noinput"},
      {&c, "docker-compose exec web sh -c 'env | grep web'", "docker-compose exec server sh -c 'env | grep web'"},
      {&c, "docker-compose logs --tail 50 web; docker-compose up -d web nginx",
       "docker-compose logs --tail 50 server; docker-compose up -d server nginx"},
      {&c, "docker-compose exec postgres psql -U user -d db -c 'SELECT 1'", "docker-compose exec db psql -U ej -d ej -c 'SELECT 1'"},
      {&c, "docker-compose exec postgres pg_dump -U user db > backup.sql", "docker-compose exec db pg_dump -U ej ej > backup.sql"},
      {&c, "docker cp $(docker-compose ps -q web):/app/local/db/db.sqlite3 .",
       "docker cp $(docker-compose ps -q server):/ej-application/local/db/db.sqlite3 ."},
      {&later, "docker-compose exec web inv collect", "docker-compose exec server inv collect"},
      {&later, "ls /app/local", "ls /ej-server/local"},
      {&own, "docker compose exec web ls /app/local", "docker compose exec ej ls /srv/ej/local"},
      {&own, "# the web service: see /application/", "# the web service: see /application/"},
      {&c, "", ""},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *typed = ej_by_hand(rows[i].forms, rows[i].command);
    assert_string_equal(typed, rows[i].typed);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_seen_is_nothing_known),
      cmocka_unit_test(evidence_is_weighed_by_strength_and_contradictions_are_told),
      cmocka_unit_test(the_order_of_checks_does_not_matter),
      cmocka_unit_test(marks_in_the_container_tell_generation_and_line),
      cmocka_unit_test(names_tell_what_they_can),
      cmocka_unit_test(commands_are_typed_as_this_ej_wants_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
