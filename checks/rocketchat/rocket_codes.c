/* The explanations of the rocketchat check's codes; no logic. */
#include "checks/rocketchat/rocket_codes.h"

#define LOOK_SETTINGS "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Accounts_[iI]frame[^}]*'"
#define CHANGE_SETTING "Rocket.Chat's administration > Accounts > Iframe"

const struct code rocket_unreachable = {
    .name = "rocket/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat cannot be reached",
        .meaning = "The chat is down. EJ itself works on; a signed-in user's /talks/ may answer 500.",
        .looks = "The name does not resolve, the port refuses, TLS fails, or the connection breaks off.",
        .why =
            "The container is stopped or restarts in a loop: MongoDB is away, or Rocket.Chat 1.0 and later found no replica set and ended.",
        .heals = "Read its log; start MongoDB first, then Rocket.Chat.",
        .heals_not = "Restarting EJ's web.",
        .by_hand = "docker-compose ps rocketchat mongo; docker-compose logs --tail 50 rocketchat",
        .refs = REFS("ej F72", "ej F77", "rocket 6.3")}};

const struct code rocket_hung = {.name = "rocket/hung",
                                 .severity = SEVERITY_CRITICAL,
                                 .layer = "rocketchat",
                                 .explain = {.title = "Rocket.Chat accepts connections and does not answer",
                                             .meaning = "The chat stands still for everybody.",
                                             .looks = "The connection opens, then no answer comes within the time-out.",
                                             .why = "MongoDB hangs, the event loop is busy, or the process is stopped.",
                                             .heals = "Look at MongoDB first, then at the process.",
                                             .heals_not = "Restarting EJ's web.",
                                             .by_hand = "docker stats --no-stream; docker-compose logs --tail 50 rocketchat",
                                             .refs = REFS("rocket 1")}};

const struct code rocket_server_error = {
    .name = "rocket/server-error",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat, or the proxy before it, answers with a server error",
                .meaning = "The chat is down or half down.",
                .looks = "/api/info answers 5xx. 502, 503 and 504 come from a proxy that does not reach Rocket.Chat.",
                .why = "It is starting, it lost MongoDB, or the proxy's upstream is wrong.",
                .heals = "Start or repair what stands behind the proxy; start-up takes a minute.",
                .heals_not = "Restarting EJ's web.",
                .by_hand = "curl -si https://CHAT/api/info; docker-compose logs --tail 50 rocketchat",
                .refs = REFS("rocket 1")}};

const struct code rocket_not_rocketchat = {
    .name = "rocket/not-rocketchat",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "What answers at Rocket.Chat's address is not Rocket.Chat",
        .meaning = "People see another site, a parking page or a proxy's default page.",
        .looks = "/api/info is not JSON with a version. A 200 with HTML is no proof: Meteor and most proxies serve a page for any path.",
        .why = "A wrong address, a proxy that routes to another site, or a path prefix that is missing in the address.",
        .heals = "Correct the address, or the proxy's routing.",
        .heals_not = "Restarting Rocket.Chat.",
        .by_hand = "curl -si https://CHAT/api/info",
        .refs = REFS("rocket 1")}};

const struct code rocket_rate_limited = {
    .name = "rocket/rate-limited",
    .severity = SEVERITY_INFO,
    .layer = "ejmon",
    .explain = {
        .title = "Rocket.Chat's rate limiter turned ejmon away",
        .meaning =
            "Nothing for visitors: a server that counts its callers is up. The settings could not be looked at just now, so nothing is said of them.",
        .looks = "429, or in old versions 400 with error-too-many-requests: 10 calls a minute for each address and route.",
        .why = "The check's interval is below 6 s, or other programs ask from the same address (old versions count the proxy's).",
        .heals = "A longer interval for this check.",
        .heals_not = "Restarting Rocket.Chat.",
        .by_hand = "curl -si 'https://CHAT/api/v1/settings.public?count=1' | grep -i ratelimit",
        .refs = REFS("rocket 2.5")}};

const struct code rocket_unhealthy = {
    .name = "rocket/unhealthy",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat says of itself that it is not well",
        .meaning = "Messages may arrive late or not at all.",
        .looks = "/readyz (7.11 and later) says unavailable, or /health (5.3 to 7.10) says \"not healthy\".",
        .why =
            "MongoDB does not answer its ping, no event came from the database for 40 s (after an election), memory or event loop are exhausted.",
        .heals = "Look at MongoDB first; a restart of Rocket.Chat helps when only its event stream is stuck.",
        .heals_not = "Restarting EJ's web.",
        .by_hand = "curl -s https://CHAT/readyz; curl -s https://CHAT/health",
        .refs = REFS("rocket 1", "rocket 6.3")}};

