/* The telling lines of logs, as the programs were seen to print them, and what visitors can forge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/logs/logs_codes.h"
#include "checks/logs/log_judge.h"
#include "checks/logs/log_time.h"
#include "monitor/base/redact.h"

#define NOW 1795560000.0 /* 2026-11-24 22:40:00 UTC */
#define LISTENING "[2026-11-24 22:39:19 +0000] [7] [INFO] Listening at: http://0.0.0.0:8000 (7)\n"
#define TRACEBACK "Traceback (most recent call last):\n  File \"/app/manage.py\", line 9, in <module>\n"

static struct log_reading read_all(enum log_service service, const char *text) {
  struct log_reading reading;
  log_read(&(struct log_request){.service = service,
                                 .bytes = text,
                                 .length = strlen(text),
                                 .now = NOW,
                                 .recent = 600,
                                 .asked = NOW - 1,
                                 .asked_at = 0,
                                 .new_from = 0},
           &reading);
  return reading;
}

static const struct {
  enum log_service service;
  enum log_sign sign;
  const char *line, *detail;
} lines[] = {
    /* Generation A as it was run: ej-observed. */
    {LOG_OF_WEB, LOG_THEME_NAME, "FileNotFoundError: [Errno 2] No such file or directory: '/app/lib/build/css/main-foo.min.css'", "foo"},
    {LOG_OF_WEB, LOG_THEME_NAME, "FileNotFoundError: [Errno 2] No such file or directory: '/app/lib/build/css/main-.min.css'", ""},
    {LOG_OF_WEB, LOG_THEME_NAME, "FileNotFoundError: [Errno 2] No such file or directory: '/app/lib/build/css/main-\"cpa\".min.css'",
     "\"cpa\""},
    {LOG_OF_WEB, LOG_THEME_NAME, "TypeError: unsupported operand type(s) for /: 'str' and 'str'", NULL},
    {LOG_OF_WEB, LOG_ENVIRONMENT, "django.core.exceptions.ImproperlyConfigured: Invalid environment: staging", "staging"},
    {LOG_OF_WEB, LOG_ENVIRONMENT, "Error loading configurations: Invalid environment: staging", "staging"},
    {LOG_OF_WEB, LOG_COUNTRY, "ValueError: 'ATLANTIS': unknown for country atlantis", "atlantis"},
    {LOG_OF_WEB, LOG_MIGRATION_EXISTS,
     "django.db.utils.ProgrammingError: column \"display_name\" of relation \"ej_users_user\" already exists",
     "column \"display_name\" of relation \"ej_users_user\" already exists"},
    {LOG_OF_WEB, LOG_DATABASE_WAIT, "Postgres is unavailable. Retrying in 0.5 seconds", NULL},
    {LOG_OF_WEB, LOG_DATABASE_WAIT, "django.db.utils.OperationalError: could not connect to server: Connection refused", NULL},
    {LOG_OF_WEB, LOG_WORKER_TIMEOUT, "[2026-11-24 22:35:06 +0000] [14258] [CRITICAL] WORKER TIMEOUT (pid:14385)", NULL},
    {LOG_OF_WEB, LOG_HOST_REFUSED, "Invalid HTTP_HOST header: 'wrong.example'. You may need to add 'wrong.example' to ALLOWED_HOSTS.",
     "wrong.example"},
    {LOG_OF_WEB, LOG_RELATION_MISSING, "django.db.utils.ProgrammingError: relation \"ej_rocketchat_rcconfig\" does not exist",
     "relation \"ej_rocketchat_rcconfig\""},
    {LOG_OF_WEB, LOG_CHAT_UNCONFIGURED, "RocketChat settings were not configured.", NULL},
    /* EJ contract section 10, and the words of the programs. */
    {LOG_OF_WEB, LOG_PERMISSION, "PermissionError: [Errno 13] Permission denied: '/app/local/static/css'", "/app/local/static/css"},
    {LOG_OF_WEB, LOG_DISK_FULL, "OSError: [Errno 28] No space left on device", NULL},
    {LOG_OF_WEB, LOG_DATABASE_GAVE_UP, "Maximum number of attempts connecting to postgres database", NULL},
    {LOG_OF_WEB, LOG_DATABASE_GAVE_UP, "RuntimeError: could not connect to database", NULL},
    {LOG_OF_WEB, LOG_START_PASSWORD, "django.db.utils.OperationalError: FATAL:  password authentication failed for user \"ej\"", "ej"},
    {LOG_OF_WEB, LOG_START_DATABASE_MISSING, "django.db.utils.OperationalError: FATAL:  database \"db\" does not exist", "db"},
    {LOG_OF_WEB, LOG_DATABASE_HOST,
     "django.db.utils.OperationalError: could not translate host name \"ss\" to address: Name or service not known", "ss"},
    {LOG_OF_WEB, LOG_MIGRATION_HISTORY,
     "django.db.migrations.exceptions.NodeNotFoundError: Migration ej_x.0007 dependencies reference nonexistent parent node", NULL},
    {LOG_OF_WEB, LOG_MIGRATION_FAILED, "django.db.utils.IntegrityError: column \"a\" contains null values", NULL},
    {LOG_OF_WEB, LOG_TASK_UNKNOWN, "No idea what 'python' is!", "python"},
    {LOG_OF_WEB, LOG_NO_TERMINAL, "EOFError: EOF when reading a line", NULL},
    {LOG_OF_WEB, LOG_FOLDER_RACE, "FileExistsError: [Errno 17] File exists: '/app/local/logs'", "/app/local/logs"},
    {LOG_OF_WEB, LOG_WEB_TRACE, "KeyError: 'ENGINE'", NULL},
    {LOG_OF_WEB, LOG_WORKER_KILLED, "[2026-11-24 22:35:06 +0000] [7] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?",
     NULL},
    {LOG_OF_WEB, LOG_CHAT_UNREACHABLE,
     "requests.exceptions.ConnectionError: HTTPConnectionPool(host='rocketchat', port=3000): Max retries exceeded with url: /api/v1/login",
     "rocketchat"},
    {LOG_OF_NGINX, LOG_UPSTREAM_UNKNOWN,
     "2026/11/24 22:35:00 [emerg] 1#1: host not found in upstream \"web\" in /etc/nginx/conf.d/default.conf:8", "web"},
    {LOG_OF_NGINX, LOG_PORT_TAKEN, "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", "0.0.0.0:80"},
    {LOG_OF_NGINX, LOG_NGINX_EMERG, "nginx: [emerg] unknown directive \"proxy_pas\" in /etc/nginx/conf.d/default.conf:8", NULL},
    {LOG_OF_NGINX, LOG_UPSTREAM_REFUSED,
     "2026/11/24 22:35:00 [error] 7#7: *1 connect() failed (113: No route to host) while connecting to upstream, client: 10.0.0.1, server: _, request: "
     "\"GET / HTTP/1.1\", upstream: \"http://172.18.0.3:8000/\", host: \"ej\"",
     "172.18.0.3:8000"},
    {LOG_OF_POSTGRES, LOG_POSTGRES_START, "2026-11-24 22:35:00.123 UTC [1] FATAL:  database files are incompatible with server", NULL},
    {LOG_OF_POSTGRES, LOG_POSTGRES_PASSWORD, "2026-11-24 22:35:00.123 UTC [12] FATAL:  password authentication failed for user \"ej\"",
     "ej"},
    {LOG_OF_POSTGRES, LOG_POSTGRES_DATABASE_MISSING, "2026-11-24 22:35:00.123 UTC [12] FATAL:  database \"db\" does not exist", "db"},
    {LOG_OF_POSTGRES, LOG_POSTGRES_DISK_FULL,
     "2026-11-24 22:35:00.123 UTC [12] ERROR:  could not extend file \"base/1/2\": No space left on device", NULL},
    {LOG_OF_MONGO, LOG_MONGO_OPTION, "Error parsing command line: unrecognised option '--smallfiles'", "--smallfiles"},
    {LOG_OF_MONGO, LOG_MONGO_START, "2026-11-24T22:35:00.123+0000 I STORAGE  [initandlisten] exception in initAndListen: DBPathInUse",
     NULL},
    {LOG_OF_ROCKETCHAT, LOG_REPLICA_SET, "|  OPLOG / REPLICASET IS REQUIRED TO RUN ROCKET.CHAT, MORE INFORMATION AT:  |", NULL},
    {LOG_OF_ROCKETCHAT, LOG_REPLICA_SET, "MongoServerError: The $changeStream stage is only supported on replica sets", NULL},
    {LOG_OF_ROCKETCHAT, LOG_MONGO_OLD, "|  YOUR CURRENT MONGODB VERSION IS NOT SUPPORTED BY ROCKET.CHAT  |", NULL},
    {LOG_OF_ROCKETCHAT, LOG_CHAT_NO_MONGO, "MongoServerSelectionError: getaddrinfo ENOTFOUND mongo", NULL},
};

