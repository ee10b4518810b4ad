/* More explanations of the mongo check's codes: versions that do not fit, pinned settings, the wrong database, open doors; no logic. */
#include "checks/mongo/mongo_codes.h"

const struct code mongo_unsupported = {
    .name = "mongo/unsupported",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {
        .title = "This Rocket.Chat does not name this MongoDB among those that it supports",
        .meaning =
            "It may run; what breaks, breaks at an upgrade or a restart. From 8.0 on Rocket.Chat ends at its start on an older MongoDB.",
        .looks =
            "The version that Rocket.Chat recorded (or the key rocketchat_version) against buildInfo: 0.73.2 names 3.2 to 4.0, 3.0 names 3.4 to "
            "4.0, 4.7 names 3.6 to 5.0, 5.4 names 4.2 to 5.0, 6.0 names 4.4 to 6.0, 7.0 names 5.0 and later, 8.0 names 7.0 and later.",
        .why = "EJ's compose file pins Rocket.Chat and leaves MongoDB at `latest`: each build takes a newer one.",
        .heals = "Pin MongoDB to a version of the range; moving the data to an older one needs a dump and a restore.",
        .heals_not = "Jumping over major versions: mongod refuses the data files. BYPASS_MONGO_VALIDATION hides it.",
        .by_hand = "docker-compose exec mongo mongod --version\ncurl -s https://<chat>/api/info",
        .refs = REFS("rocket 6.3", "ej F77")}};

const struct code mongo_standalone = {
    .name = "mongo/standalone",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "This Rocket.Chat wants a replica set, and MongoDB runs alone",
        .meaning =
            "From 1.0 on Rocket.Chat ends at its next start (\"OPLOG / REPLICASET IS REQUIRED\", \"$changeStream stage is only supported on "
            "replica sets\") and is restarted in a loop. From about 7.7 on it may run; its manual still asks for a set.",
        .looks = "hello names no set, and the version of Rocket.Chat is 1.0 or later. 0.74, EJ's own, runs without.",
        .why = "EJ's compose file starts mongod without --replSet; Rocket.Chat was upgraded beside it.",
        .heals = "Restart mongod with --replSet rs0, run rs.initiate() once, add ?replicaSet=rs0 to MONGO_URL.",
        .heals_not = "Restarting Rocket.Chat: the loop goes on. A new volume: all messages are in the old one.",
        .by_hand = "docker-compose exec mongo mongosh --quiet --eval 'db.hello().setName'\ndocker-compose logs --tail 50 rocketchat",
        .refs = REFS("rocket 6.3", "rocket 8")}};

const struct code mongo_setting_pinned = {
    .name = "mongo/setting-pinned",
    .severity = SEVERITY_INFO,
    .layer = "rocketchat",
    .explain = {
        .title = "Settings of the IFrame login are pinned by Rocket.Chat's environment",
        .meaning =
            "Nothing by itself, and a good way to keep them right: a change in the administration lasts until the next restart only.",
        .looks = "valueSource of the setting's document is processEnvValue, or it is blocked or hidden.",
        .why = "OVERWRITE_SETTING_<id>, SETTINGS_BLOCKED or SETTINGS_HIDDEN in the container's environment.",
        .heals = "Nothing to heal. To change such a setting, change the variable and re-create the container.",
        .heals_not = "The administration or REST: the next start writes the variable's value again.",
        .by_hand = "docker-compose exec rocketchat sh -c 'env | cut -d= -f1 | grep -E \"^(OVERWRITE_SETTING_|SETTINGS_)\"'",
        .refs = REFS("rocket 7", "rocket 6.1")}};

const struct code mongo_setting_pinned_wrong = {
    .name = "mongo/setting-pinned-wrong",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "A setting of the IFrame login is pinned to a value that the guide does not want",
        .meaning =
            "The login through EJ fails, or users may change what EJ manages; whoever corrects it finds it undone after the next restart.",
        .looks = "valueSource is processEnvValue (or the setting is blocked), and the value is not the guide's.",
        .why = "OVERWRITE_SETTING_<id> in Rocket.Chat's environment; it is applied at every start.",
        .heals = "Correct or remove the variable in the compose file, then re-create Rocket.Chat.",
        .heals_not = "The administration or REST: good until the next restart. A blocked setting does not even take the change.",
        .by_hand = "docker-compose exec rocketchat sh -c 'env | grep \"^OVERWRITE_SETTING_\"'",
        .refs = REFS("rocket 7", "rocket 8", "ej F74")}};

const struct code mongo_stray_settings = {
    .name = "mongo/stray-settings",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The database test holds settings of Rocket.Chat, which does not look there",
        .meaning = "What somebody meant to set has no effect; visitors see Rocket.Chat without it.",
        .looks = "test.rocketchat_settings has documents, and Rocket.Chat's own database has its settings too.",
        .why =
            "A script was run without a database's name: `mongo /scripts/mongo_script.js`, as the guide writes it, works on `test`. As shipped it "
            "finds nothing there and silently does nothing; with upsert, or by hand, it leaves documents.",
        .heals = "Run it again with the name: mongosh rocketchat /scripts/mongo_script.js; then drop the stray collection in test.",
        .heals_not = "Copying the documents: bare ones lack type and public, and are not sent to browsers.",
        .by_hand = "docker-compose exec mongo mongosh --quiet test --eval 'db.rocketchat_settings.find({}, {_id: 1}).toArray()'\n"
                   "docker-compose exec mongo mongosh rocketchat /scripts/mongo_script.js    # `mongo` in images before 6.0",
        .refs = REFS("guide \"Rocket.Chat style and options\"", "rocket 0", "rocket 6.1", "rocket 6.4")}};

const struct code mongo_no_auth = {
    .name = "mongo/no-auth",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {
        .title = "MongoDB asks nobody for a password, at an address that others may reach",
        .meaning = "Who reaches the port reads every message and is Rocket.Chat's administrator.",
        .looks =
            "listDatabases, which needs a privilege, is answered without a login, and the address is not this machine's loopback. Whether the "
            "port is open to the internet cannot be seen from here.",
        .why = "EJ's compose file publishes 27017 on all addresses and starts mongod without --auth.",
        .heals =
            "Take the `ports:` of mongo out of the compose file (Rocket.Chat reaches it by name without), or publish on 127.0.0.1 only; then "
            "users and --auth.",
        .heals_not = "A host firewall alone: Docker's own rules come before it.",
        .by_hand = "docker-compose port mongo 27017    # 0.0.0.0 is everybody\nss -ltn sport = :27017",
        .refs = REFS("ej D7", "rocket 6.4")}};
