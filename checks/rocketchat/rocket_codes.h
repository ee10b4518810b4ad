/* The codes of the rocketchat check: what each one means is in rocket_codes.c, who raises it in check_rocketchat.c and rocket_settings.c.
 */
#ifndef EJMON_ROCKET_CODES_H
#define EJMON_ROCKET_CODES_H

#include "checks/finding.h"

extern const struct code rocket_unreachable, rocket_hung, rocket_server_error, rocket_not_rocketchat, rocket_rate_limited, rocket_unhealthy,
    rocket_force_ssl, rocket_settings_unread, rocket_setting_hidden, rocket_iframe_off, rocket_iframe_incomplete, rocket_iframe_url,
    rocket_iframe_api_url, rocket_iframe_method, rocket_site_url, rocket_root_url, rocket_account_changes, rocket_anonymous_read,
    rocket_setup_wizard, rocket_window_broken;

extern const struct code *const rocket_codes[]; /* all of them, NULL-terminated */

#endif
