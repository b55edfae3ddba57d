/* All forms of streaming compression, without worker threads and with them. */

#include "failing.h"

enum { ROOM = 1 << 20 };

/* What a stream has given. */
static struct {
    unsigned char bytes[ROOM];
    size_t len;
} got;

static void add(const void *bytes, size_t len) {
    CHECK(len <= sizeof got.bytes - got.len);
    memcpy(got.bytes + got.len, bytes, len);
    got.len += len;
}

static void add_and_free(zst_bytes *bytes) {
    add(bytes->data, bytes->len);
    zst_bytes_free(bytes);
}

/* With a compressor and input for so many threads. `stream` tells whether it came to its end. */
static void with_threads(int32_t threads, int (*stream)(const zst_compressor *, const char *, size_t)) {
    zst_compressor *compressor = new_compressor(threads);
    size_t len;
    char *text = text_for(threads, &len);
    got.len = 0;
    if (stream(compressor, text, len))
        CHECK(holds(got.bytes, got.len, text, len));
    else
        CHECK(begins(got.bytes, got.len, text, len));
    end_compressor(compressor, threads);
    free(text);
}

/* The pieces of the input: three, so that there is a second call of each kind. */
static size_t piece_of(size_t len, size_t at) { return at + len / 3 < len ? len / 3 + 1 : len - at; }

static int obj(const zst_compressor *compressor, const char *text, size_t len) {
    zst_compression_obj *obj;
    zst_frame_progression figures;
    zst_bytes out;
    size_t at, piece = 0;
    zst_status status = ZST_OK;
    MUST(obj, zst_compressor_compressobj, (compressor, len, &obj, &err));
    for (at = 0; at < len && status == ZST_OK; at += piece) {
        piece = piece_of(len, at);
        status = CALL(out, zst_compression_obj_compress, (obj, text + at, piece, &out, &err));
        if (status == ZST_OK) add_and_free(&out);
        if (status != ZST_OK || at > 0) continue;
        status = CALL(out, zst_compression_obj_flush, (obj, ZST_COMPRESSOBJ_FLUSH_BLOCK, &out, &err));
        if (status == ZST_OK) add_and_free(&out);
    }
    if (status == ZST_OK) {
        status = CALL(out, zst_compression_obj_flush, (obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out, &err));
        if (status == ZST_OK) add_and_free(&out);
    }
    /* An object that has ended stays so. */
    CHECK(zst_compression_obj_compress(obj, text, 1, &out, NULL) < 0);
    ASKS_FOR_NONE(, zst_compression_obj_frame_progression, (obj, &figures, &err));
    ASKS_FOR_NONE(, zst_compression_obj_free, (obj));
    return status == ZST_OK;
}

static int obj_into(const zst_compressor *compressor, const char *text, size_t len) {
    zst_compression_obj *obj;
    struct {
        size_t len, used;
    } out;
    size_t at = 0;
    zst_status status = ZST_OK;
    MUST(obj, zst_compressor_compressobj, (compressor, ZST_CONTENTSIZE_UNKNOWN, &obj, &err));
    while (at < len && status == ZST_OK) {
        status = CALL(out, zst_compression_obj_compress_into,
                      (obj, text + at, piece_of(len, at), got.bytes + got.len, 50000, &out.len, &out.used, &err));
        if (status != ZST_OK) break;
        got.len += out.len;
        at += out.used;
    }
    while (status == ZST_OK) {
        status = CALL(out.len, zst_compression_obj_flush_into,
                      (obj, ZST_COMPRESSOBJ_FLUSH_FINISH, got.bytes + got.len, 50000, &out.len, &err));
        if (status >= ZST_OK) got.len += out.len;
    }
    zst_compression_obj_free(obj);
    return status == ZST_DONE;
}

/* All pieces that there are now. */
static int take_pieces(zst_compression_chunker *chunker) {
    struct {
        const uint8_t *data;
        size_t len;
    } piece;
    zst_status status;
    while ((status = CALL(piece, zst_compression_chunker_next, (chunker, &piece.data, &piece.len, &err))) == ZST_OK)
        add(piece.data, piece.len);
    return status == ZST_DONE;
}

static int chunker(const zst_compressor *compressor, const char *text, size_t len) {
    zst_compression_chunker *chunker;
    zst_frame_progression figures;
    int good;
    MUST(chunker, zst_compressor_chunker, (compressor, ZST_CONTENTSIZE_UNKNOWN, 1000, &chunker, &err));
    MUST(nothing, zst_compression_chunker_compress, (chunker, text, len / 2, &err));
    good = take_pieces(chunker);
    if (good) {
        MUST(nothing, zst_compression_chunker_flush, (chunker, &err));
        good = take_pieces(chunker);
    }
    if (good) {
        MUST(nothing, zst_compression_chunker_compress, (chunker, text + len / 2, len - len / 2, &err));
        good = take_pieces(chunker);
    }
    if (good) {
        MUST(nothing, zst_compression_chunker_finish, (chunker, &err));
        good = take_pieces(chunker);
    }
    ASKS_FOR_NONE(, zst_compression_chunker_frame_progression, (chunker, &figures, &err));
    ASKS_FOR_NONE(, zst_compression_chunker_free, (chunker));
    return good;
}

