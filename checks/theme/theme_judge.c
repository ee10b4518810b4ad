/* Says which layer carries which theme and in what state the static files are. Reads and fetches nothing. */
#include "checks/theme/theme_judging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/theme/theme_codes.h"
#include "monitor/base/lang.h"

static bool is_found(const struct theme_judging *judge, const struct code *code) {
  return findings_find(judge->out, code->name) != NULL;
}

static bool is_shipped(const char *theme) {
  return text_equal(theme, "default") || text_equal(theme, "cpa");
}

/* A theme of the operator's own may show default's pages and images: what it does not override is default's. */
static bool contradicts(const char *seen, const char *wanted) {
  if (!seen || !wanted || text_equal(seen, wanted)) return false;
  return is_shipped(wanted) || !text_equal(seen, "default");
}

static const struct theme_file *minified_of(const struct theme_judging *judge, const char *theme) {
  for (size_t i = 0; judge->minified && theme && judge->sight->themes[i]; i++)
    if (text_equal(judge->sight->themes[i], theme)) return &judge->minified[i];
  return NULL;
}

/* --- the name ---------------------------------------------------------------------------------------------------------------- */

char *theme_judge_wanted(const struct theme_sight *sight) {
  if (!sight->desired || !sight->desired[0]) return NULL;
  return theme_name_fault(sight->desired) ? theme_name_guess(sight->desired) : xstrdup(sight->desired);
}

static void judge_name(struct theme_judging *judge) {
  const struct theme_sight *sight = judge->sight;
  if (sight->desired) {
    const char *fault = theme_name_fault(sight->desired);
    if (!sight->desired[0]) {
      struct finding *finding =
          finding_open(judge->out, &THEME_NOT_SET, "EJ_THEME is set to nothing: the next start of web fails at collect.");
      finding_evidence(finding, "EJ_THEME", "a theme's name, or no such line at all", "(empty)");
    } else {
      finding_pass(judge->out, &THEME_NOT_SET);
    }
    if (fault && !(sight->container_looked && text_equal(sight->container, judge->wanted))) {
      struct finding *finding = finding_open(judge->out, &THEME_ODD_VALUE, "EJ_THEME cannot be a theme's name: %s.", translated(fault));
      finding_evidence(finding, "EJ_THEME", judge->wanted, "%s", sight->desired);
    } else {
      finding_pass(judge->out, &THEME_ODD_VALUE);
    }
  }
  if (!sight->container_looked || !sight->desired || !sight->desired[0]) return;
  const char *container = sight->container ? sight->container : "default";
  /* Newer versions of compose strip the quotes that older ones keep: then the name without them is right. */
  if (!text_equal(container, sight->desired) && !text_equal(container, judge->wanted)) {
    struct finding *finding =
        finding_open(judge->out, &THEME_CONTAINER_DIFFERS, "The web container was created with EJ_THEME=%s, wanted is %s.",
                     sight->container ? sight->container : translated("(none)"), sight->desired);
    finding_evidence(finding, "EJ_THEME of the container", sight->desired, "%s",
                     sight->container ? sight->container : translated("(not set)"));
  } else {
    finding_pass(judge->out, &THEME_CONTAINER_DIFFERS);
  }
}

/* --- CSS --------------------------------------------------------------------------------------------------------------------- */

/* Is it the wanted theme's CSS of the image itself? The minified copies beside main.css may be older than the image (the mtime rule). */
static bool is_built_css(const struct theme_judging *judge, const struct theme_file *css) {
  const struct theme_sight *sight = judge->sight;
  auto_free char *path = text_format("lib/build/css/main-%s.min.css", judge->wanted ? judge->wanted : "");
  const struct inside_file *built = judge->wanted && sight->inside ? inside_find(sight->inside, path) : NULL;
  if (built && built->present) {
    const struct theme_file file = {.presence = THEME_PRESENT, .length = (size_t)built->size, .digest = built->digest};
    return theme_file_equal(css, &file);
  }
  if (!judge->wanted || !sight->volume || !sight->volume->compared || !theme_file_equal(css, &sight->volume->keys[KEY_MAIN_CSS]))
    return false;
  /* Where the image has no file of that name, nothing was compared with it. */
  if (theme_file_looked(&sight->volume->build_css) && sight->volume->build_css.presence != THEME_PRESENT) return false;
  for (size_t kind = 0; kind < DIFFER_COUNT; kind++)
    if (sight->volume->differences[GROUP_CSS][kind].count > 0) return false;
  return true;
}

