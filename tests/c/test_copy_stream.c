/* zst_compressor_copy_stream, zst_decompressor_copy_stream: from a source to a sink in one call. */

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;

/* Both directions in one shape; `way` is 'z' or 'd'. */
static zst_status copy(int way, struct feed *feed, struct drain *drain, const zst_progress *progress, uint64_t *read,
                       uint64_t *written) {
    zst_compressor *compressor = make_compressor();
    zst_decompressor *decompressor = make_decompressor();
    zst_source source = source_of(feed);
    zst_sink sink = sink_of(drain);
    zst_status status =
        way == 'z' ? zst_compressor_copy_stream(compressor, &source, &sink, ZST_CONTENTSIZE_UNKNOWN, 500, 1000,
                                                progress, read, written, &err)
                   : zst_decompressor_copy_stream(decompressor, &source, &sink, 500, 1000, 0, progress, read, written,
                                                  &err);
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    CHECK(feed->drops == 1 && drain->drops == 1); /* however it ends */
    CHECK(drain->flushes == 0 && drain->closes == (status == ZST_OK));
    return status;
}

struct watch {
    uint64_t read, written;
    int calls, cancel_at;
};

static int32_t report(void *userdata, uint64_t read, uint64_t written) {
    struct watch *watch = userdata;
    CHECK(read >= watch->read && written >= watch->written);
    watch->read = read;
    watch->written = written;
    return watch->calls++ == watch->cancel_at ? OWN_CODE : 0;
}

static void there_and_back(void) {
    static const size_t sizes[] = {1, 333, 2 * LEN};
    size_t block, most;
    for (block = 0; block < 3; block++) {
        for (most = 0; most < 3; most++) {
            size_t len = block == 0 ? 0 : LEN;
            char *text = make_text(len, 1);
            struct feed feed = feed_of(text, len, sizes[block]);
            struct drain packed = drain_of(sizes[most]), restored = drain_of(sizes[most]);
            struct watch watch = {0, 0, 0, NEVER};
            zst_progress progress;
            uint64_t read, written;
            progress.userdata = &watch;
            progress.report = report;
            CHECK(succeeds(&err, copy('z', &feed, &packed, &progress, &read, &written)));
            CHECK(read == len && written == packed.len && watch.read == read && watch.written == written);
            CHECK(watch.calls > 0 && holds(packed.bytes, packed.len, text, len));
            feed = feed_of(packed.bytes, packed.len, sizes[block]);
            progress.report = NULL;
            CHECK(succeeds(&err, copy('d', &feed, &restored, &progress, &read, &written)));
            CHECK(read == packed.len && written == len && same(restored.bytes, restored.len, text, len));
            free(packed.bytes);
            free(restored.bytes);
            free(text);
        }
    }
}

/* Every callback at every index; nothing can be continued, but what came out is right as far as it goes. */
static void failing_callbacks(int way, int32_t code) {
    char *text = make_text(LEN, 2);
    zst_bytes frame = make_frame(text, LEN, 3);
    const void *input = way == 'z' ? (const void *)text : frame.data;
    size_t len = way == 'z' ? LEN : frame.len;
    int which, index;
    for (which = 0; which < 3; which++) { /* source, sink, progress */
        zst_status status = ZST_ERROR_SOURCE;
        for (index = 0; status != ZST_OK; index++) {
            struct feed feed = feed_of(input, len, len / 6);
            struct drain drain = drain_of(700);
            struct watch watch = {0, 0, 0, NEVER};
            zst_progress progress;
            uint64_t read, written;
            progress.userdata = &watch;
            progress.report = report;
            feed.code = drain.code = code;
            if (which == 0) feed.fail_at = index;
            if (which == 1) drain.fail_at = index;
            if (which == 2) watch.cancel_at = index;
            fill(&read, sizeof read);
            fill(&written, sizeof written);
            status = copy(way, &feed, &drain, &progress, &read, &written);
            if (status == ZST_OK) {
                CHECK(read == len && written == drain.len);
            } else if (which == 2) {
                CHECK(fails_by_callback(ZST_ERROR_CANCELLED, OWN_CODE, &err, status));
            } else {
                CHECK(fails_with_code(which == 0 ? ZST_ERROR_SOURCE : ZST_ERROR_SINK, code, &err, status));
            }
            if (status != ZST_OK) CHECK(untouched(&read, sizeof read) && untouched(&written, sizeof written));
            CHECK(way == 'z' || drain.len == 0 || memcmp(drain.bytes, text, drain.len) == 0);
            free(drain.bytes);
            CHECK(index < 1000);
        }
        CHECK(index > 3);
    }
    zst_bytes_free(&frame);
    free(text);
}