static void every_known_line_has_its_sign_and_its_detail(void **state) {
  (void)state;
  bool seen[LOG_SIGN_COUNT] = {false};
  for (size_t i = 0; i < countof(lines); i++) {
    struct log_reading reading = read_all(lines[i].service, lines[i].line);
    if (!reading.hits[lines[i].sign].count) fail_msg("not seen: %s", lines[i].line);
    for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
      bool start = log_sign_is_start((enum log_sign)sign);
      if (sign != (int)lines[i].sign && sign != LOG_WEB_TRACE && start == log_sign_is_start(lines[i].sign) && reading.hits[sign].count)
        fail_msg("seen as %s too: %s", log_sign_code((enum log_sign)sign)->name, lines[i].line);
    }
    auto_free char *detail = log_sign_detail(lines[i].sign, reading.hits[lines[i].sign].line);
    if (!text_equal(detail, lines[i].detail)) fail_msg("%s: %s", lines[i].line, detail ? detail : "no detail");
    seen[lines[i].sign] = true;
    log_reading_free(&reading);
  }
  /* The same words at another time: seen in the next test. */
  seen[LOG_WEB_PASSWORD] = seen[LOG_WEB_DATABASE_MISSING] = seen[LOG_WEB_DISK_FULL] = seen[LOG_MONGO_DISK_FULL] = true;
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) assert_true(seen[sign] && log_sign_code((enum log_sign)sign));
}

