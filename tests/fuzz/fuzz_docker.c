/* The framing of Docker's streams, whole and in two pieces: never out of bounds, never over the limit, and the pieces give what the whole
 * gives. */
#include <stdlib.h>
#include <string.h>

#include "monitor/reach/docker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  size_t limit = data[0], length = size - 1, at = length / 2;
  const uint8_t *raw = data + 1;
  struct text whole = {0}, pieces = {0};
  bool whole_cut = false, pieces_cut = false;
  long used = docker_unframe(raw, length, limit, &whole, &whole_cut);
  if (used > (long)length || whole.length > limit) abort();

  long first = docker_unframe(raw, at, limit, &pieces, &pieces_cut);
  if (used >= 0 && first < 0) abort(); /* what is wrong with a part is wrong with the whole */
  if (first >= 0) {
    long second = docker_unframe(raw + first, length - (size_t)first, limit, &pieces, &pieces_cut);
    if (used >= 0 && first + second != used) abort();
    if (used >= 0 && (pieces.length != whole.length || pieces_cut != whole_cut)) abort();
    if (used >= 0 && whole.length > 0 && memcmp(pieces.data, whole.data, whole.length) != 0) abort();
  }
  text_free(&whole);
  text_free(&pieces);
  return 0;
}
