/* All forms of streaming decompression: of a frame that records its size, one that does not, and a skippable one. */

#include "failing.h"

enum { LEN = 200000, ROOM = 1 << 20, ACROSS = ZST_DECOMPRESS_READ_ACROSS_FRAMES };

static unsigned char input[ROOM];
static size_t input_len;
static char *content; /* of both frames */

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

static void add_frame(const void *src, size_t len, int32_t recorded) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WRITE_CONTENT_SIZE, recorded, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &compressor, NULL) == ZST_OK);
    CHECK(zst_compressor_compress(compressor, src, len, &frame, NULL) == ZST_OK);
    memcpy(input + input_len, frame.data, frame.len);
    input_len += frame.len;
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
}

/* `stream` tells whether it came to its end. */
static void with_frames(int (*stream)(const zst_decompressor *)) {
    zst_decompressor *decompressor = new_decompressor();
    size_t len;
    char *text = text_for(0, &len);
    CHECK(len == LEN);
    content = malloc(2 * LEN);
    CHECK(content != NULL);
    memcpy(content, text, LEN);
    memcpy(content + LEN, text, LEN);
    free(text);
    got.len = input_len = 0;
    add_frame(content, LEN, 1);
    CHECK(zst_write_skippable_frame("note", 4, 0, input + input_len, ROOM - input_len, &len, NULL) == ZST_OK);
    input_len += len;
    add_frame(content, LEN, 0);
    if (stream(decompressor)) CHECK(got.len == 2 * LEN);
    CHECK(got.len <= 2 * LEN && memcmp(got.bytes, content, got.len) == 0);
    end_decompressor(decompressor);
    free(content);
}

static size_t piece_of(size_t at) { return at + 70000 < input_len ? 70000 : input_len - at; }

static int obj(const zst_decompressor *decompressor) {
    zst_decompression_obj *obj;
    struct {
        zst_bytes bytes;
        size_t used;
    } out;
    size_t at, piece;
    int32_t eof, end;
    zst_status status = ZST_OK;
    MUST(obj, zst_decompressor_decompressobj, (decompressor, ACROSS, &obj, &err));
    for (at = 0; at < input_len && status == ZST_OK; at += piece) {
        piece = piece_of(at);
        status = CALL(out, zst_decompression_obj_decompress, (obj, input + at, piece, &out.bytes, &out.used, &err));
        if (status == ZST_OK) add_and_free(&out.bytes);
    }
    /* An object that has failed stays so. */
    if (status != ZST_OK) CHECK(zst_decompression_obj_decompress(obj, input, 100, &out.bytes, NULL, NULL) == status);
    ASKS_FOR_NONE(eof =, zst_decompression_obj_eof, (obj));
    ASKS_FOR_NONE(end =, zst_decompression_obj_at_frame_end, (obj));
    CHECK(!eof && end == (status == ZST_OK));
    ASKS_FOR_NONE(, zst_decompression_obj_free, (obj));
    return status == ZST_OK;
}

static int obj_into(const zst_decompressor *decompressor) {
    zst_decompression_obj *obj;
    struct {
        size_t len, used;
    } out;
    size_t at = 0;
    zst_status status = ZST_OK;
    MUST(obj, zst_decompressor_decompressobj, (decompressor, ACROSS, &obj, &err));
    do {
        status = CALL(out, zst_decompression_obj_decompress_into,
                      (obj, input + at, piece_of(at), got.bytes + got.len, 30000, &out.len, &out.used, &err));
        if (status != ZST_OK) break;
        got.len += out.len;
        at += out.used;
    } while (at < input_len || out.len > 0);
    zst_decompression_obj_free(obj);
    return status == ZST_OK;
}

/* All pieces that there are now. */
static zst_status take_pieces(zst_decompression_chunker *chunker) {
    struct {
        const uint8_t *data;
        size_t len;
    } piece;
    zst_status status;
    while ((status = CALL(piece, zst_decompression_chunker_next, (chunker, &piece.data, &piece.len, &err))) == ZST_OK)
        add(piece.data, piece.len);
    return status;
}

static int chunker(const zst_decompressor *decompressor) {
    zst_decompression_chunker *chunker;
    size_t at, piece;
    zst_status status = ZST_DONE;
    MUST(chunker, zst_decompressor_chunker, (decompressor, 7000, &chunker, &err));
    for (at = 0; at < input_len && status == ZST_DONE; at += piece) {
        piece = piece_of(at);
        MUST(nothing, zst_decompression_chunker_decompress, (chunker, input + at, piece, &err));
        status = take_pieces(chunker);
    }
    if (status == ZST_DONE) {
        MUST(nothing, zst_decompression_chunker_finish, (chunker, &err));
        status = take_pieces(chunker);
    }
    ASKS_FOR_NONE(, zst_decompression_chunker_free, (chunker));
    return status == ZST_DONE;
}

