/* What the services' logs say: the last lines of each, from the Docker Engine or from a file, and beside them how the site behaves at this
 * moment. Reads only; what a line means is log_oracle.c's, what it counts log_judge.c's. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/check.h"
#include "checks/logs/log_file.h"
#include "checks/logs/log_judge.h"
#include "checks/logs/logs_codes.h"
#include "checks/option_sets.h"
#include "checks/web/web_fetch.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/reach/docker_stack.h"

struct logs_config {
  struct site_options site;
  struct stack_options stack;
  char *mongo, *rocketchat, *files[LOG_SERVICE_COUNT];
  double recent;
};

_Static_assert((int)LOG_SERVICE_COUNT == STACK_SERVICE_COUNT, "the services of the stack, in its order");

#define FILE_OF(which, name)                                                                  \
  {                                                                                           \
    OPTION_AT(struct logs_config, name "_log", files[LOG_OF_##which], FILE, "{" name "_log}", \
              "The file that has its log, read instead of the Docker Engine's.")              \
  }

static const char *const schemes[] = {"mongodb", NULL};
static const struct option logs_options[] = {
    SITE_OPTIONS(struct logs_config, "url", "{site}", false,
                 "The site through nginx: what a line tells counts only when the site shows it too."),
    {OPTION(struct logs_config, mongo, DSN, "{mongo}",
            "MongoDB's address: when its log tells of a failed start, whether it listens all the same."),
     .choices = schemes},
    {OPTION(struct logs_config, rocketchat, URL, "{rocketchat}", "Rocket.Chat's address, for the same question.")},
    STACK_OPTIONS(struct logs_config, false),
    FILE_OF(WEB, "web"),
    FILE_OF(NGINX, "nginx"),
    FILE_OF(POSTGRES, "postgres"),
    FILE_OF(MONGO, "mongo"),
    FILE_OF(ROCKETCHAT, "rocketchat"),
    {OPTION(struct logs_config, recent, DURATION, "10m",
            "For how long a line about a request counts. Lines about a failed start count until a start succeeds.")},
};

#define LISTENER_SHARE 0.3 /* of the time that is then left */
#define SITE_SHARE 0.4     /* of the time: what the site shows is needed, but the logs are the matter */

/* Kept between the probes of one check. */
struct logs_state {
  struct log_file_mark marks[LOG_SERVICE_COUNT];
  /* Lines of a file that carry no time: new at one look, and recent for a while. */
  struct {
    double seen;
    char *line;
  } events[LOG_SIGN_COUNT];
};

static void logs_forget(void *state_) {
  struct logs_state *state = state_;
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) free(state->events[sign].line);
  free(state);
}

static double wall_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- the site ----------------------------------------------------------------------------------------------------------------- */

struct sight {
  enum log_serving web, nginx;
  unsigned failures;
};

/* /conversations/ needs Django and the database in all generations. */
static int look_at_site(const struct logs_config *config, struct sight *ret_sight) {
  *ret_sight = (struct sight){0};
  if (!config->site.url) return 0;
  struct web_fetch fetch;
  web_fetch_init(&fetch, config->site.url, "/conversations/", config->site.host, config->site.cacert);
  fetch.share = SITE_SHARE;
  fetch.fresh = true;
  int r = web_fetch_one(&fetch);
  if (r == 0 && fetch.result == 0) {
    const struct web_answer *answer = &fetch.answer;
    bool django = answer->author == WEB_DJANGO || answer->author == WEB_GUNICORN || answer->author == WEB_UNKNOWN;
    /* A proxy's error says nothing of nginx behind it. */
    if (answer->author != WEB_PROXY) ret_sight->nginx = LOG_SERVES;
    if (answer->status == 502) ret_sight->web = LOG_SERVES_NOT;
    if (django && answer->status < 502) ret_sight->web = LOG_SERVES;
    if (answer->status == 500) ret_sight->failures |= LOG_FAILS_ERROR;
    if (answer->status >= 502) ret_sight->failures |= LOG_FAILS_GATEWAY;
    if (answer->author == WEB_DJANGO && answer->status == 400) ret_sight->failures |= LOG_FAILS_HOST;
    bool cached = http_header(&fetch.response, "Age", 0) != NULL; /* such a page proves nothing of web */
    if (answer->author == WEB_DJANGO && answer->status < 400 && !cached) ret_sight->failures |= LOG_SITE_ANSWERS;
  } else if (r == 0 && web_fetch_was_silent(&fetch)) {
    ret_sight->failures |= LOG_FAILS_GATEWAY;
  } else if (r == 0 && (fetch.result == -ECONNREFUSED || fetch.result == -EHOSTUNREACH)) {
    ret_sight->nginx = LOG_SERVES_NOT;
  }
  web_fetch_free(&fetch);
  return r;
}

