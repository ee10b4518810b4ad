/* A YAML text as a tree of nodes, each with its line and column; pure, by libyaml's events.
 *
 * Bounded: depth, number of nodes and of anchors are capped, an alias is the very node it names (nothing is copied), and one cannot stand
 * inside of what it names, so there are no cycles and no "billion laughs". All problems are collected; a syntax error ends the reading, as
 * libyaml cannot go on behind one. */
#ifndef EJMON_TREE_H
#define EJMON_TREE_H

#include "monitor/base/text.h"

#define TREE_DEPTH_LIMIT 32
#define TREE_NODE_LIMIT 400000 /* of a file of 1 MiB: more is no configuration */
#define TREE_ANCHOR_LIMIT 100
#define TREE_PROBLEM_LIMIT 100

enum tree_type { TREE_SCALAR, TREE_LIST, TREE_MAPPING };

struct tree_node {
  enum tree_type type;
  int line, column;         /* from 1 */
  char *text;               /* TREE_SCALAR: never NULL, holds no NUL */
  bool plain;               /* TREE_SCALAR: written without quotes */
  struct tree_node **items; /* TREE_LIST: the items; TREE_MAPPING: key, value, key, value...; keys are scalars, none twice */
  size_t count;             /* of items; keys count too */
};

struct tree_problem {
  int line, column;
  char *text; /* one sentence, without the place */
};

struct tree {
  struct tree_node *root;   /* NULL: the text is empty, holds only comments, or is not whole */
  struct tree_node **nodes; /* every node, for tree_free */
  size_t node_count;
  struct tree_problem *problems;
  size_t problem_count;
  bool whole; /* read to its end: then root may be walked although there are problems (a key given twice) */
};

/* 0, or -EINVAL with problems. ret_tree is always set and must be released. */
int tree_parse(const char *bytes, size_t length, struct tree *ret_tree) must_check;
void tree_free(struct tree *tree);

/* The value of a key in a mapping, or NULL. */
const struct tree_node *tree_get(const struct tree_node *mapping, const char *key);
/* An empty plain scalar, ~ or null: "nothing". */
bool tree_is_null(const struct tree_node *node);
/* off, no or false, however quoted: the way to switch something off. */
bool tree_is_off(const struct tree_node *node);
const char *tree_type_name(enum tree_type type); /* "a single value", "a list", "a mapping" */

#endif
