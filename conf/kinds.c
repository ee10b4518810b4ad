/* The kinds that are built in, for whoever reads a configuration; see load.h. */
#include "conf/load.h"

const struct conf_tables conf_tables_generated = {.checks = check_kinds, .remedies = remedy_kinds, .sinks = sink_kinds};
