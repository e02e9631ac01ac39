/*
 * What arrived: every client must get every event once and in order.
 *
 * An event says which it is and when it was due, anywhere in its text: bench:0000000017:0001234567890123456
 *                                                                        number     due, in ns of CLOCK_MONOTONIC
 */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

#define POSITION_BYTES 32

struct event {
  uint32_t arrived;
  int64_t due;
  /* In the relay's log, to resume from; empty where the server has no such thing. */
  char position[POSITION_BYTES];
};

struct tally {
  uint32_t first;
  uint32_t capacity;
  struct event *events;
  /* Where the last mark stood in its message: the next one's mostly stands there, too. */
  size_t usual_place;
  uint64_t deliveries;
  /* Messages that are no events of the measurement. */
  uint64_t others;
  uint64_t bytes;
  uint64_t lost;
  uint64_t repeated;
  struct histogram latency;
  /* From when an event was due to its last client's receipt. */
  struct histogram completion;
};

/* Forgets all counts; the next event is `first`. */
void tally_begin(struct tally *tally, uint32_t first);

/*
 * Takes in a message for a client that expects the event `*next`, and moves that on. Gives the event's number when the
 * `audience` is complete with it, else -1.
 */
int64_t tally_message(struct tally *tally, const char *text, size_t length, uint32_t *next, uint32_t audience,
                      int64_t now);

/* The position of an event that arrived, or NULL. */
const char *tally_position(const struct tally *tally, uint32_t number);

#endif
