/* How the tables of rules write their lists; each ends with what rule.h says it ends with. */
#ifndef EJMON_RULES_TABLE_H
#define EJMON_RULES_TABLE_H

#include "checks/host/containers_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/rocketchat/rocket_codes.h"
#include "monitor/core/rule.h"

#define LIST(...)                \
  (const struct code *const[]) { \
    __VA_ARGS__, NULL            \
  }
#define PLAN(...)         \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }

/* What a dead Rocket.Chat looks like, for a list of what a cause explains. */
#define CHAT_IS_DOWN                                                                                                               \
  &ROCKET_UNREACHABLE, &ROCKET_HUNG, &ROCKET_SERVER_ERROR, &ROCKET_UNHEALTHY, &ROCKET_NOT_ROCKETCHAT, &CONTAINERS_ROCKETCHAT_DOWN, \
      &DB_ROCKET_OUT_OF_REACH

#endif
