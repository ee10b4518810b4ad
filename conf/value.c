/* Reads and writes single values; see value.h. */
#include "conf/value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

#define ADDRESS_ENDS " \t\r\n\"'`" /* of a web address in an argument: hidden is rather too much than too little */

/* Foreign text in a sentence: printable, cut, in quotes. */
static char *shown(const char *text) {
  struct text out = {0};
  text_add_char(&out, '\'');
  text_add_printable(&out, text, strlen(text), 80);
  text_add_char(&out, '\'');
  return text_steal(&out);
}

/* --- numbers --------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  double seconds;
} units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

int value_duration(const char *text, double *ret_seconds, char **ret_error) {
  size_t digits = strspn(text, "0123456789");
  size_t number = digits;
  if (digits > 0 && text[number] == '.') number += 1 + strspn(text + number + 1, "0123456789");
  auto_free char *value_text = xstrndup(text, number);
  auto_free char *quoted = shown(text);
  const char *unit = text + number;
  if (digits == 0 || number > 32) {
    *ret_error = text_format(translated("%s is no duration: write 500ms, 30s, 5m, 2h or 7d"), quoted);
    return -EINVAL;
  }
  double value = strtod(value_text, NULL);
  if (!*unit && value == 0) {
    *ret_seconds = 0;
    return 0;
  }
  for (size_t i = 0; i < countof(units); i++) {
    if (strcmp(unit, units[i].name) != 0) continue;
    if (value * units[i].seconds > VALUE_DURATION_LIMIT) {
      *ret_error = text_format(translated("%s is too long: at most 366d"), quoted);
      return -ERANGE;
    }
    *ret_seconds = value * units[i].seconds;
    return 0;
  }
  *ret_error = *unit ? text_format(translated("%s has no unit that is known: ms, s, m, h or d, and one only"), quoted)
                     : text_format(translated("%s has no unit: did you mean %ss?"), quoted, value_text);
  return -EINVAL;
}

int value_size(const char *text, size_t *ret_bytes, char **ret_error) {
  size_t digits = strspn(text, "0123456789");
  auto_free char *number = xstrndup(text, digits);
  auto_free char *quoted = shown(text);
  const char *unit = text + digits;
  int shift = !*unit                                             ? 0
              : strcmp(unit, "k") == 0 || strcmp(unit, "K") == 0 ? 10
              : strcmp(unit, "M") == 0                           ? 20
              : strcmp(unit, "G") == 0                           ? 30
                                                                 : -1;
  long value = 0;
  if (digits == 0 || shift < 0) {
    *ret_error = text_format(translated("%s is no size: write bytes as 4096, 64k, 16M or 1G"), quoted);
    return -EINVAL;
  }
  if (text_to_long(number, 0, INT64_MAX >> 31, &value) < 0) {
    *ret_error = text_format(translated("%s is too large"), quoted);
    return -ERANGE;
  }
  *ret_bytes = (size_t)value << shift;
  return 0;
}

int value_boolean(const char *text, bool *ret_value, char **ret_error) {
  static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
  for (size_t i = 0; i < countof(words); i++) {
    if (!text_equal_nocase(text, words[i])) continue;
    *ret_value = i % 2 == 1;
    return 0;
  }
  auto_free char *quoted = shown(text);
  *ret_error = text_format(translated("%s is neither true nor false"), quoted);
  return -EINVAL;
}

int value_integer(const char *text, long low, long high, long *ret_value, char **ret_error) {
  /* A row that names no bounds means "any". */
  if (low == 0 && high == 0) {
    low = -2147483647L;
    high = 2147483647L;
  }
  int r = text_to_long(text, low, high, ret_value);
  if (r == 0) return 0;
  auto_free char *quoted = shown(text);
  *ret_error = r == -ERANGE ? text_format(translated("%s is out of range: from %ld to %ld"), quoted, low, high)
                            : text_format(translated("%s is no whole number"), quoted);
  return r;
}

/* --- addresses ------------------------------------------------------------------------------------------------------------- */

