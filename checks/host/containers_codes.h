/* What the containers check can find; the texts stand in host.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const containers_codes[]; /* all of them, in this order, NULL-terminated */

CODE(CONTAINERS_WEB_DOWN, "containers/web-down", CRITICAL, WEB, STATE)
CODE(CONTAINERS_NGINX_DOWN, "containers/nginx-down", CRITICAL, NGINX, STATE)
CODE(CONTAINERS_POSTGRES_DOWN, "containers/postgres-down", CRITICAL, DATABASE, STATE)
CODE(CONTAINERS_MONGO_DOWN, "containers/mongo-down", CRITICAL, MONGO, STATE)
CODE(CONTAINERS_ROCKETCHAT_DOWN, "containers/rocketchat-down", CRITICAL, ROCKETCHAT, STATE)
CODE(CONTAINERS_OUT_OF_MEMORY, "containers/out-of-memory", CRITICAL, WEB, STATE)

CODE(CONTAINERS_STATIC_NOT_SHARED, "containers/static-not-shared", CRITICAL, VOLUME, STATE)
CODE(CONTAINERS_STATIC_TWO_PROJECTS, "containers/static-two-projects", WARNING, VOLUME, STATE)
CODE(CONTAINERS_STATIC_BIND, "containers/static-bind", INFO, VOLUME, STATE)
CODE(CONTAINERS_PORT_PUBLISHED, "containers/port-published", WARNING, NETWORK, STATE)
CODE(CONTAINERS_MONGO_UNPINNED, "containers/mongo-unpinned", WARNING, MONGO, STATE)
CODE(CONTAINERS_ROOT_URL, "containers/root-url", WARNING, ROCKETCHAT, STATE)
CODE(CONTAINERS_SETTING_PINNED, "containers/setting-pinned", INFO, ROCKETCHAT, STATE)
CODE(CONTAINERS_SETTING_HIDDEN, "containers/setting-hidden", CRITICAL, ROCKETCHAT, STATE)
CODE(CONTAINERS_TOKEN_LIMIT, "containers/token-limit", WARNING, ROCKETCHAT, STATE)
CODE(CONTAINERS_ONE_OFF, "containers/one-off", INFO, WEB, STATE)
CODE(CONTAINERS_IMAGE_UNTAGGED, "containers/image-untagged", WARNING, WEB, STATE)
BLIND(CONTAINERS_UNSEEN, "containers/unseen", WARNING, EJMON)
