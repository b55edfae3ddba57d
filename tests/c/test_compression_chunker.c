/* zst_compression_chunker: compression by pushing, with output in pieces of one size. */

#include "check.h"

enum { LEN = 40000 };

static zst_error err;

struct frame {
    unsigned char bytes[2 * LEN];
    size_t len;
};

/* Takes all pieces. Before the last one, and while feeding, all have the same size. */
static void take(const zst_compression_chunker *chunker, size_t size, int feeding, struct frame *frame) {
    const uint8_t *data;
    size_t len, last = size;
    zst_status status;
    for (;;) {
        fill(&data, sizeof data);
        fill(&len, sizeof len);
        status = zst_compression_chunker_next(chunker, &data, &len, &err);
        if (status == ZST_DONE) break;
        CHECK(succeeds(&err, status));
        CHECK(last == size && len > 0 && len <= size && (!feeding || len == size));
        CHECK(frame->len + len <= sizeof frame->bytes);
        memcpy(frame->bytes + frame->len, data, len);
        frame->len += len;
        last = len;
    }
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len) && untouched(&err, sizeof err));
}

static void pieces_of_every_size(void) {
    static const size_t sizes[] = {1, 10, 1000, 131591};
    static const size_t pushes[] = {100, 3000, LEN};
    char *text = make_text(LEN, 1);
    struct frame *frame = malloc(sizeof *frame);
    zst_compressor *compressor;
    size_t size, which, at;
    CHECK(frame != NULL);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    for (size = 0; size < 4; size++) {
        for (which = 0; which < 3; which++) {
            size_t push = pushes[which];
            zst_compression_chunker *chunker;
            zst_bytes content;
            CHECK(succeeds(&err, zst_compressor_chunker(compressor, LEN, sizes[size], &chunker, &err)));
            frame->len = 0;
            for (at = 0; at < LEN; at += push) {
                size_t len = LEN - at < push ? LEN - at : push;
                unsigned char *copy = exactly(text + at, len);
                CHECK(succeeds(&err, zst_compression_chunker_compress(chunker, copy, len, &err)));
                take(chunker, sizes[size], 1, frame);
                free(copy); /* it was read until ZST_DONE only */
                if (at / push % 5 == 4) {
                    CHECK(succeeds(&err, zst_compression_chunker_flush(chunker, &err)));
                    take(chunker, sizes[size], 0, frame);
                }
            }
            CHECK(succeeds(&err, zst_compression_chunker_finish(chunker, &err)));
            take(chunker, sizes[size], 0, frame);
            CHECK(succeeds(&err, zst_decompress(frame->bytes, frame->len, 0, &content, &err)));
            CHECK(same(content.data, content.len, text, LEN));
            zst_bytes_free(&content);
            zst_compression_chunker_free(chunker);
        }
    }
    zst_compressor_free(compressor);
    free(frame);
    free(text);
}