/* The port digits in [text, end): 0, or an error. */
static int port_check(const char *text, const char *end, char **ret_error) {
  auto_free char *port = xstrndup(text, (size_t)(end - text));
  long value;
  if (isdigit((unsigned char)*port) && text_to_long(port, 1, 65535, &value) == 0) return 0;
  auto_free char *quoted = shown(port);
  *ret_error = text_format(translated("the port %s is no number from 1 to 65535"), quoted);
  return -EINVAL;
}

/* host or [IPv6] in [text, end). */
static int host_check(const char *text, const char *end, char **ret_error) {
  if (text == end) {
    *ret_error = xstrdup(translated("the host is missing"));
    return -EINVAL;
  }
  bool bracketed = *text == '[';
  if (bracketed && (end - text < 4 || end[-1] != ']')) {
    *ret_error = xstrdup(translated("an IPv6 address is written in brackets: [::1]"));
    return -EINVAL;
  }
  for (const char *p = text + bracketed; p < end - bracketed; p++) {
    bool fits = bracketed ? isxdigit((unsigned char)*p) || strchr(":.%", *p) : isalnum((unsigned char)*p) || strchr("-._", *p);
    if (fits) continue;
    auto_text struct text character = {0};
    text_add_printable(&character, p, 1, 8);
    *ret_error = (unsigned char)*p >= 0x80 ? xstrdup(translated("the host holds letters beyond ASCII: write it in its xn-- form"))
                                           : text_format(translated("'%s' cannot stand in a host"), text_get(&character));
    return -EINVAL;
  }
  return 0;
}

/* host[:port] in [text, end). */
static int authority_check(const char *text, const char *end, char **ret_error) {
  const char *bracket = *text == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
  const char *from = bracket ? bracket : text;
  const char *colon = memchr(from, ':', (size_t)(end - from));
  int r = host_check(text, colon ? colon : end, ret_error);
  if (r == 0 && colon) r = port_check(colon + 1, end, ret_error);
  return r;
}

/* Splits off the scheme: *ret_rest is behind "://". */
static int scheme_check(const char *text, const char *example, const char **ret_rest, char **ret_error) {
  for (const char *p = text; *p; p++) {
    if ((unsigned char)*p > ' ' && *p != 0x7F) continue;
    *ret_error = xstrdup(translated("a blank or a control character stands in it"));
    return -EINVAL;
  }
  const char *mark = strstr(text, "://");
  const char *p = text;
  while (isalnum((unsigned char)*p) || strchr("+-.", *p ? *p : ' ')) p++;
  if (!*text) {
    *ret_error = text_format(translated("it is empty: write %s"), example);
  } else if (!mark || mark == text || p != mark || !isalpha((unsigned char)*text)) {
    *ret_error = text_format(translated("the scheme is missing: write %s"), example);
  } else {
    *ret_rest = mark + 3;
    return 0;
  }
  return -EINVAL;
}

/* The end of the authority, and the part of it behind "user:password@". */
static const char *authority_end(const char *rest, const char **ret_host) {
  const char *end = rest + strcspn(rest, "/?#");
  const char *host = rest;
  for (const char *p = rest; p < end; p++) {
    if (*p == '@') host = p + 1;
  }
  *ret_host = host;
  return end;
}

int value_url(const char *text, char **ret_error) {
  const char *rest, *host;
  int r = scheme_check(text, "https://ej.example.org/", &rest, ret_error);
  if (r < 0) return r;
  if (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0) {
    auto_free char *scheme = xstrndup(text, (size_t)(rest - text));
    auto_free char *quoted = shown(scheme);
    *ret_error = text_format(translated("the scheme %s is neither http:// nor https://"), quoted);
    return -EINVAL;
  }
  const char *end = authority_end(rest, &host);
  r = authority_check(host, end, ret_error);
  if (r == 0 && strchr(text, '#')) {
    *ret_error = xstrdup(translated("what follows '#' is never sent to a server; leave it out, or write %23"));
    r = -EINVAL;
  }
  return r;
}