/* Is it the CSS of a theme that only the image knows of, a custom one that nobody told of? */
static const char *find_inside_theme(const struct inside *inside, const struct theme_file *css) {
  static const char *const places[] = {"static/css/main", "lib/build/css/main"};
  for (char **name = inside ? inside->themes : NULL; name && *name; name++) {
    for (size_t i = 0; i < countof(places); i++) {
      auto_free char *path = text_format("%s-%s.min.css", places[i], *name);
      const struct inside_file *there = inside_find(inside, path);
      if (!there || !there->present) continue;
      const struct theme_file file = {.presence = THEME_PRESENT, .length = (size_t)there->size, .digest = there->digest};
      if (theme_file_equal(css, &file)) return *name;
    }
  }
  return NULL;
}

static const char *find_css_theme(const struct theme_judging *judge) {
  const struct theme_file *css = &judge->keys[KEY_MAIN_CSS], *wanted = minified_of(judge, judge->wanted);
  if (css->presence != THEME_PRESENT || css->length == 0) return NULL;
  if (is_built_css(judge, css)) return judge->wanted;
  if (wanted && theme_file_equal(css, wanted)) return judge->wanted;
  for (size_t i = 0; judge->minified && judge->sight->themes[i]; i++)
    if (theme_file_equal(css, &judge->minified[i])) return judge->sight->themes[i];
  return find_inside_theme(judge->sight->inside, css);
}

static void judge_build(struct theme_judging *judge) {
  const struct theme_volume_sight *volume = judge->sight->volume;
  const struct theme_file *minified = minified_of(judge, judge->wanted);
  const struct theme_file *built =
      volume && theme_file_looked(&volume->build_css) ? &volume->build_css : minified; /* the image itself, else its copy */
  if (!built || !theme_file_looked(built)) return;
  if (built->presence == THEME_PRESENT) {
    finding_pass(judge->out, &THEME_UNKNOWN);
    if (built->length > 0) {
      finding_pass(judge->out, &THEME_BUILD_EMPTY);
      return;
    }
    struct finding *finding =
        finding_open(judge->out, &THEME_BUILD_EMPTY, "main-%s.min.css has 0 bytes: there is nothing to collect from.", judge->wanted);
    finding_evidence(
        finding, built == minified ? translatable("main-<theme>.min.css as served") : translatable("lib/build/css/main-<theme>.min.css"),
        "CSS", "0 bytes");
    return;
  }
  /* Absent: an unknown name, unless all minified files are gone (then the files are the trouble, not the name). */
  size_t others = theme_judging_count(judge->minified, strings_count(judge->sight->themes), THEME_PRESENT);
  if (built->presence != THEME_ABSENT || (built == minified && others == 0)) return;
  struct finding *finding = finding_open(judge->out, &THEME_UNKNOWN, "The image has no theme named %s.", judge->wanted);
  auto_free char *what = text_format("main-%s.min.css", judge->wanted);
  finding_evidence(finding, what, "a file", "absent, while other themes' are there");
  for (char **name = judge->sight->inside ? judge->sight->inside->themes : NULL; name && *name; name++)
    finding_evidence(finding, "a theme of the image", NULL, "%s", *name);
}

