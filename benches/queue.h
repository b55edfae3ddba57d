/*
 * Batches: many items that are compressed or decompressed in one call. The raw side is what a C program does that wants
 * to be quick about it: threads that stay, a counter that hands out a few items in a row, a context for each thread,
 * and memory for results that is there already.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "inputs.h"

enum { MOST_THREADS = 2 };

/* The items are those of `set`, as `plain` and as `frame`. Results are there until the next batch. */
void raw_compress_batch(const struct set *set, size_t threads);
void raw_decompress_batch(const struct set *set, size_t threads);

/* Contexts and memory for so many items, for frames of that many bytes at most, and for their contents. */
void make_queue(size_t items, size_t bounds, size_t contents);
void free_queue(void);

/* A result of the last batch. */
struct piece raw_result(size_t item);

#endif
