/* What a check is about: the stack, or, where it was added to the standard ones, itself; and whether it stands behind the stack; see
 * load.h. */
#include <errno.h>
#include <string.h>

#include "conf/load.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

#define BEHIND_STACK "stack"
#define BEHIND_NONE "none"

static const char *const behind_choices[] = {BEHIND_STACK, BEHIND_NONE, NULL};

const struct option extra_options[] = {
    {OPTION_AT(
         struct conf_check, "stands_behind", behind, CHOICE, NULL,
         "stack: out of reach because the stack is down, it is not told a second time; none: told for itself. Default: stack where its "
         "scheme, host and port are the site's."),
     .choices = behind_choices},
};
const size_t extra_option_count = countof(extra_options);

bool subject_name_check(struct conf_reader *reader, const struct tree_node *key, const char *path) {
  const bool taken = text_equal_nocase(key->text, CONF_SUBJECT_STACK) || text_equal_nocase(key->text, CONF_SUBJECT_EJMON);
  if (taken) {
    reader_error(reader, key, path, "no check may be called %s: reports and pages call %s so; give it a name of its own, for example my-%s",
                 key->text,
                 text_equal_nocase(key->text, CONF_SUBJECT_STACK) ? translated("all standard checks together") : translated("ejmon itself"),
                 key->text);
  }
  return !taken;
}

/* The value of the key that names the target, as the kind itself reads it; NULL when it has none. */
static const char *address_of(const struct conf_check *check) {
  for (size_t i = 0; check->kind->target && i < check->kind->option_count; i++) {
    const struct option *option = &check->kind->options[i];
    if (strcmp(option->key, check->kind->target) == 0) return option_string(option, check->config);
  }
  return NULL;
}

/* Has a target the site's scheme, host and port? One without a scheme (tcp's host:port) is compared by the other two. */
static bool is_of_site(const char *target, const char *site) {
  const char *mark = site ? strstr(site, "://") : NULL;
  if (!target || !mark) return false;
  auto_free char *url = strstr(target, "://") ? xstrdup(target) : text_format("%.*s://%s", (int)(mark - site), site, target);
  auto_free char *origin = http_origin(url), *wanted = http_origin(site);
  return origin && text_equal(origin, wanted);
}

/* The default of stands_behind. */
static void behind_default(const struct conf *conf, struct conf_check *check, struct conf_source *source) {
  const bool behind = is_of_site(address_of(check), conf->stack.site);
  check->behind = xstrdup(behind ? BEHIND_STACK : BEHIND_NONE);
  *source = (struct conf_source){.kind = behind ? SOURCE_STACK : SOURCE_DEFAULT, .name = "{site}"};
}

bool subject_is_own(const struct check_kind *kind, bool standard) {
  return !standard && kind->scope == CHECK_SCOPE_TARGET;
}

static void refuse_key(struct conf_reader *reader, const struct tree_node *node, const char *path, bool standard) {
  auto_free char *key = reader_path(path, "stands_behind");
  reader_error(reader, node, key, "%s",
               standard
                   ? translated("a standard check is a part of the stack; leave this key out, or add a check of another name, which is "
                                "told for itself")
                   : translated("a check of this kind looks at the stack itself; leave this key out"));
}

void subject_settle(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct conf *conf, bool standard,
                    struct conf_check *check, struct conf_source *source) {
  if (!subject_is_own(check->kind, standard)) {
    const struct tree_node *given = tree_get(node, "stands_behind");
    if (given) refuse_key(reader, given, path, standard);
    return;
  }
  check->subject = check->name;
  if (conf && source->kind == SOURCE_NONE) behind_default(conf, check, source);
  check->stands_behind = text_equal(check->behind, BEHIND_STACK);
}

/* --- the same target ------------------------------------------------------------------------------------------------------- */

bool conf_check_same(const struct conf_check *a, const struct conf_check *b) {
  if (a->kind != b->kind || a->timeout < b->timeout || a->timeout > b->timeout) return false;
  for (size_t i = 0; i < a->kind->option_count; i++) {
    if (!option_same(&a->kind->options[i], a->config, b->config)) return false;
  }
  return true;
}
