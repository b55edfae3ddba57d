/* Many items in one call, and the buffers that they lie in. */

#include "failing.h"

/* More than 128 KiB, so that helpers are called at once. */
enum { COUNT = 30, LARGEST = 9000 };

/* Items of several sizes, and what they become. */
static char *text;
static zst_slice items[COUNT];
static zst_slice frames[COUNT];
static uint64_t sizes[COUNT];

static void make_items(void) {
    size_t at;
    text = make_text(LARGEST, 1);
    for (at = 0; at < COUNT; at++) {
        zst_bytes frame;
        items[at].data = text;
        sizes[at] = items[at].len = (at * 7919) % LARGEST + 1;
        frame = make_frame(text, items[at].len, 3);
        frames[at].data = exactly(frame.data, frame.len);
        frames[at].len = frame.len;
        zst_bytes_free(&frame);
    }
    zst_free_idle_contexts();
}

static void free_items(void) {
    size_t at;
    for (at = 0; at < COUNT; at++) free((void *)frames[at].data);
    free(text);
}

static zst_buffer_segment segment_of(const zst_buffer_with_segments_collection *collection, size_t index) {
    zst_buffer_segment segment;
    CHECK(zst_buffer_with_segments_collection_segment(collection, index, &segment, NULL) == ZST_OK);
    return segment;
}

static void check_frames(zst_buffer_with_segments_collection *collection) {
    size_t at;
    CHECK(zst_buffer_with_segments_collection_count(collection) == COUNT);
    for (at = 0; at < COUNT; at++) {
        zst_buffer_segment segment = segment_of(collection, at);
        CHECK(holds(segment.data, segment.len, text, items[at].len));
    }
    ASKS_FOR_NONE(, zst_buffer_with_segments_collection_free, (collection));
}

static void check_contents(zst_buffer_with_segments_collection *collection) {
    size_t at;
    CHECK(zst_buffer_with_segments_collection_count(collection) == COUNT);
    for (at = 0; at < COUNT; at++) {
        zst_buffer_segment segment = segment_of(collection, at);
        CHECK(same(segment.data, segment.len, text, items[at].len));
    }
    ASKS_FOR_NONE(, zst_buffer_with_segments_collection_free, (collection));
}

static void compress_batch(int32_t threads) {
    zst_compressor *compressor = new_compressor(0);
    zst_buffer_with_segments_collection *out;
    make_items();
    MUST(out, zst_compressor_multi_compress_to_buffer, (compressor, items, COUNT, threads, &out, &err));
    check_frames(out);
    end_compressor(compressor, 0);
    free_items();
}

static void compress_batch_alone(void) { compress_batch(0); }

static void compress_batch_with_helpers(void) { compress_batch(3); }

/* Each item is large enough for worker threads of its own. */
static void compress_batch_with_workers(void) {
    zst_compressor *compressor = new_compressor(2);
    zst_buffer_with_segments_collection *out;
    size_t len;
    char *large = text_for(2, &len);
    zst_slice two[2];
    zst_buffer_segment segment;
    two[0].data = two[1].data = large;
    two[0].len = two[1].len = len;
    MUST(out, zst_compressor_multi_compress_to_buffer, (compressor, two, 2, 2, &out, &err));
    segment = segment_of(out, 1);
    CHECK(holds(segment.data, segment.len, large, len));
    zst_buffer_with_segments_collection_free(out);
    end_compressor(compressor, 2);
    free(large);
}

static void decompress_batch(int32_t threads, int sized) {
    zst_decompressor *decompressor = new_decompressor();
    zst_buffer_with_segments_collection *out;
    make_items();
    MUST(out, zst_decompressor_multi_decompress_to_buffer,
         (decompressor, frames, COUNT, sized ? sizes : NULL, sized ? sizeof sizes : 0, threads, &out, &err));
    check_contents(out);
    end_decompressor(decompressor);
    free_items();
}

static void decompress_batch_alone(void) { decompress_batch(0, 0); }

static void decompress_batch_with_helpers(void) { decompress_batch(3, 0); }

static void decompress_batch_of_known_sizes(void) { decompress_batch(3, 1); }

/* The bytes of these items, one behind the other, and the list of their segments. */
static unsigned char *join(const zst_slice *list, zst_segment *segments, size_t *out_len) {
    unsigned char *bytes;
    size_t at, len = 0;
    for (at = 0; at < COUNT; at++) {
        segments[at].offset = len;
        segments[at].length = list[at].len;
        len += list[at].len;
    }
    bytes = malloc(len);
    CHECK(bytes != NULL);
    for (at = 0; at < COUNT; at++) memcpy(bytes + segments[at].offset, list[at].data, list[at].len);
    *out_len = len;
    return bytes;
}

static int released;

