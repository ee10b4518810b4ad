/* The theme oracle, the judge over it, and the comparison of a volume with its sources. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "checks/check.h"
#include "checks/theme/theme_codes.h"
#include "checks/theme/theme_judge.h"

/* The scenes begin with HEALTHY and override what is ill in them. */
#pragma GCC diagnostic ignored "-Woverride-init"

#define DEFAULT_CSS "body{color:#30bfd3;background:#ff3e72}.end{}"
#define CPA_CSS "body{color:#00B7B7;background:#d20078}.the-end{}"
#define MANIFEST_EJ "{\"name\": \"x\", \"short_name\": \"EJ\"}"
#define MANIFEST_CPA "{\"short_name\":\"CPA\"}"
#define LOGO "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n"
#define SCRIPT "var ej=1;"

static struct theme_file file(const char *text) {
  if (!text) return (struct theme_file){.presence = THEME_ABSENT};
  return (struct theme_file){.presence = THEME_PRESENT, .bytes = text, .length = strlen(text)};
}

static char name_default[] = "default", name_cpa[] = "cpa", name_own[] = "own";

/* A stack as HTTP shows it; NULL is nginx's 404. */
struct scene {
  const char *desired, *css, *manifest, *logo, *script, *min_default, *min_cpa, *page;
};
#define HEALTHY                                                                                                                \
  .css = DEFAULT_CSS, .manifest = MANIFEST_EJ, .logo = LOGO, .script = SCRIPT, .min_default = DEFAULT_CSS, .min_cpa = CPA_CSS, \
  .page = "default"

static void judge(const struct scene *scene, const struct theme_volume_sight *volume, struct findings *out) {
  char *themes[] = {name_default, name_cpa, NULL};
  struct theme_file minified[] = {file(scene->min_default), file(scene->min_cpa)};
  struct theme_sight sight = {
      .desired = scene->desired,
      .themes = themes,
      .keys = {file(scene->css), file(scene->manifest), file(scene->logo), file(scene->script)},
      .minified = minified,
      .page_theme = scene->page,
      .volume = volume,
  };
  theme_judge(&sight, out);
}

/* Found codes as "a b c", in the order of their finding. */
static char *found(const struct findings *findings) {
  struct text text = {0};
  for (size_t i = 0; i < findings->count; i++) text_printf(&text, "%s%s", i ? " " : "", findings->items[i].code->name + strlen("theme/"));
  text_add(&text, "");
  return text.data ? text_steal(&text) : xstrdup("");
}

static void assert_found(const struct scene *scene, const char *codes) {
  struct findings findings = {0};
  judge(scene, NULL, &findings);
  auto_free char *saw = found(&findings);
  assert_string_equal(saw, codes);
  findings_free(&findings);
}

/* --- the oracle -------------------------------------------------------------------------------------------------------------- */

