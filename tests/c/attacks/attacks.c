/*
 * attacks NAME N: decompresses what somebody has made who wants memory or time to be used up; N is how much of it there
 * is. Prints how far the process's memory has grown meanwhile, in KiB. test_attacks.py knows what is too much.
 */

#define _POSIX_C_SOURCE 200809L

#include "../check.h"

enum { LIMIT = 1 << 20, MIB = 1 << 20, BLOCK = 128 << 10 };

static const unsigned char empty_frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00};
static const unsigned char skippable_frame[] = {0x50, 0x2A, 0x4D, 0x18, 0x04, 0x00, 0x00, 0x00, 'a', 'b', 'c', 'd'};

static unsigned char *data;
static size_t data_len;
static zst_error err;

/* Memory that has been in use at one time, in KiB. */
static long peak(void) {
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status) != NULL) (void)sscanf(line, "VmHWM: %ld", &kib);
    fclose(status);
    CHECK(kib > 0);
    return kib;
}

static void repeat(const void *bytes, size_t len, size_t count) {
    size_t at;
    data_len = len * count;
    data = malloc(data_len);
    CHECK(data != NULL);
    for (at = 0; at < count; at++) memcpy(data + at * len, bytes, len);
}

/* A frame without a size, with `count` runs of one byte: four bytes become 128 KiB each. */
static void make_bomb(size_t count) {
    static const unsigned char header[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58};
    const unsigned long run = 1ul << 1 | (unsigned long)BLOCK << 3;
    size_t at;
    data_len = sizeof header + 4 * count;
    data = malloc(data_len);
    CHECK(data != NULL);
    memcpy(data, header, sizeof header);
    for (at = 0; at < count; at++) {
        unsigned char *block = data + sizeof header + 4 * at;
        block[0] = (unsigned char)(run | (at + 1 == count));
        block[1] = (unsigned char)(run >> 8);
        block[2] = (unsigned char)(run >> 16);
        block[3] = 'x';
    }
}

static zst_decompressor *decompressor_with(int32_t parameter, int64_t value) {
    zst_decompression_parameters *parameters;
    zst_decompressor *decompressor;
    CHECK(zst_decompression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_decompression_parameters_set(parameters, parameter, value, NULL) == ZST_OK);
    CHECK(zst_decompressor_new_from_parameters(parameters, NULL, &decompressor, NULL) == ZST_OK);
    zst_decompression_parameters_free(parameters);
    return decompressor;
}

/* All ways to decompress `data`. Each returns how it ended, and sets the size of what came out. */

static size_t produced, reads;

static zst_status one_shot(const zst_decompressor *decompressor) {
    zst_bytes out;
    zst_status status = zst_decompressor_decompress(decompressor, data, data_len, 0, ZST_DECOMPRESS_READ_ACROSS_FRAMES,
                                                    &out, NULL, &err);
    if (status == ZST_OK) {
        produced = out.len;
        zst_bytes_free(&out);
    }
    return status;
}

static zst_status batch(const zst_decompressor *decompressor) {
    zst_buffer_with_segments_collection *out;
    zst_slice item;
    zst_status status;
    item.data = data;
    item.len = data_len;
    status = zst_decompressor_multi_decompress_to_buffer(decompressor, &item, 1, NULL, 0, 2, &out, &err);
    if (status == ZST_OK) zst_buffer_with_segments_collection_free(out);
    return status;
}

static zst_status obj(const zst_decompressor *decompressor) {
    zst_decompression_obj *stream;
    zst_status status = ZST_OK;
    size_t at, len;
    CHECK(zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &stream, NULL) == ZST_OK);
    for (at = 0; at < data_len && status == ZST_OK; at += len) {
        zst_bytes out;
        size_t used;
        len = data_len - at < 100 ? data_len - at : 100;
        status = zst_decompression_obj_decompress(stream, data + at, len, &out, &used, &err);
        if (status != ZST_OK) break;
        CHECK(used == len);
        produced += out.len;
        zst_bytes_free(&out);
    }
    zst_decompression_obj_free(stream);
    return status;
}

