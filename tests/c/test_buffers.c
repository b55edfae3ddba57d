/* Buffers with segments and collections, as a C program uses them. */

#include <stdint.h>

#include "check.h"

/* Memory that counts how often it was released, and is freed then. */
struct lent {
    unsigned char *data;
    int *released;
};

static void release(void *userdata) {
    struct lent *lent = userdata;
    ++*lent->released;
    free(lent->data);
    free(lent);
}

/* Lends a copy of `len` bytes to a buffer. */
static zst_status lend(const char *bytes, size_t len, const zst_segment *segments, size_t size, int *released,
                       zst_buffer_with_segments **out, zst_error *err) {
    struct lent *lent = malloc(sizeof *lent);
    CHECK(lent != NULL);
    lent->data = exactly(bytes, len);
    lent->released = released;
    *released = 0;
    return zst_buffer_with_segments_new(lent->data, len, segments, size, release, lent, out, err);
}

static const zst_segment THREE[] = {{0, 3}, {3, 6}, {9, 0}};
enum { THREE_SIZE = sizeof THREE };

static zst_buffer_with_segments *foo_barbaz(int *released) {
    zst_buffer_with_segments *buffer;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, lend("foobarbaz", 9, THREE, THREE_SIZE, released, &buffer, &err)));
    return buffer;
}

static int is_segment(const zst_buffer_segment *segment, const char *text, uint64_t offset) {
    return same(segment->data, segment->len, text, strlen(text)) && segment->offset == offset;
}

static void a_buffer_lends_its_memory(void) {
    zst_buffer_with_segments *buffer;
    zst_buffer_segments list;
    zst_buffer_segment segment;
    zst_error err;
    static const char data[] = "foobarbaz";
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_buffer_with_segments_new(data, 9, THREE, THREE_SIZE, NULL, NULL, &buffer, &err)));
    CHECK(zst_buffer_with_segments_count(buffer) == 3);
    CHECK(zst_buffer_with_segments_size(buffer) == 9);
    CHECK(zst_buffer_with_segments_data(buffer) == (const uint8_t *)data);

    CHECK(succeeds(&err, zst_buffer_with_segments_segment(buffer, 1, &segment, &err)));
    CHECK(is_segment(&segment, "barbaz", 3) && segment.data == (const uint8_t *)data + 3);
    CHECK(succeeds(&err, zst_buffer_with_segments_segment(buffer, 2, &segment, &err)));
    CHECK(is_segment(&segment, "", 9));

    CHECK(succeeds(&err, zst_buffer_with_segments_segments(buffer, &list, &err)));
    CHECK(list.count == 3 && list.segments != THREE);
    CHECK(memcmp(list.segments, THREE, sizeof THREE) == 0);
    zst_buffer_with_segments_free(buffer);
}

static void segments_need_no_alignment(void) {
    unsigned char *list = malloc(1 + THREE_SIZE);
    zst_buffer_with_segments *buffer;
    zst_buffer_segment segment;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(list != NULL);
    memcpy(list + 1, THREE, sizeof THREE);
    CHECK(succeeds(&err, zst_buffer_with_segments_new("foobarbaz", 9, list + 1, THREE_SIZE, NULL, NULL, &buffer,
                                                      &err)));
    free(list);
    CHECK(succeeds(&err, zst_buffer_with_segments_segment(buffer, 1, &segment, &err)));
    CHECK(is_segment(&segment, "barbaz", 3));
    zst_buffer_with_segments_free(buffer);
}

static void nothing_at_all(void) {
    static const zst_segment empty = {0, 0};
    zst_buffer_with_segments *buffer;
    zst_buffer_segments list;
    zst_buffer_segment segment;
    zst_error err;
    fill(&err, sizeof err);
    fill(&segment, sizeof segment);
    CHECK(succeeds(&err, zst_buffer_with_segments_new(NULL, 0, NULL, 0, NULL, NULL, &buffer, &err)));
    CHECK(zst_buffer_with_segments_count(buffer) == 0 && zst_buffer_with_segments_size(buffer) == 0);
    CHECK(succeeds(&err, zst_buffer_with_segments_segments(buffer, &list, &err)));
    CHECK(list.count == 0);
    CHECK(fails(ZST_ERROR_INDEX, "", &err, zst_buffer_with_segments_segment(buffer, 0, &segment, &err)));
    CHECK(untouched(&segment, sizeof segment));
    zst_buffer_with_segments_free(buffer);

    CHECK(succeeds(&err, zst_buffer_with_segments_new(NULL, 0, &empty, sizeof empty, NULL, NULL, &buffer, &err)));
    CHECK(succeeds(&err, zst_buffer_with_segments_segment(buffer, 0, &segment, &err)));
    CHECK(segment.len == 0 && segment.offset == 0);
    zst_buffer_with_segments_free(buffer);
}

