/*
 * Every callback of a source, a sink, a progress and a buffer misbehaves, at each of its calls in turn: it fails,
 * blocks, gives or takes nothing, little or too much, calls what it was called from, or frees it. Whatever comes of it,
 * no byte is lost or doubled, everything is dropped once, and the failure is the one that the callback has told.
 */

#include "check.h"

enum { LEN = 6000, BLOCK = 500, PIECE = 300, CODE = 77, PATIENCE = 4, FOR_EVER = 1000000 };

/* What a callback does instead of its work. */
enum act { WORKS, FAILS, BLOCKS, NOTHING, LITTLE, TOO_MUCH, CALLS, FREES, ACTS };

enum kind { READ, WRITE, FLUSH, CLOSE, REPORT, DROP, RELEASE };

/* A stream, or something else that has callbacks. */
struct scenario {
    const char *name;
    int compresses, has_source, has_sink;
    int ways;                       /* to use it */
    zst_status (*open)(void);
    zst_status (*step)(void);       /* the next call; ZST_DONE when there is nothing more to do */
    void (*free)(void);
    void (*call_from_inside)(void); /* checks that the stream turns a callback away */
};

static zst_compressor *compressor;
static zst_decompressor *decompressor;
static char *text;
static zst_bytes frame;
static zst_error err;

/* The plan, and what came of it. */
static enum act act;
static int act_at, act_times, calls, acted, acted_in, threads;
static unsigned runs, scenarios, points;

/* The stream of the run. */
static const struct scenario *now;
static struct {
    int way, stage, in_step, in_callback, closing, ended, freed;
    int source_drops, sink_drops, sink_closes, releases;
    size_t read, got_len;
    unsigned char *lent;
    unsigned char got[4 * LEN];
} run;

static const void *input(void) { return now->compresses ? (const void *)text : frame.data; }
static size_t input_len(void) { return now->compresses ? LEN : frame.len; }

static void keep(const void *bytes, size_t len) {
    CHECK(len <= sizeof run.got - run.got_len);
    memcpy(run.got + run.got_len, bytes, len);
    run.got_len += len;
}

static zst_status keep_bytes(zst_status status, zst_bytes *bytes) {
    if (status != ZST_OK) return status;
    keep(bytes->data, bytes->len);
    if (bytes->len == 0) status = ZST_DONE;
    zst_bytes_free(bytes);
    return status;
}

/* The parents of the stream work while it is in a call. */
static void call_parents(void) {
    zst_bytes small, back;
    CHECK(zst_compressor_compress(compressor, "meanwhile", 9, &small, NULL) == ZST_OK);
    CHECK(zst_decompressor_decompress(decompressor, small.data, small.len, 0, 0, &back, NULL, NULL) == ZST_OK);
    CHECK(same(back.data, back.len, "meanwhile", 9));
    zst_bytes_free(&small);
    zst_bytes_free(&back);
    zst_free_idle_contexts();
}

static void free_parents(void) {
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    compressor = NULL;
    decompressor = NULL;
}

/* What this call of a callback is to do. Calling and freeing happens here. */
static enum act next_act(enum kind kind) {
    static const int possible[][ACTS] = {
        {1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 0, 0, 1, 1}, {1, 1, 1, 0, 0, 0, 1, 1},
        {1, 1, 1, 0, 0, 0, 1, 1}, {1, 0, 0, 0, 0, 0, 1, 1}, {1, 0, 0, 0, 0, 0, 1, 1},
    };
    int at = calls++;
    CHECK(!run.in_callback);
    if (act == WORKS || at < act_at || at - act_at >= act_times || !possible[kind][act]) return WORKS;
    acted++;
    acted_in = (int)kind;
    run.in_callback = 1;
    if (act == CALLS) {
        call_parents();
        /* While a stream is being made or freed, nobody has it. */
        if (run.in_step && now->call_from_inside != NULL) now->call_from_inside();
    }
    if (act == FREES && !run.freed) {
        free_parents();
        if (run.in_step) {
            run.freed = 1;
            if (now->free != NULL) now->free();
        }
    }
    run.in_callback = 0;
    return act == CALLS || act == FREES ? WORKS : act;
}

static int32_t code_of(enum act what) { return what == FAILS ? CODE : what == BLOCKS ? ZST_ERROR_WOULD_BLOCK : 0; }

