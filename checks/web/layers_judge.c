/* Compares the headers of one address along its way; see layers_judge.h. */
#include "checks/web/layers_judge.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/web/layers_codes.h"
#include "monitor/base/lang.h"
#include "monitor/base/names.h"

/* decides: browsers go by it. X-Frame-Options does not where a policy is, and is what people like to add. */
static const struct {
  const char *name;
  bool decides;
} compared[] = {
    {"Content-Security-Policy", true},
    {"X-Frame-Options", false},
    {"Access-Control-Allow-Origin", true},
    {"Access-Control-Allow-Credentials", true},
    {"Access-Control-Allow-Headers", true},
    {"Access-Control-Allow-Methods", true},
    {"Set-Cookie", true},
};

/* Which code a difference is. doubled: there was one already. */
static const struct code *find_code(size_t inner, size_t outer, bool same) {
  if (outer == 0) return inner > 0 ? &LAYERS_HEADER_LOST : NULL;
  if (inner == 0) return &LAYERS_HEADER_ADDED;
  if (outer > inner) return &LAYERS_HEADER_DOUBLED;
  if (outer < inner) return &LAYERS_HEADER_LOST;
  return same ? NULL : &LAYERS_HEADER_CHANGED;
}

/* The pieces between semicolons; the last one ends the text. */
static const char *next_piece(const char **rest, size_t *ret_length) {
  const char *start = *rest + strspn(*rest, " \t");
  size_t length = strcspn(start, ";");
  *rest = start[length] == ';' ? start + length + 1 : NULL;
  while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t')) length--;
  *ret_length = length;
  return start;
}

char *layers_cookie_form(const char *line) {
  struct text form = {0};
  const char *rest = line;
  for (bool first = true; rest; first = false) {
    size_t length;
    const char *piece = next_piece(&rest, &length);
    size_t name = 0;
    while (name < length && piece[name] != '=') name++;
    bool passing = (name == 7 && strncasecmp(piece, "expires", 7) == 0) || (name == 7 && strncasecmp(piece, "max-age", 7) == 0);
    if (!first && (length == 0 || passing)) continue;
    if (form.length > 0) text_add(&form, "; ");
    if (first) {
      text_add_bytes(&form, piece, name); /* names are compared with their case (RFC 6265) */
    } else {
      for (size_t i = 0; i < length; i++) text_add_char(&form, (char)tolower((unsigned char)piece[i]));
    }
  }
  return text_steal(&form);
}

/* The next value as it is compared and shown. */
static char *next_value(const struct layers_point *point, const char *name, size_t *position) {
  const char *value = http_header_next(point->response, name, position);
  if (!value) return NULL;
  return strcmp(name, "Set-Cookie") == 0 ? layers_cookie_form(value) : xstrdup(value);
}

/* How many cookies of each name the answer sets. */
static struct names count_cookies(const struct layers_point *point) {
  struct names counts = {0};
  const char *line;
  for (size_t at = 0; (line = http_header_next(point->response, "Set-Cookie", &at));) ++*names_at(&counts, line, strcspn(line, "=;"));
  return counts;
}

/* Is every cookie that comes from behind still there, once each as before? What is more then is a proxy's own: a balancer's, a CDN's. */
static bool is_own_cookie_added(const struct layers_point *inner, const struct layers_point *outer) {
  auto_names struct names before = count_cookies(inner), after = count_cookies(outer);
  const char *line;
  for (size_t at = 0; (line = http_header_next(inner->response, "Set-Cookie", &at));) {
    size_t length = strcspn(line, "=;");
    if (names_get(&before, line, length) != names_get(&after, line, length)) return false;
  }
  return true;
}

static bool same_values(const struct layers_point *inner, const struct layers_point *outer, const char *name, size_t count) {
  bool same = true;
  size_t left_at = 0, right_at = 0;
  for (size_t i = 0; i < count && same; i++) {
    auto_free char *left = next_value(inner, name, &left_at), *right = next_value(outer, name, &right_at);
    same = text_equal(left, right);
  }
  return same;
}

static void add_values(struct finding *finding, const struct layers_point *point, const char *path, const char *name, const char *want) {
  size_t count = http_header_count(point->response, name), at = 0;
  auto_free char *what = text_format(translated("%s of %s, %s"), name, path, translated(point->name));
  for (size_t i = 0; i < count; i++) {
    auto_free char *value = next_value(point, name, &at);
    finding_evidence(finding, what, want, "%s", value);
  }
  if (count == 0) finding_evidence(finding, what, want, "absent");
}

static struct finding *open_finding(struct findings *out, const struct code *code, const char *summary) {
  for (size_t i = 0; i < out->count; i++) {
    if (out->items[i].code == code) return &out->items[i];
  }
  return finding_add(out, code, "%s", summary);
}

