/* A configuration is read on a worker thread while the loop redacts texts and speaks its own language: to be run under TSan as well. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/load.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define CHECKS 300

struct job {
  struct text yaml;
  struct conf *conf;
  struct conf_errors errors;
  int result;
};

static void load(void *argument) {
  struct job *job = argument;
  char *const environment[] = {(char[]){"EJ_THEME=cpa"}, (char[]){"DJANGO_DB_URL=psql://u:geheim-der-db@h/d"}, NULL};
  job->result = conf_load_text(&conf_tables_generated, text_get(&job->yaml), job->yaml.length, "ejmon.yaml", NULL, environment, &job->conf,
                               &job->errors);
}

static void job_free(void *argument) {
  struct job *job = argument;
  text_free(&job->yaml);
  conf_free(job->conf);
  conf_errors_free(&job->errors);
  free(job);
}

static struct job *job_make(const char *more) {
  struct job *job = xcalloc(1, sizeof *job);
  text_printf(&job->yaml, "lang: pt_BR\nstack: { site: 'https://ej.example.org', generation: C }\n%s\nchecks:\n", more);
  for (int i = 0; i < CHECKS; i++)
    text_printf(&job->yaml, "  c%d: { kind: http, url: 'https://u:pass%05d@h%d.example.org/', expect: { body: 'a+' } }\n", i, i, i);
  return job;
}

static bool over;

/* What a daemon does all the time. */
static int speaks(void *unused) {
  (void)unused;
  while (!over) {
    auto_free char *clean = redact("https://x:y@h/ pass00007 token=abcdefghijkl and plain words");
    assert_non_null(strstr(clean, "[hidden]"));
    assert_string_equal(translated("timed out"), "timed out");
    int r = task_sleep(0);
    if (r < 0) return r;
  }
  return 0;
}

static int reads_beside(void *argument) {
  struct job *job = argument;
  over = false;
  struct task *speaker = task_start("speaks", 0, speaks, NULL);
  int r = work_run(work_pool_for_looks("conf", 1), load, job, job_free);
  over = true;
  return task_join(speaker) < 0 ? -1 : r;
}

static void a_configuration_is_read_on_a_thread_while_the_loop_redacts(void **state) {
  (void)state;
  struct job *job = job_make("");
  assert_int_equal(task_run_to_end("main", 120, reads_beside, job), 0);
  assert_int_equal(job->result, 0);
  assert_string_equal(job->conf->checks[job->conf->check_count - 1].subject, "c299");
  auto_free char *clean = redact("pass00299 geheim-der-db");
  assert_string_equal(clean, "[hidden] [hidden]");
  assert_string_equal(lang_name(), "en"); /* until it takes effect */
  conf_choose_lang(job->conf);
  assert_string_equal(lang_name(), "pt_BR");
  assert_int_equal(lang_choose("en"), 0);
  job_free(job);
}

static void its_errors_are_told_in_its_own_language_and_nothing_else_is(void **state) {
  (void)state;
  struct job *job = job_make("mode: nonsense");
  assert_int_equal(task_run_to_end("main", 120, reads_beside, job), 0);
  assert_int_equal(job->result, -EINVAL);
  assert_non_null(strstr(job->errors.lines[0], " ou ")); /* "a, b ou c" */
  assert_string_equal(lang_name(), "en");
  job_free(job);
}

static int finish(void **state) {
  (void)state;
  assert_true(work_end());
  redact_forget_all();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_configuration_is_read_on_a_thread_while_the_loop_redacts),
                                     cmocka_unit_test(its_errors_are_told_in_its_own_language_and_nothing_else_is)};
  return cmocka_run_group_tests(tests, NULL, finish);
}
