/* Durations in nanoseconds, in buckets that are 1/32 of their value wide: percentiles at constant cost. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

#define HISTOGRAM_STEPS 32
#define HISTOGRAM_BUCKETS (64 * HISTOGRAM_STEPS)

struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total;
  int64_t largest;
};

void histogram_clear(struct histogram *histogram);

/* Something that took less than nothing, by two clocks, took nothing. */
void histogram_add(struct histogram *histogram, int64_t nanoseconds);

/* Writes {"count":..,"p50":..,"p90":..,"p99":..,"max":..}, in milliseconds. */
void histogram_print(const struct histogram *histogram, FILE *out);

#endif
