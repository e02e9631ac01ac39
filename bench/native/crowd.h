/* All clients together: how they come, what they hear, and what is told of it. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "histogram.h"
#include "tally.h"

enum { MOST_PORTS = 8 };

struct user {
  char *token;
  /* NULL: those of the crowd. */
  char *rooms;
};

struct crowd {
  int epoll;
  struct speech speech;
  /* Client i connects to port i modulo their number. */
  int ports[MOST_PORTS];
  uint32_t port_count;
  /* What everybody subscribes to who has no rooms of its own; may be NULL. */
  const char *rooms;
  /* Client i comes as user i modulo their number; as nobody when that is 0. */
  struct user *users;
  uint32_t user_count;
  struct client *clients;
  uint32_t capacity;

  /* Of the current wave of connects. */
  uint32_t wanted;
  uint32_t next_to_dial;
  uint32_t in_flight;
  uint32_t most_in_flight;
  /* 0: as fast as the server takes them. */
  double per_second;
  bool is_resuming;
  bool is_opening;
  int64_t opening_since;
  struct histogram connects;

  uint32_t ready;
  uint32_t failed;
  /* Of those that were ready, the ones that the server ended. */
  uint32_t cut;
  char first_refusal[160];
  struct tally tally;
};

struct wave {
  uint32_t count;
  uint32_t most_in_flight;
  double per_second;
  /* Whether everybody names the position of the last event that it got. */
  bool is_resuming;
};

/* Lets them connect; prints {"type":"opened",...} when each of them is ready or has failed. */
void crowd_open(struct crowd *crowd, const struct wave *wave);

/* Dials those whose turn it is. Gives how many milliseconds later the next one's comes, -1 for never. */
int crowd_dial(struct crowd *crowd);

/* Something happened on the connection of a client. */
void crowd_act(struct crowd *crowd, uint32_t index, bool can_write);

/* Begins to count: the next event is `first`. */
void crowd_begin(struct crowd *crowd, uint32_t first);

/* How many deliveries are missing when the last event was the one before `after`. */
uint64_t crowd_missing(const struct crowd *crowd, uint32_t after);

/* Ends all connections. */
void crowd_leave(struct crowd *crowd);

#endif
