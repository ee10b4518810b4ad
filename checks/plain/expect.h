/* What an answer should be, as a person writes it: status ranges, header patterns, a text or a pattern in the body. Pure. */
#ifndef EJMON_EXPECT_H
#define EJMON_EXPECT_H

#include "monitor/base/http.h"

/* "200", "2xx", "200-299", all from 100 to 599 as RFC 9110 section 15 has it. 0, or -EINVAL for anything else. */
int expect_status_parse(const char *word, int *ret_low, int *ret_high) must_check;
/* Does one of the words (NULL: "2xx") hold this status? -EINVAL when a word is none, with *ret_bad naming it. */
int expect_status(char *const *words, int status, const char **ret_bad) must_check; /* 1 yes, 0 no */

/* As struct option's `check` wants it: is this what a person may write? A text whose brackets do not pair is no pattern, and is refused,
 * since as a pattern it would never match; braces and signs of repetition with nothing to repeat are only text ("+OK", '{"a": 1}'). */
int expect_status_check(const char *word, char **ret_error) must_check;
int expect_method_check(const char *word, char **ret_error) must_check;
int expect_pattern_check(const char *pattern, char **ret_error) must_check;
int expect_header_check(const char *line, char **ret_error) must_check;

/* The text occurs as it stands, or matches as a POSIX extended regular expression. Text that is no valid pattern is only text. */
bool expect_text(const char *bytes, size_t length, const char *pattern);

/* "Name: pattern": one header of that name matches; "Name:" alone: it is there. 1 yes, 0 no, -EINVAL when there is no name. */
int expect_header(const struct http_response *response, const char *line) must_check;

/* \r \n \t \0 \\ and \xNN of a string on a command line as the bytes they name, into ret_text. */
void expect_unescape(const char *string, struct text *ret_text);

#endif