static zst_status chunker(const zst_decompressor *decompressor) {
    zst_decompression_chunker *stream;
    const uint8_t *piece;
    size_t len;
    zst_status status;
    CHECK(zst_decompressor_chunker(decompressor, BLOCK, &stream, NULL) == ZST_OK);
    CHECK(zst_decompression_chunker_decompress(stream, data, data_len, NULL) == ZST_OK);
    while ((status = zst_decompression_chunker_next(stream, &piece, &len, &err)) == ZST_OK) produced += len;
    if (status == ZST_DONE) {
        status = zst_decompression_chunker_finish(stream, &err);
        while (status == ZST_OK && (status = zst_decompression_chunker_next(stream, &piece, &len, &err)) == ZST_OK)
            produced += len;
    }
    zst_decompression_chunker_free(stream);
    return status == ZST_DONE ? ZST_OK : status;
}

/* A source that lends `data` once, or `block` over and over. */
struct feed {
    const unsigned char *block;
    size_t len, left;
};

static int32_t feed_read(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    struct feed *feed = userdata;
    (void)size_hint;
    reads++;
    *out_data = feed->block;
    *out_len = feed->left > feed->len ? feed->len : feed->left;
    feed->left -= *out_len;
    return 0;
}

static struct feed feed;

static zst_source source_of(const void *block, size_t len, size_t total) {
    zst_source source = {&feed, feed_read, NULL};
    feed.block = block;
    feed.len = len;
    feed.left = total;
    return source;
}

static int32_t count(void *userdata, const uint8_t *piece, size_t len, size_t *out_written) {
    (void)userdata;
    (void)piece;
    produced += len;
    *out_written = len;
    return 0;
}

static const zst_sink counter = {NULL, count, NULL, NULL, NULL};

static zst_status read_all(const zst_decompressor *decompressor, const zst_source *source, int32_t flags) {
    static unsigned char place[BLOCK];
    zst_decompression_reader *reader;
    size_t len = 1;
    zst_status status = ZST_OK;
    CHECK(zst_decompressor_stream_reader(decompressor, source, BLOCK, flags, &reader, NULL) == ZST_OK);
    while (status == ZST_OK && len > 0) {
        status = zst_decompression_reader_readinto(reader, place, sizeof place, &len, &err);
        if (status == ZST_OK) produced += len;
    }
    zst_decompression_reader_free(reader);
    return status;
}

static zst_status reader(const zst_decompressor *decompressor) {
    zst_source source = source_of(data, data_len, data_len);
    return read_all(decompressor, &source, ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT);
}

static zst_status iterator(const zst_decompressor *decompressor) {
    zst_source source = source_of(data, data_len, data_len);
    zst_decompressor_iterator *stream;
    const uint8_t *piece;
    size_t len;
    zst_status status;
    CHECK(zst_decompressor_read_to_iter(decompressor, &source, BLOCK, BLOCK, 0, ZST_DECOMPRESS_READ_ACROSS_FRAMES,
                                        &stream, NULL) == ZST_OK);
    while ((status = zst_decompressor_iterator_next(stream, &piece, &len, &err)) == ZST_OK) produced += len;
    zst_decompressor_iterator_free(stream);
    return status == ZST_DONE ? ZST_OK : status;
}

static zst_status writer(const zst_decompressor *decompressor) {
    zst_decompression_writer *stream;
    zst_status status;
    CHECK(zst_decompressor_stream_writer(decompressor, &counter, BLOCK, 0, &stream, NULL) == ZST_OK);
    status = zst_decompression_writer_write(stream, data, data_len, NULL, NULL, &err);
    zst_decompression_writer_free(stream);
    return status;
}

static zst_status copy_stream(const zst_decompressor *decompressor) {
    zst_source source = source_of(data, data_len, data_len);
    return zst_decompressor_copy_stream(decompressor, &source, &counter, BLOCK, BLOCK, 0, NULL, NULL, NULL, &err);
}

typedef zst_status way(const zst_decompressor *decompressor);

