/* Finds, reads and checks the configuration as a whole; see conf.h. The sections are read by stack.c, checks.c and actors.c. */
#include "conf/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/stack.h"
#include "conf/value.h"
#include "monitor/base/lang.h"

#define CONF_FILE_LIMIT (1u << 20)
#define STATE_FOLDER "/var/lib/ejmon"

const struct option top_options[] = {
    {OPTION(struct top_keys, mode, CHOICE, "auto", "The most that any remedy may do: observe, suggest, approve or auto."),
     .choices = mode_choices},
    {OPTION(struct top_keys, state, PATH, STATE_FOLDER, "Folder of the journal, the snapshots and the control socket.")},
    {OPTION(struct top_keys, listen, STRING, NULL,
            "Address of the status server, 127.0.0.1:9469: kept for it, this version serves nothing.")},
    {OPTION(struct top_keys, grace, DURATION, "8s", "How long `ejmon run` may take to stop (Docker kills after 10 s).")},
    {OPTION(struct top_keys, lang, STRING, NULL,
            "Language of all that people read: en, pt_BR; default: LC_ALL, LC_MESSAGES, LANG. --lang outranks it.")},
};
const size_t top_option_count = countof(top_options);
enum { GRACE = 3 }; /* its row */

static void top_read(struct conf_reader *reader, const struct tree_node *root, struct conf *conf) {
  static const char *const sections[] = {"stack", "defaults", "checks", "remedies", "sinks", NULL};
  struct top_keys keys = {0};
  conf->sources = xcalloc(top_option_count, sizeof *conf->sources);
  const struct option_set set = {.options = top_options, .count = top_option_count, .config = &keys, .sources = conf->sources};
  options_read(reader, root, NULL, sections, &set, 1);
  options_default(reader, root, NULL, &set, NULL);
  auto_free char *error = NULL;
  if (keys.listen && value_address(keys.listen, &error) < 0) reader_error(reader, tree_get(root, "listen"), "listen", "%s", error);
  if (keys.listen && !error)
    reader_warn(reader, tree_get(root, "listen"), "listen",
                "this version serves nothing at any address; leave the key out, and ask `ejmon status` and `ejmon health`");
  if (keys.grace <= 0 && conf->sources[GRACE].kind == SOURCE_CONFIG && tree_get(root, "grace"))
    reader_warn(reader, tree_get(root, "grace"), "grace",
                "no time to stop in: whatever is under way is cut off; leave the key out for its default");
  conf->mode = MODE_AUTO;
  for (enum acting_mode mode = MODE_OBSERVE; keys.mode && mode <= MODE_AUTO; mode++) {
    if (strcmp(mode_choices[mode], keys.mode) == 0) conf->mode = mode;
  }
  free(keys.mode);
  conf->state = keys.state;
  conf->listen = keys.listen;
  conf->grace = keys.grace;
  conf->lang = keys.lang;
}

/* Before anything else is read, so that its errors are told in this language, too. */
static void lang_read(struct conf_reader *reader, const struct tree_node *root) {
  const struct tree_node *node = tree_get(root, "lang");
  auto_free char *value = NULL;
  auto_free char *error = NULL;
  if (!node || node->type != TREE_SCALAR || tree_is_null(node) || value_expand(node->text, reader->environment, &value, &error) < 0) {
    int r = lang_scope_by_conf(NULL); /* what is wrong with the key is told where it is read */
    (void)r;
  } else if (lang_scope_by_conf(value) < 0) {
    auto_text struct text all = {0};
    for (const struct language *language = languages; language->name; language++) text_printf(&all, ", %s", language->name);
    reader_error(reader, node, "lang", "no such language: there are en%s", text_get(&all));
  }
}

/* The folder of the configuration file, absolute, so that what conf_show() prints holds wherever it is read again. */
static char *folder_of(const char *file) {
  const char *slash = file ? strrchr(file, '/') : NULL;
  if (!file) return NULL;
  auto_free char *folder = slash ? xstrndup(file, slash == file ? 1 : (size_t)(slash - file)) : xstrdup(".");
  char *absolute = realpath(folder, NULL);
  if (absolute && strcmp(absolute, "/") == 0) *absolute = '\0';
  return absolute;
}

