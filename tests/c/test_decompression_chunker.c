/* zst_decompression_chunker: decompression by pushing, with output in pieces of one size. */

#include "check.h"

enum { LEN = 5000 };

static zst_error err;

/* Takes all pieces, which are of one size but for the last. */
static void take(const zst_decompression_chunker *chunker, size_t size, char *content, size_t *got) {
    const uint8_t *data;
    size_t len, last = size;
    zst_status status;
    for (;;) {
        fill(&data, sizeof data);
        fill(&len, sizeof len);
        status = zst_decompression_chunker_next(chunker, &data, &len, &err);
        if (status == ZST_DONE) break;
        CHECK(succeeds(&err, status));
        CHECK(last == size && len > 0 && len <= size && *got + len <= 2 * LEN);
        memcpy(content + *got, data, len);
        *got += len;
        last = len;
    }
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len) && untouched(&err, sizeof err));
}

static void give(const zst_decompression_chunker *chunker, const void *src, size_t len, size_t size, char *content,
                 size_t *got) {
    unsigned char *copy = exactly(src, len);
    CHECK(succeeds(&err, zst_decompression_chunker_decompress(chunker, copy, len, &err)));
    take(chunker, size, content, got);
    free(copy); /* it was read until ZST_DONE only */
}

static zst_decompression_chunker *make(size_t size) {
    zst_decompressor *decompressor;
    zst_decompression_chunker *chunker;
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    CHECK(succeeds(&err, zst_decompressor_chunker(decompressor, size, &chunker, &err)));
    zst_decompressor_free(decompressor);
    return chunker;
}

static void pieces_of_every_size(void) {
    static const size_t sizes[] = {1, 7, LEN, 2 * LEN, 100000};
    char *text = make_text(LEN, 1), *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t which, piece, at, round;
    CHECK(content != NULL);
    for (which = 0; which < 5; which++) {
        for (piece = 1; piece <= frame.len; piece = piece * 9 + 1) {
            zst_decompression_chunker *chunker = make(sizes[which]);
            size_t got = 0;
            for (round = 0; round < 2; round++)
                for (at = 0; at < frame.len; at += piece)
                    give(chunker, frame.data + at, frame.len - at < piece ? frame.len - at : piece, sizes[which],
                         content, &got);
            CHECK(succeeds(&err, zst_decompression_chunker_finish(chunker, &err)));
            take(chunker, sizes[which], content, &got);
            CHECK(got == 2 * LEN && memcmp(content, text, LEN) == 0 && memcmp(content + LEN, text, LEN) == 0);
            zst_decompression_chunker_free(chunker);
        }
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void truncated_input(void) {
    char *text = make_text(LEN, 2), *content = malloc(2 * LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t cut;
    CHECK(content != NULL);
    for (cut = 1; cut < frame.len; cut += cut < 30 ? 1 : 97) {
        zst_decompression_chunker *chunker = make(100);
        size_t got = 0;
        give(chunker, frame.data, frame.len, 100, content, &got);
        give(chunker, frame.data, cut, 100, content, &got);
        CHECK(fails(ZST_ERROR_TRUNCATED, "zstd decompress error: input ends inside a frame", &err,
                    zst_decompression_chunker_finish(chunker, &err)));
        take(chunker, 100, content, &got);
        CHECK(got >= LEN && memcmp(content, text, LEN) == 0 && memcmp(content + LEN, text, got - LEN) == 0);
        CHECK(fails(ZST_ERROR_STATE, "cannot call finish() after decompression finished", &err,
                    zst_decompression_chunker_finish(chunker, &err)));
        zst_decompression_chunker_free(chunker);
    }
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void states_and_garbage(void) {
    zst_bytes frame = make_frame("foobar", 6, 3);
    zst_decompression_chunker *chunker = make(4);
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_decompression_chunker_decompress(chunker, frame.data, frame.len, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot perform operation before consuming output from previous operation", &err,
                zst_decompression_chunker_decompress(chunker, "x", 1, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call finish() before consuming output from previous operation", &err,
                zst_decompression_chunker_finish(chunker, &err)));
    CHECK(succeeds(&err, zst_decompression_chunker_next(chunker, &data, &len, &err)));
    CHECK(same(data, len, "foob", 4));
    CHECK(zst_decompression_chunker_next(chunker, &data, &len, &err) == ZST_DONE);
    CHECK(succeeds(&err, zst_decompression_chunker_decompress(chunker, "garbage", 7, &err)));
    /* What was decoded before the garbage comes first. */
    CHECK(succeeds(&err, zst_decompression_chunker_next(chunker, &data, &len, &err)));
    CHECK(same(data, len, "ar", 2));
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ZSTD, "zstd decompress error: Unknown frame descriptor", &err,
                zst_decompression_chunker_next(chunker, &data, &len, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "zstd decompress error: Unknown frame descriptor", &err,
                zst_decompression_chunker_next(chunker, &data, &len, &err)));
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len));
    zst_decompression_chunker_free(chunker);

    chunker = make(4);
    CHECK(succeeds(&err, zst_decompression_chunker_finish(chunker, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call decompress() after decompression finished", &err,
                zst_decompression_chunker_decompress(chunker, NULL, 0, &err)));
    zst_decompression_chunker_free(chunker);
    zst_bytes_free(&frame);
}

static void null_pointers(void) {
    zst_decompressor *decompressor;
    zst_decompression_chunker *chunker = make(4), *made;
    const uint8_t *data;
    size_t len;
    fill(&made, sizeof made);
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    CHECK(refuses_null("decompressor", &err, zst_decompressor_chunker(NULL, 1, &made, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_chunker(decompressor, 1, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "must be positive", &err, zst_decompressor_chunker(decompressor, 0, &made, &err)));
    CHECK(refuses_null("chunker", &err, zst_decompression_chunker_decompress(NULL, "x", 1, &err)));
    CHECK(refuses_null("src", &err, zst_decompression_chunker_decompress(chunker, NULL, 1, &err)));
    CHECK(refuses_null("chunker", &err, zst_decompression_chunker_finish(NULL, &err)));
    CHECK(refuses_null("chunker", &err, zst_decompression_chunker_next(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_decompression_chunker_next(chunker, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompression_chunker_next(chunker, &data, NULL, &err)));
    CHECK(zst_decompression_chunker_next(NULL, NULL, NULL, NULL) == ZST_ERROR_ARGUMENT);
    CHECK(untouched(&made, sizeof made) && untouched(&data, sizeof data) && untouched(&len, sizeof len));
    zst_decompression_chunker_free(NULL);
    zst_decompression_chunker_free(chunker);
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    truncated_input();
    states_and_garbage();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
