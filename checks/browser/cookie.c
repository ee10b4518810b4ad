/* Reads a Set-Cookie line as browsers do (RFC 6265bis 5.6). What becomes of the cookie is cookie_judge.c's. */
#include "checks/browser/cookie.h"

#include <string.h>
#include <strings.h>

#include "monitor/base/text.h"

const char *const cookie_reason_names[COOKIE_REASON_COUNT] = {
    [COOKIE_FINE] = "fine",
    [COOKIE_EMPTY] = "empty",
    [COOKIE_CONTROL] = "control",
    [COOKIE_LONG] = "long",
    [COOKIE_HIDDEN] = "hidden",
    [COOKIE_EXPIRED] = "expired",
    [COOKIE_DOMAIN] = "domain",
    [COOKIE_PREFIX] = "prefix",
    [COOKIE_NONE_INSECURE] = "none-insecure",
    [COOKIE_INSECURE] = "insecure",
    [COOKIE_CROSS_SITE] = "cross-site",
    [COOKIE_DEFAULT_LAX] = "default-lax",
    [COOKIE_OTHER_HOST] = "other-host",
    [COOKIE_OTHER_PATH] = "other-path",
    [COOKIE_OTHER_PARTITION] = "other-partition",
};

/* --- dates (RFC 6265bis 5.1.1) ---------------------------------------------------------------------------------------------------------
 */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_date_delimiter(char c) {
  unsigned char u = (unsigned char)c;
  return u == 0x09 || (u >= 0x20 && u <= 0x2f) || (u >= 0x3b && u <= 0x40) || (u >= 0x5b && u <= 0x60) || (u >= 0x7b && u <= 0x7e);
}

static bool next_date_token(struct csp_span *rest, struct csp_span *ret_token) {
  size_t start = 0, end;
  while (start < rest->length && is_date_delimiter(rest->data[start])) start++;
  for (end = start; end < rest->length && !is_date_delimiter(rest->data[end]);) end++;
  *ret_token = (struct csp_span){rest->data + start, end - start};
  *rest = (struct csp_span){rest->data + end, rest->length - end};
  return ret_token->length > 0;
}

/* A number of least to most digits at the start of *text; -1 if there is none. Takes it off. */
static int take_number(struct csp_span *text, size_t least, size_t most) {
  int number = 0;
  size_t i = 0;
  for (; i < text->length && i < most && is_digit(text->data[i]); i++) number = number * 10 + (text->data[i] - '0');
  if (i < least || (i < text->length && is_digit(text->data[i]))) return -1;
  *text = (struct csp_span){text->data + i, text->length - i};
  return number;
}

#define DATE_DIGITS 4 /* of an hour: Chromium takes "000" */

struct date {
  int year, month, day, hour, minute, second; /* -1: not found yet */
};

static bool take_time(struct csp_span token, struct date *date) {
  int parts[3];
  for (size_t i = 0; i < countof(parts); i++) {
    if (i > 0) {
      if (token.length == 0 || token.data[0] != ':') return false;
      token = (struct csp_span){token.data + 1, token.length - 1};
    }
    parts[i] = take_number(&token, 1, DATE_DIGITS);
    if (parts[i] < 0) return false;
  }
  if (token.length > 0) return false;
  date->hour = parts[0];
  date->minute = parts[1];
  date->second = parts[2];
  return true;
}

static int read_month(struct csp_span token) {
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  for (int month = 0; month < 12 && token.length >= 3; month++)
    if (strncasecmp(token.data, names + (size_t)month * 3, 3) == 0) return month;
  return -1;
}

/* The whole token as a number; RFC 6265bis would overlook letters behind it ("1st"), Chromium does not. */
static int read_number(struct csp_span token, size_t least, size_t most) {
  int number = take_number(&token, least, most);
  return token.length == 0 ? number : -1;
}

/* Each token is taken for the first thing that it can be and that is still wanted. */
static void read_date_token(struct csp_span token, struct date *date) {
  if (date->hour < 0 && take_time(token, date)) return;
  if (date->day < 0 && (date->day = read_number(token, 1, 2)) >= 0) return;
  if (date->month < 0 && (date->month = read_month(token)) >= 0) return;
  if (date->year < 0) date->year = read_number(token, 1, 4);
}