static void compare_header(const char *path, const struct layers_point *inner, const struct layers_point *outer, const char *name,
                           bool decides, struct findings *out) {
  static const struct {
    const struct code *code;
    const char *verb;
  } verbs[] = {{&LAYERS_HEADER_LOST, translatable("loses")},
               {&LAYERS_HEADER_ADDED, translatable("adds")},
               {&LAYERS_HEADER_DOUBLED, translatable("doubles")},
               {&LAYERS_HEADER_CHANGED, translatable("replaces")}};
  size_t inner_count = http_header_count(inner->response, name), outer_count = http_header_count(outer->response, name);
  const struct code *code = find_code(inner_count, outer_count, inner_count == outer_count && same_values(inner, outer, name, inner_count));
  if (code == &LAYERS_HEADER_DOUBLED && strcmp(name, "Set-Cookie") == 0 && is_own_cookie_added(inner, outer)) code = &LAYERS_HEADER_ADDED;
  if (!code) return;
  const char *verb = translatable("changes");
  for (size_t i = 0; i < countof(verbs); i++) {
    if (verbs[i].code == code) verb = verbs[i].verb;
  }
  auto_free char *summary = text_format(translated("%s %s the header %s on %s."), translated(outer->between), translated(verb), name, path);
  size_t before = out->count;
  struct finding *finding = open_finding(out, code, summary);
  if (decides) {
    finding->severity = code->severity;
  } else if (out->count > before) {
    finding->severity = SEVERITY_INFO;
  }
  add_values(finding, inner, path, name, NULL);
  add_values(finding, outer, path, name, code == &LAYERS_HEADER_ADDED ? NULL : translatable("what came from behind it"));
}

bool layers_compare(const char *path, const struct layers_point *points, size_t count, struct findings *out) {
  bool compared_any = false;
  for (size_t i = 1; i < count; i++) {
    const struct layers_point *inner = &points[i - 1], *outer = &points[i];
    if (inner->response->status != outer->response->status) {
      auto_free char *summary = text_format(translated("%s answers %d on %s where %s answers %d."), translated(outer->name),
                                            outer->response->status, path, translated(inner->name), inner->response->status);
      struct finding *finding = open_finding(out, &LAYERS_ANSWER_DIFFERS, summary);
      finding_evidence(finding, inner->name, NULL, "%s: %d", path, inner->response->status);
      finding_evidence(finding, outer->name, NULL, "%s: %d", path, outer->response->status);
      continue;
    }
    compared_any = true;
    for (size_t k = 0; k < countof(compared); k++) compare_header(path, inner, outer, compared[k].name, compared[k].decides, out);
  }
  return compared_any;
}

static void pass_all(struct findings *out) {
  for (const struct code *const *code = layers_codes; *code; code++) finding_pass(out, *code);
}

void layers_judge_sight(const struct layers_sight *sight, struct findings *out) {
  if (sight->points >= 2) {
    finding_pass(out, &LAYERS_ONE_VIEW);
    finding_pass(out, &LAYERS_UNSEEN);
    if (sight->compared) pass_all(out);
    findings_measure(out, "layers_points", (double)sight->points, "");
    return;
  }
  bool blind = sight->points == 0 || !sight->site || sight->inside_error;
  struct finding *finding =
      finding_add(out, blind ? &LAYERS_UNSEEN : &LAYERS_ONE_VIEW, "%s from EJ to its visitors answers: nothing can be compared.",
                  sight->points == 0 ? translated("No point of the way") : translated("Only one point of the way"));
  if (!blind) finding_pass(out, &LAYERS_UNSEEN);
  for (size_t i = 0; i < sight->silent_count; i++)
    finding_evidence(finding, sight->silent[i].name, "an answer", "%s", sight->silent[i].why);
  if (sight->inside_error) finding_evidence(finding, "inside of the web container", "an answer", "%s", sight->inside_error);
}

void layers_sight_free(struct layers_sight *sight) {
  for (size_t i = 0; i < sight->silent_count; i++) free(sight->silent[i].why);
  free(sight->inside_error);
  *sight = (struct layers_sight){0};
}

bool layers_read(const char *text, size_t length, struct http_response *ret_response) {
  *ret_response = (struct http_response){0};
  const char *end = text + length;
  bool first = true;
  for (const char *line = text; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) break; /* cut off */
    size_t size = (size_t)(stop - line);
    if (first) {
      if (size != 3 || !isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) || !isdigit((unsigned char)line[2]))
        return false;
      ret_response->status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
      if (ret_response->status < 100) return false;
    } else if (ret_response->header_count < LAYERS_HEADER_LIMIT) {
      const char *colon = memchr(line, ':', size);
      if (colon && colon > line) {
        const char *value = colon + 1;
        while (value < stop && (*value == ' ' || *value == '\t')) value++;
        http_header_add(ret_response, line, (size_t)(colon - line), value, (size_t)(stop - value));
      }
    }
    first = false;
    line = stop + 1;
  }
  return !first;
}
