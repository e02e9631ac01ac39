#include "histogram.h"

#include <string.h>

void histogram_clear(struct histogram *histogram) {
  memset(histogram, 0, sizeof *histogram);
}

static int bucket_of(uint64_t value) {
  if (value < HISTOGRAM_STEPS) return (int)value;
  int exponent = 63 - __builtin_clzll(value);
  int step = (int)(value >> (exponent - 5)) & (HISTOGRAM_STEPS - 1);
  return (exponent - 4) * HISTOGRAM_STEPS + step;
}

/* The middle of what falls into a bucket. */
static double value_of(int bucket) {
  if (bucket < HISTOGRAM_STEPS) return bucket;
  int exponent = bucket / HISTOGRAM_STEPS + 4;
  int step = bucket % HISTOGRAM_STEPS;
  double width = (double)(1ull << (exponent - 5));
  return (HISTOGRAM_STEPS + step + 0.5) * width;
}

void histogram_add(struct histogram *histogram, int64_t nanoseconds) {
  if (nanoseconds < 0) nanoseconds = 0;
  histogram->counts[bucket_of((uint64_t)nanoseconds)] += 1;
  histogram->total += 1;
  if (nanoseconds > histogram->largest) histogram->largest = nanoseconds;
}

static double percentile(const struct histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->total + 0.5);
  uint64_t seen = 0;
  if (histogram->total == 0) return 0;
  for (int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen >= wanted && seen > 0) return value_of(bucket) / 1e6;
  }
  return (double)histogram->largest / 1e6;
}

void histogram_print(const struct histogram *histogram, FILE *out) {
  fprintf(out, "{\"count\":%llu,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}",
          (unsigned long long)histogram->total, percentile(histogram, 0.5), percentile(histogram, 0.9),
          percentile(histogram, 0.99), (double)histogram->largest / 1e6);
}
