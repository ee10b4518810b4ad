/* Which site is this? Same-site as browsers mean it (RFC 6265bis 5.2, HTML 7.1.1): the registrable domain by the Public Suffix List, and
 * the scheme; the port does not count. An IP address, "localhost" and a public suffix itself are sites of their own, "localhost." is
 * another name than "localhost", and names below an unknown top-level domain count as browsers count them: chat.ej.test is of ej.test.
 *
 * The list is the one built into libpsl: no file is read, nothing is loaded at start. Browsers ship newer ones, which matters only to hosts
 * right below a suffix that is younger than the library. Pure: no I/O; allocates small strings. */
#ifndef EJMON_SITE_H
#define EJMON_SITE_H

#include "checks/browser/csp.h"
#include "monitor/base/text.h"

/* "https://example.org" for a URL or an origin: the scheme with the registrable domain, or with the host itself where there is none; NULL
 * when it has no http(s) origin. Lower case, an international name as the "xn--" that browsers use. Brackets stay around an IPv6 address.
 * For comparing and for evidence. free() it. */
char *site_of_url(const char *url) must_check;

/* Same site, scheme included (what browsers mean by SameSite), and without regard to the scheme (for telling that only the scheme differs).
 * false when one of them has no http(s) origin. */
bool site_same(const char *url, const char *other_url);
bool site_same_domain(const char *url, const char *other_url);

/* Is the host a public suffix ("org", "github.io"), of which nobody may set a cookie? Unknown top-level names are, too. */
bool site_is_public_suffix(struct csp_span host);

/* An IPv4 address in the usual form or a bracketed IPv6 address: has no domains above it. */
bool site_is_address(struct csp_span host);

#endif
