/* The names of severities and layers; see code.h. */
#include "checks/code.h"

#include "monitor/base/lang.h"

const char *const severity_names[] = {translatable("info"), translatable("warning"), translatable("critical")};
const char *const layer_names[LAYER_COUNT] = {
    [LAYER_NETWORK] = translatable("network"),       [LAYER_VOLUME] = translatable("volume"), [LAYER_SETTINGS] = translatable("settings"),
    [LAYER_DATABASE] = translatable("database"),     [LAYER_MONGO] = translatable("mongo"),   [LAYER_WEB] = translatable("web"),
    [LAYER_ROCKETCHAT] = translatable("rocketchat"), [LAYER_NGINX] = translatable("nginx"),   [LAYER_PROXY] = translatable("proxy"),
    [LAYER_BROWSER] = translatable("browser"),       [LAYER_EJMON] = translatable("ejmon"),
};
