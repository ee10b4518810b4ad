/* The look inside of web: reading its answer, when a shadow collect is due, what it adds to the mounted volume, and what is made of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/host/disk_codes.h"
#include "checks/host/disk_judge.h"
#include "checks/theme/theme_codes.h"
#include "checks/theme/theme_history.h"
#include "checks/theme/theme_inside.h"
#include "checks/web/nginx_manners.h"

#define DEFAULT_CSS "body{color:#30bfd3}"
#define CPA_CSS "body{color:#00B7B7}.more{}"

static char name_default[] = "default", name_cpa[] = "cpa";
static char *both[] = {name_default, name_cpa, NULL};

/* An answer of the program: what a healthy web says, with pieces of it replaced. */
struct answer {
  const char *scratch, *stored, *built, *serving, *root, *shadow, *log, *generation, *stamp;
};

static char *entry(const char *css) {
  char digest[65];
  if (!css) return xstrdup("null");
  text_sha256(css, strlen(css), digest);
  return text_format("[%zu,\"%s\"]", strlen(css), digest);
}

static struct inside parse(const struct answer *answer) {
  auto_free char *scratch = entry(answer->scratch ? answer->scratch : DEFAULT_CSS),
                 *built = entry(answer->built ? answer->built : DEFAULT_CSS), *cpa = entry(CPA_CSS),
                 *stored = entry(answer->stored ? answer->stored : DEFAULT_CSS), *script = entry("var ej;");
  auto_free char *output = text_format(
      "PATH /app/lib/themes/default/assets False\nRocket.Chat integration is ON\n\nEJMON {\"app\":\"/app\",\"user\":1000,\"generation\":%s,"
      "\"theme\":\"default\",\"serving\":%s,\"themes\":[\"cpa\",\"default\"],\"stamp\":\"%s\","
      "\"files\":{\"lib/build/css/main.css\":%s,\"lib/build/css/main-default.min.css\":%s,\"lib/build/css/main-cpa.min.css\":%s,"
      "\"lib/build/js/main.js\":%s,\"static/css/main.css\":%s,\"static/css/main-default.min.css\":%s,\"static/css/main-cpa.min.css\":%s,"
      "\"static/js/main.js\":%s,\"static/manifest.json\":null},\"root\":%s,"
      "\"space\":[{\"what\":\"static\",\"path\":\"/app/local/static\",\"free\":9000000000,\"size\":20000000000,\"inodes\":500000}],"
      "\"log\":%s%s%s}\nand a last word\n",
      answer->generation ? answer->generation : "\"A\"",
      answer->serving ? answer->serving : "{\"seen\":true,\"theme\":\"default\",\"argument\":null,\"runserver\":false,\"user\":1000}",
      answer->stamp ? answer->stamp : "s1", scratch, built, cpa, script, stored, built, cpa, script,
      answer->root ? answer->root
                   : "{\"there\":true,\"owner\":1000,\"mode\":493,\"unwritable\":null,\"path\":\"/app/local/static\",\"elsewhere\":false,"
                     "\"attempts\":[]}",
      answer->log ? answer->log : "null", answer->shadow ? ",\"shadow\":" : "", answer->shadow ? answer->shadow : "");
  struct inside inside;
  char *error = NULL;
  assert_int_equal(inside_parse(output, strlen(output), &inside, &error), 0);
  assert_null(error);
  return inside;
}

static void an_answer_is_found_behind_the_settings_own_talk(void **state) {
  (void)state;
  struct inside inside = parse(&(struct answer){0});
  assert_string_equal(inside.app, "/app");
  assert_string_equal(inside.generation, "A");
  assert_string_equal(inside_process_theme(&inside), "default");
  assert_true(inside.root_there && !inside.root_elsewhere && !inside.unwritable);
  assert_int_equal(strings_count(inside.themes), 2);
  assert_true(inside_find(&inside, "lib/build/css/main.css")->present);
  assert_false(inside_find(&inside, "static/manifest.json")->present);
  assert_null(inside_find(&inside, "static/img/logo/logo.svg"));
  assert_true(inside.statics.seen && !inside.logs.seen);
  inside_free(&inside);
}

