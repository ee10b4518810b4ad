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

/* The layer at fault, from the lowest up: a layer is carried by those before it. The one table of their order, which the laws of rules go
 * by (monitor/core/rule.h). Settings are web's environment and what is written in config.env: they carry web, and stand on its stores. */
enum layer {
  LAYER_HOST,
  LAYER_NETWORK,
  LAYER_VOLUME,
  LAYER_DATABASE,
  LAYER_MONGO,
  LAYER_SETTINGS,
  LAYER_WEB,
  LAYER_ROCKETCHAT,
  LAYER_NGINX,
  LAYER_PROXY,
  LAYER_BROWSER,
  LAYER_EJMON, /* no part of the stack: what ejmon could not look at */
  LAYER_COUNT
};
extern const char *const layer_names[LAYER_COUNT]; /* "host", "network", ... */

/* What kind of evidence a finding is: how near it is to what people get. The laws of rules rest on it (monitor/core/rule.h). */
enum evidence_kind {
  EVIDENCE_NONE,    /* causes, and what is about ejmon's own eyes */
  EVIDENCE_CONTENT, /* an answer came, and it is wrong: a page, a file, a header, a cookie */
  EVIDENCE_ABSENCE, /* no answer, or an error in its place, or one that comes too late: refused, hung, 404 for a page, 5xx */
  EVIDENCE_STATE,   /* read in a part just now: a row, a container, an image, a disk, a setting of Rocket.Chat */
  EVIDENCE_LATENT,  /* written, and not in effect, or not known to be: config.env, the environment of the next start */
  EVIDENCE_TRACE,   /* left behind by what was: a line of a log, a counter */
  EVIDENCE_COUNT
};
extern const char *const evidence_kind_names[EVIDENCE_COUNT]; /* "none", "content", ... */

/* The question that a failure is an answer to. Failures of one look of a check exclude each other: nginx answers a request with 502, or
 * with 504, or not at all. So another failure of the same look is no pass of the first, and looks that fail one after the other are one
 * series, whatever each failure is called (monitor/core/mind_look.c). */
enum look {
  LOOK_NONE,    /* a question of its own: found or passed by itself */
  LOOK_ANSWER,  /* does the one that is asked first answer, and rightly? */
  LOOK_SESSION, /* does a database take a session, and commands in it? */
  LOOK_PAGE,    /* does the page come? */
  LOOK_VIEWS,   /* do the views behind the first answer work? */
  LOOK_SIGN_IN, /* does somebody who has an account get in? */
  LOOK_VERDICT, /* does a browser show the page? */
  LOOK_CORS,    /* does a browser hand the answer over? */
  LOOK_COUNT
};
extern const char *const look_names[LOOK_COUNT]; /* "none", "answer", ... */

struct code {
  const char *name;
  enum severity severity;
  enum layer layer; /* of a cause: what is broken, and not where it shows */
  enum evidence_kind evidence;
  enum look look;
  bool beside;   /* may be seen beside others of its look that may be so too: where those are believed, its pass is one */
  bool inferred; /* read from signs that another fault may leave too: likely, where others are certain */
  bool blind;    /* "could not look" (no privilege, our own time-out, overload): never ill, makes the check unknown */
  bool cause;    /* the name of a cause, which rules find; no check raises it */
  bool outage;   /* absence of the whole site: whoever asks it for anything gets nothing. Never slowness, never one page's */
};

#define EVIDENCE_OUTAGE EVIDENCE_ABSENCE, .outage = true /* as a table's line says it */

/* The lines of a table, as they declare. */
#define CODE(symbol, name, severity, layer, evidence) extern const struct code symbol;
#define INFERRED(symbol, name, severity, layer, evidence) extern const struct code symbol;
#define FAILURE(symbol, name, severity, layer, evidence, look) extern const struct code symbol; /* a CODE of that look */
#define FAILURE_BESIDE(symbol, name, severity, layer, evidence, look) extern const struct code symbol;
#define LIKELY_FAILURE(symbol, name, severity, layer, evidence, look) extern const struct code symbol; /* one that is INFERRED */
#define BLIND(symbol, name, severity, layer) extern const struct code symbol;
#define CAUSE(symbol, name, layer) extern const struct code symbol;
#define GROUP(symbol, prefix) extern const struct code symbol; /* "theme/": what is absent of a group, where a list allows it */

/* Every code of every table by its name, NULL-terminated: generated. */
extern const struct code *const every_code[];
const struct code *code_find(const char *name); /* NULL when no table has it */

#endif
