/* What is kept back from probes so that telling and control never starve behind them: file descriptors, from RLIMIT_NOFILE.
 *
 * Under a low limit fewer probes run at a time; the others wait where nobody takes the wait for the target's. Any thread may ask. */
#ifndef EJMON_RESERVE_H
#define EJMON_RESERVE_H

#include <stddef.h>

/* ejmon's own: stdio, loop, signals, locks, control socket, journal (12); four pages on their way with two connections or a command's pipes
 * each (8); four clients of the control socket. */
#define RESERVE_DESCRIPTORS 24
#define RESERVE_PER_PROBE 4      /* IPv6 and IPv4 tried side by side, and a resolver's sockets; a child's three pipes */
#define RESERVE_PROBES_LIMIT 512 /* probes in flight at most, however many descriptors there are: 27 KB each in libcurl */
#define RESERVE_RAISE_TO 4096    /* enough for the limit above; more only makes children slow that close all they might have */

/* Raises the soft limit of descriptors to the hard one, RESERVE_RAISE_TO at most. Where that is refused the limit stays: fewer probes. */
void reserve_raise(void);
/* How many probes may be in flight at a time: from 1 to RESERVE_PROBES_LIMIT. */
size_t reserve_probes(void);
/* The same for a given limit of descriptors. Pure. */
size_t reserve_probes_of(unsigned long long descriptors);

#endif
