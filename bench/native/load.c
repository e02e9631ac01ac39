/*
 * The load generator: many clients in one process, cheaper than any server. It is told what to do by lines on its standard
 * input, and answers by lines of JSON; when that input ends, so does it.
 *
 *   open COUNT IN_FLIGHT PER_SECOND [resume]   -> {"type":"opened",...}
 *   begin EVENT                                   counts from here on; the next event has this number
 *                                              -> {"type":"done","event":N} when all have an event
 *   end EVENT                                  -> {"type":"report",...}: what came, and is missing before this number
 *   leave                                      -> {"type":"left"}
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "crowd.h"

enum { EVENTS = 1024, LINE_BYTES = 4096 };
static const uint32_t input = UINT32_MAX;

struct spent {
  int64_t wall;
  double cpu;
};

static struct spent spent_now(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  return (struct spent){clock_now(), cpu};
}

static void report(const struct crowd *crowd, uint32_t after, struct spent since) {
  const struct tally *tally = &crowd->tally;
  struct spent now = spent_now();
  printf("{\"type\":\"report\",\"ready\":%u,\"cut\":%u,\"deliveries\":%llu,\"others\":%llu,\"bytes\":%llu,"
         "\"missing\":%llu,\"lost\":%llu,\"repeated\":%llu,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"refusal\":\"%s\"",
         crowd->ready, crowd->cut, (unsigned long long)tally->deliveries, (unsigned long long)tally->others,
         (unsigned long long)tally->bytes, (unsigned long long)crowd_missing(crowd, after),
         (unsigned long long)tally->lost, (unsigned long long)tally->repeated,
         (double)(now.wall - since.wall) / 1e9, now.cpu - since.cpu, crowd->first_refusal);
  printf(",\"latency\":");
  histogram_print(&tally->latency, stdout);
  printf(",\"completion\":");
  histogram_print(&tally->completion, stdout);
  printf("}\n");
}

static void obey(struct crowd *crowd, const char *line) {
  static struct spent since;
  struct wave wave = {0};
  unsigned int number;
  char word[16] = "";
  if (sscanf(line, "open %u %u %lf %15s", &wave.count, &wave.most_in_flight, &wave.per_second, word) >= 3) {
    wave.is_resuming = strcmp(word, "resume") == 0;
    crowd_open(crowd, &wave);
  } else if (sscanf(line, "begin %u", &number) == 1) {
    crowd_begin(crowd, number);
    since = spent_now();
    printf("{\"type\":\"begun\"}\n");
  } else if (sscanf(line, "end %u", &number) == 1) {
    report(crowd, number, since);
  } else if (strcmp(line, "leave") == 0) {
    crowd_leave(crowd);
    printf("{\"type\":\"left\"}\n");
  } else {
    fprintf(stderr, "no such command: %s\n", line);
    exit(2);
  }
  fflush(stdout);
}

static void read_commands(struct crowd *crowd) {
  static char text[LINE_BYTES];
  static size_t length;
  ssize_t got = read(STDIN_FILENO, text + length, sizeof text - length);
  if (got <= 0) exit(0);
  length += (size_t)got;
  for (char *end; (end = memchr(text, '\n', length));) {
    *end = 0;
    obey(crowd, text);
    length -= (size_t)(end + 1 - text);
    memmove(text, end + 1, length);
  }
}

/* A user on each line: a token, and where they differ from everybody's the rooms as JSON. */
static void read_users(struct crowd *crowd, const char *path) {
  char *line = NULL;
  size_t size = 0;
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(1);
  }
  while (getline(&line, &size, file) > 1) {
    line[strcspn(line, "\n")] = 0;
    struct user *users = realloc(crowd->users, (crowd->user_count + 1) * sizeof *users);
    char *token = users ? strdup(line) : NULL;
    if (!token) exit(1);
    char *rooms = strchr(token, ' ');
    if (rooms) *rooms++ = 0;
    crowd->users = users;
    users[crowd->user_count++] = (struct user){token, rooms};
  }
  free(line);
  fclose(file);
}

/* A comma between each. */
static void read_ports(struct crowd *crowd, char *text) {
  for (char *word = strtok(text, ","); word && crowd->port_count < MOST_PORTS; word = strtok(NULL, ","))
    crowd->ports[crowd->port_count++] = atoi(word);
}

/* NAME=VALUE: ports, path, framing (websocket, socketio or stream), rooms (JSON) and users (a file). */
static void equip(struct crowd *crowd, int count, char **words) {
  for (int at = 1; at < count; at++) {
    char *value = strchr(words[at], '=');
    if (!value) continue;
    *value++ = 0;
    if (strcmp(words[at], "ports") == 0) read_ports(crowd, value);
    if (strcmp(words[at], "path") == 0) crowd->speech.path = value;
    if (strcmp(words[at], "rooms") == 0) crowd->rooms = value;
    if (strcmp(words[at], "users") == 0) read_users(crowd, value);
    if (strcmp(words[at], "framing") == 0) {
      crowd->speech.is_stream = strcmp(value, "stream") == 0;
      crowd->speech.is_socketio = strcmp(value, "socketio") == 0;
    }
  }
}

static void raise_descriptors(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **words) {
  struct crowd crowd = {.speech.path = "/"};
  struct epoll_event events[EVENTS], commands = {.events = EPOLLIN, .data.u32 = input};
  signal(SIGPIPE, SIG_IGN);
  raise_descriptors();
  equip(&crowd, count, words);
  if (crowd.port_count == 0) return 2;
  crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &commands);
  for (int wait = -1;; wait = crowd_dial(&crowd)) {
    int happened = epoll_wait(crowd.epoll, events, EVENTS, wait);
    for (int at = 0; at < happened; at++) {
      if (events[at].data.u32 == input) read_commands(&crowd);
      else crowd_act(&crowd, events[at].data.u32, events[at].events & (EPOLLOUT | EPOLLERR | EPOLLHUP));
    }
  }
}
