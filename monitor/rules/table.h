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

#endif
