/* zst_decompression_reader: content to read, of frames that are read from a source. */

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static zst_decompression_reader *reader; /* the one that callbacks use */

static zst_decompression_reader *make(struct feed *feed, int32_t flags) {
    zst_decompressor *decompressor = make_decompressor();
    zst_decompression_reader *made;
    zst_source source = source_of(feed);
    CHECK(succeeds(&err, zst_decompressor_stream_reader(decompressor, &source, 1000, flags, &made, &err)));
    fill(&source, sizeof source); /* it was copied */
    zst_decompressor_free(decompressor);
    return made;
}

/* One read in one of five ways; returns its status and appends. */
static zst_status read_some(int how, size_t size, unsigned char *place, size_t *got) {
    zst_bytes bytes;
    size_t len = 0;
    zst_status status;
    fill(&bytes, sizeof bytes);
    if (how < 2) {
        status = how == 0 ? zst_decompression_reader_readinto(reader, place + *got, size, &len, &err)
                          : zst_decompression_reader_readinto1(reader, place + *got, size, &len, &err);
    } else {
        status = how == 2   ? zst_decompression_reader_read(reader, size, &bytes, &err)
                 : how == 3 ? zst_decompression_reader_read1(reader, size, &bytes, &err)
                            : zst_decompression_reader_readall(reader, &bytes, &err);
        if (status == ZST_OK) {
            memcpy(place + *got, bytes.data, len = bytes.len);
            zst_bytes_free(&bytes);
        } else {
            CHECK(untouched(&bytes, sizeof bytes));
        }
    }
    *got += len;
    return status == ZST_OK && len == 0 ? ZST_DONE : status;
}