const struct code rocket_force_ssl = {
    .name = "rocket/force-ssl",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat sends http requests to https",
        .meaning = "Calls to an http address (EJ_ROCKETCHAT_API_URL) turn into a redirect and fail: a POST becomes a GET.",
        .looks = "302 to https://<host without port> for everything that does not carry X-Forwarded-Proto: https.",
        .why = "The setting Force_SSL is on, or the proxy redirects, and the address in use is http.",
        .heals =
            "Use the https address everywhere, let the proxy send X-Forwarded-Proto: https, or switch Force_SSL off behind a proxy that does it.",
        .heals_not = "Only changing the port.",
        .by_hand = "curl -si http://CHAT:3000/api/info | grep -i location",
        .refs = REFS("rocket 1", "rocket 8", "rocket 5.1/12")}};

const struct code rocket_settings_unread = {
    .name = "rocket/settings-unread",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "Rocket.Chat's public settings could not be read",
                .meaning = "Nothing is known about the IFrame login's settings.",
                .looks = "/api/v1/settings.public does not answer with the list of settings, or not with the whole list.",
                .why = "A proxy blocks /api/v1, or this version answers in a way that ejmon does not know.",
                .heals = "Let ejmon's address through to /api/v1/settings.public: it needs no login.",
                .heals_not = "Giving ejmon an administrator's password.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("rocket 3.1", "rocket 3.2")}};

const struct code rocket_setting_hidden = {
    .name = "rocket/setting-hidden",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "A setting of the IFrame login is hidden from browsers",
                .meaning = "Rocket.Chat's client does not get it, so nobody is logged in through EJ.",
                .looks = "The whole list of public settings lacks one of the four iframe settings.",
                .why = "SETTINGS_HIDDEN names it, or a document was written into MongoDB without its fields `public` and `type`.",
                .heals = "Take it out of SETTINGS_HIDDEN and re-create the container.",
                .heals_not = "Setting its value: it stays hidden.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("rocket 7", "rocket 6.1", "guide \"Configuring Rocket.Chat\"")}};

const struct code rocket_iframe_off = {
    .name = "rocket/iframe-off",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat's IFrame login is switched off",
                .meaning = "Visitors see Rocket.Chat's own login form, where EJ's accounts do not work.",
                .looks = "Accounts_iframe_enabled is not the boolean true; \"true\" as a text does not count.",
                .why = "It was never enabled, somebody switched it off, or a script wrote a text.",
                .heals = "Set Enabled to True in " CHANGE_SETTING ".",
                .heals_not = "Changing EJ's frame headers.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/1", "rocket 3.4")}};

const struct code rocket_iframe_incomplete = {
    .name = "rocket/iframe-incomplete",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "The IFrame login lacks one of its addresses",
                .meaning = "Rocket.Chat 0.74 shows a blank page; later versions show their own login form.",
                .looks = "Accounts_iframe_url, Accounts_Iframe_api_url or Accounts_Iframe_api_method is empty.",
                .why = "Only some of the guide's four steps were done, or a setting of a similar name was written (the capital I differs).",
                .heals = "Fill all of them in " CHANGE_SETTING ".",
                .heals_not = "Changing EJ's frame headers.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5")}};

const struct code rocket_iframe_url = {
    .name = "rocket/iframe-url",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat's Iframe URL is not EJ's login page",
        .meaning = "Visitors see a wrong or empty page where EJ's login should be, or the browser blocks it.",
        .looks = "Accounts_iframe_url is not https://<EJ>/talks/login/?next=/talks/.",
        .why = "EJ moved, http was written for https, the path was mistyped.",
        .heals = "Correct Iframe URL in " CHANGE_SETTING ". Locked out: Meteor.loginWithPassword('admin', '...') in the browser's console.",
        .heals_not = "Changing EJ's frame headers.",
        .by_hand = LOOK_SETTINGS,
        .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/1", "rocket 5.1/8")}};

const struct code rocket_iframe_api_url = {
    .name = "rocket/iframe-api-url",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat's API URL is not EJ's login API",
                .meaning = "Users who are signed in at EJ are asked to log in again, for ever.",
                .looks = "Accounts_Iframe_api_url is not https://<EJ>/talks/api-login/, with the slash at the end.",
                .why = "EJ moved, http was written for https, or the slash is missing: EJ then redirects, and the browser drops the call.",
                .heals = "Correct API URL in " CHANGE_SETTING ".",
                .heals_not = "Changing EJ's CORS headers.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/1", "rocket 5.1/3")}};

const struct code rocket_iframe_method = {
    .name = "rocket/iframe-method",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat's API Method is not POST",
                .meaning = "GET works with EJ as it is, against the guide (a warning); anything else stops the login.",
                .looks = "Accounts_Iframe_api_method is not POST. It is a free text.",
                .why = "Mistyped, or left at something else.",
                .heals = "Set API Method to POST in " CHANGE_SETTING ".",
                .heals_not = "Changing EJ.",
                .by_hand = LOOK_SETTINGS,
                .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/1")}};

const struct code rocket_site_url = {
    .name = "rocket/site-url",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat believes that it lives at another address",
                .meaning = "Links in its mails lead elsewhere; and EJ's headers, made for one of the two addresses, do not fit the other.",
                .looks = "The origin of the setting Site_Url is not the address that ejmon was given for it.",
                .why = "ROOT_URL at the first start was another address, Rocket.Chat has moved, or ejmon was given an internal address.",
                .heals = "Correct Site_Url in Administration > General, or ejmon's address of it.",
                .heals_not = "Changing ROOT_URL later: it only counts at the first start.",
                .by_hand = "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Site_Url\"[^}]*'",
                .refs = REFS("rocket 5.1/2")}};

