/* What a client says: the HTTP request by which it begins, and masked WebSocket frames. */
#ifndef SPEECH_H
#define SPEECH_H

#include <stdbool.h>
#include <stddef.h>

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

struct speech {
  const char *path;
  /* Server-Sent Events; else WebSocket. */
  bool is_stream;
  /* Socket.IO over WebSocket. */
  bool is_socketio;
};

/* All give the length of what they write into `out`, or 0 when it does not fit. `token` and `since` may be NULL. */
size_t say_request(const struct speech *speech, const char *token, const char *since, char *out, size_t room);
size_t say_connect(const char *token, char *out, size_t room);
size_t say_subscribe(const char *rooms, const char *since, char *out, size_t room);
size_t say_frame(int opcode, const char *text, size_t length, char *out, size_t room);

#endif
