/* What the look inside of web, the page's addresses and the probes before tell: the scratch CSS of the container, who collected, where to,
 * and who serves. Reads and fetches nothing. */
#include <string.h>

#include "checks/theme/theme_codes.h"
#include "checks/theme/theme_history.h"
#include "checks/theme/theme_judge.h"
#include "monitor/base/lang.h"

static const struct inside_file *built_css(const struct inside *inside, const char *theme) {
  auto_free char *path = text_format("lib/build/css/main-%s.min.css", theme);
  return inside_find(inside, path);
}

static bool is_same(const struct inside_file *a, const struct inside_file *b) {
  return a && b && a->present && b->present && a->size == b->size && a->digest[0] && strcmp(a->digest, b->digest) == 0;
}

/* Whose minified CSS is it, if not of the theme `own`? */
static const char *other_theme(const struct inside *inside, const struct inside_file *css, const char *own) {
  for (char **name = inside->themes; name && *name; name++)
    if (!text_equal(*name, own) && is_same(css, built_css(inside, *name))) return *name;
  return NULL;
}

/* lib/build/css/main.css is collect's scratch copy: what the next plain collectstatic in this container publishes. */
static void judge_scratch(const struct inside *inside, const char *css, struct findings *out) {
  const char *own = inside->theme && inside->theme[0] ? inside->theme : "default";
  const struct inside_file *scratch = inside_find(inside, "lib/build/css/main.css"), *built = built_css(inside, own);
  if (!scratch || !scratch->present) return;
  /* An empty or missing theme is the image's or the name's trouble, told elsewhere. */
  bool whole = built && built->present && built->size > 0;
  if (scratch->size == 0) {
    if (built && built->present && built->size == 0) return;
    struct finding *finding =
        finding_add(out, &THEME_SCRATCH_CSS_EMPTY,
                    "A collect failed in web: its scratch main.css has 0 bytes, and a plain collectstatic would publish that.");
    finding_evidence(finding, "lib/build/css/main.css in web", "the CSS of its theme", "0 bytes");
    return;
  }
  finding_pass(out, &THEME_SCRATCH_CSS_EMPTY);
  if (!whole) return;
  const char *whose = is_same(scratch, built) ? NULL : other_theme(inside, scratch, own);
  if (whose) {
    struct finding *finding =
        finding_add(out, &THEME_SCRATCH_CSS_OTHER, "The scratch main.css of web is of theme %s, its EJ_THEME is %s.", whose, own);
    finding_evidence(finding, "lib/build/css/main.css in web", own, "%s", whose);
    finding_evidence(finding, "css/main.css on the volume", own, "%s", css ? css : translated("not known"));
    return;
  }
  finding_pass(out, &THEME_SCRATCH_CSS_OTHER);
  if (!css || !is_same(scratch, built)) return;
  if (text_equal(css, own)) {
    finding_pass(out, &THEME_COLLECTED_ELSEWHERE);
    return;
  }
  struct finding *finding =
      finding_add(out, &THEME_COLLECTED_ELSEWHERE,
                  "main.css on the volume is of theme %s, but this web collected %s: another container wrote it.", css, own);
  finding_evidence(finding, "lib/build/css/main.css in web", NULL, "%s", own);
  finding_evidence(finding, "css/main.css on the volume", own, "%s", css);
}

static void judge_static_root(const struct inside *inside, struct findings *out) {
  if (!inside->root) return;
  if (!inside->root_elsewhere) {
    finding_pass(out, &THEME_STATIC_ROOT_OTHER);
    return;
  }
  struct finding *finding =
      finding_add(out, &THEME_STATIC_ROOT_OTHER, "web collects to %s, which is on no volume: nginx never sees it.", inside->root);
  auto_free char *usual = text_format(translated("%s/local/static, the volume"), inside->app ? inside->app : "/app");
  finding_evidence(finding, "DJANGO_STATIC_ROOT of web", usual, "%s", inside->root);
}

static void judge_static_url(const struct theme_sight *sight, struct findings *out) {
  if (!sight->page_seen) return;
  if (!sight->foreign_static) {
    finding_pass(out, &THEME_STATIC_URL_OTHER);
    return;
  }
  if (sight->foreign_status == 0) return; /* no answer: another check's matter */
  if (sight->foreign_status == 200) {
    finding_pass(out, &THEME_STATIC_URL_OTHER); /* moved, and served where it was moved to */
    return;
  }
  struct finding *finding = finding_add(out, &THEME_STATIC_URL_OTHER, "The pages ask for %s, where nothing is served (%d).",
                                        sight->foreign_static, sight->foreign_status);
  finding_evidence(finding, sight->foreign_static, "200, or an address below /static/", "%d", sight->foreign_status);
}

/* Does a development server stand in for the volume? Then nothing that is seen below /static/ says anything about the volume. */
static void judge_server(const struct theme_sight *sight, struct findings *out) {
  const struct theme_file *css = &sight->keys[KEY_MAIN_CSS];
  static const char *const servers[] = {"Server: WSGIServer", "Server: gunicorn"};
  bool masked = false;
  for (size_t i = 0; i < countof(servers) && css->presence == THEME_PRESENT; i++)
    masked = masked || (css->note && strstr(css->note, servers[i]));
  bool runserver = sight->inside && sight->inside->runserver;
  if (!masked && !runserver && !sight->web_serves) {
    if (sight->web_asked) finding_pass(out, &THEME_SERVED_BY_WEB);
    return;
  }
  struct finding *finding = finding_add(out, &THEME_SERVED_BY_WEB, "web itself serves static files: it runs for development.");
  if (sight->web_serves) finding_evidence(finding, "/static/css/main.css at web itself", "404", "200");
  if (masked) finding_evidence(finding, "the site's /static/css/main.css", "served by nginx", "%s", css->note);
  if (runserver) finding_evidence(finding, "the command line of web", "gunicorn", "runserver");
}

void theme_judge_inside(const struct theme_sight *sight, const char *css, struct findings *out) {
  if (sight->inside) {
    judge_scratch(sight->inside, css, out);
    judge_static_root(sight->inside, out);
    if (sight->inside->generation) findings_fact(out, "generation", sight->inside->generation);
  }
  judge_static_url(sight, out);
  judge_server(sight, out);
  if (sight->relapses >= HISTORY_FLIP_LIMIT) {
    struct finding *finding =
        finding_add(out, &THEME_VOLUME_FLIPS, "The theme on the volume was put back %zu times, and not by ejmon.", sight->relapses);
    finding_evidence(finding, "main.css on the volume", "one theme that stays", "%zu relapses within 6 h, now %s", sight->relapses,
                     css ? css : translated("not known"));
  } else if (sight->history) {
    finding_pass(out, &THEME_VOLUME_FLIPS);
  }
}