/* A log without a line that says "ready" may be old: does the service listen? Asked only when its log tells of a failed start. */
static int look_at_listener(const char *address, struct log_source *source) {
  bool told = false;
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++)
    told = told || (log_sign_is_start((enum log_sign)sign) && source->reading.hits[sign].count);
  const char *mark = address ? strstr(address, "://") : NULL;
  if (!told || !mark || source->serving != LOG_SERVING_UNKNOWN) return 0;
  const char *start = mark + 3, *end = start + strcspn(start, "/?");
  const char *at = memrchr(start, '@', (size_t)(end - start));
  if (at) start = at + 1;
  size_t length = strcspn(start, ",/?");
  bool mongo = text_starts(address, "mongodb:");
  auto_free char *url = text_format("%s://%.*s%s",
                                    mongo                            ? "http"
                                    : text_starts(address, "https:") ? "https"
                                                                     : "http",
                                    (int)length, start, mongo && !memchr(start, ':', length) ? ":27017" : "");
  struct web_fetch fetch;
  web_fetch_init(&fetch, url, "/", NULL, NULL);
  fetch.share = LISTENER_SHARE;
  fetch.fresh = true;
  int r = web_fetch_one(&fetch);
  if (r == 0 && fetch.result == -ECONNREFUSED) source->serving = LOG_SERVES_NOT;
  if (r == 0 && fetch.response.times.connected > 0) source->serving = LOG_SERVES;
  web_fetch_free(&fetch);
  return r;
}

/* --- the logs ----------------------------------------------------------------------------------------------------------------- */

/* The moment at which the site was asked. */
struct moment {
  double asked;
  uint64_t sizes[LOG_SERVICE_COUNT]; /* of the files */
};

static void add_unread(struct findings *out, enum log_service service, const char *where, const char *why) {
  const struct finding *known = findings_find(out, LOGS_UNREAD.name);
  if (known) return; /* one is enough: the reason is mostly the same */
  struct finding *finding = finding_add(out, &LOGS_UNREAD, "The log of %s could not be read: %s", stack_service_names[service], why);
  finding_evidence(finding, where, "a readable log", "%s", why);
}

/* What was new at an earlier look still counts while it is recent. */
static void remember(struct logs_state *state, struct log_reading *reading, enum log_service service, double now, double recent) {
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    struct log_hit *hit = &reading->hits[sign];
    if (log_sign_is_start((enum log_sign)sign) || log_sign_service((enum log_sign)sign) != service) continue;
    if (hit->count && hit->lately) {
      free(state->events[sign].line);
      state->events[sign].line = xstrdup(hit->line);
      state->events[sign].seen = now;
    } else if (!hit->count && state->events[sign].line && now - state->events[sign].seen < recent) {
      *hit = (struct log_hit){
          .count = 1, .lately = now - state->events[sign].seen < LOG_LATELY_SECONDS, .line = xstrdup(state->events[sign].line)};
    }
  }
}

static int read_file(const struct logs_config *config, struct logs_state *state, enum log_service service, const struct moment *moment,
                     struct log_source *source, struct findings *out) {
  const char *path = config->files[service];
  auto_text struct text bytes = {0};
  size_t new_from = 0;
  uint64_t from = 0, size = moment->sizes[service];
  int r = log_file_read(path, &state->marks[service], &bytes, &new_from, &from);
  if (r == -ECANCELED || r == -EAGAIN) return r;
  if (r < 0) {
    add_unread(out, service, path, r == -EISDIR ? translated("it is no plain file") : lang_error(-r));
    return 0;
  }
  log_read(&(struct log_request){.service = service,
                                 .bytes = text_get(&bytes),
                                 .length = bytes.length,
                                 .now = wall_clock(),
                                 .recent = config->recent,
                                 .asked = moment->asked,
                                 .asked_at = size <= from                 ? 0
                                             : size - from < bytes.length ? (size_t)(size - from)
                                                                          : bytes.length,
                                 .new_from = new_from},
           &source->reading);
  remember(state, &source->reading, service, moment->asked, config->recent);
  source->read = true;
  source->where = path;
  return 0;
}

