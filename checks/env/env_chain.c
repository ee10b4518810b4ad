/* Makes the chain of one setting; see env_chain.h. Pure. */
#include "checks/env/env_chain.h"

#include <stdlib.h>
#include <string.h>

#include "checks/ej/env_database.h"
#include "checks/ej/env_secret.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

const char *const env_step_states[] = {"fine", "absent", "cut", "unseen"};

struct making {
  const struct env_setting *setting;
  const struct env_view *view;
  const struct env_outcome *outcome;
  struct env_chain *chain;
};

/* A whole sentence, made as English, in the chosen language; those that hold names are looked up before the names are put in, and a word
 * alone may be a value. */
static char *in_language(char *english) {
  const char *other = english && strchr(english, ' ') ? translated(english) : english;
  if (other == english) return english;
  char *copy = xstrdup(other);
  free(english);
  return copy;
}

/* Adds a step; takes where, saw and says. The first cut is the chain's. */
static void step_add(const struct making *m, const char *stage, enum env_step_state state, char *where, char *saw, char *says) {
  struct env_step *step = array_push(&m->chain->steps, &m->chain->count, sizeof *step);
  *step =
      (struct env_step){.stage = stage, .where = in_language(where), .saw = in_language(saw), .says = in_language(says), .state = state};
  if (state == ENV_STEP_CUT && step->says && !m->chain->cut) m->chain->cut = xstrdup(step->says);
}

/* --- config.env ------------------------------------------------------------------------------------------------------------------ */

static void step_file(const struct making *m) {
  const char *name = m->setting->name;
  if (!m->view->file) return;
  const struct env_entry *entry = env_file_find(m->view->file, name);
  if (!entry) {
    step_add(m, "file", ENV_STEP_ABSENT, xstrdup(m->view->file_name), xstrdup(translatable("(no such line)")), NULL);
    return;
  }
  struct text says = {0};
  enum env_step_state state = ENV_STEP_FINE;
  if ((entry->exported || entry->blank_before) && !(m->view->container_looked && env_entry_reached(entry, m->view))) {
    state = ENV_STEP_CUT;
    text_add(
        &says,
        translated(entry->exported
                       ? translatable("'export' is for shells: docker run refuses this line, and older Compose makes the word a part of "
                                      "the name, which EJ does not know then. Write the line without it. ")
                       : translatable("A blank stands before '=': docker refuses this line or makes the blank a part of the name, which "
                                      "EJ does not know then. Write the line without it. ")));
  }
  size_t lines = entry->before + 1;
  if (lines > 1) text_printf(&says, translated("The name stands in %zu lines; this last one counts. "), lines);
  if (entry->quoted) {
    text_add(
        &says,
        translated(
            "It is written in quotes: docker run and Compose before 1.26 pass them on as a part of the value, newer Compose does not. "));
  } else if (strcmp(entry->value, entry->plain) != 0) {
    text_add(&says, translated("docker run and Compose before 1.26 pass on the comment and the blanks too. "));
  }
  if (strchr(entry->value, '$')) text_add(&says, translated("Newer Compose fills in a $NAME from the shell that it was started in. "));
  if (says.length) says.data[--says.length] = '\0';
  step_add(m, "file", state, text_format(translated("%s, line %d"), m->view->file_name, entry->line), env_show(name, entry->value),
           says.length ? text_steal(&says) : NULL);
  text_free(&says);
}

/* --- the container --------------------------------------------------------------------------------------------------------------- */

static void step_container(const struct making *m, const char *unseen) {
  const char *name = m->setting->name;
  if (!m->view->container_looked) {
    if (unseen)
      step_add(m, "container", ENV_STEP_UNSEEN, xstrdup(translatable("the web container")), NULL,
               text_format(translated("Could not look: %s"), unseen));
    return;
  }
  const struct env_entry *entry = m->view->file ? env_file_find(m->view->file, name) : NULL;
  const char *value = env_view_get(m->view, name);
  char *says = NULL;
  enum env_step_state state = value ? ENV_STEP_FINE : ENV_STEP_ABSENT;
  if (entry && !env_entry_reached(entry, m->view)) {
    state = ENV_STEP_CUT;
    says = text_format(
        translated(
            "The container was created with another %s than config.env says now: the file was edited and web not re-created since (docker "
            "restart never re-reads it), or compose's own `environment:` overrides the file."),
        name);
  } else if (!entry && value && m->view->file) {
    says = xstrdup(translatable(
        "Not from config.env: it comes from the image, from compose's `environment:`, or from a line that was deleted since."));
  }
  step_add(m, "container", state, xstrdup(translatable("the web container")), env_show(name, value), says);
}

