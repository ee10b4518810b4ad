/* Causes in the content of Rocket.Chat's pages. Data only, no plan: what was meant only people know. */
#include "checks/host/layout_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

const struct rule rules_layout[] = {
    {.code = &CAUSE_ROCKET_LAYOUT_DRIFTED, .confidence = CONFIDENCE_CERTAIN, .rank = RANK_ROCKET + 1, .all = LIST(&LAYOUT_DRIFTED)},
    {.code = NULL},
};
