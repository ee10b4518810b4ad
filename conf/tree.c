/* Builds the tree of a YAML text from libyaml's events; see tree.h. Knows nothing of what the keys mean. */
#include "conf/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "monitor/base/lang.h"

struct anchor {
  char *name;
  struct tree_node *node; /* NULL while the node is not finished */
};

struct builder {
  struct tree *tree;
  yaml_parser_t parser;
  struct tree_node *open[TREE_DEPTH_LIMIT]; /* the collections around the present place */
  size_t depth;
  struct anchor *anchors;
  size_t anchor_count;
  bool stopped; /* nothing more can be read */
};

static void problem_add(struct builder *builder, yaml_mark_t mark, const char *format, ...) format_like(3, 4);

static void problem_add(struct builder *builder, yaml_mark_t mark, const char *format, ...) {
  struct tree *tree = builder->tree;
  if (tree->problem_count >= TREE_PROBLEM_LIMIT) return;
  struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, translated(format), arguments);
  va_end(arguments);
  struct tree_problem *problem = array_push(&tree->problems, &tree->problem_count, sizeof *problem);
  *problem = (struct tree_problem){.line = (int)mark.line + 1, .column = (int)mark.column + 1, .text = text_steal(&text)};
}

static struct tree_node *node_add(struct builder *builder, enum tree_type type, yaml_mark_t mark) {
  struct tree *tree = builder->tree;
  if (tree->node_count >= TREE_NODE_LIMIT) {
    if (!builder->stopped) problem_add(builder, mark, "more than %d values: this is no configuration", TREE_NODE_LIMIT);
    builder->stopped = true;
    return NULL;
  }
  struct tree_node *node = xcalloc(1, sizeof *node);
  *node = (struct tree_node){.type = type, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
  struct tree_node **slot = array_push(&tree->nodes, &tree->node_count, sizeof *slot);
  *slot = node;
  return node;
}

/* Puts a node where the document is now: as the root, an item, a key or a value. */
static void node_place(struct builder *builder, struct tree_node *node, yaml_mark_t mark) {
  if (builder->depth == 0) {
    builder->tree->root = node;
    return;
  }
  struct tree_node *parent = builder->open[builder->depth - 1];
  if (parent->type == TREE_MAPPING && parent->count % 2 == 0 && node->type != TREE_SCALAR) {
    problem_add(builder, mark, "%s cannot be a key", tree_type_name(node->type));
    builder->stopped = true;
    return;
  }
  struct tree_node **slot = array_push(&parent->items, &parent->count, sizeof *slot);
  *slot = node;
}

static void anchor_open(struct builder *builder, const yaml_char_t *name, yaml_mark_t mark) {
  if (!name) return;
  if (builder->anchor_count >= TREE_ANCHOR_LIMIT) {
    problem_add(builder, mark, "more than %d anchors", TREE_ANCHOR_LIMIT);
    builder->stopped = true;
    return;
  }
  struct anchor *anchor = array_push(&builder->anchors, &builder->anchor_count, sizeof *anchor);
  anchor->name = xstrdup((const char *)name);
}

static void alias_place(struct builder *builder, const yaml_event_t *event) {
  const char *name = (const char *)event->data.alias.anchor;
  for (size_t i = builder->anchor_count; i-- > 0;) {
    const struct anchor *anchor = &builder->anchors[i];
    if (strcmp(anchor->name, name) != 0) continue;
    if (anchor->node) {
      node_place(builder, anchor->node, event->start_mark);
    } else {
      problem_add(builder, event->start_mark, "*%.64s stands inside of what it names", name);
      builder->stopped = true;
    }
    return;
  }
  problem_add(builder, event->start_mark, "*%.64s names nothing: there is no &%.64s before it", name, name);
  builder->stopped = true;
}

/* Tags of YAML itself (!!str) say nothing new here; others would be somebody's extension that ejmon does not have. */
static void tag_check(struct builder *builder, const yaml_char_t *tag, yaml_mark_t mark) {
  if (!tag || text_starts((const char *)tag, "tag:yaml.org,2002:") || strcmp((const char *)tag, "!") == 0) return;
  auto_text struct text shown = {0};
  text_add_printable(&shown, (const char *)tag, strlen((const char *)tag), 64);
  problem_add(builder, mark, "the tag %s is not known here", text_get(&shown));
}

/* Ends a finished node's anchor: the innermost one of no node yet belongs to it, since collections close in order. */
static void anchor_close(struct builder *builder, struct tree_node *node) {
  for (size_t i = builder->anchor_count; i-- > 0;) {
    if (builder->anchors[i].node) continue;
    builder->anchors[i].node = node;
    return;
  }
}

static void scalar_read(struct builder *builder, const yaml_event_t *event) {
  anchor_open(builder, event->data.scalar.anchor, event->start_mark);
  tag_check(builder, event->data.scalar.tag, event->start_mark);
  struct tree_node *node = builder->stopped ? NULL : node_add(builder, TREE_SCALAR, event->start_mark);
  if (!node) return;
  const char *value = (const char *)event->data.scalar.value;
  if (memchr(value, '\0', event->data.scalar.length)) problem_add(builder, event->start_mark, "the value holds a NUL byte");
  node->text = xstrndup(value, event->data.scalar.length);
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (event->data.scalar.anchor) anchor_close(builder, node);
  node_place(builder, node, event->start_mark);
}

static void collection_open(struct builder *builder, enum tree_type type, const yaml_char_t *anchor, const yaml_char_t *tag,
                            yaml_mark_t mark) {
  anchor_open(builder, anchor, mark);
  tag_check(builder, tag, mark);
  if (builder->depth >= TREE_DEPTH_LIMIT) {
    problem_add(builder, mark, "nested deeper than %d levels", TREE_DEPTH_LIMIT);
    builder->stopped = true;
  }
  struct tree_node *node = builder->stopped ? NULL : node_add(builder, type, mark);
  if (!node) return;
  node_place(builder, node, mark);
  if (builder->stopped) return;
  builder->open[builder->depth++] = node;
  /* The mark of "this collection has an anchor" until it closes: its text, which collections do not use otherwise. */
  if (anchor) node->text = xstrdup("&");
}

static int compare_keys(const void *a, const void *b) {
  const struct tree_node *left = *(struct tree_node *const *)a, *right = *(struct tree_node *const *)b;
  int order = strcmp(left->text, right->text);
  if (order == 0) order = left->line - right->line;
  return order ? order : left->column - right->column;
}

/* Sorted, so that a long mapping does not cost its square. */
static void keys_check(struct builder *builder, const struct tree_node *mapping) {
  size_t count = mapping->count / 2;
  if (count < 2) return;
  struct tree_node **keys = xcalloc(count, sizeof(struct tree_node *));
  for (size_t i = 0; i < count; i++) keys[i] = mapping->items[2 * i];
  qsort(keys, count, sizeof(struct tree_node *), compare_keys);
  for (size_t i = 1; i < count; i++) {
    if (strcmp(keys[i]->text, keys[i - 1]->text) != 0) continue;
    auto_text struct text shown = {0};
    text_add_printable(&shown, keys[i]->text, strlen(keys[i]->text), 64);
    yaml_mark_t mark = {.line = (size_t)keys[i]->line - 1, .column = (size_t)keys[i]->column - 1};
    problem_add(builder, mark, "%s is given twice; it stands in line %d already", text_get(&shown), keys[i - 1]->line);
  }
  free(keys);
}

static void collection_close(struct builder *builder) {
  struct tree_node *node = builder->open[--builder->depth];
  if (node->text) {
    free(node->text);
    node->text = NULL;
    anchor_close(builder, node);
  }
  if (node->type == TREE_MAPPING) keys_check(builder, node);
}

/* The byte at a mark, or 0. Its index counts characters, not bytes, so it is of no use here. */
static char byte_at(const char *bytes, size_t length, yaml_mark_t mark) {
  const char *p = bytes, *end = bytes + length;
  for (size_t line = 0; line < mark.line && p < end; line++) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    p = stop ? stop + 1 : end;
  }
  for (size_t column = 0; column < mark.column && p < end; column++) {
    p++;
    while (p < end && ((unsigned char)*p & 0xC0) == 0x80) p++;
  }
  return p < end ? *p : '\0';
}

