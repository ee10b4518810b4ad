/* What ejmon has to read in EJ's pages to sign in as a person does: the login form, the cookies, the message to Rocket.Chat. Pure: foreign
 * text in, new strings out. What it finds are secrets (a CSRF token, a session): nobody may print them. */
#ifndef EJMON_LOGIN_FORM_H
#define EJMON_LOGIN_FORM_H

#include "monitor/base/http.h"

#define LOGIN_FIELD_LIMIT 40  /* inputs of a form that are looked at; EJ's has three */
#define LOGIN_COOKIE_LIMIT 16 /* cookies that are kept; EJ sets two */

struct login_form {
  char *action;                      /* as written, or NULL: the page itself */
  char *user_field, *password_field; /* the names to send the two under */
  char **hidden;                     /* name, value, name, value, ..., NULL: to be sent back as they are */
};

/* The first form with a password field and a field for a name before it. 0 or -EINVAL. */
int login_form_read(const char *html, size_t length, struct login_form *ret_form) must_check;
void login_form_free(struct login_form *form);
/* The body that a browser sends (application/x-www-form-urlencoded). free() it. */
char *login_form_body(const struct login_form *form, const char *user, const char *password) must_check;

/* Name and value of every cookie that answers have set, the later replacing the earlier: { "sessionid=...", ..., NULL }. */
void login_cookies_take(char ***jar, const struct http_response *response);
/* "Cookie: a=1; b=2", or NULL when there are none. free() it. */
char *login_cookies_header(char *const *jar) must_check;
/* Is there a cookie other than the CSRF token's? */
bool login_cookies_hold_session(char *const *jar);

/* The second argument of postMessage({event: 'try-iframe-login'}, '...') in a page's script, unescaped; NULL when there is none. */
char *login_message_find(const char *html, size_t length) must_check;

#endif
