/* Frames, looked at without decoding them. */

#include "check.h"

static zst_error err;

static const int32_t formats_that_do_not_exist[] = {-1, 2, INT32_MIN, INT32_MAX};
enum { BAD_FORMATS = sizeof formats_that_do_not_exist / sizeof formats_that_do_not_exist[0] };

static void what_a_header_says(void) {
    char *text = make_text(1000, 1);
    zst_bytes frame = make_frame(text, 1000, 3);
    zst_frame_parameters says;
    size_t size = 0;
    uint64_t bound = 0;
    fill(&says, sizeof says);
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data, frame.len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.content_size == 1000 && says.window_size >= 1000);
    CHECK(says.dict_id == 0 && says.has_checksum == 0 && says.magic_variant == 0);
    CHECK(says.frame_type == ZST_FRAME_TYPE_ZSTD);
    CHECK(says.header_size == 7 && says.block_size_max == 1000);
    CHECK(succeeds(&err, zst_frame_header_size(frame.data, frame.len, ZST_FORMAT_ZSTD1, &size, &err)));
    CHECK(size == says.header_size);
    CHECK(succeeds(&err, zst_frame_content_size(frame.data, frame.len, ZST_FORMAT_ZSTD1, &bound, &err)));
    CHECK(bound == 1000);
    CHECK(succeeds(&err, zst_frame_compressed_size(frame.data, frame.len, ZST_FORMAT_ZSTD1, &size, &err)));
    CHECK(size == frame.len);
    CHECK(succeeds(&err, zst_decompress_bound(frame.data, frame.len, ZST_FORMAT_ZSTD1, &bound, &err)));
    CHECK(bound == 1000);
    /* The same without the magic number. */
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data + 4, frame.len - 4, ZST_FORMAT_ZSTD1_MAGICLESS, &says,
                                                  &err)));
    CHECK(says.content_size == 1000 && says.header_size == 3);
    CHECK(succeeds(&err, zst_frame_header_size(frame.data + 4, 1, ZST_FORMAT_ZSTD1_MAGICLESS, &size, &err)));
    CHECK(size == 3);
    CHECK(succeeds(&err, zst_frame_compressed_size(frame.data + 4, frame.len - 4, ZST_FORMAT_ZSTD1_MAGICLESS, &size,
                                                   &err)));
    CHECK(size == frame.len - 4);
    CHECK(memcmp(frame.data, ZST_FRAME_HEADER, 4) == 0);
    CHECK((frame.data[0] | (uint32_t)frame.data[1] << 8 | (uint32_t)frame.data[2] << 16 |
           (uint32_t)frame.data[3] << 24) == ZST_MAGIC_NUMBER);
    zst_bytes_free(&frame);
    free(text);
}

static void bytes_that_are_frames(void) {
    zst_bytes frame = make_frame("abc", 3, 3);
    unsigned char skippable[] = {0x5A, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};
    size_t cut;
    CHECK(zst_is_frame(frame.data, frame.len) == 1 && zst_is_skippable_frame(frame.data, frame.len) == 0);
    CHECK(zst_is_frame(skippable, 8) == 1 && zst_is_skippable_frame(skippable, 8) == 1);
    for (cut = 0; cut < 4; cut++) {
        CHECK(zst_is_frame(frame.data, cut) == 0);
        CHECK(zst_is_frame(skippable, cut) == 0);
        CHECK(zst_is_skippable_frame(skippable, cut) == 0);
    }
    CHECK(zst_is_frame("abcd", 4) == 0 && zst_is_skippable_frame("abcd", 4) == 0);
    CHECK(zst_is_frame(NULL, 0) == 0 && zst_is_skippable_frame(NULL, 0) == 0);
    CHECK(zst_is_frame(NULL, 4) == 0 && zst_is_skippable_frame(NULL, 4) == 0);
    CHECK(zst_is_frame("abcd", SIZE_MAX) == 0 && zst_is_skippable_frame("abcd", SIZE_MAX) == 0);
    zst_bytes_free(&frame);
}