/* libyaml's words, and what they mostly mean. */
static void syntax_problem(struct builder *builder, const char *bytes, size_t length) {
  const yaml_parser_t *parser = &builder->parser;
  if (parser->error == YAML_READER_ERROR) {
    yaml_mark_t mark = parser->mark;
    problem_add(builder, mark, "%s (byte %zu): the file must be UTF-8 without control characters", parser->problem, parser->problem_offset);
    return;
  }
  yaml_mark_t mark = parser->problem_mark;
  const char *problem = parser->problem ? parser->problem : translated("this is no YAML");
  const char *hint = "";
  if (byte_at(bytes, length, mark) == '\t') {
    hint = translated("; a tab stands here: YAML indents with spaces");
  } else if (strstr(problem, "mapping values are not allowed")) {
    hint = translated("; put a value that holds ': ' in quotes, and line keys of one level up");
  } else if (strstr(problem, "did not find expected key") || strstr(problem, "did not find expected '-'")) {
    hint = translated("; look at the indentation here and above");
  } else if (strstr(problem, "cannot start any token")) {
    hint = translated(/* xgettext:no-c-format */ "; put a value that begins with @, ` or % in quotes");
  }
  problem_add(builder, mark, "%s%s%s%s", parser->context ? parser->context : "", parser->context ? ", " : "", problem, hint);
}

