/* Rise and fall of one symptom, as a table; see symptom.h. */
#include "monitor/core/symptom.h"

#include "monitor/base/lang.h"

const char *const symptom_state_names[] = {translatable("well"), translatable("suspect"), translatable("ill"), translatable("recovering")};

/* What one opinion does in each state: where to while the streak is short of the threshold, where to when it is reached. */
static const struct {
  enum symptom_state next;    /* before the threshold */
  enum symptom_state reached; /* at the threshold */
  bool restart;               /* the streak begins anew with this opinion */
} table[SYMPTOM_STATES][2] = {
    [SYMPTOM_WELL] = {[SAW_FAULT] = {SYMPTOM_SUSPECT, SYMPTOM_ILL, true}, [SAW_PASS] = {SYMPTOM_WELL, SYMPTOM_WELL, false}},
    [SYMPTOM_SUSPECT] = {[SAW_FAULT] = {SYMPTOM_SUSPECT, SYMPTOM_ILL, false}, [SAW_PASS] = {SYMPTOM_WELL, SYMPTOM_WELL, true}},
    [SYMPTOM_ILL] = {[SAW_FAULT] = {SYMPTOM_ILL, SYMPTOM_ILL, true}, [SAW_PASS] = {SYMPTOM_RECOVERING, SYMPTOM_WELL, true}},
    [SYMPTOM_RECOVERING] = {[SAW_FAULT] = {SYMPTOM_ILL, SYMPTOM_ILL, true}, [SAW_PASS] = {SYMPTOM_RECOVERING, SYMPTOM_WELL, false}},
};

bool symptom_feed(struct symptom *symptom, enum symptom_input input, long rise, long fall, double now) {
  symptom->seen = input == SAW_FAULT;
  symptom->blind = input == SAW_NOTHING;
  if (input == SAW_NOTHING) return false;
  enum symptom_state before = symptom->state;
  symptom->left = 0;
  if (input == SAW_FAULT) symptom->assumed = false;
  symptom->streak = table[before][input].restart ? 1 : symptom->streak + 1;
  bool reached = symptom->streak >= (input == SAW_FAULT ? fall : rise);
  symptom->state = reached ? table[before][input].reached : table[before][input].next;
  if (symptom->state == before) return false;
  if (before == SYMPTOM_WELL) symptom->first_bad = now;
  if (symptom->state == SYMPTOM_ILL && before != SYMPTOM_RECOVERING) symptom->ill_since = now;
  return true;
}

bool symptom_is_ill(const struct symptom *symptom) {
  return symptom->state == SYMPTOM_ILL || symptom->state == SYMPTOM_RECOVERING;
}

bool symptom_is_suspect(const struct symptom *symptom) {
  return symptom->state == SYMPTOM_SUSPECT && symptom->seen;
}

bool symptom_is_open(const struct symptom *symptom) {
  return symptom_is_suspect(symptom) || symptom->state == SYMPTOM_RECOVERING;
}
