/* Hides secrets in outgoing text: registered values and telling patterns; see redact.h. */
#include "monitor/base/redact.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN "[hidden]"
#define SHORTEST_SECRET 4

static char **secrets; /* longest first, so that a secret that contains another is hidden whole */

static void secret_add(const char *secret) {
  if (strlen(secret) < SHORTEST_SECRET) return;
  for (char **s = secrets; s && *s; s++) {
    if (strcmp(*s, secret) == 0) return;
  }
  strings_push(&secrets, secret);
  for (size_t i = strings_count(secrets) - 1; i > 0 && strlen(secrets[i]) > strlen(secrets[i - 1]); i--) {
    char *shorter = secrets[i - 1];
    secrets[i - 1] = secrets[i];
    secrets[i] = shorter;
  }
}

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

static char *percent_encode(const char *string) {
  struct text encoded = {0};
  for (const char *p = string; *p; p++) {
    if (isalnum((unsigned char)*p) || strchr("-._~", *p)) {
      text_add_char(&encoded, *p);
    } else {
      text_printf(&encoded, "%%%02X", (unsigned char)*p);
    }
  }
  return text_steal(&encoded);
}

void redact_register(const char *secret) {
  if (!secret) return;
  auto_free char *decoded = percent_decode(secret);
  auto_free char *encoded = percent_encode(secret);
  secret_add(secret);
  secret_add(decoded);
  secret_add(encoded);
}

/* The password part of scheme://user:password@host in [start, *ret_end), or NULL. The last '@' before the path ends the userinfo. */
static const char *url_password(const char *after_scheme, const char **ret_end) {
  const char *end = after_scheme;
  const char *at = NULL, *colon = NULL;
  for (; *end && !strchr("/?# \t\n\"'<>", *end); end++) {
    if (*end == ':' && !colon) colon = end;
    if (*end == '@') at = end;
  }
  if (!at || !colon || colon > at || colon + 1 == at) return NULL;
  *ret_end = at;
  return colon + 1;
}

void redact_register_url(const char *url) {
  const char *mark = url ? strstr(url, "://") : NULL;
  if (!mark) return;
  const char *end;
  const char *start = url_password(mark + 3, &end);
  if (start) {
    auto_free char *password = xstrndup(start, (size_t)(end - start));
    redact_register(password);
  }
  const char *parameter = strstr(mark, "password=");
  if (parameter) {
    parameter += strlen("password=");
    auto_free char *password = xstrndup(parameter, strcspn(parameter, "&#"));
    redact_register(password);
  }
}

void redact_forget_all(void) {
  strings_free(secrets);
  secrets = NULL;
}

bool redact_name_is_secret(const char *name) {
  static const char *const words[] = {"password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "routing_key",
                                      "private_key", "authorization", "cookie", "credential", "sessionid"};
  for (size_t i = 0; i < countof(words); i++) {
    if (text_find(name, strlen(name), words[i], true)) return true;
  }
  return text_ends(name, "_KEY") || text_ends(name, "_key");
}

static bool is_name_byte(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* If a name that sounds secret ends just before `p` (at its '=' or ':'), the length of the separator, else 0. Names of files are no secrets. */
static size_t secret_separator(const struct text *done, const char *p) {
  if (*p != '=' && *p != ':') return 0;
  size_t end = done->length;
  if (end > 0 && (done->data[end - 1] == '"' || done->data[end - 1] == '\'')) end--;
  size_t start = end;
  while (start > 0 && is_name_byte(done->data[start - 1])) start--;
  if (end == start || end - start > 64) return 0;
  auto_free char *name = xstrndup(done->data + start, end - start);
  if (text_ends(name, "_file") || text_ends(name, "_FILE") || !redact_name_is_secret(name)) return 0;
  /* "token: ..." in prose is no assignment: after a colon only header-like or quoted forms count. */
  if (*p == ':' && p[1] != '"' && p[1] != ' ') return 0;
  size_t length = 1;
  while (p[length] == ' ' || p[length] == '\t') length++;
  return length;
}

static size_t value_length(const char *value) {
  if (*value == '"' || *value == '\'') {
    const char *end = strchr(value + 1, *value);
    return end ? (size_t)(end - value) + 1 : strlen(value);
  }
  return strcspn(value, " \t\r\n,;&\"'}");
}

char *redact(const char *string) {
  struct text done = {0};
  for (const char *p = string; *p;) {
    const char *const *hit = NULL;
    for (char **s = secrets; s && *s && !hit; s++) {
      if (strncmp(p, *s, strlen(*s)) == 0) hit = (const char *const *)s;
    }
    if (hit) {
      text_add(&done, HIDDEN);
      p += strlen(*hit);
      continue;
    }
    if (strncmp(p, "://", 3) == 0) {
      const char *end;
      const char *start = url_password(p + 3, &end);
      if (start) {
        text_add_bytes(&done, p, (size_t)(start - p));
        text_add(&done, HIDDEN);
        p = end;
        continue;
      }
    }
    size_t separator = secret_separator(&done, p);
    if (separator) {
      text_add_bytes(&done, p, separator);
      p += separator;
      size_t length = value_length(p);
      if (length) text_add(&done, *p == '"' ? "\"" HIDDEN "\"" : HIDDEN);
      p += length;
      continue;
    }
    text_add_char(&done, *p++);
  }
  return text_steal(&done);
}

void redact_text(struct text *text) {
  if (!text->data) return;
  char *clean = redact(text->data);
  text_free(text);
  text->data = clean;
  text->length = strlen(clean);
  text->capacity = text->length + 1;
}
