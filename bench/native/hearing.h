/* Cuts what a server sends into messages: WebSocket frames, or the records of an event stream. */
#ifndef HEARING_H
#define HEARING_H

#include <stddef.h>

/* One of them, inside the bytes it was cut from. */
struct message {
  int opcode;
  const char *text;
  size_t length;
};

/* Each gives how many bytes the first message takes, or 0 while it is not complete. */
size_t hear_frame(const char *bytes, size_t length, struct message *message);
size_t hear_record(const char *bytes, size_t length, struct message *message);

/* The length of an HTTP answer's head, 0 while it is not complete; `*status` is its status. */
size_t hear_head(const char *bytes, size_t length, int *status);

#endif
