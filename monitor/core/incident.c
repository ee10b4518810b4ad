/* The life of incidents; pure; see incident.h. */
#include "monitor/core/incident.h"

#include <stdlib.h>

#include "monitor/base/stamp.h"

#include "monitor/base/lang.h"

const char *const incident_state_names[] = {translatable("pending"), translatable("open"), translatable("folded")};

struct incident *incidents_find(const struct incidents *incidents, const char *code) {
  for (size_t i = 0; i < incidents->count; i++) {
    if (text_equal(incidents->items[i]->code, code)) return incidents->items[i];
  }
  return NULL;
}

bool incident_explains(const struct incident *incident, const char *code) {
  for (char **c = incident->codes; c && *c; c++) {
    if (text_equal(*c, code)) return true;
  }
  return false;
}

static void incident_free(struct incident *incident) {
  free(incident->id);
  free(incident->code);
  strings_free(incident->codes);
  free(incident);
}

void incidents_free(struct incidents *incidents) {
  for (size_t i = 0; i < incidents->count; i++) incident_free(incidents->items[i]);
  free(incidents->items);
  *incidents = (struct incidents){0};
}

static struct incident *incident_add(struct incidents *incidents, const char *code, double now) {
  struct incident **place = array_push(&incidents->items, &incidents->count, sizeof(struct incident *));
  *place = xcalloc(1, sizeof **place);
  (*place)->code = xstrdup(code);
  (*place)->first_seen = now;
  return *place;
}

struct incident *incidents_restore(struct incidents *incidents, const char *id, const char *code, char *const *codes, double now,
                                   double opened) {
  struct incident *incident = incident_add(incidents, code, now);
  incident->id = xstrdup(id);
  incident->codes = strings_copy(codes);
  incident->opened = opened;
  incident->state = INCIDENT_OPEN;
  return incident;
}

/* "web/down@20261123T031209Z": RFC 3339 without its separators, so that an id can be a file's name. */
static char *incident_id(const char *code, double wall) {
  auto_free char *stamp = stamp_rfc3339(wall, false);
  struct text id = {0};
  text_printf(&id, "%s@", code);
  for (const char *p = stamp; *p; p++) {
    if (*p != '-' && *p != ':') text_add_char(&id, *p);
  }
  return text_steal(&id);
}

static const struct cause *cause_of(const struct causes *causes, const char *code) {
  for (size_t i = 0; i < causes->count; i++) {
    if (text_equal(causes->items[i].code, code)) return &causes->items[i];
  }
  return NULL;
}

static bool any_ill(const struct incident *incident, const struct code *const *ill, size_t ill_count) {
  for (size_t i = 0; i < ill_count; i++) {
    if (incident_explains(incident, ill[i]->name)) return true;
  }
  return false;
}

/* The causes of now: known ones learn their codes, new ones begin to wait. */
static void take_causes(struct incidents *incidents, const struct causes *causes, double now, double wall, incident_listener *changed,
                        void *context) {
  for (size_t i = 0; i < causes->count; i++) {
    const struct cause *cause = &causes->items[i];
    struct incident *incident = incidents_find(incidents, cause->code);
    if (!incident) {
      incident = incident_add(incidents, cause->code, now);
      incident->opened = wall;
      incident->id = incident_id(cause->code, wall);
    }
    for (size_t k = 0; k < cause->explains_count; k++) {
      /* A proof may outlive the fault: it stands for itself then, and must not keep this incident open. */
      if (rule_is_proof(cause->rule, cause->explains[k]) || incident_explains(incident, cause->explains[k])) continue;
      strings_push(&incident->codes, cause->explains[k]);
    }
    if (incident->state != INCIDENT_FOLDED) continue;
    incident->state = INCIDENT_OPEN;
    changed(context, incident, INCIDENT_UNFOLDED);
  }
}

/* Do all codes of this new incident belong to open ones already? */
static bool is_aftermath(const struct incidents *incidents, const struct incident *fresh) {
  for (char **code = fresh->codes; code && *code; code++) {
    bool known = false;
    for (size_t i = 0; i < incidents->count && !known; i++) {
      const struct incident *other = incidents->items[i];
      known = other != fresh && other->state != INCIDENT_PENDING && incident_explains(other, *code);
    }
    if (!known) return false;
  }
  return true;
}

/* May a pending incident be opened now? */
static bool is_ripe(const struct incidents *incidents, const struct incident *fresh, bool suspects, double now) {
  double waited = now - fresh->first_seen;
  if (is_aftermath(incidents, fresh)) return waited >= INCIDENT_AFTERMATH;
  return !suspects || waited >= INCIDENT_WAIT;
}

/* Only after the round: the listener may wait, and others may read the list meanwhile. */
static void remove_over(struct incidents *incidents) {
  size_t kept = 0;
  for (size_t i = 0; i < incidents->count; i++) {
    if (incidents->items[i]->over) {
      incident_free(incidents->items[i]);
    } else {
      incidents->items[kept++] = incidents->items[i];
    }
  }
  incidents->count = kept;
}

void incidents_update(struct incidents *incidents, const struct causes *causes, const struct code *const *ill, size_t ill_count,
                      bool suspects, double now, double wall, incident_listener *changed, void *context) {
  take_causes(incidents, causes, now, wall, changed, context);
  for (size_t i = 0; i < incidents->count; i++) {
    struct incident *incident = incidents->items[i];
    bool present = cause_of(causes, incident->code) != NULL;
    if (present && incident->state == INCIDENT_PENDING && is_ripe(incidents, incident, suspects, now)) {
      incident->state = INCIDENT_OPEN;
      changed(context, incident, INCIDENT_OPENED);
    } else if (!present && incident->state == INCIDENT_PENDING) {
      incident->over = true;
      changed(context, incident, INCIDENT_DROPPED);
    } else if (!present && !any_ill(incident, ill, ill_count)) {
      incident->over = true;
      changed(context, incident, INCIDENT_CLOSED);
    } else if (!present && incident->state == INCIDENT_OPEN) {
      incident->state = INCIDENT_FOLDED;
      changed(context, incident, INCIDENT_WAS_FOLDED);
    }
  }
  remove_over(incidents);
}
