/* EJ's config.env: what docker makes of its lines, what EJ makes of its values, and what is said about lines that mean something else than
 * they seem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/ej/ej_names.h"
#include "checks/ej/env_file.h"

static struct env_file parse(const char *text) {
  struct env_file file;
  env_file_parse(text, strlen(text), &file);
  return file;
}

static void assert_entry(const struct env_file *file, const char *name, const char *value, const char *plain, int line) {
  const struct env_entry *entry = env_file_find(file, name);
  assert_non_null(entry);
  assert_string_equal(entry->value, value);
  assert_string_equal(entry->plain, plain);
  assert_int_equal(entry->line, line);
}

static void assert_note(const struct env_file *file, int line, const char *part) {
  for (size_t i = 0; i < file->note_count; i++) {
    if (file->notes[i].line == line && strstr(file->notes[i].text, part)) return;
  }
  for (size_t i = 0; i < file->note_count; i++) print_message("line %d: %s\n", file->notes[i].line, file->notes[i].text);
  fail_msg("no note on line %d says: %s", line, part);
}

static void plain_lines_comments_and_blank_lines_are_read_with_their_numbers(void **state) {
  (void)state;
  struct env_file file = parse("# EJ\n\nEJ_THEME=cpa\n   # more\nDJANGO_DB_URL=psql://u:p@h/d?a=b=c\nEMPTY=\nLAST=1");
  assert_int_equal(file.entry_count, 4);
  assert_int_equal(file.note_count, 0);
  assert_entry(&file, "EJ_THEME", "cpa", "cpa", 3);
  assert_entry(&file, "DJANGO_DB_URL", "psql://u:p@h/d?a=b=c", "psql://u:p@h/d?a=b=c", 5);
  assert_entry(&file, "EMPTY", "", "", 6);
  assert_entry(&file, "LAST", "1", "1", 7);
  assert_null(env_file_find(&file, "ej_theme"));
  env_file_free(&file);
}

static void quotes_stay_for_old_docker_and_go_for_new(void **state) {
  (void)state;
  struct env_file file = parse("A=\"cpa\"\nB='c p'\nC=\"say \\\"x\\\"\"\nD=\"open\nE=\"a\" b\nF='a' # c\nG=it's\n");
  assert_entry(&file, "A", "\"cpa\"", "cpa", 1);
  assert_true(env_file_find(&file, "A")->quoted);
  assert_entry(&file, "B", "'c p'", "c p", 2);
  assert_entry(&file, "C", "\"say \\\"x\\\"\"", "say \"x\"", 3);
  assert_entry(&file, "D", "\"open", "\"open", 4);
  assert_entry(&file, "E", "\"a\" b", "\"a\" b", 5);
  assert_entry(&file, "F", "'a' # c", "a", 6);
  assert_entry(&file, "G", "it's", "it's", 7);
  assert_false(env_file_find(&file, "G")->quoted);
  assert_note(&file, 1, "quotes are part of the value");
  assert_note(&file, 4, "not closed");
  assert_note(&file, 5, "behind the closing quote");
  env_file_free(&file);
}

static void a_comment_behind_a_value_is_part_of_it_for_old_docker(void **state) {
  (void)state;
  struct env_file file = parse("EJ_THEME=cpa # ours\nURL=http://h/#x\n");
  assert_entry(&file, "EJ_THEME", "cpa # ours", "cpa", 1);
  assert_entry(&file, "URL", "http://h/#x", "http://h/#x", 2);
  assert_note(&file, 1, "the comment is part of the value");
  assert_int_equal(file.note_count, 1);
  env_file_free(&file);
}

static void of_two_equal_names_the_last_counts_and_is_told(void **state) {
  (void)state;
  struct env_file file = parse("EJ_THEME=cpa\nX_1=2\nEJ_THEME=default\n");
  assert_entry(&file, "EJ_THEME", "default", "default", 3);
  assert_note(&file, 3, "before in line 1");
  env_file_free(&file);
}

static void windows_files_and_shell_files_are_understood_and_told(void **state) {
  (void)state;
  struct env_file file = parse(
      "\xEF\xBB\xBF"
      "A=1\r\nexport B=2\r\nC = 3\r\n  D=4 \r\nexport\r\n");
  assert_entry(&file, "A", "1", "1", 1);
  assert_entry(&file, "B", "2", "2", 2);
  assert_entry(&file, "C", " 3", "3", 3);
  assert_entry(&file, "D", "4", "4", 4);
  assert_note(&file, 1, "byte order mark");
  assert_note(&file, 1, "CR LF");
  assert_note(&file, 2, "export");
  assert_note(&file, 3, "blank before '='");
  assert_note(&file, 3, "blanks after '='");
  assert_note(&file, 4, "blanks at the end");
  assert_note(&file, 5, "has no '='");
  env_file_free(&file);
}

static void lines_that_are_no_settings_are_left_out_and_told(void **state) {
  (void)state;
  struct env_file file = parse("JUST_A_NAME\n=value\nmy key=1\n1A=2\n\xFF\xFE=3\nOK=1\n");
  assert_int_equal(file.entry_count, 1);
  assert_note(&file, 1, "JUST_A_NAME has no '='");
  assert_note(&file, 2, "is no name");
  assert_note(&file, 3, "'my key' is no name");
  assert_note(&file, 4, "is no name");
  assert_note(&file, 5, "\\xFF");
  env_file_free(&file);
}

static void nul_bytes_and_endless_lines_do_not_pass(void **state) {
  (void)state;
  static const char bytes[] = "A=1\0002\nB=2\n";
  struct env_file file;
  env_file_parse(bytes, sizeof bytes - 1, &file);
  assert_null(env_file_find(&file, "A"));
  assert_entry(&file, "B", "2", "2", 2);
  assert_note(&file, 1, "NUL");
  assert_null(file.cut);
  env_file_free(&file);

  struct text text = {0};
  text_add(&text, "A=");
  for (size_t i = 0; i <= ENV_LINE_LIMIT; i++) text_add_char(&text, 'x');
  text_add(&text, "\nB=2\n");
  file = parse(text_get(&text));
  assert_null(env_file_find(&file, "A"));
  assert_entry(&file, "B", "2", "2", 2);
  assert_note(&file, 1, "longer than 32 KiB");
  assert_string_equal(file.cut, "line 1: the line is longer than 32 KiB and is left out");
  env_file_free(&file);

  *text.data = '#';
  file = parse(text_get(&text)); /* nothing is lost with a comment */
  assert_null(file.cut);
  assert_int_equal(file.note_count, 0);
  env_file_free(&file);

  text_clear(&text);
  for (int i = 0; i < ENV_ENTRY_LIMIT + 10; i++) text_printf(&text, "V%d=1\n", i);
  file = parse(text_get(&text));
  assert_int_equal(file.entry_count, ENV_ENTRY_LIMIT);
  assert_note(&file, ENV_ENTRY_LIMIT + 1, "the rest is left out");
  assert_non_null(file.cut);
  assert_int_equal(file.note_count, 1);
  env_file_free(&file);

  text_clear(&text);
  for (size_t i = 0; i < ENV_FILE_LIMIT / 8; i++) text_add(&text, "# words\n");
  file = parse(text_get(&text));
  assert_null(file.cut);
  env_file_free(&file);
  text_add(&text, "A=1\n");
  file = parse(text_get(&text));
  assert_non_null(file.cut);
  env_file_free(&file);
  text_free(&text);
}

