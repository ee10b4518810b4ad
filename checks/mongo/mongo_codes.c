/* The explanations of the mongo check's codes; no logic. */
#include "checks/mongo/mongo_codes.h"

const struct code mongo_no_client = {
    .name = "mongo/no-client",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "ejmon itself cannot talk to MongoDB",
        .meaning = "Nothing is known about the database: the fault is on ejmon's side.",
        .looks =
            "libmongoc is not installed, the address in the configuration cannot be read, or all of ejmon's workers wait for other servers.",
        .why = "A package is missing in ejmon's image, or a password with special characters stands unencoded in the URL.",
        .heals = "Install libmongoc-1.0-0; percent-encode @ : / ? # in the password, or use url_file.",
        .heals_not = "Anything done to MongoDB.",
        .by_hand = "ejmon conf check; apt-get install libmongoc-1.0-0",
        .refs = REFS("rocket 6.4")}};

const struct code mongo_name_unknown = {
    .name = "mongo/name-unknown",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "Where ejmon runs, MongoDB's name is not known",
                .meaning = "Nothing is known about MongoDB itself. Whether Rocket.Chat can use it, the rocketchat check tells.",
                .looks = "The resolver has no such name.",
                .why =
                    "ejmon runs on the host, where the names of compose's network (mongo) do not exist; it is not in the stack's network; "
                    "the container is stopped, which takes its name away; or the name is misspelt.",
                .heals = "Run ejmon in the stack's network, give it an address that it reaches (`stack.mongo`), or `mongo: off`. When "
                         "Rocket.Chat fails too: start mongo.",
                .heals_not = "Anything done to a MongoDB that Rocket.Chat can use.",
                .by_hand = "getent hosts <name>\ndocker-compose ps mongo",
                .refs = REFS("ej F77")}};

const struct code mongo_unreachable = {
    .name = "mongo/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "MongoDB cannot be reached",
        .meaning = "Rocket.Chat cannot work: it hangs, answers errors, or ends and is restarted in a loop. EJ itself works on.",
        .looks = "The port refuses, the connection is closed before any answer, or the name that was known is gone.",
        .why =
            "The container is stopped; or mongod exits at once: --smallfiles was removed in MongoDB 4.2, and EJ's compose file neither pins the image "
            "nor drops the flag.",
        .heals = "Read mongod's log for the reason, start it; with the --smallfiles error pin mongo:4.0 or drop the flag.",
        .heals_not = "Restarting Rocket.Chat; deleting the volume (all messages are in it).",
        .by_hand = "docker-compose ps mongo; docker-compose logs --tail 50 mongo",
        .refs = REFS("ej F77", "rocket 6.3")}};

const struct code mongo_hung = {.name = "mongo/hung",
                                .severity = SEVERITY_CRITICAL,
                                .layer = "mongo",
                                .explain = {.title = "MongoDB accepts connections and does not answer",
                                            .meaning = "Rocket.Chat hangs with it.",
                                            .looks = "The connection opens, then no reply comes within the time-out.",
                                            .why = "The process is stopped, its disk is frozen or full, or the host is out of memory.",
                                            .heals = "Look at the host: memory, disk, load; docker unpause if it was paused.",
                                            .heals_not = "Restarting Rocket.Chat.",
                                            .by_hand = "docker stats --no-stream; docker-compose logs --tail 50 mongo",
                                            .refs = REFS("rocket 6.4")}};

const struct code mongo_not_mongodb = {
    .name = "mongo/not-mongodb",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {.title = "What answers at MongoDB's address does not speak its protocol, or breaks off",
                .meaning = "Rocket.Chat cannot use it either.",
                .looks = "Garbage, a TLS port asked without TLS, a greeting of another service, or a reply cut in the middle.",
                .why = "A wrong port, a proxy in between, TLS on one side only, or a mongod that dies while it answers.",
                .heals = "Correct the address; compare it with Rocket.Chat's MONGO_URL; read mongod's log.",
                .heals_not = "Restarting Rocket.Chat.",
                .by_hand = "docker-compose exec rocketchat sh -c 'echo $MONGO_URL'; docker-compose logs --tail 50 mongo",
                .refs = REFS("rocket 6.4")}};

