#include "streams.h"

/* ---- A source that lends pieces of memory, and a sink that counts ---- */

struct feed feed_of(struct piece whole, const struct set *set) {
    return (struct feed){whole, whole, set->step, set->again};
}

struct piece next_piece(struct feed *feed) {
    if (!feed->rest.len && feed->again) {
        feed->rest = feed->whole;
        feed->again--;
    }
    size_t len = feed->rest.len < feed->step ? feed->rest.len : feed->step;
    struct piece piece = {feed->rest.data, len};
    feed->rest.data += len;
    feed->rest.len -= len;
    return piece;
}

static int32_t read_feed(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    (void)size_hint;
    struct piece piece = next_piece(userdata);
    *out_data = piece.data;
    *out_len = piece.len;
    return 0;
}

zst_source source_of(struct feed *feed) { return (zst_source){feed, read_feed, NULL}; }

static int32_t count_bytes(void *userdata, const uint8_t *data, size_t len, size_t *out_written) {
    (void)userdata, (void)data;
    sink += len;
    *out_written = len;
    return 0;
}

static const zst_sink counter = {NULL, count_bytes, NULL, NULL, NULL};

size_t step_of(const struct set *set) { return set->step < MIB ? set->step : MIB; }

/* ---- Compression ---- */

void raw_compress_stream(struct worker *w, const struct set *set, size_t i) {
    struct feed feed = feed_of(set->plain[i], set);
    sound(ZSTD_CCtx_reset(w->raw_cctx, ZSTD_reset_session_only));
    for (;;) {
        struct piece piece = next_piece(&feed);
        ZSTD_EndDirective directive = piece.len ? ZSTD_e_continue : ZSTD_e_end;
        ZSTD_inBuffer in = {piece.data, piece.len, 0};
        size_t left;
        do {
            ZSTD_outBuffer out = {w->dst, FRAME_OUT, 0};
            left = sound(ZSTD_compressStream2(w->raw_cctx, &out, &in, directive));
            sink += out.pos;
        } while (piece.len ? in.pos < in.size : left > 0);
        if (!piece.len) return;
    }
}

static zst_compression_obj *new_obj(void) {
    zst_compression_obj *obj;
    zst_error error;
    ok(zst_compressor_compressobj(compressor, ZST_CONTENTSIZE_UNKNOWN, &obj, &error), &error);
    return obj;
}

static void zst_compress_obj(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->plain[i], set);
    zst_compression_obj *obj = new_obj();
    zst_bytes out;
    zst_error error;
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        ok(zst_compression_obj_compress(obj, piece.data, piece.len, &out, &error), &error);
        sink += out.len;
        zst_bytes_free(&out);
    }
    ok(zst_compression_obj_flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out, &error), &error);
    sink += out.len;
    zst_bytes_free(&out);
    zst_compression_obj_free(obj);
}

static void zst_compress_obj_into(struct worker *w, const struct set *set, size_t i) {
    struct feed feed = feed_of(set->plain[i], set);
    zst_compression_obj *obj = new_obj();
    size_t len, used;
    zst_error error;
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        for (size_t done = 0; done < piece.len; done += used) {
            ok(zst_compression_obj_compress_into(obj, piece.data + done, piece.len - done, w->dst, FRAME_OUT, &len,
                                                 &used, &error),
               &error);
            sink += len;
        }
    }
    zst_status status;
    do {
        status = zst_compression_obj_flush_into(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, w->dst, FRAME_OUT, &len, &error);
        if (status != ZST_DONE) ok(status, &error);
        sink += len;
    } while (status != ZST_DONE);
    zst_compression_obj_free(obj);
}

static void take_pieces(const zst_compression_chunker *chunker) {
    const uint8_t *data;
    size_t len;
    zst_error error;
    for (;;) {
        zst_status status = zst_compression_chunker_next(chunker, &data, &len, &error);
        if (status == ZST_DONE) return;
        ok(status, &error);
        sink += len;
    }
}

