/* `ejmon explain --setting NAME`: the way of one setting of EJ from config.env to the page, for the configured stack. Looks, and changes
 * nothing; what could not be looked at is said. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/ej_names.h"
#include "checks/ej/theme_oracle.h"
#include "checks/env/env_chain.h"
#include "checks/inside/env_look.h"
#include "checks/web/web_fetch.h"
#include "monitor/base/json_text.h"
#include "monitor/base/lang.h"
#include "monitor/database/pg.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/commands/explain.h"

#define LOOK_SECONDS 8.       /* for each place, all at the same time: a person waits, and a hung site takes 30 s to say so */
#define GENERATION_SECONDS 4. /* of them at most until the page is asked as that of a generation that is not known */

/* Everything that is looked at; lives until all tasks have ended. */
struct looking {
  const struct conf *conf;
  const struct env_setting *setting;
  struct place place;
  struct env_file_look file;
  char *file_error;
  bool file_read;
  char **container;
  char *container_unseen;
  bool container_looked, later, generation_asked;
  char generation;
  struct env_outcome outcome;
  char *row_unseen, *row_url, *page_unseen, *page;
  struct web_fetch fetch;
  struct env_chain chain;
};

/* --- the places -------------------------------------------------------------------------------------------------------------------- */

static int look_at_file(void *argument) {
  struct looking *l = argument;
  if (!l->conf->stack.env_file) return 0;
  int r = env_look_file(l->conf->stack.env_file, &l->file, &l->file_error);
  l->file_read = r == 0;
  if (r < 0 && !l->file_error) l->file_error = xstrdup(lang_error(-r));
  return 0;
}

static int look_at_container(void *argument) {
  struct looking *l = argument;
  if (!place_exists(&l->place)) {
    l->container_unseen = xstrdup(translated("there is no way into the container: set stack.docker or stack.web_command."));
    return 0;
  }
  char *error = NULL;
  int r = env_look_container(&l->place, LOOK_SECONDS * 0.9, &l->container, NULL, &error);
  l->container_looked = r == 0;
  if (r < 0) l->container_unseen = error ? error : xstrdup(lang_error(-r));
  return 0;
}

static int look_at_files(void *argument) {
  struct looking *l = argument;
  const char *configured = l->conf->stack.generation;
  if (configured && strlen(configured) == 1) {
    l->generation = *configured;
  } else if (place_exists(&l->place)) {
    (void)!env_look_generation(&l->place, l->conf->stack.app_root, LOOK_SECONDS * 0.9, &l->generation, &l->later);
  }
  l->generation_asked = true;
  return 0;
}

static int look_at_row(void *argument) {
  struct looking *l = argument;
  if (!l->setting->row) return 0;
  if (!l->conf->stack.postgres) {
    l->row_unseen = xstrdup(translated("stack.postgres is not set."));
    return 0;
  }
  struct pg *pg = NULL;
  auto_pg_error struct pg_error error = {0};
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_connect(l->conf->stack.postgres, &pg, &error);
  if (r == 0) r = pg_query(pg, "SELECT left(url, 500) FROM ej_rocketchat_rcconfig WHERE is_active ORDER BY id LIMIT 10", &rows, &error);
  if (r < 0) {
    l->row_unseen = text_format("%s.", error.message ? error.message : lang_error(-r));
  } else {
    l->outcome.rows = rows.count;
    l->row_url = rows.count ? xstrdup(pg_cell(&rows, 0, 0)) : NULL;
  }
  pg_close(pg);
  return 0;
}

static int look_at_page(void *argument) {
  struct looking *l = argument;
  const struct stack *stack = &l->conf->stack;
  if (!l->setting->outlets) return 0;
  if (!stack->site) {
    l->page_unseen = xstrdup(translated("stack.site is not set."));
    return 0;
  }
  /* Of the pages that carry the headers, /start/ tells the theme as well; generation C has none. */
  while (!l->generation_asked && task_time_left() > LOOK_SECONDS - GENERATION_SECONDS) {
    if (task_sleep(0.02) < 0) break; /* cancelled: the fetch will say so */
  }
  web_fetch_init(&l->fetch, stack->site, l->generation == 'C' ? "/login/" : "/start/", stack->host, stack->cacert);
  l->page = xstrdup(l->fetch.url);
  int r = web_fetch_one(&l->fetch);
  if (r < 0 || l->fetch.result < 0 || l->fetch.answer.author == WEB_NGINX || l->fetch.answer.author == WEB_PROXY) {
    auto_free char *what = web_fetch_describe(&l->fetch);
    l->page_unseen = text_format("%s", what);
  }
  return 0;
}