static void event_read(struct builder *builder, const yaml_event_t *event, size_t *documents) {
  switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
      if (++*documents > 1) {
        problem_add(builder, event->start_mark, "a second document begins here; ejmon reads one");
        builder->stopped = true;
      }
      break;
    case YAML_SCALAR_EVENT:
      scalar_read(builder, event);
      break;
    case YAML_SEQUENCE_START_EVENT:
      collection_open(builder, TREE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag, event->start_mark);
      break;
    case YAML_MAPPING_START_EVENT:
      collection_open(builder, TREE_MAPPING, event->data.mapping_start.anchor, event->data.mapping_start.tag, event->start_mark);
      break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      collection_close(builder);
      break;
    case YAML_ALIAS_EVENT:
      alias_place(builder, event);
      break;
    default:
      break;
  }
}

int tree_parse(const char *bytes, size_t length, struct tree *ret_tree) {
  *ret_tree = (struct tree){0};
  struct builder builder = {.tree = ret_tree};
  if (!yaml_parser_initialize(&builder.parser)) abort(); /* only out of memory */
  yaml_parser_set_input_string(&builder.parser, (const unsigned char *)bytes, length);
  size_t documents = 0;
  for (bool ended = false; !ended && !builder.stopped;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&builder.parser, &event)) {
      syntax_problem(&builder, bytes, length);
      break;
    }
    ended = event.type == YAML_STREAM_END_EVENT;
    event_read(&builder, &event, &documents);
    yaml_event_delete(&event);
    ret_tree->whole = ended && !builder.stopped;
  }
  yaml_parser_delete(&builder.parser);
  for (size_t i = 0; i < builder.anchor_count; i++) free(builder.anchors[i].name);
  free(builder.anchors);
  if (ret_tree->root && tree_is_null(ret_tree->root)) ret_tree->root = NULL;
  if (!ret_tree->whole) ret_tree->root = NULL;
  return ret_tree->problem_count ? -EINVAL : 0;
}

void tree_free(struct tree *tree) {
  if (!tree) return;
  for (size_t i = 0; i < tree->node_count; i++) {
    free(tree->nodes[i]->text);
    free(tree->nodes[i]->items);
    free(tree->nodes[i]);
  }
  for (size_t i = 0; i < tree->problem_count; i++) free(tree->problems[i].text);
  free(tree->nodes);
  free(tree->problems);
  *tree = (struct tree){0};
}

const struct tree_node *tree_get(const struct tree_node *mapping, const char *key) {
  if (!mapping || mapping->type != TREE_MAPPING) return NULL;
  for (size_t i = 0; i + 1 < mapping->count; i += 2) {
    if (strcmp(mapping->items[i]->text, key) == 0) return mapping->items[i + 1];
  }
  return NULL;
}

bool tree_is_null(const struct tree_node *node) {
  static const char *const nothings[] = {"", "~", "null", "Null", "NULL"};
  if (node->type != TREE_SCALAR || !node->plain) return false;
  for (size_t i = 0; i < countof(nothings); i++) {
    if (strcmp(node->text, nothings[i]) == 0) return true;
  }
  return false;
}

bool tree_is_off(const struct tree_node *node) {
  return node->type == TREE_SCALAR &&
         (text_equal_nocase(node->text, "off") || text_equal_nocase(node->text, "no") || text_equal_nocase(node->text, "false"));
}

const char *tree_type_name(enum tree_type type) {
  static const char *const names[] = {
      [TREE_SCALAR] = translatable("a single value"), [TREE_LIST] = translatable("a list"), [TREE_MAPPING] = translatable("a mapping")};
  return translated(names[type]);
}
