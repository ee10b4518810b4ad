/* Finds the command and runs it; prints help and version. The work is done in monitor/commands/. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/helper.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/database/mongo.h"
#include "monitor/database/pg.h"
#include "monitor/base/redact.h"
#include "monitor/base/reserve.h"
#include "monitor/base/resolve.h"
#include "monitor/base/work.h"
#include "monitor/commands/command.h"

static void print_version(void) {
  auto_text struct text text = {0};
  text_printf(&text, "ejmon %s (libcurl %s)\n", EJMON_VERSION, http_library());
  command_print(&text);
}

static void print_help(void) {
  auto_text struct text text = {0};
  text_add(&text, translated("ejmon watches an EJ deployment, names what is wrong, heals what can be healed safely, and proves it.\n\n"
                             "usage: ejmon COMMAND [OPTION...]\n\n"));
  size_t count = 0;
  while (commands[count]) count++;
  for (int order = 0; order < 100; order++) { /* the order a newcomer meets them in, not the alphabet's */
    for (size_t i = 0; i < count; i++) {
      if (commands[i]->order != order) continue;
      auto_free char *usage = text_format("%s %s", commands[i]->name, commands[i]->arguments);
      text_printf(&text, "  %-28s %s\n", usage, translated(commands[i]->summary));
    }
  }
  text_add(&text, translated("\noptions (each command's --help says which of them change what it does):\n"));
  arguments_help(NULL, &text);
  text_add(&text, translated("  -h, --help             this text, or a command's\n      --version\n\nThe manual is ejmon(1).\n"));
  command_print(&text);
}

static void print_command_help(const struct command *command) {
  auto_text struct text text = {0};
  text_printf(&text, translated("usage: ejmon %s%s%s\n\n%s: %s.\n%s\n"), command->name, *command->arguments ? " " : "", command->arguments,
              command->name, translated(command->summary), command->help ? translated(command->help) : "");
  if (*command->options) text_add(&text, translated("\noptions:\n"));
  arguments_help(command->options, &text);
  command_print(&text);
}

static const struct command *command_find(const char *name) {
  for (const struct command *const *command = commands; *command; command++) {
    if (text_equal((*command)->name, name)) return *command;
  }
  return NULL;
}

static int refuse_command(const char *name) {
  const char **names = NULL;
  size_t count = 0;
  for (const struct command *const *command = commands; *command; command++) {
    const char **place = array_push(&names, &count, sizeof *place);
    *place = (*command)->name;
  }
  const char **end = array_push(&names, &count, sizeof *end);
  *end = NULL;
  const char *near = text_nearest(name, names);
  free(names);
  auto_free char *typed = command_typed(name);
  if (near) return command_refuse("there is no command '%s', did you mean '%s'? (`ejmon --help` lists them)", typed, near);
  return command_refuse("there is no command '%s' (`ejmon --help` lists them)", typed);
}

static bool one_of(const char *value, const char *const *choices) {
  for (; *choices; choices++) {
    if (text_equal(value, *choices)) return true;
  }
  return false;
}

/* --color, --lang, -q, -v: they change no more than how much is said and how, so that an alias or a script may give them to any command. */
#define EVERYWHERE "CLqv"

static int choose_language(const char *wanted) {
  lang_choose_by_environment();
  if (!wanted || lang_fix(wanted) == 0) return 0;
  auto_text struct text list = {0};
  for (const struct language *language = languages; language->name; language++) text_printf(&list, translated(" and %s"), language->name);
  auto_free char *typed = command_typed(wanted);
  return command_refuse("--lang %s: there are en%s", typed, text_get(&list));
}

/* `ejmon help check`, as people type it: the nearest command is heal, which acts. */
static void help_as_option(struct invocation *invocation) {
  invocation->help = true;
  invocation->command = *invocation->words;
  if (invocation->command) invocation->words++;
}

static int run(struct invocation *invocation) {
  static const char *const colors[] = {"auto", "always", "never", NULL};
  if (choose_language(invocation->lang) != 0) return EXIT_UNKNOWN;
  auto_free char *complaint = arguments_complaint(invocation);
  if (complaint) return command_refuse("%s", complaint);
  if (text_equal(invocation->command, "help")) help_as_option(invocation);
  const struct command *command = invocation->command ? command_find(invocation->command) : NULL;
  if (invocation->command && !command) return refuse_command(invocation->command);
  if (invocation->version) {
    print_version();
    return 0;
  }
  if (!command) {
    print_help();
    return invocation->help ? 0 : EXIT_UNKNOWN;
  }
  if (invocation->help) {
    print_command_help(command);
    return 0;
  }
  for (size_t i = 0; i < invocation->used.length; i++) {
    char letter = invocation->used.data[i];
    if (!strchr(command->options, letter) && !strchr(EVERYWHERE, letter))
      return command_refuse("%s does not take %s", command->name, arguments_form(letter));
  }
  if (invocation->color && !one_of(invocation->color, colors)) return command_refuse("--color takes auto, always or never");
  if (!*command->arguments && *invocation->words) {
    auto_free char *typed = command_typed(*invocation->words);
    return command_refuse("%s takes no arguments: '%s' is one too many", command->name, typed);
  }
  if (invocation->verbose) log_set_level(LOG_DEBUG);
  return command->run(invocation);
}

/* Started without stdin, stdout or stderr: the next descriptor opened would take its number, and log lines would go into a connection. */
static void descriptors_fill(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) abort();
  }
}

/* A thread hangs in a look or in a write (a name server, a disk): the process ends without it. */
static void leave_behind(int status) {
  const char *left = work_left();
  if (left) log_error("%s: a write hangs, and is left behind; does the disk below it answer?", left);
  fflush(NULL);
  _exit(status);
}

int main(int count, char **arguments) {
  static const struct helper_role *const helpers[] = {&mongo_helper, &pg_helper, NULL};
  struct invocation invocation = {0};
  descriptors_fill();
  helper_main(count, arguments, helpers);
  setlocale(LC_CTYPE, "C.UTF-8");
  reserve_raise();
  signal(SIGPIPE, SIG_IGN); /* a reader that closes the pipe is not an error */
  arguments_parse(count, arguments, &invocation);
  int status = run(&invocation);
  if (command_output_lost()) status = EXIT_UNKNOWN;
  text_free(&invocation.used);
  if (!work_end()) leave_behind(status);
  resolve_end();
  http_end();
  redact_forget_all();
  loop_free();
  return status;
}
