/* The keys that a check kind, a remedy kind or a sink kind takes, as a table: conf/ reads ejmon.yaml and KEY=VALUE by it, `ejmon explain
 * --kind` prints it. Each row fills one member of the kind's config struct. */
#ifndef EJMON_OPTION_H
#define EJMON_OPTION_H

#include <stddef.h>

#include "monitor/base/text.h"

enum option_type {
  OPTION_STRING,   /* char *, NULL when unset */
  OPTION_SECRET,   /* char *; registered for redaction; KEY_file reads it from a file; refused as KEY=VALUE on the command line */
  OPTION_URL,      /* char *, absolute http(s) URL */
  OPTION_ORIGIN,   /* char *, scheme://host[:port], no path */
  OPTION_DSN,      /* char *, of one of the schemes in choices, else of any; its password is registered for redaction */
  OPTION_PATH,     /* char *, a file or folder, perhaps of a container's */
  OPTION_FILE,     /* char *, a file or folder that has to be there where ejmon runs */
  OPTION_SOCKET,   /* char *, unix:///path of a socket that has to be there where ejmon runs; a path alone will do */
  OPTION_DURATION, /* double, seconds */
  OPTION_SIZE,     /* size_t, bytes */
  OPTION_INTEGER,  /* long, within [low, high] */
  OPTION_BOOLEAN,  /* bool */
  OPTION_CHOICE,   /* char *, one of choices */
  OPTION_LIST,     /* char **, NULL-terminated; a YAML list or one scalar; repeated KEY=VALUE */
  OPTION_COMMAND,  /* the same, a program that has to be there where ejmon runs, and its arguments */
};

struct option {
  const char *key; /* as in ejmon.yaml */
  enum option_type type;
  size_t offset;        /* offsetof the member in the config struct */
  const char *fallback; /* the default as it would be written, or NULL; a "{site}" in it is replaced by that key of stack:, and
                           the whole default is unset if that key is */
  bool required;
  bool secret_path;           /* OPTION_DSN: what stands behind the host may be a secret, and is not shown */
  const char *group;          /* written below this key in ejmon.yaml (`expect: { status: 200 }`), or NULL */
  const char *const *choices; /* OPTION_CHOICE: the words; OPTION_DSN: the schemes, or NULL; NULL-terminated */
  long low, high;             /* OPTION_INTEGER */
  const char *help;           /* one sentence */
  /* What else a string or an item of a list has to be, or NULL: 0, or -EINVAL with a new string that completes "checks.x.key: ...". */
  int (*check)(const char *text, char **ret_error);
};

/* Most of a row: {OPTION(struct tcp_config, send, STRING, NULL, "What is sent."), .required = true}. With _AT the key and the member
 * differ. */
#define OPTION(config, member, kind, default_value, words) OPTION_AT(config, #member, member, kind, default_value, words)
#define OPTION_AT(config, name, member, kind, default_value, words) \
  .key = name, .type = OPTION_##kind, .offset = offsetof(config, member), .fallback = default_value, .help = words

#endif
