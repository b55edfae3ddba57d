/* zst_decompressor_iterator: the content of frames, piece by piece, which are read from a source. */

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static zst_decompressor_iterator *iterator; /* the one that callbacks use */

static zst_decompressor_iterator *make(struct feed *feed, int32_t flags, size_t skip_bytes, size_t write_size) {
    zst_decompressor *decompressor = make_decompressor();
    zst_decompressor_iterator *made;
    zst_source source = source_of(feed);
    CHECK(succeeds(&err, zst_decompressor_read_to_iter(decompressor, &source, 1000, write_size, skip_bytes, flags, &made,
                                                       &err)));
    fill(&source, sizeof source); /* it was copied */
    zst_decompressor_free(decompressor);
    return made;
}

/* Appends the next piece. Without one the outputs are untouched. */
static zst_status next(unsigned char *place, size_t *got, size_t most) {
    const uint8_t *data;
    size_t len;
    zst_status status;
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    status = zst_decompressor_iterator_next(iterator, &data, &len, &err);
    if (status == ZST_OK) {
        CHECK(len > 0 && len <= most);
        memcpy(place + *got, data, len);
        *got += len;
    } else {
        CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len));
    }
    return status;
}

/* Two frames of `text`; free with zst_bytes_free(). */
static zst_bytes two_frames(const char *text) {
    zst_bytes frame = make_frame(text, LEN, 3), both = {0};
    zst_sink sink;
    size_t done;
    CHECK(zst_sink_to_bytes(&both, &sink, NULL) == ZST_OK);
    CHECK(sink.write(sink.userdata, frame.data, frame.len, &done) == 0 && done == frame.len);
    CHECK(sink.write(sink.userdata, frame.data, frame.len, &done) == 0 && done == frame.len);
    zst_sink_drop(&sink);
    zst_bytes_free(&frame);
    return both;
}

static void pieces_of_every_size(void) {
    static const size_t sizes[] = {1, 100, 2 * LEN};
    char *text = make_text(LEN, 1);
    unsigned char *content = malloc(2 * LEN);
    zst_bytes both = two_frames(text);
    size_t block, piece, got;
    CHECK(content != NULL);
    for (block = 0; block < 3; block++) {
        for (piece = 1; piece < 3; piece++) {
            int across;
            for (across = 0; across < 2; across++) {
                struct feed feed = feed_of(both.data, both.len, sizes[block]);
                zst_status status = ZST_OK;
                const uint8_t *data;
                size_t len;
                iterator = make(&feed, across ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0, 0, sizes[piece]);
                CHECK(feed.calls == 0);
                for (got = 0; status == ZST_OK;) status = next(content, &got, sizes[piece]);
                CHECK(status == ZST_DONE && untouched(&err, sizeof err) && next(content, &got, 1) == ZST_DONE);
                CHECK(got == (size_t)(1 + across) * LEN && memcmp(content, text, LEN) == 0);
                CHECK(memcmp(content + got - LEN, text, LEN) == 0);
                CHECK(succeeds(&err, zst_decompressor_iterator_unused_data(iterator, &data, &len, &err)));
                CHECK(feed.at - len == (across ? both.len : both.len / 2));
                CHECK(same(data, len, both.data + feed.at - len, len));
                zst_decompressor_iterator_free(iterator);
                CHECK(feed.drops == 1);
            }
        }
    }
    zst_bytes_free(&both);
    free(content);
    free(text);
}

/* Whichever read() of the source fails, nothing is lost. */
static void a_failing_source(int32_t code) {
    char *text = make_text(LEN, 2);
    unsigned char *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    int index, calls = 10;
    CHECK(content != NULL);
    for (index = 0; index <= calls; index++) {
        struct feed feed = feed_of(frame.data, frame.len, frame.len / 6);
        zst_status status = ZST_OK;
        size_t got = 0;
        int failures = 0;
        feed.fail_at = index;
        feed.code = code;
        iterator = make(&feed, ZST_DECOMPRESS_READ_ACROSS_FRAMES, 0, 500);
        while (status != ZST_DONE) {
            status = next(content, &got, 500);
            if (status < 0) CHECK(fails_with_code(ZST_ERROR_SOURCE, code, &err, status) && ++failures == 1);
        }
        calls = feed.calls - failures;
        CHECK(failures == (index < calls) && same(content, got, text, LEN));
        zst_decompressor_iterator_free(iterator);
        CHECK(feed.drops == 1);
    }
    CHECK(calls > 6);
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void truncated_and_damaged_input(void) {
    char *text = make_text(LEN, 3);
    unsigned char *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t cut, got;
    CHECK(content != NULL);
    for (cut = 1; cut < frame.len; cut += cut < 30 ? 1 : 997) {
        int strict;
        for (strict = 0; strict < 2; strict++) {
            struct feed feed = feed_of(frame.data, cut, 700);
            zst_status status = ZST_OK;
            iterator = make(&feed, strict ? ZST_DECOMPRESS_STRICT : 0, 0, 500);
            for (got = 0; status == ZST_OK;) status = next(content, &got, 500);
            CHECK(strict ? fails(ZST_ERROR_TRUNCATED, "input ends inside a frame", &err, status) : status == ZST_DONE);
            if (strict) CHECK(fails(ZST_ERROR_TRUNCATED, "input ends", &err, next(content, &got, 500)));
            CHECK(memcmp(content, text, got) == 0);
            zst_decompressor_iterator_free(iterator);
            CHECK(feed.drops == 1);
        }
    }
    {
        struct feed feed = feed_of("garbage!", 8, 3);
        iterator = make(&feed, 0, 0, 500);
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, next(content, &got, 500)));
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, next(content, &got, 500)));
        zst_decompressor_iterator_free(iterator);
        CHECK(feed.drops == 1);
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void bytes_to_skip(void) {
    unsigned char input[100] = "head", content[100];
    zst_bytes frame = make_frame("foobar", 6, 3);
    struct feed feed = feed_of(input, 4 + frame.len, 100);
    size_t got = 0;
    memcpy(input + 4, frame.data, frame.len);
    iterator = make(&feed, 0, 4, 500);
    CHECK(next(content, &got, 500) == ZST_OK && same(content, got, "foobar", 6));
    CHECK(next(content, &got, 500) == ZST_DONE);
    zst_decompressor_iterator_free(iterator);
    feed = feed_of(input, 4 + frame.len, 4);
    iterator = make(&feed, 0, 4, 500);
    CHECK(fails(ZST_ERROR_VALUE, "skip_bytes larger than first input chunk", &err, next(content, &got, 500)));
    zst_decompressor_iterator_free(iterator);
    CHECK(feed.drops == 1);
    zst_bytes_free(&frame);
}

