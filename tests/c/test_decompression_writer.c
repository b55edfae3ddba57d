/* zst_decompression_writer: a stream to write frames to, which writes their content to a sink. */

#include "streams.h"

enum { LEN = 60000, WRITE_SIZE = 1000 };

static zst_error err;
static zst_decompression_writer *writer; /* the one that callbacks use */

static zst_decompression_writer *make(struct drain *drain, int32_t flags) {
    zst_decompressor *decompressor = make_decompressor();
    zst_decompression_writer *made;
    zst_sink sink = sink_of(drain);
    CHECK(succeeds(&err, zst_decompressor_stream_writer(decompressor, &sink, WRITE_SIZE, flags, &made, &err)));
    fill(&sink, sizeof sink); /* it was copied */
    zst_decompressor_free(decompressor);
    return made;
}

static size_t written_now;

static zst_status put(const void *src, size_t len, size_t *taken) {
    unsigned char *copy = exactly(src, len);
    zst_status status;
    fill(taken, sizeof *taken);
    fill(&written_now, sizeof written_now);
    status = zst_decompression_writer_write(writer, copy, len, taken, &written_now, &err);
    if (status < 0) CHECK(untouched(taken, sizeof *taken) && untouched(&written_now, sizeof written_now));
    free(copy); /* it was read during the call only */
    return status;
}

static void pieces_and_short_writes(void) {
    static const size_t sizes[] = {1, 777, LEN};
    char *text = make_text(LEN, 1);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t which, most, at, taken, total;
    for (which = 0; which < 3; which++) {
        for (most = 1; most <= WRITE_SIZE; most = most * 30 + 1) {
            struct drain drain = drain_of(most);
            writer = make(&drain, ZST_DECOMPRESS_STRICT);
            for (at = total = 0; at < frame.len; at += taken) {
                size_t piece = frame.len - at < sizes[which] ? frame.len - at : sizes[which];
                CHECK(succeeds(&err, put(frame.data + at, piece, &taken)) && taken == piece);
                total += written_now;
            }
            CHECK(total == LEN && same(drain.bytes, drain.len, text, LEN)); /* nothing waits for a flush */
            CHECK(zst_decompression_writer_tell(writer) == LEN && zst_decompression_writer_at_frame_end(writer) == 1);
            CHECK(succeeds(&err, zst_decompression_writer_flush(writer, &written_now, &err)));
            CHECK(drain.flushes == 1 && written_now == 0);
            CHECK(succeeds(&err, put(frame.data, frame.len, &taken))); /* and another frame */
            CHECK(!zst_decompression_writer_closed(writer));
            CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)));
            CHECK(drain.flushes == 2 && drain.closes == 1 && drain.drops == 1);
            CHECK(zst_decompression_writer_closed(writer) && zst_decompression_writer_tell(writer) == 2 * LEN);
            CHECK(drain.len == 2 * LEN && memcmp(drain.bytes + LEN, text, LEN) == 0);
            CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)));
            CHECK(fails(ZST_ERROR_CLOSED, "stream is closed", &err, put("x", 1, &taken)));
            CHECK(fails(ZST_ERROR_CLOSED, "stream is closed", &err,
                        zst_decompression_writer_flush(writer, NULL, &err)));
            zst_decompression_writer_free(writer);
            CHECK(drain.closes == 1 && drain.drops == 1);
            free(drain.bytes);
        }
    }
    zst_bytes_free(&frame);
    free(text);
}

/* Whichever call of the sink fails, nothing is lost: write, flush, write, close, each repeated until it is done. */
static void a_failing_sink(int32_t code) {
    char *text = make_text(LEN, 2);
    zst_bytes frame = make_frame(text, LEN, 3);
    int index, calls = 1;
    for (index = 0; index < calls; index += index < 40 ? 1 : 7) {
        struct drain drain = drain_of(700);
        size_t half, at, end, taken;
        zst_status status;
        int close_failed = 0, failures = 0;
        drain.fail_at = index;
        drain.code = code;
        writer = make(&drain, ZST_DECOMPRESS_STRICT);
        for (half = 1; half <= 2; half++) {
            end = half == 1 ? frame.len / 2 : frame.len;
            for (at = half == 1 ? 0 : frame.len / 2; at < end; at += taken) {
                status = put(frame.data + at, end - at, &taken);
                if (status < 0) {
                    CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
                    taken = status == ZST_ERROR_SINK ? end - at : 0;
                }
            }
            while ((status = zst_decompression_writer_flush(writer, NULL, &err)) < 0)
                CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
        }
        while ((status = zst_decompression_writer_close(writer, &err)) < 0) {
            CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
            CHECK(zst_decompression_writer_closed(writer) == (code != ZST_ERROR_WOULD_BLOCK));
            close_failed = code != ZST_ERROR_WOULD_BLOCK;
        }
        CHECK(drain.closes == !close_failed && drain.drops == 1 && same(drain.bytes, drain.len, text, LEN));
        zst_decompression_writer_free(writer);
        CHECK(drain.drops == 1);
        calls = drain.calls;
        free(drain.bytes);
    }
    CHECK(calls > 80);
    zst_bytes_free(&frame);
    free(text);
}

