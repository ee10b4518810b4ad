/* Chains and heaps of what is owed to one sink; see queue.h. */
#include "monitor/core/queue.h"

#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/spool.h"

struct heap {
  struct chain **items; /* the first is before all others, each before the two at 2i+1 and 2i+2 */
  size_t count;
  bool by_time;
};

/* What is owed of one incident; never empty. */
struct chain {
  struct queue *queue;
  struct delivery *first, *last;
  struct heap *heap; /* where it waits; NULL: its first is under way */
  size_t place;      /* in the heap */
  struct cause *cause;
  struct chain *calm_before, *calm_after; /* among the calm ones of its cause */
  bool urgent;                            /* its cause has begun anew: all of it ranks with that */
};

/* A cause of a subject, while anything of it is owed. */
struct cause {
  struct queue *queue;
  char *code, *subject;
  struct chain *calm; /* its incidents that are not urgent */
  size_t chains;
};

struct queue {
  void *chains, *causes; /* by incident; by code and subject: libc's balanced trees */
  struct heap later, due, unsaved;
  unsigned long compared;
};

/* --- heaps ----------------------------------------------------------------------------------------------------------------- */

static bool is_urgent(const struct chain *chain) {
  return chain->urgent || chain->first->event == NOTICE_TRIGGERED;
}

static bool outranks(const struct chain *a, const struct chain *b) {
  return is_urgent(a) != is_urgent(b) ? is_urgent(a) : a->first->order < b->first->order;
}

static bool is_before(const struct heap *heap, const struct chain *a, const struct chain *b) {
  a->queue->compared++;
  if (heap->by_time && (a->first->row.next_at < b->first->row.next_at || a->first->row.next_at > b->first->row.next_at))
    return a->first->row.next_at < b->first->row.next_at;
  return outranks(a, b);
}

static void heap_put(struct heap *heap, size_t place, struct chain *chain) {
  heap->items[place] = chain;
  chain->place = place;
}

