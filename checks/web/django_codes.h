/* What the django check can find; the texts stand in web.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const django_codes[]; /* all of them, in this order, NULL-terminated */

CODE(DJANGO_UNREACHABLE, "django/unreachable", CRITICAL, WEB)
CODE(DJANGO_HUNG, "django/hung", CRITICAL, WEB)
CODE(DJANGO_VIEW_HUNG, "django/view-hung", CRITICAL, WEB)
INFERRED(DJANGO_WORKER_KILLED, "django/worker-killed", CRITICAL, WEB)
CODE(DJANGO_SERVER_ERROR, "django/server-error", CRITICAL, WEB)
INFERRED(DJANGO_DATABASE_PAGES_FAILED, "django/database-pages-failed", CRITICAL, DATABASE)
CODE(DJANGO_HEADER_LAYER_FAILED, "django/header-layer-failed", CRITICAL, DATABASE)
CODE(DJANGO_APPLICATION_FAILED, "django/application-failed", CRITICAL, WEB)
CODE(DJANGO_DISALLOWED_HOST, "django/disallowed-host", CRITICAL, SETTINGS)
CODE(DJANGO_DEBUG_ON, "django/debug-on", CRITICAL, SETTINGS)
CODE(DJANGO_SLOW, "django/slow", WARNING, WEB)
CODE(DJANGO_WRONG_ANSWER, "django/wrong-answer", CRITICAL, WEB)
CODE(DJANGO_NOT_THROUGH_NGINX, "django/not-through-nginx", CRITICAL, NGINX)
BLIND(DJANGO_UNSEEN, "django/unseen", WARNING, EJMON)