static void null_pointers(void) {
    zst_bytes frame = make_frame("abc", 3, 3);
    zst_frame_parameters says;
    unsigned char place[16];
    const uint8_t *payload;
    size_t size;
    uint64_t content;
    uint32_t variant;
    fill(&says, sizeof says);
    fill(&size, sizeof size);
    fill(&content, sizeof content);
    fill(&payload, sizeof payload);
    fill(&variant, sizeof variant);
    fill(place, sizeof place);
    CHECK(refuses_null("src", &err, zst_get_frame_parameters(NULL, 9, 0, &says, &err)));
    CHECK(refuses_null("out", &err, zst_get_frame_parameters(frame.data, frame.len, 0, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_frame_header_size(NULL, 9, 0, &size, &err)));
    CHECK(refuses_null("out_size", &err, zst_frame_header_size(frame.data, frame.len, 0, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_frame_content_size(NULL, 9, 0, &content, &err)));
    CHECK(refuses_null("out_size", &err, zst_frame_content_size(frame.data, frame.len, 0, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_frame_compressed_size(NULL, 9, 0, &size, &err)));
    CHECK(refuses_null("out_size", &err, zst_frame_compressed_size(frame.data, frame.len, 0, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_decompress_bound(NULL, 9, 0, &content, &err)));
    CHECK(refuses_null("out_size", &err, zst_decompress_bound(frame.data, frame.len, 0, NULL, &err)));
    CHECK(refuses_null("payload", &err, zst_write_skippable_frame(NULL, 1, 0, place, sizeof place, &size, &err)));
    CHECK(refuses_null("dst", &err, zst_write_skippable_frame("a", 1, 0, NULL, 16, &size, &err)));
    CHECK(refuses_null("out_len", &err, zst_write_skippable_frame("a", 1, 0, place, sizeof place, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_read_skippable_frame(NULL, 8, &payload, &size, &variant, &err)));
    CHECK(refuses_null("out_payload", &err, zst_read_skippable_frame("", 0, NULL, &size, &variant, &err)));
    CHECK(refuses_null("out_payload_len", &err, zst_read_skippable_frame("", 0, &payload, NULL, &variant, &err)));
    CHECK(untouched(&says, sizeof says) && untouched(&size, sizeof size) && untouched(&content, sizeof content));
    CHECK(untouched(&payload, sizeof payload) && untouched(&variant, sizeof variant));
    CHECK(untouched(place, sizeof place));
    zst_bytes_free(&frame);
}

/* All five questions about `src`; each says the same twice, and failures must not touch outputs. */
static void ask(const void *src, size_t len, int32_t format, zst_status statuses[5]) {
    zst_frame_parameters says;
    size_t header, compressed;
    uint64_t content, bound;
    fill(&says, sizeof says);
    fill(&header, sizeof header);
    fill(&compressed, sizeof compressed);
    fill(&content, sizeof content);
    fill(&bound, sizeof bound);
    statuses[0] = zst_get_frame_parameters(src, len, format, &says, &err);
    CHECK(statuses[0] == ZST_OK ? untouched(&err, sizeof err)
                                : fails_somehow(&err, statuses[0]) && untouched(&says, sizeof says));
    statuses[1] = zst_frame_header_size(src, len, format, &header, &err);
    CHECK(statuses[1] == ZST_OK ? untouched(&err, sizeof err)
                                : fails_somehow(&err, statuses[1]) && untouched(&header, sizeof header));
    statuses[2] = zst_frame_content_size(src, len, format, &content, &err);
    CHECK(statuses[2] == ZST_OK ? untouched(&err, sizeof err)
                                : fails_somehow(&err, statuses[2]) && untouched(&content, sizeof content));
    statuses[3] = zst_frame_compressed_size(src, len, format, &compressed, &err);
    CHECK(statuses[3] == ZST_OK ? untouched(&err, sizeof err)
                                : fails_somehow(&err, statuses[3]) && untouched(&compressed, sizeof compressed));
    statuses[4] = zst_decompress_bound(src, len, format, &bound, &err);
    CHECK(statuses[4] == ZST_OK ? untouched(&err, sizeof err)
                                : fails_somehow(&err, statuses[4]) && untouched(&bound, sizeof bound));
    if (statuses[3] == ZST_OK) {
        CHECK(compressed > 0 && compressed <= len);
        CHECK(statuses[0] == ZST_OK && statuses[2] == ZST_OK && says.header_size <= compressed);
    }
    /* Whatever is claimed, it is no more than 128 KiB for each block of 4 bytes. */
    if (statuses[4] == ZST_OK) CHECK(bound <= (uint64_t)len / 4 * ZST_BLOCKSIZE_MAX);
}

static void frames_that_are_cut(void) {
    char *text = make_text(1000, 2);
    zst_bytes frame = make_frame(text, 1000, 3);
    zst_status got[5];
    size_t cut;
    for (cut = 0; cut < frame.len; cut++) {
        unsigned char *src = exactly(frame.data, cut);
        zst_frame_parameters says;
        ask(src, cut, ZST_FORMAT_ZSTD1, got);
        CHECK(got[0] == (cut < 7 ? ZST_ERROR_TRUNCATED : ZST_OK));
        CHECK(got[1] == (cut < 5 ? ZST_ERROR_TRUNCATED : ZST_OK));
        CHECK(got[2] == (cut < 7 ? ZST_ERROR_TRUNCATED : ZST_OK));
        CHECK(got[3] == ZST_ERROR_TRUNCATED);
        CHECK(got[4] == (cut == 0 ? ZST_OK : ZST_ERROR_TRUNCATED)); /* no frames have no content */
        if (cut < 7) {
            CHECK(zst_get_frame_parameters(src, cut, ZST_FORMAT_ZSTD1, &says, &err) == ZST_ERROR_TRUNCATED);
            CHECK(err.expected > cut && err.expected <= 18 && err.actual == cut);
            fill(&err, sizeof err);
        }
        ask(src, cut, ZST_FORMAT_ZSTD1_MAGICLESS, got);
        free(src);
    }
    zst_bytes_free(&frame);
    free(text);
}

static void frames_with_a_wrong_bit(void) {
    char *text = make_text(200, 3);
    zst_bytes frame = make_frame(text, 200, 3);
    zst_status got[5];
    size_t bit;
    for (bit = 0; bit < frame.len * 8; bit++) {
        unsigned char *src = exactly(frame.data, frame.len);
        src[bit / 8] ^= (unsigned char)(1 << bit % 8);
        ask(src, frame.len, ZST_FORMAT_ZSTD1, got);
        ask(src + 4, frame.len - 4, ZST_FORMAT_ZSTD1_MAGICLESS, got);
        free(src);
    }
    zst_bytes_free(&frame);
    free(text);
}

static void headers_that_lie_about_the_size(void) {
    /* Magic number, descriptor (8 bytes of content size, single segment), the size, one last raw block "abc". */
    unsigned char frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0x19, 0, 0, 'a', 'b', 'c'};
    uint64_t content = 0, bound;
    zst_status got[5];
    frame[5] = 4;
    ask(frame, sizeof frame, ZST_FORMAT_ZSTD1, got);
    CHECK(got[0] == ZST_OK && got[2] == ZST_OK && got[4] == ZST_ERROR_ZSTD);
    frame[12] = 0x7F;
    CHECK(succeeds(&err, zst_frame_content_size(frame, sizeof frame, ZST_FORMAT_ZSTD1, &content, &err)));
    CHECK(content == UINT64_C(0x7F00000000000004)); /* what the header says */
    fill(&bound, sizeof bound);
    CHECK(fails(ZST_ERROR_ZSTD, "claims", &err,
                zst_decompress_bound(frame, sizeof frame, ZST_FORMAT_ZSTD1, &bound, &err)));
    CHECK(untouched(&bound, sizeof bound));
    /* A block that is longer than the rest of the input. */
    memset(frame + 5, 0, 8);
    frame[5] = 3;
    frame[13] = 0x21;
    ask(frame, sizeof frame, ZST_FORMAT_ZSTD1, got);
    CHECK(got[4] < 0 && got[3] < 0);
}

static void bytes_that_are_no_frame(void) {
    static const char junk[] = "this is no frame at all, only words";
    zst_status got[5];
    size_t at;
    ask(junk, sizeof junk, ZST_FORMAT_ZSTD1, got);
    CHECK(got[0] == ZST_ERROR_ZSTD && got[2] == ZST_ERROR_ZSTD && got[3] == ZST_ERROR_ZSTD && got[4] == ZST_ERROR_ZSTD);
    for (at = 0; at < BAD_FORMATS; at++) {
        ask(junk, sizeof junk, formats_that_do_not_exist[at], got);
        CHECK(got[0] == ZST_ERROR_ZSTD && got[1] == ZST_ERROR_ZSTD && got[2] == ZST_ERROR_ZSTD);
        CHECK(got[3] == ZST_ERROR_ZSTD && got[4] == ZST_ERROR_ZSTD);
    }
}

static void lengths_that_are_impossible(void) {
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};
    zst_frame_parameters says;
    const uint8_t *payload;
    unsigned char place[16];
    size_t at, size;
    uint64_t content;
    fill(&says, sizeof says);
    fill(&payload, sizeof payload);
    fill(&size, sizeof size);
    fill(&content, sizeof content);
    fill(place, sizeof place);
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        size_t huge = lengths[at];
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_get_frame_parameters("a", huge, 0, &says, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_frame_header_size("a", huge, 0, &size, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_frame_content_size("a", huge, 0, &content, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_frame_compressed_size("a", huge, 0, &size, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_decompress_bound("a", huge, 0, &content, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_read_skippable_frame("a", huge, &payload, &size, NULL, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "payload", &err,
                    zst_write_skippable_frame("a", huge, 0, place, sizeof place, &size, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "dst", &err, zst_write_skippable_frame("a", 1, 0, place, huge, &size, &err)));
    }
    CHECK(untouched(&says, sizeof says) && untouched(&payload, sizeof payload) && untouched(&size, sizeof size));
    CHECK(untouched(&content, sizeof content) && untouched(place, sizeof place));
}

static void skippable_frames(void) {
    static const char payload[] = "for the application";
    enum { LEN = sizeof payload - 1, ROOM = LEN + 8 };
    unsigned char frame[ROOM + 8];
    const uint8_t *lent;
    size_t len, lent_len, room, cut;
    uint32_t variant, back;
    zst_frame_parameters says;
    uint64_t size;
    for (variant = 0; variant < 16; variant++) {
        fill(frame, sizeof frame);
        CHECK(succeeds(&err, zst_write_skippable_frame(payload, LEN, variant, frame, ROOM, &len, &err)));
        CHECK(len == ROOM && untouched(frame + ROOM, 8));
        CHECK(succeeds(&err, zst_read_skippable_frame(frame, len, &lent, &lent_len, &back, &err)));
        CHECK(lent == frame + 8 && same(lent, lent_len, payload, LEN) && back == variant);
        CHECK(succeeds(&err, zst_read_skippable_frame(frame, len, &lent, &lent_len, NULL, &err)));
    }
    CHECK(succeeds(&err, zst_get_frame_parameters(frame, len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.frame_type == ZST_FRAME_TYPE_SKIPPABLE && says.content_size == LEN && says.window_size == 0);
    CHECK(says.dict_id == 0 && says.header_size == 8 && says.block_size_max == 0);
    CHECK(succeeds(&err, zst_frame_content_size(frame, len, ZST_FORMAT_ZSTD1, &size, &err)));
    CHECK(size == 0);
    CHECK(succeeds(&err, zst_decompress_bound(frame, len, ZST_FORMAT_ZSTD1, &size, &err)));
    CHECK(size == 0);
    CHECK(succeeds(&err, zst_frame_compressed_size(frame, len, ZST_FORMAT_ZSTD1, &len, &err)));
    CHECK(len == ROOM);

    fill(&lent, sizeof lent);
    fill(&lent_len, sizeof lent_len);
    fill(&back, sizeof back);
    for (cut = 0; cut < ROOM; cut++) {
        unsigned char *src = exactly(frame, cut);
        zst_status status = zst_read_skippable_frame(src, cut, &lent, &lent_len, &back, &err);
        CHECK(status == (cut < 4 ? ZST_ERROR_VALUE : ZST_ERROR_TRUNCATED));
        CHECK(fails_somehow(&err, status));
        free(src);
    }
    CHECK(fails(ZST_ERROR_VALUE, "not a skippable frame", &err,
                zst_read_skippable_frame("\x28\xb5\x2f\xfd....", 8, &lent, &lent_len, &back, &err)));
    memset(frame + 4, 0xFF, 4); /* claims a payload of 4 GiB */
    CHECK(fails(ZST_ERROR_TRUNCATED, "4294967303", &err,
                zst_read_skippable_frame(frame, ROOM, &lent, &lent_len, &back, &err)));
    CHECK(untouched(&lent, sizeof lent) && untouched(&lent_len, sizeof lent_len) && untouched(&back, sizeof back));

    fill(&len, sizeof len);
    fill(frame, sizeof frame);
    for (room = 0; room < ROOM; room++) {
        CHECK(zst_write_skippable_frame(payload, LEN, 0, frame, room, &len, &err) == ZST_ERROR_BUFFER_TOO_SMALL);
        CHECK(err.expected == ROOM && err.actual == room);
        fill(&err, sizeof err);
    }
    CHECK(fails(ZST_ERROR_ZSTD, "magic_variant is 16", &err,
                zst_write_skippable_frame(payload, LEN, 16, frame, ROOM, &len, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "magic_variant is 4294967295", &err,
                zst_write_skippable_frame(payload, LEN, UINT32_MAX, frame, ROOM, &len, &err)));
    CHECK(untouched(&len, sizeof len) && untouched(frame, sizeof frame));
    /* A payload of nothing. */
    CHECK(succeeds(&err, zst_write_skippable_frame(NULL, 0, 0, frame, 8, &len, &err)));
    CHECK(len == 8);
    CHECK(succeeds(&err, zst_read_skippable_frame(frame, 8, &lent, &lent_len, &back, &err)));
    CHECK(lent == frame + 8 && lent_len == 0 && back == 0);
}

static void the_bound_of_several_frames(void) {
    zst_bytes a = make_frame("abcd", 4, 3), b = make_frame("abcdef", 6, 3);
    unsigned char *both = malloc(a.len + b.len);
    uint64_t bound = 0;
    CHECK(both != NULL);
    memcpy(both, a.data, a.len);
    memcpy(both + a.len, b.data, b.len);
    CHECK(succeeds(&err, zst_decompress_bound(both, a.len + b.len, ZST_FORMAT_ZSTD1, &bound, &err)));
    CHECK(bound == 10);
    fill(&bound, sizeof bound);
    CHECK(fails(ZST_ERROR_TRUNCATED, "ends inside it", &err,
                zst_decompress_bound(both, a.len + b.len - 1, ZST_FORMAT_ZSTD1, &bound, &err)));
    memset(both + a.len, 'x', b.len);
    CHECK(fails(ZST_ERROR_ZSTD, "", &err, zst_decompress_bound(both, a.len + b.len, ZST_FORMAT_ZSTD1, &bound, &err)));
    CHECK(untouched(&bound, sizeof bound));
    free(both);
    zst_bytes_free(&a);
    zst_bytes_free(&b);
}

int main(void) {
    fill(&err, sizeof err);
    what_a_header_says();
    bytes_that_are_frames();
    null_pointers();
    frames_that_are_cut();
    frames_with_a_wrong_bit();
    headers_that_lie_about_the_size();
    bytes_that_are_no_frame();
    lengths_that_are_impossible();
    skippable_frames();
    the_bound_of_several_frames();
    zst_free_idle_contexts();
    return 0;
}