static int text_load(const struct conf_tables *tables, const char *bytes, size_t length, const char *file, const char *env_file,
                     char *const *environment, bool lenient, struct conf **ret_conf, struct conf_errors *ret_errors) {
  struct conf_reader reader = {.file = file, .environment = environment, .lenient = lenient};
  struct tree tree = {0};
  *ret_errors = (struct conf_errors){0};
  reader.directory = folder_of(file);
  int r = bytes ? tree_parse(bytes, length, &tree) : 0;
  for (size_t i = 0; r < 0 && i < tree.problem_count; i++) {
    const struct tree_node place = {.line = tree.problems[i].line, .column = tree.problems[i].column};
    reader_error(&reader, &place, NULL, "%s", tree.problems[i].text);
  }
  const struct tree_node *root = tree.root;
  if (root && root->type != TREE_MAPPING) {
    reader_error(&reader, root, NULL, "%s stands where the keys stack, checks, ... are wanted", tree_type_name(root->type));
    root = NULL;
  }
  struct conf *conf = xcalloc(1, sizeof *conf);
  conf->holders = 1;
  conf->file = xstrdup(file);
  conf->file_says = root != NULL;
  if (r == 0 || tree.whole) {
    lang_read(&reader, root);
    top_read(&reader, root, conf);
    stack_read(&reader, reader_section(&reader, root, "stack"), env_file, conf);
    checks_read(&reader, tables, root, conf);
    remedies_read(&reader, tables, root, conf);
    sinks_read(&reader, tables, root, conf);
  }
  tree_free(&tree);
  r = reader.error_count ? -EINVAL : 0;
  ret_errors->lines = reader_take_errors(&reader);
  conf->warnings = reader_take_warnings(&reader);
  conf->missing = reader_take_missing(&reader);
  reader_free(&reader);
  lang_scope_end();
  if (r < 0) {
    conf_free(conf);
  } else {
    *ret_conf = conf;
  }
  return r;
}

int conf_load_text(const struct conf_tables *tables, const char *bytes, size_t length, const char *file, const char *env_file,
                   char *const *environment, struct conf **ret_conf, struct conf_errors *ret_errors) {
  return text_load(tables, bytes, length, file, env_file, environment, false, ret_conf, ret_errors);
}

static const char *const usual[] = {"ejmon.yaml", "/etc/ejmon/ejmon.yaml"};

/* The file to read, or NULL: none. Only one that was asked for must exist. */
static const char *file_find(const char *file, bool *ret_asked) {
  const char *named = file ? file : getenv("EJMON_CONFIG");
  *ret_asked = named && *named;
  if (*ret_asked) return named;
  for (size_t i = 0; i < countof(usual); i++) {
    /* One that is there and cannot be read is an error: what it says would silently not count. */
    if (access(usual[i], F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)) return usual[i];
  }
  return NULL;
}

char **conf_files(const char *file) {
  bool asked;
  const char *found = file_find(file, &asked);
  char **files = xcalloc(1, sizeof *files);
  if (found) strings_push(&files, found);
  for (size_t i = 0; !found && i < countof(usual); i++) strings_push(&files, usual[i]);
  if (!found) strings_push(&files, "");
  return files;
}

static int file_load(const char *file, const char *env_file, bool lenient, struct conf **ret_conf, struct conf_errors *ret_errors) {
  bool asked;
  const char *found = file_find(file, &asked);
  if (!found) return text_load(&conf_tables_generated, NULL, 0, NULL, env_file, environ, lenient, ret_conf, ret_errors);
  auto_text struct text content = {0};
  auto_free char *error = NULL;
  *ret_errors = (struct conf_errors){0};
  int r = reader_slurp(found, CONF_FILE_LIMIT, &content, NULL, &error);
  if (r < 0) {
    auto_free char *line = text_format("%s%s", !file && asked ? "$EJMON_CONFIG: " : "", error);
    strings_push(&ret_errors->lines, line);
    return r == -ENOENT || r == -EACCES ? r : -EINVAL;
  }
  return text_load(&conf_tables_generated, text_get(&content), content.length, found, env_file, environ, lenient, ret_conf, ret_errors);
}

