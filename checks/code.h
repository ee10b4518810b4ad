/* Codes: what is found and what causes it, "group/name", stable for ever. Reports, alerts, metrics and `ejmon explain` call the same thing
 * by the same code. Pure data.
 *
 * Each room writes its codes once, one line each, as a table in a header *_codes.h without a guard. Included, the table declares them; the
 * build reads it once more (conf/tables.sh) and makes the definitions and the list NAME_codes[] of all of them. What a code means to people
 * stands in the room's file *.texts (explanation.h). */
#ifndef EJMON_CODE_H
#define EJMON_CODE_H

#include <stdbool.h>

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };
extern const char *const severity_names[]; /* "info", "warning", "critical" */

/* The layer at fault. */
enum layer {
  LAYER_NETWORK,
  LAYER_VOLUME,
  LAYER_SETTINGS,
  LAYER_DATABASE,
  LAYER_MONGO,
  LAYER_WEB,
  LAYER_ROCKETCHAT,
  LAYER_NGINX,
  LAYER_PROXY,
  LAYER_BROWSER,
  LAYER_EJMON,
  LAYER_COUNT
};
extern const char *const layer_names[LAYER_COUNT]; /* "network", "volume", ... */

struct code {
  const char *name;
  enum severity severity;
  enum layer layer;
  bool inferred; /* read from signs that another fault may leave too: likely, where others are certain */
  bool blind;    /* "could not look" (no privilege, our own time-out, overload): never ill, makes the check unknown */
  bool cause;    /* the name of a cause, which rules find; no check raises it */
};

/* The lines of a table, as they declare. */
#define CODE(symbol, name, severity, layer) extern const struct code symbol;
#define INFERRED(symbol, name, severity, layer) extern const struct code symbol;
#define BLIND(symbol, name, severity, layer) extern const struct code symbol;
#define CAUSE(symbol, name) extern const struct code symbol;
#define GROUP(symbol, prefix) extern const struct code symbol; /* "theme/": all of a group, where a list allows it */

#endif
