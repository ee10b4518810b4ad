/* What the layers check can find; the texts stand in web.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const layers_codes[]; /* all of them, in this order, NULL-terminated */

CODE(LAYERS_HEADER_LOST, "layers/header-lost", WARNING, PROXY, CONTENT)
CODE(LAYERS_HEADER_DOUBLED, "layers/header-doubled", WARNING, PROXY, CONTENT)
CODE(LAYERS_HEADER_ADDED, "layers/header-added", INFO, PROXY, CONTENT)
CODE(LAYERS_HEADER_CHANGED, "layers/header-changed", INFO, PROXY, CONTENT)
CODE(LAYERS_ANSWER_DIFFERS, "layers/answer-differs", INFO, PROXY, CONTENT)
CODE(LAYERS_ONE_VIEW, "layers/one-view", INFO, EJMON, NONE)

BLIND(LAYERS_UNSEEN, "layers/unseen", WARNING, EJMON)