static void truncated_and_damaged_input(void) {
    char *text = make_text(LEN, 3);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t cut, taken;
    for (cut = 1; cut < frame.len; cut += cut < 30 ? 3 : 1997) {
        int strict;
        for (strict = 0; strict < 2; strict++) {
            struct drain drain = drain_of(700);
            writer = make(&drain, strict ? ZST_DECOMPRESS_STRICT : 0);
            CHECK(succeeds(&err, put(frame.data, cut, &taken)) && !zst_decompression_writer_at_frame_end(writer));
            if (strict) {
                CHECK(fails(ZST_ERROR_TRUNCATED, "ends inside a frame", &err,
                            zst_decompression_writer_close(writer, &err)));
            } else {
                CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)));
            }
            CHECK(drain.closes == !strict && drain.drops == 1 && zst_decompression_writer_closed(writer));
            CHECK(drain.len == 0 || memcmp(drain.bytes, text, drain.len) == 0);
            zst_decompression_writer_free(writer);
            CHECK(drain.drops == 1);
            free(drain.bytes);
        }
    }
    {
        struct drain drain = drain_of(700);
        unsigned char *both = exactly(frame.data, frame.len);
        both = realloc(both, frame.len + 8);
        CHECK(both != NULL);
        memcpy(both + frame.len, "garbage!", 8);
        writer = make(&drain, 0);
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, put(both, frame.len + 8, &taken)));
        CHECK(same(drain.bytes, drain.len, text, LEN)); /* what comes before is there */
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, put("x", 1, &taken)));
        zst_decompression_writer_free(writer); /* without close() */
        CHECK(drain.closes == 0 && drain.drops == 1);
        free(drain.bytes);
        free(both);
    }
    zst_bytes_free(&frame);
    free(text);
}

static void claims_that_are_wrong(void) {
    zst_bytes frame = make_frame("foo", 3, 3);
    struct drain drain = drain_of(100);
    size_t taken;
    drain.excess = 1;
    writer = make(&drain, 0);
    CHECK(fails(ZST_ERROR_SINK, "the sink claims to have taken 4 bytes of 3", &err, put(frame.data, frame.len, &taken)));
    zst_decompression_writer_free(writer);
    CHECK(drain.closes == 0 && drain.drops == 1);
    free(drain.bytes);

    drain = drain_of(0); /* 0 bytes taken: would block, with the input taken in */
    writer = make(&drain, 0);
    CHECK(succeeds(&err, put(frame.data, frame.len, &taken)) && taken == frame.len && written_now == 0);
    CHECK(fails(ZST_ERROR_WOULD_BLOCK, "the sink would block", &err, put(frame.data, frame.len, &taken)));
    CHECK(fails(ZST_ERROR_WOULD_BLOCK, "the sink would block", &err, zst_decompression_writer_close(writer, &err)));
    drain.most = 100;
    CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)) && same(drain.bytes, drain.len, "foo", 3));
    zst_decompression_writer_free(writer);
    free(drain.bytes);
    zst_bytes_free(&frame);
}

static void use_from_inside(void) {
    size_t taken, size;
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, put("x", 1, &taken)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_decompression_writer_flush(writer, NULL, &err)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_decompression_writer_close(writer, &err)));
    CHECK(!zst_decompression_writer_closed(writer));
    CHECK(succeeds(&err, zst_decompression_writer_memory_size(writer, &size, &err)) && size > 0);
}

static void free_from_inside(void) {
    zst_decompression_writer_free(writer);
    writer = NULL;
}

static void inside_a_callback(void) {
    zst_bytes frame = make_frame("foobar", 6, 3);
    int frees;
    for (frees = 0; frees < 2; frees++) {
        struct drain drain = drain_of(100);
        drain.inside = frees ? free_from_inside : use_from_inside;
        writer = make(&drain, 0);
        CHECK(zst_decompression_writer_write(writer, frame.data, frame.len, NULL, NULL, &err) == ZST_OK);
        CHECK(drain.drops == frees && (writer == NULL) == frees);
        drain.inside = NULL;
        zst_decompression_writer_free(writer);
        CHECK(drain.drops == 1 && same(drain.bytes, drain.len, "foobar", 6));
        free(drain.bytes);
    }
    zst_bytes_free(&frame);
}