static way *const all_ways[] = {one_shot, obj, chunker, reader, iterator, writer, copy_stream, batch};
/* Those that take frames of unknown size, and those that give their content piece by piece. */
static way *const without_batch[] = {one_shot, obj, chunker, reader, iterator, writer, copy_stream};
static way *const in_pieces[] = {chunker, reader, iterator, writer, copy_stream};

#define EACH(list, name) (name = list; name < list + sizeof list / sizeof *list; name++)

/* What is tried. */

static void bomb_with_a_limit(size_t n) {
    zst_decompressor *decompressor = decompressor_with(ZST_D_MAX_OUTPUT_SIZE, LIMIT);
    way *const *use;
    make_bomb(n);
    for EACH (without_batch, use) {
        produced = 0;
        CHECK((*use)(decompressor) == ZST_ERROR_LIMIT && produced <= LIMIT);
    }
    zst_decompressor_free(decompressor);
}

static void bomb_in_streams(size_t n) {
    zst_decompressor *decompressor;
    way *const *use;
    make_bomb(n);
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    for EACH (in_pieces, use) {
        produced = 0;
        CHECK((*use)(decompressor) == ZST_OK && produced == n * BLOCK);
    }
    zst_decompressor_free(decompressor);
}

static void frames(const void *frame, size_t len, size_t n) {
    zst_decompressor *decompressor;
    way *const *use;
    repeat(frame, len, n);
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    for EACH (without_batch, use) CHECK((*use)(decompressor) == ZST_OK && produced == 0);
    zst_decompressor_free(decompressor);
}

static void empty_frames(size_t n) { frames(empty_frame, sizeof empty_frame, n); }

static void skippable_frames(size_t n) { frames(skippable_frame, sizeof skippable_frame, n); }

static void empty_blocks(size_t n) {
    zst_decompressor *decompressor;
    way *const *use;
    data_len = 6 + 3 * n;
    data = calloc(1, data_len);
    CHECK(data != NULL);
    memcpy(data, "\x28\xb5\x2f\xfd\x00\x58", 6);
    data[data_len - 3] = 1;
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    for EACH (without_batch, use) CHECK((*use)(decompressor) == ZST_OK && produced == 0);
    zst_decompressor_free(decompressor);
}

/* Windows of 2 GiB, of which nothing is used. */
static void windows(size_t n) {
    static const unsigned char wide[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x09, 0x00, 0x00, 'a'};
    zst_decompressor *usual, *all;
    way *const *use;
    repeat(wide, sizeof wide, n);
    CHECK(zst_decompressor_new(NULL, &usual, NULL) == ZST_OK);
    all = decompressor_with(ZST_D_MAX_WINDOW_SIZE, 1ll << 31);
    for EACH (in_pieces, use) {
        CHECK((*use)(usual) == ZST_ERROR_LIMIT);
        produced = 0;
        CHECK((*use)(all) == ZST_OK && produced == n);
    }
    zst_decompressor_free(usual);
    zst_decompressor_free(all);
    zst_free_idle_contexts();
}

/* Content of up to 2^60 bytes is claimed by a few bytes, again and again. */
static void claims(size_t n) {
    unsigned char claim[] = {0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x00, 0x00, 'a'};
    zst_decompressor *decompressor;
    way *const *use;
    size_t at;
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    for (at = 0; at < n; at++) {
        const size_t bit = 20 + at % 40;
        memset(claim + 5, 0, 8);
        claim[5 + bit / 8] = (unsigned char)(1 << bit % 8);
        repeat(claim, sizeof claim, 1);
        for EACH (all_ways, use) CHECK((*use)(decompressor) < 0);
        free(data);
    }
    data = NULL;
    zst_decompressor_free(decompressor);
}

