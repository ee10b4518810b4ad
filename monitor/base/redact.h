/* The one function that every foreign text passes where it enters: secrets become "[hidden]". Names of ours (of checks, codes, keys) never
 * pass it, nor does a finished line or document, since a secret may be a word of ours.
 *
 * Two nets: values registered as secret (what a *_file key or a password held), wherever they occur; and patterns: the password
 * of any URL (scheme://user:password@host; of http and https the user too, also one alone, https://token@host), and the value of KEY=VALUE,
 * "KEY": "VALUE", Authorization-like headers when KEY sounds secret (PASSWORD, SECRET, TOKEN, _KEY, ROUTING_KEY, COOKIE...).
 *
 * Any thread may call any of these: a configuration is read on a worker while the loop goes on. */
#ifndef EJMON_REDACT_H
#define EJMON_REDACT_H

#include "monitor/base/text.h"

/* Remembers a copy of `secret` (also its URL-decoded and percent-encoded form). Shorter than 4 bytes: ignored, since hiding it would garble
 * every text. */
void redact_register(const char *secret);
/* Registers the password or the token of a URL, if it has one; of a web address also as Basic credentials. */
void redact_register_url(const char *url);
/* Forgets a secret that has died (a token that was logged out), with its other forms, so that a program that runs for months does not
 * search its texts for thousands of them. */
void redact_forget(const char *secret);
/* The same for what was found, not configured: shorter than 8 bytes it is a word of everyday text, and so is the "password" of EJ's
 * example; hiding those would garble every report, and they are left. */
void redact_register_found(const char *secret);
/* Registers the value of "NAME=VALUE", as one that was found, if the name sounds secret; of an address its password. */
void redact_register_variable(const char *entry);
void redact_forget_all(void);

/* A redacted copy; free() it. */
char *redact(const char *string) must_check;
void redact_text(struct text *text);                /* in place */
void redact_behind(struct text *text, size_t from); /* in place, from that byte on: what has been added as foreign */
bool redact_name_is_secret(const char *name);       /* does this variable or key name sound secret? */

#endif