static void a_reason_not_to_start_counts_until_a_start_succeeds(void **state) {
  (void)state;
  struct log_reading reading = read_all(LOG_OF_WEB, TRACEBACK "OSError: [Errno 28] No space left on device\n" LISTENING);
  assert_true(reading.ready && !reading.hits[LOG_DISK_FULL].count && !reading.hits[LOG_WEB_DISK_FULL].count &&
              !reading.hits[LOG_WEB_TRACE].count);
  log_reading_free(&reading);
  reading = read_all(LOG_OF_WEB, LISTENING "[2026-11-24 22:39:29 +0000] [7] [INFO] Shutting down: Master\n" TRACEBACK
                                           "OSError: [Errno 28] No space left on device\n");
  assert_true(!reading.ready && reading.hits[LOG_DISK_FULL].count == 1 && !reading.hits[LOG_WEB_DISK_FULL].count);
  log_reading_free(&reading);
  reading = read_all(LOG_OF_WEB, LISTENING TRACEBACK "OSError: [Errno 28] No space left on device\n");
  assert_true(reading.ready && !reading.hits[LOG_DISK_FULL].count && reading.hits[LOG_WEB_DISK_FULL].count == 1);
  log_reading_free(&reading);
}

static void a_worker_that_fails_to_boot_takes_the_start_back(void **state) {
  (void)state;
  struct log_reading reading =
      read_all(LOG_OF_WEB, LISTENING "[2026-11-24 22:39:20 +0000] [9] [ERROR] Exception in worker process\n" TRACEBACK
                                     "TypeError: unsupported operand type(s) for /: 'str' and 'str'\n" TRACEBACK
                                     "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>\n");
  assert_true(!reading.ready && reading.hits[LOG_THEME_NAME].count == 1);
  log_reading_free(&reading);
}

/* EJ of generation B prints this at each /login/ (its socialbuttons.py), and serves. */
#define NO_FACEBOOK "ImproperlyConfigured: No Facebook app configured: please add a SocialApp using the Django admin\n"
#define TERM "[2026-11-24 22:39:29 +0000] [7] [INFO] Handling signal: term\n"
#define SHUTTING_DOWN "[2026-11-24 22:39:30 +0000] [7] [INFO] Shutting down: Master\n"