const struct code rocket_root_url = {
    .name = "rocket/root-url",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat's own address is two addresses in one",
        .meaning = "Links in its mails, avatars, invitations and its apps lead nowhere.",
        .looks = "Site_Url is http://https://chat.example.org:3000 or the like.",
        .why = "EJ's docker-compose.rocket.yml makes ROOT_URL of `http://$EJ_ROCKETCHAT_URL:3000`, and the shell or .env held a full URL. "
               "Rocket.Chat takes ROOT_URL over at its first start.",
        .heals =
            "Correct Site_Url in Administration > General; and for the next install give compose a bare host, EJ's config.env the URL.",
        .heals_not = "Correcting ROOT_URL alone: it only counts at the first start. A bare host in EJ's config.env: EJ wants the scheme.",
        .by_hand = "docker-compose exec rocketchat env | grep ROOT_URL\n"
                   "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Site_Url\"[^}]*'",
        .refs = REFS("ej F78", "rocket 5.1/2", "rocket 7")}};

const struct code rocket_account_changes = {
    .name = "rocket/account-changes",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {.title = "Users may change in Rocket.Chat what EJ manages",
                .meaning = "Somebody who changes username, e-mail or password there is later not found by EJ, or locked out.",
                .looks = "Accounts_AllowUsernameChange, Accounts_AllowEmailChange or Accounts_AllowPasswordChange is not false.",
                .why = "The last step of the guide was left out: all three are on by default.",
                .heals = "Disable the three in Administration > Accounts.",
                .heals_not = "Nothing in EJ.",
                .by_hand = "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Accounts_Allow[^}]*'",
                .refs = REFS("guide \"Configuring Rocket.Chat\"", "ej D13", "rocket 4")}};

const struct code rocket_anonymous_read = {
    .name = "rocket/anonymous-read",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat lets visitors read without a login",
                .meaning = "They never see EJ's login page in the frame.",
                .looks = "Accounts_AllowAnonymousRead is true.",
                .why = "Somebody switched it on.",
                .heals = "Switch it off in Administration > Accounts, unless it is wanted.",
                .heals_not = "Changing the iframe settings.",
                .by_hand = "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Accounts_AllowAnonymousRead\"[^}]*'",
                .refs = REFS("rocket 5.1/11")}};

const struct code rocket_setup_wizard = {
    .name = "rocket/setup-wizard",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {.title = "Rocket.Chat's set-up wizard was never completed",
                .meaning = "Version 0.74 shows visitors the wizard in place of the login; whoever comes first becomes administrator.",
                .looks = "Show_Setup_Wizard is not \"completed\".",
                .why = "A new install, or an empty database behind an old name.",
                .heals = "Complete the wizard. If there was data before: look at MongoDB first.",
                .heals_not = "Completing it over lost data.",
                .by_hand = "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Show_Setup_Wizard\"[^}]*'",
                .refs = REFS("rocket 5.1/11", "guide \"Rocket.Chat integration\"")}};

const struct code rocket_window_broken = {
    .name = "rocket/window-broken",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {.title = "This version of Rocket.Chat has a broken IFrame login",
                .meaning = "EJ's login page never appears in the frame, though every setting is right.",
                .looks = "The version is 7.8.0 to 7.9.3. Without a login only 7.8 or 7.9 is told: 7.9 may be a repaired one, and whether "
                         "a late 7.8 got the repair too is not known.",
                .why = "A change of 7.8.0 in Rocket.Chat's own client (its issue 36638).",
                .heals = "Upgrade to 7.10 or later (or 7.9.4).",
                .heals_not = "Changing settings or headers.",
                .by_hand = "curl -s https://CHAT/api/info",
                .refs = REFS("rocket 5", "rocket 8")}};

const struct code *const rocket_codes[] = {
    &rocket_unreachable,
    &rocket_hung,
    &rocket_server_error,
    &rocket_not_rocketchat,
    &rocket_rate_limited,
    &rocket_unhealthy,
    &rocket_force_ssl,
    &rocket_settings_unread,
    &rocket_setting_hidden,
    &rocket_iframe_off,
    &rocket_iframe_incomplete,
    &rocket_iframe_url,
    &rocket_iframe_api_url,
    &rocket_iframe_method,
    &rocket_site_url,
    &rocket_root_url,
    &rocket_account_changes,
    &rocket_anonymous_read,
    &rocket_setup_wizard,
    &rocket_window_broken,
    NULL,
};
