/* MongoDB URLs made safe for libmongoc, and its errors told apart: the pure half of mongo.h, without libmongoc. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "monitor/base/lang.h"
#include "monitor/base/libmongoc.h"
#include "monitor/database/mongo.h"

const char *const mongo_fault_layers[MONGO_FAULT_COUNT] = {
    [MONGO_FAULT_NONE] = "none",
    [MONGO_FAULT_EJMON] = "ejmon",
    [MONGO_FAULT_RESOLVE] = "resolve",
    [MONGO_FAULT_CONNECT] = "connect",
    [MONGO_FAULT_TLS] = "tls",
    [MONGO_FAULT_HUNG] = "wait",
    [MONGO_FAULT_CRASHED] = "crash",
    [MONGO_FAULT_PROTOCOL] = "protocol",
    [MONGO_FAULT_TOO_OLD] = "version",
    [MONGO_FAULT_AUTH] = "auth",
    [MONGO_FAULT_PRIVILEGE] = "privilege",
    [MONGO_FAULT_COMMAND] = "command",
};

/* Options that choose servers, or that mongo_helper.c sets itself. */
static const char *const dropped[] = {
    "replicaSet",
    "directConnection",
    "loadBalanced",
    "readPreference",
    "readPreferenceTags",
    "maxStalenessSeconds",
    "connectTimeoutMS",
    "socketTimeoutMS",
    "serverSelectionTimeoutMS",
    "serverSelectionTryOnce",
    "heartbeatFrequencyMS",
    "localThresholdMS",
    "socketCheckIntervalMS",
    "retryReads",
    "retryWrites",
    "appName",
    "minPoolSize",
    "maxPoolSize",
    "waitQueueTimeoutMS",
    "srvServiceName",
    "srvMaxHosts",
};

static bool is_dropped(const char *option, size_t length) {
  for (size_t i = 0; i < countof(dropped); i++) {
    if (strlen(dropped[i]) == length && strncasecmp(option, dropped[i], length) == 0) return true;
  }
  return false;
}

static char *percent_decode(const char *from, size_t length) {
  struct text text = {0};
  for (size_t i = 0; i < length; i++) {
    char digits[3] = {i + 1 < length ? from[i + 1] : 0, i + 2 < length ? from[i + 2] : 0, 0};
    if (from[i] == '%' && strspn(digits, "0123456789abcdefABCDEF") == 2) {
      text_add_char(&text, (char)strtol(digits, NULL, 16));
      i += 2;
    } else {
      text_add_char(&text, from[i]);
    }
  }
  return text_steal(&text);
}

/* The options of the URL that are kept, each with a '&' before it; remembers the set's name. */
static void options_take(const char *options, struct text *kept, char **ret_set) {
  while (*options) {
    size_t length = strcspn(options, "&;"), name = strcspn(options, "=&;");
    if (length == 0) {
      options++;
      continue;
    }
    if (name == strlen("replicaSet") && strncasecmp(options, "replicaSet", name) == 0 && length > name + 1) {
      free(*ret_set);
      *ret_set = percent_decode(options + name + 1, length - name - 1);
    }
    if (!is_dropped(options, name)) {
      text_add_char(kept, '&');
      text_add_bytes(kept, options, length);
    }
    options += length;
  }
}

/* The index-th of the comma separated hosts; counts them all. NULL when there are fewer, or one is empty. */
static char *host_take(const char *hosts, size_t length, size_t index, size_t *ret_count) {
  char *found = NULL;
  bool empty = false;
  const char *end = hosts + length;
  *ret_count = 0;
  for (;;) {
    const char *comma = memchr(hosts, ',', (size_t)(end - hosts));
    size_t one = (size_t)((comma ? comma : end) - hosts);
    empty = empty || one == 0;
    if ((*ret_count)++ == index) found = xstrndup(hosts, one);
    if (!comma) break;
    hosts = comma + 1;
  }
  if (!empty) return found;
  free(found);
  return NULL;
}

static char *complain(const char *sentence) {
  return text_format(
      translated("%s: write mongodb://[user:password@]host:27017/rocketchat, special characters of the password percent-encoded"),
      sentence);
}

