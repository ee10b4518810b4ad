/* Reads EJ's login form, cookies and message; see login_form.h. No HTML parser: tags and their attributes, which is what a form needs. */
#include "checks/login/login_form.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- tags ----------------------------------------------------------------------------------------------------------------------------- */

struct span {
  const char *data;
  size_t length;
};

/* Moves *at behind the next tag and gives what stands between < and >; skips comments and the contents of scripts. false at the end. */
static bool tag_next(const char **at, const char *end, struct span *ret_tag) {
  while (*at < end) {
    const char *open = memchr(*at, '<', (size_t)(end - *at));
    if (!open) return false;
    if (end - open >= 4 && memcmp(open, "<!--", 4) == 0) {
      const char *close = text_find(open + 4, (size_t)(end - open - 4), "-->", false);
      if (!close) return false;
      *at = close + 3;
      continue;
    }
    const char *close = memchr(open, '>', (size_t)(end - open));
    if (!close) return false;
    *ret_tag = (struct span){open + 1, (size_t)(close - open - 1)};
    *at = close + 1;
    bool script = ret_tag->length >= 6 && text_find(ret_tag->data, 6, "script", true) == ret_tag->data;
    if (!script) return true;
    const char *over = text_find(*at, (size_t)(end - *at), "</script", true);
    if (!over) return false;
    *at = over;
  }
  return false;
}

static bool tag_is(const struct span *tag, const char *name) {
  size_t length = strlen(name);
  if (tag->length < length || text_find(tag->data, length, name, true) != tag->data) return false;
  return tag->length == length || isspace((unsigned char)tag->data[length]) || tag->data[length] == '/';
}

/* The characters that Django and Jinja escape in attributes. */
static char *unescape(const char *data, size_t length) {
  static const char *const names[] = {"&amp;", "&quot;", "&#39;", "&#x27;", "&lt;", "&gt;", "&#34;"};
  static const char values[] = "&\"''<>\"";
  struct text text = {0};
  for (size_t i = 0; i < length;) {
    size_t k = 0;
    while (k < countof(names) && (length - i < strlen(names[k]) || strncmp(data + i, names[k], strlen(names[k])) != 0)) k++;
    text_add_char(&text, k < countof(names) ? values[k] : data[i]);
    i += k < countof(names) ? strlen(names[k]) : 1;
  }
  return text.data ? text_steal(&text) : xstrdup("");
}

/* The value of an attribute, "" for one without a value; NULL when the tag has none of that name. */
static char *attribute_get(const struct span *tag, const char *name) {
  const char *p = tag->data, *end = tag->data + tag->length;
  while (p < end && !isspace((unsigned char)*p)) p++;
  while (p < end) {
    while (p < end && (isspace((unsigned char)*p) || *p == '/')) p++;
    const char *start = p;
    while (p < end && !isspace((unsigned char)*p) && *p != '=') p++;
    struct span found = {start, (size_t)(p - start)}, value = {p, 0};
    while (p < end && isspace((unsigned char)*p)) p++;
    if (p < end && *p == '=') {
      p++;
      while (p < end && isspace((unsigned char)*p)) p++;
      char quote = p < end && (*p == '"' || *p == '\'') ? *p++ : '\0';
      value.data = p;
      while (p < end && (quote ? *p != quote : !isspace((unsigned char)*p))) p++;
      value.length = (size_t)(p - value.data);
      if (quote && p < end) p++;
    }
    if (found.length == strlen(name) && found.length && text_find(found.data, found.length, name, true)) {
      return unescape(value.data, value.length);
    }
  }
  return NULL;
}

/* --- the form ------------------------------------------------------------------------------------------------------------------------- */

static void take_input(struct login_form *form, const struct span *tag) {
  auto_free char *type = attribute_get(tag, "type"), *name = attribute_get(tag, "name"), *value = attribute_get(tag, "value");
  if (!name || !*name) return;
  if (type && text_equal_nocase(type, "hidden")) {
    strings_push(&form->hidden, name);
    strings_push(&form->hidden, value ? value : "");
  } else if (type && text_equal_nocase(type, "password")) {
    if (!form->password_field) form->password_field = xstrdup(name);
  } else if (!type || text_equal_nocase(type, "text") || text_equal_nocase(type, "email")) {
    if (!form->user_field && !form->password_field) form->user_field = xstrdup(name);
  }
}

void login_form_free(struct login_form *form) {
  free(form->action);
  free(form->user_field);
  free(form->password_field);
  strings_free(form->hidden);
  *form = (struct login_form){0};
}

int login_form_read(const char *html, size_t length, struct login_form *ret_form) {
  const char *at = html, *end = html ? html + length : NULL;
  struct login_form form = {0};
  struct span tag;
  bool inside = false;
  size_t inputs = 0;
  while (html && tag_next(&at, end, &tag)) {
    bool over = tag_is(&tag, "/form");
    if (inside && over && form.user_field && form.password_field) break;
    if (tag_is(&tag, "form") || over) {
      login_form_free(&form);
      inside = !over;
      inputs = 0;
      if (inside) form.action = attribute_get(&tag, "action");
    } else if (inside && tag_is(&tag, "input") && inputs++ < LOGIN_FIELD_LIMIT) {
      take_input(&form, &tag);
    }
  }
  if (!form.user_field || !form.password_field) {
    login_form_free(&form);
    return -EINVAL;
  }
  if (form.action && !*form.action) {
    free(form.action);
    form.action = NULL;
  }
  *ret_form = form;
  return 0;
}

