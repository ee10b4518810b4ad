/* How the tables of rules write their lists; each ends with what rule.h says it ends with. */
#ifndef EJMON_RULES_TABLE_H
#define EJMON_RULES_TABLE_H

#include "monitor/core/rule.h"

#define LIST(...)         \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }
#define REFUSED(...)              \
  (const struct rule_refusal[]) { \
    __VA_ARGS__, {                \
      NULL, NULL                  \
    }                             \
  }

/* What a dead Rocket.Chat looks like, for a list of what a cause explains. */
#define CHAT_IS_DOWN                                                                                                                     \
  "rocket/unreachable", "rocket/hung", "rocket/server-error", "rocket/unhealthy", "rocket/not-rocketchat", "containers/rocketchat-down", \
      "db/rocket-out-of-reach"

#endif