static bool read_date(struct csp_span text, time_t *ret_time) {
  struct date date = {-1, -1, -1, -1, -1, -1};
  struct csp_span token;
  while (next_date_token(&text, &token)) read_date_token(token, &date);
  if (date.year >= 70 && date.year <= 99) date.year += 1900;
  if (date.year >= 0 && date.year <= 69) date.year += 2000;
  if (date.day < 1 || date.month < 0 || date.year < 0 || date.hour > 23 || date.hour < 0 || date.minute > 59 || date.second > 59)
    return false;
  struct tm tm = {.tm_year = date.year - 1900,
                  .tm_mon = date.month,
                  .tm_mday = date.day,
                  .tm_hour = date.hour,
                  .tm_min = date.minute,
                  .tm_sec = date.second};
  time_t time = timegm(&tm);
  if (tm.tm_mday != date.day) return false; /* there is no such day in that month */
  *ret_time = time;                         /* long before 1601, where RFC 6265bis sees no date, Chromium sees the past */
  return true;
}

/* --- attributes (RFC 6265bis 5.6.1 to 5.6.7) --------------------------------------------------------------------------------------------
 */

#define MAX_AGE_LIMIT (400L * 24 * 60 * 60) /* browsers keep none for longer */

/* Seconds; false for what is no number. Too long ones are as good as the limit. Chromium takes "+5", too. */
static bool read_max_age(struct csp_span value, long *ret_seconds) {
  bool is_negative = value.length > 0 && value.data[0] == '-';
  size_t sign = is_negative || (value.length > 0 && value.data[0] == '+');
  long seconds = 0;
  if (value.length == sign) return false;
  for (size_t i = sign; i < value.length; i++) {
    if (!is_digit(value.data[i])) return false;
    if (seconds < MAX_AGE_LIMIT) seconds = seconds * 10 + (value.data[i] - '0');
  }
  *ret_seconds = is_negative ? -seconds : seconds < MAX_AGE_LIMIT ? seconds : MAX_AGE_LIMIT;
  return true;
}

struct reading {
  struct cookie *cookie;
  time_t now, expires;
  bool has_max_age, has_expires;
};

static void read_expires(struct reading *reading, struct csp_span value) {
  reading->has_expires = read_date(value, &reading->expires);
}

static void read_age(struct reading *reading, struct csp_span value) {
  long seconds;
  reading->has_max_age = read_max_age(value, &seconds);
  if (reading->has_max_age) reading->cookie->expires = seconds > 0 ? reading->now + seconds : 0;
}

static void read_domain(struct reading *reading, struct csp_span value) {
  if (value.length > 1 && value.data[0] == '.') value = (struct csp_span){value.data + 1, value.length - 1};
  reading->cookie->domain = value;
}

static void read_path(struct reading *reading, struct csp_span value) {
  bool is_path = value.length > 0 && value.data[0] == '/';
  reading->cookie->path = is_path ? value : (struct csp_span){value.data, 0};
}

static void read_same_site(struct reading *reading, struct csp_span value) {
  enum cookie_same_site same_site = COOKIE_SAME_SITE_ABSENT; /* also for a word that is none */
  if (csp_equal(value, "none")) same_site = COOKIE_SAME_SITE_NONE;
  if (csp_equal(value, "lax")) same_site = COOKIE_SAME_SITE_LAX;
  if (csp_equal(value, "strict")) same_site = COOKIE_SAME_SITE_STRICT;
  reading->cookie->same_site = same_site;
}

static void read_secure(struct reading *reading, struct csp_span value) {
  (void)value; /* "Secure=false" is Secure */
  reading->cookie->secure = true;
}

static void read_http_only(struct reading *reading, struct csp_span value) {
  (void)value;
  reading->cookie->http_only = true;
}

static void read_partitioned(struct reading *reading, struct csp_span value) {
  (void)value;
  reading->cookie->partitioned = true;
}

static const struct {
  const char *name;
  void (*read)(struct reading *reading, struct csp_span value);
} attributes[] = {
    {"expires", read_expires},    {"max-age", read_age},   {"domain", read_domain},      {"path", read_path},
    {"samesite", read_same_site}, {"secure", read_secure}, {"httponly", read_http_only}, {"partitioned", read_partitioned},
};

