#include "crowd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"

enum { READ_BYTES = 1 << 20, SOURCES = 8, FIRST_SOURCE = 2 };

static struct kit kit_of(const struct crowd *crowd, uint32_t index) {
  const struct client *client = &crowd->clients[index];
  const char *since =
      crowd->is_resuming && client->next > 0 ? tally_position(&crowd->tally, client->next - 1) : NULL;
  const struct user *user = crowd->user_count > 0 ? &crowd->users[index % crowd->user_count] : NULL;
  const char *rooms = user && user->rooms ? user->rooms : crowd->rooms;
  return (struct kit){&crowd->speech, user ? user->token : NULL, rooms, since};
}

static void tell_when_opened(struct crowd *crowd) {
  if (!crowd->is_opening || crowd->in_flight > 0 || crowd->next_to_dial < crowd->wanted) return;
  crowd->is_opening = false;
  printf("{\"type\":\"opened\",\"ready\":%u,\"failed\":%u,\"refusal\":\"%s\",\"seconds\":%.4f,\"latency\":",
         crowd->ready, crowd->failed, crowd->first_refusal, (double)(clock_now() - crowd->opening_since) / 1e9);
  histogram_print(&crowd->connects, stdout);
  printf("}\n");
  fflush(stdout);
}

/* Keeps the first refusal's words, without what JSON would have to escape. */
static void remember_refusal(struct crowd *crowd, const char *text, size_t length) {
  if (crowd->first_refusal[0]) return;
  size_t at = 0;
  for (; at < length && at < sizeof crowd->first_refusal - 1; at++) {
    char one = text[at];
    crowd->first_refusal[at] = one < ' ' || one > '~' || one == '"' || one == '\\' ? ' ' : one;
  }
  crowd->first_refusal[at] = 0;
}

static void lose(struct crowd *crowd, uint32_t index, const char *why, size_t length) {
  struct client *client = &crowd->clients[index];
  remember_refusal(crowd, why, length);
  if (client->phase == READY) {
    crowd->ready -= 1;
    crowd->cut += 1;
  } else {
    crowd->in_flight -= 1;
    crowd->failed += 1;
  }
  client_hang_up(client);
  tell_when_opened(crowd);
}

static void lose_saying(struct crowd *crowd, uint32_t index, const char *why) {
  lose(crowd, index, why, strlen(why));
}

void crowd_open(struct crowd *crowd, const struct wave *wave) {
  if (wave->count > crowd->capacity) {
    struct client *clients = realloc(crowd->clients, wave->count * sizeof *clients);
    if (!clients) {
      perror("no memory for the clients");
      exit(1);
    }
    memset(clients + crowd->capacity, 0, (wave->count - crowd->capacity) * sizeof *clients);
    crowd->clients = clients;
    crowd->capacity = wave->count;
  }
  crowd->wanted = wave->count;
  crowd->next_to_dial = 0;
  crowd->most_in_flight = wave->most_in_flight;
  crowd->per_second = wave->per_second;
  crowd->is_resuming = wave->is_resuming;
  crowd->failed = 0;
  crowd->first_refusal[0] = 0;
  crowd->opening_since = clock_now();
  crowd->is_opening = true;
  histogram_clear(&crowd->connects);
}

int crowd_dial(struct crowd *crowd) {
  while (crowd->next_to_dial < crowd->wanted) {
    if (crowd->in_flight >= crowd->most_in_flight) return -1;
    uint32_t index = crowd->next_to_dial;
    if (crowd->per_second > 0) {
      double elapsed = (double)(clock_now() - crowd->opening_since) / 1e9;
      if (index >= elapsed * crowd->per_second) return 1;
    }
    crowd->next_to_dial += 1;
    if (crowd->clients[index].phase != ABSENT) continue;
    int host = FIRST_SOURCE + (int)(index % SOURCES);
    int port = crowd->ports[index % crowd->port_count];
    crowd->in_flight += 1;
    if (!client_dial(&crowd->clients[index], crowd->epoll, port, host, index))
      lose_saying(crowd, index, strerror(errno));
  }
  tell_when_opened(crowd);
  return -1;
}

