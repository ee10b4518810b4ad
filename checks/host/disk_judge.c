/* Says what is short or wrong with the disks under EJ's files. Reads nothing. */
#include "checks/host/disk_judge.h"

#include "checks/host/disk_codes.h"
#include "monitor/base/lang.h"

static char *amount_show(unsigned long long bytes) {
  static const char *const units[] = {translatable("bytes"), "kB", "MB", "GB", "TB"};
  double value = (double)bytes;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < countof(units)) {
    value /= 1024;
    unit++;
  }
  return text_format(unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, translated(units[unit]));
}

static unsigned long long limit_of(unsigned long long key, unsigned long long bytes, unsigned long long size, unsigned part) {
  if (key > 0) return key;
  return size / part < bytes ? size / part : bytes;
}

static void judge_space(const struct inside_space *space, const struct disk_limits *limits, struct findings *out) {
  if (!space->seen) return;
  unsigned long long low = limit_of(limits->space_low, DISK_LOW_BYTES, space->size, DISK_LOW_PART),
                     full = limit_of(limits->space_full, DISK_FULL_BYTES, space->size, DISK_FULL_PART);
  auto_free char *left = amount_show(space->free), *all = amount_show(space->size);
  const struct code *code = space->free < full ? &DISK_SPACE_FULL : space->free < low ? &DISK_SPACE_LOW : NULL;
  if (code && !findings_find(out, code->name)) {
    auto_free char *want = amount_show(code == &DISK_SPACE_FULL ? full : low);
    auto_free char *wanted = text_format(translated("at least %s free"), want);
    struct finding *finding = finding_add(out, code, "%s of %s are free under %s.", left, all, space->path);
    finding_evidence(finding, space->path, wanted, "%s free of %s", left, all);
  }
  if (space->inodes >= 0 && space->inodes < limits->inodes && !findings_find(out, DISK_INODES_FULL.name)) {
    struct finding *finding = finding_add(out, &DISK_INODES_FULL, "%lld inodes are free under %s.", space->inodes, space->path);
    auto_free char *want = text_format(translated("at least %ld"), limits->inodes);
    finding_evidence(finding, space->path, want, "%lld inodes free", space->inodes);
  }
}

static void judge_folder(const struct inside *inside, struct findings *out) {
  if (!inside || !inside->root_there) return;
  if (!inside->unwritable) {
    finding_pass(out, &DISK_STATIC_NOT_WRITABLE);
    return;
  }
  long user = inside->serving_user >= 0 ? inside->serving_user : inside->user;
  struct finding *finding =
      finding_add(out, &DISK_STATIC_NOT_WRITABLE, "web (user %ld) may not write to %s: its next start fails.", user, inside->unwritable);
  auto_free char *want = text_format(translated("writable for user %ld"), user);
  finding_evidence(finding, inside->unwritable, want, "not writable");
  finding_evidence(finding, inside->root, NULL, "owner %ld, mode %04lo", inside->root_owner, (unsigned long)inside->root_mode);
}

static void judge_log(const char *path, unsigned long long size, const struct disk_limits *limits, struct findings *out) {
  if (size < limits->log) {
    finding_pass(out, &DISK_LOG_LARGE);
    return;
  }
  auto_free char *shown = amount_show(size), *limit = amount_show(limits->log);
  auto_free char *want = text_format(translated("less than %s"), limit);
  finding_evidence(finding_add(out, &DISK_LOG_LARGE, "%s has %s.", path, shown), path, want, "%s", shown);
}

void disk_judge(const struct disk_sight *sight, const struct disk_limits *limits, struct findings *out) {
  const struct inside *inside = sight->inside;
  const struct inside_space *statics = inside && inside->statics.seen ? &inside->statics : &sight->statics;
  const struct inside_space *logs = inside && inside->logs.seen ? &inside->logs : &sight->logs;
  judge_space(statics, limits, out);
  judge_space(logs, limits, out);
  judge_folder(inside, out);
  if (inside && inside->log) {
    judge_log(inside->log, inside->log_size, limits, out);
  } else if (sight->log) {
    judge_log(sight->log, sight->log_size, limits, out);
  } else if (inside) {
    finding_pass(out, &DISK_LOG_LARGE); /* there is none */
  }
  if (!statics->seen && !logs->seen) {
    struct finding *finding =
        finding_add(out, &DISK_UNSEEN, "Nothing could be looked at: %s", sight->why ? sight->why : translated("the disk does not answer."));
    finding_evidence(finding, "the static folder of web", "a look", "none");
    return;
  }
  finding_pass(out, &DISK_SPACE_FULL);
  finding_pass(out, &DISK_SPACE_LOW);
  finding_pass(out, &DISK_INODES_FULL);
  finding_pass(out, &DISK_UNSEEN);
  if (statics->seen) findings_measure(out, "static_free", (double)statics->free, "B");
  if (logs->seen) findings_measure(out, "log_free", (double)logs->free, "B");
  if ((inside && inside->log) || sight->log)
    findings_measure(out, "debug_log", (double)(inside && inside->log ? inside->log_size : sight->log_size), "B");
}
