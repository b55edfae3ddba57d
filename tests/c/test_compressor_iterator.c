/* zst_compressor_iterator: a frame, piece by piece, whose content is read from a source. */

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static zst_compressor_iterator *iterator; /* the one that callbacks use */

static zst_compressor_iterator *make(struct feed *feed, uint64_t size, size_t write_size) {
    zst_compressor *compressor = make_compressor();
    zst_compressor_iterator *made;
    zst_source source = source_of(feed);
    CHECK(succeeds(&err, zst_compressor_read_to_iter(compressor, &source, size, 1000, write_size, &made, &err)));
    fill(&source, sizeof source); /* it was copied */
    zst_compressor_free(compressor);
    return made;
}

/* Appends the next piece. Without one the outputs are untouched. */
static zst_status next(unsigned char *place, size_t *got, size_t most) {
    const uint8_t *data;
    size_t len;
    zst_status status;
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    status = zst_compressor_iterator_next(iterator, &data, &len, &err);
    if (status == ZST_OK) {
        CHECK(len > 0 && len <= most);
        memcpy(place + *got, data, len);
        *got += len;
    } else {
        CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len));
    }
    return status;
}

static void pieces_of_every_size(void) {
    static const size_t sizes[] = {1, 100, LEN};
    char *text = make_text(LEN, 1);
    unsigned char *frame = malloc(2 * LEN);
    size_t block, piece, got;
    CHECK(frame != NULL);
    for (block = 0; block < 3; block++) {
        for (piece = 0; piece < 3; piece++) {
            size_t len = sizes[block] == 1 || sizes[piece] == 1 ? 1000 : LEN;
            struct feed feed = feed_of(text, len, sizes[block]);
            zst_frame_progression progression;
            zst_status status = ZST_OK;
            iterator = make(&feed, piece == 0 ? ZST_CONTENTSIZE_UNKNOWN : len, sizes[piece]);
            CHECK(feed.calls == 0);
            for (got = 0; status == ZST_OK;) status = next(frame, &got, sizes[piece]);
            CHECK(status == ZST_DONE && untouched(&err, sizeof err) && holds(frame, got, text, len));
            CHECK(next(frame, &got, 1) == ZST_DONE);
            CHECK(succeeds(&err, zst_compressor_iterator_frame_progression(iterator, &progression, &err)));
            CHECK(progression.ingested == len && progression.produced == got);
            CHECK(feed.drops == 0);
            zst_compressor_iterator_free(iterator);
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
    int index;
    CHECK(frame != NULL);
    for (index = 0; index <= 7; index++) {
        struct feed feed = feed_of(text, LEN, LEN / 6);
        zst_status status = ZST_OK;
        size_t got = 0;
        int failures = 0;
        feed.fail_at = index;
        feed.code = code;
        iterator = make(&feed, LEN, 500);
        while (status != ZST_DONE) {
            status = next(frame, &got, 500);
            if (status < 0) CHECK(fails_with_code(ZST_ERROR_SOURCE, code, &err, status) && ++failures == 1);
        }
        CHECK(failures == (index < 7) && holds(frame, got, text, LEN));
        zst_compressor_iterator_free(iterator);
        CHECK(feed.drops == 1);
    }
    free(frame);
    free(text);
}

static void sizes_that_are_wrong(void) {
    unsigned char frame[100];
    uint64_t declared;
    for (declared = 5; declared <= 7; declared += 2) {
        struct feed feed = feed_of("foobar", 6, 2);
        size_t got = 0;
        iterator = make(&feed, declared, 100);
        CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, next(frame, &got, 100)));
        CHECK(fails(ZST_ERROR_ZSTD, "Src size is incorrect", &err, next(frame, &got, 100)));
        zst_compressor_iterator_free(iterator);
        CHECK(feed.drops == 1 && got == 0);
    }
}

static void use_from_inside(void) {
    unsigned char place[10];
    size_t got = 0;
    zst_frame_progression progression;
    CHECK(fails(ZST_ERROR_BUSY, "busy", &err, next(place, &got, 10)));
    CHECK(succeeds(&err, zst_compressor_iterator_frame_progression(iterator, &progression, &err)));
}

