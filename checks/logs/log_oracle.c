/* Tells the telling lines of a log from the rest, by tables of what each program says. */
#include "checks/logs/log_oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checks/logs/log_time.h"

#define WAYS 4  /* different ways in which programs say one thing */
#define PARTS 2 /* strings that one line must have, in this order */

struct signature {
  enum log_service service;
  bool start;                    /* only before the service is ready; else only when recent */
  const char *ways[WAYS][PARTS]; /* any of them; looked for without regard to case */
  const char *before, *until;    /* where the detail stands, or NULL */
  bool serving;                  /* not while it starts: the same words are a sign of the start there */
};

/* Specific before general: a line counts for the first one that it fits. */
static const struct signature signatures[LOG_SIGN_COUNT] = {
    [LOG_THEME_NAME] = {.service = LOG_OF_WEB,
                        .start = true,
                        .ways = {{"FileNotFoundError: ", ".min.css"}, {"unsupported operand type(s) for /: 'str' and 'str'"}},
                        .before = "/lib/build/css/main-",
                        .until = ".min.css"},
    [LOG_PERMISSION] = {.service = LOG_OF_WEB,
                        .start = true,
                        .ways = {{"PermissionError: [Errno 13]"}, {"PermissionError: [Errno 1]"}},
                        .before = "denied: '",
                        .until = "'"},
    [LOG_DISK_FULL] = {.service = LOG_OF_WEB, .start = true, .ways = {{"[Errno 28] No space left"}, {"[Errno 122] Disk quota exceeded"}}},
    [LOG_ENVIRONMENT] = {.service = LOG_OF_WEB,
                         .start = true,
                         .ways = {{"ImproperlyConfigured: Invalid environment: "}, {"Error loading configurations: Invalid environment: "}},
                         .before = "Invalid environment: "},
    [LOG_COUNTRY] = {.service = LOG_OF_WEB,
                     .start = true,
                     .ways = {{"ValueError: ", ": unknown for country "}, {"Error loading configurations: ", ": unknown for country "}},
                     .before = ": unknown for country "},
    [LOG_DATABASE_GAVE_UP] = {.service = LOG_OF_WEB,
                              .start = true,
                              .ways = {{"Maximum number of attempts connecting"}, {"RuntimeError: could not connect to database"}}},
    [LOG_START_PASSWORD] = {.service = LOG_OF_WEB,
                            .start = true,
                            .ways = {{"OperationalError: ", "password authentication failed for user \""}},
                            .before = "for user \"",
                            .until = "\""},
    [LOG_START_DATABASE_MISSING] = {.service = LOG_OF_WEB,
                                    .start = true,
                                    .ways = {{"OperationalError: ", "FATAL:  database \""}},
                                    .before = "database \"",
                                    .until = "\""},
    [LOG_DATABASE_HOST] = {.service = LOG_OF_WEB,
                           .start = true,
                           .ways = {{"OperationalError: ", "could not translate host name \""}},
                           .before = "host name \"",
                           .until = "\""},
    [LOG_MIGRATION_EXISTS] = {.service = LOG_OF_WEB,
                              .start = true,
                              .ways = {{"django.db.utils.ProgrammingError: ", " already exists"}},
                              .before = "ProgrammingError: "},
    [LOG_MIGRATION_HISTORY] = {.service = LOG_OF_WEB, .start = true, .ways = {{"NodeNotFoundError: "}, {"InconsistentMigrationHistory: "}}},
    [LOG_MIGRATION_FAILED] = {.service = LOG_OF_WEB,
                              .start = true,
                              .ways = {{"django.db.utils.ProgrammingError: "},
                                       {"django.db.utils.IntegrityError: "},
                                       {"django.db.utils.DataError: "}}},
    [LOG_TASK_UNKNOWN] = {.service = LOG_OF_WEB,
                          .start = true,
                          .ways = {{"No idea what '", "' is!"}, {"executable file not found in $PATH"}},
                          .before = "No idea what '",
                          .until = "'"},
    [LOG_NO_TERMINAL] = {.service = LOG_OF_WEB, .start = true, .ways = {{"EOFError: EOF when reading a line"}}},
    [LOG_FOLDER_RACE] =
        {.service = LOG_OF_WEB, .start = true, .ways = {{"FileExistsError: [Errno 17]"}}, .before = "exists: '", .until = "'"},
    [LOG_DATABASE_WAIT] = {.service = LOG_OF_WEB,
                           .ways = {{"Postgres is unavailable. Retrying"}, {"OperationalError: could not connect to server"}}},
    [LOG_WEB_PASSWORD] = {.service = LOG_OF_WEB,
                          .ways = {{"OperationalError: ", "password authentication failed for user \""}},
                          .before = "for user \"",
                          .until = "\"",
                          .serving = true},
    [LOG_WEB_DATABASE_MISSING] = {.service = LOG_OF_WEB,
                                  .ways = {{"OperationalError: ", "FATAL:  database \""}},
                                  .before = "database \"",
                                  .until = "\"",
                                  .serving = true},
    [LOG_WEB_DISK_FULL] = {.service = LOG_OF_WEB,
                           .ways = {{"[Errno 28] No space left"}, {"[Errno 122] Disk quota exceeded"}},
                           .serving = true},
    [LOG_WORKER_TIMEOUT] = {.service = LOG_OF_WEB, .ways = {{"[CRITICAL] WORKER TIMEOUT (pid:"}}},
    [LOG_WORKER_KILLED] = {.service = LOG_OF_WEB, .ways = {{"was sent SIGKILL"}, {"was terminated due to signal 9"}}},
    [LOG_HOST_REFUSED] = {.service = LOG_OF_WEB, .ways = {{"Invalid HTTP_HOST header: '"}}, .before = "header: '", .until = "'"},
    [LOG_RELATION_MISSING] = {.service = LOG_OF_WEB,
                              .ways = {{"ProgrammingError: relation \"", "\" does not exist"},
                                       {"ProgrammingError: column ", " does not exist"}},
                              .before = "ProgrammingError: ",
                              .until = " does not exist"},
    [LOG_CHAT_UNCONFIGURED] = {.service = LOG_OF_WEB, .ways = {{"RocketChat settings were not configured"}}},
    [LOG_CHAT_UNREACHABLE] = {.service = LOG_OF_WEB,
                              .ways = {{"requests.exceptions.ConnectionError: "}, {"requests.exceptions.ConnectTimeout: "}},
                              .before = "host='",
                              .until = "'"},
    [LOG_UPSTREAM_UNKNOWN] = {.service = LOG_OF_NGINX,
                              .start = true,
                              .ways = {{"[emerg]", "host not found in upstream"}},
                              .before = "in upstream \"",
                              .until = "\""},
    [LOG_PORT_TAKEN] =
        {.service = LOG_OF_NGINX, .start = true, .ways = {{"[emerg]", "bind() to "}}, .before = "bind() to ", .until = " failed"},
    [LOG_NGINX_EMERG] = {.service = LOG_OF_NGINX, .start = true, .ways = {{"[emerg]"}}},
    [LOG_UPSTREAM_REFUSED] = {.service = LOG_OF_NGINX,
                              .ways = {{"connect() failed (1", "while connecting to upstream"}},
                              .before = "upstream: \"http://",
                              .until = "/"},
    [LOG_POSTGRES_START] =
        {.service = LOG_OF_POSTGRES,
         .start = true,
         .ways = {{"FATAL:  ", "incompatible with server"}, {"FATAL:  ", "data directory"}, {"FATAL:  ", "lock file"}, {"PANIC:  "}}},
    [LOG_POSTGRES_PASSWORD] = {.service = LOG_OF_POSTGRES,
                               .ways = {{"FATAL:  password authentication failed for user \""}},
                               .before = "for user \"",
                               .until = "\""},
    [LOG_POSTGRES_DATABASE_MISSING] = {.service = LOG_OF_POSTGRES,
                                       .ways = {{"FATAL:  database \"", "\" does not exist"}},
                                       .before = "database \"",
                                       .until = "\""},
    [LOG_POSTGRES_DISK_FULL] = {.service = LOG_OF_POSTGRES, .ways = {{"No space left on device"}}},
    [LOG_MONGO_OPTION] = {.service = LOG_OF_MONGO,
                          .start = true,
                          .ways = {{"parsing command line: unrecognised option"}, {"smallfiles", "unrecognised option"}},
                          .before = "option '",
                          .until = "'"},
    [LOG_MONGO_START] = {.service = LOG_OF_MONGO,
                         .start = true,
                         .ways = {{"Error parsing"}, {"exception in initAndListen"}, {"Fatal assertion"}, {"UPGRADE PROBLEM"}}},
    [LOG_MONGO_DISK_FULL] = {.service = LOG_OF_MONGO, .ways = {{"No space left on device"}}},
    [LOG_REPLICA_SET] = {.service = LOG_OF_ROCKETCHAT,
                         .start = true,
                         .ways = {{"REPLICASET IS REQUIRED"},
                                  {"$changeStream stage is only supported on replica sets"},
                                  {"$MONGO_OPLOG_URL must be set to the 'local' database"},
                                  {"requires oplog tailing"}}},
    [LOG_MONGO_OLD] = {.service = LOG_OF_ROCKETCHAT,
                       .start = true,
                       .ways = {{"MONGODB VERSION", "NOT SUPPORTED"}, {"maximum wire version", "requires at least"}}},
    [LOG_CHAT_NO_MONGO] = {.service = LOG_OF_ROCKETCHAT,
                           .start = true,
                           .ways = {{"MongoNetworkError"}, {"MongoServerSelectionError"}, {"failed to connect to server ["}}},
};

