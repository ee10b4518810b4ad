/* Do the files come at all, are they nginx's own, the volume's, or an old copy of some cache? Reads and fetches nothing. */
#include "checks/theme/theme_codes.h"
#include "checks/theme/theme_judging.h"
#include "monitor/base/lang.h"

static bool same_copy(const struct theme_file *a, const struct theme_file *b) {
  return a->presence == b->presence && (a->presence == THEME_ABSENT || theme_file_equal(a, b));
}

static void add_note(struct finding *finding, const char *what, const struct theme_file *file) {
  if (file->note) finding_evidence(finding, what, NULL, "%s", file->note);
}

/* A copy that nginx no longer has is a cache's. From here on nginx's copies are judged: a purge, not a collect, brings them to visitors. */
static void judge_caches(struct theme_judging *judge) {
  const struct theme_sight *sight = judge->sight;
  bool all = sight->origin != NULL;
  for (size_t i = 0; i < KEY_COUNT; i++) judge->past_caches[i] = sight->keys[i];
  for (size_t i = 0; i < KEY_COUNT && sight->origin; i++) {
    const struct theme_file *served = &sight->keys[i], *origin = &sight->origin[i];
    bool comparable = theme_file_looked(served) && theme_file_looked(origin) && origin->presence != THEME_MISROUTED &&
                      served->presence != THEME_MISROUTED;
    all = all && comparable;
    if (!comparable || same_copy(served, origin)) continue;
    judge->past_caches[i] = *origin;
    struct finding *finding =
        finding_open(judge->out, &THEME_CACHE_STALE, "A cache before nginx gives visitors an old %s.", theme_key_paths[i]);
    auto_free char *what = text_format("/static/%s", theme_key_paths[i]);
    auto_free char *want = text_format(translated("%zu bytes, as %s has them"), origin->length, translated(sight->origin_name));
    finding_evidence(finding, what, want, "%zu other bytes", served->length);
    add_note(finding, translatable("its headers"), served);
  }
  if (all) finding_pass(judge->out, &THEME_CACHE_STALE);
  judge->keys = judge->past_caches;
}

static void compare_with_volume(struct theme_judging *judge) {
  const struct theme_volume_sight *volume = judge->sight->volume;
  bool all = true;
  for (size_t i = 0; i < KEY_COUNT; i++) {
    const struct theme_file *served = &judge->keys[i], *stored = &volume->keys[i];
    if (!theme_file_looked(served) || !theme_file_looked(stored) || served->presence == THEME_MISROUTED) {
      all = false;
      continue;
    }
    if (same_copy(served, stored)) continue;
    struct finding *finding =
        finding_open(judge->out, &THEME_SERVED_DIFFERS, "nginx serves another %s than the volume holds.", theme_key_paths[i]);
    auto_free char *want = stored->presence == THEME_ABSENT ? xstrdup(translated("absent, as on the volume"))
                                                            : text_format(translated("the volume's %zu bytes"), stored->length);
    auto_free char *what = text_format("/static/%s", theme_key_paths[i]);
    if (served->presence == THEME_ABSENT) {
      finding_evidence(finding, what, want, "%s", theme_judging_absence(served));
    } else {
      finding_evidence(finding, what, want, "%zu other bytes", served->length);
    }
    add_note(finding,
             theme_note_tells_cache(served->note) ? translatable("its headers, which tell of a cache")
                                                  : translatable("its headers, which tell of no cache"),
             served);
  }
  if (!all) return;
  finding_pass(judge->out, &THEME_SERVED_DIFFERS);
  finding_pass(judge->out, &THEME_CACHE_STALE);
}

/* While pages or other files come, a 403 meets visitors too: nginx may not read the file, or shall not give it. Where nothing comes, it may
 * be ejmon alone that is refused. */
static bool judge_refusals(struct theme_judging *judge, bool others_come) {
  struct finding *finding = NULL;
  bool all = true;
  for (size_t i = 0; i < KEY_COUNT; i++) {
    const struct theme_file *file = &judge->sight->keys[i];
    all = all && theme_file_looked(file);
    if (file->status != 403 || !others_come) continue;
    if (!finding) finding = finding_open(judge->out, &THEME_STATIC_REFUSED, "Static files are refused while pages or other files come.");
    auto_free char *what = text_format("/static/%s", theme_key_paths[i]);
    finding_evidence(finding, what, "200", "403");
  }
  if (all) finding_pass(judge->out, &THEME_STATIC_REFUSED);
  return finding != NULL;
}

