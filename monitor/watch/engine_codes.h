/* What any check can find of ejmon itself; the text stands in engine.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const engine_codes[]; /* NULL-terminated */

BLIND(CODE_COULD_NOT_LOOK, "ejmon/could-not-look", WARNING, EJMON)