int conf_load(const char *file, const char *env_file, struct conf **ret_conf, struct conf_errors *ret_errors) {
  return file_load(file, env_file, false, ret_conf, ret_errors);
}

int conf_load_to_look(const char *file, const char *env_file, struct conf **ret_conf, struct conf_errors *ret_errors) {
  return file_load(file, env_file, true, ret_conf, ret_errors);
}

/* What stands at a key of the top in this text, or NULL. Behind a syntax error libyaml reads nothing: then the line alone counts. */
static char *key_text(const char *bytes, size_t length, const char *key) {
  struct tree tree = {0};
  const struct tree_node *node = tree_parse(bytes, length, &tree) == 0 || tree.whole ? tree_get(tree.root, key) : NULL;
  char *text = node && node->type == TREE_SCALAR && !tree_is_null(node) ? xstrdup(node->text) : NULL;
  bool whole = tree.whole;
  tree_free(&tree);
  for (size_t from = 0; !whole && !text && from < length;) {
    size_t end = strcspn(bytes + from, "\n"), name = strlen(key);
    if (text_starts(bytes + from, key) && bytes[from + name] == ':' && end < length) text = key_text(bytes + from, end, key);
    from += end + 1;
  }
  return text;
}

/* Chooses the language that lang: names, if it is one. Takes the text. */
static void lang_take(char *text) {
  auto_free char *given = text, *value = NULL, *error = NULL;
  if (!given || value_expand(given, environ, &value, &error) < 0 || lang_choose_by_conf(value) < 0) return; /* the daemon told of it */
}

char *conf_state(const char *file, char **ret_why) {
  bool asked;
  const char *found = file_find(file, &asked);
  auto_free char *directory = folder_of(found);
  const struct conf_reader reader = {.directory = directory};
  auto_text struct text content = {0};
  auto_free char *error = NULL, *value = NULL, *state = NULL;
  *ret_why = NULL;
  int r = found ? reader_slurp(found, CONF_FILE_LIMIT, &content, NULL, &error) : 0;
  if (r == 0 && content.length) {
    state = key_text(text_get(&content), content.length, "state");
    lang_take(key_text(text_get(&content), content.length, "lang"));
  }
  if (state && value_expand(state, environ, &value, &error) == 0 && *value) return reader_resolve(&reader, value);
  if (error) *ret_why = text_format("%s%s%s", state ? found : "", state ? ": state: " : "", error);
  return xstrdup(STATE_FOLDER);
}

void conf_choose_lang(const struct conf *conf) {
  int r = lang_choose_by_conf(conf->lang);
  (void)r; /* it was there when the configuration was read */
}

struct conf *conf_hold(struct conf *conf) {
  conf->holders++;
  return conf;
}

void conf_free(struct conf *conf) {
  if (!conf || --conf->holders > 0) return;
  for (size_t i = 0; i < conf->check_count; i++) conf_check_free(&conf->checks[i]);
  for (size_t i = 0; i < conf->remedy_count; i++) conf_remedy_free(&conf->remedies[i]);
  for (size_t i = 0; i < conf->sink_count; i++) conf_sink_free(&conf->sinks[i]);
  stack_free(conf);
  sources_free(conf->sources, conf->sources ? top_option_count : 0);
  strings_free(conf->warnings);
  strings_free(conf->missing);
  free(conf->checks);
  free(conf->remedies);
  free(conf->sinks);
  free(conf->file);
  free(conf->state);
  free(conf->listen);
  free(conf->lang);
  free(conf);
}

void conf_errors_free(struct conf_errors *errors) {
  if (!errors) return;
  strings_free(errors->lines);
  errors->lines = NULL;
}