static void an_empty_file_holds_nothing(void **state) {
  (void)state;
  struct env_file file;
  env_file_parse(NULL, 0, &file);
  assert_int_equal(file.entry_count + file.note_count, 0);
  env_file_free(&file);
  env_file_free(NULL);
}

static void no_note_shows_a_value(void **state) {
  (void)state;
  struct env_file file = parse("A=\"s3cret\"\nA= s3cret \nB='s3cret\nC=s3cret # s3cret\nD=\"s3cret\" s3cret\nexport E = s3cret\n");
  assert_true(file.note_count > 5);
  for (size_t i = 0; i < file.note_count; i++) assert_null(strstr(file.notes[i].text, "s3cret"));
  env_file_free(&file);
}

static void booleans_are_those_of_django_environ(void **state) {
  (void)state;
  static const char *const yes[] = {"true", "True", "ON", "ok", "y", "YES", "1", "2", "-1", " 7 ", "+3", "1_0"};
  static const char *const no[] = {"false",    "enabled", "",    "0",  "00", "-0",   "t", "sim",
                                   "\"true\"", " true",   "1.0", "_1", "1_", "1__0", "-"};
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
    if (!env_read_bool(yes[i])) fail_msg("%s is true to EJ", yes[i]);
  }
  for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
    if (env_read_bool(no[i])) fail_msg("%s is false to EJ", no[i]);
  }
  assert_false(env_read_bool(NULL));
}

