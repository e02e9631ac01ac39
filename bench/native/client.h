/*
 * One client's way to its events:
 *
 *   ABSENT -> DIALING -> ASKING -> [GREETING -> CONNECTING -> [SUBSCRIBING]] -> READY
 *             TCP        HTTP       Socket.IO only              rooms only
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hearing.h"
#include "speech.h"

enum phase { ABSENT, DIALING, ASKING, GREETING, CONNECTING, SUBSCRIBING, READY };

struct client {
  int fd;
  enum phase phase;
  /* The number of the event that comes next. */
  uint32_t next;
  int64_t dialed_at;
  /* What came of a message that is not complete. */
  char *rest;
  size_t rest_length;
  size_t rest_capacity;
};

/* What a client is equipped with. */
struct kit {
  const struct speech *speech;
  /* NULL: it shows none. */
  const char *token;
  /* JSON of the rooms that it asks for; NULL where the server puts clients into theirs. */
  const char *rooms;
  /* NULL: it has missed nothing. */
  const char *since;
};

enum heard { HEARD_NOTHING, HEARD_EVENT, HEARD_READY, HEARD_REFUSAL };

/* Begins to connect from 127.0.0.`host`; false when not even that is possible. */
bool client_dial(struct client *client, int epoll, int port, int host, uint32_t index);

/* The TCP connection stands: asks. False when it failed. */
bool client_connected(struct client *client, const struct kit *kit);

/* Hears the answer to its HTTP request. */
enum heard client_answered(struct client *client, const struct kit *kit, int status);

/* Hears a message, and answers it where it wants an answer. */
enum heard client_hear(struct client *client, const struct kit *kit, const struct message *message);

/* Keeps what is not complete; false when there is no memory for it. */
bool client_keep(struct client *client, const char *bytes, size_t length);

/* Ends the connection by a reset, so that no port is held back; does nothing to one that is absent. */
void client_hang_up(struct client *client);

#endif