/* Its place, from which it may be moved up or down, is free. */
static void heap_settle(struct heap *heap, size_t place, struct chain *chain) {
  while (place > 0 && is_before(heap, chain, heap->items[(place - 1) / 2])) {
    heap_put(heap, place, heap->items[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  for (size_t child; (child = 2 * place + 1) < heap->count; place = child) {
    if (child + 1 < heap->count && is_before(heap, heap->items[child + 1], heap->items[child])) child++;
    if (!is_before(heap, heap->items[child], chain)) break;
    heap_put(heap, place, heap->items[child]);
  }
  heap_put(heap, place, chain);
}

static void heap_add(struct heap *heap, struct chain *chain) {
  struct chain **place = array_push(&heap->items, &heap->count, sizeof(struct chain *));
  chain->heap = heap;
  heap_settle(heap, (size_t)(place - heap->items), chain);
}

static void heap_remove(struct chain *chain) {
  struct heap *heap = chain->heap;
  if (!heap) return;
  chain->heap = NULL;
  struct chain *last = heap->items[--heap->count];
  if (last != chain) heap_settle(heap, chain->place, last);
}

/* --- causes ---------------------------------------------------------------------------------------------------------------- */

static int cause_order(const void *a, const void *b) {
  const struct cause *left = a, *right = b;
  left->queue->compared++;
  int order = strcmp(left->code, right->code);
  return order ? order : strcmp(left->subject, right->subject);
}

static void cause_free(void *pointer) {
  struct cause *cause = pointer;
  free(cause->code);
  free(cause->subject);
  free(cause);
}

static struct cause *cause_of(struct queue *queue, const struct delivery *delivery) {
  struct cause *cause = xcalloc(1, sizeof *cause);
  *cause = (struct cause){.queue = queue, .code = xstrdup(delivery->row.code), .subject = xstrdup(delivery->row.subject)};
  struct cause **place = tsearch(cause, &queue->causes, cause_order);
  if (!place) abort(); /* out of memory */
  if (*place != cause) cause_free(cause);
  return *place;
}

static void cause_join(struct cause *cause, struct chain *chain) {
  chain->cause = cause;
  chain->calm_after = cause->calm;
  if (cause->calm) cause->calm->calm_before = chain;
  cause->calm = chain;
  cause->chains++;
}

static void leave_calm(struct chain *chain) {
  if (chain->urgent) return;
  *(chain->calm_before ? &chain->calm_before->calm_after : &chain->cause->calm) = chain->calm_after;
  if (chain->calm_after) chain->calm_after->calm_before = chain->calm_before;
}

static void cause_leave(struct chain *chain) {
  struct cause *cause = chain->cause;
  leave_calm(chain);
  if (--cause->chains) return;
  tdelete(cause, &chain->queue->causes, cause_order);
  cause_free(cause);
}

/* --- chains ---------------------------------------------------------------------------------------------------------------- */

static int chain_order(const void *a, const void *b) {
  const struct chain *left = a, *right = b;
  left->queue->compared++;
  return strcmp(left->first->row.incident, right->first->row.incident);
}

/* Where it waits anew. What is due already goes on from there at the next look. */
static void chain_place(struct queue *queue, struct chain *chain) {
  heap_remove(chain);
  if (!chain->first->flying) heap_add(&queue->later, chain);
}

/* The chain of that incident; where there is none, a new one. */
static struct chain *chain_of(struct queue *queue, struct delivery *delivery) {
  struct chain *chain = xcalloc(1, sizeof *chain);
  *chain = (struct chain){.queue = queue, .first = delivery};
  struct chain **place = tsearch(chain, &queue->chains, chain_order);
  if (!place) abort(); /* out of memory */
  if (*place == chain) {
    cause_join(cause_of(queue, delivery), chain);
  } else {
    free(chain);
  }
  return *place;
}

static bool is_later(const struct delivery *a, const struct delivery *b) {
  return a->row.serial > b->row.serial || (a->row.serial == b->row.serial && a->order > b->order);
}

static void link_in(struct chain *chain, struct delivery *delivery) {
  struct delivery *before = chain->last; /* nearly always the newest comes last */
  while (before && is_later(before, delivery)) before = before->before;
  struct delivery *after = before ? before->after : chain->last ? chain->first : NULL;
  delivery->chain = chain;
  delivery->before = before;
  delivery->after = after;
  *(before ? &before->after : &chain->first) = delivery;
  *(after ? &after->before : &chain->last) = delivery;
}

static void link_out(struct chain *chain, struct delivery *delivery) {
  *(delivery->before ? &delivery->before->after : &chain->first) = delivery->after;
  *(delivery->after ? &delivery->after->before : &chain->last) = delivery->before;
  delivery->chain = NULL;
  delivery->before = delivery->after = NULL;
}

/* What is owed of its earlier incidents is to go before it. */
static void hurry_others(struct queue *queue, const struct chain *begun) {
  for (struct chain *chain = begun->cause->calm, *after; chain; chain = after) {
    after = chain->calm_after;
    if (chain == begun) continue;
    leave_calm(chain);
    chain->urgent = true;
    chain_place(queue, chain);
  }
}

/* --- the queue ------------------------------------------------------------------------------------------------------------- */

struct queue *queue_make(void) {
  struct queue *queue = xcalloc(1, sizeof *queue);
  queue->later.by_time = true;
  return queue;
}

void queue_free(struct queue *queue) {
  if (!queue) return;
  tdestroy(queue->chains, free);
  tdestroy(queue->causes, cause_free);
  free(queue->later.items);
  free(queue->due.items);
  free(queue->unsaved.items);
  free(queue);
}

void queue_add(struct queue *queue, struct delivery *delivery) {
  struct chain *chain = chain_of(queue, delivery);
  link_in(chain, delivery);
  if (chain->first == delivery) chain_place(queue, chain);
  if (delivery->event == NOTICE_TRIGGERED) hurry_others(queue, chain);
}

void queue_remove(struct queue *queue, struct delivery *delivery) {
  struct chain *chain = delivery->chain;
  bool was_first = chain->first == delivery, alone = chain->first == chain->last;
  if (was_first) heap_remove(chain);
  if (alone) tdelete(chain, &queue->chains, chain_order);
  if (alone) cause_leave(chain);
  link_out(chain, delivery);
  if (alone) free(chain);
  if (was_first && !alone) chain_place(queue, chain);
}

void queue_changed(struct queue *queue, struct delivery *delivery) {
  if (delivery->chain->first == delivery) chain_place(queue, delivery->chain);
}

/* What has come due goes where it is asked for by rank. */
static void let_come(struct queue *queue, double now) {
  while (queue->later.count && queue->later.items[0]->first->row.next_at <= now) {
    struct chain *chain = queue->later.items[0];
    heap_remove(chain);
    heap_add(chain->first->known ? &queue->due : &queue->unsaved, chain);
  }
}

struct delivery *queue_next(struct queue *queue, double now, bool unsaved_too) {
  let_come(queue, now);
  const struct chain *best = queue->due.count ? queue->due.items[0] : NULL;
  const struct chain *unsaved = unsaved_too && queue->unsaved.count ? queue->unsaved.items[0] : NULL;
  if (unsaved && (!best || outranks(unsaved, best))) best = unsaved;
  return best ? best->first : NULL;
}

double queue_next_at(struct queue *queue, double now) {
  let_come(queue, now);
  return queue->later.count ? queue->later.items[0]->first->row.next_at : INFINITY;
}

struct delivery *queue_first(struct queue *queue, const char *incident) {
  struct delivery like = {.row = {.incident = (char *)(uintptr_t)incident}};
  const struct chain key = {.queue = queue, .first = &like};
  struct chain *const *place = tfind(&key, &queue->chains, chain_order);
  return place ? (*place)->first : NULL;
}

unsigned long queue_compared(const struct queue *queue) {
  return queue->compared;
}