/* --- EJ's reading ---------------------------------------------------------------------------------------------------------------- */

static char *list_show(const char *value) {
  auto_strings char **items = env_read_list(value);
  struct text shown = {0};
  for (char **item = items; *item; item++) {
    text_add(&shown, shown.length ? ", \"" : "\"");
    text_add_printable(&shown, *item, strlen(*item), ENV_SHOWN_LIMIT);
    text_add_char(&shown, '"');
  }
  if (!shown.length) text_add(&shown, translated("(no item)"));
  text_limit(&shown, 2 * ENV_SHOWN_LIMIT);
  return text_steal(&shown);
}

/* The name behind a "$"; of a secret it is a piece of the value, most likely. */
static char *other_show(const struct making *m, const char *name) {
  if (m->setting->secret) return xstrdup(translated("the variable of that name"));
  auto_free char *shown = env_show("", name);
  return text_format(translated("the variable %s"), shown);
}

static char *default_show(const struct making *m) {
  const struct env_setting *setting = m->setting;
  if (!setting->fallback) return xstrdup(translated("(nothing)"));
  return text_format(translated("%s, its default"), *setting->fallback ? setting->fallback : translated("(empty)"));
}

/* What can be said of the key without showing it. */
static char *key_says(const char *key) {
  if (!*key) return xstrdup(translatable("Every worker makes a key of its own."));
  if (env_key_is_published(key)) return xstrdup(translatable("It is one that EJ's repository publishes: anybody can forge what EJ signs."));
  const char *weakness = env_key_weakness(key);
  return weakness ? text_format(translated("It can be guessed: %s."), translated(weakness))
                  : xstrdup(translatable("It is none of those that EJ's repository publishes."));
}

/* Where Django connects to; nothing of an address that falls apart, since its pieces are pieces of the password. */
static char *database_read(const char *url, char **ret_says, enum env_step_state *ret_state) {
  struct env_database database;
  struct text shown = {0};
  env_database_parse(url, &database);
  const char *fault = env_database_fault(&database);
  if (fault) {
    *ret_state = ENV_STEP_CUT;
    free(*ret_says);
    *ret_says = text_format(translated("Django cannot use it: %s."), translated(fault));
    text_add(&shown, "[hidden]");
  } else if (database.engine == ENV_ENGINE_SQLITE) {
    text_add(&shown, translated("a SQLite file inside the container"));
  } else {
    text_add(&shown, translated("PostgreSQL, host "));
    text_add_printable(&shown, database.host, strlen(database.host), ENV_SHOWN_LIMIT);
    if (database.port) text_printf(&shown, translated(", port %ld"), database.port);
    text_add(&shown, translated(", database "));
    text_add_printable(&shown, database.name, strlen(database.name), ENV_SHOWN_LIMIT);
    text_add(&shown, translated(*database.password ? translatable(", with a password") : translatable(", without a password")));
  }
  env_database_free(&database);
  return text_steal(&shown);
}