static void what_is_no_answer_is_an_error_with_its_last_words(void **state) {
  (void)state;
  static const struct {
    const char *output, *words;
    int result;
  } rows[] = {
      {"", "no answer", -EPROTO},
      {"bash: python: command not found\n", "command not found", -EPROTO},
      {"\nEJMON {\"app\":", "cannot be read", -EPROTO},
      {"\nEJMON []", "cannot be read", -EPROTO},
      {"\nEJMON {\"error\":\"no manage.py in /app\"}\n", "no manage.py in /app", -EIO},
      {"\nEJMON {\"error\":[1]}\n", "no reason", -EIO},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct inside inside;
    auto_free char *error = NULL;
    assert_int_equal(inside_parse(rows[i].output, strlen(rows[i].output), &inside, &error), rows[i].result);
    assert_non_null(strstr(error, rows[i].words));
    inside_free(&inside);
  }
}

static void values_of_the_wrong_kind_are_left_out(void **state) {
  (void)state;
  static const char output[] =
      "\nEJMON {\"app\":7,\"user\":\"x\",\"generation\":\"Z\",\"theme\":{},\"serving\":3,\"themes\":[1,null,\"cpa\"],\"files\":{\"a\":[1],"
      "\"b\":[-5,\"zz\"],\"c\":null,\"d\":\"x\"},\"root\":[],\"space\":[{\"what\":\"static\"},4],\"log\":{\"path\":1},"
      "\"shadow\":{\"files\":3,\"differences\":{\"css\":{\"stale\":[2,[[1,2],\"x\",null]]}}}}";
  struct inside inside;
  auto_free char *error = NULL;
  assert_int_equal(inside_parse(output, strlen(output), &inside, &error), 0);
  assert_true(!inside.app && !inside.generation && !inside.theme && !inside.serving && !inside.root_there && !inside.log);
  assert_int_equal(inside.user, -1);
  assert_int_equal(strings_count(inside.themes), 1);
  assert_int_equal(inside.file_count, 2);
  assert_int_equal(inside_find(&inside, "b")->size, 0);
  assert_false(inside.statics.seen);
  assert_true(inside.shadow.done);
  assert_int_equal(inside.shadow.differences[GROUP_CSS][DIFFER_STALE].count, 2);
  inside_free(&inside);
}

static void the_command_line_outranks_the_environment(void **state) {
  (void)state;
  struct inside inside =
      parse(&(struct answer){.serving = "{\"seen\":true,\"theme\":\"default\",\"argument\":\"cpa\",\"runserver\":false,\"user\":1000}"});
  assert_string_equal(inside_process_theme(&inside), "cpa");
  inside_free(&inside);
  inside = parse(&(struct answer){.serving = "{\"seen\":false,\"theme\":null,\"argument\":null,\"runserver\":false,\"user\":0}"});
  assert_null(inside_process_theme(&inside));
  inside_free(&inside);
  inside = parse(&(struct answer){.serving = "null"});
  assert_null(inside_process_theme(&inside));
  inside_free(&inside);
}

/* --- the shadow collect ------------------------------------------------------------------------------------------------------ */

#define FOUND "{\"files\":9,\"differences\":{\"asset\":{\"stale\":[1,[[\"img/a.svg\",null]]]}}}"
#define CLEAN "{\"files\":9,\"differences\":{}}"

static void look(struct theme_inside *kept, const char *shadow, const char *stamp, double now) {
  inside_free(&kept->seen);
  kept->seen = parse(&(struct answer){.shadow = shadow, .stamp = stamp});
  kept->looked = true;
  theme_inside_keep(kept, now);
}

static void a_shadow_collect_is_due_at_first_after_a_change_and_hourly(void **state) {
  (void)state;
  struct theme_inside kept = {0};
  const char *stamp;
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 10, 30, &stamp), "shadow");
  assert_null(stamp);
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, true, 10, 30, &stamp), "look"); /* compared already */
  assert_string_equal(theme_inside_verb(&kept, SHADOW_ALWAYS, true, 10, 30, &stamp), "shadow");
  assert_string_equal(theme_inside_verb(&kept, SHADOW_NEVER, false, 10, 30, &stamp), "look");
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 10, 2, &stamp), "look"); /* no time for it */

  look(&kept, CLEAN, "s1", 10);
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 20, 30, &stamp), "look");
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 10 + SHADOW_PAUSE_SECONDS, 30, &stamp), "shadow");
  assert_string_equal(stamp, "s1");
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 10 + SHADOW_SECONDS, 30, &stamp), "shadow");
  assert_null(stamp);

  look(&kept, FOUND, "s2", 100); /* a repair shall not wait to be believed */
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 101, 30, &stamp), "shadow");
  assert_string_equal(stamp, "s2");

  look(&kept, "{\"error\":\"too slow\"}", "s3", 200);
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 201, 30, &stamp), "look");
  assert_string_equal(theme_inside_verb(&kept, SHADOW_AUTO, false, 200 + SHADOW_FAILED_SECONDS, 30, &stamp), "shadow");
  theme_inside_free(&kept);
}