static void judge_css(struct theme_judging *judge) {
  struct findings *out = judge->out;
  const struct theme_file *css = &judge->keys[KEY_MAIN_CSS];
  if (!theme_file_looked(css)) return;
  if (css->presence != THEME_PRESENT) {
    finding_evidence(finding_open(out, &THEME_CSS_MISSING, "main.css is not there: the pages have no style."), "/static/css/main.css",
                     "200", "%s", theme_judging_absence(css));
    return;
  }
  finding_pass(out, &THEME_CSS_MISSING);
  if (css->length == 0) {
    struct finding *finding = finding_open(out, &THEME_CSS_EMPTY, "main.css is served with 200 and 0 bytes: the pages have no style.");
    finding_evidence(finding, "/static/css/main.css", "about 90 kB of CSS", "0 bytes");
    return;
  }
  finding_pass(out, &THEME_CSS_EMPTY);
  const char *colours = theme_of_colours(css->bytes, css->length);
  judge->css = find_css_theme(judge);
  if (judge->css && is_shipped(judge->css) && colours) {
    if (!text_equal(colours, judge->css)) {
      struct finding *finding =
          finding_open(out, &THEME_BUILD_MISLABELLED, "main-%s.min.css holds the colours of theme %s.", judge->css, colours);
      finding_evidence(finding, "the colours in main.css", judge->css, "%s", colours);
    } else {
      finding_pass(out, &THEME_BUILD_MISLABELLED);
    }
  }
  bool has_minified = judge->minified && theme_judging_count(judge->minified, strings_count(judge->sight->themes), THEME_PRESENT) > 0;
  if (!judge->css && has_minified) {
    for (size_t i = 0; judge->sight->themes[i]; i++) {
      if (!theme_file_is_part(css, &judge->minified[i])) continue;
      struct finding *finding = finding_open(out, &THEME_TRUNCATED, "main.css is cut short.");
      finding_evidence(finding, "/static/css/main.css", "all of main-<theme>.min.css", "the first %zu of %zu bytes of theme %s",
                       css->length, judge->minified[i].length, judge->sight->themes[i]);
      return;
    }
  }
  const char *theme = judge->css ? judge->css : colours;
  if (judge->wanted && theme && !text_equal(theme, judge->wanted) && (judge->css || is_shipped(judge->wanted))) {
    judge->css_wrong = true;
    judge->css = theme;
    struct finding *finding = finding_open(out, &THEME_CSS_WRONG_THEME, "The CSS is of theme %s, wanted is %s.", theme, judge->wanted);
    finding_evidence(finding, "/static/css/main.css", judge->wanted, "%s", theme);
    return;
  }
  if (judge->wanted && theme) finding_pass(out, &THEME_CSS_WRONG_THEME);
  if (judge->css) {
    finding_pass(out, &THEME_CSS_UNKNOWN);
  } else if (judge->wanted && has_minified && !css->cut) { /* without a wanted theme it may be a custom one that nobody told of */
    struct finding *finding = finding_open(out, &THEME_CSS_UNKNOWN, "main.css equals the minified CSS of no theme beside it.");
    finding_evidence(finding, "/static/css/main.css", "the bytes of one main-<theme>.min.css", "%zu bytes of its own%s%s", css->length,
                     colours ? translated(", by its colours of theme ") : "", colours ? colours : "");
  }
  if (!judge->css && judge->wanted) judge->css = colours; /* a custom theme may have any colours */
}

/* --- images, manifest, scripts ----------------------------------------------------------------------------------------------- */

static void judge_asset_presence(struct theme_judging *judge) {
  static const enum theme_key assets[] = {KEY_MANIFEST, KEY_LOGO};
  bool all = true;
  for (size_t i = 0; i < countof(assets); i++) {
    const struct theme_file *file = &judge->keys[assets[i]];
    auto_free char *what = text_format("/static/%s", theme_key_paths[assets[i]]);
    if (!theme_file_looked(file)) {
      all = false;
    } else if (file->presence != THEME_PRESENT) {
      finding_evidence(finding_open(judge->out, &THEME_ASSETS_MISSING, "%s is not there.", theme_key_paths[assets[i]]), what, "200", "%s",
                       theme_judging_absence(file));
    } else if (file->length == 0 || (assets[i] == KEY_LOGO ? theme_svg_is_cut(file) : theme_json_is_cut(file))) {
      struct finding *finding = finding_open(judge->out, &THEME_TRUNCATED, "%s is cut short.", theme_key_paths[assets[i]]);
      finding_evidence(finding, what, "a whole file", "%zu bytes without its end", file->length);
    }
  }
  if (all && judge->sources_asked == judge->sources_seen) finding_pass(judge->out, &THEME_ASSETS_MISSING);
}