static void release(void *userdata) {
    CHECK(userdata == &released);
    released++;
}

static void compress_batches_of_buffers(void) {
    zst_compressor *compressor = new_compressor(0);
    zst_segment segments[COUNT];
    zst_buffer_with_segments *buffer, *other;
    const zst_buffer_with_segments *both[2];
    zst_buffer_with_segments_collection *collection, *out;
    unsigned char *bytes;
    size_t len, count;
    uint64_t size;
    const uint8_t *data;
    zst_buffer_segment segment;
    zst_buffer_segments list;
    int failed;
    make_items();
    bytes = join(items, segments, &len);
    MUST(buffer, zst_buffer_with_segments_new,
         (bytes, len, segments, sizeof segments, release, &released, &buffer, &err));
    /* By an attempt that failed. */
    failed = released;
    ASKS_FOR_NONE(count =, zst_buffer_with_segments_count, (buffer));
    CHECK(count == COUNT);
    ASKS_FOR_NONE(count =, zst_buffer_with_segments_size, (buffer));
    ASKS_FOR_NONE(data =, zst_buffer_with_segments_data, (buffer));
    CHECK(count == len && data == bytes);
    ASKS_FOR_NONE(, zst_buffer_with_segments_segment, (buffer, 3, &segment, &err));
    ASKS_FOR_NONE(, zst_buffer_with_segments_segments, (buffer, &list, &err));
    CHECK(segment.len == items[3].len && list.count == COUNT);
    MUST(out, zst_compressor_multi_compress_to_buffer_from_buffer, (compressor, buffer, 2, &out, &err));
    check_frames(out);

    both[0] = both[1] = buffer;
    MUST(collection, zst_buffer_with_segments_collection_new, (both, 2, &collection, &err));
    ASKS_FOR_NONE(count =, zst_buffer_with_segments_collection_count, (collection));
    ASKS_FOR_NONE(size =, zst_buffer_with_segments_collection_size, (collection));
    CHECK(count == 2 * COUNT && size == 2 * len);
    ASKS_FOR_NONE(count =, zst_buffer_with_segments_collection_buffer_count, (collection));
    CHECK(count == 2);
    ASKS_FOR_NONE(, zst_buffer_with_segments_collection_segment, (collection, COUNT + 3, &segment, &err));
    CHECK(segment.len == items[3].len);
    MUST(other, zst_buffer_with_segments_collection_buffer, (collection, 1, &other, &err));
    MUST(out, zst_compressor_multi_compress_to_buffer_from_collection, (compressor, collection, 2, &out, &err));
    zst_buffer_with_segments_collection_free(out);
    ASKS_FOR_NONE(, zst_buffer_with_segments_free, (buffer));
    zst_buffer_with_segments_collection_free(collection);
    CHECK(released == failed);
    zst_buffer_with_segments_free(other);
    CHECK(released == failed + 1 && failed <= 1);
    free(bytes);
    free_items();
    end_compressor(compressor, 0);
}

static void decompress_batches_of_buffers(void) {
    zst_decompressor *decompressor = new_decompressor();
    zst_segment segments[COUNT];
    zst_buffer_with_segments *buffer;
    const zst_buffer_with_segments *one[1];
    zst_buffer_with_segments_collection *collection, *out;
    unsigned char *bytes;
    size_t len;
    make_items();
    bytes = join(frames, segments, &len);
    MUST(buffer, zst_buffer_with_segments_new, (bytes, len, segments, sizeof segments, NULL, NULL, &buffer, &err));
    MUST(out, zst_decompressor_multi_decompress_to_buffer_from_buffer,
         (decompressor, buffer, NULL, 0, 2, &out, &err));
    check_contents(out);
    one[0] = buffer;
    MUST(collection, zst_buffer_with_segments_collection_new, (one, 1, &collection, &err));
    MUST(out, zst_decompressor_multi_decompress_to_buffer_from_collection,
         (decompressor, collection, sizes, sizeof sizes, 2, &out, &err));
    check_contents(out);
    zst_buffer_with_segments_collection_free(collection);
    zst_buffer_with_segments_free(buffer);
    free(bytes);
    free_items();
    end_decompressor(decompressor);
}

const struct scenario batches[] = {
    {"compress_batch", compress_batch_alone},
    {"compress_batch_with_helpers", compress_batch_with_helpers},
    {"compress_batch_with_workers", compress_batch_with_workers},
    {"decompress_batch", decompress_batch_alone},
    {"decompress_batch_with_helpers", decompress_batch_with_helpers},
    {"decompress_batch_of_known_sizes", decompress_batch_of_known_sizes},
    {"compress_batches_of_buffers", compress_batches_of_buffers},
    {"decompress_batches_of_buffers", decompress_batches_of_buffers},
    {NULL, NULL},
};