/* Also offsets and lengths whose sum wraps. Memory is released by a constructor that fails, as promised. */
static void segments_outside_the_memory(void) {
    static const zst_segment outside[] = {
        {UINT64_MAX, 2},           {1, UINT64_MAX},          {UINT64_C(1) << 63, UINT64_C(1) << 63}, {4, 0}, {0, 4},
        {3, 1},                    {UINT64_MAX, UINT64_MAX}, {UINT64_MAX - 2, 3}};
    static const zst_segment at_the_end = {3, 0};
    static const size_t sizes[] = {1, 8, 15, 17, 24};
    zst_buffer_with_segments *buffer;
    zst_error err;
    size_t at;
    int released;
    fill(&err, sizeof err);
    fill(&buffer, sizeof buffer);
    for (at = 0; at < sizeof outside / sizeof outside[0]; at++) {
        zst_segment segments[2] = {{0, 3}, {0, 0}};
        segments[1] = outside[at];
        CHECK(fails(ZST_ERROR_VALUE, "references memory outside buffer: segment 1", &err,
                    lend("foo", 3, segments, sizeof segments, &released, &buffer, &err)));
        CHECK(released == 1 && untouched(&buffer, sizeof buffer));
    }
    for (at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        CHECK(fails(ZST_ERROR_VALUE, "is not a multiple of 16", &err,
                    lend("foobarbaz", 9, THREE, sizes[at], &released, &buffer, &err)));
        CHECK(released == 1 && untouched(&buffer, sizeof buffer));
    }
    CHECK(succeeds(&err, lend("foo", 3, &at_the_end, sizeof at_the_end, &released, &buffer, &err)));
    zst_buffer_with_segments_free(buffer);
    CHECK(released == 1);
}

static void memory_is_released_by_every_failure(void) {
    zst_buffer_with_segments *buffer;
    zst_error err;
    int released = 0;
    struct lent *lent;
    fill(&err, sizeof err);
    fill(&buffer, sizeof buffer);
    CHECK(refuses_null("segments", &err, lend("foo", 3, NULL, 16, &released, &buffer, &err)));
    CHECK(released == 1);
    CHECK(refuses_null("out", &err, lend("foo", 3, THREE, 0, &released, NULL, &err)));
    CHECK(released == 1);
    CHECK(lend("foo", 3, THREE, 1, &released, &buffer, NULL) == ZST_ERROR_VALUE);
    CHECK(released == 1);

    lent = malloc(sizeof *lent);
    CHECK(lent != NULL);
    lent->data = exactly("foo", 3);
    lent->released = &released;
    released = 0;
    CHECK(refuses_null("data", &err, zst_buffer_with_segments_new(NULL, 3, THREE, 0, release, lent, &buffer, &err)));
    CHECK(released == 1 && untouched(&buffer, sizeof buffer));
}