/* What each program says of itself. EJ prints nothing of its own that tells a start: what its processes print, each gunicorn worker prints
 * too. */
static const struct {
  const char *ready[2];  /* its start is over */
  const char *serves;    /* only what serves says this, whenever it started */
  const char *ending[3]; /* it served until now and was told to end: what it says before it has ended is still about requests */
  const char *over[3];   /* it has ended, or begins: what follows is of a start */
  const char *crash;     /* so has a part of it, at its start or later: which of the two tells what follows */
  const char *respawn;   /* later: what serves has put another in its place */
} readiness[LOG_SERVICE_COUNT] = {
    [LOG_OF_WEB] = {.ready = {"[INFO] Listening at: ", "Starting development server at"},
                    .ending = {"[INFO] Handling signal: term", "[INFO] Handling signal: int", "[INFO] Handling signal: quit"},
                    .over = {"[INFO] Shutting down: Master", "[INFO] Starting gunicorn"},
                    .crash = "[ERROR] Exception in worker process",
                    .respawn = "[INFO] Booting worker with pid"},
    [LOG_OF_NGINX] = {.ready = {"start worker processes"},
                      .serves = ", client: ",
                      .over = {"signal 15 (SIGTERM) received", "signal 3 (SIGQUIT) received"}},
    [LOG_OF_POSTGRES] = {.ready = {"database system is ready to accept connections"},
                         .over = {"database system is shut down", "LOG:  starting PostgreSQL"}},
    [LOG_OF_MONGO] = {.ready = {"waiting for connections"}, .over = {"MongoDB starting", "shutting down with code", "now exiting"}},
    [LOG_OF_ROCKETCHAT] = {.ready = {"SERVER RUNNING"}},
};

