/* The static library: one object of each kind is made, used and freed in a program that has no libzst.so. */

#include "check.h"

static zst_error err;

int main(void) {
    zst_compression_parameters *parameters;
    zst_decompression_parameters *limits;
    zst_compression_dict *dict;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, content;
    zst_frame_parameters says;
    char *text = make_text(200, 1);
    fill(&err, sizeof err);
    dict = make_dictionary(1, 5);
    CHECK(strcmp(zst_version_string(), ZST_VERSION_STRING) == 0);
    CHECK(succeeds(&err, zst_compression_parameters_from_level(9, 200, 0, &parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WRITE_DICT_ID, 1, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, dict, &compressor, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_new(&limits, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(limits, dict, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(limits, NULL, &decompressor, &err)));
    zst_compression_dict_free(dict);
    zst_compression_parameters_free(parameters);
    zst_decompression_parameters_free(limits);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, 200, &frame, &err)));
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data, frame.len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.dict_id == 5);
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, text, 200));
    CHECK(fails(ZST_ERROR_TRUNCATED, "", &err, zst_decompress(frame.data, frame.len - 1, 0, &content, &err)));
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    zst_free_idle_contexts();
    free(text);
    return 0;
}
