/* The table of options and getopt_long; see arguments.h. A file of its own because getopt's struct option is not ours. */
#include "monitor/commands/arguments.h"

#include <getopt.h>
#include <string.h>

#include "monitor/base/lang.h"

enum {
  OPTION_ENV_FILE = 'e',
  OPTION_FORMAT = 'f',
  OPTION_COLOR = 'C',
  OPTION_LANG = 'L',
  OPTION_KIND = 'k',
  OPTION_READY = 'r',
  OPTION_SETTING = 's',
  OPTION_STATE = 'S',
  OPTION_UNSEEN = 'u',
  OPTION_YES = 'y',
  OPTION_VERSION = 'V'
};

static const struct option_help {
  int letter;
  const char *form, *help;
} option_helps[] = {
    {'c', "-c, --config FILE",
     translatable("ejmon.yaml; without it $EJMON_CONFIG, ./ejmon.yaml, /etc/ejmon/ejmon.yaml, else EJ's environment")},
    {OPTION_ENV_FILE, "    --env-file FILE", translatable("EJ's config.env")},
    {OPTION_FORMAT, "    --format F", translatable("text (default), json; of reports also nagios")},
    {OPTION_COLOR, "    --color WHEN", translatable("auto (default), always, never; NO_COLOR is honoured")},
    {OPTION_LANG, "    --lang L",
     translatable("language of all that people read: en, pt_BR; without it `lang:` of ejmon.yaml, then LC_ALL, LC_MESSAGES, LANG")},
    {OPTION_KIND, "    --kind KIND", translatable("the keys of a kind")},
    {OPTION_READY, "    --ready", translatable("ill too while the journal does not write, notices are owed, or the configuration is bad")},
    {OPTION_SETTING, "    --setting NAME", translatable("the way of one setting of EJ, from config.env to the page")},
    {OPTION_STATE, "    --state DIR", translatable("the daemon's state folder, whatever the configuration says")},
    {OPTION_UNSEEN, "    --unseen", translatable("the faults that ejmon does not report, and why")},
    {OPTION_YES, "-y, --yes", translatable("do not ask")},
    {'q', "-q, --quiet", translatable("only what is not well")},
    {'v', "-v, --verbose", translatable("also what passed, and debug lines on stderr")},
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"env-file", required_argument, NULL, OPTION_ENV_FILE},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"lang", required_argument, NULL, OPTION_LANG},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"ready", no_argument, NULL, OPTION_READY},
    {"setting", required_argument, NULL, OPTION_SETTING},
    {"state", required_argument, NULL, OPTION_STATE},
    {"unseen", no_argument, NULL, OPTION_UNSEEN},
    {"yes", no_argument, NULL, OPTION_YES},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

void arguments_parse(int count, char **arguments, struct invocation *ret_invocation) {
  struct invocation *invocation = ret_invocation;
  int letter;
  opterr = 0;
  while ((letter = getopt_long(count, arguments, ":c:yqvh", long_options, NULL)) != -1) {
    switch (letter) {
      case 'c':
        invocation->config = optarg;
        break;
      case OPTION_ENV_FILE:
        invocation->env_file = optarg;
        break;
      case OPTION_FORMAT:
        invocation->format = optarg;
        break;
      case OPTION_COLOR:
        invocation->color = optarg;
        break;
      case OPTION_LANG:
        invocation->lang = optarg;
        break;
      case OPTION_KIND:
        invocation->kind = optarg;
        break;
      case OPTION_SETTING:
        invocation->setting = optarg;
        break;
      case OPTION_READY:
        invocation->ready = true;
        break;
      case OPTION_STATE:
        invocation->state = optarg;
        break;
      case OPTION_UNSEEN:
        invocation->unseen = true;
        break;
      case OPTION_YES:
        invocation->yes = true;
        break;
      case 'q':
        invocation->quiet = true;
        break;
      case 'v':
        invocation->verbose = true;
        break;
      case 'h':
        invocation->help = true;
        continue;
      case OPTION_VERSION:
        invocation->version = true;
        continue;
      default:
        invocation->wrong = arguments[optind - 1];
        invocation->wrong_letter = optopt;
        invocation->value_missing = letter == ':';
        continue;
    }
    text_add_char(&invocation->used, (char)letter);
  }
  invocation->command = arguments[optind];
  invocation->words = invocation->command ? arguments + optind + 1 : arguments + optind;
}

void arguments_help(const char *letters, struct text *text) {
  for (size_t i = 0; i < countof(option_helps); i++) {
    if (letters && !strchr(letters, option_helps[i].letter)) continue;
    text_printf(text, "  %-22s %s\n", option_helps[i].form, translated(option_helps[i].help));
  }
}

const char *arguments_form(char letter) {
  for (size_t i = 0; i < countof(option_helps); i++) {
    if (option_helps[i].letter == letter) return option_helps[i].form + strspn(option_helps[i].form, " ");
  }
  return translated("this option");
}

/* getopt_long() itself speaks no other language, and knows no nearest name. */
char *arguments_complaint(const struct invocation *invocation) {
  const char *word = invocation->wrong;
  int letter = invocation->wrong_letter;
  if (!word) return NULL;
  if (invocation->value_missing) return text_format(translated("%s: its value is missing"), arguments_form((char)letter));
  if (letter && !text_starts(word, "--")) return text_format(translated("there is no option '-%c' (`ejmon --help` lists them)"), letter);
  const char *names[countof(long_options)];
  for (size_t i = 0; i < countof(long_options); i++) names[i] = long_options[i].name;
  const char *near = text_nearest(word + strspn(word, "-"), names);
  if (near) return text_format(translated("there is no option '%s', did you mean '--%s'? (`ejmon --help` lists them)"), word, near);
  return text_format(translated("there is no option '%s' (`ejmon --help` lists them)"), word);
}
