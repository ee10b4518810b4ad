/* What the containers check can find; the texts stand in host.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const containers_codes[]; /* all of them, in this order, NULL-terminated */

CODE(CONTAINERS_WEB_DOWN, "containers/web-down", CRITICAL, WEB)
CODE(CONTAINERS_NGINX_DOWN, "containers/nginx-down", CRITICAL, NGINX)
CODE(CONTAINERS_POSTGRES_DOWN, "containers/postgres-down", CRITICAL, DATABASE)
CODE(CONTAINERS_MONGO_DOWN, "containers/mongo-down", CRITICAL, MONGO)
CODE(CONTAINERS_ROCKETCHAT_DOWN, "containers/rocketchat-down", CRITICAL, ROCKETCHAT)
CODE(CONTAINERS_OUT_OF_MEMORY, "containers/out-of-memory", CRITICAL, WEB)

CODE(CONTAINERS_STATIC_NOT_SHARED, "containers/static-not-shared", CRITICAL, VOLUME)
CODE(CONTAINERS_STATIC_TWO_PROJECTS, "containers/static-two-projects", WARNING, VOLUME)
CODE(CONTAINERS_STATIC_BIND, "containers/static-bind", INFO, VOLUME)
CODE(CONTAINERS_PORT_PUBLISHED, "containers/port-published", WARNING, NETWORK)
CODE(CONTAINERS_MONGO_UNPINNED, "containers/mongo-unpinned", WARNING, MONGO)
CODE(CONTAINERS_ROOT_URL, "containers/root-url", WARNING, ROCKETCHAT)
CODE(CONTAINERS_SETTING_PINNED, "containers/setting-pinned", INFO, ROCKETCHAT)
CODE(CONTAINERS_SETTING_HIDDEN, "containers/setting-hidden", CRITICAL, ROCKETCHAT)
CODE(CONTAINERS_TOKEN_LIMIT, "containers/token-limit", WARNING, ROCKETCHAT)
CODE(CONTAINERS_ONE_OFF, "containers/one-off", INFO, WEB)
CODE(CONTAINERS_IMAGE_UNTAGGED, "containers/image-untagged", WARNING, WEB)
BLIND(CONTAINERS_UNSEEN, "containers/unseen", WARNING, EJMON)
