/* zst_decompressor: from frames to their contents, one or all of them, with dictionaries. */

#include "decompressors.h"

enum { LEN = 20000 };

static zst_error err;

static void restores_what_was_compressed(void) {
    zst_decompressor *decompressor = make_decompressor();
    char *text = make_text(LEN, 1);
    unsigned char *place = malloc(LEN);
    size_t len;
    CHECK(place != NULL);
    for (len = 0; len <= LEN; len = len * 10 + 1) {
        zst_bytes frame = make_frame(text, len, 3), content;
        size_t used = 0, out_len = 0;
        CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, &used,
                                                         &err)));
        CHECK(same(content.data, content.len, text, len) && used == frame.len);
        CHECK(content.data != NULL);
        zst_bytes_free(&content);
        used = 0;
        CHECK(succeeds(&err, zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, len,
                                                              &out_len, &used, &err)));
        CHECK(same(place, out_len, text, len) && used == frame.len);
        CHECK(succeeds(&err, zst_decompress(frame.data, frame.len, 0, &content, &err)));
        CHECK(same(content.data, content.len, text, len));
        zst_bytes_free(&content);
        zst_bytes_free(&frame);
    }
    zst_decompressor_free(decompressor);
    free(place);
    free(text);
}

static void one_frame_or_all_of_them(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes first = make_frame("first", 5, 3), second = make_frame("second", 6, 3), content;
    unsigned char *both = join(first.data, first.len, second.data, second.len);
    size_t len = first.len + second.len, used = 0;

    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, 0, &content, &used, &err)));
    CHECK(same(content.data, content.len, "first", 5) && used == first.len);
    zst_bytes_free(&content);
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, ZST_DECOMPRESS_READ_ACROSS_FRAMES,
                                                     &content, &used, &err)));
    CHECK(same(content.data, content.len, "firstsecond", 11) && used == len);
    zst_bytes_free(&content);

    /* Bytes behind the frame: ignored, or an error. */
    fill(&content, sizeof content);
    fill(&used, sizeof used);
    CHECK(fails(ZST_ERROR_ZSTD, "unused data", &err,
                zst_decompressor_decompress(decompressor, both, len, 0, ZST_DECOMPRESS_REFUSE_EXTRA_DATA, &content,
                                            &used, &err)));
    both[len] = '!';
    CHECK(fails(ZST_ERROR_ZSTD, "1 bytes of unused data", &err,
                zst_decompressor_decompress(decompressor, both, len + 1, 0,
                                            ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_REFUSE_EXTRA_DATA,
                                            &content, &used, &err)));
    CHECK(untouched(&content, sizeof content) && untouched(&used, sizeof used));
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len + 1, 0,
                                                     ZST_DECOMPRESS_READ_ACROSS_FRAMES, &content, &used, &err)));
    CHECK(same(content.data, content.len, "firstsecond", 11) && used == len);
    zst_bytes_free(&content);

    /* out_src_used is not wanted. */
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, 0, &content, NULL, &err)));
    zst_bytes_free(&content);
    free(both);
    zst_bytes_free(&first);
    zst_bytes_free(&second);
    zst_decompressor_free(decompressor);
}

static void skippable_frames_are_passed_over(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("content", 7, 3), content;
    unsigned char skippable[32], *both;
    size_t skippable_len, used = 0;
    CHECK(succeeds(&err, zst_write_skippable_frame("note", 4, 3, skippable, sizeof skippable, &skippable_len, &err)));
    both = join(skippable, skippable_len, frame.data, frame.len);
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, skippable_len + frame.len, 0, 0, &content,
                                                     &used, &err)));
    CHECK(same(content.data, content.len, "content", 7) && used == skippable_len + frame.len);
    zst_bytes_free(&content);
    free(both);
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void null_pointers(void) {
    zst_decompressor *decompressor = make_decompressor(), *none;
    zst_decompression_parameters *parameters;
    zst_bytes frame = make_frame("abc", 3, 3), out;
    zst_slice slice;
    unsigned char place[16];
    size_t len, used;
    fill(&none, sizeof none);
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(&used, sizeof used);
    fill(place, sizeof place);
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_new(NULL, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompressor_new_from_parameters(NULL, NULL, &none, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_new_from_parameters(parameters, NULL, NULL, &err)));
    zst_decompression_parameters_free(parameters);

    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress(NULL, frame.data, frame.len, 0, 0, &out, &used, &err)));
    CHECK(refuses_null("src", &err,
                       zst_decompressor_decompress(decompressor, NULL, frame.len, 0, 0, &out, &used, &err)));
    CHECK(refuses_null("out", &err,
                       zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, NULL, &used, &err)));

    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress_into(NULL, frame.data, frame.len, 0, 0, place, sizeof place, &len,
                                                        &used, &err)));
    CHECK(refuses_null("src", &err,
                       zst_decompressor_decompress_into(decompressor, NULL, frame.len, 0, 0, place, sizeof place, &len,
                                                        &used, &err)));
    CHECK(refuses_null("dst", &err,
                       zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, NULL, 16, &len,
                                                        &used, &err)));
    CHECK(refuses_null("out_len", &err,
                       zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, sizeof place,
                                                        NULL, &used, &err)));

    slice.data = frame.data;
    slice.len = frame.len;
    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress_content_dict_chain(NULL, &slice, 1, &out, &err)));
    CHECK(refuses_null("frames", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, NULL, &err)));
    slice.data = NULL;
    CHECK(refuses_null("frames", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, &out, &err)));

    CHECK(refuses_null("decompressor", &err, zst_decompressor_memory_size(NULL, &len, &err)));
    CHECK(refuses_null("out_size", &err, zst_decompressor_memory_size(decompressor, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_decompress(NULL, 1, 0, &out, &err)));
    CHECK(refuses_null("out", &err, zst_decompress(frame.data, frame.len, 0, NULL, &err)));

    CHECK(untouched(&none, sizeof none) && untouched(&out, sizeof out));
    CHECK(untouched(&len, sizeof len) && untouched(&used, sizeof used) && untouched(place, sizeof place));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
    zst_decompressor_free(NULL);
}