/* A frame that is passed over is as long as four GiB, and comes in blocks. */
static void endless_skippable_frames(size_t n) {
    const size_t payload = 0xFFFFFFFF, len = MIB;
    unsigned char *block = calloc(1, len);
    zst_decompressor *decompressor;
    zst_source source;
    CHECK(block != NULL);
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    memcpy(block, "\x50\x2a\x4d\x18\xff\xff\xff\xff", 8);
    /* All but the last byte: then it is cut, which is told in the end. */
    source = source_of(block, len, payload + 7);
    reads = 0;
    CHECK(read_all(decompressor, &source, ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT) ==
          ZST_ERROR_TRUNCATED);
    CHECK(reads == 4097 + 1 && n == 1);
    zst_decompressor_free(decompressor);
    free(block);
}

/* Each content is the dictionary of the next. */
static void dictionary_chain(size_t n) {
    enum { LEN = 100000 };
    zst_decompressor *decompressor;
    zst_slice *chain = calloc(n, sizeof *chain);
    char *text = make_text(LEN, 1);
    zst_bytes frame = make_frame(text, LEN, 1), out;
    size_t at;
    CHECK(chain != NULL);
    for (at = 0; at < n; at++) {
        chain[at].data = frame.data;
        chain[at].len = frame.len;
    }
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    CHECK(zst_decompressor_decompress_content_dict_chain(decompressor, chain, n, &out, &err) == ZST_OK);
    CHECK(same(out.data, out.len, text, LEN));
    zst_bytes_free(&out);
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
    free(chain);
    free(text);
}

/* A batch whose items claim a gigabyte each. */
static void batch_of_claims(size_t n) {
    static const unsigned char claim[] = {0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0x00, 0x00, 0x00, 0x40, 0x09, 0x00, 0x00, 'a'};
    zst_buffer_with_segments_collection *out;
    zst_decompressor *decompressor;
    zst_slice *items = calloc(n, sizeof *items);
    size_t at;
    CHECK(items != NULL);
    for (at = 0; at < n; at++) {
        items[at].data = claim;
        items[at].len = sizeof claim;
    }
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    CHECK(zst_decompressor_multi_decompress_to_buffer(decompressor, items, n, NULL, 0, 2, &out, &err) < 0);
    CHECK(err.item_index == 0);
    zst_decompressor_free(decompressor);
    free(items);
}

/* Reads one byte and gives it back, again and again. */
static void unread(size_t n) {
    zst_decompressor *decompressor;
    zst_decompression_reader *stream;
    zst_bytes frame = make_frame("abc", 3, 1);
    zst_source source = source_of(frame.data, frame.len, frame.len);
    unsigned char byte;
    size_t at, len;
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    CHECK(zst_decompressor_stream_reader(decompressor, &source, BLOCK, 0, &stream, NULL) == ZST_OK);
    for (at = 0; at < n; at++) {
        CHECK(zst_decompression_reader_readinto(stream, &byte, 1, &len, NULL) == ZST_OK && len == 1 && byte == 'a');
        CHECK(zst_decompression_reader_unread(stream, &byte, 1, NULL) == ZST_OK);
    }
    zst_decompression_reader_free(stream);
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
}

static const struct {
    const char *name;
    void (*run)(size_t n);
} attacks[] = {
    {"bomb_with_a_limit", bomb_with_a_limit},
    {"bomb_in_streams", bomb_in_streams},
    {"empty_frames", empty_frames},
    {"skippable_frames", skippable_frames},
    {"empty_blocks", empty_blocks},
    {"windows", windows},
    {"claims", claims},
    {"endless_skippable_frames", endless_skippable_frames},
    {"dictionary_chain", dictionary_chain},
    {"batch_of_claims", batch_of_claims},
    {"unread", unread},
};

int main(int argc, char **argv) {
    size_t at;
    long before = peak();
    CHECK(argc == 3);
    for (at = 0; at < sizeof attacks / sizeof *attacks; at++)
        if (strcmp(attacks[at].name, argv[1]) == 0) {
            attacks[at].run(strtoul(argv[2], NULL, 10));
            free(data);
            zst_free_idle_contexts();
            printf("%ld\n", peak() - before);
            return 0;
        }
    fprintf(stderr, "no such attack: %s\n", argv[1]);
    return 2;
}
