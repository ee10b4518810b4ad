/* Writes the effective configuration as YAML that can be read again, each value with its source; see conf_show() in conf.h. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/stack.h"
#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

/* May it stand without quotes, and be read as the same text? */
static bool is_plain(const char *value) {
  static const char *const words[] = {"off", "no", "false", "null", "~"};
  if (!*value || (!isalnum((unsigned char)*value) && *value != '/')) return false;
  for (size_t i = 0; i < countof(words); i++) {
    if (text_equal_nocase(value, words[i])) return false;
  }
  for (const char *p = value; *p; p++) {
    if (!isalnum((unsigned char)*p) && !strchr("/._-:@+=", *p)) return false;
    if (*p == ':' && !p[1]) return false;
  }
  return true;
}

/* A value: redacted, with $ doubled so that it is not expanded again. */
static void add_value(struct text *out, const char *value) {
  auto_free char *clean = redact(value);
  if (is_plain(clean)) {
    text_add(out, clean);
    return;
  }
  auto_text struct text escaped = {0};
  for (const char *p = clean; *p; p++) {
    if (*p == '"' || *p == '\\') text_add_char(&escaped, '\\');
    if (*p == '$') text_add_char(&escaped, '$');
    text_add_char(&escaped, *p);
  }
  /* What is not printable becomes \xNN, which double quotes understand. */
  text_add_char(out, '"');
  text_add_printable(out, text_get(&escaped), escaped.length, SIZE_MAX / 2);
  text_add_char(out, '"');
}

static void add_comment(struct text *out, const char *comment) {
  text_add(out, "  # ");
  text_add_printable(out, comment, strlen(comment), 300);
  text_add_char(out, '\n');
}

static void add_source(struct text *out, const struct conf *conf, const struct conf_source *source) {
  auto_text struct text comment = {0};
  switch (source->kind) {
    case SOURCE_CONFIG:
      text_printf(&comment, "%s:%d", conf->file ? conf->file : "", source->line);
      break;
    case SOURCE_ENV_FILE:
      text_printf(&comment, "%s:%d %s", conf->stack.env_file ? conf->stack.env_file : "", source->line, source->name);
      break;
    case SOURCE_ENVIRONMENT:
      text_printf(&comment, translated("environment %s"), source->name);
      break;
    case SOURCE_STACK:
      text_printf(&comment, translated("default %s"), translated(source->name));
      break;
    case SOURCE_WORD:
      text_add(&comment, translated("command line"));
      break;
    default:
      text_add(&comment, translated("default"));
      break;
  }
  add_comment(out, text_get(&comment));
}

/* An address without what stands behind its host, where that may be a secret. */
static char *address_alone(const char *url) {
  const char *mark = strstr(url, "://");
  size_t host = mark ? (size_t)(mark + 3 - url) : 0, end = host + strcspn(url + host, "/?");
  return url[end] && url[end + 1] ? text_format("%.*s/[hidden]", (int)end, url) : xstrdup(url);
}

/* A program's argument: of each web address in it ("--url=https://h/hook/SECRET", a shell's line) only where it goes to. */
static char *argument_alone(const char *argument) {
  struct text out = {0};
  const char *p = argument;
  for (size_t length; (length = value_address_tail(&p, &out)); p += length) text_add(&out, "[hidden]");
  return text_steal(&out);
}

/* One option in its line, unless it has no value. */
static void add_option(struct text *out, const struct conf *conf, int indent, const struct option *option, const void *config,
                       const struct conf_source *source) {
  if (source->kind == SOURCE_NONE) return;
  if (source->off) {
    text_printf(out, "%*s%s: off", indent, "", option->key);
    add_source(out, conf, source);
    return;
  }
  if (!option_has_value(option, config)) return;
  text_printf(out, "%*s%s%s: ", indent, "", option->key, source->file ? "_file" : "");
  if (source->file) {
    add_value(out, source->file);
  } else if (option->type == OPTION_SECRET) {
    text_add(out, "\"[hidden]\"");
  } else if (option_is_list(option)) {
    text_add_char(out, '[');
    for (char **item = option_list(option, config); *item; item++) {
      if (item != option_list(option, config)) text_add(out, ", ");
      auto_free char *argument = option->type == OPTION_COMMAND ? argument_alone(*item) : xstrdup(*item);
      add_value(out, argument);
    }
    text_add_char(out, ']');
  } else {
    auto_free char *value = option->secret_path ? address_alone(option_string(option, config)) : option_text(option, config);
    add_value(out, value);
  }
  add_source(out, conf, source);
}

