/* One value of the configuration from its text: durations, sizes, URLs, ${VAR}. Opens nothing; every failure comes with a sentence for
 * people.
 *
 * Each function returns 0, or -EINVAL (or -ERANGE) and sets *ret_error to a new string that completes "checks.theme.interval: ...". No
 * sentence shows the text of a value that may hold a secret. */
#ifndef EJMON_VALUE_H
#define EJMON_VALUE_H

#include "checks/option.h"

#define VALUE_DURATION_LIMIT (366 * 86400.0) /* seconds */

/* A number and one of ms, s, m, h, d; "0" needs no unit. */
int value_duration(const char *text, double *ret_seconds, char **ret_error) must_check;
/* A whole number and nothing, k, M or G (of 1024). */
int value_size(const char *text, size_t *ret_bytes, char **ret_error) must_check;
int value_boolean(const char *text, bool *ret_value, char **ret_error) must_check;
int value_integer(const char *text, long low, long high, long *ret_value, char **ret_error) must_check;
/* An absolute http or https URL that a request can be made of. */
int value_url(const char *text, char **ret_error) must_check;
/* scheme://host[:port]; *ret_origin is written as browsers write it (lower case, no default port). */
int value_origin(const char *text, char **ret_origin, char **ret_error) must_check;
/* Of one of these schemes (NULL-terminated; NULL: any); hosts may be several (mongodb), or none (unix). */
int value_dsn(const char *text, const char *const *schemes, char **ret_error) must_check;
int value_choice(const char *text, const char *const *choices, char **ret_error) must_check;
/* host:port, [address]:port or :port to listen on. */
int value_address(const char *text, char **ret_error) must_check;
/* host or host:port, as in a Host header. */
int value_host(const char *text, char **ret_error) must_check;
/* The bytes behind the host's slash of the next web address in *text, 0 when there is none any more; *text is then at them, what stood
 * before is added to `before`. There a webhook has its secret. */
size_t value_address_tail(const char **text, struct text *before);
/* Does a URL or DSN hold a password? */
bool value_has_password(const char *text);

/* Seconds and bytes as they are written in ejmon.yaml: "500ms", "90s", "64k". New strings. */
char *value_show_duration(double seconds) must_check;
char *value_show_size(size_t bytes) must_check;

/* Replaces ${VAR} and ${VAR:-default}; $$ is a $; any other $ stays. environment is NULL-terminated KEY=VALUE. What a variable holds whose
 * name sounds secret is registered for redaction. */
int value_expand(const char *text, char *const *environment, char **ret_value, char **ret_error) must_check;
/* The value of a name in such an environment, or NULL. */
const char *value_environment(char *const *environment, const char *name);

#endif