/* Does every path get the same answer? That is no folder of files, whatever answers there. */
static bool is_one_for_all(const struct theme_file *keys) {
  return keys[KEY_MAIN_CSS].length > 0 && theme_file_equal(&keys[KEY_MAIN_CSS], &keys[KEY_MAIN_JS]) &&
         theme_file_equal(&keys[KEY_MAIN_CSS], &keys[KEY_MANIFEST]);
}

/* Chooses the copies to judge; false when there is nothing to judge any further. */
bool theme_judging_routes(struct theme_judging *judge) {
  const struct theme_sight *sight = judge->sight;
  const struct theme_volume_sight *volume = sight->volume && sight->volume->volume_error == 0 ? sight->volume : NULL;
  size_t present = theme_judging_count(sight->keys, KEY_COUNT, THEME_PRESENT),
         absent = theme_judging_count(sight->keys, KEY_COUNT, THEME_ABSENT),
         misrouted = theme_judging_count(sight->keys, KEY_COUNT, THEME_MISROUTED);
  bool stored = volume && theme_judging_count(volume->keys, KEY_COUNT, THEME_PRESENT) > 0;
  bool refused = judge_refusals(judge, present > 0 || sight->page_seen);
  judge->keys = sight->keys;
  judge->minified = sight->minified;
  bool one_for_all = is_one_for_all(sight->keys);
  if (present > 0 && !one_for_all) {
    static const struct code *const fine[] = {&THEME_STATIC_EMPTY, &THEME_STATIC_NOT_SHARED, &THEME_STATIC_MISROUTED, &THEME_STATIC_UNSEEN};
    for (size_t i = 0; i < countof(fine); i++) finding_pass(judge->out, fine[i]);
    judge_caches(judge);
    if (volume) compare_with_volume(judge);
    return true;
  }
  if (one_for_all) {
    struct finding *finding =
        finding_open(judge->out, &THEME_STATIC_UNSEEN, "Every path below /static/ gets the same answer: that is no folder of files.");
    finding_evidence(finding, "/static/css/main.css, js/main.js, manifest.json", "three files", "the same %zu bytes",
                     sight->keys[KEY_MAIN_CSS].length);
  } else if (misrouted > 0) {
    struct finding *finding =
        finding_open(judge->out, &THEME_STATIC_MISROUTED, "Requests below /static/ are answered by something else than the file server.");
    for (size_t i = 0; i < KEY_COUNT; i++) {
      if (sight->keys[i].presence != THEME_MISROUTED) continue;
      auto_free char *what = text_format("/static/%s", theme_key_paths[i]);
      finding_evidence(finding, what, "the file", "a page of HTML, such as Django's 404");
    }
    if (sight->inside && text_equal(sight->inside->generation, "C"))
      finding_evidence(finding, translated("generation"), NULL, "C, which ships no proxy: an outer one has to serve local/static");
  } else if (!refused && absent > 0 && stored) {
    struct finding *finding =
        finding_open(judge->out, &THEME_STATIC_NOT_SHARED, "The static volume has its files, but nginx finds none of them.");
    finding_evidence(finding, "/static/css/main.css", "200", "%s", theme_judging_absence(&sight->keys[KEY_MAIN_CSS]));
    finding_evidence(finding, "the volume's css/main.css", NULL, "%s",
                     volume->keys[KEY_MAIN_CSS].presence == THEME_PRESENT ? translated("present") : translated("absent"));
  } else if (absent == KEY_COUNT) {
    struct finding *finding =
        finding_open(judge->out, &THEME_STATIC_EMPTY, "No static file is there: the pages have neither style nor images nor scripts.");
    for (size_t i = 0; i < KEY_COUNT; i++) {
      auto_free char *what = text_format("/static/%s", theme_key_paths[i]);
      finding_evidence(finding, what, "200", "%s", theme_judging_absence(&sight->keys[i]));
    }
    return false;
  } else if (!refused) {
    struct finding *finding = finding_open(judge->out, &THEME_STATIC_UNSEEN, "The static files could not be looked at through the site.");
    int status = sight->keys[KEY_MAIN_CSS].status;
    auto_free char *saw = status ? text_format("%d", status) : xstrdup(translated("none of the file server"));
    finding_evidence(finding, "/static/css/main.css", "an answer of the file server", "%s", saw);
  }
  if (!stored) return false;
  judge->keys = volume->keys;
  judge->minified = volume->minified;
  return true;
}
