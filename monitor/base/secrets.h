/* Inside of redact.c: the values that are registered as secret, each as it is written. A container's environment may hold thousands. */
#ifndef EJMON_SECRETS_H
#define EJMON_SECRETS_H

#include "monitor/base/text.h"

void secrets_add(const char *secret); /* a copy, once; too short ones are left out */
void secrets_remove(const char *secret);
/* secrets_length() asks between these two; nobody else waits longer than one text takes. */
void secrets_hold(void);
void secrets_release(void);
/* Length of the longest secret that begins at `p`, so that one that contains another is hidden whole; or 0. */
size_t secrets_length(const char *p);
void secrets_free(void);

#endif
