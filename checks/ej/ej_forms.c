/* Writes commands as this stack's generation and its services want them typed; see ej_generation.h. No shell is parsed: only the words of a
 * docker-compose command are looked at, and only those that EJ's own guide and ejmon's texts use. */
#include <string.h>

#include "checks/ej/ej_generation.h"

#define POETRY "/root/.local/bin/poetry run "
static const char *const composes[] = {"docker-compose ", "docker compose "};

static bool is_new(const struct ej_forms *forms) {
  return forms->generation == 'C' || forms->later;
}

/* The service here that goes by this name in A and B, or NULL when the word is no service. */
static const char *service_for(const struct ej_forms *forms, const char *word, size_t length) {
  bool web = length == 3 && memcmp(word, "web", 3) == 0, nginx = length == 5 && memcmp(word, "nginx", 5) == 0;
  bool postgres = length == 8 && memcmp(word, "postgres", 8) == 0;
  if (web) return forms->web_service && strcmp(forms->web_service, "web") != 0 ? forms->web_service : is_new(forms) ? "server" : "web";
  if (nginx) return forms->nginx_service ? forms->nginx_service : "nginx";
  if (postgres) return is_new(forms) ? "db" : "postgres";
  return NULL;
}

/* What follows the service of an exec: C's tools live in a poetry environment, its database and role are called ej. */
static void add_inside(const struct ej_forms *forms, const char **command, struct text *text) {
  static const char *const database[] = {"psql -U user -d db ", "pg_dump -U user db "};
  static const char *const database_new[] = {"psql -U ej -d ej ", "pg_dump -U ej ej "};
  if (forms->generation == 'C' && (text_starts(*command, "inv ") || text_starts(*command, "python "))) text_add(text, POETRY);
  for (size_t i = 0; is_new(forms) && i < countof(database); i++) {
    if (!text_starts(*command, database[i])) continue;
    text_add(text, database_new[i]);
    *command += strlen(database[i]);
  }
}

/* From behind "docker-compose " to the end of that command. Returns where it ends. */
static const char *add_compose(const struct ej_forms *forms, const char *p, struct text *text) {
  bool inside = text_starts(p, "exec ") || text_starts(p, "run ");
  while (*p && !strchr(";|&#)\n", *p)) {
    size_t length = strcspn(p, " ;|&#)\n");
    const char *service = service_for(forms, p, length);
    if (service) {
      text_add(text, service);
    } else {
      text_add_bytes(text, p, length);
    }
    p += length;
    while (*p == ' ') text_add_char(text, *p++);
    if (!service || !inside) continue;
    add_inside(forms, &p, text);
    break;
  }
  return p;
}

static const char *root_of(const struct ej_forms *forms) {
  if (forms->app_root && strcmp(forms->app_root, "/app") != 0) return forms->app_root;
  return forms->generation == 'C' ? "/ej-application" : forms->later ? "/ej-server" : "/app";
}

static bool begins_path(const char *start, const char *p) {
  return text_starts(p, "/app/") && (p == start || strchr(" :'\"(=", p[-1]));
}

char *ej_by_hand(const struct ej_forms *forms, const char *command) {
  auto_text struct text services = {0};
  struct text text = {0};
  for (const char *p = command; *p;) {
    size_t compose = 0;
    for (size_t i = 0; i < countof(composes); i++) {
      if (text_starts(p, composes[i])) compose = strlen(composes[i]);
    }
    text_add_bytes(&services, p, compose ? compose : 1);
    p = compose ? add_compose(forms, p + compose, &services) : p + 1;
  }
  const char *start = text_get(&services);
  for (const char *p = start; *p;) {
    bool path = begins_path(start, p);
    if (path) text_add(&text, root_of(forms));
    if (!path) text_add_char(&text, *p);
    p += path ? strlen("/app") : 1;
  }
  return text.length ? text_steal(&text) : xstrdup("");
}