static void zst_compress_chunker(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->plain[i], set);
    zst_compression_chunker *chunker;
    zst_error error;
    ok(zst_compressor_chunker(compressor, ZST_CONTENTSIZE_UNKNOWN, FRAME_OUT, &chunker, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        ok(zst_compression_chunker_compress(chunker, piece.data, piece.len, &error), &error);
        take_pieces(chunker);
    }
    ok(zst_compression_chunker_finish(chunker, &error), &error);
    take_pieces(chunker);
    zst_compression_chunker_free(chunker);
}

static void zst_compress_writer(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->plain[i], set);
    zst_compression_writer *writer;
    zst_error error;
    ok(zst_compressor_stream_writer(compressor, &counter, ZST_CONTENTSIZE_UNKNOWN, FRAME_OUT, &writer, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;)
        ok(zst_compression_writer_write(writer, piece.data, piece.len, NULL, NULL, &error), &error);
    ok(zst_compression_writer_close(writer, &error), &error);
    zst_compression_writer_free(writer);
}

static void zst_compress_reader(struct worker *w, const struct set *set, size_t i) {
    struct feed feed = feed_of(set->plain[i], set);
    zst_source source = source_of(&feed);
    zst_compression_reader *reader;
    zst_error error;
    ok(zst_compressor_stream_reader(compressor, &source, ZST_CONTENTSIZE_UNKNOWN, step_of(set), &reader, &error),
       &error);
    size_t len;
    do {
        ok(zst_compression_reader_readinto(reader, w->dst, FRAME_OUT, &len, &error), &error);
        sink += len;
    } while (len);
    zst_compression_reader_free(reader);
}

static void zst_compress_iterator(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->plain[i], set);
    zst_source source = source_of(&feed);
    zst_compressor_iterator *iterator;
    zst_error error;
    ok(zst_compressor_read_to_iter(compressor, &source, ZST_CONTENTSIZE_UNKNOWN, step_of(set), FRAME_OUT, &iterator,
                                   &error),
       &error);
    const uint8_t *data;
    size_t len;
    zst_status status;
    while ((status = zst_compressor_iterator_next(iterator, &data, &len, &error)) != ZST_DONE) {
        ok(status, &error);
        sink += len;
    }
    zst_compressor_iterator_free(iterator);
}

static void zst_compress_copy(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->plain[i], set);
    zst_source source = source_of(&feed);
    zst_error error;
    ok(zst_compressor_copy_stream(compressor, &source, &counter, ZST_CONTENTSIZE_UNKNOWN, step_of(set), FRAME_OUT, NULL,
                                  NULL, NULL, &error),
       &error);
}

/* ---- Decompression ---- */

void raw_decompress_stream(struct worker *w, const struct set *set, size_t i) {
    struct feed feed = feed_of(set->frame[i], set);
    sound(ZSTD_DCtx_reset(w->raw_dctx, ZSTD_reset_session_only));
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        ZSTD_inBuffer in = {piece.data, piece.len, 0};
        ZSTD_outBuffer out;
        do {
            out = (ZSTD_outBuffer){w->dst, CONTENT_OUT, 0};
            sound(ZSTD_decompressStream(w->raw_dctx, &out, &in));
            sink += out.pos;
        } while (in.pos < in.size || out.pos == out.size);
    }
}

static void zst_decompress_obj(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_obj *obj;
    zst_error error;
    ok(zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        zst_bytes out;
        ok(zst_decompression_obj_decompress(obj, piece.data, piece.len, &out, NULL, &error), &error);
        sink += out.len;
        zst_bytes_free(&out);
    }
    zst_decompression_obj_free(obj);
}

static void zst_decompress_obj_into(struct worker *w, const struct set *set, size_t i) {
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_obj *obj;
    zst_error error;
    ok(zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        size_t len, used, done = 0;
        do {
            ok(zst_decompression_obj_decompress_into(obj, piece.data + done, piece.len - done, w->dst, CONTENT_OUT,
                                                     &len, &used, &error),
               &error);
            sink += len;
            done += used;
        } while (done < piece.len || len == CONTENT_OUT);
    }
    zst_decompression_obj_free(obj);
}

static void take_contents(const zst_decompression_chunker *chunker) {
    const uint8_t *data;
    size_t len;
    zst_error error;
    for (;;) {
        zst_status status = zst_decompression_chunker_next(chunker, &data, &len, &error);
        if (status == ZST_DONE) return;
        ok(status, &error);
        sink += len;
    }
}

