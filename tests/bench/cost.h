/* What a span of this process cost: CPU (user and system) and wall time, printed as one JSON object for bench.py. The span begins once as
 * many transfers have ended as are kept in flight: neither program is measured by how it sets itself up. */
#ifndef EJMON_BENCH_COST_H
#define EJMON_BENCH_COST_H

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

struct cost {
  double user, system, wall; /* seconds at the start */
};

static inline struct cost cost_now(void) {
  struct rusage usage;
  struct timespec now;
  getrusage(RUSAGE_SELF, &usage);
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (struct cost){
      .user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6,
      .system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
      .wall = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
  };
}

static inline void cost_start(struct cost *ret_cost) {
  *ret_cost = cost_now();
}

static inline void cost_print(const struct cost *start, long ended, long wrong) {
  struct cost end = cost_now();
  printf("{\"ended\": %ld, \"wrong\": %ld, \"user\": %.6f, \"system\": %.6f, \"wall\": %.6f}\n", ended, wrong, end.user - start->user,
         end.system - start->system, end.wall - start->wall);
}

#endif
