/* Causes in and around Rocket.Chat and its MongoDB. Data only. No plan yet: its settings are repaired by people until the REST remedies
 * exist. */
#include "monitor/rules/table.h"

#define IFRAME_SYMPTOMS                                                                                                  \
  "rocket/iframe-off", "rocket/iframe-incomplete", "rocket/iframe-url", "rocket/iframe-api-url", "rocket/iframe-method", \
      "rocket/setting-hidden"

#define REFUSE_RESTART_ROCKET \
  { "restart rocketchat", "it cannot work without MongoDB, and from 1.0 on ends at once" }
#define REFUSE_RESTART_WEB \
  { "restart web", "EJ is not at fault" }
#define REFUSALS_MONGO            \
  ((const struct rule_refusal[]){ \
      REFUSE_RESTART_ROCKET, REFUSE_RESTART_WEB, {"delete the volume", "all messages and settings are in it"}, {NULL, NULL}})

#define SETTING(id, value)                                                                                                    \
  "curl -s -H \"X-Auth-Token: $TOKEN\" -H \"X-User-Id: $USER_ID\" -H 'Content-Type: application/json' -d '{\"value\": " value \
  "}' "                                                                                                                       \
  "https://<chat>/api/v1/settings/" id

#define HOW_TO_SET "# Rocket.Chat > Administration > Accounts > Iframe, or by REST as an administrator (from 3.6 on with a second factor):"
#define SET_IFRAME_URL SETTING("Accounts_iframe_url", "\"https://<ej>/talks/login/?next=/talks/\"")
#define SET_API_URL SETTING("Accounts_Iframe_api_url", "\"https://<ej>/talks/api-login/\"")
#define IF_PINNED "# a setting pinned by OVERWRITE_SETTING_<id> flips back at the next restart: look at the container's environment"
#define REFUSED_IFRAME                                        \
  REFUSED({"nginx-headers", "EJ's headers are not at fault"}, \
          {"edit MongoDB", "browsers with a warm cache never fetch it, and newer servers keep the old value until a restart"})

