/* Which variables EJ reads, and hints for those it does not; see ej_names.h. */
#include "checks/ej/ej_names.h"

#include <string.h>

#include "monitor/base/lang.h"

/* Read by some generation of EJ, by the images of the stack or by EJ's tasks. */
static const char *const names_read[] = {
    "ADMIN_PASSWORD",
    "COUNTRY",
    "DB_HOST",
    "DEFAULT_FROM_EMAIL",
    "DEFAULT_FROM_NAME",
    "DISABLE_DJANGO_DEBUG_TOOLBAR",
    "DJANGO_ADMIN_URL",
    "DJANGO_ALLOWED_HOSTS",
    "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS",
    "DJANGO_CORS_ALLOW_CREDENTIALS",
    "DJANGO_CORS_ORIGIN_ALLOW_ALL",
    "DJANGO_CSRF_TRUSTED_ORIGINS",
    "DJANGO_DB_URL",
    "DJANGO_DEBUG",
    "DJANGO_ENVIRONMENT",
    "DJANGO_HOSTNAME",
    "DJANGO_LANGUAGE_CODE",
    "DJANGO_LOCALE_NAME",
    "DJANGO_LOGIN_URL",
    "DJANGO_LOG_FILE_PATH",
    "DJANGO_MEDIA_ROOT",
    "DJANGO_MEDIA_URL",
    "DJANGO_SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_STATIC_ROOT",
    "DJANGO_STATIC_URL",
    "DJANGO_SUPERUSER_PASSWORD",
    "DJANGO_TIME_ZONE",
    "DJANGO_X_FRAME_OPTIONS",
    "EJ_ANONYMOUS_HOME_PATH",
    "EJ_ENABLE_BOARDS",
    "EJ_ENABLE_CLUSTERS",
    "EJ_ENABLE_CONVERSATIONS",
    "EJ_ENABLE_DATAVIZ",
    "EJ_ENABLE_GAMIFICATION",
    "EJ_ENABLE_NOTIFICATIONS",
    "EJ_ENABLE_PROFILES",
    "EJ_LOGIN_TITLE_TEXT",
    "EJ_MAX_COMMENTS_PER_CONVERSATION",
    "EJ_MAX_CONVERSATIONS_PER_BOARD",
    "EJ_PAGE_TITLE",
    "EJ_PROFILE_EXCLUDE_FIELDS",
    "EJ_REGISTER_TEXT",
    "EJ_ROCKETCHAT_ADMIN_ID",
    "EJ_ROCKETCHAT_ADMIN_PASSWORD",
    "EJ_ROCKETCHAT_ADMIN_USERNAME",
    "EJ_ROCKETCHAT_API_URL",
    "EJ_ROCKETCHAT_AUTH_TOKEN",
    "EJ_ROCKETCHAT_INTEGRATION",
    "EJ_ROCKETCHAT_INTERNAL_DOMAINS",
    "EJ_ROCKETCHAT_URL",
    "EJ_THEME",
    "EJ_USER_HOME_PATH",
    "EMAIL_BACKEND",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_USE_SSL",
    "EMAIL_USE_TLS",
    "EXPERIMENTAL_ACCELERATE",
    "FAKE_DB",
    "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS",
    "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN",
    "HTTP_CONTENT_SECURITY_POLICY",
    "HTTP_X_FRAME_OPTIONS",
    "PGPORT",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "USER_PASSWORD",
    "USE_DJANGO_ADMIN",
    "USING_DOCKER",
    NULL,
};

