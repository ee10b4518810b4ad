/* Growable strings, lists, foreign text made printable, strict numbers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/base/text.h"

static void a_text_grows_and_keeps_its_nul(void **state) {
  (void)state;
  struct text text = {0};
  assert_string_equal(text_get(&text), "");
  for (int i = 0; i < 10000; i++) text_printf(&text, "%d,", i % 10);
  text_add_bytes(&text, "a\0b", 3);
  assert_int_equal(text.length, 20003);
  assert_int_equal(text.data[text.length], '\0');
  assert_int_equal(text.data[20001], '\0');
  text_clear(&text);
  assert_string_equal(text_get(&text), "");
  text_add(&text, "x");
  char *stolen = text_steal(&text);
  assert_string_equal(stolen, "x");
  assert_null(text.data);
  free(stolen);
  stolen = text_steal(&text);
  assert_string_equal(stolen, "");
  free(stolen);
  text_free(&text);
  text_free(&text);
}

static void a_limited_text_never_splits_a_character(void **state) {
  (void)state;
  for (size_t limit = 0; limit < 20; limit++) {
    struct text text = {0};
    text_add(&text, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80-end-of-it");
    size_t whole = text.length;
    text_limit(&text, limit);
    assert_true(text.length <= (limit < whole ? limit : whole));
    assert_int_equal(text.length, strlen(text_get(&text)));
    struct text printable = {0};
    text_add_printable(&printable, text_get(&text), text.length, 1000);
    assert_null(strstr(text_get(&printable), "\\x"));
    text_free(&printable);
    text_free(&text);
  }
}

static void assert_printable(const char *bytes, size_t length, size_t limit, const char *want) {
  struct text text = {0};
  text_add_printable(&text, bytes, length, limit);
  assert_string_equal(text_get(&text), want);
  text_free(&text);
}

static void foreign_bytes_are_shown_and_valid_text_is_kept(void **state) {
  (void)state;
  assert_printable("a\xc3\xa9 \xe2\x82\xac", 7, 100, "a\xc3\xa9 \xe2\x82\xac");
  assert_printable("\x1b[2J\r\n\t\x7f", 8, 100, "\\x1B[2J\\x0D\\x0A\\x09\\x7F");
  assert_printable("a\0b", 3, 100, "a\\x00b");
  assert_printable("\xc2\x9b", 2, 100, "\\xC2\\x9B");                   /* CSI of 8 bits */
  assert_printable("\xc0\xaf", 2, 100, "\\xC0\\xAF");                   /* overlong */
  assert_printable("\xed\xa0\x80", 3, 100, "\\xED\\xA0\\x80");          /* a surrogate */
  assert_printable("\xf4\x90\x80\x80", 4, 100, "\\xF4\\x90\\x80\\x80"); /* beyond Unicode */
  assert_printable("\xe2\x82", 2, 100, "\\xE2\\x82");                   /* cut off */
  assert_printable(
      "a\xe2\x80\xae"
      "b",
      5, 100,
      "a\\xE2\\x80\\xAE"
      "b");                                                 /* right to left from here */
  assert_printable("\xe2\x80\x94", 3, 100, "\xe2\x80\x94"); /* a dash */
  assert_printable("abcdef", 6, 3, "abc...");
  assert_printable("abc", 3, 3, "abc");
  assert_printable(NULL, 0, 3, "");
}

static void lists_of_strings_are_null_terminated_and_copied(void **state) {
  (void)state;
  char **list = NULL;
  assert_int_equal(strings_count(list), 0);
  strings_push(&list, "a");
  strings_push(&list, "b");
  char **copy = strings_copy(list);
  strings_free(list);
  assert_int_equal(strings_count(copy), 2);
  assert_string_equal(copy[1], "b");
  strings_free(copy);
  strings_free(NULL);
  assert_null(strings_copy(NULL));
}