static struct feed feed;

static void feed_on(const char *text, size_t len, size_t block) {
    memset(&feed, 0, sizeof feed);
    feed.data = text;
    feed.len = len;
    feed.block = block;
}

static int iterator(const zst_compressor *compressor, const char *text, size_t len) {
    zst_compressor_iterator *iterator;
    uint8_t place[1000];
    size_t placed;
    zst_frame_progression figures;
    zst_status status;
    struct {
        const uint8_t *data;
        size_t len;
    } piece;
    feed_on(text, len, 9999);
    MUST(iterator, zst_compressor_read_to_iter, (compressor, source_of(&feed), len, 9999, 5000, &iterator, &err));
    status = CALL(placed, zst_compressor_iterator_next_into, (iterator, place, sizeof place, &placed, &err));
    if (status == ZST_OK) add(place, placed);
    while (status == ZST_OK &&
           (status = CALL(piece, zst_compressor_iterator_next, (iterator, &piece.data, &piece.len, &err))) == ZST_OK)
        add(piece.data, piece.len);
    ASKS_FOR_NONE(, zst_compressor_iterator_frame_progression, (iterator, &figures, &err));
    ASKS_FOR_NONE(, zst_compressor_iterator_free, (iterator));
    CHECK(feed.drops == feed.taken);
    return status == ZST_DONE;
}

/* What is done with a reader. */
typedef zst_status reading(zst_compression_reader *reader, size_t *out_len);