static struct task *look(const char *name, int (*run)(void *argument), struct looking *l) {
  return task_start(name, LOOK_SECONDS, run, l);
}

static int look_everywhere(void *argument) {
  struct looking *l = argument;
  struct task *looks[] = {look("config.env", look_at_file, l), look("container", look_at_container, l), look("files", look_at_files, l),
                          look("row", look_at_row, l), look("page", look_at_page, l)};
  for (size_t i = 0; i < countof(looks); i++) (void)task_join(looks[i]);
  return 0;
}

/* --- putting it together ------------------------------------------------------------------------------------------------------------ */

static void make_chain(struct looking *l) {
  struct env_view view = {.file = l->file_read ? &l->file.file : NULL,
                          .file_name = l->conf->stack.env_file,
                          .container = l->container,
                          .container_looked = l->container_looked,
                          .generation = l->generation,
                          .later = l->later};
  if (!view.generation) l->generation = view.generation = env_view_generation(&view);
  struct env_outcome *outcome = &l->outcome;
  outcome->row_unseen = l->row_unseen;
  outcome->row_url = l->row_url;
  outcome->page_unseen = l->page_unseen;
  outcome->page = l->page;
  if (!l->page_unseen) {
    outcome->csp = http_header(&l->fetch.response, "Content-Security-Policy", 0);
    outcome->xfo = http_header(&l->fetch.response, "X-Frame-Options", 0);
    outcome->origin = http_header(&l->fetch.response, "Access-Control-Allow-Origin", 0);
    outcome->credentials = http_header(&l->fetch.response, "Access-Control-Allow-Credentials", 0);
    outcome->theme = l->fetch.response.body ? theme_of_page(l->fetch.response.body, l->fetch.response.body_length) : NULL;
  }
  env_chain_make(l->setting, &view, l->container_unseen, outcome, &l->chain);
}

static char *generations_show(const struct env_setting *setting) {
  if (!*setting->generations) return xstrdup(translated("no generation of EJ reads it"));
  struct text out = {0};
  text_add(&out, strlen(setting->generations) == 1 ? translated("read by generation ") : translated("read by generations "));
  for (const char *p = setting->generations; *p; p++) text_printf(&out, "%s%c", p == setting->generations ? "" : ", ", *p);
  return text_steal(&out);
}

static void add_text(const struct looking *l, struct text *text) {
  static const char *const types[] = {[ENV_TEXT] = translatable("a text"),
                                      [ENV_BOOLEAN] = translatable("true or false"),
                                      [ENV_LIST] = translatable("a list: a,b,c without blanks"),
                                      [ENV_SOURCES] = translatable("a list: a,b,c"),
                                      [ENV_ORIGIN] = translatable("an address: scheme://host[:port]"),
                                      [ENV_DATABASE] = translatable("a database's address, as a URL")};
  const struct env_setting *setting = l->setting;
  auto_free char *generations = generations_show(setting);
  auto_text struct text head = {0};
  text_printf(&head, "%s; %s", translated(types[setting->type]), generations);
  if (setting->fallback) text_printf(&head, translated("; default: %s"), *setting->fallback ? setting->fallback : translated("(empty)"));
  if (l->generation) text_printf(&head, translated(". This EJ is of generation %c"), l->generation);
  text_printf(text, "%s\n", setting->name);
  explain_wrap(text, "  ", 2, translated(setting->effect));
  text_add_char(&head, '.');
  *head.data = (char)toupper((unsigned char)*head.data);
  explain_wrap(text, "  ", 2, text_get(&head));
  if (l->file_error) text_printf(text, translated("\n? config.env\n    Could not look: %s\n"), l->file_error);
  for (size_t i = 0; i < l->chain.count; i++) {
    const struct env_step *step = &l->chain.steps[i];
    static const char *const marks[] = {[ENV_STEP_FINE] = "+", [ENV_STEP_ABSENT] = "-", [ENV_STEP_CUT] = "!", [ENV_STEP_UNSEEN] = "?"};
    text_printf(text, "%s%s %s\n", i == 0 && !l->file_error ? "\n" : "", marks[step->state], translated(step->where));
    auto_free char *saw = step->saw ? redact(translated(step->saw)) : NULL;
    if (saw) text_printf(text, "    %s\n", saw);
    if (step->says) explain_wrap(text, "    ", 4, translated(step->says));
  }
  bool in_part = l->file_error != NULL;
  for (size_t i = 0; i < l->chain.count; i++) in_part = in_part || l->chain.steps[i].state == ENV_STEP_UNSEEN;
  text_add_char(text, '\n');
  if (l->chain.cut) {
    auto_free char *cut = text_format(translated("Cut: %s"), translated(l->chain.cut));
    explain_wrap(text, "", 0, cut);
  } else {
    explain_wrap(text, "", 0,
                 in_part ? translated("Nothing is cut, as far as could be seen.")
                         : translated("Nothing is cut: what config.env says is what comes out."));
  }
}

