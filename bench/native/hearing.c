#define _GNU_SOURCE
#include "hearing.h"

#include <stdlib.h>
#include <string.h>

#include "speech.h"

size_t hear_frame(const char *bytes, size_t length, struct message *message) {
  const unsigned char *head = (const unsigned char *)bytes;
  if (length < 2) return 0;
  size_t span = head[1] & 0x7f, skip = 2;
  if (span == 126) {
    if (length < 4) return 0;
    span = (size_t)head[2] << 8 | head[3];
    skip = 4;
  } else if (span == 127) {
    if (length < 10) return 0;
    span = 0;
    for (int at = 2; at < 10; at++) span = span << 8 | head[at];
    skip = 10;
  }
  if (length < skip + span) return 0;
  *message = (struct message){head[0] & 0x0f, bytes + skip, span};
  return skip + span;
}

/*
 * An HTTP chunk's head between two records is taken for a part of the second one: no line of it begins with `data`, and
 * no server here splits a record into chunks.
 */
size_t hear_record(const char *bytes, size_t length, struct message *message) {
  const char *end = memmem(bytes, length, "\n\n", 2);
  if (!end) return 0;
  size_t span = (size_t)(end - bytes) + 2;
  *message = (struct message){OPCODE_TEXT, bytes, span};
  return span;
}

size_t hear_head(const char *bytes, size_t length, int *status) {
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end) return 0;
  *status = length > 12 ? atoi(bytes + 9) : 0;
  return (size_t)(end - bytes) + 4;
}
