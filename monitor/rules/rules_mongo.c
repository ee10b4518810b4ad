/* Causes in MongoDB that only a look into its documents tells. Data only, no plan. */
#include "monitor/rules/table.h"

#define IFRAME_SYMPTOMS                                                                                                  \
  "rocket/iframe-off", "rocket/iframe-incomplete", "rocket/iframe-url", "rocket/iframe-api-url", "rocket/iframe-method", \
      "rocket/setting-hidden", "rocket/account-changes"

const struct rule rules_mongo[] = {
    {.code = "rocket/needs-replica-set",
     .summary = "This Rocket.Chat cannot start, or will not start again, on a MongoDB that runs without a replica set.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 5,
     .any = LIST("mongo/standalone", "logs/replica-set-required"),
     .explains = LIST(CHAT_IS_DOWN, "logs/rocketchat-no-mongo", "rocket/down", "mongo/unsupported"),
     .refused = (const struct rule_refusal[]){{"restart rocketchat",
                                               "it ends at its start for want of a set: the restart is the fault's beginning"},
                                              {"delete the volume", "all messages and settings are in it"},
                                              {NULL, NULL}},
     .by_hand = LIST("# add --replSet rs0 to mongod's command in the compose file, and ?replicaSet=rs0 to MONGO_URL; then",
                     "docker-compose up -d mongo", "docker-compose exec mongo mongosh --quiet --eval 'rs.initiate()'    # once",
                     "docker-compose up -d rocketchat"),
     .explain = {.title = "Rocket.Chat was upgraded beyond what its MongoDB offers",
                 .meaning = "The chat is down, or will be at its next restart.",
                 .why = "Versions from 1.0 on need a replica set, if only of one member; EJ's compose file starts mongod alone.",
                 .heals = "--replSet, rs.initiate() once, the set's name in MONGO_URL.",
                 .heals_not = "Restarts; a new volume.",
                 .refs = LIST("rocket 6.3", "rocket 8")}},
    {.code = "rocket/setting-pinned",
     .summary = "Rocket.Chat's environment pins a setting of the IFrame login to a wrong value.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 8,
     .any = LIST("mongo/setting-pinned-wrong", "containers/setting-hidden"),
     .explains = LIST(IFRAME_SYMPTOMS, "rocket/iframe-misconfigured", "login/unreachable", "login/api-missing", "login/api-failed"),
     .refused = (const struct rule_refusal[]){{"change the setting",
                                               "in the administration or by REST it holds until the next restart, then flips back"},
                                              {"edit MongoDB", "the next start writes the variable's value again"},
                                              {"nginx-headers", "EJ's headers are not at fault"},
                                              {NULL, NULL}},
     .by_hand = LIST("docker-compose exec rocketchat sh -c 'env | grep \"^OVERWRITE_SETTING_\"'",
                     "# correct or remove the variable in the compose file; then",
                     "docker-compose up -d rocketchat    # a restart keeps the old environment"),
     .explain = {.title = "A setting is pinned by the environment",
                 .meaning = "Visitors cannot log in through EJ, or may change what EJ manages, however often the setting is corrected.",
                 .why = "OVERWRITE_SETTING_<id> is applied at every start of Rocket.Chat.",
                 .heals = "The variable, then re-creating the container.",
                 .heals_not = "The administration, REST, MongoDB.",
                 .refs = LIST("rocket 7", "ej F74")}},
    {.code = NULL},
};
