/* What the logs of nginx, PostgreSQL, MongoDB and Rocket.Chat tell: the findings with their explanations. Text only. */
#include "checks/logs/log_codes.h"

const struct code LOGS_UPSTREAM_UNKNOWN = {.name = "logs/upstream-unknown",
                                           .severity = SEVERITY_CRITICAL,
                                           .layer = "nginx",
                                           .explain = {
                                               .title = "nginx does not start: it cannot resolve web",
                                               .meaning = "Visitors get a connection error; also the static files are gone.",
                                               .looks = "[emerg] host not found in upstream \"web\" in nginx's log.",
                                               .why = "nginx resolves `web` once, at its start, and web was not there.",
                                               .heals = "Starting web first, then nginx.",
                                               .heals_not = "Restarting nginx while web is down.",
                                               .by_hand = "docker-compose logs --tail=20 nginx\n"
                                                          "docker-compose up -d web\n"
                                                          "docker-compose up -d nginx",
                                               .refs = REFS("ej F30"),
                                           }};

const struct code LOGS_PORT_TAKEN = {.name = "logs/port-taken",
                                     .severity = SEVERITY_CRITICAL,
                                     .layer = "nginx",
                                     .explain = {
                                         .title = "nginx does not start: it may not have its port",
                                         .meaning = "Visitors get a connection error, or another program's pages.",
                                         .looks = "[emerg] bind() to ... failed (98: Address already in use), or (13: Permission denied).",
                                         .why = "Another program has the port: a second nginx, an Apache on the host, another stack.",
                                         .heals = "Ending the other program, or giving it another port; then starting nginx.",
                                         .heals_not = "Restarting nginx before that.",
                                         .by_hand = "docker-compose logs --tail=20 nginx\n"
                                                    "ss -ltnp 'sport = :80'\n"
                                                    "docker ps --filter publish=80",
                                         .refs = REFS("ej F31"),
                                     }};

const struct code LOGS_NGINX_START_FAILED = {
    .name = "logs/nginx-start-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "nginx does not start: its configuration or its files are at fault",
        .meaning = "Visitors get a connection error.",
        .looks = "[emerg] in nginx's log.",
        .why = "A mistake in a configuration file, a missing file that it names, or a folder that it may not write.",
        .heals = "What the line names; `nginx -t` says it again.",
        .heals_not = "Restarting web.",
        .by_hand = "docker-compose logs --tail=20 nginx\n"
                   "docker-compose run --rm --no-deps nginx nginx -t",
        .refs = REFS("ej F31", "ej section 1"),
    }};

const struct code LOGS_UPSTREAM_REFUSED = {
    .name = "logs/upstream-refused",
    .severity = SEVERITY_WARNING,
    .layer = "nginx",
    .explain = {
        .title = "nginx got no connection to the address that it has of web",
        .meaning = "Those requests were answered with 502.",
        .looks = "connect() failed (111 or 113) ... while connecting to upstream, with the address.",
        .why = "web was down or starting; or it was re-created with another address, which nginx does not learn before a reload.",
        .heals = "Starting web; when web answers at another address: reloading nginx.",
        .heals_not = "Restarting web once more: its address may move again.",
        .by_hand = "docker-compose logs --tail=20 nginx | grep 'connect() failed'\n"
                   "docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' $(docker-compose ps -q web)\n"
                   "docker-compose exec nginx nginx -s reload",
        .refs = REFS("ej F29", "ej F28"),
    }};

const struct code LOGS_POSTGRES_START_FAILED = {
    .name = "logs/postgres-start-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL does not start",
        .meaning = "Every page that needs the database fails.",
        .looks = "FATAL or PANIC in PostgreSQL's log, and nothing that says that it is ready.",
        .why =
            "Another major version than the one that made the volume (an image without a fixed tag), a folder of another owner, a lock file left over, a damaged or full disk.",
        .heals = "The image of the volume's version (EJ: postgres:10-alpine); the owner; space.",
        .heals_not = "Deleting the volume or its files.",
        .by_hand = "docker-compose logs --tail=50 postgres\n"
                   "docker-compose run --rm --no-deps --entrypoint cat postgres /var/lib/postgresql/data/PG_VERSION",
        .refs = REFS("ej F43"),
    }};