static void every_way_to_read(void) {
    static const size_t sizes[] = {1, 100, 3 * LEN};
    char *text = make_text(LEN, 1);
    unsigned char *content = malloc(3 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t which, got;
    int how, strict;
    CHECK(content != NULL);
    for (how = 0; how < 5; how++) {
        for (which = 0; which < 3; which++) {
            for (strict = 0; strict < 2; strict++) {
                struct feed feed = feed_of(frame.data, frame.len, sizes[which]);
                zst_status status = ZST_OK;
                reader = make(&feed, strict ? ZST_DECOMPRESS_STRICT : 0);
                CHECK(feed.calls == 0);
                for (got = 0; status == ZST_OK;) status = read_some(how, sizes[which], content, &got);
                CHECK(status == ZST_DONE && same(content, got, text, LEN));
                CHECK(zst_decompression_reader_tell(reader) == got && !zst_decompression_reader_closed(reader));
                CHECK(zst_decompression_reader_at_frame_end(reader) == 1);
                CHECK(succeeds(&err, zst_decompression_reader_close(reader, &err)) && feed.drops == 1);
                CHECK(succeeds(&err, zst_decompression_reader_close(reader, &err)) && feed.drops == 1);
                CHECK(zst_decompression_reader_closed(reader) && zst_decompression_reader_tell(reader) == got);
                CHECK(fails(ZST_ERROR_CLOSED, "stream is closed", &err, read_some(how, 1, content, &got)));
                zst_decompression_reader_free(reader);
                CHECK(feed.drops == 1);
            }
        }
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void frame_by_frame_and_across(void) {
    zst_bytes foo = make_frame("foo", 3, 3), bar = make_frame("bar", 3, 3);
    unsigned char both[100], content[100];
    int across;
    memcpy(both, foo.data, foo.len);
    memcpy(both + foo.len, bar.data, bar.len);
    for (across = 0; across < 2; across++) {
        struct feed feed = feed_of(both, foo.len + bar.len, 100);
        size_t got = 0;
        uint64_t position;
        reader = make(&feed, across ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0);
        CHECK(read_some(0, 100, content, &got) == ZST_OK && same(content, got, "foobar", across ? 6 : 3));
        CHECK(across || (read_some(0, 100, content, &got) == ZST_OK && same(content, got, "foobar", 6)));
        CHECK(read_some(0, 100, content, &got) == ZST_DONE);
        zst_decompression_reader_free(reader);

        feed = feed_of(both, foo.len + bar.len, 100);
        reader = make(&feed, 0);
        CHECK(succeeds(&err, zst_decompression_reader_seek(reader, 2, 0, &position, &err)) && position == 2);
        CHECK(succeeds(&err, zst_decompression_reader_seek(reader, 2, 1, NULL, &err)));
        CHECK(zst_decompression_reader_tell(reader) == 4);
        fill(&position, sizeof position);
        CHECK(fails(ZST_ERROR_SEEK, "backwards", &err, zst_decompression_reader_seek(reader, 3, 0, &position, &err)));
        CHECK(fails(ZST_ERROR_SEEK, "backwards", &err, zst_decompression_reader_seek(reader, -1, 1, &position, &err)));
        CHECK(fails(ZST_ERROR_SEEK, "negative", &err, zst_decompression_reader_seek(reader, -1, 0, &position, &err)));
        CHECK(fails(ZST_ERROR_SEEK, "SEEK_END", &err, zst_decompression_reader_seek(reader, 0, 2, &position, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "unknown whence: 3", &err,
                    zst_decompression_reader_seek(reader, 0, 3, &position, &err)));
        CHECK(untouched(&position, sizeof position));
        CHECK(succeeds(&err, zst_decompression_reader_seek(reader, INT64_MAX, 0, &position, &err)) && position == 6);
        zst_decompression_reader_free(reader);
    }
    zst_bytes_free(&foo);
    zst_bytes_free(&bar);
}

/* Whichever read() of the source fails, nothing is lost. */
static void a_failing_source(int32_t code) {
    char *text = make_text(LEN, 2);
    unsigned char *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    int how, index, calls = 10;
    CHECK(content != NULL);
    for (how = 0; how < 5; how++) {
        for (index = 0; index <= calls; index++) {
            struct feed feed = feed_of(frame.data, frame.len, frame.len / 6);
            zst_status status = ZST_OK;
            size_t got = 0;
            int failures = 0;
            feed.fail_at = index;
            feed.code = code;
            reader = make(&feed, ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT);
            while (status != ZST_DONE) {
                status = read_some(how, 3000, content, &got);
                if (status < 0) CHECK(fails_with_code(ZST_ERROR_SOURCE, code, &err, status) && ++failures == 1);
            }
            CHECK(same(content, got, text, LEN));
            calls = feed.calls - (index < feed.calls - 1);
            CHECK(failures == (index < calls) || code == ZST_ERROR_WOULD_BLOCK);
            zst_decompression_reader_free(reader);
            CHECK(feed.drops == 1);
        }
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void truncated_and_damaged_input(void) {
    char *text = make_text(LEN, 3);
    unsigned char *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t cut, got;
    int how;
    CHECK(content != NULL);
    for (cut = 1; cut < frame.len; cut += cut < 30 ? 3 : 1997) {
        for (how = 0; how < 8; how++) { /* all but readall, without and with ZST_DECOMPRESS_STRICT */
            struct feed feed = feed_of(frame.data, cut, 700);
            zst_status status = ZST_OK;
            reader = make(&feed, how < 4 ? 0 : ZST_DECOMPRESS_STRICT);
            for (got = 0; status == ZST_OK;) status = read_some(how % 4, 500, content, &got);
            CHECK(how < 4 ? status == ZST_DONE : fails(ZST_ERROR_TRUNCATED, "ends inside a frame", &err, status));
            if (how >= 4) CHECK(fails(ZST_ERROR_TRUNCATED, "inside a frame", &err, read_some(how % 4, 1, content, &got)));
            CHECK(memcmp(content, text, got) == 0 && !zst_decompression_reader_at_frame_end(reader));
            zst_decompression_reader_free(reader);
            CHECK(feed.drops == 1);
        }
    }
    for (how = 0; how < 5; how++) {
        struct feed feed = feed_of("garbage!", 8, 3);
        reader = make(&feed, 0);
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, read_some(how, 10, content, &got)));
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, read_some(how, 10, content, &got)));
        zst_decompression_reader_free(reader);
        CHECK(feed.drops == 1);
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void use_from_inside(void) {
    size_t got = 0;
    unsigned char place[10];
    int how;
    for (how = 0; how < 5; how++) CHECK(fails(ZST_ERROR_BUSY, "busy", &err, read_some(how, 10, place, &got)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_decompression_reader_close(reader, &err)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_decompression_reader_seek(reader, 1, 1, NULL, &err)));
    CHECK(zst_decompression_reader_tell(reader) == 0 && !zst_decompression_reader_closed(reader));
}

static void free_from_inside(void) {
    zst_decompression_reader_free(reader);
    reader = NULL;
}

static void inside_a_callback(void) {
    unsigned char content[100];
    zst_bytes frame = make_frame("foobar", 6, 3);
    struct feed feed = feed_of(frame.data, frame.len, frame.len);
    size_t got = 0;
    feed.inside = use_from_inside;
    reader = make(&feed, 0);
    CHECK(read_some(1, 100, content, &got) == ZST_OK && same(content, got, "foobar", 6));
    feed.inside = NULL;
    zst_decompression_reader_free(reader);

    feed = feed_of(frame.data, frame.len, frame.len);
    feed.inside = free_from_inside;
    reader = make(&feed, 0);
    got = 0;
    CHECK(read_some(1, 100, content, &got) == ZST_OK && same(content, got, "foobar", 6));
    CHECK(reader == NULL && feed.drops == 1);
    zst_bytes_free(&frame);
}

struct shared {
    pthread_mutex_t lock;
    size_t total;
};

static void *read_together(void *argument) {
    struct shared *shared = argument;
    zst_status status;
    size_t len = 1;
    char place[50];
    do {
        status = zst_decompression_reader_readinto(reader, place, sizeof place, &len, NULL);
        CHECK(status == ZST_OK || status == ZST_ERROR_BUSY);
        CHECK(pthread_mutex_lock(&shared->lock) == 0);
        shared->total += status == ZST_OK ? len : 0;
        CHECK(pthread_mutex_unlock(&shared->lock) == 0);
    } while (status != ZST_OK || len > 0);
    return NULL;
}

static void several_threads(void) {
    char *text = make_text(LEN, 4);
    zst_bytes frame = make_frame(text, LEN, 3);
    struct shared shared = {PTHREAD_MUTEX_INITIALIZER, 0};
    struct feed feed = feed_of(frame.data, frame.len, 500);
    reader = make(&feed, 0);
    in_threads(read_together, &shared);
    CHECK(shared.total == LEN && zst_decompression_reader_tell(reader) == LEN);
    zst_decompression_reader_free(reader);
    zst_bytes_free(&frame);
    free(text);
}

static void null_pointers(void) {
    zst_decompressor *decompressor = make_decompressor();
    struct feed feed = feed_of("x", 1, 1);
    zst_source source = source_of(&feed), without_read = source;
    zst_decompression_reader *made;
    uint64_t position;
    zst_bytes out;
    size_t len;
    char place[4];
    int drops = 0;
    without_read.read = NULL;
    fill(&made, sizeof made);
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(&position, sizeof position);
    CHECK(refuses_null("source", &err, zst_decompressor_stream_reader(decompressor, NULL, 1, 0, &made, &err)));
    CHECK(refuses_null("decompressor", &err, zst_decompressor_stream_reader(NULL, &source, 1, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_decompressor_stream_reader(decompressor, &source, 1, 0, NULL, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("source->read", &err,
                       zst_decompressor_stream_reader(decompressor, &without_read, 1, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_decompressor_stream_reader(decompressor, &source, 0, 0, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "unknown flags: 0x2", &err,
                zst_decompressor_stream_reader(decompressor, &source, 1, 2, &made, &err)));
    CHECK(feed.drops == ++drops && untouched(&made, sizeof made));

    feed = feed_of("x", 1, 1);
    reader = make(&feed, 0);
    CHECK(refuses_null("reader", &err, zst_decompression_reader_read(NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_reader_read(reader, 1, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_read1(NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_reader_read1(reader, 1, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_readall(NULL, &out, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_reader_readall(reader, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_readinto(NULL, place, 4, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_decompression_reader_readinto(reader, NULL, 4, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompression_reader_readinto(reader, place, 4, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_readinto1(NULL, place, 4, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_decompression_reader_readinto1(reader, NULL, 4, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompression_reader_readinto1(reader, place, 4, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_unread(NULL, "x", 1, &err)));
    CHECK(refuses_null("src", &err, zst_decompression_reader_unread(reader, NULL, 1, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "cannot be given back", &err, zst_decompression_reader_unread(reader, "x", 1, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_close(NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_decompression_reader_seek(NULL, 0, 0, &position, &err)));
    CHECK(zst_decompression_reader_tell(NULL) == 0 && zst_decompression_reader_closed(NULL) == 1);
    CHECK(zst_decompression_reader_at_frame_end(NULL) == 0);
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len) && untouched(&position, sizeof position));
    CHECK(feed.calls == 0);
    zst_decompression_reader_free(NULL);
    zst_decompression_reader_free(reader);
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    every_way_to_read();
    frame_by_frame_and_across();
    a_failing_source(OWN_CODE);
    a_failing_source(-1234);
    a_failing_source(ZST_ERROR_WOULD_BLOCK);
    truncated_and_damaged_input();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
