/* zst_compression_reader: a frame to read from, which reads its content from a source. */

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static zst_compression_reader *reader; /* the one that callbacks use */

static zst_compression_reader *make(struct feed *feed, uint64_t size) {
    zst_compressor *compressor = make_compressor();
    zst_compression_reader *made;
    zst_source source = source_of(feed);
    CHECK(succeeds(&err, zst_compressor_stream_reader(compressor, &source, size, 1000, &made, &err)));
    fill(&source, sizeof source); /* it was copied */
    zst_compressor_free(compressor);
    return made;
}

/* One read in one of five ways; returns its status and appends. */
static zst_status read_some(int how, size_t size, unsigned char *place, size_t *got) {
    zst_bytes bytes;
    size_t len = 0;
    zst_status status;
    fill(&bytes, sizeof bytes);
    if (how < 2) {
        status = how == 0 ? zst_compression_reader_readinto(reader, place + *got, size, &len, &err)
                          : zst_compression_reader_readinto1(reader, place + *got, size, &len, &err);
    } else {
        status = how == 2   ? zst_compression_reader_read(reader, size, &bytes, &err)
                 : how == 3 ? zst_compression_reader_read1(reader, size, &bytes, &err)
                            : zst_compression_reader_readall(reader, &bytes, &err);
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
    static const size_t sizes[] = {1, 100, LEN};
    char *text = make_text(LEN, 1);
    unsigned char *frame = malloc(2 * LEN);
    size_t which, got;
    int how;
    CHECK(frame != NULL);
    for (how = 0; how < 5; how++) {
        for (which = 0; which < 3; which++) {
            size_t len = sizes[which] == 1 ? 1000 : LEN;
            struct feed feed = feed_of(text, len, sizes[which]);
            zst_status status = ZST_OK;
            reader = make(&feed, which == 0 ? ZST_CONTENTSIZE_UNKNOWN : len);
            CHECK(feed.calls == 0);
            for (got = 0; status == ZST_OK;) status = read_some(how, sizes[which], frame, &got);
            CHECK(status == ZST_DONE && holds(frame, got, text, len));
            CHECK(zst_compression_reader_tell(reader) == got && !zst_compression_reader_closed(reader));
            CHECK(succeeds(&err, zst_compression_reader_close(reader, &err)) && feed.drops == 1);
            CHECK(succeeds(&err, zst_compression_reader_close(reader, &err)) && feed.drops == 1);
            CHECK(zst_compression_reader_closed(reader) && zst_compression_reader_tell(reader) == got);
            CHECK(read_some(how, 1, frame, &got) == ZST_ERROR_CLOSED);
            fill(&err, sizeof err);
            zst_compression_reader_free(reader);
            CHECK(feed.drops == 1);
        }
    }
    free(frame);
    free(text);
}

/* Whichever read() of the source fails, nothing is lost. */
static void a_failing_source(int32_t code) {
    char *text = make_text(LEN, 2);
    unsigned char *frame = malloc(2 * LEN);
    int how, failures, index;
    CHECK(frame != NULL);
    for (how = 0; how < 5; how++) {
        for (index = 0, failures = 1; index <= 7; index++) {
            struct feed feed = feed_of(text, LEN, LEN / 6);
            zst_status status = ZST_OK;
            size_t got = 0;
            feed.fail_at = index;
            feed.code = code;
            reader = make(&feed, LEN);
            for (failures = 0; status != ZST_DONE;) {
                status = read_some(how, 3000, frame, &got);
                if (status < 0) CHECK(fails_with_code(ZST_ERROR_SOURCE, code, &err, status) && ++failures == 1);
            }
            CHECK(holds(frame, got, text, LEN) && feed.calls == (index < 7 ? 8 : 7));
            CHECK(failures == (index < 7) || code == ZST_ERROR_WOULD_BLOCK);
            zst_compression_reader_free(reader);
            CHECK(feed.drops == 1);
        }
    }
    free(frame);
    free(text);
}

static int32_t lend_nothing_of_ten_bytes(void *userdata, size_t hint, const uint8_t **out_data, size_t *out_len) {
    (void)userdata, (void)hint;
    *out_data = NULL;
    *out_len = 10;
    return 0;
}

static void sizes_and_blocks_that_are_wrong(void) {
    unsigned char frame[1000];
    size_t got = 0, declared;
    for (declared = 99; declared <= 101; declared += 2) {
        char *text = make_text(100, 3);
        struct feed feed = feed_of(text, 100, 100);
        reader = make(&feed, declared);
        CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, read_some(0, 1000, frame, &got)));
        CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, read_some(4, 1000, frame, &got)));
        zst_compression_reader_free(reader);
        CHECK(feed.drops == 1);
        free(text);
    }
    {
        struct feed feed = feed_of("", 0, 1);
        zst_compressor *compressor = make_compressor();
        zst_source source = source_of(&feed);
        source.read = lend_nothing_of_ten_bytes;
        CHECK(succeeds(&err, zst_compressor_stream_reader(compressor, &source, 0, 1, &reader, &err)));
        CHECK(fails(ZST_ERROR_SOURCE, "a block of 10 bytes at NULL", &err, read_some(0, 100, frame, &got)));
        zst_compression_reader_free(reader);
        CHECK(feed.drops == 1);
        zst_compressor_free(compressor);
    }
}