bool log_sign_is_start(enum log_sign sign) {
  return sign == LOG_WEB_TRACE || signatures[sign].start;
}

enum log_service log_sign_service(enum log_sign sign) {
  return signatures[sign].service; /* LOG_WEB_TRACE has none of its own, and web is the first */
}

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

static bool has(const char *line, size_t length, const char *part) {
  return part && text_find(line, length, part, true);
}

static bool fits(const struct signature *signature, const char *line, size_t length) {
  for (size_t i = 0; i < WAYS && signature->ways[i][0]; i++) {
    const char *first = text_find(line, length, signature->ways[i][0], true);
    if (!first) continue;
    if (!signature->ways[i][1]) return true;
    const char *after = signature->service == LOG_OF_MONGO ? line : first + strlen(signature->ways[i][0]);
    if (has(after, length - (size_t)(after - line), signature->ways[i][1])) return true;
  }
  return false;
}

/* "KeyError: 'x'", "django.core.exceptions.ImproperlyConfigured: ...", as Python prints at the end of a traceback: flush, a dotted name
 * that ends as exceptions' do. */
static bool is_exception(const char *line, size_t length) {
  size_t name = 0;
  while (name < length && (line[name] == '.' || line[name] == '_' || (line[name] >= '0' && line[name] <= '9') ||
                           (line[name] >= 'a' && line[name] <= 'z') || (line[name] >= 'A' && line[name] <= 'Z')))
    name++;
  if (name < 5 || (name < length && line[name] != ':')) return false;
  auto_free char *word = xstrndup(line, name);
  return text_ends(word, "Error") || text_ends(word, "Exception") || text_ends(word, "ImproperlyConfigured") ||
         text_ends(word, "UnexpectedExit") || text_ends(word, "Timeout");
}

