/* zst_compression_writer: a stream to write content to, which writes frames to a sink. */

#include "streams.h"

enum { LEN = 60000, WRITE_SIZE = 1000 };

static zst_error err;
static zst_compression_writer *writer; /* the one that callbacks use */

static zst_compression_writer *make(struct drain *drain, uint64_t size) {
    zst_compressor *compressor = make_compressor();
    zst_compression_writer *made;
    zst_sink sink = sink_of(drain);
    CHECK(succeeds(&err, zst_compressor_stream_writer(compressor, &sink, size, WRITE_SIZE, &made, &err)));
    fill(&sink, sizeof sink); /* it was copied */
    zst_compressor_free(compressor);
    return made;
}

static size_t written_now;

static zst_status put(const void *src, size_t len, size_t *taken) {
    unsigned char *copy = exactly(src, len);
    zst_status status;
    fill(taken, sizeof *taken);
    fill(&written_now, sizeof written_now);
    status = zst_compression_writer_write(writer, copy, len, taken, &written_now, &err);
    if (status < 0) CHECK(untouched(taken, sizeof *taken) && untouched(&written_now, sizeof written_now));
    free(copy); /* it was read during the call only */
    return status;
}

static void pieces_and_short_writes(void) {
    static const size_t sizes[] = {1, 777, LEN};
    char *text = make_text(LEN, 1);
    size_t which, most, at, taken, total;
    for (which = 0; which < 3; which++) {
        for (most = 1; most <= WRITE_SIZE; most = most * 30 + 1) {
            struct drain drain = drain_of(most);
            size_t len = which == 0 ? 1000 : LEN;
            writer = make(&drain, which == 1 ? ZST_CONTENTSIZE_UNKNOWN : len);
            for (at = total = 0; at < len; at += taken) {
                size_t piece = len - at < sizes[which] ? len - at : sizes[which];
                CHECK(succeeds(&err, put(text + at, piece, &taken)) && taken == piece);
                total += written_now;
            }
            CHECK(total == drain.len && zst_compression_writer_tell(writer) == total);
            CHECK(succeeds(&err, zst_compression_writer_flush(writer, ZST_FLUSH_BLOCK, &written_now, &err)));
            CHECK(drain.flushes == 1 && drain.len == total + written_now && written_now > 0);
            CHECK(succeeds(&err, zst_compression_writer_flush(writer, ZST_FLUSH_BLOCK, NULL, &err)));
            CHECK(drain.flushes == 2 && !zst_compression_writer_closed(writer));
            CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)));
            CHECK(drain.closes == 1 && drain.drops == 1 && zst_compression_writer_closed(writer));
            CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)));
            CHECK(holds(drain.bytes, drain.len, text, len) && zst_compression_writer_tell(writer) == drain.len);
            CHECK(fails(ZST_ERROR_CLOSED, "stream is closed", &err, put("x", 1, &taken)));
            CHECK(fails(ZST_ERROR_CLOSED, "stream is closed", &err,
                        zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, &err)));
            zst_compression_writer_free(writer);
            CHECK(drain.closes == 1 && drain.drops == 1);
            free(drain.bytes);
        }
    }
    free(text);
}

static void frame_after_frame(void) {
    struct drain drain = drain_of(100);
    size_t taken, first;
    writer = make(&drain, 3);
    CHECK(succeeds(&err, put("foo", 3, &taken)));
    CHECK(succeeds(&err, zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, &err)));
    first = drain.len;
    CHECK(succeeds(&err, put("barbaz", 6, &taken)));
    CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)));
    CHECK(holds(drain.bytes, first, "foo", 3) && holds(drain.bytes + first, drain.len - first, "barbaz", 6));
    zst_compression_writer_free(writer);
    free(drain.bytes);

    drain = drain_of(100); /* left in the middle: dropped, not closed */
    writer = make(&drain, 3);
    CHECK(succeeds(&err, put("fo", 2, &taken)));
    zst_compression_writer_free(writer);
    CHECK(drain.closes == 0 && drain.drops == 1 && drain.len == 0);
    free(drain.bytes);
}

