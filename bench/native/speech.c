#include "speech.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 8192 };

size_t say_request(const struct speech *speech, const char *token, const char *since, char *out, size_t room) {
  const char *upgrade = speech->is_stream
                            ? "Accept: text/event-stream\r\n"
                            : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  bool shows_token = speech->is_stream && token;
  int length = snprintf(out, room, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s%s%s%s%s\r\n", speech->path,
                        upgrade, shows_token ? "Authorization: Bearer " : "",
                        shows_token ? token : "", shows_token ? "\r\n" : "",
                        speech->is_stream && since ? "Last-Event-ID: " : "",
                        speech->is_stream && since ? since : "", speech->is_stream && since ? "\r\n" : "");
  return length > 0 && (size_t)length < room ? (size_t)length : 0;
}

static size_t say_text(char *out, size_t room, const char *format, ...) {
  char text[TEXT_BYTES];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(text, sizeof text, format, values);
  va_end(values);
  if (length < 0 || (size_t)length >= sizeof text) return 0;
  return say_frame(OPCODE_TEXT, text, (size_t)length, out, room);
}

size_t say_connect(const char *token, char *out, size_t room) {
  return token ? say_text(out, room, "40{\"token\":\"%s\"}", token) : say_text(out, room, "40");
}

size_t say_subscribe(const char *rooms, const char *since, char *out, size_t room) {
  if (!since) return say_text(out, room, "420[\"subscribe\",{\"rooms\":%s}]", rooms);
  return say_text(out, room, "420[\"subscribe\",{\"rooms\":%s,\"since\":\"%s\"}]", rooms, since);
}

/* The mask is zero: it must be there, but there is nobody in between to be confused, and this way it costs nothing. */
size_t say_frame(int opcode, const char *text, size_t length, char *out, size_t room) {
  size_t head = length < 126 ? 6 : 8;
  if (length > 65535 || head + length > room) return 0;
  memset(out, 0, head);
  out[0] = (char)(0x80 | opcode);
  if (length < 126) {
    out[1] = (char)(0x80 | length);
  } else {
    out[1] = (char)(0x80 | 126);
    out[2] = (char)(length >> 8);
    out[3] = (char)length;
  }
  memcpy(out + head, text, length);
  return head + length;
}
