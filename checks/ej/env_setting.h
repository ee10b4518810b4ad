/* The settings of EJ that matter to a deployment: under which exact name EJ reads each, as what type, in which generations, what it takes
 * when the variable is not set, and where it comes out. Data only, from EJ contract sections 2, 4 and 9. */
#ifndef EJMON_ENV_SETTING_H
#define EJMON_ENV_SETTING_H

#include "monitor/base/text.h"

enum env_type {
  ENV_TEXT,
  ENV_BOOLEAN, /* everything but a few words is false, silently */
  ENV_LIST,    /* split on ',', blanks kept */
  ENV_SOURCES, /* a list whose blanks do no harm, since it ends in a header that is split at blanks */
  ENV_ORIGIN,  /* scheme://host[:port] */
  ENV_DATABASE,
};

/* The headers and marks of EJ's pages in which a setting can be seen; flags. */
enum env_outlet {
  ENV_OUT_NONE = 0,
  ENV_OUT_CSP = 1,         /* Content-Security-Policy: frame-ancestors */
  ENV_OUT_XFO = 2,         /* X-Frame-Options */
  ENV_OUT_ORIGIN = 4,      /* Access-Control-Allow-Origin */
  ENV_OUT_CREDENTIALS = 8, /* Access-Control-Allow-Credentials */
  ENV_OUT_THEME = 16,      /* the marks of a theme in the page */
};

/* Which change of config.env waits for a re-creation together with which. */
enum env_area { ENV_AREA_OTHER, ENV_AREA_THEME, ENV_AREA_FRAME, ENV_AREA_HOSTS };

struct env_setting {
  const char *name;
  enum env_type type;
  bool secret;             /* its value is never shown */
  const char *generations; /* that read it: "AB" */
  const char *fallback;    /* what EJ takes when it is not set; NULL: nothing */
  const char *effect;      /* what it decides, one sentence */
  unsigned outlets;        /* of enum env_outlet */
  bool row;                /* an active row of ej_rocketchat_rcconfig outranks it */
  enum env_area area;
};

extern const struct env_setting env_settings[];
extern const size_t env_setting_count;

const struct env_setting *env_setting_find(const char *name); /* or NULL */
/* The name of a setting that is nearest to what somebody typed, or NULL. */
const char *env_setting_nearest(const char *name);
/* Does this generation read it? 0: not known, then true. */
bool env_setting_is_read(const struct env_setting *setting, char generation);

#endif