const struct code mongo_too_old = {
    .name = "mongo/too-old",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {
        .title = "This MongoDB is older than the clients of today support",
        .meaning = "Rocket.Chat 0.74 still works with it; later versions refuse to start.",
        .looks =
            "The version is below the one asked for (at_least), or its wire version is below what libmongoc speaks, and then nothing more can be seen.",
        .why =
            "An old image was kept. Rocket.Chat 1.0 wants MongoDB 3.2, 3.0 wants 3.4, 4.7 wants 3.6, 5.4 wants 4.2, 6.0 wants 4.4, 7.0 wants 5.0, 8.0 wants 7.0.",
        .heals = "Back up, then upgrade MongoDB one major version after the other.",
        .heals_not = "Jumping over versions: mongod refuses the data files.",
        .by_hand = "docker-compose exec mongo mongod --version",
        .refs = REFS("rocket 6.3", "rocket 6.4")}};

const struct code mongo_auth_failed = {
    .name = "mongo/auth-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "MongoDB refuses the user or its password",
        .meaning = "If ejmon uses Rocket.Chat's own credentials, Rocket.Chat cannot log in either.",
        .looks = "Error 18, AuthenticationFailed.",
        .why =
            "The password was changed on one side; authSource is missing or wrong; or a URL with a user leads to a server without authentication.",
        .heals = "Correct user, password and authSource of the URL.",
        .heals_not = "Starting mongod without --auth.",
        .by_hand = "docker-compose exec mongo mongosh 'mongodb://USER@localhost/rocketchat?authSource=admin'",
        .refs = REFS("rocket 6.4")}};

const struct code mongo_slow = {
    .name = "mongo/slow",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {.title = "MongoDB answers slowly",
                .meaning = "Rocket.Chat is as slow as this for every message.",
                .looks = "ping, which touches no data, took longer than the threshold.",
                .why = "The host is busy or out of memory, or the disk is.",
                .heals = "Find what is busy: the host's load and disk, db.currentOp().",
                .heals_not = "Restarting Rocket.Chat.",
                .by_hand = "docker stats --no-stream; docker-compose exec mongo mongosh --quiet --eval 'db.currentOp()' rocketchat",
                .refs = REFS("rocket 6.4")}};

const struct code mongo_command_failed = {
    .name = "mongo/command-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {.title = "MongoDB answers a simple command with an error",
                .meaning = "Rocket.Chat will meet the same error.",
                .looks = "hello, ping or a read of one document fails; the evidence has the server's code and text.",
                .why = "The server is shutting down, its data is damaged, or the disk is full.",
                .heals = "Read mongod's log.",
                .heals_not = "Restarting Rocket.Chat.",
                .by_hand = "docker-compose logs --tail 50 mongo; df -h",
                .refs = REFS("rocket 6.4")}};

const struct code mongo_not_primary = {
    .name = "mongo/not-primary",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "No member that ejmon was told of is the primary of the replica set",
        .meaning =
            "Without any primary nothing can be written and Rocket.Chat stands still. With a primary elsewhere (then a warning) Rocket.Chat works "
            "if its URL names the set.",
        .looks = "hello says neither isWritablePrimary nor ismaster.",
        .why = "The set lost its majority, is electing, recovers, or rs.initiate() was never run after --replSet was added.",
        .heals = "Start the missing members; on a new set run rs.initiate() once.",
        .heals_not = "rs.reconfig with force while other members still live: two primaries, lost messages.",
        .by_hand = "docker-compose exec mongo mongosh --quiet --eval 'rs.status()'",
        .refs = REFS("rocket 6.3", "rocket 6.4")}};

const struct code mongo_wrong_set = {
    .name = "mongo/wrong-set",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {.title = "The URL names a replica set that this server does not belong to",
                .meaning = "A client with this URL finds no server, and is not told why.",
                .looks = "replicaSet= of the URL and setName of hello differ, or the server runs alone.",
                .why = "mongod runs without --replSet, under another name, or the URL was copied from another stack.",
                .heals = "Correct the URL, or start mongod with --replSet and run rs.initiate().",
                .heals_not = "Restarting Rocket.Chat.",
                .by_hand = "docker-compose exec mongo mongosh --quiet --eval 'db.hello().setName'",
                .refs = REFS("rocket 6.3")}};