/* Whichever call of the sink fails, nothing is lost: write, flush, write, close, each repeated until it is done. */
static void a_failing_sink(int32_t code) {
    char *text = make_text(LEN, 2);
    int index, calls = 1;
    for (index = 0; index < calls; index++) {
        struct drain drain = drain_of(700);
        size_t half, at, taken;
        zst_status status;
        int close_failed = 0, failures = 0;
        drain.fail_at = index;
        drain.code = code;
        writer = make(&drain, LEN);
        for (half = 1; half <= 2; half++) {
            for (at = (half - 1) * LEN / 2; at < half * LEN / 2; at += taken) {
                status = put(text + at, half * LEN / 2 - at, &taken);
                if (status < 0) {
                    CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
                    taken = status == ZST_ERROR_SINK ? half * LEN / 2 - at : 0;
                }
            }
            while ((status = zst_compression_writer_flush(writer, ZST_FLUSH_BLOCK, NULL, &err)) < 0)
                CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
            CHECK(drain.flushes == (int)half);
        }
        while ((status = zst_compression_writer_close(writer, &err)) < 0) {
            CHECK(fails_with_code(ZST_ERROR_SINK, code, &err, status) && ++failures == 1);
            CHECK(zst_compression_writer_closed(writer) == (code != ZST_ERROR_WOULD_BLOCK));
            close_failed = code != ZST_ERROR_WOULD_BLOCK;
        }
        /* A close that failed has closed the writer. */
        CHECK(close_failed ? drain.closes == 0 : drain.closes == 1 && holds(drain.bytes, drain.len, text, LEN));
        CHECK(zst_compression_writer_tell(writer) == drain.len && drain.drops == 1);
        zst_compression_writer_free(writer);
        CHECK(drain.drops == 1);
        calls = drain.calls;
        free(drain.bytes);
    }
    CHECK(calls > 10);
    free(text);
}

static void sizes_and_claims_that_are_wrong(void) {
    struct drain drain = drain_of(100);
    size_t taken;
    writer = make(&drain, 2);
    CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, put("foo", 3, &taken)));
    CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, put("f", 1, &taken)));
    CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, zst_compression_writer_close(writer, &err)));
    CHECK(zst_compression_writer_closed(writer) && drain.closes == 0 && drain.drops == 1 && drain.len == 0);
    zst_compression_writer_free(writer);
    free(drain.bytes);

    drain = drain_of(100);
    writer = make(&drain, 4);
    CHECK(succeeds(&err, put("foo", 3, &taken)));
    CHECK(fails(ZST_ERROR_VALUE, "unknown flush_mode: 2", &err, zst_compression_writer_flush(writer, 2, NULL, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err,
                zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, &err)));
    zst_compression_writer_free(writer);
    free(drain.bytes);

    drain = drain_of(100);
    writer = make(&drain, 3);
    CHECK(succeeds(&err, put("foo", 3, &taken)));
    drain.excess = 1;
    CHECK(fails(ZST_ERROR_SINK, "the sink claims to have taken 13 bytes of 12", &err,
                zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, &err)));
    zst_compression_writer_free(writer);
    CHECK(drain.closes == 0 && drain.drops == 1);
    free(drain.bytes);

    drain = drain_of(0); /* 0 bytes taken: would block */
    writer = make(&drain, 3);
    CHECK(succeeds(&err, put("foo", 3, &taken)));
    CHECK(fails(ZST_ERROR_WOULD_BLOCK, "the sink would block", &err, zst_compression_writer_close(writer, &err)));
    drain.most = 100;
    CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)) && holds(drain.bytes, drain.len, "foo", 3));
    zst_compression_writer_free(writer);
    free(drain.bytes);
}

static void use_from_inside(void) {
    size_t taken, size;
    zst_frame_progression progression;
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, put("x", 1, &taken)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_compression_writer_flush(writer, ZST_FLUSH_BLOCK, NULL, &err)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_compression_writer_close(writer, &err)));
    CHECK(!zst_compression_writer_closed(writer));
    CHECK(succeeds(&err, zst_compression_writer_frame_progression(writer, &progression, &err)));
    CHECK(succeeds(&err, zst_compression_writer_memory_size(writer, &size, &err)) && size > 0);
}

static void free_from_inside(void) {
    zst_compression_writer_free(writer);
    writer = NULL;
}

static void inside_a_callback(void) {
    int frees;
    size_t taken;
    for (frees = 0; frees < 2; frees++) {
        struct drain drain = drain_of(100);
        drain.inside = frees ? free_from_inside : use_from_inside;
        writer = make(&drain, 6);
        CHECK(succeeds(&err, put("foobar", 6, &taken)));
        CHECK(zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, &err) == ZST_OK);
        CHECK(drain.drops == frees && (writer == NULL) == frees);
        drain.inside = NULL;
        zst_compression_writer_free(writer);
        CHECK(drain.drops == 1 && holds(drain.bytes, drain.len, "foobar", 6));
        free(drain.bytes);
    }
}