static void states(void) {
    zst_compressor *compressor;
    zst_compression_chunker *chunker;
    struct frame frame = {{0}, 0};
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_chunker(compressor, ZST_CONTENTSIZE_UNKNOWN, 4, &chunker, &err)));
    CHECK(succeeds(&err, zst_compression_chunker_compress(chunker, NULL, 0, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot perform operation before consuming output from previous operation", &err,
                zst_compression_chunker_compress(chunker, "x", 1, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call flush() before consuming output from previous operation", &err,
                zst_compression_chunker_flush(chunker, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call finish() before consuming output from previous operation", &err,
                zst_compression_chunker_finish(chunker, &err)));
    take(chunker, 4, 1, &frame);
    CHECK(succeeds(&err, zst_compression_chunker_compress(chunker, "foobar", 6, &err)));
    take(chunker, 4, 1, &frame);
    CHECK(succeeds(&err, zst_compression_chunker_finish(chunker, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call compress() after compression finished", &err,
                zst_compression_chunker_compress(chunker, "x", 1, &err)));
    CHECK(fails(ZST_ERROR_STATE, "cannot call flush() after compression finished", &err,
                zst_compression_chunker_flush(chunker, &err)));
    CHECK(succeeds(&err, zst_compression_chunker_finish(chunker, &err)));
    take(chunker, 4, 0, &frame);
    CHECK(fails(ZST_ERROR_STATE, "cannot call finish() after compression finished", &err,
                zst_compression_chunker_finish(chunker, &err)));
    CHECK(zst_compression_chunker_next(chunker, &data, &len, &err) == ZST_DONE);
    zst_compression_chunker_free(chunker);

    /* A declared size that is wrong. */
    CHECK(succeeds(&err, zst_compressor_chunker(compressor, 7, 4, &chunker, &err)));
    CHECK(succeeds(&err, zst_compression_chunker_compress(chunker, "foobar", 6, &err)));
    take(chunker, 4, 1, &frame);
    CHECK(succeeds(&err, zst_compression_chunker_finish(chunker, &err)));
    while (zst_compression_chunker_next(chunker, &data, &len, NULL) == ZST_OK) continue;
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ZSTD, "zstd compress error: Src size is incorrect", &err,
                zst_compression_chunker_next(chunker, &data, &len, &err)));
    CHECK(untouched(&data, sizeof data) && untouched(&len, sizeof len));
    zst_compression_chunker_free(chunker);
    zst_compressor_free(compressor);
}

/* Left in the middle, the parent gone before. */
static void abandoned(void) {
    char *text = make_text(LEN, 2);
    zst_compressor *compressor;
    zst_compression_chunker *chunker;
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_compressor_new(1, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_chunker(compressor, LEN, 10, &chunker, &err)));
    zst_compressor_free(compressor);
    CHECK(succeeds(&err, zst_compression_chunker_compress(chunker, text, LEN, &err)));
    while (zst_compression_chunker_next(chunker, &data, &len, &err) == ZST_OK) continue;
    CHECK(succeeds(&err, zst_compression_chunker_flush(chunker, &err)));
    CHECK(succeeds(&err, zst_compression_chunker_next(chunker, &data, &len, &err)));
    zst_compression_chunker_free(chunker);
    free(text);
}

static void null_pointers(void) {
    zst_compressor *compressor;
    zst_compression_chunker *chunker, *made;
    zst_frame_progression progression;
    const uint8_t *data;
    size_t len;
    fill(&made, sizeof made);
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    fill(&progression, sizeof progression);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_chunker(NULL, 1, 1, &made, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_chunker(compressor, 1, 1, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "must be positive", &err, zst_compressor_chunker(compressor, 1, 0, &made, &err)));
    CHECK(succeeds(&err, zst_compressor_chunker(compressor, ZST_CONTENTSIZE_UNKNOWN, 9, &chunker, &err)));
    CHECK(refuses_null("chunker", &err, zst_compression_chunker_compress(NULL, "x", 1, &err)));
    CHECK(refuses_null("src", &err, zst_compression_chunker_compress(chunker, NULL, 1, &err)));
    CHECK(refuses_null("chunker", &err, zst_compression_chunker_flush(NULL, &err)));
    CHECK(refuses_null("chunker", &err, zst_compression_chunker_finish(NULL, &err)));
    CHECK(refuses_null("chunker", &err, zst_compression_chunker_next(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_compression_chunker_next(chunker, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_chunker_next(chunker, &data, NULL, &err)));
    CHECK(refuses_null("chunker", &err, zst_compression_chunker_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compression_chunker_frame_progression(chunker, NULL, &err)));
    CHECK(zst_compression_chunker_next(NULL, NULL, NULL, NULL) == ZST_ERROR_ARGUMENT);
    CHECK(untouched(&made, sizeof made) && untouched(&data, sizeof data) && untouched(&len, sizeof len));
    CHECK(untouched(&progression, sizeof progression));
    zst_compression_chunker_free(NULL);
    zst_compression_chunker_free(chunker);
    zst_compressor_free(compressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    states();
    abandoned();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