static void give_back(void) {
    free(run.lent);
    run.lent = NULL;
}

static int32_t read_block(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    enum act what = next_act(READ);
    size_t left = input_len() - run.read;
    CHECK(userdata == &run && size_hint == BLOCK && run.source_drops == 0 && !run.ended);
    give_back();
    *out_len = left < BLOCK ? left : BLOCK;
    if (what == LITTLE && left > 0) *out_len = 1;
    if (what == NOTHING) *out_len = 0;
    if (what == TOO_MUCH) {
        *out_len = (size_t)-1;
        *out_data = (const uint8_t *)text;
        return 0;
    }
    if (code_of(what) != 0) return code_of(what);
    *out_data = run.lent = exactly((const char *)input() + run.read, *out_len);
    run.read += *out_len;
    run.ended = *out_len == 0;
    return 0;
}

static void drop_source(void *userdata) {
    CHECK(userdata == &run);
    (void)next_act(DROP);
    run.source_drops++;
    give_back();
}

static int32_t write_piece(void *userdata, const uint8_t *data, size_t len, size_t *out_written) {
    enum act what = next_act(WRITE);
    CHECK(userdata == &run && len > 0 && len <= PIECE && run.sink_drops == 0 && run.sink_closes == 0);
    if (code_of(what) != 0) return code_of(what);
    *out_written = what == NOTHING ? 0 : what == LITTLE ? 1 : len;
    if (what == TOO_MUCH)
        *out_written = len + 1;
    else
        keep(data, *out_written);
    return 0;
}

static int32_t flush_sink(void *userdata) {
    CHECK(userdata == &run && run.sink_drops == 0 && run.sink_closes == 0);
    return code_of(next_act(FLUSH));
}

static int32_t close_sink(void *userdata) {
    int32_t code = code_of(next_act(CLOSE));
    CHECK(userdata == &run && run.sink_drops == 0 && run.sink_closes == 0);
    run.sink_closes += code == 0;
    return code;
}

static void drop_sink(void *userdata) {
    CHECK(userdata == &run);
    (void)next_act(DROP);
    run.sink_drops++;
}

static int32_t report(void *userdata, uint64_t bytes_read, uint64_t bytes_written) {
    CHECK(userdata == &run && bytes_read == run.read && bytes_written == run.got_len);
    return code_of(next_act(REPORT));
}

static const zst_source source = {&run, read_block, drop_source};
static const zst_sink sink = {&run, write_piece, flush_sink, close_sink, drop_sink};
static const zst_progress progress = {&run, report};

/* Readers: five ways to read, a step each, and close() as the last. `more` stands for what is called besides. */

enum way { BY_READ, BY_READ1, BY_READINTO, BY_READINTO1, BY_READALL };