static void add_examples(struct finding *finding, const char *want, const struct theme_differences *differences) {
  for (size_t i = 0; i < THEME_EXAMPLE_LIMIT && differences->examples[i]; i++)
    finding_evidence(finding, "on the static volume", want, "%s", differences->examples[i]);
  if (differences->count > THEME_EXAMPLE_LIMIT)
    finding_evidence(finding, "on the static volume", want, "%zu files in all", differences->count);
}

static const struct theme_differences *differences_of(const struct theme_judging *judge, enum theme_group group,
                                                      enum theme_difference kind) {
  const struct theme_differences *differences = judge->sources_seen ? &judge->sight->volume->differences[group][kind] : NULL;
  return differences && differences->count > 0 ? differences : NULL;
}

static void judge_asset_theme(struct theme_judging *judge) {
  const char *wanted = judge->wanted ? judge->wanted : judge->css;
  if (!wanted) return;
  const struct theme_file *manifest = &judge->keys[KEY_MANIFEST], *logo = &judge->keys[KEY_LOGO];
  /* Where all files were compared with the image's, those of a custom theme may be whatever its author put there. */
  bool telling = is_shipped(wanted) || !judge->sources_seen;
  const char *of_manifest = telling && manifest->presence == THEME_PRESENT ? theme_of_manifest(manifest->bytes, manifest->length) : NULL;
  const char *of_logo = telling && logo->presence == THEME_PRESENT && !logo->cut ? theme_of_logo(logo->bytes, logo->length) : NULL;
  const struct theme_differences *others = differences_of(judge, GROUP_ASSET, DIFFER_OTHER);
  bool wrong = contradicts(of_manifest, wanted) || contradicts(of_logo, wanted) || others;
  /* CSS and images wrong alike: nothing of the wanted theme was collected. Only the images wrong: collect's own doing, the mtime rule. */
  const struct code *code = judge->css_wrong ? &THEME_ASSETS_WRONG_THEME : &THEME_MIXED_ASSETS;
  if (!wrong) {
    if ((of_manifest || of_logo || judge->sources_seen) && judge->sources_asked == judge->sources_seen) {
      finding_pass(judge->out, &THEME_ASSETS_WRONG_THEME);
      if (!judge->css_wrong && judge->css) finding_pass(judge->out, &THEME_MIXED_ASSETS);
    }
    return;
  }
  const char *seen = contradicts(of_manifest, wanted) ? of_manifest : contradicts(of_logo, wanted) ? of_logo : translated("another theme");
  struct finding *finding = judge->css && !judge->css_wrong
                                ? finding_open(judge->out, code, "The CSS is of theme %s, images and manifest are of %s.", judge->css, seen)
                                : finding_open(judge->out, code, "Images and manifest are of %s, wanted is theme %s.", seen, wanted);
  if (contradicts(of_manifest, wanted))
    finding_evidence(finding, "/static/manifest.json short_name", text_equal(wanted, "cpa") ? "CPA" : "EJ", "%s",
                     text_equal(of_manifest, "cpa") ? "CPA" : "EJ");
  if (contradicts(of_logo, wanted)) finding_evidence(finding, "/static/img/logo/logo.svg", wanted, "the logo of theme %s", of_logo);
  if (others) add_examples(finding, translatable("the wanted theme's file"), others);
}

static void judge_script(struct theme_judging *judge) {
  const struct theme_file *script = &judge->keys[KEY_MAIN_JS];
  if (theme_file_looked(script)) {
    if (script->presence != THEME_PRESENT) {
      finding_evidence(finding_open(judge->out, &THEME_JS_MISSING, "main.js is not there: menus and forms do not work."),
                       "/static/js/main.js", "200", "%s", theme_judging_absence(script));
    } else {
      finding_pass(judge->out, &THEME_JS_MISSING);
      if (script->length == 0)
        finding_evidence(finding_open(judge->out, &THEME_TRUNCATED, "main.js has 0 bytes."), "/static/js/main.js", "a whole script",
                         "0 bytes");
    }
  }
  const struct theme_volume_sight *volume = judge->sight->volume;
  if (!volume || !theme_file_looked(&volume->build_js)) return;
  if (volume->build_js.presence == THEME_PRESENT && volume->build_js.length > 0) {
    finding_pass(judge->out, &THEME_BUILD_JS_MISSING);
  } else {
    struct finding *finding =
        finding_open(judge->out, &THEME_BUILD_JS_MISSING, "lib/build/js/main.js is gone from the web container itself.");
    finding_evidence(finding, "lib/build/js/main.js", "a script", "%s",
                     volume->build_js.presence == THEME_PRESENT ? translated("0 bytes") : translated("no such file"));
  }
}

