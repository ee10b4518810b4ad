/* Which telling line counts, as how grave a finding, and in which words. */
#include "checks/logs/log_judge.h"

#include <stdlib.h>
#include <string.h>

#include "checks/explanation.h"
#include "checks/logs/logs_codes.h"
#include "monitor/base/lang.h"

#define DETAIL_LIMIT 160u /* bytes of the log in a summary; the whole line is evidence */

/* summary takes the detail (or the whole line) as its one %s. */
static const struct {
  const struct code *code;
  const char *summary;
  unsigned
      fits;     /* of a sign that is none of a start: the failures of the site that it explains; 0: information, or what cannot be forged */
  bool later;   /* written well after the request that it is about */
  bool trusted; /* no visitor can write into this log: it counts by itself */
} meanings[LOG_SIGN_COUNT] = {
    [LOG_THEME_NAME] = {.code = &LOGS_THEME_NAME,
                        .summary = translatable("web's start ends in the collect: EJ_THEME \"%s\" is no theme of its image.")},
    [LOG_PERMISSION] = {.code = &LOGS_PERMISSION_DENIED, .summary = translatable("web's start ends because it may not write %s.")},
    [LOG_DISK_FULL] = {.code = &LOGS_DISK_FULL, .summary = translatable("web's start ends because the disk is full: %s")},
    [LOG_ENVIRONMENT] = {.code = &LOGS_ENVIRONMENT_REFUSED,
                         .summary = translatable("web's start ends because DJANGO_ENVIRONMENT is \"%s\": it must be production.")},
    [LOG_COUNTRY] = {.code = &LOGS_COUNTRY_UNKNOWN,
                     .summary = translatable("web's start ends because EJ does not know the country \"%s\" that COUNTRY names.")},
    [LOG_DATABASE_GAVE_UP] = {.code = &LOGS_DATABASE_WAIT, .summary = translatable("web's start ends because it reached no database: %s")},
    [LOG_START_PASSWORD] = {.code = &LOGS_PASSWORD_REFUSED,
                            .summary = translatable("web's start ends because PostgreSQL refuses the password of its role \"%s\".")},
    [LOG_START_DATABASE_MISSING] = {.code = &LOGS_DATABASE_MISSING,
                                    .summary = translatable("web's start ends because there is no database \"%s\".")},
    [LOG_DATABASE_HOST] = {.code = &LOGS_DATABASE_HOST_UNKNOWN,
                           .summary = translatable("web's start ends because its database's host \"%s\" has no address.")},
    [LOG_MIGRATION_EXISTS] = {.code = &LOGS_MIGRATION_EXISTS, .summary = translatable("web's start ends in migrate: %s.")},
    [LOG_MIGRATION_HISTORY] = {.code = &LOGS_MIGRATION_HISTORY, .summary = translatable("web's start ends in migrate: %s")},
    [LOG_MIGRATION_FAILED] = {.code = &LOGS_MIGRATION_FAILED, .summary = translatable("web's start ends in migrate: %s")},
    [LOG_TASK_UNKNOWN] = {.code = &LOGS_TASK_UNKNOWN, .summary = translatable("web was started with \"%s\", which is no task of inv.")},
    [LOG_NO_TERMINAL] = {.code = &LOGS_NO_TERMINAL, .summary = translatable("web's start ends in a question that nobody can answer: %s")},
    [LOG_FOLDER_RACE] = {.code = &LOGS_FOLDER_RACE,
                         .summary = translatable("web's start ends because two of its workers made %s at the same time.")},
    [LOG_WEB_TRACE] = {.code = &LOGS_WEB_START_FAILED, .summary = translatable("web's start ends with an error: %s")},
    [LOG_DATABASE_WAIT] = {.code = &LOGS_DATABASE_WAIT,
                           .summary = translatable("web waits for a database that it does not reach: %s"),
                           .fits = LOG_FAILS_ANYHOW},
    [LOG_WEB_PASSWORD] = {.code = &LOGS_PASSWORD_REFUSED,
                          .summary = translatable("PostgreSQL refuses the password of web's role \"%s\"."),
                          .fits = LOG_FAILS_ANYHOW},
    [LOG_WEB_DATABASE_MISSING] = {.code = &LOGS_DATABASE_MISSING,
                                  .summary = translatable("web asks for a database \"%s\" that does not exist."),
                                  .fits = LOG_FAILS_ANYHOW},
    [LOG_WEB_DISK_FULL] = {.code = &LOGS_DISK_FULL, .summary = translatable("web finds the disk full: %s"), .fits = LOG_FAILS_ANYHOW},
    [LOG_WORKER_TIMEOUT] = {.code = &LOGS_WORKER_TIMEOUT,
                            .summary = translatable("gunicorn killed a worker that did not answer in time: %s"),
                            .fits = LOG_FAILS_ANYHOW,
                            .later = true},
    [LOG_WORKER_KILLED] = {.code = &LOGS_WORKER_KILLED,
                           .summary = translatable("A worker of web was killed, most likely for want of memory: %s"),
                           .fits = LOG_FAILS_ANYHOW,
                           .later = true},
    [LOG_HOST_REFUSED] = {.code = &LOGS_HOST_REFUSED,
                          .summary = translatable("Django refused requests for the host \"%s\"."),
                          .fits = LOG_FAILS_HOST},
    [LOG_RELATION_MISSING] = {.code = &LOGS_RELATION_MISSING,
                              .summary = translatable("A page of EJ needs what the database does not have: %s."),
                              .fits = LOG_FAILS_ERROR},
    [LOG_CHAT_UNCONFIGURED] = {.code = &LOGS_ROCKETCHAT_UNCONFIGURED, .summary = translatable("EJ's log says: %s")},
    [LOG_CHAT_UNREACHABLE] = {.code = &LOGS_ROCKETCHAT_UNREACHABLE, .summary = translatable("web could not reach Rocket.Chat at %s.")},
    [LOG_UPSTREAM_UNKNOWN] = {.code = &LOGS_UPSTREAM_UNKNOWN,
                              .summary = translatable("nginx does not start because \"%s\" has no address.")},
    [LOG_PORT_TAKEN] = {.code = &LOGS_PORT_TAKEN, .summary = translatable("nginx does not start because it may not have %s.")},
    [LOG_NGINX_EMERG] = {.code = &LOGS_NGINX_START_FAILED, .summary = translatable("nginx does not start: %s")},
    [LOG_UPSTREAM_REFUSED] = {.code = &LOGS_UPSTREAM_REFUSED,
                              .summary = translatable("nginx gets no connection to web at %s."),
                              .fits = LOG_FAILS_GATEWAY},
    [LOG_POSTGRES_START] = {.code = &LOGS_POSTGRES_START_FAILED, .summary = translatable("PostgreSQL does not start: %s")},
    [LOG_POSTGRES_PASSWORD] = {.code = &LOGS_PASSWORD_REFUSED,
                               .summary = translatable("PostgreSQL refuses the password of the role \"%s\"."),
                               .fits = LOG_FAILS_ANYHOW},
    [LOG_POSTGRES_DATABASE_MISSING] = {.code = &LOGS_DATABASE_MISSING,
                                       .summary = translatable("PostgreSQL is asked for a database \"%s\" that does not exist."),
                                       .fits = LOG_FAILS_ANYHOW},
    [LOG_POSTGRES_DISK_FULL] = {.code = &LOGS_DISK_FULL, .summary = translatable("PostgreSQL finds the disk full: %s"), .trusted = true},
    [LOG_MONGO_OPTION] = {.code = &LOGS_MONGO_OPTION,
                          .summary = translatable("mongod does not start because it does not know the option %s.")},
    [LOG_MONGO_START] = {.code = &LOGS_MONGO_START_FAILED, .summary = translatable("MongoDB does not start: %s")},
    [LOG_MONGO_DISK_FULL] = {.code = &LOGS_DISK_FULL, .summary = translatable("MongoDB finds the disk full: %s"), .trusted = true},
    [LOG_REPLICA_SET] = {.code = &LOGS_REPLICA_SET_REQUIRED,
                         .summary = translatable("Rocket.Chat does not start because MongoDB is no replica set: %s")},
    [LOG_MONGO_OLD] = {.code = &LOGS_MONGO_TOO_OLD,
                       .summary = translatable("Rocket.Chat does not start because MongoDB is too old for it: %s")},
    [LOG_CHAT_NO_MONGO] = {.code = &LOGS_ROCKETCHAT_NO_MONGO,
                           .summary = translatable("Rocket.Chat does not start because it does not reach MongoDB: %s")},
};

