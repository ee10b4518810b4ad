/* EJ's DJANGO_DB_URL as django-environ 0.4.5 reads it (Python's urlparse): what special characters make of it. Pure. */
#ifndef EJMON_ENV_DATABASE_H
#define EJMON_ENV_DATABASE_H

#include "monitor/base/text.h"

enum env_engine {
  ENV_ENGINE_NONE, /* empty, or no "://": the start dies with KeyError 'ENGINE' or ImproperlyConfigured */
  ENV_ENGINE_POSTGRES,
  ENV_ENGINE_SQLITE,
  ENV_ENGINE_OTHER, /* the scheme becomes the engine's name, whatever it is */
};

/* Everything but scheme may hold pieces of the password when the URL is broken: never print it. */
struct env_database {
  enum env_engine engine;
  char *scheme, *user, *password, *host, *name; /* never NULL; percent-decoded as Django gets them */
  long port;                                    /* 0: not given; -1: no number, Python's ValueError ends the start */
  bool cut;                                     /* '#' or '?' stands before the path: the rest of the address is lost */
};

void env_database_parse(const char *url, struct env_database *ret_database);
void env_database_free(struct env_database *database);
/* Why Django cannot connect with what it gets, one sentence without any piece of the URL, or NULL. */
const char *env_database_fault(const struct env_database *database);

#endif
