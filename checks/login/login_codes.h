/* The codes of the login check: what each one means is in login_codes.c (what anybody sees) and login_codes_user.c (what a signed-in user
 * meets); who raises them, in login_judge.c, login_cookies.c and login_journey.c. */
#ifndef EJMON_LOGIN_CODES_H
#define EJMON_LOGIN_CODES_H

#include "checks/finding.h"

/* Without an account. */
extern const struct code login_no_origin, login_unreachable, login_api_missing, login_api_failed, login_api_status, login_redirected,
    login_token_for_anybody, login_cors_missing, login_cors_doubled, login_cors_origin, login_cors_credentials, login_preflight_refused,
    login_page_type, login_cross_site, login_third_party, login_cookie_dropped, login_mixed_content, login_internal_name,
    login_rocket_policy, login_forced_ssl, login_no_tls, login_cookie_open, login_no_hsts;
/* With one. */
extern const struct code login_refused, login_form_unknown, login_form_failed, login_session_lost, login_no_permission, login_api_error,
    login_no_token, login_token_key, login_token_type, login_token_refused, login_message_target, login_rocket_busy;

extern const struct code *const login_codes[]; /* all of them, NULL-terminated */

#endif