/* What EJ makes of a value that is set. */
static char *value_read(const struct making *m, const char *value, char **ret_says, enum env_step_state *ret_state) {
  const char *name = m->setting->name;
  if (env_is_quoted(value)) {
    *ret_state = ENV_STEP_CUT;
    *ret_says = xstrdup(translatable("The quotes are a part of the value: EJ takes none off."));
  }
  switch (m->setting->type) {
    case ENV_BOOLEAN:
      if (!env_read_bool(value) && !env_is_false_word(value)) {
        *ret_state = ENV_STEP_CUT;
        free(*ret_says);
        *ret_says = xstrdup(translatable(
            "EJ takes only true, on, ok, y, yes, 1 or another number for true; every other word is false, and nobody is told."));
      }
      return xstrdup(env_read_bool(value) ? "true" : "false");
    case ENV_LIST:
    case ENV_SOURCES:
      if (m->setting->type == ENV_LIST && env_has_blank_item(value)) {
        *ret_state = ENV_STEP_CUT;
        free(*ret_says);
        *ret_says =
            xstrdup(translatable("EJ splits at the commas and trims nothing: an item with a blank before or behind it matches nothing."));
      }
      return list_show(value);
    case ENV_ORIGIN:
      if (*value && !strstr(value, "://")) {
        *ret_state = ENV_STEP_CUT;
        free(*ret_says);
        *ret_says = xstrdup(translatable("There is no scheme: EJ cuts the host out behind ://, and finds none."));
      } else if (*value && strcmp(name, "EJ_ROCKETCHAT_URL") == 0) {
        auto_free char *origin = http_origin(value);
        const char *path = strpbrk(strstr(value, "://") + 3, "/?#");
        if (origin && strcmp(origin, value) == 0) break;
        *ret_state = ENV_STEP_CUT;
        free(*ret_says);
        *ret_says = xstrdup(
            path && strcmp(path, "/") != 0
                ? translatable("There is a path: browsers compare with an origin, which has none, so it matches no page of Rocket.Chat.")
                : translatable("Browsers write an origin in another form, and without an active row they compare this one to the byte."));
      }
      break;
    case ENV_DATABASE:
      return database_read(value, ret_says, ret_state);
    case ENV_TEXT:
      if (strcmp(name, "DJANGO_SECRET_KEY") == 0) *ret_says = key_says(value);
      if (env_view_ends_start(m->view, name)) {
        *ret_state = ENV_STEP_CUT;
        free(*ret_says);
        *ret_says = xstrdup(translatable("EJ does not know this word: it ends EJ's start, and web restarts in a loop."));
      }
      break;
  }
  return env_show(name, value);
}

static void step_ej(const struct making *m) {
  const struct env_setting *setting = m->setting;
  struct env_reading reading;
  env_view_read(m->view, setting->name, &reading);
  enum env_step_state state = ENV_STEP_FINE;
  char *saw = NULL, *says = NULL;
  if (!env_setting_is_read(setting, m->view->generation)) {
    state = reading.raw && *reading.raw && *setting->generations ? ENV_STEP_CUT : ENV_STEP_ABSENT;
    says = m->view->generation ? text_format(translated("EJ of generation %c does not read %s."), m->view->generation, setting->name)
                               : text_format(translated("EJ does not read %s."), setting->name);
  } else if (reading.lead == ENV_LEADS_IN_CIRCLE) {
    state = ENV_STEP_CUT;
    says = xstrdup(translatable("The value begins with $ and leads back to itself in the end: EJ's start dies of it (RecursionError)."));
  } else if (reading.lead == ENV_LEADS_NOWHERE) {
    state = ENV_STEP_CUT;
    auto_free char *other = other_show(m, reading.end);
    says = text_format(translated("The value begins with $, so EJ reads %s instead, which is not set: %s counts as not set."), other,
                       setting->name);
    saw = default_show(m);
  } else if (!reading.value) {
    saw = default_show(m);
    state = ENV_STEP_ABSENT;
  } else {
    saw = value_read(m, reading.value, &says, &state);
    if (reading.lead == ENV_FOLLOWED && !says) {
      auto_free char *other = other_show(m, reading.end);
      says = text_format(translated("The value begins with $: EJ reads %s instead."), other);
    }
  }
  step_add(m, "ej", state, xstrdup(translatable("EJ's settings")), saw, says);
}

/* --- the database ---------------------------------------------------------------------------------------------------------------- */