static void what_is_said_between_a_term_and_the_end_is_no_reason_not_to_start(void **state) {
  (void)state;
  static const char *const logs[] = {
      LISTENING TERM NO_FACEBOOK "[2026-11-24 22:39:29 +0000] [9] [INFO] Worker exiting (pid: 9)\n" SHUTTING_DOWN,
      LISTENING TERM NO_FACEBOOK,
      TERM TRACEBACK "KeyError: 'ENGINE'\n" SHUTTING_DOWN,
      LISTENING TERM TRACEBACK "django.db.utils.OperationalError: FATAL:  password authentication failed for user \"ej\"\n" SHUTTING_DOWN,
      LISTENING "[2026-11-24 22:39:29 +0000] [7] [INFO] Handling signal: int\n" TRACEBACK "KeyError: 'ENGINE'\n" SHUTTING_DOWN,
      /* The end of the log that was read begins after the start. */
      NO_FACEBOOK TERM SHUTTING_DOWN,
      "Not Found: /robots.txt\n" NO_FACEBOOK "Not Found: /robots.txt\n",
      "Internal Server Error: /profile/\n" TRACEBACK
      "KeyError: 'ENGINE'\n\nDuring handling of the above exception, another exception occurred:\n\n" TRACEBACK "ValueError: x\n",
      "[2026-11-24 22:39:20 +0000] [9] [ERROR] Error handling request /\n" TRACEBACK "OSError: [Errno 28] No space left on device\n",
      LISTENING TERM "[2026-11-24 22:39:29 +0000] [9] [ERROR] Exception in worker process\n" TRACEBACK "SystemError: x\n" SHUTTING_DOWN,
      /* A worker that crashed, and another one in its place. */
      LISTENING "[2026-11-24 22:39:20 +0000] [9] [ERROR] Exception in worker process\n" TRACEBACK
                "KeyError: 'ENGINE'\n"
                "[2026-11-24 22:39:21 +0000] [10] [INFO] Booting worker with pid: 10\n" NO_FACEBOOK TERM SHUTTING_DOWN,
  };
  for (size_t i = 0; i < countof(logs); i++) {
    struct log_reading reading = read_all(LOG_OF_WEB, logs[i]);
    for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
      if (log_sign_is_start((enum log_sign)sign) && reading.hits[sign].count)
        fail_msg("%s in:\n%s", log_sign_code((enum log_sign)sign)->name, logs[i]);
    }
    log_reading_free(&reading);
  }
}

static void what_is_said_after_the_end_is_of_the_next_start(void **state) {
  (void)state;
  static const char *const ways[] = {SHUTTING_DOWN, SHUTTING_DOWN "Internal Server Error: /\n" TRACEBACK "KeyError: 'x'\n",
                                     "[2026-11-24 22:39:30 +0000] [7] [INFO] Starting gunicorn 19.9.0\n"};
  for (size_t i = 0; i < countof(ways); i++) {
    auto_free char *log = text_format("%s%s%s%s", LISTENING TERM NO_FACEBOOK, ways[i], TRACEBACK, "KeyError: 'ENGINE'\n");
    struct log_reading reading = read_all(LOG_OF_WEB, log);
    assert_true(!reading.ready && reading.hits[LOG_WEB_TRACE].count == 1);
    assert_string_equal(reading.hits[LOG_WEB_TRACE].line, "KeyError: 'ENGINE'");
    log_reading_free(&reading);
  }
}

static void a_reload_that_nginx_refused_is_no_start_when_it_went_on_serving(void **state) {
  (void)state;
  const char *log =
      "2026/11/24 21:35:00 [emerg] 1#1: unknown directive \"proxy_pas\" in /etc/nginx/conf.d/default.conf:8\n"
      "2026/11/24 22:35:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory), client: 10.0.0.1, server: _\n";
  struct log_reading reading = read_all(LOG_OF_NGINX, log);
  assert_true(reading.ready && !reading.hits[LOG_NGINX_EMERG].count);
  log_reading_free(&reading);
}

static void source_lines_of_a_traceback_are_no_signs(void **state) {
  (void)state;
  struct log_reading reading =
      read_all(LOG_OF_WEB, "    raise ImproperlyConfigured(f\"Invalid environment: {env}\")\n    OSError: [Errno 28] No space left\n");
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) assert_int_equal(reading.hits[sign].count, 0);
  log_reading_free(&reading);
}

static void a_worker_that_gunicorn_killed_for_its_silence_is_not_out_of_memory(void **state) {
  (void)state;
  struct log_reading reading = read_all(LOG_OF_WEB, LISTENING
                                        "[2026-11-24 22:39:06 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:12)\n"
                                        "[2026-11-24 22:39:07 +0000] [7] [WARNING] Worker with pid 12 was terminated due to signal 9\n");
  assert_true(reading.hits[LOG_WORKER_TIMEOUT].count == 1 && !reading.hits[LOG_WORKER_KILLED].count);
  log_reading_free(&reading);
}

static void old_lines_of_requests_do_not_count(void **state) {
  (void)state;
  const char *old =
      LISTENING "[2026-11-24 20:00:00 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:12)\nInvalid HTTP_HOST header: 'x'. You may\n";
  struct log_reading reading;
  struct log_request request = {
      .service = LOG_OF_WEB, .bytes = old, .length = strlen(old), .now = NOW, .recent = 600, .new_from = strlen(old)};
  log_read(&request, &reading);
  assert_true(!reading.hits[LOG_WORKER_TIMEOUT].count && !reading.hits[LOG_HOST_REFUSED].count);
  log_reading_free(&reading);
  /* A line without a time counts when it is known to be new, whatever the last time before it was. */
  request.new_from = strlen(old) - strlen("Invalid HTTP_HOST header: 'x'. You may\n");
  log_read(&request, &reading);
  assert_true(!reading.hits[LOG_WORKER_TIMEOUT].count && reading.hits[LOG_HOST_REFUSED].count == 1);
  log_reading_free(&reading);
}