#define READER(name, reader, open_call, more)                                                                   \
    static zst_##reader *name;                                                                                  \
    static zst_status open_##name(void) { return open_call; }                                                   \
    static void free_##name(void) { zst_##reader##_free(name); }                                                \
    static zst_status step_##name(void) {                                                                       \
        unsigned char place[PIECE];                                                                             \
        zst_bytes bytes;                                                                                        \
        size_t len;                                                                                             \
        zst_status status;                                                                                      \
        if (run.closing) return zst_##reader##_close(name, &err) == ZST_OK ? ZST_DONE : ZST_ERROR_INTERNAL;     \
        switch ((enum way)run.way) {                                                                            \
        case BY_READ: status = keep_bytes(zst_##reader##_read(name, PIECE, &bytes, &err), &bytes); break;       \
        case BY_READ1: status = keep_bytes(zst_##reader##_read1(name, PIECE, &bytes, &err), &bytes); break;     \
        case BY_READALL: status = keep_bytes(zst_##reader##_readall(name, &bytes, &err), &bytes); break;        \
        default:                                                                                                \
            status = run.way == BY_READINTO ? zst_##reader##_readinto(name, place, PIECE, &len, &err)           \
                                            : zst_##reader##_readinto1(name, place, PIECE, &len, &err);         \
            if (status == ZST_OK) keep(place, len);                                                             \
            if (status == ZST_OK && len == 0) status = ZST_DONE;                                                \
        }                                                                                                       \
        run.closing = status == ZST_DONE;                                                                       \
        return status == ZST_DONE ? ZST_OK : status;                                                            \
    }                                                                                                           \
    static void call_##name(void) {                                                                             \
        unsigned char place[1];                                                                                 \
        zst_bytes bytes;                                                                                        \
        size_t len;                                                                                             \
        CHECK(zst_##reader##_read(name, 1, &bytes, NULL) == ZST_ERROR_BUSY);                                    \
        CHECK(zst_##reader##_read1(name, 1, &bytes, NULL) == ZST_ERROR_BUSY);                                   \
        CHECK(zst_##reader##_readinto(name, place, 1, &len, NULL) == ZST_ERROR_BUSY);                           \
        CHECK(zst_##reader##_readinto1(name, place, 1, &len, NULL) == ZST_ERROR_BUSY);                          \
        CHECK(zst_##reader##_readall(name, &bytes, NULL) == ZST_ERROR_BUSY);                                    \
        CHECK(zst_##reader##_unread(name, "", 1, NULL) == ZST_ERROR_BUSY);                                      \
        CHECK(zst_##reader##_close(name, NULL) == ZST_ERROR_BUSY);                                              \
        CHECK(zst_##reader##_tell(name) <= run.got_len);                                                        \
        more;                                                                                                   \
    }

static zst_frame_progression figures;

READER(compressing, compression_reader,
       zst_compressor_stream_reader(compressor, &source, ZST_CONTENTSIZE_UNKNOWN, BLOCK, &compressing, &err),
       CHECK(zst_compression_reader_frame_progression(compressing, &figures, NULL) == ZST_OK))

READER(decompressing, decompression_reader,
       zst_decompressor_stream_reader(decompressor, &source, BLOCK, ZST_DECOMPRESS_STRICT, &decompressing, &err),
       CHECK(zst_decompression_reader_seek(decompressing, 1, 1, NULL, NULL) == ZST_ERROR_BUSY);
       (void)zst_decompression_reader_at_frame_end(decompressing))

/* Iterators. */

static zst_compressor_iterator *compressing_pieces;
static zst_decompressor_iterator *decompressing_pieces;

static zst_status open_compressor_iterator(void) {
    return zst_compressor_read_to_iter(compressor, &source, ZST_CONTENTSIZE_UNKNOWN, BLOCK, PIECE, &compressing_pieces,
                                       &err);
}

static zst_status open_decompressor_iterator(void) {
    return zst_decompressor_read_to_iter(decompressor, &source, BLOCK, PIECE, 0, ZST_DECOMPRESS_STRICT,
                                         &decompressing_pieces, &err);
}

static void free_compressor_iterator(void) { zst_compressor_iterator_free(compressing_pieces); }

static void free_decompressor_iterator(void) { zst_decompressor_iterator_free(decompressing_pieces); }

/* The piece is lent by the iterator, and is gone when that is. */
static zst_status step_compressor_iterator(void) {
    const uint8_t *data;
    size_t len;
    zst_status status = zst_compressor_iterator_next(compressing_pieces, &data, &len, &err);
    if (status == ZST_OK && !run.freed) keep(data, len);
    return status;
}

static zst_status step_decompressor_iterator(void) {
    const uint8_t *data;
    size_t len;
    zst_status status = zst_decompressor_iterator_next(decompressing_pieces, &data, &len, &err);
    if (status == ZST_OK && !run.freed) keep(data, len);
    return status;
}

static void call_compressor_iterator(void) {
    const uint8_t *data;
    size_t len;
    CHECK(zst_compressor_iterator_next(compressing_pieces, &data, &len, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_compressor_iterator_frame_progression(compressing_pieces, &figures, NULL) == ZST_OK);
}

static void call_decompressor_iterator(void) {
    const uint8_t *data;
    size_t len;
    CHECK(zst_decompressor_iterator_next(decompressing_pieces, &data, &len, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_decompressor_iterator_unused_data(decompressing_pieces, &data, &len, NULL) == ZST_ERROR_BUSY);
}

/* Writers: the input in pieces, with a flush of each kind between them, then close(). */

static zst_compression_writer *compression_writer;
static zst_decompression_writer *decompression_writer;

static zst_status open_compression_writer(void) {
    return zst_compressor_stream_writer(compressor, &sink, ZST_CONTENTSIZE_UNKNOWN, PIECE, &compression_writer, &err);
}

static zst_status open_decompression_writer(void) {
    return zst_decompressor_stream_writer(decompressor, &sink, PIECE, ZST_DECOMPRESS_STRICT, &decompression_writer,
                                          &err);
}

static void free_compression_writer(void) { zst_compression_writer_free(compression_writer); }

static void free_decompression_writer(void) { zst_decompression_writer_free(decompression_writer); }

static zst_status step_writer(void) {
    size_t left = input_len() - run.read, len = left < BLOCK ? left : BLOCK, consumed = len;
    const char *src = (const char *)input() + run.read;
    zst_status status;
    if (left == 0) {
        run.closing = 1;
        status = now->compresses ? zst_compression_writer_close(compression_writer, &err)
                                 : zst_decompression_writer_close(decompression_writer, &err);
        return status == ZST_OK ? ZST_DONE : status;
    }
    if (run.stage % 2 == 1) {
        int32_t mode = run.stage % 4 == 1 ? ZST_FLUSH_BLOCK : ZST_FLUSH_FRAME;
        status = now->compresses ? zst_compression_writer_flush(compression_writer, mode, NULL, &err)
                                 : zst_decompression_writer_flush(decompression_writer, NULL, &err);
        run.stage += status == ZST_OK;
        return status;
    }
    status = now->compresses ? zst_compression_writer_write(compression_writer, src, len, &consumed, NULL, &err)
                             : zst_decompression_writer_write(decompression_writer, src, len, &consumed, NULL, &err);
    /* A sink that has failed does not mean that the input was not taken in. */
    if (status == ZST_OK || status == ZST_ERROR_SINK) {
        run.read += consumed;
        run.stage++;
    }
    return status;
}

static void call_compression_writer(void) {
    size_t size;
    CHECK(zst_compression_writer_write(compression_writer, "x", 1, NULL, NULL, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_compression_writer_flush(compression_writer, ZST_FLUSH_BLOCK, NULL, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_compression_writer_close(compression_writer, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_compression_writer_memory_size(compression_writer, &size, NULL) == ZST_OK);
    CHECK(zst_compression_writer_frame_progression(compression_writer, &figures, NULL) == ZST_OK);
    CHECK(zst_compression_writer_tell(compression_writer) <= run.got_len);
    (void)zst_compression_writer_closed(compression_writer);
}

static void call_decompression_writer(void) {
    size_t size;
    CHECK(zst_decompression_writer_write(decompression_writer, "x", 1, NULL, NULL, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_decompression_writer_flush(decompression_writer, NULL, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_decompression_writer_close(decompression_writer, NULL) == ZST_ERROR_BUSY);
    CHECK(zst_decompression_writer_memory_size(decompression_writer, &size, NULL) == ZST_OK);
    CHECK(zst_decompression_writer_tell(decompression_writer) <= run.got_len);
    (void)zst_decompression_writer_closed(decompression_writer);
    (void)zst_decompression_writer_at_frame_end(decompression_writer);
}

/* copy_stream, in which all three take part. */

static zst_status compress_all(void) {
    zst_status status = zst_compressor_copy_stream(compressor, &source, &sink, ZST_CONTENTSIZE_UNKNOWN, BLOCK, PIECE,
                                                   &progress, NULL, NULL, &err);
    return status == ZST_OK ? ZST_DONE : status;
}

static zst_status decompress_all(void) {
    zst_status status =
        zst_decompressor_copy_stream(decompressor, &source, &sink, BLOCK, PIECE, 0, &progress, NULL, NULL, &err);
    return status == ZST_OK ? ZST_DONE : status;
}

/* What cannot be made: sources and sinks are dropped nonetheless. */

static zst_status refused(void) {
    zst_status status = ZST_DONE;
    switch (run.way) {
    case 0: status = zst_compressor_stream_reader(compressor, &source, 1, 0, &compressing, &err); break;
    case 1: status = zst_decompressor_stream_reader(decompressor, &source, 0, 0, &decompressing, &err); break;
    case 2: status = zst_compressor_read_to_iter(compressor, &source, 1, 0, 1, &compressing_pieces, &err); break;
    case 3:
        status = zst_decompressor_read_to_iter(decompressor, &source, 0, 1, 0, 0, &decompressing_pieces, &err);
        break;
    case 4: status = zst_compressor_stream_writer(compressor, &sink, 1, 0, &compression_writer, &err); break;
    case 5: status = zst_decompressor_stream_writer(decompressor, &sink, 0, 0, &decompression_writer, &err); break;
    case 6: status = zst_compressor_copy_stream(compressor, &source, &sink, 1, 0, 1, NULL, NULL, NULL, &err); break;
    case 7: status = zst_decompressor_copy_stream(decompressor, &source, &sink, 0, 1, 0, NULL, NULL, NULL, &err); break;
    case 8: {
        zst_source taken = source;
        zst_source_drop(&taken);
        break;
    }
    default: {
        zst_sink taken = sink;
        zst_sink_drop(&taken);
    }
    }
    CHECK(run.way >= 8 || status == ZST_ERROR_VALUE);
    CHECK(run.source_drops == (run.way < 4 || (run.way >= 6 && run.way < 9)));
    CHECK(run.sink_drops == (run.way >= 4 && run.way != 8));
    return ZST_DONE;
}

/* Buffers: the last that needs the memory releases it. */

static void release(void *userdata) {
    CHECK(userdata == &run);
    (void)next_act(RELEASE);
    run.releases++;
}

static zst_status use_buffers(void) {
    static const zst_segment segments[] = {{0, 100}, {100, 200}};
    const size_t size = sizeof segments - (run.way == 2);
    zst_buffer_with_segments_collection *collection;
    zst_buffer_with_segments *buffer;
    const zst_buffer_with_segments *list[1];
    zst_status status = zst_buffer_with_segments_new(text, LEN, segments, size, release, &run, &buffer, &err);
    if (run.way == 2) {
        CHECK(status == ZST_ERROR_VALUE && run.releases == 1);
        return ZST_DONE;
    }
    CHECK(status == ZST_OK);
    if (run.way == 1) {
        list[0] = buffer;
        CHECK(zst_buffer_with_segments_collection_new(list, 1, &collection, NULL) == ZST_OK);
        zst_buffer_with_segments_free(buffer);
        CHECK(run.releases == 0);
        zst_buffer_with_segments_collection_free(collection);
    } else {
        zst_buffer_with_segments_free(buffer);
    }
    CHECK(run.releases == 1);
    return ZST_DONE;
}

static const struct scenario all[] = {
    {"compression_reader", 1, 1, 0, 5, open_compressing, step_compressing, free_compressing, call_compressing},
    {"decompression_reader", 0, 1, 0, 5, open_decompressing, step_decompressing, free_decompressing,
     call_decompressing},
    {"compressor_iterator", 1, 1, 0, 1, open_compressor_iterator, step_compressor_iterator, free_compressor_iterator,
     call_compressor_iterator},
    {"decompressor_iterator", 0, 1, 0, 1, open_decompressor_iterator, step_decompressor_iterator,
     free_decompressor_iterator, call_decompressor_iterator},
    {"compression_writer", 1, 0, 1, 1, open_compression_writer, step_writer, free_compression_writer,
     call_compression_writer},
    {"decompression_writer", 0, 0, 1, 1, open_decompression_writer, step_writer, free_decompression_writer,
     call_decompression_writer},
    {"compressor_copy_stream", 1, 1, 1, 1, NULL, compress_all, NULL, NULL},
    {"decompressor_copy_stream", 0, 1, 1, 1, NULL, decompress_all, NULL, NULL},
    {"refused", 0, 0, 0, 10, NULL, refused, NULL, NULL},
    {"buffers", 0, 0, 0, 3, NULL, use_buffers, NULL, NULL},
};

static void check_failure(zst_status status) {
    zst_status expected = acted_in == READ     ? ZST_ERROR_SOURCE
                          : acted_in == REPORT ? ZST_ERROR_CANCELLED
                                               : ZST_ERROR_SINK;
    int32_t code = code_of(act);
    CHECK(acted > 0 && err.status == status && memchr(err.message, 0, sizeof err.message) != NULL && err.message[0]);
    /* An iterator that is gone has nothing to lend. */
    if (act == FREES) {
        CHECK(run.freed && status == ZST_ERROR_CLOSED);
        return;
    }
    /* Input that has ended too early. */
    if (act == NOTHING && acted_in == READ) {
        CHECK(status == ZST_ERROR_TRUNCATED);
        return;
    }
    if (acted_in != REPORT && (act == BLOCKS || act == NOTHING)) {
        expected = ZST_ERROR_WOULD_BLOCK;
        code = 0;
    }
    CHECK(status == expected && err.callback_code == code);
}

/* What came out is, or begins, the text. */
static void check_content(int complete) {
    zst_bytes content = {NULL, 0, 0};
    zst_decompression_obj *obj;
    size_t used;
    if (now->compresses) {
        CHECK(zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj, &err) == ZST_OK);
        CHECK(zst_decompression_obj_decompress(obj, run.got, run.got_len, &content, &used, &err) == ZST_OK);
        CHECK(!complete || zst_decompression_obj_at_frame_end(obj));
        zst_decompression_obj_free(obj);
        CHECK(content.len <= LEN && memcmp(content.data, text, content.len) == 0);
        CHECK(!complete || content.len == LEN);
        zst_bytes_free(&content);
    } else {
        CHECK(run.got_len <= LEN && memcmp(run.got, text, run.got_len) == 0);
        CHECK(!complete || run.got_len == LEN);
    }
}

static void make_parents(void) {
    zst_compression_parameters *parameters;
    if (compressor != NULL) return;
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    /* So that there are many pieces of output. */
    CHECK(zst_compression_parameters_set(parameters, ZST_C_MAX_BLOCK_SIZE, 1024, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &compressor, NULL) == ZST_OK);
    zst_compression_parameters_free(parameters);
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
}

/* Tells which run it was that failed a check. */
static void tell(void) {
    if (now < all + sizeof all / sizeof *all)
        fprintf(stderr, "^ %s, way %d: act %d at call %d, %d times\n", now->name, run.way, (int)act, act_at, act_times);
}

/* One run with this misbehaviour. Returns how many calls of callbacks there were. */
static int play(int way, enum act what, int at, int times) {
    const int streams = now->has_source || now->has_sink, repeatable = now->open != NULL;
    zst_status status = ZST_OK;
    int failures = 0, lost = 0, unharmed;
    memset(&run, 0, sizeof run);
    run.way = way;
    act = what;
    act_at = at;
    act_times = times;
    calls = acted = 0;
    make_parents();
    if (now->open != NULL) CHECK(now->open() == ZST_OK);
    while (!run.freed && !lost && status != ZST_DONE && failures < PATIENCE) {
        fill(&err, sizeof err);
        run.in_step = streams;
        status = now->step();
        run.in_step = 0;
        if (status < 0) {
            check_failure(status);
            failures++;
            /* The last attempt of a writer, unless its sink would block. */
            lost = !repeatable || (status == ZST_ERROR_SINK && run.closing);
        } else if (streams) {
            CHECK(untouched(&err, sizeof err));
        }
    }
    if (now->free != NULL && !run.freed) now->free();
    run.freed = 1;
    make_parents();
    if (streams) {
        const int early = what == NOTHING && acted > 0 && acted_in == READ;
        unharmed = what == WORKS || what == LITTLE || what == CALLS || acted == 0 || (times == 1 && !lost && !early);
        if (what != FREES) {
            CHECK(!unharmed || status == ZST_DONE);
            check_content(status == ZST_DONE && !early);
        } else {
            check_content(0);
        }
        CHECK(run.source_drops == now->has_source && run.sink_drops == now->has_sink);
    }
    runs += acted > 0;
    return calls;
}

/* Each act at each call of a callback, once and from then on. */
static void misbehave_everywhere(int way) {
    int most = play(way, WORKS, 0, 0), at, what;
    scenarios++;
    points += (unsigned)most;
    for (what = FAILS; what < ACTS; what++)
        for (at = 0; at < most; at++) {
            play(way, (enum act)what, at, 1);
            play(way, (enum act)what, at, FOR_EVER);
        }
}

int main(void) {
    const struct scenario *end = all + sizeof all / sizeof *all;
    int way;
    CHECK(atexit(tell) == 0);
    text = make_text(LEN, 5);
    make_parents();
    CHECK(zst_compressor_compress(compressor, text, LEN, &frame, NULL) == ZST_OK);
    for (threads = 0; threads < 2; threads++) {
        free_parents();
        for (now = all; now < end; now++)
            for (way = 0; way < now->ways; way++)
                if (threads == 0 || now->compresses) misbehave_everywhere(way);
    }
    printf("%u scenarios, %u calls of callbacks, %u misbehaviours\n", scenarios, points, runs);
    free_parents();
    zst_bytes_free(&frame);
    free(text);
    zst_free_idle_contexts();
    return 0;
}