static void indices_that_do_not_exist(void) {
    static const size_t indices[] = {3, 4, SIZE_MAX / 2, SIZE_MAX};
    zst_buffer_with_segments *buffer, *other;
    const zst_buffer_with_segments *list[1];
    zst_buffer_with_segments_collection *collection;
    zst_buffer_segment segment;
    zst_error err;
    size_t at;
    int released;
    fill(&err, sizeof err);
    fill(&segment, sizeof segment);
    fill(&other, sizeof other);
    buffer = foo_barbaz(&released);
    list[0] = buffer;
    CHECK(succeeds(&err, zst_buffer_with_segments_collection_new(list, 1, &collection, &err)));
    for (at = 0; at < sizeof indices / sizeof indices[0]; at++) {
        CHECK(fails(ZST_ERROR_INDEX, "offset must be less than 3", &err,
                    zst_buffer_with_segments_segment(buffer, indices[at], &segment, &err)));
        CHECK(fails(ZST_ERROR_INDEX, "offset must be less than 3", &err,
                    zst_buffer_with_segments_collection_segment(collection, indices[at], &segment, &err)));
        CHECK(fails(ZST_ERROR_INDEX, "offset must be less than 1", &err,
                    zst_buffer_with_segments_collection_buffer(collection, indices[at], &other, &err)));
    }
    CHECK(untouched(&segment, sizeof segment) && untouched(&other, sizeof other));
    zst_buffer_with_segments_collection_free(collection);
    zst_buffer_with_segments_free(buffer);
    CHECK(released == 1);
}

static void a_collection_counts_over_its_buffers(void) {
    static const char *const texts[] = {"foo", "barbaz", "", "foo", "barbaz", ""};
    static const uint64_t offsets[] = {0, 3, 9, 0, 3, 9};
    zst_buffer_with_segments *buffers[2];
    zst_buffer_with_segments_collection *collection;
    zst_buffer_segment segment;
    zst_error err;
    size_t at;
    int released[2];
    fill(&err, sizeof err);
    buffers[0] = foo_barbaz(&released[0]);
    buffers[1] = foo_barbaz(&released[1]);
    CHECK(succeeds(&err, zst_buffer_with_segments_collection_new((const zst_buffer_with_segments *const *)buffers, 2,
                                                                 &collection, &err)));
    zst_buffer_with_segments_free(buffers[0]);
    zst_buffer_with_segments_free(buffers[1]);
    CHECK(zst_buffer_with_segments_collection_count(collection) == 6);
    CHECK(zst_buffer_with_segments_collection_size(collection) == 18);
    CHECK(zst_buffer_with_segments_collection_buffer_count(collection) == 2);
    for (at = 0; at < 6; at++) {
        CHECK(succeeds(&err, zst_buffer_with_segments_collection_segment(collection, at, &segment, &err)));
        CHECK(is_segment(&segment, texts[at], offsets[at]));
    }
    CHECK(released[0] == 0 && released[1] == 0);
    zst_buffer_with_segments_collection_free(collection);
    CHECK(released[0] == 1 && released[1] == 1);
}

/* A buffer, a collection of it, and the buffer that the collection gives: freed in all orders. */
static void freed_in_every_order(void) {
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    size_t order;
    for (order = 0; order < 6; order++) {
        const zst_buffer_with_segments *list[2];
        zst_buffer_with_segments *buffer, *given;
        zst_buffer_with_segments_collection *collection;
        zst_buffer_segment segment;
        zst_error err;
        int released, step;
        fill(&err, sizeof err);
        buffer = foo_barbaz(&released);
        list[0] = list[1] = buffer;
        CHECK(succeeds(&err, zst_buffer_with_segments_collection_new(list, 2, &collection, &err)));
        CHECK(succeeds(&err, zst_buffer_with_segments_collection_buffer(collection, 1, &given, &err)));
        for (step = 0; step < 3; step++) {
            CHECK(released == 0);
            /* The one that is freed last still works. */
            if (orders[order][2] == 0) CHECK(zst_buffer_with_segments_segment(buffer, 1, &segment, NULL) == ZST_OK);
            if (orders[order][2] == 1)
                CHECK(zst_buffer_with_segments_collection_segment(collection, 4, &segment, NULL) == ZST_OK);
            if (orders[order][2] == 2) CHECK(zst_buffer_with_segments_segment(given, 1, &segment, NULL) == ZST_OK);
            CHECK(is_segment(&segment, "barbaz", 3));
            if (orders[order][step] == 0) zst_buffer_with_segments_free(buffer);
            if (orders[order][step] == 1) zst_buffer_with_segments_collection_free(collection);
            if (orders[order][step] == 2) zst_buffer_with_segments_free(given);
        }
        CHECK(released == 1);
    }
}

