/* From the answers that the nginx check has fetched to findings. Pure. `own`: of /static/, which nginx answers from its own disk;
 * `proxied`: of /sw.js, which is Django's. One look: each adds one failure at most, and another failure is no pass. */
#ifndef EJMON_NGINX_JUDGE_H
#define EJMON_NGINX_JUDGE_H

#include "checks/finding.h"
#include "checks/web/web_fetch.h"

/* No answer at all on either path: says why, in the layer that failed. */
void nginx_judge_failure(const struct web_fetch *own, const struct web_fetch *proxied, struct findings *out);
/* A proxy before nginx answers in its place. */
void nginx_judge_cut_off(const struct web_fetch *own, const struct web_fetch *proxied, struct findings *out);
/* nginx answers for itself; what does it say about Django behind it? Passes all that it may say when it says none of it. */
void nginx_judge_proxied(const struct web_fetch *proxied, struct findings *out);

#endif