/* All options of a table: those without a group, then each group below its own key. */
static void add_options(struct text *out, const struct conf *conf, int indent, const struct option *options, size_t count,
                        const void *config, const struct conf_source *sources) {
  for (size_t i = 0; i < count; i++) {
    if (!options[i].group) add_option(out, conf, indent, &options[i], config, &sources[i]);
  }
  for (size_t i = 0; i < count; i++) {
    bool first = options[i].group != NULL;
    for (size_t k = 0; k < i; k++) first = first && !text_equal(options[k].group, options[i].group);
    if (!first) continue;
    auto_text struct text group = {0};
    for (size_t k = i; k < count; k++) {
      if (text_equal(options[k].group, options[i].group)) add_option(&group, conf, indent + 2, &options[k], config, &sources[k]);
    }
    if (group.length) text_printf(out, "%*s%s:\n%s", indent, "", options[i].group, text_get(&group));
  }
}

static void show_stack(const struct conf *conf, struct text *out) {
  text_add(out, "stack:\n");
  add_options(out, conf, 2, stack_options, stack_option_count, &conf->stack, conf->stack_sources);
  for (size_t i = 0; i < stack_option_count; i++) {
    if (!conf->stack_reasons[i] || option_has_value(&stack_options[i], &conf->stack)) continue;
    auto_free char *why = text_format(translated("%s is not set: %s"), stack_options[i].key, conf->stack_reasons[i]);
    add_comment(out, why);
  }
}

static void show_checks(const struct conf *conf, struct text *out) {
  text_add(out, "checks:\n");
  for (size_t i = 0; i < conf->check_count; i++) {
    const struct conf_check *check = &conf->checks[i];
    if (check->skip) {
      bool off = check->off;
      auto_free char *why = text_format("%s: %s", check->name, check->skip);
      if (off) text_printf(out, "  %s: off", check->name);
      add_comment(out, off ? check->skip : why);
      continue;
    }
    text_printf(out, "  %s:\n    kind: %s\n", check->name, check->kind->name);
    add_options(out, conf, 4, check->kind->options, check->kind->option_count, check->config, check->sources);
    const struct conf_source *common = check->sources + check->kind->option_count;
    add_options(out, conf, 4, check_options, check_option_count, check, common);
    add_options(out, conf, 4, extra_options, extra_option_count, check, common + check_option_count);
  }
}

static void show_remedies(const struct conf *conf, struct text *out) {
  text_add(out, "remedies:\n");
  for (size_t i = 0; i < conf->remedy_count; i++) {
    const struct conf_remedy *remedy = &conf->remedies[i];
    auto_free char *mode = xstrdup(mode_choices[remedy->mode]);
    const struct remedy_keys keys = {.mode = mode, .attempts_per_hour = remedy->attempts_per_hour, .cool_down = remedy->cool_down};
    if (remedy->skip) {
      auto_free char *why = text_format(translated("%s cannot be used: %s"), remedy->kind->name, remedy->skip);
      add_comment(out, why);
      continue;
    }
    text_printf(out, "  %s:\n", remedy->kind->name);
    const struct conf_source *common = remedy->sources + remedy->kind->option_count;
    if (common[0].kind == SOURCE_NONE) {
      bool lowered = remedy->mode < remedy->kind->default_mode;
      text_printf(out, "    mode: %s", mode);
      add_comment(out, lowered ? translated("default, lowered to the mode of the whole") : translated("default"));
    }
    add_options(out, conf, 4, remedy_options, remedy_option_count, &keys, common);
    add_options(out, conf, 4, remedy->kind->options, remedy->kind->option_count, remedy->config, remedy->sources);
  }
}

void conf_show(const struct conf *conf, struct text *ret_text) {
  struct text *out = ret_text;
  text_add(out, translated("# The configuration as ejmon uses it; behind each value where it comes from.\n"));
  if (conf->file) {
    text_add(out, translated("# Read from "));
    text_add_printable(out, conf->file, strlen(conf->file), 300);
    text_add(out, ".\n");
  } else {
    text_add(out, translated("# No ejmon.yaml was found: EJ's environment and defaults alone.\n"));
  }
  auto_free char *mode = xstrdup(mode_choices[conf->mode]);
  const struct top_keys keys = {.mode = mode, .state = conf->state, .listen = conf->listen, .grace = conf->grace, .lang = conf->lang};
  show_stack(conf, out);
  show_checks(conf, out);
  add_options(out, conf, 0, top_options, top_option_count, &keys, conf->sources);
  show_remedies(conf, out);
  bool has_log = false;
  text_add(out, "sinks:\n");
  for (size_t i = 0; i < conf->sink_count; i++) {
    const struct conf_sink *sink = &conf->sinks[i];
    has_log = has_log || strcmp(sink->name, "log") == 0;
    text_printf(out, "  %s:\n    kind: %s\n", sink->name, sink->kind->name);
    add_options(out, conf, 4, sink->kind->options, sink->kind->option_count, sink->config, sink->sources);
  }
  if (!has_log) text_add(out, "  log: off\n");
}