static void what_cannot_be_a_collection(void) {
    static const zst_segment empty = {0, 0};
    const zst_buffer_with_segments *list[3] = {NULL, NULL, NULL};
    zst_buffer_with_segments *full, *others[3];
    zst_buffer_with_segments_collection *collection;
    zst_error err;
    size_t at;
    int released;
    fill(&err, sizeof err);
    fill(&collection, sizeof collection);
    full = foo_barbaz(&released);
    CHECK(succeeds(&err, zst_buffer_with_segments_new(NULL, 0, NULL, 0, NULL, NULL, &others[0], &err)));
    CHECK(succeeds(&err, zst_buffer_with_segments_new("foo", 3, NULL, 0, NULL, NULL, &others[1], &err)));
    CHECK(succeeds(&err, zst_buffer_with_segments_new(NULL, 0, &empty, sizeof empty, NULL, NULL, &others[2], &err)));
    list[0] = full;
    CHECK(fails(ZST_ERROR_VALUE, "must pass at least 1 argument", &err,
                zst_buffer_with_segments_collection_new(list, 0, &collection, &err)));
    for (at = 0; at < 3; at++) {
        list[1] = others[at];
        CHECK(fails(ZST_ERROR_VALUE, "ZstdBufferWithSegments cannot be empty", &err,
                    zst_buffer_with_segments_collection_new(list, 2, &collection, &err)));
        zst_buffer_with_segments_free(others[at]);
    }
    list[1] = NULL;
    CHECK(refuses_null("a buffer", &err, zst_buffer_with_segments_collection_new(list, 2, &collection, &err)));
    CHECK(refuses_null("buffers", &err, zst_buffer_with_segments_collection_new(NULL, 1, &collection, &err)));
    CHECK(refuses_null("buffers", &err, zst_buffer_with_segments_collection_new(NULL, SIZE_MAX, &collection, &err)));
    CHECK(refuses_null("out", &err, zst_buffer_with_segments_collection_new(list, 1, NULL, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "", &err,
                zst_buffer_with_segments_collection_new(list, SIZE_MAX, &collection, &err)));
    CHECK(untouched(&collection, sizeof collection));
    CHECK(released == 0);
    zst_buffer_with_segments_free(full);
    CHECK(released == 1);
}

static void null_handles(void) {
    zst_buffer_with_segments *handle;
    zst_buffer_segments list;
    zst_buffer_segment segment;
    zst_error err;
    int released;
    fill(&err, sizeof err);
    CHECK(refuses_null("buffer", &err, zst_buffer_with_segments_segment(NULL, 0, &segment, &err)));
    CHECK(refuses_null("buffer", &err, zst_buffer_with_segments_segments(NULL, &list, &err)));
    CHECK(refuses_null("collection", &err, zst_buffer_with_segments_collection_segment(NULL, 0, &segment, &err)));
    CHECK(refuses_null("collection", &err, zst_buffer_with_segments_collection_buffer(NULL, 0, &handle, &err)));
    CHECK(zst_buffer_with_segments_count(NULL) == 0 && zst_buffer_with_segments_size(NULL) == 0);
    CHECK(zst_buffer_with_segments_data(NULL) == NULL);
    CHECK(zst_buffer_with_segments_collection_count(NULL) == 0);
    CHECK(zst_buffer_with_segments_collection_size(NULL) == 0);
    CHECK(zst_buffer_with_segments_collection_buffer_count(NULL) == 0);
    zst_buffer_with_segments_free(NULL);
    zst_buffer_with_segments_collection_free(NULL);

    handle = foo_barbaz(&released);
    CHECK(refuses_null("out", &err, zst_buffer_with_segments_segment(handle, 0, NULL, &err)));
    CHECK(refuses_null("out", &err, zst_buffer_with_segments_segments(handle, NULL, &err)));
    zst_buffer_with_segments_free(handle);
}

int main(void) {
    a_buffer_lends_its_memory();
    segments_need_no_alignment();
    nothing_at_all();
    segments_outside_the_memory();
    memory_is_released_by_every_failure();
    indices_that_do_not_exist();
    a_collection_counts_over_its_buffers();
    freed_in_every_order();
    what_cannot_be_a_collection();
    null_handles();
    zst_free_idle_contexts();
    return 0;
}