int value_origin(const char *text, char **ret_origin, char **ret_error) {
  int r = value_url(text, ret_error);
  if (r < 0) return r;
  const char *rest = strstr(text, "://") + 3, *host;
  const char *end = authority_end(rest, &host);
  auto_free char *bare = xstrndup(text, (size_t)(end - text));
  if (host != rest) {
    *ret_error = xstrdup(translated("an origin has no user or password"));
    return -EINVAL;
  }
  if (*end) {
    *ret_error = text_format(translated("an origin ends before the path: write %s"), bare);
    return -EINVAL;
  }
  for (char *p = bare; *p; p++) *p = (char)tolower((unsigned char)*p);
  const char *default_port = text_starts(bare, "https://") ? ":443" : ":80";
  if (text_ends(bare, default_port)) bare[strlen(bare) - strlen(default_port)] = '\0';
  *ret_origin = xstrdup(bare);
  return 0;
}

static int scheme_choose(const char *text, size_t length, const char *const *schemes, char **ret_error) {
  auto_text struct text all = {0};
  for (const char *const *s = schemes; *s; s++) {
    if (strlen(*s) == length && strncasecmp(text, *s, length) == 0) return 0;
    text_printf(&all, "%s%s://", all.length ? (s[1] ? ", " : translated(" or ")) : "", *s);
  }
  auto_free char *scheme = xstrndup(text, length);
  auto_free char *quoted = shown(scheme);
  *ret_error = text_format(translated("the scheme %s does not fit: write %s"), quoted, text_get(&all));
  return -EINVAL;
}

/* Several hosts with commas; a percent-encoded one is a socket, about which the vendor's client knows better. */
static int hosts_check(const char *host, const char *end, char **ret_error) {
  for (int r; host <= end; host++) {
    const char *comma = memchr(host, ',', (size_t)(end - host));
    const char *stop = comma ? comma : end;
    if (!memchr(host, '%', (size_t)(stop - host)) && (r = authority_check(host, stop, ret_error)) < 0) return r;
    host = stop;
  }
  return 0;
}

int value_dsn(const char *text, const char *const *schemes, char **ret_error) {
  const char *rest, *host;
  int r = scheme_check(text, translated("it with one, as in postgresql://user@host/database or mongodb://host/database"), &rest, ret_error);
  if (r == 0 && schemes) r = scheme_choose(text, (size_t)(rest - text) - 3, schemes, ret_error);
  if (r < 0) return r;
  if (text_starts(text, "http://") || text_starts(text, "https://")) return value_url(text, ret_error);
  const char *end = authority_end(rest, &host);
  if (host == end && !*end) {
    *ret_error = xstrdup(translated("the host is missing"));
    return -EINVAL;
  }
  if (host == end) return 0;
  /* A '#' or '/' in a password ends the authority too early; what looks like a port then is half of the password. */
  if (strchr(end, '@')) {
    *ret_error = xstrdup(translated("'#', '/', '?' and '@' in a password must be written %23, %2F, %3F and %40"));
    return -EINVAL;
  }
  return hosts_check(host, end, ret_error);
}

int value_host(const char *text, char **ret_error) {
  return authority_check(text, text + strlen(text), ret_error);
}

size_t value_address_tail(const char **text, struct text *before) {
  const char *p = *text;
  for (const char *mark; (mark = strstr(p, "://"));) {
    bool web = (mark - p >= 4 && strncasecmp(mark - 4, "http", 4) == 0) || (mark - p >= 5 && strncasecmp(mark - 5, "https", 5) == 0);
    const char *tail = mark + 3 + strcspn(mark + 3, "/?" ADDRESS_ENDS);
    bool behind = *tail == '/' || *tail == '?';
    if (behind) tail++;
    text_add_bytes(before, p, (size_t)(tail - p));
    p = *text = tail;
    size_t length = strcspn(tail, ADDRESS_ENDS);
    if (web && behind && length) return length;
  }
  text_add(before, p);
  return 0;
}

bool value_has_password(const char *text) {
  const char *mark = text ? strstr(text, "://") : NULL;
  if (!mark) return false;
  const char *at = strrchr(mark, '@'), *colon = strchr(mark + 3, ':');
  return (at && colon && colon + 1 < at) || strstr(mark, "password=") != NULL;
}