static struct feed feed;

static void feed_with_frames(void) {
    memset(&feed, 0, sizeof feed);
    feed.data = input;
    feed.len = input_len;
    feed.block = 20000;
}

static int iterator(const zst_decompressor *decompressor) {
    zst_decompressor_iterator *iterator;
    uint8_t place[1000];
    size_t placed;
    zst_status status;
    struct {
        const uint8_t *data;
        size_t len;
    } piece;
    feed_with_frames();
    MUST(iterator, zst_decompressor_read_to_iter,
         (decompressor, source_of(&feed), 20000, 5000, 0, ACROSS, &iterator, &err));
    status = CALL(placed, zst_decompressor_iterator_next_into, (iterator, place, sizeof place, &placed, &err));
    if (status == ZST_OK) add(place, placed);
    while (status == ZST_OK &&
           (status = CALL(piece, zst_decompressor_iterator_next, (iterator, &piece.data, &piece.len, &err))) == ZST_OK)
        add(piece.data, piece.len);
    ASKS_FOR_NONE(, zst_decompressor_iterator_unused_data, (iterator, &piece.data, &piece.len, &err));
    ASKS_FOR_NONE(, zst_decompressor_iterator_free, (iterator));
    CHECK(feed.drops == feed.taken);
    return status == ZST_DONE;
}

/* What is done with a reader. */
typedef zst_status reading(zst_decompression_reader *reader, size_t *out_len);

