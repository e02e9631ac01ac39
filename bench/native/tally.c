#define _GNU_SOURCE
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "bench:";
enum { MARK = sizeof mark - 1, NUMBER = 10, DUE = 19, WHOLE = MARK + NUMBER + 1 + DUE };

void tally_begin(struct tally *tally, uint32_t first) {
  struct event *events = tally->events;
  uint32_t capacity = tally->capacity;
  size_t usual_place = tally->usual_place;
  if (events) memset(events, 0, capacity * sizeof *events);
  memset(tally, 0, sizeof *tally);
  tally->events = events;
  tally->capacity = capacity;
  tally->usual_place = usual_place;
  tally->first = first;
}

static int64_t digits(const char *text, int count) {
  int64_t value = 0;
  for (int at = 0; at < count; at++) value = value * 10 + (text[at] - '0');
  return value;
}

static const char *find_mark(struct tally *tally, const char *text, size_t length) {
  if (length < WHOLE) return NULL;
  size_t place = tally->usual_place;
  if (place + WHOLE <= length && memcmp(text + place, mark, MARK) == 0) return text + place;
  const char *found = memmem(text, length - (WHOLE - MARK), mark, MARK);
  if (found) tally->usual_place = (size_t)(found - text);
  return found;
}

/* Digits, a dash and digits after what an id begins with: in JSON `"id":"`, in a stream `id: `. */
static void copy_position(struct event *event, const char *text, size_t length) {
  static const char *const beginnings[] = {"\"id\":\"", "id: "};
  for (int kind = 0; kind < 2; kind++) {
    size_t skip = strlen(beginnings[kind]);
    const char *at = text, *end = text + length;
    while ((at = memmem(at, (size_t)(end - at), beginnings[kind], skip))) {
      at += skip;
      size_t span = 0, dashes = 0;
      while (at + span < end && span < POSITION_BYTES - 1 && strchr("0123456789-", at[span]) && at[span])
        dashes += at[span++] == '-';
      if (dashes != 1 || span < 3) continue;
      memcpy(event->position, at, span);
      event->position[span] = 0;
      return;
    }
  }
}

/* The event's entry, or NULL for one from before the measurement. */
static struct event *event_of(struct tally *tally, uint32_t number) {
  if (number < tally->first) return NULL;
  uint32_t index = number - tally->first;
  if (index >= tally->capacity) {
    uint32_t capacity = index + 4096;
    struct event *events = realloc(tally->events, capacity * sizeof *events);
    if (!events) {
      perror("no memory for the events");
      exit(1);
    }
    memset(events + tally->capacity, 0, (capacity - tally->capacity) * sizeof *events);
    tally->events = events;
    tally->capacity = capacity;
  }
  return &tally->events[index];
}

static void check_order(struct tally *tally, uint32_t number, uint32_t *next) {
  if (number < *next) {
    tally->repeated += 1;
    return;
  }
  tally->lost += number - *next;
  *next = number + 1;
}

int64_t tally_message(struct tally *tally, const char *text, size_t length, uint32_t *next, uint32_t audience,
                      int64_t now) {
  const char *found = find_mark(tally, text, length);
  uint32_t number = found ? (uint32_t)digits(found + MARK, NUMBER) : 0;
  struct event *event = found ? event_of(tally, number) : NULL;
  if (!event) {
    tally->others += 1;
    return -1;
  }
  if (event->arrived == 0) {
    event->due = digits(found + MARK + NUMBER + 1, DUE);
    copy_position(event, text, length);
  }
  check_order(tally, number, next);
  tally->deliveries += 1;
  histogram_add(&tally->latency, now - event->due);
  event->arrived += 1;
  if (event->arrived != audience) return -1;
  histogram_add(&tally->completion, now - event->due);
  return number;
}

const char *tally_position(const struct tally *tally, uint32_t number) {
  if (number < tally->first || number - tally->first >= tally->capacity) return NULL;
  const char *position = tally->events[number - tally->first].position;
  return position[0] ? position : NULL;
}
