/* EJ's config.env as docker reads it: pure parsing, and the readings that EJ itself gives to a value.
 *
 * There is no one grammar: `docker run --env-file` and Compose before 1.26 pass what stands behind '=' as it is, newer Compose takes quotes
 * and trailing comments off (EJ contract section 2). So each entry has both readings, and whatever differs between them gets a note. Notes
 * never show a value, since it may be a secret. */
#ifndef EJMON_ENV_FILE_H
#define EJMON_ENV_FILE_H

#include "monitor/base/names.h"
#include "monitor/base/text.h"

#define ENV_FILE_LIMIT (1u << 20)  /* bytes of a file; what follows is not read */
#define ENV_LINE_LIMIT (32u << 10) /* bytes of a line; longer ones are left out (docker refuses lines of 64 KiB) */
#define ENV_ENTRY_LIMIT 4096       /* entries of a file */
#define ENV_NOTE_LIMIT 200         /* notes on a file */

struct env_entry {
  char *name;
  char *value; /* as docker run and old Compose pass it: quotes and comments included */
  char *plain; /* as new Compose passes it; the same text where they agree */
  int line;
  size_t before;               /* lines of this name that stand above */
  bool quoted;                 /* the value is written in quotes */
  bool exported, blank_before; /* behind 'export', before a blank and '=': docker refuses the line or misreads the name */
};

struct env_note {
  int line;
  char *text; /* one sentence, without the file's name */
};

struct env_file {
  struct env_entry *entries; /* in the order of the file, repeated names included */
  size_t entry_count;
  struct names names;     /* for env_file_find(): the place of the last entry of each name, from 1 on */
  struct env_note *notes; /* in the order of lines */
  size_t note_count;
  char *cut; /* a sentence: why lines that may be settings were not read; NULL: what is not among the entries is not in the file */
};

/* Never fails: what cannot be read becomes a note. */
void env_file_parse(const char *bytes, size_t length, struct env_file *ret_file);
void env_file_free(struct env_file *file);
/* The entry that counts, which is the last one of that name, or NULL. */
const struct env_entry *env_file_find(const struct env_file *file, const char *name);

/* As django-environ 0.4.5 reads: true/on/ok/y/yes/1 in any case or any integer but zero; everything else is false, silently. */
bool env_read_bool(const char *value);
/* Split on ',', nothing trimmed, empty items dropped. Never NULL. */
char **env_read_list(const char *value) must_check;
/* The name that a value of the form "$NAME" makes EJ read instead, or NULL if it is no such value. Points into value. */
const char *env_read_indirection(const char *value);

#endif
