/* From space, folder and log as they were seen to findings. Pure: the looking is check_disk.c's. */
#ifndef EJMON_DISK_JUDGE_H
#define EJMON_DISK_JUDGE_H

#include "checks/finding.h"
#include "checks/inside/inside.h"

/* Where no key says otherwise: so much, or that part of a volume that is smaller than most. */
#define DISK_LOW_BYTES (512ull << 20)
#define DISK_LOW_PART 10
#define DISK_FULL_BYTES (64ull << 20)
#define DISK_FULL_PART 100

struct disk_limits {
  unsigned long long space_low, space_full, log; /* bytes; the first two 0: the defaults above */
  long inodes;
};
struct disk_sight {
  const struct inside *inside;       /* NULL: not looked */
  struct inside_space statics, logs; /* of folders that are mounted here; used where inside saw none */
  unsigned long long log_size;
  const char *log; /* a debug.log that is mounted here, or NULL */
  const char *why; /* what hindered the look inside, or NULL */
};

void disk_judge(const struct disk_sight *sight, const struct disk_limits *limits, struct findings *out);

#endif
