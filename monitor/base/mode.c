/* The names of the modes; see mode.h. */
#include "monitor/base/mode.h"

const char *const acting_mode_names[] = {"observe", "suggest", "approve", "auto"};
