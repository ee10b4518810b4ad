/* What ejmon cannot see or does not report, and why: see struct unseen in explain.h. Data only. In the order of the contracts. */
#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

const struct unseen unseen[] = {
    {"ej D10", translatable("/info/environment/ shows all environment variables, secrets included, to superusers"),
     translatable(
         "EJ has this page without any setting for it, and answers 404 to everybody else, as for a page that does not exist: nothing differs from "
         "outside. Keep superusers few; a `location` in nginx that denies /info/ closes it for all.")},
    {"ej D14", translatable("A key for push notifications stands in EJ's public sources"),
     translatable(
         "It is part of every image, whatever a deployment does, so a finding would say nothing about this one; and ejmon never reads such values. "
         "Who uses push notifications, or the outside services of the later versions, needs keys of their own.")},
    {NULL, NULL, NULL},
};
