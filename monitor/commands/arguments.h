/* The command line taken apart by getopt_long: options may stand before or after the command. */
#ifndef EJMON_ARGUMENTS_H
#define EJMON_ARGUMENTS_H

#include "monitor/base/text.h"

/* What the user typed. */
struct invocation {
  const char *config, *env_file, *format, *color, *lang, *kind, *setting, *state;
  bool quiet, verbose, yes, unseen, ready, help, version;
  const char *command;
  char **words;      /* NULL-terminated arguments after the command's name */
  const char *wrong; /* an option that is none, or lacks its value; NULL */
  int wrong_letter;  /* of it, 0: of no letter */
  bool value_missing;
  struct text used; /* the letters of the options given, in the terms of arguments_help() */
};

void arguments_parse(int count, char **arguments, struct invocation *ret_invocation);
/* What is to be said of an option that is wrong, in the language chosen by now; free() it. NULL: none is. */
char *arguments_complaint(const struct invocation *invocation) must_check;
/* Adds one line per option whose letter is in `letters`; NULL: all. */
void arguments_help(const char *letters, struct text *text);
/* "-c, --config FILE" of a letter. */
const char *arguments_form(char letter);

#endif
