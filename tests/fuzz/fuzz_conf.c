/* Fuzzes a whole configuration text: whatever it holds, there are errors or a configuration, and what is shown of one can be read again. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "monitor/base/redact.h"

#define SIZE_LIMIT (64u << 10) /* larger inputs only slow the fuzzer down */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *const environment[] = {(char[]){"SITE=https://ej.example.org"}, (char[]){"EMPTY="}, (char[]){"A_TOKEN=s3cret-token"}, NULL};

/* Files are left alone: what they hold would make a finding that nobody can repeat. */
static bool names_files(const char *bytes, size_t size) {
  return text_find(bytes, size, "_file", false) != NULL;
}

static struct conf *load(const char *bytes, size_t size) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  int r = conf_load_text(&conf_tables_generated, bytes, size, "fuzz.yaml", NULL, environment, &conf, &errors);
  assert((r == 0) == (conf != NULL) && (r == 0) == (errors.lines == NULL));
  for (char **line = errors.lines; line && *line; line++) assert(text_starts(*line, "fuzz.yaml:"));
  conf_errors_free(&errors);
  return conf;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > SIZE_LIMIT || names_files((const char *)data, size)) return 0;
  char *bytes = xcalloc(size ? size : 1, 1);
  if (size) memcpy(bytes, data, size);
  struct conf *conf = load(bytes, size);
  free(bytes);
  if (conf) {
    struct text first = {0};
    conf_show(conf, &first);
    /* A hidden value cannot be read back. */
    if (!strstr(text_get(&first), "[hidden]") && !names_files(text_get(&first), first.length)) {
      redact_forget_all();
      struct conf *again = load(text_get(&first), first.length);
      if (!again) fprintf(stderr, "%s\n", text_get(&first));
      assert(again && again->check_count == conf->check_count && again->sink_count == conf->sink_count);
      conf_free(again);
    }
    text_free(&first);
  }
  conf_free(conf);
  redact_forget_all();
  return 0;
}
