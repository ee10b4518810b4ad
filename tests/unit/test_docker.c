/* The framing of an exec's output, with the bytes that real engines sent. The calls are tested against a real engine in tests/integration.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/reach/docker.h"

/* 20.10: stderr "oops\n", then stdout "hello\n". */
static const char both[] = "\2\0\0\0\0\0\0\5oops\n\1\0\0\0\0\0\0\6hello\n";
#define BOTH (sizeof both - 1)

static void frames_of_both_streams_are_joined_as_they_came(void **state) {
  (void)state;
  auto_text struct text output = {0};
  bool cut = false;
  assert_int_equal(docker_unframe(both, BOTH, DOCKER_OUTPUT_LIMIT, &output, &cut), BOTH);
  assert_string_equal(text_get(&output), "oops\nhello\n");
  assert_false(cut);
}

static void a_frame_that_has_not_arrived_whole_stays(void **state) {
  (void)state;
  for (size_t length = 0; length <= BOTH; length++) {
    auto_text struct text output = {0};
    bool cut = false;
    long used = docker_unframe(both, length, DOCKER_OUTPUT_LIMIT, &output, &cut);
    assert_int_equal(used, length < 13 ? 0 : length < BOTH ? 13 : BOTH);
    assert_string_equal(text_get(&output), length < 13 ? "" : length < BOTH ? "oops\n" : "oops\nhello\n");
  }
}

static void a_stream_may_come_in_any_pieces(void **state) {
  (void)state;
  for (size_t step = 1; step <= BOTH; step++) {
    auto_text struct text output = {0}, waiting = {0};
    bool cut = false;
    for (size_t at = 0; at < BOTH; at += step) {
      text_add_bytes(&waiting, both + at, BOTH - at < step ? BOTH - at : step);
      long used = docker_unframe(waiting.data, waiting.length, DOCKER_OUTPUT_LIMIT, &output, &cut);
      assert_true(used >= 0 && (size_t)used <= waiting.length);
      memmove(waiting.data, waiting.data + used, waiting.length - (size_t)used);
      waiting.length -= (size_t)used;
    }
    assert_string_equal(text_get(&output), "oops\nhello\n");
    assert_int_equal(waiting.length, 0);
  }
}

static void what_is_over_the_limit_is_dropped_and_said(void **state) {
  (void)state;
  for (size_t limit = 0; limit < 11; limit++) {
    auto_text struct text output = {0};
    bool cut = false;
    assert_int_equal(docker_unframe(both, BOTH, limit, &output, &cut), BOTH);
    assert_int_equal(output.length, limit);
    assert_true(cut);
  }
}

static void empty_frames_and_nul_bytes_are_output_too(void **state) {
  (void)state;
  static const char raw[] = "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3a\0b";
  auto_text struct text output = {0};
  bool cut = false;
  assert_int_equal(docker_unframe(raw, sizeof raw - 1, DOCKER_OUTPUT_LIMIT, &output, &cut), sizeof raw - 1);
  assert_int_equal(output.length, 3);
  assert_memory_equal(output.data, "a\0b", 3);
}

static void text_without_frames_is_refused(void **state) {
  (void)state;
  static const char *const raws[] = {"hello world\n", "\4\0\0\0\0\0\0\1x", "\1\0\0\1\0\0\0\1x"};
  static const size_t lengths[] = {12, 9, 9};
  for (size_t i = 0; i < countof(raws); i++) {
    auto_text struct text output = {0};
    bool cut = false;
    assert_int_equal(docker_unframe(raws[i], lengths[i], DOCKER_OUTPUT_LIMIT, &output, &cut), -EPROTO);
    assert_int_equal(output.length, 0);
  }
}

static void a_frame_of_an_impossible_size_is_refused(void **state) {
  (void)state;
  auto_text struct text output = {0};
  bool cut = false;
  assert_int_equal(docker_unframe("\1\0\0\0\xff\xff\xff\xffx", 9, DOCKER_OUTPUT_LIMIT, &output, &cut), -EPROTO);
}

static void freeing_nothing_is_harmless(void **state) {
  (void)state;
  struct docker_container container = {0};
  struct docker_exec_result result = {0};
  docker_container_free(&container);
  docker_container_free(NULL);
  docker_exec_result_free(&result);
  docker_exec_result_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_of_both_streams_are_joined_as_they_came),
      cmocka_unit_test(a_frame_that_has_not_arrived_whole_stays),
      cmocka_unit_test(a_stream_may_come_in_any_pieces),
      cmocka_unit_test(what_is_over_the_limit_is_dropped_and_said),
      cmocka_unit_test(empty_frames_and_nul_bytes_are_output_too),
      cmocka_unit_test(text_without_frames_is_refused),
      cmocka_unit_test(a_frame_of_an_impossible_size_is_refused),
      cmocka_unit_test(freeing_nothing_is_harmless),
  };
  return cmocka_run_group_tests_name("docker", tests, NULL, NULL);
}
