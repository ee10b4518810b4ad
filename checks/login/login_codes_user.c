/* What a signed-in user meets on the way into Rocket.Chat: the explanations of those codes; no logic. */
#include "checks/login/login_codes.h"

#define LOOK_LOG "docker-compose logs --tail=100 web | grep -A20 'Internal Server Error: /talks/api-login/'"
#define LOOK_ACCOUNT                                                                                                              \
  "docker-compose exec postgres psql -U <user> <db> -c \"SELECT u.email, a.username, a.is_active FROM ej_users_user u LEFT JOIN " \
  "ej_rocketchat_rcaccount a ON a.user_id = u.id WHERE u.email = '<test user>'\""
#define SIGN_IN_LOOP "Users sign in at EJ, and the login page comes again, for ever."

const struct code login_refused = {
    .name = "login/refused",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "EJ refuses ejmon's test user",
                .meaning = "Nothing for visitors: ejmon cannot walk the login to its end with this user.",
                .looks = "EJ's login form comes back after the password was sent.",
                .why = "The password or the name is wrong or has been changed, or the user is deactivated.",
                .heals = "Correct user and password_file of the login check. It tries again every two minutes, and never oftener.",
                .heals_not = "Restarting anything.",
                .by_hand = "ejmon check login",
                .refs = REFS("rocket 5.1/6", "rocket 2.5")}};

const struct code login_form_unknown = {
    .name = "login/form-unknown",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "EJ's /login/ holds no form that ejmon can fill",
        .meaning = "Nothing is known about the login of a signed-in user. If visitors have no form either, other checks say so.",
        .looks = "/login/ is not 200, or its page has no form with a password field. Or the check has only one of user and password_file.",
        .why = "EJ is ill (look at the findings beside this one), or a single sign-on has taken the form's place.",
        .heals = "Mend EJ; with a single sign-on, leave user and password_file out of the login check.",
        .heals_not = "Another test user.",
        .by_hand = "curl -s https://EJ/login/ | grep -iE '<form|<input'",
        .refs = REFS("rocket 5.1/6", "ej section 5")}};

const struct code login_form_failed = {
    .name = "login/form-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {.title = "EJ's login form cannot be sent",
                .meaning = "Nobody can sign in at EJ, with any password.",
                .looks = "403 (\"CSRF verification failed\") or a 5xx where the form is sent to; its page opened well.",
                .why = "A proxy drops cookies, the Referer or the Host header, or caches the page with somebody else's token; behind TLS "
                       "DJANGO_CSRF_TRUSTED_ORIGINS lacks the public name. 5xx: the database takes no session.",
                .heals = "Let the proxy pass Cookie, Referer and Host, and cache no page of EJ.",
                .heals_not = "Another password.",
                .by_hand = "docker-compose logs --tail=100 web | grep -iE 'csrf|Internal Server Error: /login/'",
                .refs = REFS("rocket 5.1/7", "ej F42")}};

const struct code login_session_lost = {
    .name = "login/session-lost",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "EJ signs users in, and has forgotten them at the next request",
                .meaning = "Nobody can use EJ while signed in, nor get into Rocket.Chat.",
                .looks = "The form answers 302, yet there is no session cookie, or EJ sends its holder back to /login/.",
                .why = "A proxy strips Set-Cookie or Cookie, or caches; several web processes with different secret keys (an unset "
                       "DJANGO_SECRET_KEY is made up anew by each); or the session table cannot be written.",
                .heals = "Let the cookies pass; one DJANGO_SECRET_KEY for all.",
                .heals_not = "CORS and frame settings.",
                .by_hand = "curl -si https://EJ/login/ | grep -i set-cookie",
                .refs = REFS("rocket 5.1/6", "rocket 5.1/7", "ej D1")}};

const struct code login_no_permission = {
    .name = "login/no-permission",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "The test user is signed in at EJ, but may not use Rocket.Chat",
        .meaning = "This user, and others like it, see the login page again and again. Others may be well.",
        .looks = "EJ knows the session, and its login API answers 401 (generation B); the login page says Forbidden or sends to "
                 "/talks/register/.",
        .why = "The user lacks the permission ej_rocketchat.can_create_account, has never registered a name at /talks/register/, or its "
               "account row is inactive.",
        .heals = "Grant the permission in EJ's admin, then open https://EJ/talks/ once as that user and register.",
        .heals_not = "CORS, frame and cookie settings. Restarting.",
        .by_hand = LOOK_ACCOUNT,
        .refs = REFS("ej F76", "ej correction 7", "ej section 4", "guide \"Rocket.Chat integration\"")}};

const struct code login_api_error = {
    .name = "login/api-error",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "EJ's login API fails for a signed-in user",
        .meaning = SIGN_IN_LOOP,
        .looks = "500 for the signed-in test user, 401 as it should be for strangers.",
        .why = "EJ could not log in at Rocket.Chat: it is down or unreachable from web (EJ_ROCKETCHAT_API_URL, network), it limits EJ, it "
               "asks for a second factor, or the password that EJ stores is no longer right. Generation A logs in at each call, and "
               "fails likewise for a user without an account row; B needs Rocket.Chat only to renew a token, and is 500 unconfigured.",
        .heals = "Rocket.Chat reachable from web; the stored password and the row right (the wizard at /talks/ anew, after the old row "
                 "was deactivated); no second factor for accounts that EJ manages.",
        .heals_not = "Restarting web; CORS and frame settings.",
        .by_hand = LOOK_LOG "\ndocker-compose exec web curl -s http://rocketchat:3000/api/info\n" LOOK_ACCOUNT,
        .refs = REFS("ej F72", "ej F73", "ej F76", "ej correction 6", "ej correction 7", "ej correction 19", "rocket 5.1/12", "rocket 2.6",
                     "rocket 2.5")}};