/* What the comparison of the volume with its sources adds. */
static void judge_differences(struct theme_judging *judge) {
  static const struct {
    enum theme_group group;
    enum theme_difference kind;
    const struct code *code;
    const char *summary, *want;
  } rows[] = {
      {GROUP_CSS, DIFFER_MISSING, &THEME_CSS_MISSING, translatable("A collected CSS file is missing on the static volume."),
       translatable("the file")},
      {GROUP_CSS, DIFFER_EMPTY, &THEME_CSS_EMPTY, translatable("A collected CSS file has 0 bytes."), translatable("the theme's CSS")},
      {GROUP_CSS, DIFFER_TRUNCATED, &THEME_TRUNCATED, translatable("A file on the static volume is cut short."),
       translatable("the whole of its source")},
      {GROUP_CSS, DIFFER_OTHER, &THEME_CSS_WRONG_THEME, translatable("A collected CSS file is of another theme."),
       translatable("the wanted theme's CSS")},
      {GROUP_CSS, DIFFER_STALE, &THEME_CSS_UNKNOWN, translatable("A collected CSS file is not what the image holds."),
       translatable("the image's CSS")},
      {GROUP_SCRIPT, DIFFER_MISSING, &THEME_JS_MISSING, translatable("A script is missing on the static volume."),
       translatable("the file")},
      {GROUP_SCRIPT, DIFFER_EMPTY, &THEME_TRUNCATED, translatable("A file on the static volume is cut short."),
       translatable("the whole of its source")},
      {GROUP_SCRIPT, DIFFER_TRUNCATED, &THEME_TRUNCATED, translatable("A file on the static volume is cut short."),
       translatable("the whole of its source")},
      {GROUP_SCRIPT, DIFFER_OTHER, &THEME_JS_STALE, translatable("A script on the static volume is not the image's."),
       translatable("the image's script")},
      {GROUP_SCRIPT, DIFFER_STALE, &THEME_JS_STALE, translatable("A script on the static volume is not the image's."),
       translatable("the image's script")},
      {GROUP_ASSET, DIFFER_MISSING, &THEME_ASSETS_MISSING, translatable("Files are missing on the static volume."),
       translatable("the file")},
      {GROUP_ASSET, DIFFER_EMPTY, &THEME_TRUNCATED, translatable("A file on the static volume is cut short."),
       translatable("the whole of its source")},
      {GROUP_ASSET, DIFFER_TRUNCATED, &THEME_TRUNCATED, translatable("A file on the static volume is cut short."),
       translatable("the whole of its source")},
      {GROUP_ASSET, DIFFER_STALE, &THEME_FILES_STALE, translatable("Files on the static volume are not what the image holds."),
       translatable("the image's file")},
  };
  if (!judge->sources_seen) return;
  for (size_t i = 0; i < countof(rows); i++) {
    const struct theme_differences *differences = differences_of(judge, rows[i].group, rows[i].kind);
    if (!differences) continue;
    /* The oracle over main.css has said more about it already: a cut or missing main.css is no CSS of its own. */
    if (rows[i].code == &THEME_CSS_UNKNOWN && (is_found(judge, &THEME_CSS_WRONG_THEME) || is_found(judge, &THEME_TRUNCATED))) continue;
    add_examples(finding_open(judge->out, rows[i].code, "%s", translated(rows[i].summary)), rows[i].want, differences);
  }
  finding_pass(judge->out, &THEME_JS_STALE);
  finding_pass(judge->out, &THEME_FILES_STALE);
}

/* --- the process ------------------------------------------------------------------------------------------------------------- */