static void lists_are_split_without_trimming(void **state) {
  (void)state;
  char **list = env_read_list("a, b,,c,");
  assert_int_equal(strings_count(list), 3);
  assert_string_equal(list[0], "a");
  assert_string_equal(list[1], " b");
  assert_string_equal(list[2], "c");
  strings_free(list);
  list = env_read_list("");
  assert_non_null(list);
  assert_null(list[0]);
  strings_free(list);
}

static void a_dollar_makes_ej_read_another_variable(void **state) {
  (void)state;
  assert_string_equal(env_read_indirection("$FOO"), "FOO");
  assert_string_equal(env_read_indirection("$$FOO"), "FOO");
  assert_null(env_read_indirection("a$FOO"));
  assert_null(env_read_indirection(NULL));
  struct env_file file = parse("DJANGO_SECRET_KEY=$s3cret\n");
  assert_note(&file, 1, "if there is none, EJ has no DJANGO_SECRET_KEY");
  assert_null(strstr(file.notes[0].text, "s3cret"));
  env_file_free(&file);
}

static void assert_hint(const char *name, const char *part) {
  char *hint = ej_name_hint(name);
  if (!part) {
    if (hint) fail_msg("%s: %s", name, hint);
    return;
  }
  assert_non_null(hint);
  if (!strstr(hint, part)) fail_msg("%s: %s", name, hint);
  free(hint);
}

static void names_that_ej_does_not_read_get_the_one_that_was_meant(void **state) {
  (void)state;
  assert_hint("X_FRAME_OPTIONS", "it reads DJANGO_X_FRAME_OPTIONS");
  assert_hint("HOSTNAME", "it reads DJANGO_HOSTNAME");
  assert_hint("CSRF_TRUSTED_ORIGINS", "it reads DJANGO_CSRF_TRUSTED_ORIGINS");
  assert_hint("EJ_THEM", "did you mean EJ_THEME?");
  assert_hint("THEME", "it reads EJ_THEME");
  assert_hint("EJ_ROCKETCHAT_URI", "did you mean EJ_ROCKETCHAT_URL?");
  assert_hint("DJANGO_FOO_BAR_BAZ", "no effect");
  assert_hint("EJ_ROCKETCHAT_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD");
}

static void names_that_ej_reads_and_foreign_names_get_no_hint(void **state) {
  (void)state;
  assert_hint("EJ_THEME", NULL);
  assert_hint("POSTGRES_PASSWORD", NULL);
  assert_hint("HTTP_PROXY", NULL);
  assert_hint("PATH", NULL);
  assert_hint("TZ", NULL);
  assert_hint("LANG", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_lines_comments_and_blank_lines_are_read_with_their_numbers),
      cmocka_unit_test(quotes_stay_for_old_docker_and_go_for_new),
      cmocka_unit_test(a_comment_behind_a_value_is_part_of_it_for_old_docker),
      cmocka_unit_test(of_two_equal_names_the_last_counts_and_is_told),
      cmocka_unit_test(windows_files_and_shell_files_are_understood_and_told),
      cmocka_unit_test(lines_that_are_no_settings_are_left_out_and_told),
      cmocka_unit_test(nul_bytes_and_endless_lines_do_not_pass),
      cmocka_unit_test(an_empty_file_holds_nothing),
      cmocka_unit_test(no_note_shows_a_value),
      cmocka_unit_test(booleans_are_those_of_django_environ),
      cmocka_unit_test(lists_are_split_without_trimming),
      cmocka_unit_test(a_dollar_makes_ej_read_another_variable),
      cmocka_unit_test(names_that_ej_does_not_read_get_the_one_that_was_meant),
      cmocka_unit_test(names_that_ej_reads_and_foreign_names_get_no_hint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
