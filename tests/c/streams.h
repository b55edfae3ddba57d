/* A source and a sink for tests: they follow the rules, see whether the library does, and fail on demand. */

#ifndef STREAMS_H
#define STREAMS_H

#include <pthread.h>

#include "check.h"

enum { NEVER = -1, OWN_CODE = 77 };

/* Lends `data` in blocks. Each is gone when the next one is asked for, so that valgrind sees who still reads it. */
struct feed {
    const unsigned char *data;
    size_t len, at, block;
    int calls;     /* of read() */
    int fail_at;   /* the call that fails, once, with `code` */
    int32_t code;
    int ended, drops;
    unsigned char *lent;
    void (*inside)(void); /* called in read() */
};

static inline int32_t feed_read(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    struct feed *feed = userdata;
    size_t left = feed->len - feed->at;
    CHECK(size_hint > 0 && !feed->ended && feed->drops == 0);
    free(feed->lent);
    feed->lent = NULL;
    if (feed->inside != NULL) feed->inside();
    if (feed->calls++ == feed->fail_at) return feed->code;
    *out_len = left < feed->block ? left : feed->block;
    *out_data = feed->lent = exactly(feed->data + feed->at, *out_len);
    feed->at += *out_len;
    feed->ended = *out_len == 0;
    return 0;
}

static inline void feed_drop(void *userdata) {
    struct feed *feed = userdata;
    feed->drops++;
    free(feed->lent);
    feed->lent = NULL;
}

static inline struct feed feed_of(const void *data, size_t len, size_t block) {
    struct feed feed = {0};
    feed.data = data;
    feed.len = len;
    feed.block = block;
    feed.fail_at = NEVER;
    feed.code = OWN_CODE;
    return feed;
}

static inline zst_source source_of(struct feed *feed) {
    zst_source source;
    source.userdata = feed;
    source.read = feed_read;
    source.drop = feed_drop;
    return source;
}

/* Collects what it is given, `most` bytes of each piece. */
struct drain {
    unsigned char *bytes; /* free() it */
    size_t len, most, excess; /* it claims to have taken so much more */
    int calls;   /* of write(), flush() and close() */
    int fail_at; /* the call that fails, once, with `code` */
    int32_t code;
    int flushes, closes, drops;
    void (*inside)(void); /* called in all of them */
};

static inline int drain_fails(struct drain *drain) {
    CHECK(drain->drops == 0 && drain->closes == 0);
    if (drain->inside != NULL) drain->inside();
    return drain->calls++ == drain->fail_at;
}

static inline int32_t drain_write(void *userdata, const uint8_t *data, size_t len, size_t *out_written) {
    struct drain *drain = userdata;
    size_t taken = len < drain->most ? len : drain->most;
    CHECK(len > 0);
    if (drain_fails(drain)) return drain->code;
    drain->bytes = realloc(drain->bytes, drain->len + taken + 1);
    CHECK(drain->bytes != NULL);
    memcpy(drain->bytes + drain->len, data, taken);
    drain->len += taken;
    *out_written = drain->excess > 0 ? len + drain->excess : taken;
    return 0;
}

static inline int32_t drain_flush(void *userdata) {
    struct drain *drain = userdata;
    if (drain_fails(drain)) return drain->code;
    drain->flushes++;
    return 0;
}

static inline int32_t drain_close(void *userdata) {
    struct drain *drain = userdata;
    if (drain_fails(drain)) return drain->code;
    drain->closes++;
    return 0;
}

static inline void drain_drop(void *userdata) { ((struct drain *)userdata)->drops++; }

static inline struct drain drain_of(size_t most) {
    struct drain drain = {0};
    drain.most = most;
    drain.fail_at = NEVER;
    drain.code = OWN_CODE;
    return drain;
}

static inline zst_sink sink_of(struct drain *drain) {
    zst_sink sink;
    sink.userdata = drain;
    sink.write = drain_write;
    sink.flush = drain_flush;
    sink.close = drain_close;
    sink.drop = drain_drop;
    return sink;
}

/** As fails(), for what a callback has caused: its code is in the error. */
static inline int fails_by_callback(zst_status expected, int32_t code, zst_error *err, zst_status status) {
    int good = status == expected && err->status == status && err->callback_code == code && err->message[0] != 0;
    if (!good)
        fprintf(stderr, "%s instead of %s: %.464s\n", zst_status_name(status), zst_status_name(expected),
                status >= 0 ? "" : err->message);
    fill(err, sizeof *err);
    return good;
}

/** A failure of the source or sink with `code`, as the caller sees it. `status` is ZST_ERROR_SOURCE or ZST_ERROR_SINK. */
static inline int fails_with_code(zst_status expected, int32_t code, zst_error *err, zst_status status) {
    if (code == ZST_ERROR_WOULD_BLOCK) return fails_by_callback(ZST_ERROR_WOULD_BLOCK, 0, err, status);
    return fails_by_callback(expected, code, err, status);
}

/** Whether the one frame at `frame` has this content. */
static inline int holds(const void *frame, size_t frame_len, const void *content, size_t len) {
    zst_bytes got;
    int good;
    CHECK(zst_decompress(frame, frame_len, len + 1, &got, NULL) == ZST_OK);
    good = same(got.data, got.len, content, len);
    zst_bytes_free(&got);
    return good;
}

/** Runs `work` in several threads at the same time. */
static inline void in_threads(void *(*work)(void *), void *argument) {
    pthread_t threads[3];
    size_t at;
    for (at = 0; at < 3; at++) CHECK(pthread_create(&threads[at], NULL, work, argument) == 0);
    for (at = 0; at < 3; at++) CHECK(pthread_join(threads[at], NULL) == 0);
}

static inline zst_compressor *make_compressor(void) {
    zst_compressor *compressor;
    CHECK(zst_compressor_new(3, NULL, &compressor, NULL) == ZST_OK);
    return compressor;
}

static inline zst_decompressor *make_decompressor(void) {
    zst_decompressor *decompressor;
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    return decompressor;
}

#endif
