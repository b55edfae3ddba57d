/* Dictionaries: made, digested, used, trained. */

#include "failing.h"

enum { LEN = 300 };

static zst_compression_dict *trained(unsigned seed, uint32_t id) {
    zst_compression_dict *dict = make_dictionary(seed, id);
    zst_free_idle_contexts();
    return dict;
}

/* From the bytes of a trained one, of any type. */
static void use_dictionary(int32_t dict_type, int precomputed) {
    zst_compression_dict *model = trained(1, 7), *dict;
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    const uint8_t *bytes;
    size_t len, size, round;
    char *text = make_text(LEN, 2);
    CHECK(zst_compression_dict_as_bytes(model, &bytes, &len, NULL) == ZST_OK);
    MUST(dict, zst_compression_dict_new, (bytes, len, dict_type, 0, 0, &dict, &err));
    if (precomputed) {
        CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
        CHECK(zst_compression_parameters_set(parameters, ZST_C_WINDOW_LOG, 17, NULL) == ZST_OK);
        MUST(nothing, zst_compression_dict_precompute_compress, (dict, 3, NULL, &err));
        MUST(nothing, zst_compression_dict_precompute_compress, (dict, 0, parameters, &err));
        zst_compression_parameters_free(parameters);
    }
    MUST(compressor, zst_compressor_new, (3, dict, &compressor, &err));
    MUST(decompressor, zst_decompressor_new, (dict, &decompressor, &err));
    for (round = 0; round < 2; round++) {
        zst_bytes frame, content;
        MUST(frame, zst_compressor_compress, (compressor, text, LEN, &frame, &err));
        MUST(content, zst_decompressor_decompress,
             (decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err));
        CHECK(same(content.data, content.len, text, LEN));
        zst_bytes_free(&frame);
        zst_bytes_free(&content);
    }
    MUST(size, zst_compressor_memory_size, (compressor, &size, &err));
    ASKS_FOR_NONE(, zst_compressor_free, (compressor));
    ASKS_FOR_NONE(, zst_decompressor_free, (decompressor));
    ASKS_FOR_NONE(, zst_compression_dict_free, (dict));
    zst_compression_dict_free(model);
    free(text);
}

static void dictionary_as_it_is(void) { use_dictionary(ZST_DICT_TYPE_AUTO, 0); }

static void dictionary_as_content(void) { use_dictionary(ZST_DICT_TYPE_RAWCONTENT, 0); }

static void dictionary_precomputed(void) { use_dictionary(ZST_DICT_TYPE_FULLDICT, 1); }

static void what_a_dictionary_tells(void) {
    zst_compression_dict *dict = trained(1, 7);
    struct {
        const uint8_t *data;
        size_t len;
    } bytes;
    uint32_t id, k, d;
    int32_t dict_type;
    ASKS_FOR_NONE(id =, zst_compression_dict_id, (dict));
    ASKS_FOR_NONE(dict_type =, zst_compression_dict_type, (dict));
    ASKS_FOR_NONE(k =, zst_compression_dict_k, (dict));
    ASKS_FOR_NONE(d =, zst_compression_dict_d, (dict));
    ASKS_FOR_NONE(, zst_compression_dict_as_bytes, (dict, &bytes.data, &bytes.len, &err));
    CHECK(id == 7 && dict_type == ZST_DICT_TYPE_FULLDICT && k == 64 && d == 8 && bytes.len > 0);
    zst_compression_dict_free(dict);
}

/* Streams and worker threads with a dictionary. */
static void stream_with_dictionary(int32_t threads) {
    enum { ROOM = 1 << 20 };
    zst_compression_dict *dict = trained(1, 7);
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_compression_obj *obj;
    zst_bytes out[2], content;
    size_t len;
    char *text = text_for(threads, &len), *frame = malloc(ROOM);
    zst_status status;
    CHECK(frame != NULL);
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, dict, &compressor, NULL) == ZST_OK);
    zst_compression_parameters_free(parameters);
    MUST(obj, zst_compressor_compressobj, (compressor, ZST_CONTENTSIZE_UNKNOWN, &obj, &err));
    status = CALL(out[0], zst_compression_obj_compress, (obj, text, len, &out[0], &err));
    if (status == ZST_OK) {
        memcpy(frame, out[0].data, out[0].len);
        status = CALL(out[1], zst_compression_obj_flush, (obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out[1], &err));
        if (status == ZST_OK) {
            memcpy(frame + out[0].len, out[1].data, out[1].len);
            CHECK(zst_decompressor_new(dict, &decompressor, NULL) == ZST_OK);
            MUST(content, zst_decompressor_decompress,
                 (decompressor, frame, out[0].len + out[1].len, 0, 0, &content, NULL, &err));
            CHECK(same(content.data, content.len, text, len));
            zst_bytes_free(&content);
            zst_bytes_free(&out[1]);
            zst_decompressor_free(decompressor);
        }
        zst_bytes_free(&out[0]);
    }
    zst_compression_obj_free(obj);
    zst_compressor_free(compressor);
    zst_compression_dict_free(dict);
    free(frame);
    free(text);
}