static void an_array_survives_any_pushing_and_popping(void **state) {
  (void)state;
  srand48(2);
  long *items = NULL, shadow[200] = {0};
  size_t count = 0;
  for (long step = 0; step < 20000; step++) {
    if (count && (lrand48() % 5 < 2 || count == countof(shadow))) {
      count = lrand48() % 50 ? count - 1 : 0;
    } else {
      size_t before = count;
      long *item = array_push(&items, &count, sizeof *item);
      assert_int_equal(*item, 0);
      assert_int_equal(count, before + 1);
      *item = shadow[before] = step + 1;
    }
    if (step % 100 == 0 && count) assert_memory_equal(items, shadow, count * sizeof *items);
  }
  free(items);
}

static void comparisons_know_null_and_case(void **state) {
  (void)state;
  assert_true(text_equal(NULL, NULL));
  assert_false(text_equal(NULL, ""));
  assert_true(text_equal_nocase("X-Frame-Options", "x-frame-OPTIONS"));
  assert_false(text_equal_nocase("ab", "abc"));
  assert_false(text_equal_nocase(NULL, "a"));
  assert_true(text_starts("abc", ""));
  assert_false(text_starts("ab", "abc"));
  assert_true(text_ends("abc", "bc"));
  assert_false(text_ends("c", "bc"));
}

static void a_needle_is_found_beyond_a_nul_and_at_the_end(void **state) {
  (void)state;
  const char hay[] = "ab\0Needle";
  assert_ptr_equal(text_find(hay, 9, "Needle", false), hay + 3);
  assert_ptr_equal(text_find(hay, 9, "nEEDLE", true), hay + 3);
  assert_null(text_find(hay, 9, "needle", false));
  assert_null(text_find(hay, 8, "Needle", false));
  assert_null(text_find(NULL, 0, "x", true));
  assert_ptr_equal(text_find(hay, 9, "", true), hay);
}

static void a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none(void **state) {
  (void)state;
  static const char *const words[] = {"interval", "timeout", "theme", "rise", NULL};
  assert_string_equal(text_nearest("intervall", words), "interval");
  assert_string_equal(text_nearest("tiemout", words), "timeout");
  assert_string_equal(text_nearest("THEME", words), "theme");
  assert_null(text_nearest("nothing-like-it", words));
  assert_null(text_nearest("", words));
  assert_null(text_nearest("x", NULL));
  char longer[200];
  memset(longer, 'a', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  assert_null(text_nearest(longer, words));
}

static void numbers_are_read_strictly(void **state) {
  (void)state;
  long value = 7;
  static const char *const wrong[] = {"", " 1", "1 ", "1x", "0x10", "1.5", "--1", "abc", NULL};
  for (const char *const *word = wrong; *word; word++) assert_int_equal(text_to_long(*word, -100, 100, &value), -EINVAL);
  assert_int_equal(text_to_long(NULL, 0, 1, &value), -EINVAL);
  assert_int_equal(text_to_long("101", -100, 100, &value), -ERANGE);
  assert_int_equal(text_to_long("-101", -100, 100, &value), -ERANGE);
  assert_int_equal(text_to_long("99999999999999999999", INT64_MIN, INT64_MAX, &value), -ERANGE);
  assert_int_equal(value, 7);
  assert_int_equal(text_to_long("-100", -100, 100, &value), 0);
  assert_int_equal(value, -100);
}

static void the_digest_is_the_one_of_the_standard(void **state) {
  (void)state;
  char hex[65];
  text_sha256("abc", 3, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  text_sha256("", 0, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_grows_and_keeps_its_nul),
      cmocka_unit_test(a_limited_text_never_splits_a_character),
      cmocka_unit_test(foreign_bytes_are_shown_and_valid_text_is_kept),
      cmocka_unit_test(lists_of_strings_are_null_terminated_and_copied),
      cmocka_unit_test(an_array_survives_any_pushing_and_popping),
      cmocka_unit_test(comparisons_know_null_and_case),
      cmocka_unit_test(a_needle_is_found_beyond_a_nul_and_at_the_end),
      cmocka_unit_test(a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none),
      cmocka_unit_test(numbers_are_read_strictly),
      cmocka_unit_test(the_digest_is_the_one_of_the_standard),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