/* Names that people write, also because config.env or a comment suggests them. */
static const struct {
  const char *name, *instead, *why;
} names_meant[] = {
    {"ALLOWED_HOSTS", "DJANGO_ALLOWED_HOSTS", NULL},
    {"CONTENT_SECURITY_POLICY_FRAME_ANCESTORS", "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS", NULL},
    {"CSRF_TRUSTED_ORIGINS", "DJANGO_CSRF_TRUSTED_ORIGINS", NULL},
    {"DATABASE_URL", "DJANGO_DB_URL", NULL},
    {"DB_URL", "DJANGO_DB_URL", NULL},
    {"DEBUG", "DJANGO_DEBUG", NULL},
    {"DJANGO_DATABASE_URL", "DJANGO_DB_URL", NULL},
    {"DJANGO_THEME", "EJ_THEME", NULL},
    {"EJ_EXCLUDE_PROFILE_FIELDS", "EJ_PROFILE_EXCLUDE_FIELDS", translatable("the first name is of generation A alone")},
    {"EJ_HOSTNAME", "DJANGO_HOSTNAME", NULL},
    {"EJ_ROCKETCHAT_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD",
     translatable("generation A reads EJ_ROCKETCHAT_USER_PASSWORD, and no password at all in its check")},
    {"EJ_ROCKETCHAT_USERNAME", "EJ_ROCKETCHAT_ADMIN_USERNAME", translatable("only generation A reads the first name")},
    {"EJ_ROCKETCHAT_USER_ID", "EJ_ROCKETCHAT_ADMIN_ID", translatable("only generation A reads the first name")},
    {"EJ_ROCKETCHAT_USER_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD", translatable("only generation A reads the first name")},
    {"ENVIRONMENT", "DJANGO_ENVIRONMENT", NULL},
    {"FRAME_ANCESTORS", "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS", NULL},
    {"HOSTNAME", "DJANGO_HOSTNAME", NULL},
    {"ROCKETCHAT_URL", "EJ_ROCKETCHAT_URL", NULL},
    {"SECRET_KEY", "DJANGO_SECRET_KEY", NULL},
    {"STATIC_ROOT", "DJANGO_STATIC_ROOT", NULL},
    {"STATIC_URL", "DJANGO_STATIC_URL", NULL},
    {"THEME", "EJ_THEME", NULL},
    {"X_FRAME_OPTIONS", "DJANGO_X_FRAME_OPTIONS", NULL},
};

bool ej_name_is_read(const char *name) {
  for (const char *const *n = names_read; *n; n++) {
    if (strcmp(*n, name) == 0) return true;
  }
  return false;
}

/* Do they differ in one place only, by two letters at most? */
static bool is_misspelt(const char *name, const char *real) {
  size_t same_start = 0, name_length = strlen(name), real_length = strlen(real), same_end = 0;
  size_t shorter = name_length < real_length ? name_length : real_length;
  while (same_start < shorter && name[same_start] == real[same_start]) same_start++;
  while (same_end < shorter - same_start && name[name_length - 1 - same_end] == real[real_length - 1 - same_end]) same_end++;
  size_t name_rest = name_length - same_start - same_end, real_rest = real_length - same_start - same_end;
  return name_rest <= 2 && real_rest <= 2 && real_length >= 8;
}

const char *ej_name_instead(const char *name) {
  if (ej_name_is_read(name)) return NULL;
  for (size_t i = 0; i < countof(names_meant); i++) {
    if (strcmp(names_meant[i].name, name) == 0) return names_meant[i].instead;
  }
  if (!text_starts(name, "DJANGO_") && !text_starts(name, "EJ_") && !text_starts(name, "HTTP_")) return NULL;
  const char *nearest = text_nearest(name, names_read);
  return nearest && is_misspelt(name, nearest) ? nearest : NULL;
}

char *ej_name_hint(const char *name) {
  if (ej_name_is_read(name)) return NULL;
  for (size_t i = 0; i < countof(names_meant); i++) {
    if (strcmp(names_meant[i].name, name) != 0) continue;
    if (!names_meant[i].why) return text_format(translated("EJ does not read %s; it reads %s"), name, names_meant[i].instead);
    return text_format(translated("EJ does not read %s; it reads %s (%s)"), name, names_meant[i].instead, translated(names_meant[i].why));
  }
  const char *nearest = text_nearest(name, names_read);
  if (nearest) return text_format(translated("EJ does not read %s; did you mean %s?"), name, nearest);
  if (text_starts(name, "EJ_") || text_starts(name, "DJANGO_")) {
    return text_format(translated("EJ does not read %s; it has no effect"), name);
  }
  return NULL;
}
