/* Writes what a code means for people, in lines of at most 80 characters; commands stay whole, for the clipboard. See explain.h. */
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

#define WIDTH 80

/* Where the line has to end that begins at p: bytes, at the last blank that keeps it within `room` characters. */
static size_t line_end(const char *p, size_t room) {
  size_t end = 0, characters = 0, i = 0;
  for (; p[i] && p[i] != '\n'; i++) {
    if (((unsigned char)p[i] & 0xC0) != 0x80) characters++; /* a continuation byte of UTF-8 begins no character */
    if (p[i] == ' ' && characters <= room + 1) end = i;
    if (characters > room && end > 0) return end;
  }
  return i; /* the rest fits, or is one word that does not */
}

void explain_wrap(struct text *text, const char *first, size_t indent, const char *paragraph) {
  const char *p = paragraph;
  for (bool begun = false; *p; begun = true) {
    size_t end = line_end(p, WIDTH - indent);
    if (begun) {
      text_printf(text, "%*s", (int)indent, "");
    } else {
      text_add(text, first);
    }
    text_add_bytes(text, p, end);
    text_add_char(text, '\n');
    p += end;
    while (*p == ' ') p++;
    if (*p == '\n') p++;
  }
}

static void add_heading(struct text *text, const char *heading) {
  text_printf(text, "\n%s\n", heading);
}

static void add_section(struct text *text, const char *heading, const struct explanation *explanation, enum explanation_part part) {
  const char *paragraph = explanation_text(explanation, part);
  if (!paragraph) return;
  add_heading(text, heading);
  explain_wrap(text, "  ", 2, paragraph);
}

/* Adds one item to a section that gets its heading with the first of them. */
static void add_item(struct text *text, bool *begun, const char *heading, const char *item) {
  if (!*begun) add_heading(text, heading);
  *begun = true;
  explain_wrap(text, "  ", 4, item);
}

static void add_list(struct text *text, const char *heading, const struct text *list) {
  if (!list->length) return;
  add_heading(text, heading);
  explain_wrap(text, "  ", 2, text_get(list));
}

static void add_name(struct text *list, const char *name) {
  text_printf(list, "%s%s%s", list->length ? ", " : "", name, text_ends(name, "/") ? "*" : "");
}

static void add_by_hand(const struct explanation *explanation, struct text *text) {
  if (explanation->by_hand) add_heading(text, translated("By hand"));
  for (const char *const *line = explanation->by_hand; line && *line; line++) {
    text_add(text, "  ");
    lang_add_command(text, *line);
    text_add_char(text, '\n');
  }
}

static void add_codes(struct text *list, const struct code *const *codes) {
  for (; codes && *codes; codes++) add_name(list, (*codes)->name);
}

/* A cause: what it is known by, what it takes along, what ejmon does and will not do. */
static void add_cause(const struct rule *rule, struct text *text) {
  auto_text struct text signs = {0}, folded = {0}, plan = {0};
  add_codes(&signs, rule->all);
  add_codes(&signs, rule->any);
  add_codes(&folded, rule->proof);
  add_codes(&folded, rule->explains);
  add_codes(&folded, rule->measured);
  for (const char *const *name = rule->plan; name && *name; name++) add_name(&plan, *name);
  if (!rule->plan) text_add(&plan, translated("None: a person has to act."));
  add_list(text, translated("Findings that show it"), &signs);
  add_list(text, translated("What it explains besides"), &folded);
  add_list(text, translated("Remedies of ejmon"), &plan);
  bool begun = false;
  for (const struct refusal *refusal = explanation_of(rule->code->name)->refused; refusal && refusal->remedy; refusal++) {
    auto_free char *item = text_format("%s: %s", translated(refusal->remedy), translated(refusal->why));
    add_item(text, &begun, translated("What ejmon will not do"), item);
  }
}

static void add_new_names(char ***names, const char *const *more) {
  for (; more && *more; more++) {
    bool there = false;
    for (char *const *name = *names; name && *name && !there; name++) there = text_equal(*name, *more);
    if (!there) strings_push(names, *more);
  }
}