const struct code *log_sign_code(enum log_sign sign) {
  return meanings[sign].code;
}

static void tell(struct findings *out, enum log_sign sign, const struct log_source *source, enum severity severity) {
  const struct log_hit *hit = &source->reading.hits[sign];
  const struct finding *known = findings_find(out, meanings[sign].code->name);
  if (known && known->severity >= severity) return; /* two logs tell of one thing: the graver word stands */
  auto_free char *detail = log_sign_detail(sign, hit->line);
  auto_text struct text shown = {0}, summary = {0};
  text_add(&shown, detail ? detail : hit->line);
  text_limit(&shown, DETAIL_LIMIT);
  const char *sentence = translated(meanings[sign].summary), *hole = strstr(sentence, "%s");
  if (detail || text_ends(meanings[sign].summary, ": %s")) {
    text_add_bytes(&summary, sentence, (size_t)(hole - sentence));
    text_printf(&summary, "%s%s", text_get(&shown), hole + 2);
  } else {
    text_printf(&summary, "%s: %s", explanation_text(explanation_of(meanings[sign].code->name), PART_TITLE), text_get(&shown));
  }
  struct finding *finding = finding_add(out, meanings[sign].code, "%s", text_get(&summary));
  finding->severity = severity;
  finding_evidence(finding, source->where, NULL, "%s", hit->line);
  if (hit->count > 1) finding_evidence(finding, "such lines at the end of the log", NULL, "%zu", hit->count);
}