static void truncated_and_damaged_input(void) {
    char *text = make_text(LEN, 3);
    zst_bytes frame = make_frame(text, LEN, 3);
    zst_decompressor *decompressor = make_decompressor();
    size_t cut;
    for (cut = 1; cut < frame.len; cut += cut < 30 ? 3 : 1997) {
        struct feed feed = feed_of(frame.data, cut, 700);
        struct drain drain = drain_of(700);
        zst_source source;
        zst_sink sink;
        CHECK(fails(ZST_ERROR_TRUNCATED, "ends inside a frame", &err, copy('d', &feed, &drain, NULL, NULL, NULL)));
        CHECK(drain.len == 0 || memcmp(drain.bytes, text, drain.len) == 0);
        free(drain.bytes);

        feed = feed_of(frame.data, cut, 700);
        drain = drain_of(700);
        source = source_of(&feed);
        sink = sink_of(&drain);
        CHECK(succeeds(&err, zst_decompressor_copy_stream(decompressor, &source, &sink, 500, 1000,
                                                          ZST_DECOMPRESS_ALLOW_TRUNCATED, NULL, NULL, NULL, &err)));
        CHECK(drain.len == 0 || memcmp(drain.bytes, text, drain.len) == 0);
        free(drain.bytes);
    }
    {
        struct feed feed = feed_of("garbage!", 8, 3);
        struct drain drain = drain_of(1);
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, copy('d', &feed, &drain, NULL, NULL, NULL)));
        CHECK(drain.calls == 0);
    }
    {
        struct feed feed = feed_of("foobar", 6, 3);
        struct drain drain = drain_of(1);
        drain.excess = 5;
        CHECK(fails(ZST_ERROR_SINK, "the sink claims to have taken", &err, copy('z', &feed, &drain, NULL, NULL, NULL)));
        free(drain.bytes);
    }
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
    free(text);
}

static void a_declared_size_that_is_wrong(void) {
    zst_compressor *compressor = make_compressor();
    uint64_t declared;
    for (declared = 5; declared <= 7; declared += 2) {
        struct feed feed = feed_of("foobar", 6, 3);
        struct drain drain = drain_of(100);
        zst_source source = source_of(&feed);
        zst_sink sink = sink_of(&drain);
        CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err,
                    zst_compressor_copy_stream(compressor, &source, &sink, declared, 10, 10, NULL, NULL, NULL, &err)));
        CHECK(feed.drops == 1 && drain.drops == 1);
        free(drain.bytes);
    }
    zst_compressor_free(compressor);
}

/* One compressor, several copies at the same time. */
static void *copy_together(void *argument) {
    const zst_compressor *compressor = argument;
    char *text = make_text(LEN, 4);
    int round;
    for (round = 0; round < 5; round++) {
        struct feed feed = feed_of(text, LEN, 1000);
        struct drain drain = drain_of(1000);
        zst_source source = source_of(&feed);
        zst_sink sink = sink_of(&drain);
        CHECK(zst_compressor_copy_stream(compressor, &source, &sink, LEN, 1, 2000, NULL, NULL, NULL, NULL) == ZST_OK);
        CHECK(holds(drain.bytes, drain.len, text, LEN));
        free(drain.bytes);
    }
    free(text);
    return NULL;
}

static void several_threads(void) {
    zst_compressor *compressor = make_compressor();
    in_threads(copy_together, compressor);
    zst_compressor_free(compressor);
}

/* What is there is dropped, whatever is missing. */
#define DROPS(source_too, sink_too) (feed.drops == (feeds += source_too) && drain.drops == (drains += sink_too))

static void null_pointers(void) {
    zst_compressor *z = make_compressor();
    zst_decompressor *d = make_decompressor();
    struct feed feed = feed_of("x", 1, 1);
    struct drain drain = drain_of(1);
    zst_source source = source_of(&feed), no_read = source;
    zst_sink sink = sink_of(&drain), no_write = sink;
    int feeds = 0, drains = 0;
    no_read.read = NULL;
    no_write.write = NULL;
    CHECK(refuses_null("compressor", &err,
                       zst_compressor_copy_stream(NULL, &source, &sink, 1, 1, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(refuses_null("source", &err, zst_compressor_copy_stream(z, NULL, &sink, 1, 1, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(0, 1));
    CHECK(refuses_null("sink", &err, zst_compressor_copy_stream(z, &source, NULL, 1, 1, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 0));
    CHECK(refuses_null("source->read", &err,
                       zst_compressor_copy_stream(z, &no_read, &sink, 1, 1, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(refuses_null("sink->write", &err,
                       zst_compressor_copy_stream(z, &source, &no_write, 1, 1, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_compressor_copy_stream(z, &source, &sink, 1, 0, 1, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_compressor_copy_stream(z, &source, &sink, 1, 1, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_copy_stream(NULL, &source, &sink, 1, 1, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(refuses_null("source", &err, zst_decompressor_copy_stream(d, NULL, &sink, 1, 1, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(0, 1));
    CHECK(refuses_null("sink", &err, zst_decompressor_copy_stream(d, &source, NULL, 1, 1, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 0));
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_decompressor_copy_stream(d, &source, &sink, 0, 1, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_decompressor_copy_stream(d, &source, &sink, 1, 0, 0, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(fails(ZST_ERROR_VALUE, "unknown flags: 0x8", &err,
                zst_decompressor_copy_stream(d, &source, &sink, 1, 1, ZST_DECOMPRESS_STRICT, NULL, NULL, NULL, &err)));
    CHECK(DROPS(1, 1));
    CHECK(feed.calls == 0 && drain.calls == 0);
    zst_compressor_free(z);
    zst_decompressor_free(d);
}

int main(void) {
    fill(&err, sizeof err);
    there_and_back();
    failing_callbacks('z', OWN_CODE);
    failing_callbacks('z', ZST_ERROR_WOULD_BLOCK);
    failing_callbacks('d', OWN_CODE);
    failing_callbacks('d', ZST_ERROR_WOULD_BLOCK);
    truncated_and_damaged_input();
    a_declared_size_that_is_wrong();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