int mongo_target_parse(const char *url, size_t index, struct mongo_target *ret_target, char **ret_complaint) {
  *ret_target = (struct mongo_target){0};
  if (url && text_starts(url, "mongodb+srv://")) {
    *ret_complaint = xstrdup(translated("mongodb+srv:// is not supported: name the hosts, mongodb://host1,host2/rocketchat"));
    return -EINVAL;
  }
  if (!url || !text_starts(url, "mongodb://")) {
    *ret_complaint = complain(translated("MongoDB's address must begin with mongodb://"));
    return -EINVAL;
  }
  const char *authority = url + strlen("mongodb://");
  size_t length = strcspn(authority, "/?");
  const char *at = memrchr(authority, '@', length);
  if (!at && strchr(authority + length, '@') && authority[length] == '/') {
    *ret_complaint = complain(translated("MongoDB's address holds a / before the @"));
    return -EINVAL;
  }
  if (at && memchr(authority, '@', (size_t)(at - authority))) {
    *ret_complaint = complain(translated("MongoDB's address holds more than one @"));
    return -EINVAL;
  }
  const char *hosts = at ? at + 1 : authority;
  auto_free char *host = host_take(hosts, (size_t)(authority + length - hosts), index, &ret_target->host_count);
  if (!host) {
    *ret_complaint = complain(translated("MongoDB's address names no host"));
    return -EINVAL;
  }
  const char *path = authority[length] == '/' ? authority + length + 1 : authority + length;
  size_t path_length = strcspn(path, "?");
  auto_text struct text kept = {0};
  options_take(path[path_length] == '?' ? path + path_length + 1 : "", &kept, &ret_target->replica_set);
  ret_target->login = at != NULL;
  if (path_length) ret_target->database = percent_decode(path, path_length);
  auto_free char *decoded = percent_decode(host, strlen(host));
  bool has_port = decoded[0] == '/' || strchr(strrchr(decoded, ']') ? strrchr(decoded, ']') : decoded, ':');
  ret_target->address = text_format("%s%s", decoded, has_port ? "" : ":27017");
  ret_target->url = text_format("mongodb://%.*s%s/%.*s?directConnection=true%s", (int)(hosts - authority), authority, host,
                                (int)path_length, path, text_get(&kept));
  return 0;
}

void mongo_target_free(struct mongo_target *target) {
  free(target->url);
  free(target->address);
  free(target->database);
  free(target->replica_set);
  *target = (struct mongo_target){0};
}

struct sentence {
  const char *words;
  enum mongo_fault fault;
};
/* libmongoc's sentences; its codes alone do not tell a refused connection from a silent one. Tried in order. */
static const struct sentence sentences[] = {
    {"Failed to resolve", MONGO_FAULT_RESOLVE}, {"connection refused", MONGO_FAULT_CONNECT}, {"Failed to connect", MONGO_FAULT_CONNECT},
    {"socket timeout", MONGO_FAULT_HUNG},       {"TLS handshake", MONGO_FAULT_TLS},          {"SSL", MONGO_FAULT_TLS},
    {"certificate", MONGO_FAULT_TLS},           {"connection timeout", MONGO_FAULT_CONNECT}, {"connection error", MONGO_FAULT_PROTOCOL},
    {"connection closed", MONGO_FAULT_CONNECT}, {"closed connection", MONGO_FAULT_CONNECT},  {"Invalid reply", MONGO_FAULT_PROTOCOL},
};

enum mongo_fault mongo_classify(unsigned domain, unsigned code, const char *message, bool waited) {
  if (domain == MONGOC_ERROR_SERVER) return code == 13 ? MONGO_FAULT_PRIVILEGE : code == 18 ? MONGO_FAULT_AUTH : MONGO_FAULT_COMMAND;
  if (domain == MONGOC_ERROR_SCRAM || (domain == MONGOC_ERROR_CLIENT && code == MONGOC_ERROR_CLIENT_AUTHENTICATE)) return MONGO_FAULT_AUTH;
  if (strstr(message, "wire version")) return MONGO_FAULT_TOO_OLD;
  for (size_t i = 0; i < countof(sentences); i++) {
    if (strstr(message, sentences[i].words)) return sentences[i].fault;
  }
  if (waited) return MONGO_FAULT_HUNG;
  return domain == MONGOC_ERROR_SERVER_SELECTION ? MONGO_FAULT_CONNECT : MONGO_FAULT_PROTOCOL;
}
