/* The parts of a configuration that are read one after the other, by tables of kinds handed in: for conf.c, and for tests with tables of
 * their own. */
#ifndef EJMON_LOAD_H
#define EJMON_LOAD_H

#include "conf/options.h"

struct conf_tables {
  const struct check_kind *const *checks; /* each NULL-terminated */
  const struct remedy_kind *const *remedies;
  const struct sink_kind *const *sinks;
};
extern const struct conf_tables conf_tables_generated;

/* The keys every check knows, as options of struct conf_check; those of remedies, of struct remedy_keys; those of the top level, of struct
 * top_keys. */
extern const struct option check_options[];
extern const size_t check_option_count;
/* The keys that only extra checks know: subject.c. */
extern const struct option extra_options[];
extern const size_t extra_option_count;
struct remedy_keys {
  char *mode;
  long attempts_per_hour;
  double cool_down;
};
extern const struct option remedy_options[];
extern const size_t remedy_option_count;
extern const char *const mode_choices[]; /* by enum acting_mode, NULL-terminated */
struct top_keys {
  char *mode, *state, *listen, *lang;
  double grace;
};
extern const struct option top_options[];
extern const size_t top_option_count;

/* From the text of a configuration (NULL: none). file: its name in messages. The environment is NULL-terminated KEY=VALUE. 0 or -EINVAL. */
int conf_load_text(const struct conf_tables *tables, const char *bytes, size_t length, const char *file, const char *env_file,
                   char *const *environment, struct conf **ret_conf, struct conf_errors *ret_errors) must_check;
int conf_probe_tables(const struct conf_tables *tables, const char *kind, char *const *words, char *const *environment,
                      struct conf_check *ret_check, struct conf_errors *ret_errors) must_check;
int conf_kind_help_tables(const struct conf_tables *tables, const char *kind, struct text *ret_text) must_check;

/* checks: and defaults: of the root (NULL: none) into conf->checks. The stack must have been read. */
void checks_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf);
/* May a check have this name? Else an error. */
bool subject_name_check(struct conf_reader *reader, const struct tree_node *key, const char *path);
/* Is a check of this kind a subject of its own, which knows the extra_options? */
bool subject_is_own(const struct check_kind *kind, bool standard) must_check;
/* Sets subject and stands_behind of a check whose options have been read; source: of stands_behind. node: its mapping, or NULL; conf: NULL
 * without a stack. */
void subject_settle(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct conf *conf, bool standard,
                    struct conf_check *check, struct conf_source *source);
/* remedies: and sinks:. The mode must have been read. */
void remedies_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf);
void sinks_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf);
void conf_remedy_free(struct conf_remedy *remedy);
void conf_sink_free(struct conf_sink *sink);

#endif