static void use_from_inside(void) {
    unsigned char place[10];
    size_t got = 0;
    const uint8_t *data;
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, next(place, &got, 10)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_decompressor_iterator_unused_data(iterator, &data, &got, &err)));
}

static void free_from_inside(void) {
    zst_decompressor_iterator_free(iterator);
    iterator = NULL;
}

static void inside_a_callback(void) {
    unsigned char content[100];
    zst_bytes frame = make_frame("foobar", 6, 3);
    size_t got = 0;
    struct feed feed = feed_of(frame.data, frame.len, 3);
    feed.inside = use_from_inside;
    iterator = make(&feed, 0, 0, 100);
    while (next(content, &got, 100) == ZST_OK) {}
    CHECK(same(content, got, "foobar", 6));
    zst_decompressor_iterator_free(iterator);

    feed = feed_of(frame.data, frame.len, frame.len);
    feed.fail_at = 0;
    feed.inside = free_from_inside;
    iterator = make(&feed, 0, 0, 100);
    CHECK(fails_by_callback(ZST_ERROR_SOURCE, OWN_CODE, &err, next(content, &got, 100)));
    CHECK(iterator == NULL && feed.drops == 1);
    zst_bytes_free(&frame);
}

static void *iterate_together(void *argument) {
    zst_status status;
    (void)argument;
    do {
        const uint8_t *data;
        size_t len;
        status = zst_decompressor_iterator_next(iterator, &data, &len, NULL);
        CHECK(status >= 0 || status == ZST_ERROR_BUSY);
    } while (status != ZST_DONE);
    return NULL;
}

static void several_threads(void) {
    char *text = make_text(LEN, 4);
    zst_bytes frame = make_frame(text, LEN, 3);
    struct feed feed = feed_of(frame.data, frame.len, 50);
    iterator = make(&feed, ZST_DECOMPRESS_STRICT, 0, 50);
    in_threads(iterate_together, NULL);
    CHECK(feed.at == frame.len);
    zst_decompressor_iterator_free(iterator);
    zst_bytes_free(&frame);
    free(text);
}

static void null_pointers(void) {
    zst_decompressor *decompressor = make_decompressor();
    struct feed feed = feed_of("x", 1, 1);
    zst_source source = source_of(&feed), without_read = source;
    zst_decompressor_iterator *made;
    const uint8_t *data;
    size_t len;
    int drops = 0;
    without_read.read = NULL;
    fill(&made, sizeof made);
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    CHECK(refuses_null("source", &err, zst_decompressor_read_to_iter(decompressor, NULL, 1, 1, 0, 0, &made, &err)));
    CHECK(refuses_null("decompressor", &err, zst_decompressor_read_to_iter(NULL, &source, 1, 1, 0, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_decompressor_read_to_iter(decompressor, &source, 1, 1, 0, 0, NULL, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("source->read", &err,
                       zst_decompressor_read_to_iter(decompressor, &without_read, 1, 1, 0, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_decompressor_read_to_iter(decompressor, &source, 0, 1, 0, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_decompressor_read_to_iter(decompressor, &source, 1, 0, 0, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "skip_bytes must be smaller than read_size", &err,
                zst_decompressor_read_to_iter(decompressor, &source, 9, 1, 9, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "unknown flags: 0x2", &err,
                zst_decompressor_read_to_iter(decompressor, &source, 1, 1, 0, 2, &made, &err)));
    CHECK(feed.drops == ++drops && untouched(&made, sizeof made));

    feed = feed_of("x", 1, 1);
    iterator = make(&feed, 0, 0, 1);
    CHECK(refuses_null("iterator", &err, zst_decompressor_iterator_next(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_decompressor_iterator_next(iterator, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompressor_iterator_next(iterator, &data, NULL, &err)));
    CHECK(refuses_null("iterator", &err, zst_decompressor_iterator_unused_data(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_decompressor_iterator_unused_data(iterator, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompressor_iterator_unused_data(iterator, &data, NULL, &err)));
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len));
    CHECK(feed.calls == 0);
    zst_decompressor_iterator_free(NULL);
    zst_decompressor_iterator_free(iterator);
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    a_failing_source(OWN_CODE);
    a_failing_source(ZST_ERROR_WOULD_BLOCK);
    truncated_and_damaged_input();
    bytes_to_skip();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