static void the_engines_stamps_part_the_runs_of_a_container(void **state) {
  (void)state;
  const char *log =
      "2026-11-24T22:30:00.000000001Z Traceback (most recent call last):\n"
      "2026-11-24T22:30:00.000000001Z ValueError: 'ATLANTIS': unknown for country atlantis\n"
      "2026-11-24T22:39:50.000000001Z Rocket.Chat integration is ON\n";
  struct log_reading reading;
  struct log_request request = {
      .service = LOG_OF_WEB, .bytes = log, .length = strlen(log), .stamped = true, .now = NOW, .recent = 600, .new_from = strlen(log)};
  request.started = NOW - 10.5; /* a young run may fail as the one before it did */
  log_read(&request, &reading);
  assert_true(!reading.ready && reading.hits[LOG_COUNTRY].count == 1);
  assert_string_equal(reading.hits[LOG_COUNTRY].line, "ValueError: 'ATLANTIS': unknown for country atlantis");
  log_reading_free(&reading);
  request.now = NOW + 120; /* one of two minutes speaks for itself */
  log_read(&request, &reading);
  assert_int_equal(reading.hits[LOG_COUNTRY].count, 0);
  log_reading_free(&reading);
}

/* Rocket.Chat of a container that began `age` seconds ago, and lasts or has ended. */
static struct log_reading read_chat(const char *log, double age, bool lasts) {
  struct log_reading reading;
  log_read(&(struct log_request){.service = LOG_OF_ROCKETCHAT,
                                 .bytes = log,
                                 .length = strlen(log),
                                 .stamped = true,
                                 .lasts = lasts,
                                 .now = NOW,
                                 .recent = 600,
                                 .started = NOW - age,
                                 .new_from = strlen(log)},
           &reading);
  return reading;
}

static void what_a_run_that_lasts_says_once_it_is_ready_is_no_reason_not_to_start(void **state) {
  (void)state;
  const char *log =
      "2026-11-24T20:40:05.000000001Z |  SERVER RUNNING  |\n"
      "2026-11-24T21:40:00.000000001Z MongoNetworkError: connection 3 to 172.18.0.4:27017 closed\n";
  struct log_reading reading = read_chat(log, 7200, true);
  assert_true(reading.ready && !reading.hits[LOG_CHAT_NO_MONGO].count);
  log_reading_free(&reading);
  reading = read_chat(log, 7200, false); /* its last words */
  assert_true(!reading.ready && reading.hits[LOG_CHAT_NO_MONGO].count == 1);
  log_reading_free(&reading);
  reading = read_chat(log, 3605, true); /* the last words of the run before, and this one has said nothing yet */
  assert_int_equal(reading.hits[LOG_CHAT_NO_MONGO].count, 1);
  log_reading_free(&reading);
}

static void a_start_that_still_fails_in_the_run_of_now_counts(void **state) {
  (void)state;
  struct log_reading reading = read_chat(
      "2026-11-24T20:40:05.000000001Z |  SERVER RUNNING  |\n"
      "2026-11-24T22:39:20.000000001Z MongoNetworkError: failed to connect to server\n",
      50, true);
  assert_true(!reading.ready && reading.hits[LOG_CHAT_NO_MONGO].count == 1);
  log_reading_free(&reading);
}

static void an_end_of_a_log_that_begins_after_the_start_tells_nothing_of_the_start(void **state) {
  (void)state;
  struct log_reading reading =
      read_chat("2026-11-24T21:40:00.000000001Z MongoNetworkError: connection 3 to 172.18.0.4:27017 closed\n", 7200, true);
  assert_true(!reading.ready && !reading.hits[LOG_CHAT_NO_MONGO].count);
  log_reading_free(&reading);
  const char *web =
      "2026-11-24T22:39:50.000000001Z django.db.utils.OperationalError: FATAL:  password authentication failed for user \"ej\"\n";
  struct log_request request = {
      .service = LOG_OF_WEB, .bytes = web, .length = strlen(web), .stamped = true, .lasts = true, .now = NOW, .recent = 600};
  request.started = NOW - 7200; /* the words of a request, as far as this end of the log tells */
  log_read(&request, &reading);
  assert_int_equal(reading.hits[LOG_WEB_PASSWORD].count, 1);
  log_reading_free(&reading);
  request.started = NOW - 15; /* near its beginning it is the start itself */
  log_read(&request, &reading);
  assert_true(!reading.hits[LOG_WEB_PASSWORD].count && reading.hits[LOG_START_PASSWORD].count == 1);
  log_reading_free(&reading);
}