static void a_shadow_collect_counts_while_the_files_stay_the_same(void **state) {
  (void)state;
  struct theme_inside kept = {0};
  struct theme_file minified[3] = {{0}};
  look(&kept, FOUND, "s1", 10);
  struct theme_volume_sight sight = {.volume_error = -ENODATA, .sources_error = -ENODATA};
  theme_inside_merge(&kept, both, "default", minified, &sight);
  assert_true(sight.compared);
  assert_string_equal(sight.differences[GROUP_ASSET][DIFFER_STALE].examples[0], "img/a.svg");
  assert_int_equal(sight.keys[KEY_MAIN_CSS].presence, THEME_PRESENT);
  assert_int_equal(sight.keys[KEY_MANIFEST].presence, THEME_ABSENT);
  assert_int_equal(sight.keys[KEY_LOGO].presence, THEME_NOT_LOOKED);
  assert_int_equal(sight.build_js.presence, THEME_PRESENT);
  look(&kept, NULL, "s2", 12);
  sight = (struct theme_volume_sight){.volume_error = -ENODATA, .sources_error = -ENODATA};
  theme_inside_merge(&kept, both, "default", minified, &sight);
  assert_false(sight.compared);
  theme_inside_free(&kept);
}

static void a_file_known_by_its_digest_equals_one_known_by_its_bytes(void **state) {
  (void)state;
  char digest[65];
  text_sha256(CPA_CSS, strlen(CPA_CSS), digest);
  struct theme_file bytes = {.presence = THEME_PRESENT, .bytes = CPA_CSS, .length = strlen(CPA_CSS)};
  struct theme_file known = {.presence = THEME_PRESENT, .length = strlen(CPA_CSS), .digest = digest};
  struct theme_file unknown = {.presence = THEME_PRESENT, .length = strlen(CPA_CSS)};
  assert_true(theme_file_equal(&bytes, &known) && theme_file_equal(&known, &bytes) && theme_file_equal(&known, &known));
  assert_false(theme_file_equal(&bytes, &unknown) || theme_file_equal(&unknown, &unknown));
  digest[0] = digest[0] == 'a' ? 'b' : 'a';
  assert_false(theme_file_equal(&bytes, &known));
  assert_false(theme_file_is_part(&unknown, &bytes) || theme_json_is_cut(&unknown) || theme_svg_is_cut(&unknown));
}

/* --- what is made of it ------------------------------------------------------------------------------------------------------ */

static void assert_judged(const struct answer *answer, const char *css, const char *codes) {
  struct inside inside = parse(answer);
  const struct theme_sight sight = {.desired = "default", .themes = both, .inside = &inside};
  struct findings findings = {0};
  theme_judge_inside(&sight, css, &findings);
  auto_text struct text saw = {0};
  for (size_t i = 0; i < findings.count; i++) text_printf(&saw, "%s%s", i ? " " : "", findings.items[i].code->name);
  assert_string_equal(text_get(&saw), codes);
  findings_free(&findings);
  inside_free(&inside);
}

static void each_state_of_the_container_has_its_name(void **state) {
  (void)state;
  assert_judged(&(struct answer){0}, "default", "");
  assert_judged(&(struct answer){.scratch = ""}, "default", "theme/scratch-css-empty");
  assert_judged(&(struct answer){.scratch = "", .built = ""}, NULL, ""); /* the image's trouble, told elsewhere */
  assert_judged(&(struct answer){.scratch = CPA_CSS}, "default", "theme/scratch-css-other");
  assert_judged(&(struct answer){.scratch = "of no theme"}, "default", "");
  assert_judged(&(struct answer){0}, "cpa", "theme/collected-elsewhere");
  assert_judged(&(struct answer){.scratch = CPA_CSS}, "cpa", "theme/scratch-css-other");
  assert_judged(&(struct answer){.root = "{\"there\":true,\"path\":\"/srv/static\",\"elsewhere\":true}"}, "default",
                "theme/static-root-other");
  assert_judged(&(struct answer){.serving = "{\"seen\":true,\"theme\":null,\"argument\":null,\"runserver\":true,\"user\":0}"}, "default",
                "theme/served-by-web");
}

