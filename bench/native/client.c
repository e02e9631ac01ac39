#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

/* In <netinet/in.h> only of newer C libraries. */
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { SPEECH_BYTES = 16384, LOOPBACK = 0x7f000000 };

static bool watch(int epoll, int operation, int fd, uint32_t index, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u32 = index};
  return epoll_ctl(epoll, operation, fd, &event) == 0;
}

bool client_dial(struct client *client, int epoll, int port, int host, uint32_t index) {
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(LOOPBACK + (uint32_t)host)};
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(LOOPBACK + 1)};
  /* Else the port would be taken from those of all destinations at once, and there are too few. */
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool is_begun = bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
                  (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS) &&
                  watch(epoll, EPOLL_CTL_ADD, fd, index, EPOLLIN | EPOLLOUT | EPOLLET);
  if (!is_begun) {
    close(fd);
    return false;
  }
  client->fd = fd;
  client->phase = DIALING;
  client->rest_length = 0;
  client->dialed_at = clock_now();
  return true;
}

/* What a client says is short and answers something: the kernel has room for it, or the connection is no good. */
static bool say(struct client *client, const char *text, size_t length) {
  return length > 0 && send(client->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

bool client_connected(struct client *client, const struct kit *kit) {
  char text[SPEECH_BYTES];
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) return false;
  client->phase = ASKING;
  return say(client, text, say_request(kit->speech, kit->token, kit->since, text, sizeof text));
}

static enum heard become_ready(struct client *client) {
  client->phase = READY;
  return HEARD_READY;
}

enum heard client_answered(struct client *client, const struct kit *kit, int status) {
  if (status != (kit->speech->is_stream ? 200 : 101)) return HEARD_REFUSAL;
  if (!kit->speech->is_socketio) return become_ready(client);
  client->phase = GREETING;
  return HEARD_NOTHING;
}

static bool begins(const struct message *message, const char *with) {
  size_t length = strlen(with);
  return message->length >= length && memcmp(message->text, with, length) == 0;
}

static enum heard after_saying(bool was_said) {
  return was_said ? HEARD_NOTHING : HEARD_REFUSAL;
}

/* Engine.IO's first character, and behind its 4 Socket.IO's. */
static enum heard hear_packet(struct client *client, const struct kit *kit, const struct message *message) {
  char text[SPEECH_BYTES];
  if (begins(message, "42")) return HEARD_EVENT;
  if (begins(message, "2")) return after_saying(say(client, text, say_frame(OPCODE_TEXT, "3", 1, text, sizeof text)));
  if (begins(message, "0")) {
    client->phase = CONNECTING;
    return after_saying(say(client, text, say_connect(kit->token, text, sizeof text)));
  }
  if (begins(message, "40")) {
    if (!kit->rooms) return become_ready(client);
    client->phase = SUBSCRIBING;
    return after_saying(say(client, text, say_subscribe(kit->rooms, kit->since, text, sizeof text)));
  }
  if (begins(message, "43"))
    return memmem(message->text, message->length, "\"ok\":true", 9) ? become_ready(client) : HEARD_REFUSAL;
  return begins(message, "44") || begins(message, "41") ? HEARD_REFUSAL : HEARD_NOTHING;
}

enum heard client_hear(struct client *client, const struct kit *kit, const struct message *message) {
  char text[256];
  switch (message->opcode) {
    case OPCODE_TEXT:
      return kit->speech->is_socketio ? hear_packet(client, kit, message) : HEARD_EVENT;
    case OPCODE_PING:
      return after_saying(
          say(client, text, say_frame(OPCODE_PONG, message->text, message->length, text, sizeof text)));
    case OPCODE_CLOSE:
      return HEARD_REFUSAL;
    default:
      return HEARD_NOTHING;
  }
}

bool client_keep(struct client *client, const char *bytes, size_t length) {
  if (length > client->rest_capacity) {
    char *rest = realloc(client->rest, length);
    if (!rest) return false;
    client->rest = rest;
    client->rest_capacity = length;
  }
  if (length > 0) memcpy(client->rest, bytes, length);
  client->rest_length = length;
  return true;
}

void client_hang_up(struct client *client) {
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  if (client->phase == ABSENT) return;
  setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(client->fd);
  free(client->rest);
  client->rest = NULL;
  client->rest_length = client->rest_capacity = 0;
  client->phase = ABSENT;
}
