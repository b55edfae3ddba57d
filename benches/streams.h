/*
 * Streams: zst's, and the loop around ZSTD_compressStream2() or ZSTD_decompressStream() that a C programmer writes, on
 * a context that is used again. Input comes in pieces of `set->step` bytes; output goes to a buffer, or to a callback
 * that does nothing with it. Each operation makes a stream of its own.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "inputs.h"

enum { CONTENT_OUT = 128 * KIB, FRAME_OUT = 131591 };

void raw_compress_stream(struct worker *w, const struct set *set, size_t i);
void raw_decompress_stream(struct worker *w, const struct set *set, size_t i);

struct stream {
    const char *name;
    operation *compress, *decompress;
    double message; /* the goal for a message of 1 KB */
};
enum { OBJ, OBJ_INTO, CHUNKER, WRITER, READER, ITERATOR, COPY_STREAM, STREAMS };
extern const struct stream streams[STREAMS];

/* What gives a stream its input: `whole`, and then so many times again. */
struct feed {
    struct piece whole, rest;
    size_t step, again;
};

struct feed feed_of(struct piece whole, const struct set *set);
/* Empty at the end. */
struct piece next_piece(struct feed *feed);
zst_source source_of(struct feed *feed);
/* As read_size. */
size_t step_of(const struct set *set);

zst_decompression_reader *new_decompression_reader(struct feed *feed, const struct set *set);
/* Decompression by readinto() of `size` bytes at a time. */
void decompress_by_reading(struct worker *w, const struct set *set, size_t i, size_t size);
/* By readall() of a source in memory. */
void zst_read_all(struct worker *w, const struct set *set, size_t i);

#endif
