/* What any check can find of ejmon itself; the text stands in engine.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const engine_codes[]; /* NULL-terminated */

BLIND(CODE_COULD_NOT_LOOK, "ejmon/could-not-look", WARNING, EJMON)

CODE(EJMON_UNDO_FAILED, "ejmon/undo-failed", CRITICAL, EJMON, NONE)
CODE(EJMON_LOOP_LAGS, "ejmon/loop-lags", WARNING, EJMON, NONE)
CODE(EJMON_CLOCK_JUMPED, "ejmon/clock-jumped", WARNING, EJMON, NONE)
CODE(EJMON_NETWORK_GONE, "ejmon/network-gone", CRITICAL, EJMON, NONE)
CODE(EJMON_MANY_FALL, "ejmon/many-fall", WARNING, EJMON, NONE)
CODE(EJMON_STORE_HUNG, "ejmon/store-hung", CRITICAL, EJMON, NONE)
CODE(EJMON_NO_EYES, "ejmon/no-eyes", WARNING, EJMON, NONE)
CODE(EJMON_SINK_REFUSES, "ejmon/sink-refuses", CRITICAL, EJMON, NONE)
CODE(EJMON_NOTICE_LOST, "ejmon/notice-lost", CRITICAL, EJMON, NONE)