static void use_from_inside(void) {
    size_t got = 0;
    unsigned char place[10];
    zst_frame_progression progression;
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, read_some(0, 10, place, &got)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, read_some(2, 10, place, &got)));
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, zst_compression_reader_close(reader, &err)));
    CHECK(zst_compression_reader_tell(reader) == 0 && !zst_compression_reader_closed(reader));
    CHECK(succeeds(&err, zst_compression_reader_frame_progression(reader, &progression, &err)));
}

static void free_from_inside(void) {
    zst_compression_reader_free(reader);
    reader = NULL;
}

static void inside_a_callback(void) {
    unsigned char frame[1000];
    struct feed feed = feed_of("foobar", 6, 6);
    size_t got = 0;
    feed.inside = use_from_inside;
    reader = make(&feed, 6);
    while (read_some(0, sizeof frame, frame, &got) == ZST_OK) {}
    CHECK(holds(frame, got, "foobar", 6));
    feed.inside = NULL;
    zst_compression_reader_free(reader);

    feed = feed_of("", 0, 1);
    feed.inside = free_from_inside;
    reader = make(&feed, 0);
    got = 0;
    CHECK(read_some(0, sizeof frame, frame, &got) == ZST_OK && got > 0 && reader == NULL && feed.drops == 1);
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
        status = zst_compression_reader_readinto(reader, place, sizeof place, &len, NULL);
        CHECK(status == ZST_OK || status == ZST_ERROR_BUSY);
        CHECK(pthread_mutex_lock(&shared->lock) == 0);
        shared->total += status == ZST_OK ? len : 0;
        CHECK(pthread_mutex_unlock(&shared->lock) == 0);
    } while (status != ZST_OK || len > 0);
    return NULL;
}

static void several_threads(void) {
    char *text = make_text(LEN, 4);
    struct shared shared = {PTHREAD_MUTEX_INITIALIZER, 0};
    struct feed feed = feed_of(text, LEN, 500);
    reader = make(&feed, LEN);
    in_threads(read_together, &shared);
    CHECK(shared.total > 0 && shared.total == zst_compression_reader_tell(reader));
    zst_compression_reader_free(reader);
    free(text);
}

static void null_pointers(void) {
    zst_compressor *compressor = make_compressor();
    struct feed feed = feed_of("x", 1, 1);
    zst_source source = source_of(&feed), without_read = source;
    zst_compression_reader *made;
    zst_frame_progression progression;
    zst_bytes out;
    size_t len;
    char place[4];
    int drops = 0;
    without_read.read = NULL;
    fill(&made, sizeof made);
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(&progression, sizeof progression);
    CHECK(refuses_null("source", &err, zst_compressor_stream_reader(compressor, NULL, 1, 1, &made, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_stream_reader(NULL, &source, 1, 1, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_compressor_stream_reader(compressor, &source, 1, 1, NULL, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("source->read", &err,
                       zst_compressor_stream_reader(compressor, &without_read, 1, 1, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_compressor_stream_reader(compressor, &source, 1, 0, &made, &err)));
    CHECK(feed.drops == ++drops && untouched(&made, sizeof made));

    feed = feed_of("x", 1, 1);
    reader = make(&feed, 1);
    CHECK(refuses_null("reader", &err, zst_compression_reader_read(NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compression_reader_read(reader, 1, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_read1(NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compression_reader_read1(reader, 1, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_readall(NULL, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compression_reader_readall(reader, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_readinto(NULL, place, 4, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_compression_reader_readinto(reader, NULL, 4, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_reader_readinto(reader, place, 4, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_readinto1(NULL, place, 4, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_compression_reader_readinto1(reader, NULL, 4, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_reader_readinto1(reader, place, 4, NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_unread(NULL, "x", 1, &err)));
    CHECK(refuses_null("src", &err, zst_compression_reader_unread(reader, NULL, 1, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "cannot be given back", &err, zst_compression_reader_unread(reader, "x", 1, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_close(NULL, &err)));
    CHECK(refuses_null("reader", &err, zst_compression_reader_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compression_reader_frame_progression(reader, NULL, &err)));
    CHECK(zst_compression_reader_tell(NULL) == 0 && zst_compression_reader_closed(NULL) == 1);
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len) && untouched(&progression, sizeof progression));
    CHECK(feed.calls == 0);
    zst_compression_reader_free(NULL);
    zst_compression_reader_free(reader);
    zst_compressor_free(compressor);
}

int main(void) {
    fill(&err, sizeof err);
    every_way_to_read();
    a_failing_source(OWN_CODE);
    a_failing_source(-1234);
    a_failing_source(ZST_ERROR_WOULD_BLOCK);
    sizes_and_blocks_that_are_wrong();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