/* The image may have been built with a theme that no configuration names. */
static void a_theme_that_only_the_image_knows_is_named_by_its_bytes(void **state) {
  (void)state;
  static const char css[] = "body{color:#00b7b7}.verde{}", older[] = "body{color:#00b7b7}.older{}";
  char verde[] = "verde", *names[] = {verde, NULL}, path[] = "lib/build/css/main-verde.min.css";
  struct inside_file built = {.path = path, .present = true, .size = strlen(css)};
  text_sha256(css, strlen(css), built.digest);
  struct inside inside = {.themes = names, .files = &built, .file_count = 1};
  struct theme_file minified[2] = {{.presence = THEME_PRESENT, .bytes = DEFAULT_CSS, .length = strlen(DEFAULT_CSS)}};
  static const char manifest[] = "{\"short_name\": \"EJ\"}";
  static const struct {
    const char *desired, *css, *theme;
    bool wrong, unknown;
  } rows[] = {{NULL, css, "verde", false, false},
              {"default", css, "verde", true, false},
              {NULL, older, NULL, false, false}, /* neither known nor wanted */
              {"verde", older, NULL, false, true}};
  for (size_t i = 0; i < countof(rows); i++) {
    char *tried[] = {name_default, rows[i].unknown ? verde : name_cpa, NULL};
    struct theme_sight sight = {.desired = rows[i].desired, .themes = tried, .minified = minified, .inside = &inside};
    sight.keys[KEY_MAIN_CSS] = (struct theme_file){.presence = THEME_PRESENT, .bytes = rows[i].css, .length = strlen(rows[i].css)};
    sight.keys[KEY_MANIFEST] = (struct theme_file){.presence = THEME_PRESENT, .bytes = manifest, .length = strlen(manifest)};
    struct findings findings = {0};
    theme_judge(&sight, &findings);
    assert_true(text_equal(theme_judge_css(&sight), rows[i].theme));
    assert_true((findings_find(&findings, "theme/css-wrong-theme") != NULL) == rows[i].wrong);
    assert_true((findings_find(&findings, "theme/css-unknown") != NULL) == rows[i].unknown);
    assert_null(findings_find(&findings, "theme/mixed-assets"));
    assert_true(findings_passed(&findings, THEME_CSS_UNKNOWN.name) == (rows[i].theme && !rows[i].wrong));
    findings_free(&findings);
  }
}