const struct code LOGS_MONGO_OPTION = {
    .name = "logs/mongo-option",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "mongod refuses an option of its command line",
        .meaning = "The chat is down: MongoDB ends at its start, and Rocket.Chat with it.",
        .looks = "\"Error parsing command line: unrecognised option\" in MongoDB's log.",
        .why = "--smallfiles was removed in MongoDB 4.2, and EJ's image of MongoDB follows the newest version.",
        .heals = "An image of the version that made the volume (mongo:4.0), or the option taken out of the command, if the volume is new.",
        .heals_not = "Restarting Rocket.Chat. Deleting the volume.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml logs --tail=20 mongo\n"
                   "docker image ls mongo",
        .refs = REFS("ej F77"),
    }};

const struct code LOGS_MONGO_START_FAILED = {
    .name = "logs/mongo-start-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "MongoDB does not start",
        .meaning = "The chat is down.",
        .looks = "An error at the end of MongoDB's log, and nothing that says that it waits for connections.",
        .why = "A version that cannot read the volume's files (one major version at a time), a folder of another owner, a full disk.",
        .heals = "The version that made the volume; then one major version after the other.",
        .heals_not = "Deleting the volume: all messages and settings are in it.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml logs --tail=50 mongo",
        .refs = REFS("ej F77", "rocket 6.3"),
    }};

const struct code LOGS_REPLICA_SET_REQUIRED = {
    .name = "logs/replica-set-required",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat ends because MongoDB is no replica set",
        .meaning = "The chat is down.",
        .looks = "\"OPLOG / REPLICASET IS REQUIRED\", or \"$changeStream stage is only supported on replica sets\", in Rocket.Chat's log.",
        .why = "Rocket.Chat from 1.0 on needs a replica set; EJ's compose file starts mongod alone.",
        .heals = "mongod --replSet rs0, rs.initiate() once, and replicaSet=rs0 in MONGO_URL; or Rocket.Chat 0.74.3.",
        .heals_not = "Restarting Rocket.Chat.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml logs --tail=50 rocketchat\n"
                   "docker-compose -f docker-compose.rocket.yml exec mongo mongo --quiet --eval 'rs.status()'",
        .refs = REFS("rocket 6.3"),
    }};

const struct code LOGS_MONGO_TOO_OLD = {
    .name = "logs/mongo-too-old",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat refuses MongoDB's version",
        .meaning = "The chat is down.",
        .looks = "\"MONGODB VERSION IS NOT SUPPORTED\", or a driver that asks for a newer wire version, in Rocket.Chat's log.",
        .why = "Rocket.Chat was upgraded, MongoDB was not.",
        .heals = "Upgrading MongoDB one major version after the other, after a backup; or the former Rocket.Chat.",
        .heals_not = "Restarting Rocket.Chat. Jumping over versions of MongoDB.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml logs --tail=50 rocketchat\n"
                   "docker-compose -f docker-compose.rocket.yml exec mongo mongod --version",
        .refs = REFS("rocket 6.3"),
    }};

const struct code LOGS_ROCKETCHAT_NO_MONGO = {
    .name = "logs/rocketchat-no-mongo",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat ends because it does not reach MongoDB",
        .meaning = "The chat is down.",
        .looks = "MongoNetworkError, MongoServerSelectionError or \"failed to connect to server\" in Rocket.Chat's log.",
        .why = "MongoDB is down, or MONGO_URL names another host.",
        .heals = "Starting MongoDB, or correcting MONGO_URL.",
        .heals_not = "Restarting Rocket.Chat first.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml ps\n"
                   "docker-compose -f docker-compose.rocket.yml logs --tail=50 mongo",
        .refs = REFS("ej F77", "rocket 6.3"),
    }};

const struct code LOGS_UNREAD = {
    .name = "logs/unread",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "A log could not be read",
        .meaning = "Nothing is said about what it may hold. The other checks do not need it.",
        .why =
            "The file or the Docker Engine is not there or may not be read, or the container's log driver keeps nothing that can be read back.",
        .heals =
            "A path that ejmon may read (web_log and the like of stack:), the Docker socket, or the log driver json-file or local. Or `logs: off` under checks:.",
        .by_hand = "docker inspect -f '{{.HostConfig.LogConfig.Type}}' <container>\n"
                   "ls -l <path>",
        .refs = REFS("ej section 10"),
    }};
