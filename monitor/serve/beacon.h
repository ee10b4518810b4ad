/* Keeps the daemon findable for its own commands, above all for a container's health check, whatever becomes of its files: it listens at
 * names that no file stands for (rendezvous.h). */
#ifndef EJMON_BEACON_H
#define EJMON_BEACON_H

#include "monitor/serve/control.h"

#define BEACON_AGAIN 1.0 /* seconds between two tries for a name that another process has, or for a descriptor */

struct beacon;

/* Who comes is answered by the control, which outlives it. Inside a task, as all that follow. */
struct beacon *beacon_start(struct control *control) must_check;
/* From now on it is found by this, too (RENDEZVOUS_STATE, ...): at the start and at each reload. One that it has already changes nothing;
 * one that another daemon has is waited for. */
void beacon_add(struct beacon *beacon, const char *kind, const char *path);
void beacon_stop(struct beacon *beacon); /* harmless on NULL */

#endif