/* A finding: the causes that it is a sign of, those that it may be a mere echo of, and what the former are healed with. */
static void add_causes(const struct code *code, const struct known_code *all, size_t count, struct text *text) {
  bool begun = false;
  auto_text struct text echo = {0}, plan = {0};
  auto_strings char **remedies = NULL;
  for (size_t i = 0; i < count; i++) {
    if (!all[i].rule) continue;
    if (rule_needs(all[i].rule, code->name)) {
      auto_free char *item = text_format("%s: %s", all[i].name, explanation_text(all[i].explain, PART_TITLE));
      add_item(text, &begun, translated("Causes that it may show"), item);
      add_new_names(&remedies, all[i].rule->plan);
    } else if (rule_folds(all[i].rule, code->name)) {
      add_name(&echo, all[i].name);
    }
  }
  for (char *const *name = remedies; name && *name; name++) add_name(&plan, *name);
  if (!remedies && !code->blind && code->severity != SEVERITY_INFO) text_add(&plan, translated("None: a person has to act."));
  add_list(text, translated("Causes that it may be an echo of"), &echo);
  add_list(text, translated("Remedies of ejmon"), &plan);
}

static void add_refs(const struct explanation *explain, struct text *text) {
  auto_text struct text guide = {0}, other = {0};
  for (const char *const *ref = explain->refs; ref && *ref; ref++) {
    bool is_guide = text_starts(*ref, "guide ");
    add_name(is_guide ? &guide : &other, is_guide ? *ref + strlen("guide ") : *ref);
  }
  add_list(text, translated("Where the deployment guide speaks of it"), &guide);
  add_list(text, translated("See"), &other);
}

static const char *const evidence_sentences[EVIDENCE_COUNT] = {
    [EVIDENCE_CONTENT] = translatable("It is seen in what people get: an answer that is wrong."),
    [EVIDENCE_ABSENCE] = translatable("What should answer does not, or too late, or with an error."),
    [EVIDENCE_STATE] = translatable("It is read in a part of the stack, as it is now."),
    [EVIDENCE_LATENT] = translatable("It is what stands written, in effect or not."),
    [EVIDENCE_TRACE] = translatable("It is a trace of what was, such as a line in a log."),
};

void explain_text(const struct known_code *known, const struct known_code *all, size_t count, struct text *text) {
  const struct explanation *explain = known->explain;
  auto_text struct text head = {0}, kind = {0};
  text_printf(&head, "%s: %s", known->name, explanation_text(explain, PART_TITLE));
  if (known->code) {
    text_printf(&kind, translated("A finding, %s, layer %s."), translated(severity_names[known->code->severity]),
                translated(layer_names[known->code->layer]));
    if (evidence_sentences[known->code->evidence]) text_printf(&kind, " %s", translated(evidence_sentences[known->code->evidence]));
    if (known->code->inferred) {
      text_add_char(&kind, ' ');
      text_add(&kind, translated("It is read from signs that another fault may leave too."));
    }
    if (known->code->blind) {
      text_add_char(&kind, ' ');
      text_add(&kind, translated("It says that ejmon could not look; it is never taken for a fault."));
    }
  } else {
    text_printf(&kind, translated("A cause (%s)."), translated(confidence_names[known->rule->confidence]));
    text_printf(&kind, " %s", explanation_text(explain, PART_SUMMARY));
  }
  explain_wrap(text, "", 0, text_get(&head));
  explain_wrap(text, "", 0, text_get(&kind));
  add_section(text, translated("What it means"), explain, PART_MEANING);
  add_section(text, translated("How it looks"), explain, PART_LOOKS);
  add_section(text, translated("Why it happens"), explain, PART_WHY);
  add_section(text, translated("What heals it"), explain, PART_HEALS);
  add_section(text, translated("What does not"), explain, PART_HEALS_NOT);
  add_by_hand(explain, text);
  if (known->rule) add_cause(known->rule, text);
  if (known->code) add_causes(known->code, all, count, text);
  add_refs(explain, text);
}

void explain_unseen_text(struct text *text) {
  explain_wrap(
      text, "", 0,
      translated("What ejmon does not report, and why: faults that leave nothing to see from beside the stack, and what is so in every "
                 "EJ. Everything else that is known to go wrong has a code: `ejmon explain` lists them."));
  for (const struct unseen *item = unseen; item->ref; item++) {
    auto_free char *head = text_format("%s: %s", item->ref, translated(item->title));
    text_add_char(text, '\n');
    explain_wrap(text, "", 0, head);
    explain_wrap(text, "  ", 2, translated(item->reason));
  }
}