static void step_row(const struct making *m) {
  const struct env_outcome *outcome = m->outcome;
  if (!m->setting->row || m->view->generation == 'C') return;
  static const char where[] = translatable("active row of ej_rocketchat_rcconfig");
  if (outcome->row_unseen) {
    step_add(m, "row", ENV_STEP_UNSEEN, xstrdup(where), NULL, text_format(translated("Could not look: %s"), outcome->row_unseen));
  } else if (outcome->rows == 0) {
    step_add(m, "row", ENV_STEP_ABSENT, xstrdup(where), xstrdup(translated("(none)")),
             xstrdup(translatable("Without one the environment counts.")));
  } else if (outcome->rows > 1) {
    step_add(m, "row", ENV_STEP_CUT, xstrdup(where), text_format(translated("%zu rows"), outcome->rows),
             xstrdup(translatable("Two active rows end every request in an error.")));
  } else if (text_equal(outcome->row_url, env_view_value(m->view, "EJ_ROCKETCHAT_URL")) &&
             strcmp(m->setting->name, "EJ_ROCKETCHAT_URL") == 0) {
    step_add(m, "row", ENV_STEP_FINE, xstrdup(where), env_show("", outcome->row_url), xstrdup(translatable("It says the same.")));
  } else {
    bool url = strcmp(m->setting->name, "EJ_ROCKETCHAT_URL") == 0;
    step_add(
        m, "row", url ? ENV_STEP_CUT : ENV_STEP_FINE, xstrdup(where), env_show("", outcome->row_url),
        url ? xstrdup(translatable(
                  "The active row of the database wins for the login (Access-Control-Allow-Origin, X-Frame-Options, the page's script); "
                  "frame-ancestors still comes from the environment alone."))
            : xstrdup(translatable("The active row of the database wins over the variable.")));
  }
}

/* --- the page -------------------------------------------------------------------------------------------------------------------- */

/* host[:port][/path] as EJ cuts it out of an address: what stands behind "://"; "" without. */
static const char *behind_scheme(const char *url) {
  const char *mark = strstr(url, "://");
  return mark ? mark + 3 : "";
}

static bool csp_lists(const char *csp, const char *word) {
  size_t length = strlen(word);
  for (const char *p = csp; length && *p;) {
    size_t item = strcspn(p, " ;,");
    if (item == length && strncmp(p, word, item) == 0) return true;
    p += item + (p[item] != '\0');
  }
  return false;
}

/* Is a list's every item in the policy? */
static bool csp_lists_all(const char *csp, const char *list) {
  auto_strings char **items = env_read_list(list);
  for (char **item = items; *item; item++) {
    const char *start = *item + strspn(*item, " \t");
    auto_free char *word = xstrndup(start, strcspn(start, " \t"));
    if (*word && !csp_lists(csp, word)) return false;
  }
  return true;
}

static void cut_csp(const struct making *m, char **ret_says) {
  const struct env_view *view = m->view;
  const char *csp = m->outcome->csp, *name = m->setting->name, *value = env_view_value(view, name);
  bool on = env_view_is_integrated(view);
  const char *override = view->generation == 'A' ? "" : env_view_value(view, "HTTP_CONTENT_SECURITY_POLICY");
  if (strcmp(name, "EJ_ROCKETCHAT_INTEGRATION") == 0) {
    if (on && !csp)
      *ret_says = xstrdup(translatable(
          "The integration is on, and still no policy comes out: a proxy takes it off, the header layer fails, or the process is older than its environment."));
    if (!on && csp) *ret_says = xstrdup(translatable("The integration is off, and still a policy comes out: a proxy adds it."));
    return;
  }
  if (!on) {
    *ret_says = xstrdup(translatable("The Rocket.Chat integration is off, so EJ sends no such list."));
  } else if (!csp) {
    *ret_says = xstrdup(translatable("No policy comes out: a proxy takes it off, or the header layer fails."));
  } else if (strcmp(name, "HTTP_CONTENT_SECURITY_POLICY") == 0) {
    if (*value && strcmp(csp, value) != 0) *ret_says = xstrdup(translatable("Another policy comes out: a proxy replaces it."));
  } else if (*override) {
    *ret_says =
        xstrdup(translatable("HTTP_CONTENT_SECURITY_POLICY is set: an override replaces the whole list, and this setting with it."));
  } else {
    bool listed = m->setting->type == ENV_ORIGIN ? !*value || csp_lists(csp, behind_scheme(value)) : csp_lists_all(csp, value);
    if (!listed)
      *ret_says = xstrdup(translatable(
          "It is missing in the list that comes out: a proxy replaces the policy, or the process is older than its environment."));
  }
}