static void *write_together(void *argument) {
    const zst_bytes *frame = argument;
    int round;
    for (round = 0; round < 300;) {
        zst_status status = zst_decompression_writer_write(writer, frame->data, frame->len, NULL, NULL, NULL);
        CHECK(status == ZST_OK || status == ZST_ERROR_BUSY);
        round += status == ZST_OK;
    }
    return NULL;
}

static void several_threads(void) {
    struct drain drain = drain_of(100);
    zst_bytes frame = make_frame("0123456789", 10, 3);
    size_t at;
    writer = make(&drain, ZST_DECOMPRESS_STRICT);
    in_threads(write_together, &frame);
    CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)) && drain.len == 9000);
    for (at = 0; at < drain.len; at += 10) CHECK(memcmp(drain.bytes + at, "0123456789", 10) == 0);
    zst_decompression_writer_free(writer);
    zst_bytes_free(&frame);
    free(drain.bytes);
}

static void null_pointers(void) {
    zst_decompressor *decompressor = make_decompressor();
    struct drain drain = drain_of(100);
    zst_sink sink = sink_of(&drain), without_write = sink, bare = sink;
    zst_decompression_writer *made;
    zst_bytes frame = make_frame("foo", 3, 3);
    size_t size;
    int drops = 0;
    without_write.write = NULL;
    fill(&made, sizeof made);
    fill(&size, sizeof size);
    CHECK(refuses_null("sink", &err, zst_decompressor_stream_writer(decompressor, NULL, 1, 0, &made, &err)));
    CHECK(refuses_null("decompressor", &err, zst_decompressor_stream_writer(NULL, &sink, 1, 0, &made, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_decompressor_stream_writer(decompressor, &sink, 1, 0, NULL, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(refuses_null("sink->write", &err,
                       zst_decompressor_stream_writer(decompressor, &without_write, 1, 0, &made, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_decompressor_stream_writer(decompressor, &sink, 0, 0, &made, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "unknown flags: 0x1", &err,
                zst_decompressor_stream_writer(decompressor, &sink, 1, 1, &made, &err)));
    CHECK(drain.drops == ++drops && untouched(&made, sizeof made));

    /* All callbacks but write() may be missing, and all outputs. */
    drain = drain_of(100);
    bare.flush = bare.close = NULL;
    bare.drop = NULL;
    CHECK(succeeds(&err, zst_decompressor_stream_writer(decompressor, &bare, 100, 0, &writer, &err)));
    CHECK(refuses_null("writer", &err, zst_decompression_writer_write(NULL, "x", 1, &size, &size, &err)));
    CHECK(refuses_null("src", &err, zst_decompression_writer_write(writer, NULL, 1, &size, &size, &err)));
    CHECK(refuses_null("writer", &err, zst_decompression_writer_flush(NULL, &size, &err)));
    CHECK(refuses_null("writer", &err, zst_decompression_writer_close(NULL, &err)));
    CHECK(refuses_null("writer", &err, zst_decompression_writer_memory_size(NULL, &size, &err)));
    CHECK(refuses_null("out_size", &err, zst_decompression_writer_memory_size(writer, NULL, &err)));
    CHECK(zst_decompression_writer_tell(NULL) == 0 && zst_decompression_writer_closed(NULL) == 1);
    CHECK(zst_decompression_writer_at_frame_end(NULL) == 0);
    CHECK(untouched(&size, sizeof size));
    CHECK(succeeds(&err, zst_decompression_writer_write(writer, frame.data, frame.len, NULL, NULL, &err)));
    CHECK(succeeds(&err, zst_decompression_writer_write(writer, NULL, 0, NULL, NULL, &err)));
    CHECK(succeeds(&err, zst_decompression_writer_flush(writer, NULL, &err)));
    CHECK(succeeds(&err, zst_decompression_writer_close(writer, &err)) && same(drain.bytes, drain.len, "foo", 3));
    zst_decompression_writer_free(NULL);
    zst_decompression_writer_free(writer);
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
    free(drain.bytes);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_and_short_writes();
    a_failing_sink(OWN_CODE);
    a_failing_sink(-1234);
    a_failing_sink(ZST_ERROR_WOULD_BLOCK);
    truncated_and_damaged_input();
    claims_that_are_wrong();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