static void every_form_of_time_is_read(void **state) {
  (void)state;
  static const struct {
    const char *line;
    double time;
  } rows[] = {
      {"2026-11-24T22:40:00.792123456Z text", NOW},
      {"[2026-11-24 22:40:00 +0000] [7] [INFO] text", NOW},
      {"[2026-11-24 19:40:00 -0300] [7] [INFO] text", NOW},
      {"2026-11-24 22:40:00.123 UTC [12] LOG:  text", NOW},
      {"2026-11-24 19:40:00.123 -03 [12] LOG:  text", NOW},
      {"{\"t\":{\"$date\":\"2026-11-24T23:40:00.123+01:00\"},\"s\":\"I\"", NOW},
      {"10.0.0.1 - - [24/Nov/2026:22:40:00 +0000] \"GET / HTTP/1.1\" 200", NOW},
      {"no time at all", 0},
      {"", 0},
      {"9999-99-99T99:99:99Z", 0},
  };
  for (size_t i = 0; i < countof(rows); i++) assert_true(log_line_time(rows[i].line, strlen(rows[i].line)) == rows[i].time);
  setenv("TZ", "UTC", 1);
  assert_true(log_line_time("2026/11/24 22:40:00 [error] 7#7: text", 37) == NOW);
}

/* --- what counts ---------------------------------------------------------------------------------------------------------------- */

static struct findings judge(enum log_service service, const char *text, enum log_serving serving, unsigned failures) {
  struct log_source sources[LOG_SERVICE_COUNT] = {0};
  sources[service] = (struct log_source){.read = true, .where = "a log", .serving = serving, .reading = read_all(service, text)};
  struct findings findings = {0};
  log_judge(sources, failures, &findings);
  log_reading_free(&sources[service].reading);
  return findings;
}

static void a_visitor_cannot_forge_a_reason_not_to_start_while_the_site_serves(void **state) {
  (void)state;
  const char *forged =
      "Not Found: /\ndjango.core.exceptions.ImproperlyConfigured: Invalid environment: forged\nOSError: [Errno 28] No space left on device\n"
      "[2026-11-24 22:39:00 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)\n";
  struct findings findings = judge(LOG_OF_WEB, forged, LOG_SERVES, 0);
  for (size_t i = 0; i < findings.count; i++) assert_int_equal(findings.items[i].severity, SEVERITY_INFO);
  assert_true(findings_passed(&findings, "logs/environment-refused"));
  findings_free(&findings);
  findings = judge(LOG_OF_WEB, forged, LOG_SERVES_NOT, LOG_FAILS_GATEWAY);
  assert_int_equal(findings_find(&findings, "logs/disk-full")->severity, SEVERITY_CRITICAL);
  findings_free(&findings);
}

static void a_refused_host_is_information_unless_the_site_refuses_its_own(void **state) {
  (void)state;
  const char *line = LISTENING "Invalid HTTP_HOST header: 'scanner'. You may need to add 'scanner' to ALLOWED_HOSTS.\n";
  static const unsigned failures[] = {0, LOG_FAILS_ERROR, LOG_FAILS_GATEWAY, LOG_FAILS_HOST};
  for (size_t i = 0; i < countof(failures); i++) {
    struct findings findings = judge(LOG_OF_WEB, line, LOG_SERVES, failures[i]);
    assert_int_equal(findings_find(&findings, "logs/host-refused")->severity,
                     failures[i] == LOG_FAILS_HOST ? SEVERITY_WARNING : SEVERITY_INFO);
    assert_int_equal(findings_well(&findings, "logs/host-refused"), failures[i] != LOG_FAILS_HOST);
    findings_free(&findings);
  }
}

static void a_line_from_before_the_site_was_asked_explains_no_failure_of_now(void **state) {
  (void)state;
  const char *line = "2026-11-24 22:39:50.123 UTC [12] FATAL:  password authentication failed for user \"ej\"\n";
  for (int since = 0; since < 2; since++) {
    struct log_source sources[LOG_SERVICE_COUNT] = {0};
    struct log_source *source = &sources[LOG_OF_POSTGRES];
    *source = (struct log_source){.read = true, .where = "a log"};
    log_read(&(struct log_request){.service = LOG_OF_POSTGRES,
                                   .bytes = line,
                                   .length = strlen(line),
                                   .now = NOW,
                                   .recent = 600,
                                   .asked = since ? NOW - 10 : NOW - 1,
                                   .asked_at = strlen(line),
                                   .new_from = strlen(line)},
             &source->reading);
    struct findings findings = {0};
    log_judge(sources, LOG_FAILS_ERROR, &findings);
    assert_int_equal(findings_find(&findings, "logs/password-refused")->severity, since ? SEVERITY_CRITICAL : SEVERITY_INFO);
    findings_free(&findings);
    log_reading_free(&source->reading);
  }
}

