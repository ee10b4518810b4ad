/* Hides secrets in outgoing text: registered values and telling patterns; see redact.h. */
#include "monitor/base/redact.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "monitor/base/secrets.h"

#define HIDDEN "[hidden]"
#define FOUND_SHORTEST 8 /* bytes */

static char *percent_decode(const char *string) {
  struct text decoded = {0};
  for (const char *p = string; *p; p++) {
    unsigned value;
    if (*p == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]) && sscanf(p + 1, "%2x", &value) == 1 && value) {
      text_add_char(&decoded, (char)value);
      p += 2;
    } else {
      text_add_char(&decoded, *p);
    }
  }
  return text_steal(&decoded);
}

static char *percent_encode(const char *string, bool upper) {
  struct text encoded = {0};
  for (const char *p = string; *p; p++) {
    if (isalnum((unsigned char)*p) || strchr("-._~", *p)) {
      text_add_char(&encoded, *p);
    } else {
      text_printf(&encoded, upper ? "%%%02X" : "%%%02x", (unsigned char)*p);
    }
  }
  return text_steal(&encoded);
}

/* As it stands inside a JSON string. */
static char *json_escape(const char *string) {
  struct text escaped = {0};
  for (const char *p = string; *p; p++) {
    if (*p == '"' || *p == '\\') text_add_char(&escaped, '\\');
    text_add_char(&escaped, *p);
  }
  return text_steal(&escaped);
}

/* As it is, and in the forms that it is sent and written in. */
static void each_form(const char *secret, void (*act)(const char *form)) {
  if (!secret) return;
  auto_free char *decoded = percent_decode(secret);
  auto_free char *encoded = percent_encode(secret, true);
  auto_free char *encoded_lower = percent_encode(secret, false);
  auto_free char *escaped = json_escape(secret);
  act(secret);
  act(decoded);
  act(encoded);
  act(encoded_lower);
  act(escaped);
}

void redact_register(const char *secret) {
  each_form(secret, secrets_add);
}

void redact_forget(const char *secret) {
  each_form(secret, secrets_remove);
}

/* What begins a URL's authority at `p`, also as JSON may write it; 0: nothing. */
static size_t url_mark_length(const char *p) {
  return text_starts(p, "://") ? 3 : text_starts(p, ":\\/\\/") ? 5 : 0;
}

/* Is what ends at `end` http or https? A user without a password is a token there (a forge's, a Sentry DSN's), and elsewhere a name. */
static bool is_web_scheme(const char *start, const char *end) {
  if (end > start && (end[-1] == 's' || end[-1] == 'S')) end--;
  return end - start >= 4 && strncasecmp(end - 4, "http", 4) == 0;
}

/* What of scheme://user:password@host is to be hidden, [start, *ret_end), or NULL: the password; of a web address (`web`) the user as well,
 * who is a half of what lets in there, or a token. The last '@' before the path ends the userinfo; if there is none, and what follows the
 * ':' is no port, a '/', '?' or '#' is taken for a part of a password that nobody encoded. */
static const char *url_secret(const char *after_scheme, bool web, const char **ret_end) {
  static const char blanks[] = " \t\r\n\"'<>";
  const char *end = after_scheme;
  const char *at = NULL, *colon = NULL;
  for (; *end && !strchr("/?#", *end) && !strchr(blanks, *end); end++) {
    if (*end == ':' && !colon) colon = end;
    if (*end == '@') at = end;
  }
  if (at && (!colon || colon > at)) {
    *ret_end = at;
    return web && at > after_scheme ? after_scheme : NULL;
  }
  if (!colon) return NULL;
  bool port = colon + 1 + strspn(colon + 1, "0123456789") == end || *after_scheme == '[';
  bool raw = !at && !port;
  for (; raw && *end && !strchr(blanks, *end) && url_mark_length(end) == 0; end++) {
    if (*end == '@') at = end;
  }
  if (!at) return NULL;
  *ret_end = at;
  return web ? after_scheme : colon + 1 < at ? colon + 1 : NULL;
}

/* What of a URL's userinfo is worth to be known elsewhere too: the password, or the token. A user's name is a word of everyday text. */
static char *userinfo_secret(const char *after_scheme, const char *end) {
  const char *colon = memchr(after_scheme, ':', (size_t)(end - after_scheme));
  if (colon && colon + 1 < end) return xstrndup(colon + 1, (size_t)(end - colon - 1));
  return xstrndup(after_scheme, (size_t)((colon ? colon : end) - after_scheme));
}