static zst_status read_bytes(zst_compression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_compression_reader_read, (reader, 30000, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read1_bytes(zst_compression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_compression_reader_read1, (reader, 30000, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read_all(zst_compression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_compression_reader_readall, (reader, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read_into(zst_compression_reader *reader, size_t *out_len) {
    zst_status status = CALL(*out_len, zst_compression_reader_readinto,
                             (reader, got.bytes + got.len, 30000, out_len, &err));
    if (status == ZST_OK) got.len += *out_len;
    return status;
}

static zst_status read_into1(zst_compression_reader *reader, size_t *out_len) {
    zst_status status = CALL(*out_len, zst_compression_reader_readinto1,
                             (reader, got.bytes + got.len, 30000, out_len, &err));
    if (status == ZST_OK) got.len += *out_len;
    return status;
}

/* Gives some of it back. */
static zst_status read_and_unread(zst_compression_reader *reader, size_t *out_len) {
    enum { BACK = 1000 };
    zst_status status = read_into(reader, out_len);
    if (status != ZST_OK || *out_len <= BACK) return status;
    MUST(nothing, zst_compression_reader_unread, (reader, got.bytes + got.len - BACK, BACK, &err));
    got.len -= BACK;
    return status;
}

static int read_with(const zst_compressor *compressor, const char *text, size_t len, reading *read) {
    zst_compression_reader *reader;
    zst_frame_progression figures;
    zst_status status;
    uint64_t told;
    int32_t closed;
    size_t more;
    feed_on(text, len, 20000);
    MUST(reader, zst_compressor_stream_reader, (compressor, source_of(&feed), len, 20000, &reader, &err));
    do status = read(reader, &more);
    while (status == ZST_OK && more > 0);
    ASKS_FOR_NONE(told =, zst_compression_reader_tell, (reader));
    CHECK(told == got.len);
    ASKS_FOR_NONE(, zst_compression_reader_frame_progression, (reader, &figures, &err));
    ASKS_FOR_NONE(, zst_compression_reader_close, (reader, &err));
    ASKS_FOR_NONE(closed =, zst_compression_reader_closed, (reader));
    CHECK(closed && feed.drops == feed.taken);
    ASKS_FOR_NONE(, zst_compression_reader_free, (reader));
    return status == ZST_OK;
}

static int reader_read(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read_bytes);
}

static int reader_read1(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read1_bytes);
}

static int reader_readall(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read_all);
}

static int reader_readinto(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read_into);
}

static int reader_readinto1(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read_into1);
}

static int reader_unread(const zst_compressor *compressor, const char *text, size_t len) {
    return read_with(compressor, text, len, read_and_unread);
}

static struct drain drain;

static void drain_to_got(void) {
    memset(&drain, 0, sizeof drain);
    drain.bytes = got.bytes;
    drain.room = sizeof got.bytes;
}

/* `failing`: the sink fails in the middle, so that input has to be kept. */
static int write_all(const zst_compressor *compressor, const char *text, size_t len, int failing) {
    zst_compression_writer *writer;
    zst_frame_progression figures;
    uint64_t told;
    int32_t closed;
    size_t at, piece = 0, written, size;
    struct {
        size_t consumed, written;
    } out;
    zst_status status = ZST_OK;
    drain_to_got();
    MUST(writer, zst_compressor_stream_writer, (compressor, sink_of(&drain), ZST_CONTENTSIZE_UNKNOWN, 3000, &writer,
                                                &err));
    MUST(size, zst_compression_writer_memory_size, (writer, &size, &err));
    for (at = 0; at < len && status == ZST_OK; at += piece) {
        piece = piece_of(len, at);
        if (failing && at > 0) {
            /* Input is taken in and kept. When there is no memory for it, the stream ends. */
            drain.fails_with = 77;
            also_expected(ZST_ERROR_SINK);
            status = TRY(out, zst_compression_writer_write,
                         (writer, text + at, piece, &out.consumed, &out.written, &err));
            also_expected(ZST_OK);
            drain.fails_with = 0;
            if (status == ZST_ERROR_SINK) status = ZST_OK;
            if (status != ZST_OK) CHECK(zst_compression_writer_flush(writer, ZST_FLUSH_FRAME, NULL, NULL) == status);
            continue;
        }
        status = CALL(out, zst_compression_writer_write, (writer, text + at, piece, &out.consumed, &out.written, &err));
        if (status == ZST_OK)
            status = CALL(written, zst_compression_writer_flush, (writer, ZST_FLUSH_BLOCK, &written, &err));
    }
    if (status == ZST_OK)
        status = CALL(written, zst_compression_writer_flush, (writer, ZST_FLUSH_FRAME, &written, &err));
    if (status == ZST_OK) {
        /* After a failure it is closed, and says nothing more about it. */
        status = TRY(nothing, zst_compression_writer_close, (writer, &err));
        ASKS_FOR_NONE(closed =, zst_compression_writer_closed, (writer));
        CHECK(closed);
    }
    ASKS_FOR_NONE(told =, zst_compression_writer_tell, (writer));
    CHECK(told == drain.len);
    ASKS_FOR_NONE(, zst_compression_writer_frame_progression, (writer, &figures, &err));
    ASKS_FOR_NONE(, zst_compression_writer_free, (writer));
    CHECK(drain.drops == drain.taken);
    got.len = drain.len;
    return status == ZST_OK;
}

static int writer(const zst_compressor *compressor, const char *text, size_t len) {
    return write_all(compressor, text, len, 0);
}

static int writer_with_failing_sink(const zst_compressor *compressor, const char *text, size_t len) {
    return write_all(compressor, text, len, 1);
}

#define BOTH(name)                                                    \
    static void name##_alone(void) { with_threads(0, name); }         \
    static void name##_with_workers(void) { with_threads(2, name); }

BOTH(obj)
BOTH(obj_into)
BOTH(chunker)
BOTH(iterator)
BOTH(reader_read)
BOTH(reader_read1)
BOTH(reader_readall)
BOTH(reader_readinto)
BOTH(reader_readinto1)
BOTH(reader_unread)
BOTH(writer)
BOTH(writer_with_failing_sink)

const struct scenario compression_streams[] = {
    {"compression_obj", obj_alone},
    {"compression_obj_with_workers", obj_with_workers},
    {"compression_obj_into", obj_into_alone},
    {"compression_obj_into_with_workers", obj_into_with_workers},
    {"compression_chunker", chunker_alone},
    {"compression_chunker_with_workers", chunker_with_workers},
    {"compressor_iterator", iterator_alone},
    {"compressor_iterator_with_workers", iterator_with_workers},
    {"compression_reader_read", reader_read_alone},
    {"compression_reader_read_with_workers", reader_read_with_workers},
    {"compression_reader_read1", reader_read1_alone},
    {"compression_reader_read1_with_workers", reader_read1_with_workers},
    {"compression_reader_readall", reader_readall_alone},
    {"compression_reader_readall_with_workers", reader_readall_with_workers},
    {"compression_reader_readinto", reader_readinto_alone},
    {"compression_reader_readinto_with_workers", reader_readinto_with_workers},
    {"compression_reader_readinto1", reader_readinto1_alone},
    {"compression_reader_readinto1_with_workers", reader_readinto1_with_workers},
    {"compression_reader_unread", reader_unread_alone},
    {"compression_reader_unread_with_workers", reader_unread_with_workers},
    {"compression_writer", writer_alone},
    {"compression_writer_with_workers", writer_with_workers},
    {"compression_writer_with_failing_sink", writer_with_failing_sink_alone},
    {"compression_writer_with_failing_sink_with_workers", writer_with_failing_sink_with_workers},
    {NULL, NULL},
};