static void judge_process(struct theme_judging *judge) {
  const char *wanted = judge->wanted ? judge->wanted : judge->css;
  const char *page = is_shipped(wanted) ? judge->sight->page_theme : NULL; /* a theme of the operator's own may show any page */
  const struct inside *inside = judge->sight->inside;
  const char *started = inside ? inside_process_theme(inside) : NULL;
  const char *seen = page ? page : started;
  if (!seen || !wanted) return;
  if (text_equal(seen, wanted)) {
    finding_pass(judge->out, &THEME_PROCESS_DIFFERS);
    return;
  }
  struct finding *finding =
      finding_open(judge->out, &THEME_PROCESS_DIFFERS,
                   page ? translatable("The pages are of theme %s, %s is %s.") : translatable("The web process runs theme %s, %s is %s."),
                   seen, judge->wanted ? translated("wanted") : translated("the CSS"), wanted);
  if (page) finding_evidence(finding, "the HTML of /start/ or /login/", wanted, "%s", page);
  if (inside && inside->serving_argument) finding_evidence(finding, "the command line of web", NULL, "-t %s", inside->serving_argument);
  if (inside && inside->environment_seen)
    finding_evidence(finding, "EJ_THEME that the process was started with", wanted, "%s",
                     inside->serving_theme ? inside->serving_theme : translated("(not set)"));
}

static void judge_truncation(struct theme_judging *judge) {
  bool css_whole = judge->css && find_css_theme(judge) != NULL;
  bool rest = judge->keys[KEY_MANIFEST].presence == THEME_PRESENT && judge->keys[KEY_LOGO].presence == THEME_PRESENT &&
              judge->keys[KEY_MAIN_JS].presence == THEME_PRESENT;
  if (css_whole && rest && judge->sources_asked == judge->sources_seen) finding_pass(judge->out, &THEME_TRUNCATED);
}

const char *theme_judge_css(const struct theme_sight *sight) {
  auto_free char *wanted = theme_judge_wanted(sight);
  struct theme_judging judge = {.sight = sight, .keys = sight->keys, .minified = sight->minified, .wanted = wanted};
  const char *theme = find_css_theme(&judge);        /* a local copy of the name, when it is the wanted one */
  for (size_t i = 0; theme && sight->themes[i]; i++) /* not the local copy of the wanted one */
    if (text_equal(sight->themes[i], theme)) return sight->themes[i];
  return theme && !text_equal(theme, wanted) ? theme : NULL; /* one of the look inside */
}

void theme_judge(const struct theme_sight *sight, struct findings *out) {
  auto_free char *wanted = theme_judge_wanted(sight);
  const struct theme_volume_sight *volume = sight->volume;
  struct theme_judging judge = {.sight = sight, .out = out, .wanted = wanted};
  judge.sources_asked = volume && volume->sources_error != -ENODATA;
  judge.sources_seen = volume && volume->compared;
  judge_name(&judge);
  bool judged = theme_judging_routes(&judge);
  if (judged) {
    judge_build(&judge);
    judge_css(&judge);
    judge_asset_presence(&judge);
    judge_asset_theme(&judge);
    judge_script(&judge);
    judge_differences(&judge);
    judge_truncation(&judge);
  } else if (judge.keys && wanted) {
    judge_build(&judge);
  }
  judge_process(&judge);
  struct theme_judging stored = {.sight = sight, .wanted = wanted};
  if (volume && volume->volume_error == 0) {
    stored.keys = volume->keys;
    stored.minified = volume->minified;
  }
  const char *css_stored = stored.keys ? find_css_theme(&stored) : NULL;
  theme_judge_inside(sight, css_stored ? css_stored : judge.css, out);
  /* Whole files on a volume do not prove that visitors get them: nothing is closed while the site was not seen. */
  bool none_came = theme_judging_count(sight->keys, KEY_COUNT, THEME_PRESENT) == 0;
  if (is_found(&judge, &THEME_STATIC_UNSEEN) || (none_came && is_found(&judge, &THEME_STATIC_REFUSED))) out->passed_count = 0;
  if (judge.css || wanted) findings_fact(out, "theme", judge.css ? judge.css : wanted);
}