/* A service that this project does not have has no log either. */
static int read_engine(const struct logs_config *config, const struct docker_stack *stack, enum log_service service,
                       const struct moment *moment, struct log_source *source, struct findings *out) {
  const struct docker_member *member = docker_stack_find(stack, stack_service(&config->stack, (enum stack_service)service));
  if (!member) return 0;
  auto_text struct text bytes = {0};
  auto_free char *error = NULL;
  int r = docker_log(config->stack.docker, member, &bytes, &error);
  if (r == -ECANCELED || r == -EAGAIN || r == -ENOMEM) return r;
  if (r < 0) {
    add_unread(out, service, member->name,
               r == -ENOTSUP ? translated("its log driver keeps nothing that can be read")
               : error       ? error
                             : lang_error(-r));
    return 0;
  }
  bool lasts = text_equal(member->state, "running") || text_equal(member->state, "paused");
  log_read(&(struct log_request){.service = service,
                                 .bytes = text_get(&bytes),
                                 .length = bytes.length,
                                 .stamped = true,
                                 .lasts = lasts,
                                 .now = wall_clock(),
                                 .recent = config->recent,
                                 .asked = moment->asked,
                                 .asked_at = bytes.length,
                                 .started = member->started,
                                 .new_from = bytes.length},
           &source->reading);
  source->read = true;
  source->where = member->name;
  if (!lasts) source->serving = LOG_SERVES_NOT;
  return 0;
}

/* How long the files are before the site is asked: what they have more afterwards may be about that very request. */
static int measure_files(const struct logs_config *config, struct moment *moment) {
  for (int service = 0; service < LOG_SERVICE_COUNT; service++) {
    int r = config->files[service] ? log_file_size(config->files[service], &moment->sizes[service]) : 0;
    if (r == -ECANCELED || r == -EAGAIN) return r;
  }
  moment->asked = wall_clock();
  return 0;
}

static int read_all(const struct logs_config *config, struct logs_state *state, const struct docker_stack *stack,
                    const struct moment *moment, struct log_source *sources, struct findings *out) {
  for (int service = 0; service < LOG_SERVICE_COUNT; service++) {
    int r = 0;
    if (config->files[service]) {
      r = read_file(config, state, (enum log_service)service, moment, &sources[service], out);
    } else if (stack->count) {
      r = read_engine(config, stack, (enum log_service)service, moment, &sources[service], out);
    }
    if (r < 0) return r;
  }
  return 0;
}

static bool has_files(const struct logs_config *config) {
  for (int service = 0; service < LOG_SERVICE_COUNT; service++)
    if (config->files[service]) return true;
  return false;
}

static int logs_probe(const void *config_, void **state_, struct findings *out) {
  const struct logs_config *config = config_;
  if (!*state_) *state_ = xcalloc(1, sizeof(struct logs_state));
  struct log_source *sources = xcalloc(LOG_SERVICE_COUNT, sizeof *sources); /* on the heap: a task's stack is small */
  struct docker_stack stack = {0};
  auto_free char *error = NULL;
  int r = 0;
  if (config->stack.docker) {
    r = docker_stack_look(config->stack.docker, config->stack.project, stack_service(&config->stack, STACK_WEB), &stack, &error);
    if (r < 0 && r != -ECANCELED && r != -EAGAIN && r != -ENOMEM) {
      add_unread(out, LOG_OF_WEB, config->stack.docker, error ? error : lang_error(-r));
      r = 0;
    } else if (r == 0 && !stack.project && !has_files(config)) {
      add_unread(out, LOG_OF_WEB, config->stack.docker, translated("no compose project of this Docker Engine has a service of web's name"));
    }
  }
  struct sight sight = {0};
  struct moment moment = {0};
  if (r == 0) r = measure_files(config, &moment);
  if (r == 0) r = look_at_site(config, &sight); /* before the logs are read: what this very request made a service say is there then */
  if (r == 0) r = read_all(config, *state_, &stack, &moment, sources, out);
  if (r == 0) r = look_at_listener(config->mongo, &sources[LOG_OF_MONGO]);
  if (r == 0) r = look_at_listener(config->rocketchat, &sources[LOG_OF_ROCKETCHAT]);
  if (r == 0) {
    if (sources[LOG_OF_WEB].serving == LOG_SERVING_UNKNOWN) sources[LOG_OF_WEB].serving = sight.web;
    if (sources[LOG_OF_NGINX].serving == LOG_SERVING_UNKNOWN) sources[LOG_OF_NGINX].serving = sight.nginx;
    log_judge(sources, sight.failures, out);
    finding_pass(out, &LOGS_UNREAD);
  }
  for (int service = 0; service < LOG_SERVICE_COUNT; service++) log_reading_free(&sources[service].reading);
  free(sources);
  docker_stack_free(&stack);
  return r;
}

const struct check_kind check_logs = {
    .name = "logs",
    .summary = translatable("The last lines of the services' logs: why one does not start, and what the site's failures come from"),
    .needs = "docker|web_log|nginx_log|postgres_log|mongo_log|rocketchat_log",
    .options = logs_options,
    .option_count = countof(logs_options),
    .config_size = sizeof(struct logs_config),
    .target = "url",
    .scope = CHECK_SCOPE_STACK,
    .codes = logs_codes,
    .probe = logs_probe,
    .forget = logs_forget,
};
