/* Reads framing cases from stdin, prints the oracle's verdict on each: the browser test compares them with what Chromium did. Knows no
 * HTTP.
 *
 *   case ID / ancestor ORIGIN / hop URL / header NAME: VALUE / end      ->      ID allowed|refused REASON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/browser/frame_ancestors.h"
#include "monitor/base/text.h"

#define HOP_LIMIT 8
#define HEADER_LIMIT 16

static struct http_header headers[HOP_LIMIT][HEADER_LIMIT];
static struct frame_hop hops[HOP_LIMIT];

static void add_header(size_t hop, char *line) {
  char *colon = strstr(line, ": ");
  if (!colon || hops[hop].header_count == HEADER_LIMIT) exit(2);
  *colon = '\0';
  struct http_header *header = &headers[hop][hops[hop].header_count++];
  *header = (struct http_header){xstrdup(line), xstrdup(colon + 2)};
}

int main(void) {
  struct frame_case frame = {.hops = hops};
  char **ancestors = NULL, *line = NULL, *name = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
    line[length - 1] = '\0';
    if (text_starts(line, "case ")) {
      name = xstrdup(line + 5);
    } else if (text_starts(line, "ancestor ")) {
      strings_push(&ancestors, line + 9);
    } else if (text_starts(line, "hop ") && frame.hop_count < HOP_LIMIT) {
      hops[frame.hop_count] = (struct frame_hop){xstrdup(line + 4), headers[frame.hop_count], 0};
      frame.hop_count++;
    } else if (text_starts(line, "header ") && frame.hop_count > 0) {
      add_header(frame.hop_count - 1, line + 7);
    } else if (strcmp(line, "end") == 0) {
      frame.ancestors = (const char *const *)ancestors;
      frame.ancestor_count = strings_count(ancestors);
      struct frame_verdict verdict = frame_judge(&frame);
      printf("%s %s %s\n", name, verdict.allowed ? "allowed" : "refused", frame_reason_names[verdict.reason]);
      ancestors = NULL; /* a short program: the cases are left to exit() */
      frame.hop_count = 0;
    } else {
      fprintf(stderr, "frame_verdicts: not understood: %s\n", line);
      return 2;
    }
  }
  free(line);
  return 0;
}
