/* Versioned files of Rocket.Chat's pages: which stand for a setting, how a folder is read, where two texts differ. */
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

#include "checks/host/layout.h"
#include "checks/host/layout_codes.h"

static void a_file_is_named_after_its_setting(void **state) {
  (void)state;
  static const struct {
    const char *name, *id;
  } rows[] = {
      {"Layout_Home_Body.html", "Layout_Home_Body"},
      {"theme-custom-css.css", "theme-custom-css"},
      {"Custom_Script_Logged_In.js", "Custom_Script_Logged_In"},
      {"Layout_Home_Title", "Layout_Home_Title"},
      {"README.md", NULL},
      {"Layout_Home_Body.html~", NULL},
      {".Layout_Home_Body.html.swp", NULL},
      {"Custom_Script_Logged_In.js.orig", NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *id = layout_id(rows[i].name);
    if (!text_equal(id, rows[i].id)) fail_msg("%s: %s", rows[i].name, id ? id : "none");
  }
}

static void ends_of_lines_and_a_last_newline_are_no_difference(void **state) {
  (void)state;
  static const char *const same[][2] = {{"a\nb\n", "a\r\nb"}, {"", "\n"}, {"a\rb", "a\nb\n\n"}, {"", ""}};
  for (size_t i = 0; i < countof(same); i++) {
    struct layout_difference difference;
    layout_compare(same[i][0], same[i][1], &difference);
    assert_int_equal(difference.line, 0);
    layout_difference_free(&difference);
  }
}

static void the_first_line_that_differs_is_told_with_how_much_does(void **state) {
  (void)state;
  struct layout_difference difference;
  layout_compare("a\nb\nc\nd\n", "a\nX\nY\nc\nd\n", &difference);
  assert_int_equal(difference.line, 2);
  assert_string_equal(difference.versioned, "b");
  assert_string_equal(difference.live, "X");
  assert_int_equal(difference.versioned_lines, 1);
  assert_int_equal(difference.live_lines, 2);
  layout_difference_free(&difference);
  layout_compare("a\n", "a\nmore\n", &difference);
  assert_int_equal(difference.line, 2);
  assert_null(difference.versioned);
  assert_string_equal(difference.live, "more");
  layout_difference_free(&difference);
}

static void a_long_line_is_cut_between_characters(void **state) {
  (void)state;
  char *line = xcalloc(1000, 1);
  for (size_t i = 0; i + 2 < 600; i += 2) memcpy(line + i, "\xc3\xa9", 2);
  struct layout_difference difference;
  layout_compare(line, "", &difference);
  assert_true(strlen(difference.versioned) <= LAYOUT_LINE_SHOWN + 3 && text_ends(difference.versioned, "\xc3\xa9..."));
  layout_difference_free(&difference);
  free(line);
}

static void put(const char *folder, const char *name, const char *content) {
  auto_free char *path = text_format("%s/%s", folder, name);
  auto_file FILE *file = fopen(path, "we");
  assert_non_null(file);
  assert_true(fputs(content, file) >= 0);
}

static void a_folder_is_read_and_held_against_the_settings(void **state) {
  (void)state;
  char folder[] = "/tmp/ejmon-layout-XXXXXX";
  assert_non_null(mkdtemp(folder));
  put(folder, "Layout_Home_Body.html", "<h1>EJ</h1>\r\n");
  put(folder, "theme-custom-css.css", "a { color: red }\n");
  put(folder, "Custom_Script_On_Logout.js", "//\n");
  put(folder, "notes.txt", "no setting\n");
  auto_free char *fifo = text_format("%s/Layout_Fifo", folder);
  assert_int_equal(mkfifo(fifo, 0600), 0);
  struct layout_folder read;
  layout_read(folder, &read);
  assert_int_equal(read.count, 3);
  assert_string_equal(read.files[1].id, "Layout_Home_Body");
  assert_true(read.trouble && strstr(read.trouble, "Layout_Fifo"));
  json_t *values = json_pack("{s:s, s:s}", "Layout_Home_Body", "<h1>EJ</h1>", "theme-custom-css", "a { color: blue }");
  struct findings findings = {0};
  layout_judge(&read, values, false, &findings);
  const struct finding *finding = findings_find(&findings, "layout/drifted");
  assert_non_null(finding);
  assert_int_equal(finding->evidence_count, 1);
  assert_string_equal(finding->evidence[0].saw, "a { color: blue }");
  assert_string_equal(finding->evidence[0].want, "a { color: red }");
  findings_free(&findings);
  findings = (struct findings){0};
  layout_judge(&read, values, true, &findings);
  assert_int_equal(findings_find(&findings, "layout/drifted")->evidence_count, 2);
  findings_free(&findings);
  json_decref(values);
  layout_folder_free(&read);
  static const char *const names[] = {"Layout_Home_Body.html", "theme-custom-css.css", "Custom_Script_On_Logout.js", "notes.txt",
                                      "Layout_Fifo"};
  for (size_t i = 0; i < countof(names); i++) {
    auto_free char *path = text_format("%s/%s", folder, names[i]);
    assert_int_equal(unlink(path), 0);
  }
  assert_int_equal(rmdir(folder), 0);
}

static void what_is_equal_passes_and_what_is_not_told_does_not(void **state) {
  (void)state;
  struct layout_file file = {(char[]){"Layout_Home_Body.html"}, (char[]){"Layout_Home_Body"}, (char[]){"x\n"}};
  const struct layout_folder folder = {.files = &file, .count = 1};
  struct findings findings = {0};
  json_t *values = json_object();
  layout_judge(&folder, values, false, &findings);
  assert_true(findings.count == 0 && !findings_passed(&findings, "layout/drifted"));
  json_object_set_new(values, "Layout_Home_Body", json_string("x"));
  layout_judge(&folder, values, false, &findings);
  assert_true(findings.count == 0 && findings_passed(&findings, "layout/drifted"));
  json_decref(values);
  findings_free(&findings);
}

static void a_folder_that_is_not_there_is_told(void **state) {
  (void)state;
  struct layout_folder read;
  layout_read("/no/such/folder", &read);
  assert_true(read.count == 0 && read.error < 0 && strstr(read.trouble, "No such file"));
  layout_folder_free(&read);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_named_after_its_setting),
      cmocka_unit_test(ends_of_lines_and_a_last_newline_are_no_difference),
      cmocka_unit_test(the_first_line_that_differs_is_told_with_how_much_does),
      cmocka_unit_test(a_long_line_is_cut_between_characters),
      cmocka_unit_test(a_folder_is_read_and_held_against_the_settings),
      cmocka_unit_test(what_is_equal_passes_and_what_is_not_told_does_not),
      cmocka_unit_test(a_folder_that_is_not_there_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