static void the_page_tells_a_moved_static_url_only_when_nothing_is_there(void **state) {
  (void)state;
  static const struct {
    const char *html, *found;
  } rows[] = {
      {"<script src=\"/static/js/main.js\" defer></script>", NULL},
      {"<link href=\"/static/css/main.css\"><script src=\"/assets/js/main.js?1\" defer></script>", "/assets/js/main.js"},
      {"<link HREF=\"https://cdn.example.org/ej/css/main.css\">", "https://cdn.example.org/ej/css/main.css"},
      {"<a href=\"/about/\">x</a><img src=\"/media/logo.svg\">", NULL},
      {"<script src=\"/assets/js/main.js", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *found = theme_foreign_static(rows[i].html, strlen(rows[i].html));
    assert_true(text_equal(found, rows[i].found));
  }
  static const struct {
    int status;
    size_t found, passed;
  } answers[] = {{404, 1, 0}, {200, 0, 1}, {0, 0, 0}};
  for (size_t i = 0; i < countof(answers); i++) {
    const struct theme_sight sight = {.page_seen = true, .foreign_static = "/assets/js/main.js", .foreign_status = answers[i].status};
    struct findings findings = {0};
    theme_judge_inside(&sight, NULL, &findings);
    assert_int_equal(findings.count, answers[i].found);
    assert_int_equal(findings_passed(&findings, THEME_STATIC_URL_OTHER.name), answers[i].passed);
    findings_free(&findings);
  }
}

static void an_old_copy_is_a_caches_when_nginx_has_another(void **state) {
  (void)state;
  static const char svg[] = "<svg></svg>", json[] = "{\"short_name\": \"CPA\"}", old_json[] = "{\"short_name\": \"EJ\"}";
  struct theme_file minified[] = {{.presence = THEME_PRESENT, .bytes = DEFAULT_CSS, .length = strlen(DEFAULT_CSS)},
                                  {.presence = THEME_PRESENT, .bytes = CPA_CSS, .length = strlen(CPA_CSS)}};
  struct theme_file origin[KEY_COUNT] = {minified[1],
                                         {.presence = THEME_PRESENT, .bytes = json, .length = strlen(json)},
                                         {.presence = THEME_PRESENT, .bytes = svg, .length = strlen(svg)},
                                         {.presence = THEME_PRESENT, .bytes = "x", .length = 1}};
  struct theme_sight sight = {.desired = "cpa", .themes = both, .minified = minified, .page_theme = "cpa", .origin_name = "nginx itself"};
  memcpy(sight.keys, origin, sizeof origin);
  sight.keys[KEY_MAIN_CSS] = minified[0];
  sight.keys[KEY_MAIN_CSS].note = "Age: 120, X-Cache: HIT";
  sight.keys[KEY_MANIFEST].bytes = old_json;
  sight.keys[KEY_MANIFEST].length = strlen(old_json);
  struct findings findings = {0};
  theme_judge(&sight, &findings); /* nobody asked nginx */
  assert_non_null(findings_find(&findings, "theme/css-wrong-theme"));
  assert_null(findings_find(&findings, "theme/cache-stale"));
  assert_false(findings_passed(&findings, "theme/cache-stale"));
  findings_free(&findings);
  sight.origin = origin;
  findings = (struct findings){0};
  theme_judge(&sight, &findings);
  assert_int_equal(findings.count, 1);
  assert_ptr_equal(findings.items[0].code, &THEME_CACHE_STALE);
  findings_free(&findings);
}

static void headers_tell_a_cache_from_none(void **state) {
  (void)state;
  assert_true(theme_note_tells_cache("Server: nginx, Age: 12"));
  assert_true(theme_note_tells_cache("X-Cache: HIT"));
  assert_false(theme_note_tells_cache("Server: nginx, Age: 0"));
  assert_false(theme_note_tells_cache("Server: nginx, X-Cache-Status: MISS"));
  assert_false(theme_note_tells_cache(NULL));
}

static void a_theme_that_is_put_back_twice_is_somebody_elses(void **state) {
  (void)state;
  struct theme_history history = {0};
  theme_history_note(&history, 1, "default", "default", "");
  theme_history_note(&history, 2, "cpa", "default", "");
  assert_int_equal(theme_history_relapses(&history, 3), 1);
  theme_history_note(&history, 4, "default", "default", ""); /* healed: no relapse */
  assert_int_equal(theme_history_relapses(&history, 5), 1);
  theme_history_note(&history, 6, "cpa", "default", "attempt "); /* the undo of ours */
  assert_int_equal(theme_history_relapses(&history, 7), 1);
  theme_history_note(&history, 8, "default", "default", "attempt ");
  theme_history_note(&history, 9, "cpa", "default", "attempt ");
  assert_int_equal(theme_history_relapses(&history, 10), HISTORY_FLIP_LIMIT);
  assert_int_equal(theme_history_relapses(&history, 10 + HISTORY_WINDOW_SECONDS), 0);
  theme_history_free(&history);
  for (size_t relapses = HISTORY_FLIP_LIMIT - 1; relapses <= HISTORY_FLIP_LIMIT; relapses++) {
    const struct theme_sight sight = {.desired = "default", .themes = both, .history = true, .relapses = relapses};
    struct findings findings = {0};
    theme_judge_inside(&sight, "cpa", &findings);
    assert_int_equal(findings_find(&findings, "theme/volume-flips") != NULL, relapses == HISTORY_FLIP_LIMIT);
    assert_int_equal(findings_passed(&findings, "theme/volume-flips"), relapses < HISTORY_FLIP_LIMIT);
    findings_free(&findings);
  }
}

/* --- disks and nginx --------------------------------------------------------------------------------------------------------- */

static void assert_disk(const struct disk_sight *sight, const struct disk_limits *limits, const char *codes) {
  struct findings findings = {0};
  disk_judge(sight, limits, &findings);
  auto_text struct text saw = {0};
  for (size_t i = 0; i < findings.count; i++) text_printf(&saw, "%s%s", i ? " " : "", findings.items[i].code->name);
  assert_string_equal(text_get(&saw), codes);
  findings_free(&findings);
}

static struct inside_space space(unsigned long long free_bytes, unsigned long long size, long long inodes) {
  static char path[] = "/volume";
  return (struct inside_space){.seen = true, .path = path, .free = free_bytes, .size = size, .inodes = inodes};
}

static void a_small_volume_may_have_little_room(void **state) {
  (void)state;
  const unsigned long long mib = 1 << 20;
  const struct disk_limits limits = {.log = 1 << 30, .inodes = 2000};
  assert_disk(&(struct disk_sight){.statics = space(5000 * mib, 20000 * mib, -1)}, &limits, "");
  assert_disk(&(struct disk_sight){.statics = space(30 * mib, 100 * mib, 50000)}, &limits, "");
  assert_disk(&(struct disk_sight){.statics = space(9 * mib, 100 * mib, 50000)}, &limits, "disk/space-low");
  assert_disk(&(struct disk_sight){.statics = space(400 * mib, 20000 * mib, 50000)}, &limits, "disk/space-low");
  assert_disk(&(struct disk_sight){.statics = space(0, 100 * mib, 50000)}, &limits, "disk/space-full");
  assert_disk(&(struct disk_sight){.statics = space(5000 * mib, 20000 * mib, 10)}, &limits, "disk/inodes-full");
  assert_disk(&(struct disk_sight){.logs = space(50 * mib, 20000 * mib, 50000), .log = "/debug.log", .log_size = 3ull << 30}, &limits,
              "disk/space-full disk/log-large");
  assert_disk(&(struct disk_sight){.why = "no way in"}, &limits, "disk/unseen");
  const struct disk_limits strict = {.space_low = 6000 * mib, .log = 1 << 30};
  assert_disk(&(struct disk_sight){.statics = space(5000 * mib, 20000 * mib, -1)}, &strict, "disk/space-low");
}

static void a_folder_that_web_may_not_write_to_is_told(void **state) {
  (void)state;
  const struct disk_limits limits = {.log = 1 << 30, .inodes = 2000};
  struct inside inside =
      parse(&(struct answer){.root = "{\"there\":true,\"owner\":0,\"mode\":493,\"unwritable\":\"/app/local/static\",\"path\":"
                                     "\"/app/local/static\",\"elsewhere\":false,\"attempts\":[]}",
                             .log = "{\"path\":\"/app/local/logs/debug.log\",\"size\":5000000000,\"disk\":1}"});
  assert_disk(&(struct disk_sight){.inside = &inside}, &limits, "disk/static-not-writable disk/log-large");
  inside_free(&inside);
}

static void an_upload_limit_is_read_as_nginx_reads_it(void **state) {
  (void)state;
  static const struct {
    const char *dump;
    bool unlimited;
  } rows[] = {
      {"server {\n  client_max_body_size 0;\n}", true},
      {"client_max_body_size\t0m ;", true},
      {"  # client_max_body_size 0;\n", false},
      {"client_max_body_size 20m;", false},
      {"client_max_body_size 0", false},
      {"client_max_body_size 0.5;", false},
      {"", false},
  };
  for (size_t i = 0; i < countof(rows); i++)
    assert_int_equal(nginx_dump_is_unlimited(rows[i].dump, strlen(rows[i].dump)), rows[i].unlimited);
}

static void only_a_public_name_wants_tls(void **state) {
  (void)state;
  static const char *const inner[] = {"http://nginx", "http://127.0.0.1:8080", "http://[::1]/", "http://ej.local/", "nonsense"};
  for (size_t i = 0; i < countof(inner); i++) assert_false(nginx_url_is_public(inner[i]));
  assert_true(nginx_url_is_public("http://ej.example.org/"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_is_found_behind_the_settings_own_talk),
      cmocka_unit_test(what_is_no_answer_is_an_error_with_its_last_words),
      cmocka_unit_test(values_of_the_wrong_kind_are_left_out),
      cmocka_unit_test(the_command_line_outranks_the_environment),
      cmocka_unit_test(a_shadow_collect_is_due_at_first_after_a_change_and_hourly),
      cmocka_unit_test(a_shadow_collect_counts_while_the_files_stay_the_same),
      cmocka_unit_test(a_file_known_by_its_digest_equals_one_known_by_its_bytes),
      cmocka_unit_test(each_state_of_the_container_has_its_name),
      cmocka_unit_test(a_theme_that_only_the_image_knows_is_named_by_its_bytes),
      cmocka_unit_test(the_page_tells_a_moved_static_url_only_when_nothing_is_there),
      cmocka_unit_test(an_old_copy_is_a_caches_when_nginx_has_another),
      cmocka_unit_test(headers_tell_a_cache_from_none),
      cmocka_unit_test(a_theme_that_is_put_back_twice_is_somebody_elses),
      cmocka_unit_test(a_small_volume_may_have_little_room),
      cmocka_unit_test(a_folder_that_web_may_not_write_to_is_told),
      cmocka_unit_test(an_upload_limit_is_read_as_nginx_reads_it),
      cmocka_unit_test(only_a_public_name_wants_tls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
