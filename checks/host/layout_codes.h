/* What the layout check can find; the texts stand in host.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const layout_codes[]; /* all of them, in this order, NULL-terminated */

CODE(LAYOUT_DRIFTED, "layout/drifted", WARNING, ROCKETCHAT, STATE)
BLIND(LAYOUT_UNREAD, "layout/unread", WARNING, EJMON)
CODE(LAYOUT_EMPTY, "layout/empty", INFO, EJMON, NONE)
