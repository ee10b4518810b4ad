/* Names a theme from text, and tells a whole copy from a part. Knows nothing of HTTP, disks or findings. */
#include "checks/ej/theme_oracle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "monitor/base/lang.h"

static const char DEFAULT[] = "default", CPA[] = "cpa";

static bool has(const char *bytes, size_t length, const char *needle) {
  return bytes && text_find(bytes, length, needle, false) != NULL;
}

static bool has_any_case(const char *bytes, size_t length, const char *needle) {
  return bytes && text_find(bytes, length, needle, true) != NULL;
}

const char *theme_of_page(const char *html, size_t length) {
  /* "landing-page" alone is in both; "Não faz parte" begins default's text too once COUNTRY=brazil (ej-corrections 9, 27). */
  if (has(html, length, "Um espaço para adolescentes") || has(html, length, "Não faz parte da Plataforma CPA?")) return CPA;
  if (has(html, length, "landing-page__cover") || has(html, length, "id=\"how-it-works\"") || has(html, length, "Not part of EJ yet?"))
    return DEFAULT;
  return NULL;
}

const char *theme_of_colours(const char *css, size_t length) {
  bool is_default = has_any_case(css, length, "#30bfd3") || has_any_case(css, length, "#ff3e72");
  bool is_cpa = has_any_case(css, length, "#00b7b7") || has_any_case(css, length, "#d20078");
  if (is_default == is_cpa) return NULL;
  return is_cpa ? CPA : DEFAULT;
}

/* The value of a string member, without a parser: the file is EJ's own and a broken one is judged elsewhere. */
static const char *member(const char *json, size_t length, const char *key, size_t *ret_length) {
  auto_free char *quoted = text_format("\"%s\"", key);
  const char *at = json ? text_find(json, length, quoted, false) : NULL;
  if (!at) return NULL;
  const char *end = json + length;
  for (at += strlen(quoted); at < end && (isspace((unsigned char)*at) || *at == ':'); at++) continue;
  if (at >= end || *at != '"') return NULL;
  const char *close = memchr(at + 1, '"', (size_t)(end - at - 1));
  if (!close) return NULL;
  *ret_length = (size_t)(close - at - 1);
  return at + 1;
}

const char *theme_of_manifest(const char *json, size_t length) {
  static const struct { const char *name, *theme; } names[] = {{"EJ", DEFAULT}, {"CPA", CPA}};
  size_t size = 0;
  const char *name = member(json, length, "short_name", &size);
  for (size_t i = 0; name && i < countof(names); i++)
    if (size == strlen(names[i].name) && memcmp(name, names[i].name, size) == 0) return names[i].theme;
  return NULL;
}

const char *theme_of_logo(const char *svg, size_t length) {
  /* The logos that EJ shipped; the first twelve digits are what the contract records (section 3, "Theme evidence table"). */
  static const struct {
    size_t length;
    const char *sha256, *theme;
  } logos[] = {
      {11693, "aff622fb21e3", DEFAULT},
      {16533, "af8b9d5399e1", CPA},
      {10450, "eb8f04142f08", CPA},
  };
  for (size_t i = 0; svg && i < countof(logos); i++) {
    if (length != logos[i].length) continue;
    char digest[65];
    text_sha256(svg, length, digest);
    if (text_starts(digest, logos[i].sha256)) return logos[i].theme;
  }
  return NULL;
}

bool theme_file_looked(const struct theme_file *file) {
  return file->presence != THEME_NOT_LOOKED;
}

static bool has_digest(const struct theme_file *file, const char *digest) {
  char own[65] = "";
  if (!file->bytes) return text_equal(file->digest, digest);
  text_sha256(file->bytes, file->length, own);
  return text_equal(own, digest);
}

bool theme_file_equal(const struct theme_file *a, const struct theme_file *b) {
  if (a->presence != THEME_PRESENT || b->presence != THEME_PRESENT || a->cut || b->cut || a->length != b->length) return false;
  if (a->length == 0) return true;
  if (a->bytes && b->bytes) return memcmp(a->bytes, b->bytes, a->length) == 0;
  const char *digest = a->bytes ? b->digest : a->digest;
  return digest && digest[0] && has_digest(a->bytes ? a : b, digest);
}

bool theme_file_is_part(const struct theme_file *part, const struct theme_file *whole) {
  return part->presence == THEME_PRESENT && whole->presence == THEME_PRESENT && !part->cut && part->length > 0 && part->bytes &&
         whole->bytes && part->length < whole->length && memcmp(part->bytes, whole->bytes, part->length) == 0;
}

static bool ends_with(const struct theme_file *file, const char *end) {
  size_t length = file->length, size = strlen(end);
  while (length > 0 && isspace((unsigned char)file->bytes[length - 1])) length--;
  return length >= size && memcmp(file->bytes + length - size, end, size) == 0;
}

static bool is_name(char c) {
  return isalnum((unsigned char)c) || (c && strchr("_-.", c));
}

