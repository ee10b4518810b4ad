/* The places that explanations come from: EJ's contract, Rocket.Chat's, the deployment guide, standards. Every one that is named exists. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/commands/explain.h"

static const char *const guide_sections[] = {
    "Deployment",
    "Building images",
    "Docker-build",
    "Troubleshooting",
    "Rocket.Chat integration",
    "Initializing the application",
    "Configuring Rocket.Chat",
    "Rocket.Chat style and options",
};

/* What counts the faults of the contracts, and how many there are. */
static const struct {
  const char *prefix;
  int width, count;
} all_series[] = {{"ej F", 2, 84}, {"ej D", 1, 16}, {"ej W", 1, 20}, {"rocket 5.1/", 1, 12}};

static struct known_code *known;
static size_t known_count;
static int wrong;

static void complain(const char *who, const char *what) {
  print_error("%s: %s\n", who, what);
  wrong++;
}

static void assert_nothing_wrong(void) {
  int complaints = wrong;
  wrong = 0;
  if (complaints) fail_msg("%d complaints", complaints);
}

static int load(void **state) {
  (void)state;
  known = command_codes(&known_count);
  return 0;
}

static int unload(void **state) {
  (void)state;
  free(known);
  return 0;
}

static bool is_of_series(const char *ref) {
  for (size_t i = 0; i < countof(all_series); i++) {
    if (!text_starts(ref, all_series[i].prefix)) continue;
    for (int number = 1; number <= all_series[i].count; number++) {
      auto_free char *there = text_format("%s%0*d", all_series[i].prefix, all_series[i].width, number);
      if (text_equal(ref, there)) return true;
    }
  }
  return false;
}

static bool matches(const char *pattern, const char *ref) {
  regex_t regex;
  assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
  bool good = regexec(&regex, ref, 0, NULL, 0) == 0;
  regfree(&regex);
  return good;
}

/* Other chapters of the contracts, and the standards by the name and section that they have. */
static bool is_good_ref(const char *ref) {
  static const char *const patterns[] = {
      "^ej (section|correction|meta-rule) [0-9]+(\\.[0-9]+)?$",
      "^rocket ([0-9]+(\\.[0-9]+)?|issue [0-9]+)$",
      "^DESIGN [0-9]+$",
      "^(CSP3|HTML|Fetch|Mixed Content|RFC [0-9]+|URL|Referrer Policy|Cookies|RFC6265bis|Upgrade Insecure Requests) [0-9]+(\\.[0-9]+)*$",
      "^(RFC|BCP) ?[0-9]+$",
  };
  if (is_of_series(ref)) return true;
  for (size_t i = 0; i < countof(guide_sections); i++) {
    auto_free char *section = text_format("guide \"%s\"", guide_sections[i]);
    if (text_equal(ref, section)) return true;
  }
  for (size_t i = 0; i < countof(patterns); i++) {
    if (matches(patterns[i], ref)) return true;
  }
  return false;
}

static void every_ref_names_a_place_that_exists(void **state) {
  (void)state;
  for (size_t i = 0; i < known_count; i++) {
    for (const char *const *ref = known[i].explain->refs; ref && *ref; ref++) {
      auto_free char *who = text_format("%s: ref '%s'", known[i].name, *ref);
      if (!is_good_ref(*ref)) complain(who, "is in no contract, guide or standard that the test knows");
      for (const char *const *other = known[i].explain->refs; other != ref; other++) {
        if (text_equal(*other, *ref)) complain(who, "stands there twice");
      }
    }
  }
  for (const struct unseen *item = unseen; item->ref; item++) {
    if (!is_good_ref(item->ref)) complain(item->ref, "is in no contract");
    if (!item->title || !*item->title || text_ends(item->title, ".")) complain(item->ref, "has no title, or one with a full stop");
    if (!item->reason || !text_ends(item->reason, ".")) complain(item->ref, "has no reason");
    for (const struct unseen *other = unseen; other != item; other++) {
      if (text_equal(other->ref, item->ref)) complain(item->ref, "stands there twice");
    }
  }
  assert_nothing_wrong();
}

static void a_mistyped_ref_is_seen(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "F01",
                                    "ej F1",
                                    "ej F85",
                                    "ej F00",
                                    "ej D17",
                                    "ej D01",
                                    "ej W21",
                                    "rocket 5.1/13",
                                    "guide Deployment",
                                    "guide \"Trouble\"",
                                    "CSP3",
                                    "ej F01 ",
                                    "ej  F01",
                                    "rocket",
                                    "ej section"};
  for (size_t i = 0; i < countof(bad); i++) {
    if (is_good_ref(bad[i])) complain(bad[i], "passes for a ref");
  }
  assert_nothing_wrong();
}

/* The code that names this place, or NULL. */
static const char *named_by(const char *place) {
  for (size_t i = 0; i < known_count; i++) {
    for (const char *const *ref = known[i].explain->refs; ref && *ref; ref++) {
      if (text_equal(*ref, place)) return known[i].name;
    }
  }
  return NULL;
}

static void check_place(const char *place) {
  bool listed = false;
  for (const struct unseen *item = unseen; item->ref && !listed; item++) listed = text_equal(item->ref, place);
  const char *code = named_by(place);
  auto_free char *who = text_format("%s%s%s", place, code ? " of " : "", code ? code : "");
  if (!code && !listed) complain(who, "no finding and no cause names it, and unseen.c gives no reason");
  if (code && listed) complain(who, "is seen, so it does not belong into unseen.c");
}

static void every_fault_of_the_contracts_has_a_code_or_a_reason(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(all_series); i++) {
    for (int number = 1; number <= all_series[i].count; number++) {
      auto_free char *place = text_format("%s%0*d", all_series[i].prefix, all_series[i].width, number);
      check_place(place);
    }
  }
  for (size_t i = 0; i < countof(guide_sections); i++) {
    auto_free char *place = text_format("guide \"%s\"", guide_sections[i]);
    check_place(place);
  }
  assert_nothing_wrong();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_ref_names_a_place_that_exists),
      cmocka_unit_test(a_mistyped_ref_is_seen),
      cmocka_unit_test(every_fault_of_the_contracts_has_a_code_or_a_reason),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