int value_address(const char *text, char **ret_error) {
  const char *colon = strrchr(text, ':');
  const char *bracket = strrchr(text, ']');
  if (!colon || (bracket && colon < bracket)) {
    *ret_error = xstrdup(translated("the port is missing: write 127.0.0.1:9469"));
    return -EINVAL;
  }
  int r = colon == text ? 0 : host_check(text, colon, ret_error);
  return r < 0 ? r : port_check(colon + 1, colon + strlen(colon), ret_error);
}

int value_choice(const char *text, const char *const *choices, char **ret_error) {
  auto_text struct text all = {0};
  for (const char *const *c = choices; c && *c; c++) {
    if (strcmp(*c, text) == 0) return 0;
    text_printf(&all, "%s%s", all.length ? (c[1] ? ", " : translated(" or ")) : "", *c);
  }
  auto_free char *quoted = shown(text);
  const char *nearest = text_nearest(text, choices);
  *ret_error = nearest ? text_format(translated("%s is not known; did you mean %s?"), quoted, nearest)
                       : text_format(translated("%s is not known: write %s"), quoted, text_get(&all));
  return -EINVAL;
}

/* --- writing --------------------------------------------------------------------------------------------------------------- */

char *value_show_duration(double seconds) {
  if (seconds == 0) return xstrdup("0s");
  for (size_t i = countof(units); i-- > 0;) {
    double count = seconds / units[i].seconds;
    if (count >= 1 && fabs(count - round(count)) < 1e-9 * count) return text_format("%.0f%s", round(count), units[i].name);
  }
  auto_free char *long_form = text_format("%.9f", seconds);
  size_t length = strlen(long_form);
  while (length > 0 && long_form[length - 1] == '0') length--;
  return text_format("%.*ss", (int)length, long_form);
}

char *value_show_size(size_t bytes) {
  static const char *const suffixes[] = {"", "k", "M", "G"};
  size_t step = 0;
  while (bytes && step + 1 < countof(suffixes) && bytes % 1024 == 0) bytes /= 1024, step++;
  return text_format("%zu%s", bytes, suffixes[step]);
}

/* --- ${VAR} ---------------------------------------------------------------------------------------------------------------- */

const char *value_environment(char *const *environment, const char *name) {
  size_t length = strlen(name);
  for (; environment && *environment; environment++) {
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') return *environment + length + 1;
  }
  return NULL;
}

/* One ${...}: `inside` is what stands between the braces. */
static int variable_add(struct text *out, const char *inside, char *const *environment, char **ret_error) {
  size_t length = 0;
  while (isalnum((unsigned char)inside[length]) || inside[length] == '_') length++;
  auto_free char *name = xstrndup(inside, length);
  auto_free char *quoted = shown(inside);
  const char *fallback = text_starts(inside + length, ":-") ? inside + length + 2 : NULL;
  if (length == 0 || isdigit((unsigned char)*inside) || (inside[length] && !fallback)) {
    *ret_error = text_format(translated("${...} holds %s: write ${NAME} or ${NAME:-default}; $$ is a plain $"), quoted);
    return -EINVAL;
  }
  const char *value = value_environment(environment, name);
  if (!value && !fallback) {
    *ret_error = text_format(translated("${%s}: the variable %s is not set in ejmon's environment; set it, or write ${%s:-default}"), name,
                             name, name);
    return -EINVAL;
  }
  /* As in shells, ":-" also stands in for an empty variable. */
  if (fallback && (!value || !*value)) value = fallback;
  if (redact_name_is_secret(name)) redact_register(value);
  text_add(out, value);
  return 0;
}

int value_expand(const char *text, char *const *environment, char **ret_value, char **ret_error) {
  auto_text struct text out = {0};
  for (const char *p = text; *p; p++) {
    if (p[0] == '$' && p[1] == '$') {
      text_add_char(&out, '$');
      p++;
    } else if (p[0] == '$' && p[1] == '{') {
      const char *end = strchr(p, '}');
      if (!end) {
        *ret_error = xstrdup(translated("${ has no closing }; $$ is a plain $"));
        return -EINVAL;
      }
      auto_free char *inside = xstrndup(p + 2, (size_t)(end - p - 2));
      int r = variable_add(&out, inside, environment, ret_error);
      if (r < 0) return r;
      p = end;
    } else {
      text_add_char(&out, *p);
    }
  }
  *ret_value = text_steal(&out);
  return 0;
}
