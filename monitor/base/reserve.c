/* The descriptors that probes may not have; see reserve.h. */
#include "monitor/base/reserve.h"

#include <sys/resource.h>

void reserve_raise(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  rlim_t wanted = limit.rlim_max < RESERVE_RAISE_TO ? limit.rlim_max : RESERVE_RAISE_TO;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  int r = setrlimit(RLIMIT_NOFILE, &limit);
  (void)r; /* refused: what there is has to do */
}

size_t reserve_probes_of(unsigned long long descriptors) {
  if (descriptors < RESERVE_DESCRIPTORS + RESERVE_PER_PROBE) return 1;
  unsigned long long probes = (descriptors - RESERVE_DESCRIPTORS) / RESERVE_PER_PROBE;
  return probes < RESERVE_PROBES_LIMIT ? (size_t)probes : RESERVE_PROBES_LIMIT;
}

size_t reserve_probes(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 1 : reserve_probes_of(limit.rlim_cur);
}