static void add_field(struct text *body, const char *name, const char *value) {
  const char *const parts[] = {name, value};
  text_add(body, body->length ? "&" : "");
  for (size_t i = 0; i < countof(parts); i++) {
    for (const char *p = parts[i]; *p; p++) {
      if (isalnum((unsigned char)*p) || strchr("-._~", *p)) {
        text_add_char(body, *p);
      } else {
        text_printf(body, "%%%02X", (unsigned)(unsigned char)*p);
      }
    }
    text_add(body, i == 0 ? "=" : "");
  }
}

char *login_form_body(const struct login_form *form, const char *user, const char *password) {
  struct text body = {0};
  for (char **field = form->hidden; field && field[0]; field += 2) add_field(&body, field[0], field[1]);
  add_field(&body, form->user_field, user);
  add_field(&body, form->password_field, password);
  return text_steal(&body);
}

/* --- cookies -------------------------------------------------------------------------------------------------------------------------- */

static void cookie_put(char ***jar, const char *pair) {
  size_t name = strcspn(pair, "=") + 1;
  for (char **old = *jar; old && *old; old++) {
    if (strncmp(*old, pair, name) != 0) continue;
    free(*old);
    *old = xstrdup(pair);
    return;
  }
  if (strings_count(*jar) < LOGIN_COOKIE_LIMIT) strings_push(jar, pair);
}

void login_cookies_take(char ***jar, const struct http_response *response) {
  const char *line;
  for (size_t at = 0; (line = http_header_next(response, "Set-Cookie", &at));) {
    size_t length = strcspn(line, ";");
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) length--;
    auto_free char *pair = xstrndup(line, length);
    if (strchr(pair, '=') && *pair != '=') cookie_put(jar, pair);
  }
}

char *login_cookies_header(char *const *jar) {
  if (!jar || !*jar) return NULL;
  struct text header = {0};
  text_add(&header, "Cookie: ");
  for (size_t i = 0; jar[i]; i++) text_printf(&header, "%s%s", i ? "; " : "", jar[i]);
  return text_steal(&header);
}

bool login_cookies_hold_session(char *const *jar) {
  for (; jar && *jar; jar++) {
    size_t name = strcspn(*jar, "=");
    bool empty = !(*jar)[name] || !(*jar)[name + 1] || strcmp(*jar + name + 1, "\"\"") == 0;
    if (!empty && !text_find(*jar, name, "csrf", true)) return true;
  }
  return false;
}

/* --- the message ---------------------------------------------------------------------------------------------------------------------- */

/* A hexadecimal escape of `digits` digits at p, within end; -1 when it is none. Only ASCII: an address has nothing else. */
static int escape_read(const char *p, const char *end, size_t digits) {
  int value = 0;
  if ((size_t)(end - p) < digits) return -1;
  for (size_t i = 0; i < digits; i++) {
    if (!isxdigit((unsigned char)p[i])) return -1;
    value = value * 16 + (isdigit((unsigned char)p[i]) ? p[i] - '0' : tolower((unsigned char)p[i]) - 'a' + 10);
  }
  return value > 0 && value < 0x80 ? value : -1;
}

/* The JavaScript string that begins behind the quote at *at, up to the same quote; NULL when it does not end in the text. */
static char *script_string(const char *at, const char *end) {
  char quote = *at++;
  struct text text = {0};
  for (; at < end && *at != quote && *at != '\n' && *at; at++) {
    if (*at != '\\' || at + 1 >= end) {
      text_add_char(&text, *at);
      continue;
    }
    at++;
    int value = *at == 'u' ? escape_read(at + 1, end, 4) : *at == 'x' ? escape_read(at + 1, end, 2) : -1;
    text_add_char(&text, value > 0 ? (char)value : *at);
    if (value > 0) at += *at == 'u' ? 4 : 2;
  }
  if (at < end && *at == quote) return text.data ? text_steal(&text) : xstrdup("");
  text_free(&text);
  return NULL;
}

#define MESSAGE_REACH 200 /* bytes between the event's name and the target: EJ has four */

char *login_message_find(const char *html, size_t length) {
  const char *end = html ? html + length : NULL;
  const char *event = html ? text_find(html, length, "try-iframe-login", false) : NULL;
  if (!event) return NULL;
  const char *reach = end - event > MESSAGE_REACH ? event + MESSAGE_REACH : end;
  const char *comma = text_find(event, (size_t)(reach - event), "}", false);
  while (comma && comma < reach && *comma != '\'' && *comma != '"') comma++;
  return comma && comma < reach ? script_string(comma, end) : NULL;
}
