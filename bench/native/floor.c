/*
 * The floor: a server that does nothing but send(), to show what the kernel alone costs. Every client that asks for
 * anything is upgraded to a WebSocket; every line on the standard input goes to all of them as one text frame.
 *
 *   floor PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, CLIENTS = 1 << 20, LINE_BYTES = 65536, BACKLOG = 4096 };

/* The answer to the one key that the load generator sends. */
static const char upgraded[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int clients[CLIENTS];
static int client_count;

static int listen_on(int port) {
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0) {
    perror("can't listen");
    exit(1);
  }
  return fd;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void admit(int epoll, int listener) {
  int on = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(epoll, fd);
}

static void leave(int fd) {
  for (int at = 0; at < client_count; at++) {
    if (clients[at] != fd) continue;
    clients[at] = clients[--client_count];
    break;
  }
  close(fd);
}

/* A client's first bytes are its request; what it says later is not listened to. */
static void hear(int fd) {
  char text[4096];
  ssize_t got = recv(fd, text, sizeof text, MSG_DONTWAIT);
  if (got <= 0) return leave(fd);
  if (got < 4 || memcmp(text, "GET ", 4) != 0 || client_count == CLIENTS) return;
  send(fd, upgraded, sizeof upgraded - 1, MSG_NOSIGNAL);
  clients[client_count++] = fd;
}

static void send_to_all(const char *text, size_t length) {
  static char frame[LINE_BYTES + 4];
  size_t head = length < 126 ? 2 : 4;
  frame[0] = (char)0x81;
  frame[1] = (char)(length < 126 ? length : 126);
  if (head == 4) {
    frame[2] = (char)(length >> 8);
    frame[3] = (char)length;
  }
  memcpy(frame + head, text, length);
  for (int at = 0; at < client_count; at++) send(clients[at], frame, head + length, MSG_NOSIGNAL);
}

static void read_lines(void) {
  static char text[LINE_BYTES];
  static size_t length;
  ssize_t got = read(STDIN_FILENO, text + length, sizeof text - length);
  if (got <= 0) exit(0);
  length += (size_t)got;
  for (char *end; (end = memchr(text, '\n', length));) {
    size_t span = (size_t)(end - text);
    send_to_all(text, span);
    length -= span + 1;
    memmove(text, end + 1, length);
  }
}

int main(int count, char **words) {
  struct epoll_event events[EVENTS];
  struct rlimit limit;
  if (count != 2) return 2;
  signal(SIGPIPE, SIG_IGN);
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int epoll = epoll_create1(EPOLL_CLOEXEC), listener = listen_on(atoi(words[1]));
  watch(epoll, listener);
  watch(epoll, STDIN_FILENO);
  printf("listening\n");
  fflush(stdout);
  for (;;) {
    int happened = epoll_wait(epoll, events, EVENTS, -1);
    for (int at = 0; at < happened; at++) {
      int fd = events[at].data.fd;
      if (fd == listener) admit(epoll, listener);
      else if (fd == STDIN_FILENO) read_lines();
      else hear(fd);
    }
  }
}
