/* The names of severities, layers and kinds of evidence; every code by its name; see code.h. */
#include "checks/code.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

const char *const severity_names[] = {translatable("info"), translatable("warning"), translatable("critical")};
const char *const layer_names[LAYER_COUNT] = {
    [LAYER_HOST] = translatable("host"),       [LAYER_NETWORK] = translatable("network"),
    [LAYER_VOLUME] = translatable("volume"),   [LAYER_DATABASE] = translatable("database"),
    [LAYER_MONGO] = translatable("mongo"),     [LAYER_SETTINGS] = translatable("settings"),
    [LAYER_WEB] = translatable("web"),         [LAYER_ROCKETCHAT] = translatable("rocketchat"),
    [LAYER_NGINX] = translatable("nginx"),     [LAYER_PROXY] = translatable("proxy"),
    [LAYER_BROWSER] = translatable("browser"), [LAYER_EJMON] = translatable("ejmon"),
};
const char *const evidence_kind_names[EVIDENCE_COUNT] = {
    [EVIDENCE_NONE] = "none",   [EVIDENCE_CONTENT] = "content", [EVIDENCE_ABSENCE] = "absence",
    [EVIDENCE_STATE] = "state", [EVIDENCE_LATENT] = "latent",   [EVIDENCE_TRACE] = "trace",
};
const char *const look_names[LOOK_COUNT] = {
    [LOOK_NONE] = "none",   [LOOK_ANSWER] = "answer",   [LOOK_SESSION] = "session", [LOOK_PAGE] = "page",
    [LOOK_VIEWS] = "views", [LOOK_SIGN_IN] = "sign-in", [LOOK_VERDICT] = "verdict", [LOOK_CORS] = "cors",
};

static int by_name(const void *name, const void *code) {
  return strcmp(name, (*(const struct code *const *)code)->name);
}

const struct code *code_find(const char *name) {
  static size_t count;
  while (every_code[count]) count++;
  const struct code *const *found = bsearch(name, every_code, count, sizeof(struct code *), by_name);
  return found ? *found : NULL;
}