static void dictionary_in_a_stream(void) { stream_with_dictionary(0); }

static void dictionary_with_workers(void) { stream_with_dictionary(2); }

static void several_dictionaries(void) {
    zst_decompression_parameters *parameters, *copy;
    zst_compression_dict *dicts[3];
    zst_decompressor *decompressor;
    size_t at;
    MUST(parameters, zst_decompression_parameters_new, (&parameters, &err));
    for (at = 0; at < 3; at++) {
        dicts[at] = trained((unsigned)at, 10 + (uint32_t)at);
        if (at > 0) MUST(nothing, zst_decompression_parameters_add_dictionary, (parameters, dicts[at], &err));
    }
    MUST(copy, zst_decompression_parameters_copy, (parameters, &copy, &err));
    MUST(decompressor, zst_decompressor_new_from_parameters, (copy, dicts[0], &decompressor, &err));
    for (at = 0; at < 3; at++) {
        zst_compressor *compressor;
        zst_bytes frame, content;
        CHECK(zst_compressor_new(3, dicts[at], &compressor, NULL) == ZST_OK);
        CHECK(zst_compressor_compress(compressor, "abcabc", 6, &frame, NULL) == ZST_OK);
        MUST(content, zst_decompressor_decompress,
             (decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err));
        CHECK(same(content.data, content.len, "abcabc", 6));
        zst_bytes_free(&frame);
        zst_bytes_free(&content);
        zst_compressor_free(compressor);
    }
    ASKS_FOR_NONE(, zst_decompression_parameters_free, (parameters));
    ASKS_FOR_NONE(, zst_decompression_parameters_free, (copy));
    for (at = 0; at < 3; at++) zst_compression_dict_free(dicts[at]);
    zst_decompressor_free(decompressor);
}

static void train(int32_t mode, int32_t algorithm, int32_t threads) {
    enum { COUNT = 60, SAMPLE = 100 };
    zst_training_parameters parameters = {0};
    zst_compression_dict *dict;
    zst_slice samples[COUNT];
    char *text = make_text(COUNT * SAMPLE, 3);
    size_t at;
    for (at = 0; at < COUNT; at++) {
        samples[at].data = text + at * SAMPLE;
        samples[at].len = SAMPLE;
    }
    parameters.mode = mode;
    parameters.algorithm = algorithm;
    parameters.threads = threads;
    parameters.f = algorithm == ZST_TRAIN_ALGORITHM_COVER ? 0 : 10;
    parameters.steps = 2;
    if (mode == ZST_TRAIN_FIXED) parameters.k = 64, parameters.d = 8;
    MUST(dict, zst_train_dictionary, (1000, samples, COUNT, &parameters, &dict, &err));
    CHECK(zst_compression_dict_id(dict) != 0);
    zst_compression_dict_free(dict);
    free(text);
}

static void train_by_default(void) { train(ZST_TRAIN_DEFAULT, ZST_TRAIN_ALGORITHM_AUTO, 0); }

static void train_fixed_cover(void) { train(ZST_TRAIN_FIXED, ZST_TRAIN_ALGORITHM_COVER, 0); }

static void train_fixed_fastcover(void) { train(ZST_TRAIN_FIXED, ZST_TRAIN_ALGORITHM_FASTCOVER, 0); }

static void train_optimized_cover(void) { train(ZST_TRAIN_OPTIMIZE, ZST_TRAIN_ALGORITHM_COVER, 0); }

static void train_optimized_fastcover(void) { train(ZST_TRAIN_OPTIMIZE, ZST_TRAIN_ALGORITHM_FASTCOVER, 0); }

static void train_cover_with_threads(void) { train(ZST_TRAIN_OPTIMIZE, ZST_TRAIN_ALGORITHM_COVER, 2); }

static void train_fastcover_with_threads(void) { train(ZST_TRAIN_OPTIMIZE, ZST_TRAIN_ALGORITHM_FASTCOVER, 2); }

const struct scenario dictionaries[] = {
    {"dictionary_as_it_is", dictionary_as_it_is},
    {"dictionary_as_content", dictionary_as_content},
    {"dictionary_precomputed", dictionary_precomputed},
    {"what_a_dictionary_tells", what_a_dictionary_tells},
    {"dictionary_in_a_stream", dictionary_in_a_stream},
    {"dictionary_with_workers", dictionary_with_workers},
    {"several_dictionaries", several_dictionaries},
    {"train_by_default", train_by_default},
    {"train_fixed_cover", train_fixed_cover},
    {"train_fixed_fastcover", train_fixed_fastcover},
    {"train_optimized_cover", train_optimized_cover},
    {"train_optimized_fastcover", train_optimized_fastcover},
    {"train_cover_with_threads", train_cover_with_threads},
    {"train_fastcover_with_threads", train_fastcover_with_threads},
    {NULL, NULL},
};