static json_t *text_or_null(const char *string) {
  return string ? json_text(string) : json_null();
}

static json_t *make_json(const struct looking *l) {
  const struct env_setting *setting = l->setting;
  json_t *steps = json_array();
  for (size_t i = 0; i < l->chain.count; i++) {
    const struct env_step *step = &l->chain.steps[i];
    json_array_append_new(steps, json_pack("{s:s, s:o, s:s, s:o, s:o}", "stage", step->stage, "where", json_plain(step->where), "state",
                                           env_step_states[step->state], "saw", text_or_null(step->saw), "says",
                                           step->says ? json_plain(step->says) : json_null()));
  }
  json_t *generations = json_array();
  for (const char *p = setting->generations; *p; p++) json_array_append_new(generations, json_stringn(p, 1));
  char letter[2] = {l->generation, '\0'};
  return json_pack("{s:s, s:s, s:s, s:b, s:o, s:s?, s:s?, s:o, s:o, s:o}", "schema", "ejmon.setting/1", "setting", setting->name, "effect",
                   setting->effect, "secret", setting->secret, "read_by", generations, "generation", l->generation ? letter : NULL,
                   "default", setting->fallback, "file_error", text_or_null(l->file_error), "steps", steps, "cut",
                   text_or_null(l->chain.cut));
}

static void looking_free(struct looking *l) {
  env_file_look_free(&l->file);
  strings_free(l->container);
  free(l->file_error);
  free(l->container_unseen);
  free(l->row_unseen);
  free(l->row_url);
  free(l->page_unseen);
  free(l->page);
  web_fetch_free(&l->fetch);
  env_chain_free(&l->chain);
}

static int refuse_setting(const char *name) {
  const char *instead = ej_name_instead(name);
  if (instead && env_setting_find(instead))
    return command_refuse("EJ does not read %s; it reads %s (`ejmon explain --setting %s`)", name, instead, instead);
  if (ej_name_is_read(name)) return command_refuse("EJ reads %s, but nothing is known of its way", name);
  const char *nearest = env_setting_nearest(name);
  auto_free char *typed = command_typed(name);
  if (nearest) return command_refuse("EJ reads no variable called '%s', did you mean '%s'?", typed, nearest);
  auto_text struct text all = {0};
  for (size_t i = 0; i < env_setting_count; i++) text_printf(&all, "%s%s", i ? ", " : "", env_settings[i].name);
  return command_refuse("EJ reads no variable called '%s'; it reads %s", typed, text_get(&all));
}

int explain_setting(const struct invocation *invocation, bool as_json) {
  struct looking l = {.setting = env_setting_find(invocation->setting)};
  if (!l.setting) return refuse_setting(invocation->setting);
  struct conf *conf = command_load_to_look(invocation);
  if (!conf) return EXIT_UNKNOWN;
  l.conf = conf;
  l.place = (struct place){.docker = conf->stack.docker,
                           .project = conf->stack.project,
                           .service = conf->stack.web_service ? conf->stack.web_service : "web",
                           .command = conf->stack.web_command};
  int r = task_run_to_end("explain", 0, look_everywhere, &l);
  make_chain(&l);
  auto_text struct text text = {0};
  if (as_json) {
    json_t *row = make_json(&l);
    auto_free char *dump = json_dumps(row, JSON_INDENT(2));
    text_printf(&text, "%s\n", dump);
    json_decref(row);
  } else {
    add_text(&l, &text);
  }
  command_print(&text);
  looking_free(&l);
  conf_free(conf);
  return r < 0 ? EXIT_UNKNOWN : 0;
}