/* The old lines of each sign, and a site that answers: asked after them, ten seconds, one minute, nine minutes later. */
static void a_sign_whose_trouble_is_over_is_passed_though_its_lines_stay(void **state) {
  (void)state;
  static const struct {
    enum log_service service;
    const char *line, *code;
    unsigned fails;
  } rows[] = {
      {LOG_OF_NGINX,
       "2026/11/24 22:40:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, "
       "upstream: \"http://172.18.0.3:8000/\"\n",
       "logs/upstream-refused", LOG_FAILS_GATEWAY},
      {LOG_OF_WEB, LISTENING "[2026-11-24 22:40:00 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:12)\n", "logs/worker-timeout",
       LOG_FAILS_GATEWAY},
      {LOG_OF_WEB, LISTENING "[2026-11-24 22:40:00 +0000] [7] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?\n",
       "logs/worker-killed", LOG_FAILS_GATEWAY},
      {LOG_OF_WEB, LISTENING "Postgres is unavailable. Retrying in 0.5 seconds\n", "logs/database-wait", LOG_FAILS_ERROR},
      {LOG_OF_WEB, LISTENING "Invalid HTTP_HOST header: 'ej.example'. You may need to add 'ej.example' to ALLOWED_HOSTS.\n",
       "logs/host-refused", LOG_FAILS_HOST},
      {LOG_OF_WEB, LISTENING "django.db.utils.ProgrammingError: relation \"ej_x\" does not exist\n", "logs/relation-missing",
       LOG_FAILS_ERROR},
      {LOG_OF_POSTGRES, "2026-11-24 22:40:00.123 UTC [12] FATAL:  password authentication failed for user \"ej\"\n",
       "logs/password-refused", LOG_FAILS_ERROR},
      {LOG_OF_POSTGRES, "2026-11-24 22:40:00.123 UTC [12] FATAL:  database \"db\" does not exist\n", "logs/database-missing",
       LOG_FAILS_ERROR},
      {LOG_OF_POSTGRES, "2026-11-24 22:40:00.123 UTC [12] ERROR:  could not extend file: No space left on device\n", "logs/disk-full", 0},
  };
  setenv("TZ", "UTC", 1);
  for (size_t i = 0; i < countof(rows); i++) {
    size_t length = strlen(rows[i].line);
    for (double age = 0; age < 600; age = age * 9 + 10) {
      for (int mended = 0; mended < 2; mended++) {
        struct log_source sources[LOG_SERVICE_COUNT] = {0};
        struct log_source *source = &sources[rows[i].service];
        *source = (struct log_source){.read = true, .where = "a log", .serving = LOG_SERVES};
        log_read(&(struct log_request){.service = rows[i].service,
                                       .bytes = rows[i].line,
                                       .length = length,
                                       .now = NOW + age + 1,
                                       .recent = 600,
                                       .asked = NOW + age,
                                       .asked_at = age > 0 ? length : 0,
                                       .new_from = 0},
                 &source->reading);
        struct findings findings = {0};
        log_judge(sources, mended ? LOG_SITE_ANSWERS : rows[i].fails, &findings);
        bool trusted = rows[i].fails == 0, over = mended && (trusted ? age > LOG_LATELY_SECONDS : age > 0);
        if (findings_passed(&findings, rows[i].code) != over) fail_msg("%s after %g s, mended: %d", rows[i].code, age, mended);
        if ((age == 0 && !mended) || (trusted && !over)) assert_non_null(findings_fault(&findings, rows[i].code));
        findings_free(&findings);
        log_reading_free(&source->reading);
      }
    }
  }
}

static void a_full_disk_in_a_log_that_nobody_can_forge_counts_by_itself(void **state) {
  (void)state;
  struct findings findings =
      judge(LOG_OF_POSTGRES, "2026-11-24 22:35:00.123 UTC [12] PANIC:  could not write: No space left on device\n", LOG_SERVING_UNKNOWN, 0);
  assert_int_equal(findings_find(&findings, "logs/disk-full")->severity, SEVERITY_CRITICAL);
  findings_free(&findings);
}