static void lengths_that_are_impossible(void) {
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3), out;
    zst_slice slice;
    unsigned char place[16];
    size_t at, len;
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(place, sizeof place);
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        size_t huge = lengths[at];
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_decompressor_decompress(decompressor, frame.data, huge, 0, 0, &out, NULL, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_decompress(frame.data, huge, 0, &out, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, huge, 0, 0, place, sizeof place, &len,
                                                     NULL, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "dst", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, huge, &len,
                                                     NULL, &err)));
        slice.data = frame.data;
        slice.len = huge;
        CHECK(fails(ZST_ERROR_ARGUMENT, "frames", &err,
                    zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, &out, &err)));
        slice.len = frame.len;
        CHECK(fails(ZST_ERROR_ARGUMENT, "frames", &err,
                    zst_decompressor_decompress_content_dict_chain(decompressor, &slice, huge, &out, &err)));
    }
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len) && untouched(place, sizeof place));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void flags_that_do_not_exist(void) {
    static const int32_t flags[] = {8, 16, INT32_MIN, -1};
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3), out;
    unsigned char place[16];
    size_t at, len;
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    for (at = 0; at < sizeof flags / sizeof flags[0]; at++) {
        CHECK(fails(ZST_ERROR_VALUE, "unknown flags", &err,
                    zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, flags[at], &out, NULL, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "unknown flags", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, flags[at], place,
                                                     sizeof place, &len, NULL, &err)));
    }
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void output_must_not_overlap_input(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3);
    size_t len;
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ARGUMENT, "overlap", &err,
                zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, frame.data, frame.len, &len,
                                                 NULL, &err)));
    CHECK(untouched(&len, sizeof len));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void chains_of_prefix_dictionaries(void) {
    enum { COUNT = 4, SHORT = 500 };
    zst_decompressor *decompressor = make_decompressor();
    zst_decompressor *limited = make_decompressor_with(ZST_D_MAX_OUTPUT_SIZE, SHORT - 1);
    zst_slice chain[COUNT];
    zst_bytes frames[COUNT], out;
    char *texts[COUNT];
    size_t at, cut;
    for (at = 0; at < COUNT; at++) {
        texts[at] = make_text(SHORT, 50);
        texts[at][at * 7] = '#';
        if (at == 0) {
            frames[at] = make_frame(texts[at], SHORT, 3);
        } else {
            zst_compression_dict *prefix;
            zst_compressor *compressor;
            CHECK(succeeds(&err, zst_compression_dict_new(texts[at - 1], SHORT, ZST_DICT_TYPE_RAWCONTENT, 0, 0, &prefix,
                                                          &err)));
            CHECK(succeeds(&err, zst_compressor_new(3, prefix, &compressor, &err)));
            CHECK(succeeds(&err, zst_compressor_compress(compressor, texts[at], SHORT, &frames[at], &err)));
            zst_compressor_free(compressor);
            zst_compression_dict_free(prefix);
        }
        chain[at].data = frames[at].data;
        chain[at].len = frames[at].len;
        CHECK(succeeds(&err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, chain, at + 1, &out, &err)));
        CHECK(same(out.data, out.len, texts[at], SHORT));
        zst_bytes_free(&out);
    }
    CHECK(frames[1].len < frames[0].len / 2);

    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_VALUE, "empty input chain", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, chain, 0, &out, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "empty input chain", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, NULL, 0, &out, &err)));
    CHECK(zst_decompressor_decompress_content_dict_chain(limited, chain, COUNT, &out, &err) == ZST_ERROR_LIMIT);
    CHECK(err.item_index == 0);
    for (cut = 0; cut < frames[2].len; cut++) {
        zst_status status;
        unsigned char *src = exactly(frames[2].data, cut);
        chain[2].data = src;
        chain[2].len = cut;
        fill(&err, sizeof err);
        status = zst_decompressor_decompress_content_dict_chain(decompressor, chain, COUNT, &out, &err);
        CHECK(status == ZST_ERROR_VALUE || status == ZST_ERROR_TRUNCATED);
        CHECK(err.item_index == 2 && strstr(err.message, "chunk 2") != NULL);
        free(src);
    }
    chain[2].data = "not a frame at all";
    chain[2].len = 18;
    CHECK(fails(ZST_ERROR_VALUE, "chunk 2 is not a valid zstd frame", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, chain, COUNT, &out, &err)));
    CHECK(untouched(&out, sizeof out));
    for (at = 0; at < COUNT; at++) {
        zst_bytes_free(&frames[at]);
        free(texts[at]);
    }
    zst_decompressor_free(limited);
    zst_decompressor_free(decompressor);
}

