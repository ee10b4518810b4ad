/* Rules: from the set of codes that are ill now to the causes that explain them. Pure: no I/O, no clock; one thread.
 *
 * The most specific cause wins: rules are tried in order of `rank` (higher first, then by code); a rule fires when all of `all`, at least
 * one of `any` (if given) and none of `none` are ill, and at least one code that it needs is not yet explained by a cause of higher rank. A
 * fired rule explains the codes it matched and those in `explains`, also the causes listed there. A code that no rule explains becomes a
 * cause of its own name.
 *
 * The laws of what may be explained away, so that nothing is silent that people suffer now; the first two hold at each evaluation, the last
 * for the rules as they are written, and tests/unit/test_laws.c walks every rule and every pair of causes against all three.
 *   1. Latent evidence and traces alone explain no content, save what is `measured` against the very value that they tell of.
 *   2. A GROUP explains only the absence in its group.
 *   3. A rule without a plan takes nothing along that another's plan would heal, unless its layer is lower in the table of layers
 *      (checks/code.h), or `overrides_plan` says why. */
#ifndef EJMON_RULE_H
#define EJMON_RULE_H

#include "checks/finding.h"

/* The lists of codes are NULL-terminated, or NULL. What people are told of a cause stands with its code's explanation. */
struct rule {
  const struct code *code; /* the cause's own; its layer says what is broken */
  enum confidence confidence;
  int rank; /* the lower the broken layer, and the more specific the signature, the higher: see the ranks below */
  const struct code *const *all;
  const struct code *const *any;
  const struct code *const *none;
  const struct code *const *proof; /* findings that make it certain when they are ill too; it explains them, and its remedy need not remove
                                      them: config.env stays unapplied until a person re-creates web */
  const struct code *const *explains; /* findings and causes that this cause also accounts for; a GROUP stands for all absence in it */
  const struct code *const *measured; /* content that this cause accounts for even when its signs are only latent or traces, since it is
                                         measured against the very value that they tell of: the theme that is wanted, and the CSS's */
  bool may_stand_alone;       /* its sign is also there while visitors lack nothing: what falls when people know of it is told by itself,
                                 though it is no graver */
  const char *overrides_plan; /* why it takes along what has a plan, from a layer that is not lower: what that plan would do in vain */
  const char *const *plan;    /* remedies, from gentle to strong; NULL: nothing may be healed, a person is paged */
};

/* Ranks: the order in which rules are tried, and causes are told (EJ contract section 10, meta-rule 1): what stops most comes first. A rule
 * adds 0-9 for how specific it is. What is broken, and what it carries, is the layer of the cause's code. */
enum rule_rank {
  RANK_FINDING = 0,
  RANK_ROCKET = 100,   /* Rocket.Chat's own settings */
  RANK_FRAME = 200,    /* headers */
  RANK_THEME = 300,    /* static files */
  RANK_SETTINGS = 400, /* environment of web */
  RANK_DATABASE = 500, /* postgres, migrations; mongo */
  RANK_WEB = 600,      /* the web process is down or hung */
  RANK_NGINX = 700,    /* nothing gets through */
};

/* Generated from rules_*.c: `const struct rule rules_THEME[]` ends with a row whose code is NULL. NULL-terminated list of such tables. */
extern const struct rule *const rule_tables[];

/* A cause found now. */
struct cause {
  const char *code;           /* a rule's, or a finding's own */
  const struct rule *rule;    /* NULL for a finding that stands for itself */
  const struct code *finding; /* the finding's code when rule is NULL */
  bool proven;                /* one of the rule's proofs is ill */
  bool weak;                  /* all of its signs and proofs that are ill are latent or traces (law 1) */
  const char **explains;      /* codes of ill findings that it accounts for */
  size_t explains_count;
};
struct causes {
  struct cause *items;
  size_t count;
};

/* ill: the codes that are ill now, each once, blind ones left out. Replaces what ret_causes held. tables: must live and stay as they are to
 * the end of the program, since they are sorted and indexed at their first use; later only rules are touched that an ill code is a sign of.
 */
void rules_evaluate(const struct rule *const *tables, const struct code *const *ill, size_t ill_count, struct causes *ret_causes);
/* What went before may bound what a rule takes along. Asked of each code that it explains without being known by it; NULL: it may. */
struct rule_bounds {
  bool (*may_explain)(const void *context, const struct rule *rule, const struct code *code);
  const void *context;
};
void rules_evaluate_within(const struct rule *const *tables, const struct code *const *ill, size_t ill_count,
                           const struct rule_bounds *bounds, struct causes *ret_causes);
void causes_free(struct causes *causes);
const struct rule *rule_find(const char *code); /* in the generated tables, or NULL */
const struct rule *rule_among(const struct rule *const *tables, const char *code);

bool cause_explains(const struct cause *cause, const char *code) must_check; /* the finding's code, by its name */
/* What is broken: the layer of the rule's own code, or of the finding that stands for itself. */
enum layer cause_layer(const struct cause *cause) must_check;
/* Does the cause lie in a layer above the repaired one? Then it is not harm that the repair did: a cache that still shows the old
 * copy, a fault that was hidden till now. */
bool cause_is_downstream(const struct cause *cause, enum layer repaired) must_check;

/* Is this code, by its name, one of the signs that the rule is known by (all, any)? */
bool rule_needs(const struct rule *rule, const char *code) must_check;
/* Is it folded away without being needed (explains, measured, proof), by itself or with its group? */
bool rule_folds(const struct rule *rule, const char *code) must_check;
bool rule_is_proof(const struct rule *rule, const char *code) must_check; /* also for a NULL rule: false */
/* Must it pass before the cause counts as cured? Every code of a cause without a rule (NULL) must; else its signs, save the proofs. */
bool rule_must_pass(const struct rule *rule, const char *code) must_check;

#endif