static size_t find(struct csp_span text, char c) {
  const char *at = text.length > 0 ? memchr(text.data, c, text.length) : NULL;
  return at ? (size_t)(at - text.data) : text.length;
}

/* Outer blanks and tabs; what else csp_trim() takes away was refused as a control character. */
static void split_pair(struct csp_span pair, struct csp_span *ret_name, struct csp_span *ret_value, bool *ret_has_value) {
  size_t at = find(pair, '=');
  *ret_has_value = at < pair.length;
  *ret_name = csp_trim((struct csp_span){pair.data, at});
  *ret_value = *ret_has_value ? csp_trim((struct csp_span){pair.data + at + 1, pair.length - at - 1}) : (struct csp_span){pair.data, 0};
}

static void read_attribute(struct reading *reading, struct csp_span text) {
  struct csp_span name, value;
  bool has_value;
  split_pair(text, &name, &value, &has_value);
  if (value.length > COOKIE_ATTRIBUTE_LIMIT) return;
  for (size_t i = 0; i < countof(attributes); i++)
    if (csp_equal(name, attributes[i].name)) attributes[i].read(reading, value);
}

/* --- the line ----------------------------------------------------------------------------------------------------------------------------
 */

static bool has_control(struct csp_span text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

static bool next_part(struct csp_span *rest, struct csp_span *ret_part) {
  if (!rest->data) return false;
  size_t at = find(*rest, ';');
  *ret_part = (struct csp_span){rest->data, at};
  *rest = at < rest->length ? (struct csp_span){rest->data + at + 1, rest->length - at - 1} : (struct csp_span){NULL, 0};
  return true;
}

enum cookie_prefix cookie_find_prefix(struct csp_span name) {
  static const struct {
    const char *text;
    enum cookie_prefix prefix;
  } prefixes[] = {{"__Secure-", COOKIE_PREFIX_SECURE},
                  {"__Host-Http-", COOKIE_PREFIX_HOST | COOKIE_PREFIX_HTTP},
                  {"__Host-", COOKIE_PREFIX_HOST},
                  {"__Http-", COOKIE_PREFIX_HTTP}};
  for (size_t i = 0; i < countof(prefixes); i++) {
    size_t length = strlen(prefixes[i].text);
    if (name.length >= length && strncasecmp(name.data, prefixes[i].text, length) == 0) return prefixes[i].prefix;
  }
  return COOKIE_PREFIX_NONE;
}

static bool has_tab(struct csp_span text) {
  return find(text, '\t') < text.length;
}

enum cookie_reason cookie_parse(struct csp_span line, time_t now, struct cookie *ret_cookie) {
  struct csp_span empty = {line.data, 0}, part;
  struct cookie cookie = {.name = empty, .value = empty, .domain = empty, .path = empty};
  struct reading reading = {.cookie = &cookie, .now = now};
  bool has_value = false;
  *ret_cookie = cookie;
  if (line.length == 0) return COOKIE_EMPTY;
  if (has_control(line)) return COOKIE_CONTROL;
  if (next_part(&line, &part)) split_pair(part, &cookie.name, &cookie.value, &has_value);
  if (!has_value) { /* "abc" is a value without a name */
    cookie.value = cookie.name;
    cookie.name = empty;
  }
  while (next_part(&line, &part)) read_attribute(&reading, part);
  cookie.lasting = reading.has_max_age || reading.has_expires;
  if (reading.has_expires && !reading.has_max_age) cookie.expires = reading.expires; /* Max-Age goes first, wherever it stands */
  *ret_cookie = cookie;
  if (cookie.name.length == 0 && cookie.value.length == 0) return COOKIE_EMPTY;
  if (cookie.name.length + cookie.value.length > COOKIE_PAIR_LIMIT) return COOKIE_LONG;
  if (has_tab(cookie.name) || has_tab(cookie.value)) return COOKIE_CONTROL; /* around them it is white space */
  /* Without a name a server could not tell it from a cookie with a prefix. */
  return cookie.name.length == 0 && cookie_find_prefix(cookie.value) ? COOKIE_HIDDEN : COOKIE_FINE;
}
