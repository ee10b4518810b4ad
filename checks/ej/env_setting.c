/* The table of EJ's settings; see env_setting.h. Data, and three ways to look something up in it. */
#include "checks/ej/env_setting.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

const struct env_setting env_settings[] = {
    {"COUNTRY", ENV_TEXT, false, "ABC", "", translatable("Language and time zone; a country that EJ does not know ends the start."), 0,
     false, 0},
    {"DB_HOST", ENV_TEXT, false, "C", "db",
     translatable("The database's host; with `db`, or without it, generation C falls back to DJANGO_DB_URL, and without that to SQLite."),
     0, false, 0},
    {"DEFAULT_FROM_EMAIL", ENV_TEXT, false, "ABC", NULL, translatable("The sender of EJ's mail."), 0, false, 0},
    {"DJANGO_ADMIN_URL", ENV_TEXT, false, "AB", "/admin/", translatable("The path of Django's administration."), 0, false, 0},
    {"DJANGO_ALLOWED_HOSTS", ENV_LIST, false, "AB", "",
     translatable("The host names that EJ answers to, beside DJANGO_HOSTNAME; any other gets 400."), 0, false, ENV_AREA_HOSTS},
    {"DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS", ENV_SOURCES, false, "AB", "",
     translatable("It joins the list of who may embed EJ's pages (frame-ancestors), while the Rocket.Chat integration is on."), ENV_OUT_CSP,
     false, ENV_AREA_FRAME},
    {"DJANGO_CSRF_TRUSTED_ORIGINS", ENV_LIST, false, "AB", "",
     translatable("Hosts whose forms EJ accepts; with the integration on they join frame-ancestors."), ENV_OUT_CSP, false, ENV_AREA_FRAME},
    {"DJANGO_DB_URL", ENV_DATABASE, true, "ABC", "sqlite:///local/db/db.sqlite3",
     translatable("The database. POSTGRES_DB, _USER and _PASSWORD are not read by EJ."), 0, false, 0},
    {"DJANGO_DEBUG", ENV_BOOLEAN, false, "ABC", "", translatable("Error pages with code and settings for everybody."), 0, false, 0},
    {"DJANGO_ENVIRONMENT", ENV_TEXT, false, "ABC", "local",
     translatable(
         "local, test or production; another word ends the start. `inv gunicorn` sets production itself, so it reaches collect and migrate only."),
     0, false, 0},
    {"DJANGO_HOSTNAME", ENV_TEXT, false, "AB", "localhost",
     translatable("The first host name that EJ answers to; with the integration on it joins frame-ancestors."), ENV_OUT_CSP, false,
     ENV_AREA_HOSTS},
    {"DJANGO_LOGIN_URL", ENV_TEXT, false, "ABC", "/login/", translatable("The path of the login page."), 0, false, 0},
    {"DJANGO_MEDIA_ROOT", ENV_TEXT, false, "ABC", NULL, translatable("Where uploaded files are written; nginx serves the default place."),
     0, false, 0},
    {"DJANGO_MEDIA_URL", ENV_TEXT, false, "ABC", "/media/", translatable("The path of uploaded files."), 0, false, 0},
    {"DJANGO_SECRET_KEY", ENV_TEXT, true, "ABC", NULL,
     translatable("Signs sessions and links; without it every worker makes a key of its own, and users are logged out at random."), 0,
     false, 0},
    {"DJANGO_STATIC_ROOT", ENV_TEXT, false, "ABC", NULL,
     translatable("Where collect writes the static files; nginx serves the default place."), 0, false, 0},
    {"DJANGO_STATIC_URL", ENV_TEXT, false, "ABC", "/static/",
     translatable("The path of static files; pages name some of them by /static/ whatever it says."), 0, false, 0},
    {"DJANGO_X_FRAME_OPTIONS", ENV_TEXT, false, "ABC", "SAMEORIGIN",
     translatable(
         "X-Frame-Options, but not while the Rocket.Chat integration is on: its middleware sets the header first, and Django's only fills a missing one."),
     ENV_OUT_XFO, false, ENV_AREA_FRAME},
    {"EJ_ANONYMOUS_HOME_PATH", ENV_TEXT, false, "AB", "/start/", translatable("Where / leads visitors who are not logged in."), 0, false,
     0},
    {"EJ_PAGE_TITLE", ENV_TEXT, false, "ABC", NULL, translatable("The title of the pages; the theme's own by default."), 0, false, 0},
    {"EJ_PROFILE_EXCLUDE_FIELDS", ENV_LIST, false, "BC", "", translatable("Fields that profiles do not show."), 0, false, 0},
    {"EJ_ROCKETCHAT_ADMIN_ID", ENV_TEXT, false, "B", "", translatable("Rocket.Chat's administrator, when no active row names one."), 0,
     true, ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_ADMIN_PASSWORD", ENV_TEXT, true, "B", "", translatable("Rocket.Chat's administrator, when no active row names one."), 0,
     true, ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_ADMIN_USERNAME", ENV_TEXT, false, "B", "", translatable("Rocket.Chat's administrator, when no active row names one."),
     0, true, ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_API_URL", ENV_ORIGIN, false, "AB", "",
     translatable("Rocket.Chat's address for EJ's own calls; its host joins frame-ancestors. Browsers never use it."), ENV_OUT_CSP, true,
     ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_AUTH_TOKEN", ENV_TEXT, true, "B", "", translatable("Rocket.Chat's administrator, when no active row names one."), 0,
     true, ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_INTEGRATION", ENV_BOOLEAN, false, "AB", "false",
     translatable("The whole integration: /talks/, the framing headers on every page, the tables of ej_rocketchat."), ENV_OUT_CSP, false,
     ENV_AREA_FRAME},
    {"EJ_ROCKETCHAT_URL", ENV_ORIGIN, false, "AB", "http://localhost:3000",
     translatable(
         "Rocket.Chat's address as browsers see it: its host joins frame-ancestors, and without an active row it is the origin that may log in."),
     ENV_OUT_CSP | ENV_OUT_XFO | ENV_OUT_ORIGIN, true, ENV_AREA_FRAME},
    {"EJ_THEME", ENV_TEXT, false, "ABC", "default",
     translatable("The theme of pages, CSS and images; read when the process starts and when it collects."), ENV_OUT_THEME, false,
     ENV_AREA_THEME},
    {"EJ_USER_HOME_PATH", ENV_TEXT, false, "AB", "/conversations/", translatable("Where / leads users who are logged in."), 0, false, 0},
    {"EMAIL_BACKEND", ENV_TEXT, false, "ABC", NULL, translatable("How EJ sends mail; SMTP in production."), 0, false, 0},
    {"EMAIL_HOST", ENV_TEXT, false, "ABC", NULL, translatable("The mail server."), 0, false, 0},
    {"EMAIL_HOST_PASSWORD", ENV_TEXT, true, "ABC", NULL, translatable("The mail server's password."), 0, false, 0},
    {"EMAIL_HOST_USER", ENV_TEXT, false, "ABC", NULL, translatable("The mail server's user."), 0, false, 0},
    {"EMAIL_PORT", ENV_TEXT, false, "ABC", NULL, translatable("The mail server's port."), 0, false, 0},
    {"EMAIL_USE_SSL", ENV_BOOLEAN, false, "ABC", "false", translatable("TLS from the first byte to the mail server."), 0, false, 0},
    {"EMAIL_USE_TLS", ENV_BOOLEAN, false, "ABC", "false", translatable("STARTTLS to the mail server."), 0, false, 0},
    {"HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS", ENV_TEXT, false, "B", "true",
     translatable("Generation B, integration on: it replaces the whole "
                  "Access-Control-Allow-Credentials; browsers want exactly true."),
     ENV_OUT_CREDENTIALS, false, ENV_AREA_FRAME},
    {"HTTP_ACCESS_CONTROL_ALLOW_ORIGIN", ENV_TEXT, false, "B", "",
     translatable("Generation B, integration on: it replaces the whole "
                  "Access-Control-Allow-Origin."),
     ENV_OUT_ORIGIN, false, ENV_AREA_FRAME},
    {"HTTP_CONTENT_SECURITY_POLICY", ENV_TEXT, false, "B", "",
     translatable("Generation B, integration on: it replaces the whole "
                  "Content-Security-Policy, and with it every list that EJ builds: hostname, trusted origins, Rocket.Chat."),
     ENV_OUT_CSP, false, ENV_AREA_FRAME},
    {"HTTP_X_FRAME_OPTIONS", ENV_TEXT, false, "B", "",
     translatable("Generation B, integration on: it replaces the whole "
                  "X-Frame-Options, which browsers of today ignore beside frame-ancestors."),
     ENV_OUT_XFO, false, ENV_AREA_FRAME},
    {"PGPORT", ENV_TEXT, false, "ABC", "5432", translatable("The port of EJ's own connection test, which does not look at the URL's."), 0,
     false, 0},
    {"POSTGRES_DB", ENV_TEXT, false, "", NULL,
     translatable("Read by the postgres image alone, and only on the first start of an empty volume."), 0, false, 0},
    {"POSTGRES_PASSWORD", ENV_TEXT, true, "", NULL,
     translatable("Read by the postgres image alone, and only on the first start of an empty volume."), 0, false, 0},
    {"POSTGRES_USER", ENV_TEXT, false, "", NULL,
     translatable("Read by the postgres image alone, and only on the first start of an empty volume."), 0, false, 0},
};
const size_t env_setting_count = countof(env_settings);

const struct env_setting *env_setting_find(const char *name) {
  for (size_t i = 0; i < env_setting_count; i++) {
    if (strcmp(env_settings[i].name, name) == 0) return &env_settings[i];
  }
  return NULL;
}

const char *env_setting_nearest(const char *name) {
  const char *names[countof(env_settings) + 1] = {NULL};
  for (size_t i = 0; i < env_setting_count; i++) names[i] = env_settings[i].name;
  return text_nearest(name, names);
}

bool env_setting_is_read(const struct env_setting *setting, char generation) {
  return *setting->generations && (!generation || strchr(setting->generations, generation));
}