/* As an Authorization header has it (RFC 7617). */
static char *basic_credentials(const char *after_scheme, const char *end) {
  auto_free char *encoded = xstrndup(after_scheme, (size_t)(end - after_scheme));
  auto_free char *plain = percent_decode(encoded);
  size_t length = strlen(plain);
  char *credentials = xcalloc(4 * (length / 3 + 1) + 1, 1);
  EVP_EncodeBlock((unsigned char *)credentials, (const unsigned char *)plain, (int)length);
  return credentials;
}

void redact_register_url(const char *url) {
  const char *mark = url ? strstr(url, "://") : NULL;
  if (!mark) return;
  const char *end;
  bool web = is_web_scheme(url, mark);
  if (url_secret(mark + 3, web, &end)) {
    auto_free char *secret = userinfo_secret(mark + 3, end);
    redact_register(secret);
    auto_free char *credentials = web ? basic_credentials(mark + 3, end) : NULL;
    redact_register(credentials);
  }
  const char *parameter = strstr(mark, "password=");
  if (parameter) {
    parameter += strlen("password=");
    auto_free char *password = xstrndup(parameter, strcspn(parameter, "&#"));
    redact_register(password);
  }
}

void redact_register_found(const char *secret) {
  if (strlen(secret) >= FOUND_SHORTEST && !text_equal_nocase(secret, "password")) redact_register(secret);
}

void redact_register_variable(const char *entry) {
  const char *equals = strchr(entry, '=');
  if (equals == NULL) return;
  auto_free char *name = xstrndup(entry, (size_t)(equals - entry));
  if (redact_name_is_secret(name)) redact_register_found(equals + 1);
  const char *mark = strstr(equals + 1, "://"), *end = NULL;
  if (mark == NULL || !url_secret(mark + 3, is_web_scheme(equals + 1, mark), &end)) return;
  auto_free char *secret = userinfo_secret(mark + 3, end);
  redact_register_found(secret);
}

void redact_forget_all(void) {
  secrets_free();
}

bool redact_name_is_secret(const char *name) {
  static const char *const words[] = {"password", "passwd",      "passphrase",  "secret",        "token",  "api_key",    "apikey",
                                      "api-key",  "routing_key", "private_key", "authorization", "cookie", "credential", "sessionid"};
  for (size_t i = 0; i < countof(words); i++) {
    if (text_find(name, strlen(name), words[i], true)) return true;
  }
  static const char *const ends[] = {"_KEY", "_key", "_PASS", "_pass", "_PWD", "_pwd"};
  for (size_t i = 0; i < countof(ends); i++) {
    if (text_ends(name, ends[i])) return true;
  }
  return false;
}

/* --- NAME=value, NAME: value, "name": value ---------------------------------------------------------------------------------- */

#define NAME_LIMIT 64 /* bytes of a name that are looked at, the last ones */

/* What stands before a separator. */
struct name {
  char bytes[NAME_LIMIT + 1];
  const char *quote; /* that closes it, as it is written: "\"", "'", "\\\"" (JSON within JSON) or "" */
  char before;       /* the byte before it, a line end at the start of the text */
  bool first;        /* nothing but blanks and list dashes stand before it on its line */
};

