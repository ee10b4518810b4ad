/* What ejmon cannot see, and why: see struct unseen in explain.h. Data only. In the order of the contracts. */
#include "monitor/commands/explain.h"

const struct unseen unseen[] = {
    {"ej F12", "`inv collect --theme default` was run and changed nothing",
     "The command leaves no trace: the option is ignored as long as EJ_THEME says something else. What is wrong afterwards, a theme that is "
     "not the wanted one, has codes of its own, and those say that the option does not help."},
    {"ej F82", "`collectstatic` waits for an answer that nobody gives, or ends with EOFError",
     "It hangs in the terminal of whoever typed it and touches nothing that is served. Run it with --noinput; ejmon itself always does."},
    {NULL},
};
