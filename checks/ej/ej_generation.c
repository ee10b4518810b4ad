/* Weighs what speaks for generation A, B or C; see ej_generation.h. */
#include "checks/ej/ej_generation.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

/* Error pages of Django's own are A's, but B had them too until its error templates became visible (2019-07-28). A database that has A's
 * last migrations and none of B's may be an A, or a B before its first migrate. */
static const struct {
  const char *name, *words;
  int strength[3]; /* for A, B, C */
} sources[] = {
    {EJ_CLUE_CONTAINER, translatable("the container"), {80, 80, 80}},
    {EJ_CLUE_ANSWERS, translatable("the error pages"), {40, 60, 60}},
    {EJ_CLUE_DATABASE, translatable("the recorded migrations"), {30, 50, 50}},
    {EJ_CLUE_ENVIRONMENT, translatable("the environment's names"), {20, 20, 20}},
};
#define STRENGTH_CERTAIN 80
#define STRENGTH_LIKELY 40

void ej_generation_free(struct ej_generation *generation) {
  free(generation->because);
  free(generation->against);
  *generation = (struct ej_generation){0};
}

static const char *fact(const struct findings *const *findings, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++) {
    const char *value = findings_get_fact(findings[i], name);
    if (value && *value) return value;
  }
  return NULL;
}

static void add_reason(struct text *reasons, const char *words, const char *clue) {
  const char *seen = clue[1] == ':' ? clue + 2 + strspn(clue + 2, " ") : "";
  text_printf(reasons, "%s%s%s%s", reasons->length ? "; " : "", words, *seen ? ": " : "", seen);
  if (!*seen) text_printf(reasons, ": %c", clue[0]);
}

static char *steal_or_null(struct text *text) {
  return text->length ? text_steal(text) : NULL;
}

static enum confidence confidence_of(int strength, size_t agree, bool contradicted) {
  if (strength >= STRENGTH_CERTAIN) return CONFIDENCE_CERTAIN;
  if (contradicted) return CONFIDENCE_POSSIBLE;
  if (agree > 1 && strength > STRENGTH_LIKELY) return CONFIDENCE_CERTAIN;
  return strength >= STRENGTH_LIKELY || agree > 1 ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
}

void ej_generation_decide(const struct findings *const *findings, size_t count, const char *configured, struct ej_generation *ret) {
  *ret = (struct ej_generation){0};
  const char *clues[countof(sources)];
  int best = 0;
  bool fixed = configured && strlen(configured) == 1 && *configured >= 'A' && *configured <= 'C';
  for (size_t i = 0; i < countof(sources); i++) {
    clues[i] = fact(findings, count, sources[i].name);
    if (clues[i] && (*clues[i] < 'A' || *clues[i] > 'C')) clues[i] = NULL;
    int strength = clues[i] ? sources[i].strength[*clues[i] - 'A'] : 0;
    if (strength <= best) continue;
    best = strength;
    ret->letter = *clues[i];
  }
  if (fixed) ret->letter = *configured;
  auto_text struct text because = {0}, against = {0};
  size_t agree = 0;
  if (fixed) text_add(&because, translated("the configuration says so"));
  for (size_t i = 0; i < countof(sources); i++) {
    if (!clues[i]) continue;
    agree += *clues[i] == ret->letter;
    add_reason(*clues[i] == ret->letter ? &because : &against, translated(sources[i].words), clues[i]);
  }
  ret->sure = fixed ? CONFIDENCE_CERTAIN : confidence_of(best, agree, against.length > 0);
  ret->because = steal_or_null(&because);
  ret->against = steal_or_null(&against);
  const char *line = fact(findings, count, EJ_CLUE_LINE);
  ret->later = ret->letter == 'B' && text_equal(line, EJ_LINE_LATER_B);
  ret->line = ret->later ? EJ_LINE_LATER_B : ret->letter == 'A' && text_equal(line, EJ_LINE_BEFORE_A) ? EJ_LINE_BEFORE_A : NULL;
}

/* --- clues --------------------------------------------------------------------------------------------------------------------------- */

static bool has(char *const *list, const char *word) {
  for (; list && *list; list++) {
    if (strcmp(*list, word) == 0) return true;
  }
  return false;
}

char *ej_clue_of_marks(char *const *marks) {
  if (has(marks, "ej-application")) return xstrdup(translated("C: EJ lies in /ej-application"));
  if (has(marks, "settings") && !has(marks, "rocketchat-app")) return xstrdup(translated("C: there is no src/ej_rocketchat"));
  if (has(marks, "ej-server")) return xstrdup(translated("B: EJ lies in /ej-server"));
  if (has(marks, "header-overrides")) return xstrdup(translated("B: ej_rocketchat/decorators.py reads HTTP_X_FRAME_OPTIONS"));
  if (has(marks, "tasklib")) return xstrdup(translated("B: there is etc/tasklib"));
  if (has(marks, "tasks")) return xstrdup(translated("A: there is tasks.py and no etc/tasklib"));
  return NULL;
}

const char *ej_line_of_marks(char *const *marks) {
  if (has(marks, "ej-application") || !has(marks, "settings")) return NULL;
  if (has(marks, "ej-server") || (has(marks, "db-host") && has(marks, "rocketchat-app"))) return EJ_LINE_LATER_B;
  bool maybe_a = has(marks, "tasks") && has(marks, "rocketchat-app") && !has(marks, "tasklib") && !has(marks, "header-overrides");
  return maybe_a && !has(marks, "frame-ancestors") ? EJ_LINE_BEFORE_A : NULL;
}

char *ej_clue_of_names(char *const *names) {
  static const struct {
    char letter;
    const char *name;
  } told[] = {
      /* B's first, since an A's names are often left behind in a B's config.env, where they are dead. */
      {'B', "EJ_ROCKETCHAT_ADMIN_USERNAME"},
      {'B', "EJ_ROCKETCHAT_ADMIN_ID"},
      {'B', "EJ_ROCKETCHAT_ADMIN_PASSWORD"},
      {'B', "EJ_ROCKETCHAT_AUTH_TOKEN"},
      {'B', "HTTP_CONTENT_SECURITY_POLICY"},
      {'B', "HTTP_X_FRAME_OPTIONS"},
      {'B', "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN"},
      {'B', "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS"},
      {'C', "DB_HOST"},
      {'A', "EJ_ROCKETCHAT_USER_PASSWORD"},
  };
  for (size_t i = 0; i < countof(told); i++) {
    if (has(names, told[i].name)) return text_format(translated("%c: %s is set"), told[i].letter, told[i].name);
  }
  return NULL;
}