struct walk {
  const struct log_request *request;
  struct log_reading *reading;
  double stamp; /* of the last line that had one */
  bool dated;   /* this line has one */
  /* What is known of the service at this line. At first nothing: the line that says it may stand before the end that was read. */
  enum { PHASE_UNKNOWN, PHASE_STARTING, PHASE_READY, PHASE_ENDING } phase;
  bool crashed;    /* starting only because a part of what was ready has crashed */
  bool before;     /* lines from before the container's run of now were read */
  bool in_the_run; /* past the beginning of the container's run of now */
  size_t error;    /* number of the last error: see struct log_hit */
  bool chained;    /* the next traceback is of the same one */
  bool named;      /* the line before names a request that failed */
  bool requested;  /* the last error is a request's */
  bool quoting;    /* the line before was indented, as a traceback's are; or nothing was before */
};

static void hit(struct walk *walk, enum log_sign sign, const char *line, size_t length, size_t at) {
  struct log_hit *one = &walk->reading->hits[sign];
  free(one->line);
  one->line = xstrndup(line, length < LOG_LINE_LIMIT ? length : LOG_LINE_LIMIT);
  one->at = at;
  one->error = walk->error;
  const struct log_request *request = walk->request;
  bool dated = walk->stamp > 0;
  one->fresh = request->asked > 0 &&
               ((dated && walk->dated && walk->stamp >= floor(request->asked)) || (!request->stamped && at >= request->asked_at));
  bool new = !walk->dated && !request->stamped &&at >= request->new_from;
  one->lately = new || (dated && walk->stamp >= request->now - LOG_LATELY_SECONDS);
  one->count++;
}

static void forget(struct walk *walk, bool starts, bool events) {
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    if (!(log_sign_is_start((enum log_sign)sign) ? starts : events)) continue;
    free(walk->reading->hits[sign].line);
    walk->reading->hits[sign] = (struct log_hit){0};
  }
}

static bool is_recent(const struct walk *walk, size_t at) {
  if (walk->stamp > 0 && walk->stamp >= walk->request->now - walk->request->recent) return true;
  return !walk->request->stamped && at >= walk->request->new_from;
}

/* Takes the engine's stamp off a line, or reads the line's own. */
static void take_stamp(struct walk *walk, const char **line, size_t *length) {
  double stamp = 0;
  if (walk->request->stamped) {
    const char *space = memchr(*line, ' ', *length < 40 ? *length : 40);
    stamp = space ? log_line_time(*line, (size_t)(space - *line)) : 0;
    if (stamp > 0) {
      *length -= (size_t)(space + 1 - *line);
      *line = space + 1;
    }
  } else {
    stamp = log_line_time(*line, *length);
  }
  walk->dated = stamp > 0;
  if (walk->dated) walk->stamp = stamp;
}

static bool has_any(const char *line, size_t length, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (has(line, length, words[i])) return true;
  return false;
}

/* What the service says of itself. */
static void take_phase(struct walk *walk, const char *line, size_t length) {
  const enum log_service service = walk->request->service;
  bool was_ready = walk->phase == PHASE_READY || walk->phase == PHASE_ENDING,
       crash = walk->phase != PHASE_ENDING && has(line, length, readiness[service].crash);
  if (crash || has_any(line, length, readiness[service].over, countof(readiness[service].over))) {
    if (was_ready) forget(walk, false, true);
    walk->crashed = crash && was_ready;
    walk->phase = PHASE_STARTING;
  }
  if (walk->crashed && has(line, length, readiness[service].respawn)) walk->phase = PHASE_READY;
  if (has_any(line, length, readiness[service].ending, countof(readiness[service].ending))) {
    forget(walk, true, false);
    walk->phase = PHASE_ENDING;
  }
  if (walk->phase != PHASE_ENDING && has(line, length, readiness[service].serves)) {
    forget(walk, true, false);
    walk->phase = PHASE_READY;
  }
  if (has_any(line, length, readiness[service].ready, countof(readiness[service].ready))) {
    forget(walk, true, true);
    walk->phase = PHASE_READY;
  }
}

static void take_readiness(struct walk *walk, const char *line, size_t length) {
  const struct log_request *request = walk->request;
  bool told = request->stamped && request->started > 0 && walk->stamp > 0;
  if (told && walk->stamp < request->started) walk->before = true;
  if (told && !walk->in_the_run && walk->stamp >= request->started) {
    walk->in_the_run = true;
    /* An end of a log that begins well after the start does not tell of it. */
    bool near = walk->before || walk->stamp - request->started < LOG_START_SECONDS;
    walk->phase = near ? PHASE_STARTING : PHASE_UNKNOWN;
    forget(walk, request->now - request->started > LOG_START_SECONDS, true);
  }
  take_phase(walk, line, length);
}

/* Python's tracebacks: one that begins right after a sentence which joins it to the one before is of the same error. Django and gunicorn
 * name the request before the traceback of what it ended in. */
