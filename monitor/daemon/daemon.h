/* The daemon: starts, reloads and stops what watches, heals, tells and serves around one mind. Wiring only: what is believed and owed is
 * the mind's, how each part works stands in its room. */
#ifndef EJMON_DAEMON_H
#define EJMON_DAEMON_H

#include "conf/conf.h"

#define DAEMON_RELOAD_PAUSE 2.0 /* seconds between two reloads at least: a storm of SIGHUPs must leave the probes time to end */

/* Runs until SIGTERM or SIGINT. Takes the configuration over. Returns the exit status. */
int daemon_run(struct conf *conf, const char *config_file, const char *env_file) must_check;

#endif