static void a_page_is_named_by_its_own_marks(void **state) {
  (void)state;
  static const struct {
    const char *html, *theme;
  } rows[] = {
      {"<div class=\"landing-page__cover\">", "default"},
      {"<section id=\"how-it-works\">", "default"},
      {"<p>Not part of EJ yet?</p>", "default"},
      {"<h1>Um espaço para adolescentes</h1><div class=\"landing-page__conversations\">", "cpa"},
      {"Não faz parte da Plataforma CPA?", "cpa"},
      {"<div class=\"landing-page__conversations\">", NULL}, /* in both */
      {"Não faz parte do EJ?", NULL},                        /* default in Portuguese: says nothing */
      {"", NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    const char *theme = theme_of_page(rows[i].html, strlen(rows[i].html));
    assert_true(text_equal(theme, rows[i].theme));
  }
}

static void colours_tell_only_when_they_agree(void **state) {
  (void)state;
  assert_string_equal(theme_of_colours("a{color:#30BFD3}", 16), "default");
  assert_string_equal(theme_of_colours("a{color:#d20078}", 16), "cpa");
  assert_null(theme_of_colours("#30bfd3 #d20078", 15));
  assert_null(theme_of_colours("", 0));
}

static void a_manifest_is_read_without_trusting_it(void **state) {
  (void)state;
  assert_string_equal(theme_of_manifest(MANIFEST_EJ, strlen(MANIFEST_EJ)), "default");
  assert_string_equal(theme_of_manifest(MANIFEST_CPA, strlen(MANIFEST_CPA)), "cpa");
  static const char *const odd[] = {"{\"short_name\":",         "{\"short_name\": \"EJ", "{\"short_name\": 3}",
                                    "{\"short_name\":\"EJX\"}", "\"short_name\"",        ""};
  for (size_t i = 0; i < countof(odd); i++) assert_null(theme_of_manifest(odd[i], strlen(odd[i])));
  assert_null(theme_of_manifest(NULL, 0));
}

static void a_name_is_judged_as_ej_reads_it(void **state) {
  (void)state;
  static const char *const good[] = {"default", "cpa", "my-theme_2"};
  for (size_t i = 0; i < countof(good); i++) assert_null(theme_name_fault(good[i]));
  static const struct {
    const char *value, *guess;
  } odd[] = {{"\"cpa\"", "cpa"}, {"'cpa'", "cpa"}, {"lib/themes/cpa/", "cpa"}, {"default/", "default"}, {"$cpa", "cpa"},
             {"cpa ", "cpa"},    {"../x", "x"}};
  for (size_t i = 0; i < countof(odd); i++) {
    assert_non_null(theme_name_fault(odd[i].value));
    auto_free char *guess = theme_name_guess(odd[i].value);
    assert_string_equal(guess, odd[i].guess);
  }
}

static void a_cut_file_is_told_by_its_end(void **state) {
  (void)state;
  struct theme_file whole = file(LOGO), cut = file("<svg><path d=\"M"), comment = file("<svg></svg><!-- made by hand -->"),
                    other = file("GIF89a");
  assert_false(theme_svg_is_cut(&whole));
  assert_true(theme_svg_is_cut(&cut));
  assert_false(theme_svg_is_cut(&comment));
  assert_false(theme_svg_is_cut(&other));
  static const struct {
    const char *text;
    bool cut;
  } roots[] = {{"<svg></svg >", false},
               {"<?xml version=\"1.0\"?><s:svg xmlns:s=\"x\"><s:path/></s:svg>\n", false},
               {"<s:svg><s:path/></s:sv", true},
               {"<svg width='1>'/>", false},
               {"<svg a='/>", true},
               {"<svg><svg/>", true},
               {"<SVG></SVG>", false},
               {"<svg></svg", true},
               {"<svg></svgs>", true},
               {"<svg", true},
               {"<svgs/>", false}};
  for (size_t i = 0; i < countof(roots); i++) {
    struct theme_file logo = file(roots[i].text);
    assert_int_equal(theme_svg_is_cut(&logo), roots[i].cut);
    auto_free char *padded = text_format("%s%2000s", roots[i].text, "\n"); /* more than the last kilobyte */
    logo = file(padded);
    assert_int_equal(theme_svg_is_cut(&logo), roots[i].cut);
  }
  struct theme_file json = file("{\"a\": 1"), good = file(" {\"a\": 1}\n");
  assert_true(theme_json_is_cut(&json));
  assert_false(theme_json_is_cut(&good));
  struct theme_file half = file("body{color:#30b"), all = file(DEFAULT_CSS), none = file("");
  assert_true(theme_file_is_part(&half, &all));
  assert_false(theme_file_is_part(&all, &all));
  assert_false(theme_file_is_part(&none, &all));
}

/* --- the judge --------------------------------------------------------------------------------------------------------------- */

static void a_healthy_stack_has_no_finding_and_passes_what_was_seen(void **state) {
  (void)state;
  struct findings findings = {0};
  judge(&(struct scene){.desired = "default", HEALTHY}, NULL, &findings);
  assert_int_equal(findings.count, 0);
  static const struct code *const passed[] = {&THEME_CSS_EMPTY,   &THEME_CSS_MISSING, &THEME_CSS_WRONG_THEME, &THEME_MIXED_ASSETS,
                                              &THEME_TRUNCATED,   &THEME_JS_MISSING,  &THEME_PROCESS_DIFFERS, &THEME_STATIC_EMPTY,
                                              &THEME_BUILD_EMPTY, &THEME_NOT_SET};
  for (size_t i = 0; i < countof(passed); i++) assert_true(findings_passed(&findings, passed[i]->name));
  /* A stale script cannot be seen over HTTP: it is not passed either. */
  assert_false(findings_passed(&findings, THEME_JS_STALE.name));
  assert_false(findings_passed(&findings, THEME_SERVED_DIFFERS.name));
  assert_string_equal(findings_get_fact(&findings, "theme"), "default");
  findings_free(&findings);
}

static void each_fault_has_its_name(void **state) {
  (void)state;
  static const struct {
    struct scene scene;
    const char *codes;
  } rows[] = {
      {{HEALTHY}, ""}, /* nobody said which theme is wanted */
      {{.desired = "cpa", HEALTHY, .css = CPA_CSS, .page = "cpa"}, "mixed-assets"},
      {{.desired = NULL, HEALTHY, .css = CPA_CSS, .page = "cpa"}, "mixed-assets"},
      {{.desired = "default", HEALTHY, .css = CPA_CSS}, "css-wrong-theme"},
      {{.desired = "cpa", HEALTHY, .page = "cpa"}, "css-wrong-theme assets-wrong-theme"},
      {{.desired = "cpa", HEALTHY}, "css-wrong-theme assets-wrong-theme process-differs"},
      {{.desired = "default", HEALTHY, .page = "cpa"}, "process-differs"},
      {{.desired = "default", HEALTHY, .page = NULL}, ""},                      /* web is down: the pages were not seen */
      {{"default", "ok", "ok", "ok", "ok", "ok", "ok", NULL}, "static-unseen"}, /* a server that says the same to everything */
      {{.desired = "default", HEALTHY, .css = ""}, "css-empty"},
      {{.desired = "default", HEALTHY, .css = "", .min_default = ""}, "build-empty css-empty"},
      {{.desired = "default", HEALTHY, .css = NULL}, "css-missing"},
      {{.desired = "default", HEALTHY, .css = "body{color:#30b"}, "truncated"},
      {{.desired = "default", HEALTHY, .css = "body{color:#30bfd3} of another version"}, "css-unknown"},
      {{HEALTHY, .css = "#30bfd3 of a theme that nobody told of"}, ""},
      {{HEALTHY, .css = "#d20078 of a theme that nobody told of, with default's images"}, ""},
      {{.desired = "default", HEALTHY, .css = "#d20078 of another version"}, "css-wrong-theme"},
      {{.desired = "default", HEALTHY, .manifest = NULL}, "assets-missing"},
      {{.desired = "default", HEALTHY, .manifest = "{\"short_name\": \"EJ\""}, "truncated"},
      {{.desired = "default", HEALTHY, .logo = "<svg><path"}, "truncated"},
      {{.desired = "default", HEALTHY, .script = NULL}, "js-missing"},
      {{.desired = "default", HEALTHY, .script = ""}, "truncated"},
      {{.desired = "default", .page = "default"}, "static-empty"},
      {{.desired = "", HEALTHY}, "not-set"},
      {{.desired = "\"default\"", HEALTHY}, "odd-value"},
      {{.desired = "default", HEALTHY, .css = CPA_CSS, .min_default = CPA_CSS, .min_cpa = CPA_CSS}, "build-mislabelled"},
  };
  for (size_t i = 0; i < countof(rows); i++) assert_found(&rows[i].scene, rows[i].codes);
}

static void a_custom_theme_is_named_by_its_bytes_and_may_inherit(void **state) {
  (void)state;
  char *themes[] = {name_own, name_default, name_cpa, NULL};
  struct theme_file minified[] = {file(".own{}"), file(DEFAULT_CSS), file(CPA_CSS)};
  struct theme_sight sight = {.desired = "own",
                              .themes = themes,
                              .minified = minified,
                              .page_theme = "default",
                              .keys = {file(".own{}"), file(MANIFEST_EJ), file(LOGO), file(SCRIPT)}};
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  assert_int_equal(findings.count, 0);
  assert_true(findings_passed(&findings, THEME_CSS_WRONG_THEME.name));
  findings_free(&findings);
  sight.keys[KEY_MANIFEST] = file(MANIFEST_CPA); /* but not from a third one */
  findings = (struct findings){0};
  theme_judge(&sight, &findings);
  assert_non_null(findings_find(&findings, "theme/mixed-assets"));
  findings_free(&findings);
  const struct theme_volume_sight compared = {.volume_error = -ENODATA, .compared = true};
  sight.volume = &compared; /* unless the image itself holds that file */
  findings = (struct findings){0};
  theme_judge(&sight, &findings);
  assert_int_equal(findings.count, 0);
  findings_free(&findings);
}

static void an_unknown_theme_is_told_from_lost_files(void **state) {
  (void)state;
  char *themes[] = {name_own, name_default, NULL};
  struct theme_file minified[] = {file(NULL), file(DEFAULT_CSS)};
  struct theme_sight sight = {
      .desired = "own", .themes = themes, .minified = minified, .keys = {file(DEFAULT_CSS), file(MANIFEST_EJ), file(LOGO), file(SCRIPT)}};
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  assert_non_null(findings_find(&findings, "theme/unknown"));
  findings_free(&findings);
  minified[1] = file(NULL);
  findings = (struct findings){0};
  theme_judge(&sight, &findings);
  assert_null(findings_find(&findings, "theme/unknown"));
  findings_free(&findings);
}

/* The comparison leaves out a theme whose source is not there: then "no difference" says nothing about that theme. */
static void a_theme_that_the_image_lacks_is_not_what_is_served(void **state) {
  (void)state;
  char *themes[] = {name_default, name_cpa, NULL};
  struct theme_file minified[] = {file(DEFAULT_CSS), file(NULL)};
  struct theme_volume_sight volume = {.compared = true, .build_css = file(NULL)};
  volume.keys[KEY_MAIN_CSS] = file(DEFAULT_CSS);
  struct theme_sight sight = {.desired = "cpa",
                              .themes = themes,
                              .minified = minified,
                              .volume = &volume,
                              .keys = {file(DEFAULT_CSS), file(MANIFEST_EJ), file(LOGO), file(SCRIPT)}};
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  assert_non_null(findings_find(&findings, "theme/unknown"));
  assert_null(findings_find(&findings, "theme/build-mislabelled"));
  findings_free(&findings);
}

static void what_was_not_seen_is_neither_found_nor_passed(void **state) {
  (void)state;
  char *themes[] = {name_default, name_cpa, NULL};
  struct theme_file minified[2] = {{0}};
  struct theme_sight sight = {.desired = "default", .themes = themes, .minified = minified};
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  assert_int_equal(findings.count, 1);
  assert_ptr_equal(findings.items[0].code, &THEME_STATIC_UNSEEN);
  assert_int_equal(findings.passed_count, 0);
  assert_int_equal(findings_status(&findings), STATUS_UNKNOWN);
  findings_free(&findings);
}

/* A firewall that refuses ejmon says nothing about the files; one that refuses them alone does, and no collect heals that. */
static void a_403_is_never_an_emptied_folder(void **state) {
  (void)state;
  char *themes[] = {name_default, NULL};
  struct theme_file minified[1] = {{.status = 403}};
  static const struct {
    bool page_seen, css_came;
    const char *code;
    enum check_status status;
  } rows[] = {{false, false, "static-unseen", STATUS_UNKNOWN},
              {true, false, "static-refused", STATUS_FAIL},
              {true, true, "static-refused", STATUS_FAIL},
              {false, true, "static-refused", STATUS_FAIL}};
  for (size_t row = 0; row < countof(rows); row++) {
    struct theme_sight sight = {.desired = "default", .themes = themes, .minified = minified, .page_seen = rows[row].page_seen};
    for (size_t i = 0; i < KEY_COUNT; i++) sight.keys[i] = (struct theme_file){.status = 403};
    if (rows[row].css_came) sight.keys[KEY_MAIN_CSS] = file(DEFAULT_CSS);
    struct findings findings = {0};
    theme_judge(&sight, &findings);
    auto_free char *saw = found(&findings);
    assert_string_equal(saw, rows[row].code);
    assert_int_equal(findings_status(&findings), rows[row].status);
    assert_non_null(strstr(findings.items[0].evidence[0].saw, "403"));
    assert_false(findings_passed(&findings, THEME_STATIC_EMPTY.name) && !rows[row].css_came);
    findings_free(&findings);
  }
}

static void djangos_404_below_static_is_a_wrong_route(void **state) {
  (void)state;
  char *themes[] = {name_default, NULL};
  struct theme_file minified[1] = {{.presence = THEME_MISROUTED}};
  struct theme_sight sight = {.desired = "default", .themes = themes, .minified = minified};
  for (size_t i = 0; i < KEY_COUNT; i++) sight.keys[i].presence = THEME_MISROUTED;
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  auto_free char *saw = found(&findings);
  assert_string_equal(saw, "static-misrouted");
  findings_free(&findings);
}

/* --- the volume -------------------------------------------------------------------------------------------------------------- */

static char *folder;

static void put(const char *path, const char *text) {
  auto_free char *whole = text_format("%s/%s", folder, path);
  for (char *at = whole + 1; (at = strchr(at, '/')); *at++ = '/') {
    *at = '\0';
    mkdir(whole, 0700);
  }
  auto_file FILE *out = fopen(whole, "w");
  assert_non_null(out);
  fputs(text, out);
}

static int make_volume(void **state) {
  (void)state;
  char pattern[] = "/tmp/ejmon-theme-XXXXXX";
  folder = xstrdup(mkdtemp(pattern));
  static const struct {
    const char *path, *text;
  } files[] = {
      {"app/lib/build/css/main-default.min.css", DEFAULT_CSS},
      {"app/lib/build/css/main-cpa.min.css", CPA_CSS},
      {"app/lib/build/css/main.css", ""},
      {"app/lib/build/js/main.js", SCRIPT},
      {"app/lib/assets/manifest.json", MANIFEST_EJ},
      {"app/lib/assets/img/logo/logo.svg", LOGO},
      {"app/lib/themes/cpa/assets/manifest.json", MANIFEST_CPA},
      {"app/lib/assets/.hidden", "x"},
      {"app/lib/assets/backup~", "x"},
      {"static/css/main-default.min.css", DEFAULT_CSS},
      {"static/css/main-cpa.min.css", CPA_CSS},
      {"static/css/main.css", DEFAULT_CSS},
      {"static/js/main.js", SCRIPT},
      {"static/manifest.json", MANIFEST_EJ},
      {"static/img/logo/logo.svg", LOGO},
  };
  for (size_t i = 0; i < countof(files); i++) put(files[i].path, files[i].text);
  return 0;
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk) {
  (void)status, (void)flag, (void)walk;
  return remove(path);
}

static int remove_volume(void **state) {
  (void)state;
  int r = nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  free(folder);
  return r;
}

static const struct theme_volume_sight *look(struct theme_volume *volume, const char *theme) {
  static char *themes[] = {name_default, name_cpa, NULL};
  auto_free char *root = text_format("%s/static", folder), *app = text_format("%s/app", folder);
  return theme_volume_look_now(volume,
                               &(struct theme_volume_request){.static_root = root, .app_root = app, .theme = theme, .themes = themes});
}

static size_t differ(const struct theme_volume_sight *sight, enum theme_group group, enum theme_difference kind) {
  return sight->differences[group][kind].count;
}

static size_t differ_at_all(const struct theme_volume_sight *sight) {
  size_t count = 0;
  for (int group = 0; group < GROUP_COUNT; group++)
    for (int kind = 0; kind < DIFFER_COUNT; kind++) count += differ(sight, group, kind);
  return count;
}

static void a_volume_is_compared_by_content_and_again_only_when_changed(void **state) {
  (void)state;
  struct theme_volume *volume = theme_volume_new();
  for (int round = 0; round < 2; round++) {
    const struct theme_volume_sight *sight = look(volume, "default");
    assert_int_equal(sight->volume_error, 0);
    assert_true(sight->compared);
    assert_int_equal(sight->files, 6);
    assert_int_equal(differ_at_all(sight), 0);
  }
  /* Same length, other bytes, the old time put back: seen nevertheless. */
  auto_free char *path = text_format("%s/static/js/main.js", folder);
  struct stat before;
  assert_int_equal(stat(path, &before), 0);
  put("static/js/main.js", "var ej=2;");
  struct timespec times[2] = {before.st_atim, before.st_mtim};
  assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
  assert_int_equal(differ(look(volume, "default"), GROUP_SCRIPT, DIFFER_STALE), 1);
  put("static/js/main.js", "var");
  assert_int_equal(differ(look(volume, "default"), GROUP_SCRIPT, DIFFER_TRUNCATED), 1);
  put("static/js/main.js", "");
  assert_int_equal(differ(look(volume, "default"), GROUP_SCRIPT, DIFFER_EMPTY), 1);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(differ(look(volume, "default"), GROUP_SCRIPT, DIFFER_MISSING), 1);
  theme_volume_free(volume);
}

static void a_file_of_another_theme_is_named(void **state) {
  (void)state;
  struct theme_volume *volume = theme_volume_new();
  const struct theme_volume_sight *sight = look(volume, "cpa");
  assert_int_equal(differ(sight, GROUP_CSS, DIFFER_OTHER), 1);
  assert_int_equal(differ(sight, GROUP_ASSET, DIFFER_OTHER), 1);
  assert_string_equal(sight->differences[GROUP_ASSET][DIFFER_OTHER].examples[0], "manifest.json, which is of theme default");
  theme_volume_free(volume);
}

static void a_fifo_on_the_volume_does_not_hold_the_worker(void **state) {
  (void)state;
  auto_free char *path = text_format("%s/static/js/main.js", folder);
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  struct theme_volume *volume = theme_volume_new();
  assert_int_equal(differ(look(volume, "default"), GROUP_SCRIPT, DIFFER_MISSING), 1);
  theme_volume_free(volume);
}

static void a_folder_that_is_not_there_is_an_error_and_no_finding(void **state) {
  (void)state;
  struct theme_volume *volume = theme_volume_new();
  const struct theme_volume_sight *sight = theme_volume_look_now(
      volume, &(struct theme_volume_request){.static_root = "/nonexistent/static", .app_root = "/nonexistent/app", .theme = "default"});
  assert_int_equal(sight->volume_error, -ENOENT);
  assert_int_equal(sight->sources_error, -ENODATA); /* a path inside of the web container that is not mounted here */
  assert_false(sight->compared);
  sight = theme_volume_look_now(volume, &(struct theme_volume_request){.static_root = "/", .app_root = "/etc", .theme = "default"});
  assert_int_equal(sight->volume_error, 0);
  assert_int_equal(sight->sources_error, -ENOENT); /* mounted, but no EJ in it */
  theme_volume_free(volume);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_page_is_named_by_its_own_marks),
      cmocka_unit_test(colours_tell_only_when_they_agree),
      cmocka_unit_test(a_manifest_is_read_without_trusting_it),
      cmocka_unit_test(a_name_is_judged_as_ej_reads_it),
      cmocka_unit_test(a_cut_file_is_told_by_its_end),
      cmocka_unit_test(a_healthy_stack_has_no_finding_and_passes_what_was_seen),
      cmocka_unit_test(each_fault_has_its_name),
      cmocka_unit_test(a_custom_theme_is_named_by_its_bytes_and_may_inherit),
      cmocka_unit_test(an_unknown_theme_is_told_from_lost_files),
      cmocka_unit_test(a_theme_that_the_image_lacks_is_not_what_is_served),
      cmocka_unit_test(what_was_not_seen_is_neither_found_nor_passed),
      cmocka_unit_test(a_403_is_never_an_emptied_folder),
      cmocka_unit_test(djangos_404_below_static_is_a_wrong_route),
      cmocka_unit_test_setup_teardown(a_volume_is_compared_by_content_and_again_only_when_changed, make_volume, remove_volume),
      cmocka_unit_test_setup_teardown(a_file_of_another_theme_is_named, make_volume, remove_volume),
      cmocka_unit_test_setup_teardown(a_fifo_on_the_volume_does_not_hold_the_worker, make_volume, remove_volume),
      cmocka_unit_test(a_folder_that_is_not_there_is_an_error_and_no_finding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