/* The sign that says why the last start failed: the last one, unless an error without a name came after it on its own. */
static int reason_of(const struct log_source *source, enum log_service service) {
  int named = -1;
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    const struct log_hit *hit = &source->reading.hits[sign];
    if (sign == LOG_WEB_TRACE || !hit->count || !log_sign_is_start((enum log_sign)sign) || log_sign_service((enum log_sign)sign) != service)
      continue;
    if (named < 0 || hit->at > source->reading.hits[named].at) named = sign;
  }
  const struct log_hit *trace = &source->reading.hits[LOG_WEB_TRACE];
  if (service != LOG_OF_WEB || !trace->count) return named;
  const struct log_hit *known = named < 0 ? NULL : &source->reading.hits[named];
  return !known || (trace->at > known->at && trace->error != known->error) ? LOG_WEB_TRACE : named;
}

static void judge_start(const struct log_source *source, enum log_service service, struct findings *out) {
  bool serves = source->serving == LOG_SERVES || (source->serving == LOG_SERVING_UNKNOWN && source->reading.ready);
  int reason = serves || source->reading.ready ? -1 : reason_of(source, service);
  if (reason >= 0) tell(out, (enum log_sign)reason, source, source->serving == LOG_SERVES_NOT ? SEVERITY_CRITICAL : SEVERITY_WARNING);
  if (!serves && reason < 0) return; /* down for a reason that its log does not tell: nothing is known to be well */
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    if (sign != reason && log_sign_is_start((enum log_sign)sign) && log_sign_service((enum log_sign)sign) == service)
      finding_pass(out, meanings[sign].code);
  }
}

/* Is the trouble over that these lines tell of? The site was asked after them and answers. A line that tells of itself (a disk that was
 * full when somebody wrote) is not refuted by a page, which only reads: it is over when no other one came for a while. */
static bool is_over(enum log_sign sign, const struct log_hit *hit, unsigned site) {
  if (!(site & LOG_SITE_ANSWERS)) return false;
  return meanings[sign].trusted ? !hit->lately : meanings[sign].fits && !hit->fresh;
}

static void judge_events(const struct log_source *source, enum log_service service, unsigned site, struct findings *out) {
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    if (log_sign_is_start((enum log_sign)sign) || log_sign_service((enum log_sign)sign) != service) continue;
    const struct log_hit *hit = &source->reading.hits[sign];
    if (!hit->count || is_over((enum log_sign)sign, hit, site)) {
      finding_pass(out, meanings[sign].code);
      continue;
    }
    enum severity severity = meanings[sign].code->severity;
    bool now = hit->fresh || (meanings[sign].later && hit->lately);
    if (!meanings[sign].trusted && !(now && meanings[sign].fits & site)) severity = SEVERITY_INFO;
    tell(out, (enum log_sign)sign, source, severity);
  }
}

void log_judge(const struct log_source sources[LOG_SERVICE_COUNT], unsigned site, struct findings *out) {
  for (int service = 0; service < LOG_SERVICE_COUNT; service++) {
    if (!sources[service].read) continue;
    judge_start(&sources[service], (enum log_service)service, out);
    judge_events(&sources[service], (enum log_service)service, site, out);
  }
}
