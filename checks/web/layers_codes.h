/* What the layers check can find; the texts stand in layers_codes.c. */
#ifndef EJMON_LAYERS_CODES_H
#define EJMON_LAYERS_CODES_H

#include "checks/finding.h"

extern const struct code LAYERS_HEADER_LOST, LAYERS_HEADER_DOUBLED, LAYERS_HEADER_ADDED, LAYERS_HEADER_CHANGED, LAYERS_ANSWER_DIFFERS,
    LAYERS_ONE_VIEW;
extern const struct code LAYERS_UNSEEN;         /* blind */
extern const struct code *const layers_codes[]; /* all of them, NULL-terminated */

#endif
