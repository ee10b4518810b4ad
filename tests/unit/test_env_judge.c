/* What the env check says of a whole config.env, and of the container that was made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "checks/env/env_codes.h"
#include "checks/env/env_judge.h"
#include "tests/unit/env_scene.h"

struct verdict {
  const char *codes; /* all that is found, in any order, separated by blanks */
  char generation;
  const char *file, *container;
};

#define BOTH(text) text, text
#define ON "EJ_ROCKETCHAT_INTEGRATION=true\n"
#define ADMINISTRATOR \
  "EJ_ROCKETCHAT_ADMIN_ID=x\nEJ_ROCKETCHAT_ADMIN_USERNAME=y\nEJ_ROCKETCHAT_ADMIN_PASSWORD=z\nEJ_ROCKETCHAT_AUTH_TOKEN=t\n"
static const struct verdict verdicts[] = {
    {"", 0, BOTH(HEALTHY)},
    {"", 'A', BOTH(HEALTHY ROCKET)},
    {"", 'B', BOTH(HEALTHY ROCKET)},
    {"", 'C', BOTH(HEALTHY)},
    {"", 'C', BOTH(BASE "DB_HOST=docker_db_1\n")},
    {"", 0, HEALTHY "EJ_THEME=cpa\n", NULL},
    {"", 0, NULL, HEALTHY "PATH=/usr/bin\nHOSTNAME=0a1b2c3d4e5f\nLANG=C.UTF-8\n"},
    {"", 0, BOTH(HEALTHY "HOSTNAME=localhost\nCOUNTRY=Brasil\nUSING_DOCKER=true\nDJANGO_DEBUG=False\n")},
    {"", 0, BOTH(HEALTHY "EJ_EXCLUDE_PROFILE_FIELDS=race\nEJ_ENABLE_BOARDS=True\nEJ_SOMETHING=1\n")},
    {"env/differs", 0, HEALTHY "EMAIL_HOST=a\n", HEALTHY "EMAIL_HOST=b\n"},
    {"env/theme-differs", 0, HEALTHY "EJ_THEME=cpa\n", HEALTHY},
    {"env/login-differs", 'A', HEALTHY ROCKET, HEALTHY "EJ_ROCKETCHAT_INTEGRATION=false\nEJ_ROCKETCHAT_URL=" R "\n"},
    {"env/login-differs", 'B', HEALTHY ROCKET ADMINISTRATOR, HEALTHY ROCKET},
    {"env/login-differs env/cors-override", 'B', HEALTHY ROCKET "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN=" R "\n",
     HEALTHY ROCKET "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN=*\n"},
    {"env/frame-differs env/login-differs env/rocketchat-url-unset", 'A', HEALTHY ROCKET, HEALTHY ON},
    {"env/frame-differs env/csp-override", 'B', HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors " R "\n",
     HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'self'\n"},
    {"env/frame-differs env/rocketchat-url-unset", 'A', HEALTHY ON "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS=" R "\n", HEALTHY ON},
    /* a change that would not let Rocket.Chat in */
    {"env/differs env/rocketchat-url-unset", 'A', HEALTHY ON "DJANGO_X_FRAME_OPTIONS=ALLOW-FROM " R "\n", HEALTHY ON},
    {"env/differs", 'A', HEALTHY ROCKET "DJANGO_X_FRAME_OPTIONS=DENY\n", HEALTHY ROCKET},
    {"env/differs env/rocketchat-url-unset", 'A', HEALTHY ON "EJ_ROCKETCHAT_URL=chat.example.org\n", HEALTHY ON},
    {"env/differs env/rocketchat-url-other", 'A', HEALTHY ON "EJ_ROCKETCHAT_URL=" R ":3000\n",
     HEALTHY ON "EJ_ROCKETCHAT_URL=http://rocketchat:3000\n"},
    {"env/differs env/rocketchat-url-unset", 'A', HEALTHY ON "DJANGO_CSRF_TRUSTED_ORIGINS=a.org\n", HEALTHY ON},
    {"env/differs", 'B', HEALTHY ROCKET "DJANGO_CSRF_TRUSTED_ORIGINS=a.org\n", HEALTHY ROCKET},
    {"env/differs env/csp-override", 'B', HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'none'\n",
     HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'self'\n"},
    {"env/hosts-differ", 0, HEALTHY "DJANGO_ALLOWED_HOSTS=a.org\n", HEALTHY},
    {"", 0, HEALTHY "EMAIL_HOST_PASSWORD=a$B\n", HEALTHY "EMAIL_HOST_PASSWORD=a\n"},
    {"", 'A', HEALTHY "HTTP_X_FRAME_OPTIONS=\n", HEALTHY},
    {"env/name-not-read", 0, BOTH(HEALTHY "X_FRAME_OPTIONS=DENY\n")},
    {"env/name-not-read", 0, BOTH(HEALTHY "DJANGO_ALOWED_HOSTS=a.org\n")},
    {"", 0, BOTH(HEALTHY "X_FRAME_OPTIONS=DENY\nDJANGO_X_FRAME_OPTIONS=SAMEORIGIN\n")},
    {"", 0, BOTH(HEALTHY "DEBUG=False\nX_FRAME_OPTIONS=sameorigin\n")},
    {"env/hostname-not-read env/host-not-listed", 0, BOTH("HOSTNAME=ej.example.org\nDJANGO_SECRET_KEY=" KEY "\n" DATABASE)},
    {"env/false-word", 0, BOTH(HEALTHY "EMAIL_USE_TLS=sim\n")},
    {"env/integration-false-word", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=enabled\n")},
    {"env/list-blanks", 0, BOTH(HEALTHY "DJANGO_CSRF_TRUSTED_ORIGINS=a.org, b.org\n")},
    {"env/hosts-blanks", 0, BOTH(HEALTHY "DJANGO_ALLOWED_HOSTS=a.org, b.org\n")},
    {"", 'A', BOTH(HEALTHY ROCKET "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS=a.org, b.org\n")},
    {"env/quotes-kept", 0, BOTH(HEALTHY "EJ_PAGE_TITLE=\"EJ\"\n")},
    {"", 0, HEALTHY "EJ_PAGE_TITLE=\"EJ\"\n", HEALTHY "EJ_PAGE_TITLE=EJ\n"},
    {"env/line-misread", 0, HEALTHY "export EJ_PAGE_TITLE=EJ\n", NULL},
    {"env/line-misread", 0, HEALTHY "EJ_PAGE_TITLE =EJ\n", NULL},
    {"", 0, HEALTHY "export EJ_PAGE_TITLE=EJ\n", HEALTHY "EJ_PAGE_TITLE=EJ\n"},
    {"env/differs", 0, HEALTHY "export EJ_PAGE_TITLE=EJ\n", HEALTHY},
    {"env/indirection", 0, BOTH(HEALTHY "EJ_PAGE_TITLE=$NOTHING\n")},
    {"env/indirection", 0, BOTH(HEALTHY "EJ_PAGE_TITLE=$EJ_PAGE_TITLE\n")},
    {"env/theme-value", 0, BOTH(HEALTHY "EJ_THEME=\n")},
    {"env/theme-value", 0, BOTH(HEALTHY "EJ_THEME=\"cpa\"\n")},
    {"env/theme-value", 0, BOTH(HEALTHY "EJ_THEME=default/\n")},
    {"", 0, BOTH(HEALTHY "EJ_THEME=$T\nT=cpa\n")},
    {"env/secret-key-missing", 0, BOTH("DJANGO_HOSTNAME=ej.example.org\n" DATABASE)},
    {"env/secret-key-missing", 0, BOTH("DJANGO_HOSTNAME=ej.example.org\nDJANGO_SECRET_KEY=$abc\n" DATABASE)},
    {"env/secret-key-missing env/name-not-read", 0, BOTH("DJANGO_HOSTNAME=ej.example.org\nSECRET_KEY=" KEY "\n" DATABASE)},
    {"env/secret-key-weak", 0, BOTH("DJANGO_HOSTNAME=ej.example.org\nDJANGO_SECRET_KEY=test\n" DATABASE)},
    {"env/database-unset", 0, BOTH(BASE)},
    {"env/database-unset", 0, BOTH(BASE "DJANGO_DB_URL=\n")},
    {"env/database-unset", 0, BOTH(BASE "DJANGO_DB_URL=sqlite:///x\n")},
    {"env/database-unset", 'C', BOTH(BASE "DB_HOST=db\n")},
    {"env/database-url-broken", 0, BOTH(BASE "DJANGO_DB_URL=psql://u:p#q@h/d\n")},
    {"env/database-port", 0, BOTH(BASE "DJANGO_DB_URL=psql://ej:" PASSWORD "@h:5433/d\n")},
    {"", 0, BOTH(BASE "PGPORT=5433\nDJANGO_DB_URL=psql://ej:" PASSWORD "@h:5433/d\n")},
    {"env/database-password", 0, BOTH(BASE "DJANGO_DB_URL=psql://user:password@postgres/db\n")},
    {"env/database-password", 0, BOTH(BASE "DJANGO_DB_URL=psql://ej:ej@postgres/db\n")},
    {"env/postgres-differs", 0, BOTH(HEALTHY "POSTGRES_DB=table\n")},
    {"", 0, BOTH(HEALTHY "POSTGRES_DB=db\nPOSTGRES_USER=ej\nPOSTGRES_PASSWORD=" PASSWORD "\n")},
    {"env/environment-unknown", 0, BOTH(HEALTHY "DJANGO_ENVIRONMENT=prod\n")},
    {"env/environment-local", 0, BOTH(HEALTHY "DJANGO_ENVIRONMENT=local\n")},
    {"env/country-unknown", 0, BOTH(HEALTHY "COUNTRY=BR\n")},
    {"", 0, BOTH(HEALTHY "COUNTRY=Bol\xC3\xADvia\n")},
    {"env/debug-on", 0, BOTH(HEALTHY "DJANGO_DEBUG=2\n")},
    {"env/hosts-any", 0, BOTH(HEALTHY "DJANGO_ALLOWED_HOSTS=*\n")},
    {"", 'C', BOTH(HEALTHY "DJANGO_ALLOWED_HOSTS=*\n")},
    {"env/host-not-listed", 0, BOTH("DJANGO_SECRET_KEY=" KEY "\n" DATABASE)},
    {"", 0, BOTH("DJANGO_ALLOWED_HOSTS=.example.org\nDJANGO_SECRET_KEY=" KEY "\n" DATABASE)},
    {"env/static-moved", 0, BOTH(HEALTHY "DJANGO_STATIC_URL=/files/\n")},
    {"", 0, BOTH(HEALTHY "DJANGO_STATIC_ROOT=/app/local/static/\n")},
    {"env/rocketchat-names", 'B', BOTH(HEALTHY ROCKET "EJ_ROCKETCHAT_USER_ID=x\nEJ_ROCKETCHAT_PASSWORD=y\n")},
    {"env/rocketchat-incomplete", 'B', BOTH(HEALTHY ROCKET "EJ_ROCKETCHAT_ADMIN_ID=x\n")},
    {"", 'B', BOTH(HEALTHY ROCKET ADMINISTRATOR)},
    {"env/rocketchat-url-unset", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\n")},
    {"", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\nDJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS=" R "\n")},
    {"env/rocketchat-url-scheme", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=chat.example.org\n")},
    {"env/rocketchat-url-path", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=" R "/x\n")},
    {"env/rocketchat-url-form", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=" R "/\n")},
    {"env/rocketchat-url-other", 'A', BOTH(HEALTHY "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=https://old.example.org\n")},
    {"env/csp-override", 'B', BOTH(HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'self'\n")},
    {"env/csp-override", 'B', BOTH(HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors *\n")},
    {"env/csp-override", 'B', BOTH(HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=default-src 'self'\n")},
    {"", 'B', BOTH(HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors " R "\n")},
    {"env/override-inert", 'A', BOTH(HEALTHY ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors *\n")},
    {"env/override-inert", 'B', BOTH(HEALTHY ROCKET "HTTP_X_FRAME_OPTIONS=DENY\n")},
    {"env/override-inert", 'C', BOTH(HEALTHY ROCKET)},
    {"env/cors-override", 'B', BOTH(HEALTHY ROCKET "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN=*\n")},
    {"env/cors-override", 'B', BOTH(HEALTHY ROCKET "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS=True\n")},
    {"env/x-frame-options", 'A', BOTH(HEALTHY ROCKET "DJANGO_X_FRAME_OPTIONS=DENY\n")},
};

static bool word_in(const char *words, const char *word) {
  size_t length = strlen(word);
  for (const char *at = words; (at = strstr(at, word)); at += length) {
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) return true;
  }
  return false;
}

static void every_fault_of_the_environment_has_its_code_and_no_other(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(verdicts); i++) {
    struct scene scene;
    struct findings out = {0};
    scene_make(&scene, verdicts[i].file, verdicts[i].container, verdicts[i].generation);
    struct env_sight sight = {.view = scene.view, .host = "ej.example.org", .site = "https://ej.example.org", .rocketchat = R};
    env_judge(&sight, &out);
    size_t wanted = *verdicts[i].codes ? 1 : 0, seen = 0;
    for (const char *p = verdicts[i].codes; *p; p++) wanted += *p == ' ';
    for (size_t k = 0; k < out.count; k++) {
      const char *name = out.items[k].code->name;
      if (out.items[k].code == &ENV_ADMIN_URL) continue; /* every public site has it that did not move its admin */
      seen++;
      if (!word_in(verdicts[i].codes, name))
        fail_msg("row %zu: %s is found, wanted is \"%s\": %s", i, name, verdicts[i].codes, out.items[k].summary);
      assert_true(out.items[k].evidence_count > 0);
      assert_false(findings_passed(&out, name));
    }
    if (seen != wanted) fail_msg("row %zu: %zu found, wanted is \"%s\"", i, seen, verdicts[i].codes);
    findings_free(&out);
    scene_free(&scene);
  }
}

static void the_administration_at_its_usual_place_is_told_of_public_sites_only(void **state) {
  (void)state;
  static const struct {
    const char *host, *file;
    bool told;
  } rows[] = {{"ej.example.org", HEALTHY, true},
              {"ej.example.org:8443", HEALTHY "DJANGO_ADMIN_URL=/admin\n", true},
              {"ej.example.org", HEALTHY "DJANGO_ADMIN_URL=backstage/\n", false},
              {"127.0.0.1:8080", HEALTHY "DJANGO_ALLOWED_HOSTS=127.0.0.1\n", false},
              {"localhost", HEALTHY "DJANGO_ALLOWED_HOSTS=localhost\n", false}};
  for (size_t i = 0; i < countof(rows); i++) {
    struct scene scene;
    struct findings out = {0};
    scene_make(&scene, rows[i].file, rows[i].file, 'A');
    struct env_sight sight = {.view = scene.view, .host = rows[i].host};
    env_judge(&sight, &out);
    assert_int_equal(findings_find(&out, "env/admin-url") != NULL, rows[i].told);
    assert_null(findings_find(&out, "env/host-not-listed"));
    findings_free(&out);
    scene_free(&scene);
  }
}

static void the_file_alone_is_no_proof_that_an_unseen_container_is_well(void **state) {
  (void)state;
  struct scene scene;
  struct findings out = {0};
  scene_make(&scene, HEALTHY, NULL, 'A');
  struct env_sight sight = {.view = scene.view, .container_unseen = "it does not run"};
  env_judge(&sight, &out);
  assert_int_equal(out.count, 0);
  assert_int_equal(out.passed_count, 0);
  sight.container_unseen = NULL;
  env_judge(&sight, &out);
  assert_true(findings_passed(&out, "env/secret-key-missing"));
  assert_false(findings_passed(&out, "env/differs"));
  findings_free(&out);
  scene_free(&scene);
}

static void a_container_younger_than_the_file_was_given_its_settings_on_purpose(void **state) {
  (void)state;
  struct scene scene;
  struct findings out = {0};
  scene_make(&scene, HEALTHY "EMAIL_HOST=a\nEJ_THEME=cpa\n", HEALTHY "EMAIL_HOST=b\nEJ_THEME=default\n", 'A');
  struct env_sight sight = {.view = scene.view, .younger = true};
  env_judge(&sight, &out);
  assert_int_equal(findings_find(&out, "env/differs")->severity, SEVERITY_INFO);
  assert_non_null(strstr(findings_find(&out, "env/differs")->summary, "compose overrides it"));
  assert_false(findings_passed(&out, "env/differs"));
  assert_int_equal(findings_find(&out, "env/theme-differs")->severity, SEVERITY_WARNING); /* visitors see that one */
  findings_free(&out);
  scene_free(&scene);
}

/* Labs live below folders that only their owner may enter, so this cannot be a fault of the lab. */
static void a_file_that_everybody_may_read_is_told(void **state) {
  (void)state;
  struct scene scene;
  struct findings out = {0};
  scene_make(&scene, HEALTHY, NULL, 'A');
  struct env_sight sight = {.view = scene.view, .mode_known = true, .world_readable = true, .git = ENV_GIT_TRACKED};
  env_judge(&sight, &out);
  assert_non_null(findings_find(&out, "env/file-readable"));
  assert_non_null(findings_find(&out, "env/file-in-git"));
  findings_free(&out);
  scene_free(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_fault_of_the_environment_has_its_code_and_no_other),
      cmocka_unit_test(the_administration_at_its_usual_place_is_told_of_public_sites_only),
      cmocka_unit_test(the_file_alone_is_no_proof_that_an_unseen_container_is_well),
      cmocka_unit_test(a_container_younger_than_the_file_was_given_its_settings_on_purpose),
      cmocka_unit_test(a_file_that_everybody_may_read_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