const struct rule rules_rocket[] = {
    {.code = "rocket/mongo-down",
     .summary = "MongoDB cannot be used; Rocket.Chat cannot work without it. It is not healed automatically.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 9,
     .any =
         LIST("mongo/unreachable", "mongo/hung", "mongo/not-mongodb", "mongo/command-failed", "mongo/auth-failed", "containers/mongo-down"),
     .explains = LIST(CHAT_IS_DOWN, "rocket/setup-wizard", "mongo/slow", "mongo/member-down", "mongo/not-primary", "login/api-error",
                      "login/token-refused", "logs/rocketchat-no-mongo"),
     .refused = REFUSALS_MONGO,
     .by_hand = LIST("docker-compose ps mongo", "docker-compose logs --tail 50 mongo", "df -h    # a full disk stops it",
                     "docker-compose up -d mongo"),
     .explain = {.title = "MongoDB is down",
                 .meaning = "The chat is down or frozen. EJ itself works on.",
                 .why = "mongod is stopped, hangs, or exits at its start: an unpinned image no longer knows --smallfiles.",
                 .heals = "A person starts MongoDB after reading why it stopped; Rocket.Chat follows.",
                 .heals_not = "Restarting Rocket.Chat or web.",
                 .refs = LIST("ej F77", "rocket 6.3")}},
    {.code = "rocket/no-primary",
     .summary = "The MongoDB replica set has no primary where Rocket.Chat looks: nothing can be written.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 8,
     .all = LIST("mongo/not-primary"),
     .explains = LIST(CHAT_IS_DOWN, "mongo/member-down", "login/api-error", "login/token-refused"),
     .refused =
         (const struct rule_refusal[]){
             {"rs.reconfig force", "while other members live it makes two primaries"}, REFUSE_RESTART_ROCKET, {NULL, NULL}},
     .by_hand = LIST("docker-compose exec mongo mongosh --quiet --eval 'rs.status()'",
                     "docker-compose exec mongo mongosh --quiet --eval 'rs.initiate()'    # a new set only"),
     .explain = {.title = "MongoDB has no primary",
                 .meaning = "Rocket.Chat cannot write: nobody can log in or send a message.",
                 .why = "The majority of the set is away, or rs.initiate() was never run.",
                 .heals = "Starting the missing members; rs.initiate() once on a new set.",
                 .refs = LIST("rocket 6.3")}},
    {.code = "rocket/wrong-replica-set",
     .summary = "MONGO_URL asks for a replica set that the server does not belong to.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 7,
     .all = LIST("mongo/wrong-set"),
     .explains = LIST(CHAT_IS_DOWN, "login/api-error", "login/token-refused"),
     .refused = (const struct rule_refusal[]){REFUSE_RESTART_ROCKET, {NULL, NULL}},
     .by_hand = LIST("docker-compose exec mongo mongosh --quiet --eval 'db.hello().setName'",
                     "docker-compose exec rocketchat sh -c 'echo $MONGO_URL'"),
     .explain = {.title = "The replica set's name does not fit",
                 .meaning = "ejmon, and any client with this address, refuses the server; Rocket.Chat may be affected likewise.",
                 .why = "mongod runs alone or under another name.",
                 .heals = "The same name on both sides, and rs.initiate() once.",
                 .refs = LIST("rocket 6.3")}},
    {.code = "rocket/empty-database",
     .summary = "Rocket.Chat's settings are not in its database: it runs, or will run, as a new server.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 6,
     .all = LIST("mongo/no-settings"),
     .explains = LIST("rocket/setup-wizard", IFRAME_SYMPTOMS, "rocket/site-url", "rocket/root-url", "rocket/account-changes",
                      "rocket/settings-unread"),
     .refused = (const struct rule_refusal[]){{"complete the wizard", "over lost data it only hides that they are gone"}, {NULL, NULL}},
     .by_hand = LIST("docker-compose exec mongo mongosh --quiet --eval 'db.adminCommand({listDatabases: 1})'", "docker volume ls"),
     .explain = {.title = "Rocket.Chat's database is empty",
                 .meaning = "Rocket.Chat shows its setup wizard or fails; its rooms and accounts are not in this database.",
                 .why = "A new or wrong volume, or a server that was never started.",
                 .heals = "The right volume or the backup.",
                 .heals_not = "Completing the wizard.",
                 .refs = LIST("rocket 6.1")}},
    {.code = "rocket/down",
     .summary = "Rocket.Chat does not work; MongoDB was not seen to be the reason.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 9,
     .any = LIST("rocket/unreachable", "rocket/hung", "rocket/server-error", "rocket/unhealthy", "containers/rocketchat-down"),
     .explains = LIST(CHAT_IS_DOWN, "mongo/slow", "login/api-error", "login/token-refused", "logs/rocketchat-no-mongo"),
     .refused = (const struct rule_refusal[]){REFUSE_RESTART_WEB, {NULL, NULL}},
     .by_hand = LIST("docker-compose ps rocketchat", "docker-compose logs --tail 50 rocketchat", "docker-compose up -d rocketchat"),
     .explain = {.title = "Rocket.Chat is down",
                 .meaning = "The chat is down. In generation A a signed-in user's /talks/login/ answers 500.",
                 .why =
                     "The container is stopped or loops: from 1.0 on it ends without a replica set, from 8.0 on with a MongoDB before 7.0.",
                 .heals = "A person reads its log and starts it.",
                 .heals_not = "Restarting web.",
                 .refs = LIST("ej F72", "ej correction 6", "rocket 6.3")}},
    /* By its name before the next of the same rank: of these settings a wrong address alone leads the login check elsewhere. */
    {.code = "rocket/iframe-api-address",
     .summary = "Rocket.Chat calls another address than EJ's login API.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 7,
     .all = LIST("rocket/iframe-api-url"),
     .explains = LIST("rocket/iframe-url", "login/unreachable", "login/api-missing", "login/api-failed", "login/api-status",
                      "login/redirected", "login/cors-missing", "login/mixed-content"),
     .refused = REFUSED_IFRAME,
     .by_hand = LIST(HOW_TO_SET, SET_IFRAME_URL, SET_API_URL, IF_PINNED),
     .explain = {.title = "The API URL of the IFrame login is wrong in Rocket.Chat",
                 .meaning = "Users sign in at EJ, and the login page comes again; newer versions show Rocket.Chat's own form.",
                 .why = "EJ moved, http was written for https, or the slash at the end is missing.",
                 .heals = "The two addresses of the guide. Locked out by a wrong URL: the REST calls still work.",
                 .heals_not = "Changing EJ's frame headers.",
                 .refs = LIST("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/3")}},
    {.code = "rocket/iframe-misconfigured",
     .summary = "Rocket.Chat's settings of the IFrame login are not what EJ's guide prescribes.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 7,
     .any = LIST("rocket/iframe-off", "rocket/iframe-incomplete", "rocket/iframe-url", "rocket/iframe-method", "rocket/setting-hidden"),
     .refused = REFUSED_IFRAME,
     .by_hand = LIST(HOW_TO_SET, SET_IFRAME_URL, SET_API_URL, SETTING("Accounts_Iframe_api_method", "\"POST\""),
                     SETTING("Accounts_iframe_enabled", "true"), IF_PINNED),
     .explain = {.title = "The IFrame login is set up wrongly in Rocket.Chat",
                 .meaning = "Visitors see Rocket.Chat's own form, a blank page, or a login that goes round in circles.",
                 .why = "A step of the guide was left out, EJ moved, or somebody changed a setting.",
                 .heals = "The four settings of the guide. Locked out by a wrong URL: the REST calls still work.",
                 .heals_not = "Changing EJ's frame headers.",
                 .refs = LIST("guide \"Configuring Rocket.Chat\"", "ej F74", "rocket 5.1/1", "rocket 7")}},
    {.code = "rocket/incompatible-version",
     .summary = "This version of Rocket.Chat cannot do EJ's IFrame login as EJ stands.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 6,
     .any = LIST("login/preflight-refused", "rocket/window-broken"),
     .refused = (const struct rule_refusal[]){{"change settings", "they are not at fault: the client of this version behaves differently"},
                                              {NULL, NULL}},
     .by_hand = LIST("curl -s https://<chat>/api/info",
                     "# upgrade Rocket.Chat to 7.10 or later; or let the proxy answer OPTIONS on /talks/api-login/ (6.1 to 7.7)"),
     .explain = {.title = "Rocket.Chat's version and EJ do not fit",
                 .meaning = "The login through EJ does not work in browsers with this version, whatever the settings say.",
                 .why = "Clients from 6.1 to 7.9.3 send a preflight that EJ refuses; those of 7.8.0 to 7.9.3 never load the frame.",
                 .heals = "Another version of Rocket.Chat, or a proxy rule.",
                 .refs = LIST("rocket 5", "rocket 8")}},
    {.code = NULL},
};