static zst_status read_bytes(zst_decompression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_decompression_reader_read, (reader, 30000, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read1_bytes(zst_decompression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_decompression_reader_read1, (reader, 30000, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read_all(zst_decompression_reader *reader, size_t *out_len) {
    zst_bytes out;
    zst_status status = CALL(out, zst_decompression_reader_readall, (reader, &out, &err));
    if (status == ZST_OK) *out_len = out.len, add_and_free(&out);
    return status;
}

static zst_status read_into(zst_decompression_reader *reader, size_t *out_len) {
    zst_status status = CALL(*out_len, zst_decompression_reader_readinto,
                             (reader, got.bytes + got.len, 30000, out_len, &err));
    if (status == ZST_OK) got.len += *out_len;
    return status;
}

static zst_status read_into1(zst_decompression_reader *reader, size_t *out_len) {
    zst_status status = CALL(*out_len, zst_decompression_reader_readinto1,
                             (reader, got.bytes + got.len, 30000, out_len, &err));
    if (status == ZST_OK) got.len += *out_len;
    return status;
}

/* Gives some of it back. */
static zst_status read_and_unread(zst_decompression_reader *reader, size_t *out_len) {
    enum { BACK = 1000 };
    zst_status status = read_into(reader, out_len);
    if (status != ZST_OK || *out_len <= BACK) return status;
    MUST(nothing, zst_decompression_reader_unread, (reader, got.bytes + got.len - BACK, BACK, &err));
    got.len -= BACK;
    return status;
}

/* Moves on, and takes what lies between as read. */
static zst_status seek(zst_decompression_reader *reader, size_t *out_len) {
    uint64_t position, before = got.len;
    zst_status status = CALL(position, zst_decompression_reader_seek, (reader, 70000, 1, &position, &err));
    if (status != ZST_OK) position = zst_decompression_reader_tell(reader);
    memcpy(got.bytes, content, (size_t)position);
    got.len = (size_t)position;
    *out_len = (size_t)(position - before);
    return status;
}

static int read_with(const zst_decompressor *decompressor, int32_t flags, reading *read) {
    zst_decompression_reader *reader;
    zst_status status;
    uint64_t told;
    int32_t closed, end;
    size_t more;
    feed_with_frames();
    MUST(reader, zst_decompressor_stream_reader, (decompressor, source_of(&feed), 20000, flags, &reader, &err));
    do status = read(reader, &more);
    while (status == ZST_OK && more > 0);
    ASKS_FOR_NONE(told =, zst_decompression_reader_tell, (reader));
    ASKS_FOR_NONE(end =, zst_decompression_reader_at_frame_end, (reader));
    CHECK(told == got.len && end == (status == ZST_OK));
    ASKS_FOR_NONE(, zst_decompression_reader_close, (reader, &err));
    ASKS_FOR_NONE(closed =, zst_decompression_reader_closed, (reader));
    CHECK(closed && feed.drops == feed.taken);
    ASKS_FOR_NONE(, zst_decompression_reader_free, (reader));
    return status == ZST_OK;
}

static int reader_read(const zst_decompressor *decompressor) { return read_with(decompressor, 0, read_bytes); }

static int reader_read1(const zst_decompressor *decompressor) { return read_with(decompressor, ACROSS, read1_bytes); }

static int reader_readall(const zst_decompressor *decompressor) { return read_with(decompressor, 0, read_all); }

static int reader_readinto(const zst_decompressor *decompressor) {
    return read_with(decompressor, ACROSS | ZST_DECOMPRESS_STRICT, read_into);
}

static int reader_readinto1(const zst_decompressor *decompressor) { return read_with(decompressor, 0, read_into1); }

static int reader_unread(const zst_decompressor *decompressor) { return read_with(decompressor, 0, read_and_unread); }

static int reader_seek(const zst_decompressor *decompressor) { return read_with(decompressor, 0, seek); }

static struct drain drain;

/* `failing`: the sink fails in the middle, so that input has to be kept. */
static int write_all(const zst_decompressor *decompressor, int failing) {
    zst_decompression_writer *writer;
    uint64_t told;
    int32_t closed, end;
    size_t at, piece = 0, written, size;
    struct {
        size_t consumed, written;
    } out;
    zst_status status = ZST_OK;
    memset(&drain, 0, sizeof drain);
    drain.bytes = got.bytes;
    drain.room = sizeof got.bytes;
    MUST(writer, zst_decompressor_stream_writer, (decompressor, sink_of(&drain), 3000, 0, &writer, &err));
    MUST(size, zst_decompression_writer_memory_size, (writer, &size, &err));
    for (at = 0; at < input_len && status == ZST_OK; at += piece) {
        piece = piece_of(at);
        if (failing && at > 0) {
            /* Input is taken in and kept. When there is no memory for it, the stream ends. */
            drain.fails_with = 77;
            also_expected(ZST_ERROR_SINK);
            status = TRY(out, zst_decompression_writer_write,
                         (writer, input + at, piece, &out.consumed, &out.written, &err));
            also_expected(ZST_OK);
            drain.fails_with = 0;
            if (status == ZST_ERROR_SINK) status = ZST_OK;
            if (status != ZST_OK) CHECK(zst_decompression_writer_write(writer, input, 1, NULL, NULL, NULL) == status);
            continue;
        }
        status = CALL(out, zst_decompression_writer_write,
                      (writer, input + at, piece, &out.consumed, &out.written, &err));
    }
    if (status == ZST_OK) status = CALL(written, zst_decompression_writer_flush, (writer, &written, &err));
    /* A flush does not say a second time that the stream has ended; a write does. */
    if (status == ZST_OK) status = zst_decompression_writer_write(writer, NULL, 0, NULL, NULL, NULL);
    ASKS_FOR_NONE(end =, zst_decompression_writer_at_frame_end, (writer));
    CHECK(end == (status == ZST_OK));
    if (status == ZST_OK) {
        /* After a failure it is closed, and says nothing more about it. */
        status = TRY(nothing, zst_decompression_writer_close, (writer, &err));
        ASKS_FOR_NONE(closed =, zst_decompression_writer_closed, (writer));
        CHECK(closed);
    }
    ASKS_FOR_NONE(told =, zst_decompression_writer_tell, (writer));
    CHECK(told == drain.len);
    ASKS_FOR_NONE(, zst_decompression_writer_free, (writer));
    CHECK(drain.drops == drain.taken);
    got.len = drain.len;
    return status == ZST_OK;
}

static int writer(const zst_decompressor *decompressor) { return write_all(decompressor, 0); }

static int writer_with_failing_sink(const zst_decompressor *decompressor) { return write_all(decompressor, 1); }

#define SCENARIO(name) \
    static void decompression_##name(void) { with_frames(name); }

SCENARIO(obj)
SCENARIO(obj_into)
SCENARIO(chunker)
SCENARIO(iterator)
SCENARIO(reader_read)
SCENARIO(reader_read1)
SCENARIO(reader_readall)
SCENARIO(reader_readinto)
SCENARIO(reader_readinto1)
SCENARIO(reader_unread)
SCENARIO(reader_seek)
SCENARIO(writer)
SCENARIO(writer_with_failing_sink)

const struct scenario decompression_streams[] = {
    {"decompression_obj", decompression_obj},
    {"decompression_obj_into", decompression_obj_into},
    {"decompression_chunker", decompression_chunker},
    {"decompressor_iterator", decompression_iterator},
    {"decompression_reader_read", decompression_reader_read},
    {"decompression_reader_read1", decompression_reader_read1},
    {"decompression_reader_readall", decompression_reader_readall},
    {"decompression_reader_readinto", decompression_reader_readinto},
    {"decompression_reader_readinto1", decompression_reader_readinto1},
    {"decompression_reader_unread", decompression_reader_unread},
    {"decompression_reader_seek", decompression_reader_seek},
    {"decompression_writer", decompression_writer},
    {"decompression_writer_with_failing_sink", decompression_writer_with_failing_sink},
    {NULL, NULL},
};