static void cut_origin(const struct making *m, char **ret_says) {
  const struct env_outcome *outcome = m->outcome;
  const char *name = m->setting->name, *value = env_view_value(m->view, name);
  if (!env_view_is_integrated(m->view)) {
    *ret_says = xstrdup(translatable("The Rocket.Chat integration is off, so EJ sends no such header."));
    return;
  }
  if (strcmp(name, "EJ_ROCKETCHAT_URL") == 0) {
    const char *override = m->view->generation == 'A' ? "" : env_view_value(m->view, "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN");
    if (*override) {
      *ret_says = xstrdup(translatable("HTTP_ACCESS_CONTROL_ALLOW_ORIGIN is set: it replaces this address in the header."));
      return;
    }
    if (!outcome->row_unseen && outcome->rows == 1) value = outcome->row_url;
    if (outcome->row_unseen) return; /* it may be the row's address */
  }
  if (*value && !text_equal(outcome->origin, value))
    *ret_says = xstrdup(translatable("Another origin comes out: a proxy replaces it, or the process is older than its environment."));
}

static void step_page(const struct making *m, enum env_outlet outlet, const char *header, const char *saw,
                      void (*cut)(const struct making *m, char **ret_says)) {
  if (!(m->setting->outlets & outlet)) return;
  auto_free char *where = m->outcome->page ? text_format(translated("%s of %s"), header, m->outcome->page) : xstrdup(header);
  if (m->outcome->page_unseen) {
    step_add(m, "page", ENV_STEP_UNSEEN, xstrdup(where), NULL, text_format(translated("Could not look: %s"), m->outcome->page_unseen));
    return;
  }
  char *says = NULL;
  if (cut) cut(m, &says);
  step_add(m, "page",
           says  ? ENV_STEP_CUT
           : saw ? ENV_STEP_FINE
                 : ENV_STEP_ABSENT,
           xstrdup(where), saw ? env_show("", saw) : xstrdup(translatable("(no such header)")), says);
}

static void cut_xfo(const struct making *m, char **ret_says) {
  if (strcmp(m->setting->name, "DJANGO_X_FRAME_OPTIONS") != 0 || !env_view_is_integrated(m->view)) return;
  if (env_view_get(m->view, m->setting->name))
    *ret_says = xstrdup(translatable(
        "The Rocket.Chat integration is on: its middleware sets the header first, and Django's setting only fills a missing one."));
}

static void cut_credentials(const struct making *m, char **ret_says) {
  if (env_view_is_integrated(m->view) && m->outcome->credentials && strcmp(m->outcome->credentials, "true") != 0)
    *ret_says = xstrdup(translatable("Browsers accept exactly \"true\" and nothing else."));
}

static void cut_theme(const struct making *m, char **ret_says) {
  const char *value = env_view_value(m->view, "EJ_THEME");
  bool shipped = strcmp(value, "default") == 0 || strcmp(value, "cpa") == 0;
  if (shipped && m->outcome->theme && strcmp(m->outcome->theme, value) != 0)
    *ret_says = xstrdup(translatable("The pages are of another theme: the process was started with another EJ_THEME."));
}

/* --- all ------------------------------------------------------------------------------------------------------------------------- */

void env_chain_make(const struct env_setting *setting, const struct env_view *view, const char *container_unseen,
                    const struct env_outcome *outcome, struct env_chain *ret_chain) {
  *ret_chain = (struct env_chain){.setting = setting};
  const struct making m = {.setting = setting, .view = view, .outcome = outcome, .chain = ret_chain};
  step_file(&m);
  step_container(&m, container_unseen);
  step_ej(&m);
  if (!outcome || !env_setting_is_read(setting, view->generation)) return;
  step_row(&m);
  step_page(&m, ENV_OUT_CSP, "Content-Security-Policy", outcome->csp, cut_csp);
  step_page(&m, ENV_OUT_ORIGIN, "Access-Control-Allow-Origin", outcome->origin, cut_origin);
  step_page(&m, ENV_OUT_CREDENTIALS, "Access-Control-Allow-Credentials", outcome->credentials, cut_credentials);
  step_page(&m, ENV_OUT_XFO, "X-Frame-Options", outcome->xfo, cut_xfo);
  step_page(&m, ENV_OUT_THEME, "theme", outcome->theme, cut_theme);
}

void env_chain_free(struct env_chain *chain) {
  for (size_t i = 0; i < chain->count; i++) {
    free(chain->steps[i].where);
    free(chain->steps[i].saw);
    free(chain->steps[i].says);
  }
  free(chain->steps);
  free(chain->cut);
  *chain = (struct env_chain){0};
}