static void zst_decompress_chunker(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_chunker *chunker;
    zst_error error;
    ok(zst_decompressor_chunker(decompressor, CONTENT_OUT, &chunker, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;) {
        ok(zst_decompression_chunker_decompress(chunker, piece.data, piece.len, &error), &error);
        take_contents(chunker);
    }
    ok(zst_decompression_chunker_finish(chunker, &error), &error);
    take_contents(chunker);
    zst_decompression_chunker_free(chunker);
}

static void zst_decompress_writer(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_writer *writer;
    zst_error error;
    ok(zst_decompressor_stream_writer(decompressor, &counter, CONTENT_OUT, 0, &writer, &error), &error);
    for (struct piece piece; (piece = next_piece(&feed)).len;)
        ok(zst_decompression_writer_write(writer, piece.data, piece.len, NULL, NULL, &error), &error);
    ok(zst_decompression_writer_close(writer, &error), &error);
    zst_decompression_writer_free(writer);
}

zst_decompression_reader *new_decompression_reader(struct feed *feed, const struct set *set) {
    zst_source source = source_of(feed);
    zst_decompression_reader *reader;
    zst_error error;
    ok(zst_decompressor_stream_reader(decompressor, &source, step_of(set), ZST_DECOMPRESS_READ_ACROSS_FRAMES, &reader,
                                      &error),
       &error);
    return reader;
}

void decompress_by_reading(struct worker *w, const struct set *set, size_t i, size_t size) {
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_reader *reader = new_decompression_reader(&feed, set);
    zst_error error;
    size_t len;
    do {
        ok(zst_decompression_reader_readinto(reader, w->dst, size, &len, &error), &error);
        sink += len;
    } while (len);
    zst_decompression_reader_free(reader);
}

static void zst_decompress_reader(struct worker *w, const struct set *set, size_t i) {
    decompress_by_reading(w, set, i, CONTENT_OUT);
}

static void zst_decompress_iterator(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_source source = source_of(&feed);
    zst_decompressor_iterator *iterator;
    zst_error error;
    ok(zst_decompressor_read_to_iter(decompressor, &source, step_of(set), CONTENT_OUT, 0,
                                     ZST_DECOMPRESS_READ_ACROSS_FRAMES, &iterator, &error),
       &error);
    const uint8_t *data;
    size_t len;
    zst_status status;
    while ((status = zst_decompressor_iterator_next(iterator, &data, &len, &error)) != ZST_DONE) {
        ok(status, &error);
        sink += len;
    }
    zst_decompressor_iterator_free(iterator);
}

static void zst_decompress_copy(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_source source = source_of(&feed);
    zst_error error;
    ok(zst_decompressor_copy_stream(decompressor, &source, &counter, step_of(set), CONTENT_OUT, 0, NULL, NULL, NULL,
                                    &error),
       &error);
}

void zst_read_all(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    zst_source source;
    zst_decompression_reader *reader;
    zst_error error;
    zst_bytes out;
    ok(zst_source_from_memory(set->frame[i].data, set->frame[i].len, &source, &error), &error);
    ok(zst_decompressor_stream_reader(decompressor, &source, ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE, 0, &reader,
                                      &error),
       &error);
    ok(zst_decompression_reader_readall(reader, &out, &error), &error);
    sink += out.len;
    zst_bytes_free(&out);
    zst_decompression_reader_free(reader);
}

const struct stream streams[STREAMS] = {
    [OBJ] = {"obj", zst_compress_obj, zst_decompress_obj, 1.10},
    [OBJ_INTO] = {"obj, into", zst_compress_obj_into, zst_decompress_obj_into, 1.10},
    [CHUNKER] = {"chunker", zst_compress_chunker, zst_decompress_chunker, 1.10},
    [WRITER] = {"writer", zst_compress_writer, zst_decompress_writer, 1.20},
    [READER] = {"reader", zst_compress_reader, zst_decompress_reader, 1.25},
    [ITERATOR] = {"iterator", zst_compress_iterator, zst_decompress_iterator, 1.25},
    [COPY_STREAM] = {"copy_stream", zst_compress_copy, zst_decompress_copy, 1.25},
};