/* The end of "<svg" or "<s:svg", with `open` for "<", in any case; NULL when there is none. */
static const char *find_svg_tag(const char *from, const char *end, const char *open) {
  while ((from = text_find(from, (size_t)(end - from), open, false))) {
    from += strlen(open);
    const char *name = from;
    while (name < end && is_name(*name)) name++;
    if (name < end && *name == ':') from = name + 1;
    if (end - from >= 3 && strncasecmp(from, "svg", 3) == 0 && (end - from == 3 || !is_name(from[3]))) return from + 3;
  }
  return NULL;
}

/* Does the tag whose name ends here close itself? A '>' in quotes ends no tag. */
static bool closes_itself(const char *at, const char *end) {
  for (char quote = 0; at < end; at++) {
    if (quote) {
      if (*at == quote) quote = 0;
    } else if (*at == '"' || *at == '\'') {
      quote = *at;
    } else if (*at == '>') {
      return at[-1] == '/';
    }
  }
  return false;
}

/* A comment may follow the last tag, so the end tag is looked for in the last kilobyte, not at the very end. */
bool theme_svg_is_cut(const struct theme_file *file) {
  if (file->presence != THEME_PRESENT || file->cut || file->length == 0 || !file->bytes) return false;
  const char *end = file->bytes + file->length, *root = find_svg_tag(file->bytes, end, "<");
  if (!root || closes_itself(root, end)) return false;
  while (end > root && isspace((unsigned char)end[-1])) end--;
  const char *tail = end - file->bytes < 1024 ? file->bytes : end - 1024;
  for (const char *closing = tail; (closing = find_svg_tag(closing, end, "</"));) {
    while (closing < end && isspace((unsigned char)*closing)) closing++;
    if (closing < end && *closing == '>') return false;
  }
  return true;
}

bool theme_json_is_cut(const struct theme_file *file) {
  if (file->presence != THEME_PRESENT || file->cut || !file->bytes) return false;
  size_t start = 0;
  while (start < file->length && isspace((unsigned char)file->bytes[start])) start++;
  return start < file->length && file->bytes[start] == '{' && !ends_with(file, "}");
}

/* --- the page's own addresses ------------------------------------------------------------------------------------------------ */

/* EJ writes these addresses into every page; which of them follow STATIC_URL differs by generation (EJ contract section 2). */
static bool names_static_file(const char *url) {
  static const char *const files[] = {"/css/main.css", "/css/rocket.css", "/css/hicontrast.css", "/css/fontawesome-all.min.css",
                                      "/js/main.js",   "/manifest.json",  "/img/logo/logo.svg"};
  for (size_t i = 0; i < countof(files); i++)
    if (text_ends(url, files[i])) return true;
  return false;
}

char *theme_foreign_static(const char *html, size_t length) {
  static const char *const attributes[] = {"href=\"", "src=\""};
  for (size_t i = 0; html && i < countof(attributes); i++) {
    const char *end = html + length;
    for (const char *at = html; (at = text_find(at, (size_t)(end - at), attributes[i], true));) {
      at += strlen(attributes[i]);
      const char *close = memchr(at, '"', (size_t)(end - at));
      if (!close) break;
      size_t size = (size_t)(close - at);
      const char *query = memchr(at, '?', size);
      auto_free char *url = xstrndup(at, query ? (size_t)(query - at) : size);
      at = close;
      if (!names_static_file(url) || text_starts(url, "/static/")) continue;
      char *found = url;
      url = NULL;
      return found;
    }
  }
  return NULL;
}

bool theme_note_tells_cache(const char *note) {
  if (!note) return false;
  const char *age = text_find(note, strlen(note), "Age: ", true);
  if (age && (age == note || age[-1] == ' ') && age[strlen("Age: ")] >= '1' && age[strlen("Age: ")] <= '9') return true;
  return text_find(note, strlen(note), "HIT", false) || text_find(note, strlen(note), "STALE", false);
}

const char *theme_name_fault(const char *value) {
  if (strpbrk(value, "\"'")) return translatable("it is quoted: EJ never strips quotes, so they become part of the name");
  if (strchr(value, '/')) return translatable("it holds a slash: settings.py ends with a TypeError");
  if (value[0] == '$') return translatable("it begins with $: that reads the variable of that name instead");
  for (const char *at = value; *at; at++) {
    if (isspace((unsigned char)*at)) return translatable("it holds a blank: EJ does not trim it");
    if (iscntrl((unsigned char)*at)) return translatable("it holds a control character");
  }
  if (value[0] == '.') return translatable("it is a folder's name, not a theme's");
  return NULL;
}

char *theme_name_guess(const char *value) {
  auto_text struct text name = {0};
  for (const char *at = value; *at; at++)
    if (!strchr("\"' \t\r\n$", *at)) text_add_char(&name, (char)tolower((unsigned char)*at));
  while (name.length > 0 && name.data[name.length - 1] == '/') name.data[--name.length] = '\0';
  const char *slash = strrchr(text_get(&name), '/');
  return xstrdup(slash ? slash + 1 : text_get(&name));
}