static void greet(struct crowd *crowd, struct client *client) {
  crowd->in_flight -= 1;
  crowd->ready += 1;
  histogram_add(&crowd->connects, clock_now() - client->dialed_at);
  tell_when_opened(crowd);
}

static void take_event(struct crowd *crowd, struct client *client, const struct message *message, int64_t now) {
  int64_t done = tally_message(&crowd->tally, message->text, message->length, &client->next, crowd->ready, now);
  if (done < 0) return;
  printf("{\"type\":\"done\",\"event\":%lld}\n", (long long)done);
  fflush(stdout);
}

/* Hears all that is complete; gives how many bytes that were. Afterwards the client may be absent. */
static size_t hear_all(struct crowd *crowd, uint32_t index, const char *bytes, size_t length, int64_t now) {
  struct client *client = &crowd->clients[index];
  struct kit kit = client->phase == READY ? (struct kit){&crowd->speech, NULL, NULL, NULL} : kit_of(crowd, index);
  size_t used = 0;
  while (used < length) {
    struct message message = {0, bytes + used, length - used};
    int status = 0;
    size_t span = client->phase == ASKING   ? hear_head(bytes + used, length - used, &status)
                  : crowd->speech.is_stream ? hear_record(bytes + used, length - used, &message)
                                            : hear_frame(bytes + used, length - used, &message);
    if (span == 0) break;
    used += span;
    enum heard heard =
        status ? client_answered(client, &kit, status) : client_hear(client, &kit, &message);
    if (heard == HEARD_EVENT) take_event(crowd, client, &message, now);
    if (heard == HEARD_READY) greet(crowd, client);
    if (heard == HEARD_REFUSAL) {
      lose(crowd, index, message.text, message.length);
      break;
    }
  }
  return used;
}

static void read_from(struct crowd *crowd, uint32_t index) {
  static char buffer[READ_BYTES];
  struct client *client = &crowd->clients[index];
  for (;;) {
    size_t kept = client->rest_length;
    if (kept >= sizeof buffer) return lose_saying(crowd, index, "a message without end");
    if (kept > 0) memcpy(buffer, client->rest, kept);
    size_t room = sizeof buffer - kept;
    ssize_t got = recv(client->fd, buffer + kept, room, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return lose_saying(crowd, index, got == 0 ? "the server ended it" : strerror(errno));
    size_t length = kept + (size_t)got;
    crowd->tally.bytes += (uint64_t)got;
    size_t used = hear_all(crowd, index, buffer, length, clock_now());
    if (client->phase == ABSENT) return;
    if (!client_keep(client, buffer + used, length - used)) return lose_saying(crowd, index, "no memory");
    /* Less than there was room for: all of it. What comes now wakes us again. */
    if ((size_t)got < room) return;
  }
}

void crowd_act(struct crowd *crowd, uint32_t index, bool can_write) {
  struct client *client = &crowd->clients[index];
  if (client->phase == ABSENT) return;
  if (client->phase == DIALING) {
    struct kit kit = kit_of(crowd, index);
    if (!can_write) return;
    if (!client_connected(client, &kit)) return lose_saying(crowd, index, "not connected");
  }
  read_from(crowd, index);
}

void crowd_begin(struct crowd *crowd, uint32_t first) {
  tally_begin(&crowd->tally, first);
  crowd->cut = 0;
  for (uint32_t index = 0; index < crowd->capacity; index++) crowd->clients[index].next = first;
}

uint64_t crowd_missing(const struct crowd *crowd, uint32_t after) {
  uint64_t missing = 0;
  for (uint32_t index = 0; index < crowd->wanted; index++)
    if (crowd->clients[index].next < after) missing += after - crowd->clients[index].next;
  return missing;
}

void crowd_leave(struct crowd *crowd) {
  for (uint32_t index = 0; index < crowd->capacity; index++) client_hang_up(&crowd->clients[index]);
  crowd->ready = 0;
  crowd->in_flight = 0;
  crowd->wanted = 0;
  crowd->next_to_dial = 0;
  crowd->is_opening = false;
}