static void free_from_inside(void) {
    zst_compressor_iterator_free(iterator);
    iterator = NULL;
}

static void inside_a_callback(void) {
    unsigned char frame[100];
    size_t got = 0;
    struct feed feed = feed_of("foobar", 6, 3);
    feed.inside = use_from_inside;
    iterator = make(&feed, 6, 100);
    while (next(frame, &got, 100) == ZST_OK) {}
    CHECK(holds(frame, got, "foobar", 6));
    zst_compressor_iterator_free(iterator);

    feed = feed_of("foobar", 6, 6);
    feed.fail_at = 0;
    feed.inside = free_from_inside;
    iterator = make(&feed, 6, 100);
    CHECK(fails_by_callback(ZST_ERROR_SOURCE, OWN_CODE, &err, next(frame, &got, 100)));
    CHECK(iterator == NULL && feed.drops == 1);
}

static void *iterate_together(void *argument) {
    zst_status status;
    (void)argument;
    do {
        const uint8_t *data;
        size_t len;
        status = zst_compressor_iterator_next(iterator, &data, &len, NULL);
        CHECK(status >= 0 || status == ZST_ERROR_BUSY);
    } while (status != ZST_DONE);
    return NULL;
}

static void several_threads(void) {
    char *text = make_text(LEN, 4);
    struct feed feed = feed_of(text, LEN, 500);
    zst_frame_progression progression;
    iterator = make(&feed, LEN, 50);
    in_threads(iterate_together, NULL);
    CHECK(succeeds(&err, zst_compressor_iterator_frame_progression(iterator, &progression, &err)));
    CHECK(progression.ingested == LEN);
    zst_compressor_iterator_free(iterator);
    free(text);
}

static void null_pointers(void) {
    zst_compressor *compressor = make_compressor();
    struct feed feed = feed_of("x", 1, 1);
    zst_source source = source_of(&feed), without_read = source;
    zst_compressor_iterator *made;
    zst_frame_progression progression;
    char place[1];
    const uint8_t *data;
    size_t len;
    int drops = 0;
    without_read.read = NULL;
    fill(&made, sizeof made);
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    fill(&progression, sizeof progression);
    CHECK(refuses_null("source", &err, zst_compressor_read_to_iter(compressor, NULL, 1, 1, 1, &made, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_read_to_iter(NULL, &source, 1, 1, 1, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("out", &err, zst_compressor_read_to_iter(compressor, &source, 1, 1, 1, NULL, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(refuses_null("source->read", &err,
                       zst_compressor_read_to_iter(compressor, &without_read, 1, 1, 1, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "read_size must be positive", &err,
                zst_compressor_read_to_iter(compressor, &source, 1, 0, 1, &made, &err)));
    CHECK(feed.drops == ++drops);
    CHECK(fails(ZST_ERROR_VALUE, "write_size must be positive", &err,
                zst_compressor_read_to_iter(compressor, &source, 1, 1, 0, &made, &err)));
    CHECK(feed.drops == ++drops && untouched(&made, sizeof made));

    feed = feed_of("x", 1, 1);
    iterator = make(&feed, 1, 1);
    CHECK(refuses_null("iterator", &err, zst_compressor_iterator_next(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_compressor_iterator_next(iterator, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compressor_iterator_next(iterator, &data, NULL, &err)));
    CHECK(refuses_null("iterator", &err, zst_compressor_iterator_next_into(NULL, place, 1, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_compressor_iterator_next_into(iterator, NULL, 1, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compressor_iterator_next_into(iterator, place, 1, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "dst_len must be positive", &err,
                zst_compressor_iterator_next_into(iterator, place, 0, &len, &err)));
    CHECK(refuses_null("iterator", &err, zst_compressor_iterator_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_iterator_frame_progression(iterator, NULL, &err)));
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len) && untouched(&progression, sizeof progression));
    CHECK(feed.calls == 0);
    zst_compressor_iterator_free(NULL);
    zst_compressor_iterator_free(iterator);
    zst_compressor_free(compressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    a_failing_source(OWN_CODE);
    a_failing_source(ZST_ERROR_WOULD_BLOCK);
    sizes_that_are_wrong();
    inside_a_callback();
    several_threads();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