const struct code login_no_token = {
    .name = "login/no-token",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {.title = "EJ's login API answers 200 without a token",
                .meaning = "Rocket.Chat shows its own form, or nothing happens.",
                .looks = "200 for the signed-in test user, and the body is no JSON object with a text loginToken that is not empty.",
                .why = "The stored account or configuration row has an empty token, or something before EJ answers in its place.",
                .heals = "Fill the row anew: the wizard at /talks/ (superuser), /talks/register/ (others).",
                .heals_not = "CORS and frame settings.",
                .by_hand = LOOK_ACCOUNT,
                .refs = REFS("rocket 5.1/6", "rocket 5", "rocket 8")}};

const struct code login_token_key = {
    .name = "login/token-key",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {.title = "EJ names its token `token`, not `loginToken`",
                .meaning = "Rocket.Chat refuses the login: \"Unrecognized options for login request [400]\".",
                .looks = "The JSON of the login API has the key token and no loginToken.",
                .why =
                    "A changed EJ, or another program in its place. `token` means something else to Rocket.Chat (services.iframe.token); "
                    "only versions before 0.59 wanted it.",
                .heals = "Answer {\"loginToken\": ...}, as EJ does.",
                .heals_not = "Another token under the same key.",
                .by_hand = "# signed in, in the browser's network panel: the answer of /talks/api-login/",
                .refs = REFS("rocket 5.1/6", "rocket 8", "rocket 5")}};

const struct code login_token_type = {.name = "login/token-type",
                                      .severity = SEVERITY_CRITICAL,
                                      .layer = "proxy",
                                      .explain = {.title = "EJ's login token is not sent as JSON",
                                                  .meaning = "Rocket.Chat up to 6.0 does not read it: " SIGN_IN_LOOP,
                                                  .looks = "Content-Type of the signed-in answer of /talks/api-login/ is not JSON's.",
                                                  .why = "A proxy sets another type.",
                                                  .heals = "Let EJ's application/json through.",
                                                  .heals_not = "CORS and frame settings.",
                                                  .by_hand = "# signed in, in the browser's network panel: the type of /talks/api-login/",
                                                  .refs = REFS("rocket 5.1/6", "rocket 5")}};

const struct code login_token_refused = {
    .name = "login/token-refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat refuses the token that EJ hands out",
        .meaning = "Users sign in at EJ and land on a login page: EJ's, or Rocket.Chat's own.",
        .looks = "The login API answers 200 with loginToken, and Rocket.Chat does not know it (401).",
        .why = "EJ (generation B) hands out the token that it stored, unchecked. It dies after 90 days (Accounts_LoginExpiration), when "
               "somebody logs the user out everywhere, or when more than 50 newer logins push it out. Or EJ talks to another Rocket.Chat.",
        .heals = "A user's: register anew at /talks/register/ (delete the account row first). The administrator's: sign in as superuser at "
                 "/talks/login/, which renews it; if the password changed too, deactivate the row and run the wizard at /talks/ again.",
        .heals_not = "Restarting EJ or Rocket.Chat. CORS and frame settings.",
        .by_hand =
            "curl -si -H 'Content-Type: application/json' -d @token.json https://CHAT/api/v1/login    # token.json: {\"resume\": ...}",
        .refs = REFS("ej F73", "rocket 5.1/6", "rocket 2.5", "rocket 8")}};

const struct code login_message_target = {
    .name = "login/message-target",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {.title = "EJ's login page sends its message to another address than Rocket.Chat's",
                .meaning = "The page stays at \"Redirecting...\": the browser drops the message that should start the login.",
                .looks = "The script of the signed-in page calls postMessage({event: 'try-iframe-login'}, <another origin>).",
                .why = "The target is url of the active row of ej_rocketchat_rcconfig. A corrected Access-Control-Allow-Origin (nginx, "
                       "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN) does not change it.",
                .heals = "Correct url of the row in EJ's admin.",
                .heals_not = "CORS headers; EJ_ROCKETCHAT_URL while a row is active.",
                .by_hand = "docker-compose exec postgres psql -U <user> <db> -c \"SELECT id, url, is_active FROM ej_rocketchat_rcconfig\"",
                .refs = REFS("ej F64", "rocket 5.1/2", "rocket 5", "HTML 9.4.3")}};

const struct code login_rocket_busy = {
    .name = "login/rocket-busy",
    .severity = SEVERITY_INFO,
    .layer = "ejmon",
    .explain = {.title = "Rocket.Chat's limiter kept ejmon from trying the token",
                .meaning = "Nothing for visitors. The token is tried again later.",
                .looks = "429, or in old versions 400 with error-too-many-requests, for ejmon's own call.",
                .why = "Ten calls a minute for each route and address; behind one proxy EJ's own logins count as well.",
                .heals = "Nothing is needed; a longer interval for the login check if it comes often.",
                .by_hand = "curl -si https://CHAT/api/v1/me | grep -i ratelimit",
                .refs = REFS("rocket 2.5")}};