const struct code mongo_member_down = {
    .name = "mongo/member-down",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {.title = "A member of the replica set is down or ill",
                .meaning = "Nothing yet; if one more fails, the set may lose its majority and its primary.",
                .looks = "replSetGetStatus shows a member whose health is 0 or whose state is neither primary, secondary nor arbiter.",
                .why = "The member's host or process is down, it is copying its data, or the network between them is cut.",
                .heals = "Start the member, or wait for its initial sync.",
                .heals_not = "Removing it from the set while it may come back.",
                .by_hand = "docker-compose exec mongo mongosh --quiet --eval 'rs.status().members'",
                .refs = REFS("rocket 6.3", "rocket 6.4")}};

const struct code mongo_no_privilege = {
    .name = "mongo/no-privilege",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "ejmon's MongoDB user may not read Rocket.Chat's settings",
                .meaning = "Nothing for visitors; whether the settings are readable is not watched.",
                .looks = "Error 13, Unauthorized. The evidence has the command to run.",
                .why = "Authentication is on and the URL has no user, or the user has no role on this database.",
                .heals = "Give ejmon a user with the role read on Rocket.Chat's database.",
                .heals_not = "root or readWrite: more than it needs.",
                .by_hand = "docker-compose exec mongo mongosh admin, then the command of the evidence",
                .refs = REFS("rocket 6.4")}};

const struct code mongo_no_settings = {
    .name = "mongo/no-settings",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {.title = "Rocket.Chat's settings are not in this database",
                .meaning = "If Rocket.Chat uses this database, it starts as a new, empty server with its set-up wizard.",
                .looks = "The collection rocketchat_settings is absent or empty, here and in every database that ejmon may see.",
                .why = "A new or wrong volume, a dropped database, or a Rocket.Chat that has never started.",
                .heals = "Mount the right volume or restore the backup. A new install: start Rocket.Chat once.",
                .heals_not = "Completing the set-up wizard when data is missed.",
                .by_hand = "docker-compose exec mongo mongosh --quiet --eval 'db.rocketchat_settings.countDocuments({})' rocketchat",
                .refs = REFS("rocket 6.1", "rocket 6.4")}};

const struct code mongo_wrong_database = {
    .name = "mongo/wrong-database",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "Rocket.Chat's settings are in another database than the one named",
        .meaning = "Nothing for visitors if only ejmon's URL is wrong. Scripts run against this name change nothing, and say nothing.",
        .looks = "rocketchat_settings is empty in the named database and filled in another one.",
        .why =
            "The URL names no database or a wrong one. The guide's mongo_script.js, run as written, works on `test` and thus does nothing.",
        .heals = "Name Rocket.Chat's database at the end of the URL, as MONGO_URL does.",
        .heals_not = "Copying the settings.",
        .by_hand = "docker-compose exec rocketchat sh -c 'echo $MONGO_URL'",
        .refs = REFS("rocket 6.4", "rocket 0", "guide \"Rocket.Chat style and options\"")}};

const struct code *const mongo_codes[] = {&mongo_no_client,
                                          &mongo_name_unknown,
                                          &mongo_unreachable,
                                          &mongo_hung,
                                          &mongo_not_mongodb,
                                          &mongo_too_old,
                                          &mongo_auth_failed,
                                          &mongo_slow,
                                          &mongo_command_failed,
                                          &mongo_not_primary,
                                          &mongo_wrong_set,
                                          &mongo_member_down,
                                          &mongo_no_privilege,
                                          &mongo_no_settings,
                                          &mongo_wrong_database,
                                          &mongo_unsupported,
                                          &mongo_standalone,
                                          &mongo_setting_pinned,
                                          &mongo_setting_pinned_wrong,
                                          &mongo_stray_settings,
                                          &mongo_no_auth,
                                          NULL};