static void a_frame_finds_its_dictionary(void) {
    zst_compression_dict *dicts[3];
    zst_decompression_parameters *parameters;
    zst_decompressor *none = make_decompressor(), *two, *three;
    zst_bytes frames[3], out;
    size_t at;
    char *texts[3];
    fill(&out, sizeof out);
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    for (at = 0; at < 3; at++) {
        zst_compressor *compressor;
        dicts[at] = make_dictionary((unsigned)at, 100 + (uint32_t)at);
        texts[at] = make_text(60, (unsigned)at);
        CHECK(succeeds(&err, zst_compressor_new(3, dicts[at], &compressor, &err)));
        CHECK(succeeds(&err, zst_compressor_compress(compressor, texts[at], 60, &frames[at], &err)));
        zst_compressor_free(compressor);
        CHECK(fails(ZST_ERROR_ZSTD, "none was given", &err,
                    zst_decompressor_decompress(none, frames[at].data, frames[at].len, 0, 0, &out, NULL, &err)));
    }
    CHECK(untouched(&out, sizeof out));
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(parameters, dicts[0], &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, dicts[1], &two, &err)));
    {
        zst_decompressor *same_twice;
        fill(&same_twice, sizeof same_twice);
        CHECK(fails(ZST_ERROR_VALUE, "id 100", &err,
                    zst_decompressor_new_from_parameters(parameters, dicts[0], &same_twice, &err)));
        CHECK(untouched(&same_twice, sizeof same_twice));
    }
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(parameters, dicts[1], &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, dicts[2], &three, &err)));
    /* Nothing that made the decompressors is needed any more. */
    zst_decompression_parameters_free(parameters);
    for (at = 0; at < 3; at++) zst_compression_dict_free(dicts[at]);
    for (at = 0; at < 3; at++) {
        CHECK(succeeds(&err,
                       zst_decompressor_decompress(three, frames[at].data, frames[at].len, 0, 0, &out, NULL, &err)));
        CHECK(same(out.data, out.len, texts[at], 60));
        zst_bytes_free(&out);
    }
    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_ZSTD, "dictionary 102", &err,
                zst_decompressor_decompress(two, frames[2].data, frames[2].len, 0, 0, &out, NULL, &err)));
    CHECK(untouched(&out, sizeof out));
    for (at = 0; at < 3; at++) {
        zst_bytes_free(&frames[at]);
        free(texts[at]);
    }
    zst_decompressor_free(two);
    zst_decompressor_free(three);
    zst_decompressor_free(none);
}

static void a_dictionary_that_cannot_be_used(void) {
    zst_compression_dict *dict;
    zst_decompressor *decompressor;
    fill(&decompressor, sizeof decompressor);
    CHECK(succeeds(&err, zst_compression_dict_new("no header", 9, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "not a full dictionary", &err, zst_decompressor_new(dict, &decompressor, &err)));
    CHECK(untouched(&decompressor, sizeof decompressor));
    zst_compression_dict_free(dict);
}

static void memory(void) {
    zst_decompressor *decompressor = make_decompressor();
    size_t size = 0;
    CHECK(zst_estimate_decompression_context_size() > 10000);
    CHECK(succeeds(&err, zst_decompressor_memory_size(decompressor, &size, &err)));
    CHECK(size >= zst_estimate_decompression_context_size());
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    restores_what_was_compressed();
    one_frame_or_all_of_them();
    skippable_frames_are_passed_over();
    null_pointers();
    lengths_that_are_impossible();
    flags_that_do_not_exist();
    output_must_not_overlap_input();
    chains_of_prefix_dictionaries();
    a_frame_finds_its_dictionary();
    a_dictionary_that_cannot_be_used();
    memory();
    zst_free_idle_contexts();
    return 0;
}