static void *write_together(void *argument) {
    int round;
    (void)argument;
    for (round = 0; round < 300;) {
        zst_status status = zst_compression_writer_write(writer, "0123456789", 10, NULL, NULL, NULL);
        CHECK(status == ZST_OK || status == ZST_ERROR_BUSY);
        round += status == ZST_OK;
    }
    return NULL;
}

static void several_threads(void) {
    struct drain drain = drain_of(100);
    zst_bytes content;
    size_t at;
    writer = make(&drain, ZST_CONTENTSIZE_UNKNOWN);
    in_threads(write_together, NULL);
    CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)));
    CHECK(zst_decompress(drain.bytes, drain.len, 10000, &content, NULL) == ZST_OK && content.len == 9000);
    for (at = 0; at < content.len; at += 10) CHECK(memcmp(content.data + at, "0123456789", 10) == 0);
    zst_bytes_free(&content);
    zst_compression_writer_free(writer);
    free(drain.bytes);
}

static void null_pointers(void) {
    zst_compressor *compressor = make_compressor();
    struct drain drain = drain_of(100);
    zst_sink sink = sink_of(&drain), without_write = sink, bare = sink;
    zst_compression_writer *made;
    zst_frame_progression progression;
    size_t size;
    int drops = 0;
    without_write.write = NULL;
    fill(&made, sizeof made);
    fill(&size, sizeof size);
    fill(&progression, sizeof progression);
    CHECK(refuses_null("sink", &err, zst_compressor_stream_writer(compressor, NULL, 1, 1, &made, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_stream_writer(NULL, &sink, 1, 1, &made, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_compressor_stream_writer(compressor, &sink, 1, 1, NULL, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(refuses_null("sink->write", &err,
                       zst_compressor_stream_writer(compressor, &without_write, 1, 1, &made, &err)));
    CHECK(drain.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_compressor_stream_writer(compressor, &sink, 1, 0, &made, &err)));
    CHECK(drain.drops == ++drops && untouched(&made, sizeof made));

    /* All callbacks but write() may be missing, and all outputs. */
    drain = drain_of(100);
    bare.flush = bare.close = NULL;
    bare.drop = NULL;
    CHECK(succeeds(&err, zst_compressor_stream_writer(compressor, &bare, 3, 100, &writer, &err)));
    CHECK(refuses_null("writer", &err, zst_compression_writer_write(NULL, "x", 1, &size, &size, &err)));
    CHECK(refuses_null("src", &err, zst_compression_writer_write(writer, NULL, 1, &size, &size, &err)));
    CHECK(refuses_null("writer", &err, zst_compression_writer_flush(NULL, ZST_FLUSH_BLOCK, &size, &err)));
    CHECK(refuses_null("writer", &err, zst_compression_writer_close(NULL, &err)));
    CHECK(refuses_null("writer", &err, zst_compression_writer_memory_size(NULL, &size, &err)));
    CHECK(refuses_null("out_size", &err, zst_compression_writer_memory_size(writer, NULL, &err)));
    CHECK(refuses_null("writer", &err, zst_compression_writer_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compression_writer_frame_progression(writer, NULL, &err)));
    CHECK(zst_compression_writer_tell(NULL) == 0 && zst_compression_writer_closed(NULL) == 1);
    CHECK(untouched(&size, sizeof size) && untouched(&progression, sizeof progression));
    CHECK(succeeds(&err, zst_compression_writer_write(writer, "foo", 3, NULL, NULL, &err)));
    CHECK(succeeds(&err, zst_compression_writer_write(writer, NULL, 0, NULL, NULL, &err)));
    CHECK(succeeds(&err, zst_compression_writer_flush(writer, ZST_FLUSH_BLOCK, NULL, &err)));
    CHECK(succeeds(&err, zst_compression_writer_close(writer, &err)) && holds(drain.bytes, drain.len, "foo", 3));
    zst_compression_writer_free(NULL);
    zst_compression_writer_free(writer);
    zst_compressor_free(compressor);
    free(drain.bytes);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_and_short_writes();
    frame_after_frame();
    a_failing_sink(OWN_CODE);
    a_failing_sink(-1234);
    a_failing_sink(ZST_ERROR_WOULD_BLOCK);
    sizes_and_claims_that_are_wrong();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
