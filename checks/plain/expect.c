/* Compares answers with what a configuration expects of them; fetches nothing. */
#include "checks/plain/expect.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

enum { CODE_FIRST = 100, CODE_LAST = 599 };

int expect_status_parse(const char *word, int *ret_low, int *ret_high) {
  long low, high;
  size_t length = strlen(word);
  if (length == 3 && isdigit((unsigned char)word[0]) && text_equal_nocase(word + 1, "xx")) {
    low = (word[0] - '0') * 100;
    high = low + 99;
  } else if (length == 7 && word[3] == '-') {
    auto_free char *first = xstrndup(word, 3);
    if (text_to_long(first, CODE_FIRST, CODE_LAST, &low) < 0 || text_to_long(word + 4, CODE_FIRST, CODE_LAST, &high) < 0) return -EINVAL;
  } else {
    if (text_to_long(word, CODE_FIRST, CODE_LAST, &low) < 0) return -EINVAL;
    high = low;
  }
  if (low < CODE_FIRST || high > CODE_LAST || low > high) return -EINVAL;
  *ret_low = (int)low;
  *ret_high = (int)high;
  return 0;
}

int expect_status(char *const *words, int status, const char **ret_bad) {
  char usual[] = "2xx";
  char *const fallback[] = {usual, NULL};
  if (!words || !words[0]) words = fallback;
  int found = 0;
  for (size_t i = 0; words[i]; i++) {
    int low, high;
    if (expect_status_parse(words[i], &low, &high) < 0) {
      *ret_bad = words[i];
      return -EINVAL;
    }
    if (status >= low && status <= high) found = 1;
  }
  return found;
}

static char *quoted(const char *text) {
  struct text out = {0};
  text_add_printable(&out, text, strlen(text), 80);
  return text_steal(&out);
}

int expect_status_check(const char *word, char **ret_error) {
  int low, high;
  if (expect_status_parse(word, &low, &high) == 0) return 0;
  auto_free char *shown = quoted(word);
  *ret_error = text_format(translated("'%s' is neither a code from 100 to 599 nor a range: write 200, 2xx or 200-299"), shown);
  return -EINVAL;
}

int expect_method_check(const char *word, char **ret_error) {
  size_t length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
  if (length > 0 && !word[length]) return 0;
  auto_free char *shown = quoted(word);
  *ret_error = text_format(translated("'%s' is no method of HTTP: write GET, HEAD or POST"), shown);
  return -EINVAL;
}

int expect_pattern_check(const char *pattern, char **ret_error) {
  regex_t regex;
  int r = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
  if (r == 0) regfree(&regex);
  if (r == 0 || r == REG_BADRPT || r == REG_BADBR || r == REG_EBRACE) return 0;
  char why[100] = "";
  (void)regerror(r, &regex, why, sizeof why);
  auto_free char *shown = quoted(pattern);
  *ret_error = text_format(
      translated("'%s' is no regular expression: %s; where a bracket or backslash is meant as it stands, write \\[, \\( or \\\\"), shown,
      translated(why));
  return -EINVAL;
}

int expect_header_check(const char *line, char **ret_error) {
  const char *colon = strchr(line, ':');
  size_t name = colon ? (size_t)(colon - line) : 0;
  if (name > 0 && strcspn(line, " \t\r\n") > name) return expect_pattern_check(colon + 1, ret_error);
  auto_free char *shown = quoted(line);
  *ret_error =
      text_format(translated("'%s' begins with no header's name and a colon: write \"Name: pattern\", or \"Name:\" for any value"), shown);
  return -EINVAL;
}

bool expect_text(const char *bytes, size_t length, const char *pattern) {
  if (text_find(bytes, length, pattern, false)) return true;
  regex_t regex;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) return false;
  regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)length}; /* REG_STARTEND: the bytes need no NUL and may hold some */
  bool found = regexec(&regex, bytes, 1, &range, REG_STARTEND) == 0;
  regfree(&regex);
  return found;
}

int expect_header(const struct http_response *response, const char *line) {
  const char *colon = strchr(line, ':');
  if (!colon || colon == line) return -EINVAL;
  auto_free char *name = xstrndup(line, (size_t)(colon - line));
  const char *pattern = colon + 1;
  while (*pattern == ' ' || *pattern == '\t') pattern++;
  const char *value;
  for (size_t at = 0; (value = http_header_next(response, name, &at)) != NULL;)
    if (!*pattern || expect_text(value, strlen(value), pattern)) return 1;
  return 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void expect_unescape(const char *string, struct text *ret_text) {
  for (const char *at = string; *at; at++) {
    if (*at != '\\' || !at[1]) {
      text_add_char(ret_text, *at);
      continue;
    }
    at++;
    switch (*at) {
      case 'r':
        text_add_char(ret_text, '\r');
        break;
      case 'n':
        text_add_char(ret_text, '\n');
        break;
      case 't':
        text_add_char(ret_text, '\t');
        break;
      case '0':
        text_add_char(ret_text, '\0');
        break;
      case '\\':
        text_add_char(ret_text, '\\');
        break;
      case 'x':
        if (hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
          text_add_char(ret_text, (char)(hex_digit(at[1]) * 16 + hex_digit(at[2])));
          at += 2;
          break;
        }
        /* fall through */
      default: /* no escape that we know: as it stands */
        text_add_char(ret_text, '\\');
        text_add_char(ret_text, *at);
    }
  }
}
