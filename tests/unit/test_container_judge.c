/* What a stack's containers tell, without an engine: made-up members as docker_stack.h describes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/host/container_judge.h"

#define NOW 1795560000.0
#define TEXT(string) \
  (char[]) {         \
    string           \
  }

static struct docker_mount static_of_web = {TEXT("volume"), TEXT("deploy_static"), TEXT("/var/lib/docker/volumes/deploy_static/_data"),
                                            TEXT("/app/local/static"), false};
static struct docker_mount static_of_nginx = {TEXT("volume"), TEXT("deploy_static"), TEXT("/var/lib/docker/volumes/deploy_static/_data"),
                                              TEXT("/usr/share/nginx/html/static"), false};
static struct docker_mount bound_parent = {TEXT("bind"), TEXT(""), TEXT("/srv/ej/local/"), TEXT("/app/local/"), false};

static char web_name[] = "web", nginx_name[] = "nginx", postgres_name[] = "postgres", rocketchat_name[] = "rocketchat", deploy[] = "deploy",
            copy[] = "copy", image[] = "ej/web:latest", image_id[] = "sha256:00", running[] = "running", nothing[] = "";

static struct docker_member member(char *service, struct docker_mount *mount) {
  return (struct docker_member){.id = image_id,
                                .name = service,
                                .service = service,
                                .project = deploy,
                                .image = image,
                                .image_id = image_id,
                                .state = running,
                                .mounts = mount,
                                .mount_count = mount ? 1 : 0,
                                .close = true,
                                .error = nothing,
                                .started = NOW - 3600};
}

static struct findings judge(struct docker_member *members, size_t count) {
  struct docker_stack stack = {.members = members, .count = count, .project = deploy};
  struct container_view view = {.stack = &stack,
                                .services = {"web", "nginx", "postgres", "mongo", "rocketchat"},
                                .web_static = "/app/local/static",
                                .nginx_static = "/usr/share/nginx/html/static",
                                .now = NOW};
  struct findings findings = {0};
  container_judge(&view, &findings);
  return findings;
}

static bool found(const struct findings *findings, const char *code) {
  return findings_find(findings, code) != NULL;
}

static void a_sound_stack_raises_nothing_and_passes_what_was_seen(void **state) {
  (void)state;
  struct docker_member members[] = {member(web_name, &static_of_web), member(nginx_name, &static_of_nginx)};
  struct findings findings = judge(members, 2);
  assert_int_equal(findings.count, 0);
  assert_true(findings_passed(&findings, "containers/web-down") && findings_passed(&findings, "containers/static-not-shared"));
  assert_false(findings_passed(&findings, "containers/postgres-down"));
  assert_false(findings_passed(&findings, "containers/root-url"));
  findings_free(&findings);
}

static void a_young_run_after_many_restarts_is_a_loop_and_an_old_one_is_not(void **state) {
  (void)state;
  struct docker_member web = member(web_name, &static_of_web);
  web.restart_count = 40;
  struct findings findings = judge(&web, 1);
  assert_false(found(&findings, "containers/web-down"));
  findings_free(&findings);
  web.started = NOW - 5;
  findings = judge(&web, 1);
  assert_non_null(strstr(findings_find(&findings, "containers/web-down")->summary, "again and again"));
  findings_free(&findings);
  char restarting[] = "restarting";
  web.state = restarting;
  web.exit_code = 7;
  findings = judge(&web, 1);
  assert_non_null(strstr(findings_find(&findings, "containers/web-down")->summary, "exit code 7"));
  findings_free(&findings);
  web.state = running;
  web.restart_count = 1;
  findings = judge(&web, 1);
  assert_false(found(&findings, "containers/web-down"));
  findings_free(&findings);
}

static void every_state_that_does_not_serve_is_told(void **state) {
  (void)state;
  static const char *const states[] = {"created", "restarting", "removing", "exited", "dead", "paused"};
  for (size_t i = 0; i < countof(states); i++) {
    char word[16];
    strncpy(word, states[i], sizeof word - 1);
    word[sizeof word - 1] = '\0';
    struct docker_member nginx = member(nginx_name, NULL);
    nginx.state = word;
    struct findings findings = judge(&nginx, 1);
    assert_true(found(&findings, "containers/nginx-down"));
    findings_free(&findings);
  }
}

static void a_path_comes_from_the_nearest_mount_above_it(void **state) {
  (void)state;
  struct docker_mount mounts[] = {bound_parent, static_of_web};
  struct docker_member web = member(web_name, mounts);
  web.mount_count = 2;
  const struct docker_mount *mount;
  auto_free char *source = container_source(&web, "/app/local/static", &mount);
  assert_string_equal(source, "/var/lib/docker/volumes/deploy_static/_data");
  web.mount_count = 1;
  auto_free char *below = container_source(&web, "/app/local/static", &mount);
  assert_string_equal(below, "/srv/ej/local/static");
  auto_free char *other = container_source(&web, "/app/localities", &mount);
  assert_null(other);
}

static void one_folder_by_two_ways_is_shared(void **state) {
  (void)state;
  struct docker_mount nginx_mount = {TEXT("bind"), TEXT(""), TEXT("/srv/ej/local/static"), TEXT("/usr/share/nginx/html/static"), false};
  struct docker_member members[] = {member(web_name, &bound_parent), member(nginx_name, &nginx_mount)};
  struct findings findings = judge(members, 2);
  assert_true(findings_passed(&findings, "containers/static-not-shared"));
  assert_int_equal(findings_find(&findings, "containers/static-bind")->severity, SEVERITY_INFO);
  findings_free(&findings);
  members[1].mount_count = 0;
  findings = judge(members, 2);
  assert_true(found(&findings, "containers/static-not-shared"));
  findings_free(&findings);
}

static void a_volume_under_a_path_of_ones_own_is_nothing_that_is_known(void **state) {
  (void)state;
  struct docker_mount elsewhere = {TEXT("volume"), TEXT("deploy_static"), TEXT("/var/lib/docker/volumes/deploy_static/_data"),
                                   TEXT("/srv/static"), false};
  struct docker_member members[] = {member(web_name, &static_of_web), member(nginx_name, &elsewhere)};
  struct findings findings = judge(members, 2);
  assert_false(found(&findings, "containers/static-not-shared"));
  assert_false(findings_passed(&findings, "containers/static-not-shared"));
  findings_free(&findings);
}

static void a_process_that_was_killed_in_a_run_that_lasts_is_only_worth_knowing(void **state) {
  (void)state;
  struct docker_member members[] = {member(web_name, &static_of_web), member(postgres_name, NULL)};
  members[0].oom_killed = true;
  struct findings findings = judge(members, 2);
  assert_int_equal(findings_find(&findings, "containers/out-of-memory")->severity, SEVERITY_INFO);
  findings_free(&findings);
  static char exited[] = "exited";
  members[1].oom_killed = true;
  members[1].state = exited;
  findings = judge(members, 2);
  assert_int_equal(findings_find(&findings, "containers/out-of-memory")->severity, SEVERITY_CRITICAL);
  assert_non_null(strstr(findings_find(&findings, "containers/out-of-memory")->summary, "postgres"));
  findings_free(&findings);
}

static void another_project_on_the_volume_is_told_and_our_own_containers_are_not(void **state) {
  (void)state;
  struct docker_member members[] = {member(web_name, &static_of_web), member(nginx_name, &static_of_nginx),
                                    member(web_name, &static_of_web)};
  members[2].one_off = true;
  struct findings findings = judge(members, 3);
  assert_true(findings_passed(&findings, "containers/static-two-projects") && found(&findings, "containers/one-off"));
  findings_free(&findings);
  members[2].one_off = members[2].close = false;
  members[2].project = copy;
  findings = judge(members, 3);
  assert_true(found(&findings, "containers/static-two-projects") && !found(&findings, "containers/one-off"));
  findings_free(&findings);
  struct docker_mount only_read = static_of_web;
  only_read.read_only = true;
  members[2].mounts = &only_read;
  findings = judge(members, 3);
  assert_true(findings_passed(&findings, "containers/static-two-projects"));
  findings_free(&findings);
}

static void a_database_port_counts_only_where_others_can_reach_it(void **state) {
  (void)state;
  static const struct {
    const char *address;
    long inside;
    bool open;
  } rows[] = {{"", 5432, true},           {"0.0.0.0", 27017, true}, {"::", 5432, true}, {"10.0.0.5", 5432, true},
              {"127.0.0.1", 5432, false}, {"::1", 27017, false},    {"", 80, false}};
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *address = xstrdup(rows[i].address);
    struct docker_port port = {.address = address, .inside = rows[i].inside, .outside = rows[i].inside};
    struct docker_member postgres = member(postgres_name, NULL);
    postgres.ports = &port;
    postgres.port_count = 1;
    struct findings findings = judge(&postgres, 1);
    assert_int_equal(found(&findings, "containers/port-published"), rows[i].open);
    findings_free(&findings);
  }
}

static void images_of_mongodb_without_a_version_are_known(void **state) {
  (void)state;
  static const char *const unpinned[] = {"mongo", "mongo:latest", "ej/mongo", "registry:5000/ej/mongo:latest"};
  static const char *const pinned[] = {"mongo:4.0", "ej/mongo:1", "mongo@sha256:00", "mongo-express", "notmongo"};
  for (size_t i = 0; i < countof(unpinned); i++) assert_true(container_image_unpinned(unpinned[i]));
  for (size_t i = 0; i < countof(pinned); i++) assert_false(container_image_unpinned(pinned[i]));
}

static void malformed_root_urls_are_known(void **state) {
  (void)state;
  static const char *const bad[] = {"http://https://chat.example.org:3000",
                                    "http://https:3000",
                                    "chat.example.org",
                                    "http://:3000",
                                    "http://",
                                    "http://chat:80:3000",
                                    "http://\"chat\":3000"};
  static const char *const good[] = {"http://rocketchat:3000", "https://chat.example.org", "https://chat.example.org/sub/",
                                     "http://[::1]:3000"};
  for (size_t i = 0; i < countof(bad); i++) assert_non_null(container_root_url_fault(bad[i]));
  for (size_t i = 0; i < countof(good); i++) assert_null(container_root_url_fault(good[i]));
}

static void variables_of_rocketchat_that_break_the_login_are_told_without_their_values(void **state) {
  (void)state;
  char *environment[] = {TEXT("OVERWRITE_SETTING_Accounts_iframe_url=https://canary.example.org"),
                         TEXT("SETTINGS_HIDDEN=Site_Url, Accounts_iframe_enabled"), TEXT("MAX_RESUME_LOGIN_TOKENS=3"),
                         TEXT("ROOT_URL=https://chat.example.org"), NULL};
  struct docker_member chat = member(rocketchat_name, NULL);
  chat.environment = environment;
  struct findings findings = judge(&chat, 1);
  assert_int_equal(findings_find(&findings, "containers/setting-pinned")->severity, SEVERITY_INFO);
  assert_null(strstr(findings_find(&findings, "containers/setting-pinned")->evidence[0].saw, "canary"));
  assert_true(found(&findings, "containers/setting-hidden") && found(&findings, "containers/token-limit"));
  assert_true(findings_passed(&findings, "containers/root-url"));
  findings_free(&findings);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sound_stack_raises_nothing_and_passes_what_was_seen),
      cmocka_unit_test(a_young_run_after_many_restarts_is_a_loop_and_an_old_one_is_not),
      cmocka_unit_test(every_state_that_does_not_serve_is_told),
      cmocka_unit_test(a_path_comes_from_the_nearest_mount_above_it),
      cmocka_unit_test(one_folder_by_two_ways_is_shared),
      cmocka_unit_test(a_volume_under_a_path_of_ones_own_is_nothing_that_is_known),
      cmocka_unit_test(a_process_that_was_killed_in_a_run_that_lasts_is_only_worth_knowing),
      cmocka_unit_test(another_project_on_the_volume_is_told_and_our_own_containers_are_not),
      cmocka_unit_test(a_database_port_counts_only_where_others_can_reach_it),
      cmocka_unit_test(images_of_mongodb_without_a_version_are_known),
      cmocka_unit_test(malformed_root_urls_are_known),
      cmocka_unit_test(variables_of_rocketchat_that_break_the_login_are_told_without_their_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