static bool is_name_byte(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* If a name that sounds secret ends just before the end of `done`. Names of files are no secrets. */
static bool name_before(const struct text *done, struct name *ret_name) {
  const char *data = text_get(done);
  size_t end = done->length;
  while (end > 0 && (data[end - 1] == ' ' || data[end - 1] == '\t')) end--;
  ret_name->quote = "";
  if (end > 0 && (data[end - 1] == '"' || data[end - 1] == '\'')) {
    ret_name->quote = data[--end] == '"' ? "\"" : "'";
    if (end > 0 && data[end - 1] == '\\') {
      end--;
      ret_name->quote = *ret_name->quote == '"' ? "\\\"" : "\\'";
    }
  }
  size_t start = end;
  while (start > 0 && is_name_byte(data[start - 1])) start--;
  size_t length = end - start < NAME_LIMIT ? end - start : NAME_LIMIT;
  if (length == 0) return false;
  memcpy(ret_name->bytes, data + end - length, length);
  ret_name->bytes[length] = '\0';
  if (text_ends(ret_name->bytes, "_file") || text_ends(ret_name->bytes, "_FILE") || !redact_name_is_secret(ret_name->bytes)) return false;
  ret_name->before = start > 0 ? data[start - 1] : '\n';
  while (start > 0 && strchr(" \t-", data[start - 1])) start--;
  ret_name->first = start == 0 || data[start - 1] == '\n' || data[start - 1] == '\r';
  return true;
}

/* Length of the separator at `p` with the blanks after it, or 0. */
static size_t separator_length(const char *p) {
  size_t length = 1;
  if (strncmp(p, "%3D", 3) == 0 || strncmp(p, "%3d", 3) == 0) {
    length = 3;
  } else if (*p != '=' && (*p != ':' || p[1] == ':' || text_starts(p, "://"))) {
    return 0;
  }
  while (p[length] == '=' || p[length] == '>') length++;
  while (p[length] == ' ' || p[length] == '\t') length++;
  return length;
}

static bool is_environment_name(const char *name) {
  size_t letters = 0;
  for (; *name; name++) {
    if (islower((unsigned char)*name) || *name == '-') return false;
    letters += isupper((unsigned char)*name) != 0;
  }
  return letters > 1;
}

/* The quote that opens at `p`, as long as it is written, or 0. */
static size_t quote_length(const char *p) {
  if (*p == '"' || *p == '\'') return 1;
  return *p == '\\' && (p[1] == '"' || p[1] == '\'') ? 2 : 0;
}

/* A quoted value with both its quotes; to the end of the text when the last one was cut off. */
static size_t quoted_length(const char *value, size_t quote) {
  char close = value[quote - 1];
  const char *p = value + quote;
  while (*p) {
    if (quote == 1 && *p == close) return (size_t)(p - value) + 1;
    if (quote == 2 && *p == '\\' && p[1] == close) return (size_t)(p - value) + 2;
    if (quote == 2 && *p == close) return (size_t)(p - value); /* the string around it ends */
    if (*p == '\\' && p[1]) {
      p++;
      /* \\\" within JSON within JSON is a quote of the value itself */
      if (quote == 2 && *p == '\\' && p[1] == '\\' && p[2] == close) p += 2;
    }
    p++;
  }
  return (size_t)(p - value);
}

/* A JSON array or object with its brackets; to the end of the text when it is cut off. Brackets inside of strings are rare enough. */
static size_t bracket_length(const char *value) {
  size_t depth = 0;
  const char *p = value;
  for (; *p; p++) {
    if (*p == '[' || *p == '{') depth++;
    if ((*p == ']' || *p == '}') && --depth == 0) return (size_t)(p - value) + 1;
  }
  return (size_t)(p - value);
}

/* Backslashes at `p` that lead to one of `escapes`: the end of a value inside a JSON string. *ret_run: how many there are in a row. */
static bool is_escape(const char *p, const char *escapes, size_t *ret_run) {
  *ret_run = strspn(p, "\\");
  return *ret_run > 0 && p[*ret_run] && strchr(escapes, p[*ret_run]);
}

static size_t word_length(const char *value, const char *ends, bool percent) {
  size_t length = text_starts(value, HIDDEN) ? strlen(HIDDEN) : 0, run;
  while (value[length] && !strchr(ends, value[length])) {
    if (is_escape(value + length, "\"'", &run) || (percent && text_starts(value + length, "%26"))) break;
    length += run ? run : 1;
  }
  return length;
}

/* A cookie's quoted value (a="b", inside JSON a=\"b\") at `p` with both quotes, or 0. */
static size_t cookie_quoted_length(const char *p, size_t quote) {
  const char *end = p + quote + strcspn(p + quote, "\"\n");
  return *end == '"' ? (size_t)(end + 1 - p) : 0;
}

/* The rest of a header's line. One that stands in quotes (curl -H '...') ends with them. */
static size_t line_length(const char *value, char before) {
  size_t length = 0, run;
  while (value[length] && value[length] != '\n' && value[length] != '\r') {
    const char *p = value + length;
    bool escape = is_escape(p, "nr\"", &run);
    bool quote = *p == '"' || (escape && p[run] == '"');
    size_t quoted = quote && length > 0 && p[-1] == '=' ? cookie_quoted_length(p, run + 1) : 0;
    if (!quoted && (escape || quote || (before == '\'' && *p == '\''))) break;
    length += quoted ? quoted : run ? run : 1;
  }
  return length;
}

static bool is_literal(const char *value, size_t length) {
  static const char *const literals[] = {"true", "false", "null", "none", "yes", "no", "on", "off"};
  if (length > 5) return false;
  char word[6] = {0};
  memcpy(word, value, length);
  for (size_t i = 0; i < countof(literals); i++) {
    if (text_equal_nocase(word, literals[i])) return true;
  }
  return false;
}

/* "token: the word" is prose, "password: hunter2" is not: after a plain word and a colon, a value is what is alone on its line, or looks
 * made up. */
static bool looks_like_value(const struct name *name, const char *value, size_t length) {
  if (strchr(name->bytes, '_') || is_environment_name(name->bytes) || text_starts(name->bytes, "X-") || text_starts(name->bytes, "x-"))
    return true;
  char after = value[length];
  if (name->first && (after == '\0' || after == '\n' || after == '\r')) return true;
  bool digit = false, upper = false, sign = false;
  for (size_t i = 0; i < length; i++) {
    digit |= isdigit((unsigned char)value[i]) != 0;
    upper |= i > 0 && isupper((unsigned char)value[i]);
    sign |= strchr("+/=$@!#%^*", value[i]) != NULL;
  }
  return length >= 20 || (length >= 6 && (digit || upper || sign));
}

/* How many bytes of `value` belong to the name. *ret_quote: what the hidden value stands in. 0: nothing to hide. */
static size_t value_length(const struct name *name, const char *separator, const char *value, const char **ret_quote) {
  static const char *const quotes[][2] = {{"\"", "'"}, {"\\\"", "\\'"}};
  bool colon = *separator == ':', quoted_name = *name->quote != '\0';
  *ret_quote = quoted_name ? name->quote : "";
  size_t quote = quote_length(value);
  if (quote && !(quote == 1 && *value == name->before && !quoted_name)) {
    *ret_quote = quotes[quote - 1][value[quote - 1] == '\''];
    return quoted_length(value, quote);
  }
  if (quote) return 0; /* the quote around the whole pair closes: an empty value */
  if (quoted_name && (*value == '[' || *value == '{') && !text_starts(value, HIDDEN)) return bracket_length(value);
  if (!quoted_name && name->before != '/' && text_ends(name->bytes, "uthorization")) return line_length(value, name->before);
  if (colon && !quoted_name && name->before == '/') return 0; /* a finding's code or a path before a sentence */
  bool environment = *separator == '=' && is_environment_name(name->bytes);
  size_t length = word_length(value, environment ? " \t\r\n\"'" : " \t\r\n,;&\"'}]", *separator == '%');
  if (is_literal(value, length)) return 0;
  if (!colon || quoted_name) return length;
  if (text_ends(name->bytes, "ookie") && memchr(value, '=', length)) return line_length(value, name->before);
  return text_starts(value, HIDDEN) || looks_like_value(name, value, length) ? length : 0;
}

/* Hides the value if a pair's separator is at `p`. Returns the bytes done with. */
static size_t pair_hide(struct text *done, const char *p) {
  struct name name;
  if ((*p != '=' && *p != ':' && *p != '%') || !name_before(done, &name)) return 0;
  size_t separator = separator_length(p);
  if (separator == 0) return 0;
  const char *quote;
  size_t length = value_length(&name, p, p + separator, &quote);
  if (length == 0) return 0;
  text_add_bytes(done, p, separator);
  text_printf(done, "%s%s%s", quote, HIDDEN, quote);
  return separator + length;
}

/* --- the whole --------------------------------------------------------------------------------------------------------------- */

/* Adds what stands for the next bytes of `p`; returns how many they were. Every branch looks at a byte a bounded number of times. */
static size_t redact_step(struct text *done, const char *begin) {
  const char *p = begin;
  if (text_starts(p, HIDDEN)) {
    text_add(done, HIDDEN);
    return strlen(HIDDEN);
  }
  size_t length = secrets_length(p);
  if (length) {
    text_add(done, HIDDEN);
    return length;
  }
  size_t mark = url_mark_length(p);
  const char *seen = text_get(done);
  const char *end, *start = mark ? url_secret(p + mark, is_web_scheme(seen, seen + done->length), &end) : NULL;
  if (start) {
    while (p < start) { /* the user's name may be a registered secret, a token */
      length = secrets_length(p);
      if (length) text_add(done, HIDDEN);
      if (!length) text_add_char(done, *p);
      p += length ? length : 1;
    }
    if (p <= end) text_add(done, HIDDEN);
    return (size_t)((p < end ? end : p) - begin);
  }
  length = pair_hide(done, p);
  if (length) return length;
  text_add_char(done, *p);
  return 1;
}

char *redact(const char *string) {
  struct text done = {0};
  secrets_hold();
  for (const char *p = string; *p;) p += redact_step(&done, p);
  secrets_release();
  return text_steal(&done);
}

void redact_behind(struct text *text, size_t from) {
  if (from >= text->length) return;
  auto_free char *clean = redact(text->data + from);
  text->length = from;
  text_add(text, clean);
}

void redact_text(struct text *text) {
  if (!text->data) return;
  char *clean = redact(text->data);
  text_free(text);
  text->data = clean;
  text->length = strlen(clean);
  text->capacity = text->length + 1;
}