static void take_traceback(struct walk *walk, const char *line, size_t length) {
  if (has(line, length, "During handling of the above exception") || has(line, length, "was the direct cause of the following exception")) {
    walk->chained = true;
  } else if (has(line, length, "Traceback (most recent call last)")) {
    if (!walk->chained) walk->error++;
    if (!walk->chained) walk->requested = walk->named;
    walk->chained = false;
  } else if (!walk->quoting) {
    walk->requested = walk->requested && walk->chained;
  }
  walk->named = has(line, length, "Internal Server Error: /") || has(line, length, "[ERROR] Error handling request /");
}

/* Does this line end a start that failed? Where nothing is known of the service the line must stand at the end of a traceback, or be the
 * word that manage.py gives in place of one: what is printed while it serves may look like an exception. */
static bool ends_start(const struct walk *walk, const char *line, size_t length) {
  if (walk->phase == PHASE_READY || walk->phase == PHASE_ENDING || walk->requested || !is_exception(line, length)) return false;
  return walk->phase == PHASE_STARTING || walk->quoting || has(line, length, "CommandError: ") || has(line, length, "SystemCheckError: ");
}

static void take_line(struct walk *walk, const char *line, size_t length, size_t at) {
  const enum log_service service = walk->request->service;
  take_stamp(walk, &line, &length);
  walk->reading->lines++;
  take_readiness(walk, line, length);
  if (length == 0) return;
  if (line[0] == ' ' || line[0] == '\t') { /* source lines of a traceback quote what they only might say */
    walk->quoting = true;
    return;
  }
  if (has(line, length, "still could not bind()")) return; /* nginx's last word, after the lines that say what and why */
  take_traceback(walk, line, length);
  /* Rocket.Chat says nothing when it ends: there a reason not to start is itself the end of what ran before, unless that is the run of now,
   * which lasts. */
  bool silent = readiness[service].over[0] == NULL, lasting = !silent || (walk->request->lasts && walk->in_the_run);
  bool serves = walk->phase == PHASE_READY || walk->phase == PHASE_ENDING || walk->requested;
  bool skip_start = lasting && (serves || (silent && walk->phase == PHASE_UNKNOWN));
  bool skip_event = !is_recent(walk, at); /* a line is taken for one of each at most */
  for (int sign = 0; sign < LOG_SIGN_COUNT && !(skip_start && skip_event); sign++) {
    const struct signature *signature = &signatures[sign];
    if (sign == LOG_WORKER_KILLED && walk->reading->hits[LOG_WORKER_TIMEOUT].count) continue; /* gunicorn itself killed it */
    bool *skip = signature->start ? &skip_start : &skip_event;
    if (*skip || signature->service != service || !signature->ways[0][0] || !fits(signature, line, length)) continue;
    if (signature->start || !signature->serving || walk->phase != PHASE_STARTING || walk->requested)
      hit(walk, (enum log_sign)sign, line, length, at);
    if (signature->start && !lasting) walk->phase = PHASE_STARTING;
    *skip = true;
  }
  if (service == LOG_OF_WEB && ends_start(walk, line, length)) hit(walk, LOG_WEB_TRACE, line, length, at);
  walk->quoting = false;
}

void log_read(const struct log_request *request, struct log_reading *ret_reading) {
  *ret_reading = (struct log_reading){0};
  struct walk walk = {.request = request, .reading = ret_reading, .quoting = true};
  for (size_t at = 0; at < request->length;) {
    const char *line = request->bytes + at, *newline = memchr(line, '\n', request->length - at);
    size_t length = newline ? (size_t)(newline - line) : request->length - at;
    size_t shown = length;
    while (shown > 0 && (line[shown - 1] == '\r' || line[shown - 1] == '\0')) shown--;
    take_line(&walk, line, shown, at);
    at += length + 1;
  }
  ret_reading->ready = walk.phase == PHASE_READY;
}

void log_reading_free(struct log_reading *reading) {
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) free(reading->hits[sign].line);
  *reading = (struct log_reading){0};
}

char *log_sign_detail(enum log_sign sign, const char *line) {
  const struct signature *signature = &signatures[sign];
  const char *start = signature->before ? text_find(line, strlen(line), signature->before, true) : NULL;
  if (!start) return NULL;
  start += strlen(signature->before);
  const char *end = signature->until ? text_find(start, strlen(start), signature->until, true) : NULL;
  return xstrndup(start, end ? (size_t)(end - start) : strlen(start));
}
