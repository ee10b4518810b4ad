/* Which MongoDB fits which Rocket.Chat, which addresses are nobody else's, what a pinned setting means; pure: see mongo_look.h. */
#include <stdlib.h>
#include <string.h>

#include "checks/mongo/mongo_codes.h"
#include "checks/mongo/mongo_look.h"
#include "monitor/base/lang.h"

/* From that Rocket.Chat on: the oldest and the newest MongoDB that its release notes name (Rocket.Chat contract section 6.3). */
static const struct {
  const char *rocketchat, *oldest, *newest; /* newest NULL: no upper end was named */
} ranges[] = {
    {"0.73.2", "3.2", "4.0"}, {"3.0", "3.4", "4.0"}, {"4.7", "3.6", "5.0"}, {"5.4", "4.2", "5.0"},
    {"6.0", "4.4", "6.0"},    {"7.0", "5.0", NULL},  {"8.0", "7.0", NULL},
};
#define ROCKET_NEEDS_SET "1.0"     /* without one it ends at its start */
#define ROCKET_WATCHES_LESS "7.7"  /* from about there on change streams are off; the docs still ask for a set */
#define ROCKET_ENDS_ON_RANGE "8.0" /* an older MongoDB than its range makes it end */

int mongo_version_compare(const char *a, const char *b) {
  while (*a || *b) {
    char *end_a, *end_b;
    long x = strtol(a, &end_a, 10), y = strtol(b, &end_b, 10);
    if (x != y) return x < y ? -1 : 1;
    if ((end_a == a && end_b == b) || (*end_a != '.' && *end_b != '.')) return 0;
    a = *end_a == '.' ? end_a + 1 : "";
    b = *end_b == '.' ? end_b + 1 : "";
  }
  return 0;
}

/* "4.0.28" is within a range that ends with "4.0". */
static bool is_newer(const char *version, const char *newest) {
  size_t length = strlen(newest);
  bool same_line = text_starts(version, newest) && (version[length] == '.' || !version[length]);
  return !same_line && mongo_version_compare(version, newest) > 0;
}

static void judge_range(const char *rocketchat, const char *mongo, struct findings *findings) {
  size_t row = countof(ranges);
  for (size_t i = 0; i < countof(ranges); i++) {
    if (mongo_version_compare(rocketchat, ranges[i].rocketchat) >= 0) row = i;
  }
  if (row == countof(ranges)) return;
  bool old = mongo_version_compare(mongo, ranges[row].oldest) < 0;
  if (!old && (!ranges[row].newest || !is_newer(mongo, ranges[row].newest))) {
    finding_pass(findings, &MONGO_UNSUPPORTED);
    return;
  }
  struct finding *finding =
      finding_add(findings, &MONGO_UNSUPPORTED, "Rocket.Chat %s does not name MongoDB %s among those that it supports.", rocketchat, mongo);
  if (old && mongo_version_compare(rocketchat, ROCKET_ENDS_ON_RANGE) >= 0) finding->severity = SEVERITY_CRITICAL;
  auto_free char *want = ranges[row].newest ? text_format(translated("%s to %s"), ranges[row].oldest, ranges[row].newest)
                                            : text_format(translated("%s or later"), ranges[row].oldest);
  finding_evidence(finding, "buildInfo version", want, "%s", mongo);
}

static void judge_set(const char *rocketchat, bool alone, struct findings *findings) {
  if (!alone || (rocketchat && mongo_version_compare(rocketchat, ROCKET_NEEDS_SET) < 0)) {
    finding_pass(findings, &MONGO_STANDALONE);
    return;
  }
  if (!rocketchat) return;
  struct finding *finding =
      finding_add(findings, &MONGO_STANDALONE, "Rocket.Chat %s wants a replica set, and this MongoDB runs alone.", rocketchat);
  if (mongo_version_compare(rocketchat, ROCKET_WATCHES_LESS) >= 0) finding->severity = SEVERITY_WARNING;
  finding_evidence(finding, "hello setName", "a name, if only of a set of one member", "none");
}

void mongo_judge_fit(const char *rocketchat, const char *mongo, bool alone, struct findings *findings) {
  if (rocketchat && mongo) judge_range(rocketchat, mongo, findings);
  judge_set(rocketchat, alone, findings);
}

bool mongo_is_loopback(const char *address) {
  if (*address == '/') return true;
  size_t length = strcspn(address, ":");
  return text_starts(address, "127.") || text_starts(address, "[::1]") || text_starts(address, "::1") ||
         (length == strlen("localhost") && strncmp(address, "localhost", length) == 0);
}

bool mongo_is_service_name(const char *address) {
  size_t length = strcspn(address, ":");
  return length > 0 && !memchr(address, '.', length) && !memchr(address, '/', length) && address[0] != '[' &&
         strspn(address, "0123456789") < length;
}

/* --- pinned settings -------------------------------------------------------------------------------------------------------------------
 */

/* What the guide prescribes, as far as it is the same for every stack. */
static bool is_wrong(const char *id, const json_t *value) {
  if (strcmp(id, "Accounts_iframe_enabled") == 0) return !json_is_true(value);
  if (strcmp(id, "Accounts_Iframe_api_method") == 0) return !text_equal(json_string_value(value), "POST");
  if (strcmp(id, "Accounts_iframe_url") == 0 || strcmp(id, "Accounts_Iframe_api_url") == 0) {
    const char *url = json_string_value(value);
    return !url || !*url;
  }
  return json_is_true(value); /* Accounts_Allow*Change */
}

void mongo_judge_pins(const json_t *documents, struct findings *findings) {
  struct finding *pinned = NULL, *wrong = NULL;
  const json_t *row;
  size_t index;
  for (int pass = 0; pass < 2; pass++) { /* a finding's pointer holds until the next finding_add */
    json_array_foreach(documents, index, row) {
      const char *id = json_string_value(json_object_get(row, "_id"));
      bool blocked = json_is_true(json_object_get(row, "blocked")), hidden = json_is_true(json_object_get(row, "hidden"));
      bool environment = text_equal(json_string_value(json_object_get(row, "valueSource")), "processEnvValue");
      if (!id || (!blocked && !hidden && !environment)) continue;
      bool ill = is_wrong(id, json_object_get(row, "value"));
      struct finding **finding = pass ? &wrong : &pinned;
      if (pass && !ill) continue;
      if (!*finding && pass)
        *finding = finding_add(findings, &MONGO_SETTING_PINNED_WRONG, "%s is not as the guide wants it, and is pinned.", id);
      if (!*finding) *finding = finding_add(findings, &MONGO_SETTING_PINNED, "Rocket.Chat's setting %s is pinned.", id);
      finding_evidence(*finding, id, NULL, "%s%s%s",
                       environment ? translated("set by OVERWRITE_SETTING_ at every start") : translated("set in the database"),
                       blocked ? translated(", blocked by SETTINGS_BLOCKED") : "",
                       hidden ? translated(", hidden by SETTINGS_HIDDEN: browsers do not get it") : "");
    }
  }
  if (!pinned) finding_pass(findings, &MONGO_SETTING_PINNED);
  if (!wrong) finding_pass(findings, &MONGO_SETTING_PINNED_WRONG);
}