static void of_several_failed_starts_the_last_one_is_named(void **state) {
  (void)state;
  struct findings findings =
      judge(LOG_OF_WEB,
            TRACEBACK "FileNotFoundError: [Errno 2] No such file or directory: '/app/lib/build/css/main-foo.min.css'\n" TRACEBACK
                      "KeyError: 'ATLANTIS'\n\nDuring handling of the above exception, another exception occurred:\n\n" TRACEBACK
                      "ValueError: 'ATLANTIS': unknown for country atlantis\n",
            LOG_SERVES_NOT, LOG_FAILS_GATEWAY);
  assert_non_null(findings_find(&findings, "logs/country-unknown"));
  assert_int_equal(findings.count, 1);
  findings_free(&findings);
  findings = judge(LOG_OF_WEB, "No idea what 'python' is!\n" TRACEBACK "LookupError: flux capacitor\n", LOG_SERVES_NOT, LOG_FAILS_GATEWAY);
  assert_non_null(findings_find(&findings, "logs/web-start-failed"));
  assert_int_equal(findings.count, 1);
  findings_free(&findings);
}

static void a_service_that_is_down_for_no_reason_in_its_log_passes_nothing_of_its_start(void **state) {
  (void)state;
  struct findings findings =
      judge(LOG_OF_WEB, "[2026-11-24 22:39:29 +0000] [7] [INFO] Shutting down: Master\n", LOG_SERVES_NOT, LOG_FAILS_GATEWAY);
  assert_int_equal(findings.count, 0);
  assert_false(findings_passed(&findings, "logs/environment-refused"));
  assert_true(findings_passed(&findings, "logs/worker-timeout"));
  findings_free(&findings);
}

static void a_password_in_a_line_is_hidden(void **state) {
  (void)state;
  redact_register_variable("DJANGO_SECRET_KEY=canary-key-0123456789");
  redact_register_variable("DJANGO_DB_URL=psql://ej:canary-pass-42@postgres/db");
  redact_register_variable("POSTGRES_PASSWORD=password");
  struct findings findings =
      judge(LOG_OF_WEB,
            TRACEBACK
            "RuntimeError: could not connect to database psql://ej:canary-other-7@postgres/db with canary-key-0123456789 and "
            "canary-pass-42\n",
            LOG_SERVES_NOT, 0);
  const struct finding *finding = findings_find(&findings, "logs/database-wait");
  assert_non_null(finding);
  assert_null(strstr(finding->summary, "canary"));
  for (size_t i = 0; i < finding->evidence_count; i++) assert_null(strstr(finding->evidence[i].saw, "canary"));
  auto_free char *plain = redact("password authentication failed");
  assert_string_equal(plain, "password authentication failed");
  findings_free(&findings);
  redact_forget_all();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_known_line_has_its_sign_and_its_detail),
      cmocka_unit_test(a_reason_not_to_start_counts_until_a_start_succeeds),
      cmocka_unit_test(a_worker_that_fails_to_boot_takes_the_start_back),
      cmocka_unit_test(what_is_said_between_a_term_and_the_end_is_no_reason_not_to_start),
      cmocka_unit_test(what_is_said_after_the_end_is_of_the_next_start),
      cmocka_unit_test(a_reload_that_nginx_refused_is_no_start_when_it_went_on_serving),
      cmocka_unit_test(source_lines_of_a_traceback_are_no_signs),
      cmocka_unit_test(a_worker_that_gunicorn_killed_for_its_silence_is_not_out_of_memory),
      cmocka_unit_test(old_lines_of_requests_do_not_count),
      cmocka_unit_test(the_engines_stamps_part_the_runs_of_a_container),
      cmocka_unit_test(what_a_run_that_lasts_says_once_it_is_ready_is_no_reason_not_to_start),
      cmocka_unit_test(a_start_that_still_fails_in_the_run_of_now_counts),
      cmocka_unit_test(an_end_of_a_log_that_begins_after_the_start_tells_nothing_of_the_start),
      cmocka_unit_test(every_form_of_time_is_read),
      cmocka_unit_test(a_visitor_cannot_forge_a_reason_not_to_start_while_the_site_serves),
      cmocka_unit_test(a_refused_host_is_information_unless_the_site_refuses_its_own),
      cmocka_unit_test(a_line_from_before_the_site_was_asked_explains_no_failure_of_now),
      cmocka_unit_test(a_sign_whose_trouble_is_over_is_passed_though_its_lines_stay),
      cmocka_unit_test(a_full_disk_in_a_log_that_nobody_can_forge_counts_by_itself),
      cmocka_unit_test(of_several_failed_starts_the_last_one_is_named),
      cmocka_unit_test(a_service_that_is_down_for_no_reason_in_its_log_passes_nothing_of_its_start),
      cmocka_unit_test(a_password_in_a_line_is_hidden),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
