/* What the django check can find; the texts stand in web.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const django_codes[]; /* all of them, in this order, NULL-terminated */

FAILURE(DJANGO_UNREACHABLE, "django/unreachable", CRITICAL, WEB, OUTAGE, ANSWER)
FAILURE(DJANGO_HUNG, "django/hung", CRITICAL, WEB, OUTAGE, ANSWER)
CODE(DJANGO_VIEW_HUNG, "django/view-hung", CRITICAL, WEB, ABSENCE)
INFERRED(DJANGO_WORKER_KILLED, "django/worker-killed", CRITICAL, WEB, ABSENCE)
FAILURE(DJANGO_SERVER_ERROR, "django/server-error", CRITICAL, WEB, ABSENCE, VIEWS)
LIKELY_FAILURE(DJANGO_DATABASE_PAGES_FAILED, "django/database-pages-failed", CRITICAL, DATABASE, OUTAGE, VIEWS)
FAILURE(DJANGO_HEADER_LAYER_FAILED, "django/header-layer-failed", CRITICAL, DATABASE, OUTAGE, ANSWER)
FAILURE(DJANGO_APPLICATION_FAILED, "django/application-failed", CRITICAL, WEB, OUTAGE, ANSWER)
FAILURE(DJANGO_DISALLOWED_HOST, "django/disallowed-host", CRITICAL, SETTINGS, CONTENT, ANSWER)
CODE(DJANGO_DEBUG_ON, "django/debug-on", CRITICAL, SETTINGS, CONTENT)
CODE(DJANGO_SLOW, "django/slow", WARNING, WEB, ABSENCE)
CODE(DJANGO_WRONG_ANSWER, "django/wrong-answer", CRITICAL, WEB, CONTENT)
CODE(DJANGO_NOT_THROUGH_NGINX, "django/not-through-nginx", CRITICAL, NGINX, OUTAGE)
BLIND(DJANGO_UNSEEN, "django/unseen", WARNING, EJMON)
