/* zst_compression_parameters: settings by number. */

#include "check.h"

static zst_error err;

static const struct {
    int32_t parameter;
    const char *name;
} all[] = {
    {ZST_C_FORMAT, "format"},
    {ZST_C_COMPRESSION_LEVEL, "compression_level"},
    {ZST_C_WINDOW_LOG, "window_log"},
    {ZST_C_HASH_LOG, "hash_log"},
    {ZST_C_CHAIN_LOG, "chain_log"},
    {ZST_C_SEARCH_LOG, "search_log"},
    {ZST_C_MIN_MATCH, "min_match"},
    {ZST_C_TARGET_LENGTH, "target_length"},
    {ZST_C_STRATEGY, "strategy"},
    {ZST_C_TARGET_BLOCK_SIZE, "target_block_size"},
    {ZST_C_ENABLE_LDM, "enable_ldm"},
    {ZST_C_LDM_HASH_LOG, "ldm_hash_log"},
    {ZST_C_LDM_MIN_MATCH, "ldm_min_match"},
    {ZST_C_LDM_BUCKET_SIZE_LOG, "ldm_bucket_size_log"},
    {ZST_C_LDM_HASH_RATE_LOG, "ldm_hash_rate_log"},
    {ZST_C_WRITE_CONTENT_SIZE, "write_content_size"},
    {ZST_C_WRITE_CHECKSUM, "write_checksum"},
    {ZST_C_WRITE_DICT_ID, "write_dict_id"},
    {ZST_C_THREADS, "threads"},
    {ZST_C_JOB_SIZE, "job_size"},
    {ZST_C_OVERLAP_LOG, "overlap_log"},
    {ZST_C_RSYNCABLE, "rsyncable"},
    {ZST_C_FORCE_MAX_WINDOW, "force_max_window"},
    {ZST_C_FORCE_ATTACH_DICT, "force_attach_dict"},
    {ZST_C_LITERAL_COMPRESSION_MODE, "literal_compression_mode"},
    {ZST_C_SOURCE_SIZE_HINT, "source_size_hint"},
    {ZST_C_ENABLE_DEDICATED_DICT_SEARCH, "enable_dedicated_dict_search"},
    {ZST_C_BLOCK_DELIMITERS, "block_delimiters"},
    {ZST_C_VALIDATE_SEQUENCES, "validate_sequences"},
    {ZST_C_SPLIT_AFTER_SEQUENCES, "split_after_sequences"},
    {ZST_C_USE_ROW_MATCH_FINDER, "use_row_match_finder"},
    {ZST_C_DETERMINISTIC_REF_PREFIX, "deterministic_ref_prefix"},
    {ZST_C_PREFETCH_CDICT_TABLES, "prefetch_cdict_tables"},
    {ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK, "enable_sequence_producer_fallback"},
    {ZST_C_MAX_BLOCK_SIZE, "max_block_size"},
    {ZST_C_REPCODE_RESOLUTION, "repcode_resolution"},
    {ZST_C_BLOCK_SPLITTER_LEVEL, "block_splitter_level"},
};
enum { ALL = sizeof all / sizeof all[0] };

/* The two "stable buffer" modes of libzstd, 1006 and 1007, are not among them. */
static const int32_t unknown[] = {0, -1, 1, 99, 108, 999, 1003, 1006, 1007, 1018, INT32_MIN, INT32_MAX};
enum { UNKNOWN = sizeof unknown / sizeof unknown[0] };

static zst_compression_parameters *make_parameters(void) {
    zst_compression_parameters *parameters;
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    return parameters;
}

static int32_t get(const zst_compression_parameters *parameters, int32_t parameter) {
    int32_t value;
    CHECK(succeeds(&err, zst_compression_parameters_get(parameters, parameter, &value, &err)));
    return value;
}

static void defaults(void) {
    zst_compression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < ALL; at++) {
        int32_t parameter = all[at].parameter;
        int on = parameter == ZST_C_WRITE_CONTENT_SIZE || parameter == ZST_C_WRITE_DICT_ID;
        CHECK(get(parameters, parameter) == (parameter == ZST_C_COMPRESSION_LEVEL ? 3 : on));
    }
    zst_compression_parameters_free(parameters);
}

static void every_parameter_has_a_name_and_bounds(void) {
    zst_compression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < ALL; at++) {
        int32_t parameter = all[at].parameter, min = 1, max = 0;
        CHECK(strcmp(zst_compression_parameters_name(parameter), all[at].name) == 0);
        CHECK(succeeds(&err, zst_compression_parameters_bounds(parameter, &min, &max, &err)));
        CHECK(min <= max);
        if (parameter == ZST_C_JOB_SIZE || parameter == ZST_C_COMPRESSION_LEVEL) continue; /* see below */
        CHECK(succeeds(&err, zst_compression_parameters_set(parameters, parameter, min, &err)));
        CHECK(get(parameters, parameter) == min);
        CHECK(succeeds(&err, zst_compression_parameters_set(parameters, parameter, max, &err)));
        CHECK(get(parameters, parameter) == max);
        CHECK(succeeds(&err, zst_compression_parameters_set(parameters, parameter, 0, &err)));
        CHECK(get(parameters, parameter) == 0);
    }
    zst_compression_parameters_free(parameters);
}

static void bounds_are_those_of_the_header(void) {
    static const struct {
        int32_t parameter, min, max;
    } bounds[] = {
        {ZST_C_FORMAT, ZST_FORMAT_ZSTD1, ZST_FORMAT_ZSTD1_MAGICLESS},
        {ZST_C_WINDOW_LOG, ZST_WINDOWLOG_MIN, ZST_WINDOWLOG_MAX},
        {ZST_C_HASH_LOG, ZST_HASHLOG_MIN, ZST_HASHLOG_MAX},
        {ZST_C_CHAIN_LOG, ZST_CHAINLOG_MIN, ZST_CHAINLOG_MAX},
        {ZST_C_SEARCH_LOG, ZST_SEARCHLOG_MIN, ZST_SEARCHLOG_MAX},
        {ZST_C_MIN_MATCH, ZST_MINMATCH_MIN, ZST_MINMATCH_MAX},
        {ZST_C_TARGET_LENGTH, ZST_TARGETLENGTH_MIN, ZST_TARGETLENGTH_MAX},
        {ZST_C_STRATEGY, ZST_STRATEGY_FAST, ZST_STRATEGY_BTULTRA2},
        {ZST_C_LDM_MIN_MATCH, ZST_LDM_MINMATCH_MIN, ZST_LDM_MINMATCH_MAX},
        {ZST_C_LDM_BUCKET_SIZE_LOG, 1, ZST_LDM_BUCKETSIZELOG_MAX},
        {ZST_C_ENABLE_LDM, -1, 1},
        {ZST_C_WRITE_CHECKSUM, 0, 1},
        {ZST_C_MAX_BLOCK_SIZE, 1024, ZST_BLOCKSIZE_MAX},
    };
    size_t at;
    for (at = 0; at < sizeof bounds / sizeof bounds[0]; at++) {
        int32_t min, max;
        CHECK(succeeds(&err, zst_compression_parameters_bounds(bounds[at].parameter, &min, &max, &err)));
        if (sizeof(void *) == 8) CHECK(min == bounds[at].min && max == bounds[at].max);
    }
}

static void values_outside_are_refused_or_clamped(void) {
    static const int32_t refused[] = {ZST_C_FORMAT,     ZST_C_WINDOW_LOG,    ZST_C_STRATEGY,
                                      ZST_C_ENABLE_LDM, ZST_C_TARGET_LENGTH, ZST_C_MAX_BLOCK_SIZE};
    zst_compression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < sizeof refused / sizeof refused[0]; at++) {
        int32_t before = get(parameters, refused[at]);
        CHECK(fails(ZST_ERROR_ZSTD, zst_compression_parameters_name(refused[at]), &err,
                    zst_compression_parameters_set(parameters, refused[at], INT32_MAX, &err)));
        CHECK(fails(ZST_ERROR_ZSTD, "allowed are", &err,
                    zst_compression_parameters_set(parameters, refused[at], INT32_MIN, &err)));
        CHECK(get(parameters, refused[at]) == before);
    }
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 0, &err)));
    CHECK(get(parameters, ZST_C_COMPRESSION_LEVEL) == 3);
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, INT32_MAX, &err)));
    CHECK(get(parameters, ZST_C_COMPRESSION_LEVEL) == ZST_MAX_COMPRESSION_LEVEL);
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, INT32_MIN, &err)));
    CHECK(get(parameters, ZST_C_COMPRESSION_LEVEL) < -1000);
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_THREADS, -1, &err)));
    CHECK(get(parameters, ZST_C_THREADS) > 0);
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_JOB_SIZE, 1, &err)));
    CHECK(get(parameters, ZST_C_JOB_SIZE) == 512 << 10);
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_OVERLAP_LOG, 100, &err)));
    CHECK(get(parameters, ZST_C_OVERLAP_LOG) == 9);
    zst_compression_parameters_free(parameters);
}

static void numbers_that_are_no_parameter(void) {
    zst_compression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < UNKNOWN; at++) {
        int32_t value, min, max;
        fill(&value, sizeof value);
        fill(&min, sizeof min);
        fill(&max, sizeof max);
        CHECK(fails(ZST_ERROR_VALUE, "there is no compression parameter", &err,
                    zst_compression_parameters_set(parameters, unknown[at], 1, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "there is no compression parameter", &err,
                    zst_compression_parameters_get(parameters, unknown[at], &value, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "there is no compression parameter", &err,
                    zst_compression_parameters_bounds(unknown[at], &min, &max, &err)));
        CHECK(zst_compression_parameters_name(unknown[at]) == NULL);
        CHECK(untouched(&value, sizeof value) && untouched(&min, sizeof min) && untouched(&max, sizeof max));
    }
    zst_compression_parameters_free(parameters);
}

static void null_pointers(void) {
    zst_compression_parameters *parameters = make_parameters(), *none;
    int32_t value;
    size_t size;
    fill(&none, sizeof none);
    fill(&value, sizeof value);
    fill(&size, sizeof size);
    CHECK(refuses_null("out", &err, zst_compression_parameters_new(NULL, &err)));
    CHECK(refuses_null("out", &err, zst_compression_parameters_from_level(3, 0, 0, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_compression_parameters_copy(NULL, &none, &err)));
    CHECK(refuses_null("out", &err, zst_compression_parameters_copy(parameters, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_compression_parameters_set(NULL, ZST_C_THREADS, 1, &err)));
    CHECK(refuses_null("parameters", &err, zst_compression_parameters_get(NULL, ZST_C_THREADS, &value, &err)));
    CHECK(refuses_null("out_value", &err, zst_compression_parameters_get(parameters, ZST_C_THREADS, NULL, &err)));
    CHECK(refuses_null("out_min", &err, zst_compression_parameters_bounds(ZST_C_THREADS, NULL, &value, &err)));
    CHECK(refuses_null("out_max", &err, zst_compression_parameters_bounds(ZST_C_THREADS, &value, NULL, &err)));
    CHECK(refuses_null("parameters", &err,
                       zst_compression_parameters_estimated_compression_context_size(NULL, &size, &err)));
    CHECK(refuses_null("out_size", &err,
                       zst_compression_parameters_estimated_compression_context_size(parameters, NULL, &err)));
    CHECK(untouched(&none, sizeof none) && untouched(&value, sizeof value) && untouched(&size, sizeof size));
    zst_compression_parameters_free(parameters);
    zst_compression_parameters_free(NULL);
}

static void from_a_level(void) {
    static const int32_t levels[] = {INT32_MIN, -5, 0, 1, 3, 19, 22, 23, INT32_MAX};
    static const uint64_t sizes[] = {0, 1, 1000, 100000, (uint64_t)1 << 60, ZST_CONTENTSIZE_UNKNOWN};
    zst_compression_parameters *parameters;
    size_t level, size;
    for (level = 0; level < sizeof levels / sizeof levels[0]; level++) {
        for (size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
            CHECK(succeeds(&err, zst_compression_parameters_from_level(levels[level], sizes[size], size * 1000,
                                                                       &parameters, &err)));
            CHECK(get(parameters, ZST_C_COMPRESSION_LEVEL) == 3);
            CHECK(get(parameters, ZST_C_WINDOW_LOG) >= ZST_WINDOWLOG_MIN);
            CHECK(get(parameters, ZST_C_STRATEGY) >= ZST_STRATEGY_FAST);
            zst_compression_parameters_free(parameters);
        }
    }
    CHECK(succeeds(&err, zst_compression_parameters_from_level(22, 0, SIZE_MAX, &parameters, &err)));
    CHECK(get(parameters, ZST_C_STRATEGY) == ZST_STRATEGY_BTULTRA2);
    zst_compression_parameters_free(parameters);
    CHECK(succeeds(&err, zst_compression_parameters_from_level(1, 0, 0, &parameters, &err)));
    CHECK(get(parameters, ZST_C_STRATEGY) == ZST_STRATEGY_FAST);
    zst_compression_parameters_free(parameters);
}

static void copies_are_independent(void) {
    zst_compression_parameters *parameters = make_parameters(), *copy;
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WINDOW_LOG, 20, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_copy(parameters, &copy, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WINDOW_LOG, 21, &err)));
    CHECK(get(copy, ZST_C_WINDOW_LOG) == 20);
    zst_compression_parameters_free(parameters);
    CHECK(get(copy, ZST_C_WINDOW_LOG) == 20);
    zst_compression_parameters_free(copy);
}

static void estimates(void) {
    zst_compression_parameters *small, *large;
    size_t small_size = 0, large_size = 0;
    CHECK(succeeds(&err, zst_compression_parameters_from_level(1, 1000, 0, &small, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_from_level(19, 0, 0, &large, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_estimated_compression_context_size(small, &small_size, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_estimated_compression_context_size(large, &large_size, &err)));
    CHECK(small_size > 1000 && large_size > small_size);
    CHECK(succeeds(&err, zst_compression_parameters_set(small, ZST_C_THREADS, 1, &err)));
    fill(&small_size, sizeof small_size);
    CHECK(fails(ZST_ERROR_ZSTD, "no estimate", &err,
                zst_compression_parameters_estimated_compression_context_size(small, &small_size, &err)));
    CHECK(untouched(&small_size, sizeof small_size));
    zst_compression_parameters_free(small);
    zst_compression_parameters_free(large);
}

/* One parameter at a time at both of its bounds: the compressor works, or says why not, and the frame can be restored. */
static void every_parameter_at_its_bounds(void) {
    char *text = make_text(3000, 1);
    size_t at;
    int upper;
    for (at = 0; at < ALL; at++) {
        int32_t bounds[2];
        /* Gigabytes of tables, and an encoder of its own. */
        if (all[at].parameter >= ZST_C_WINDOW_LOG && all[at].parameter <= ZST_C_CHAIN_LOG) continue;
        if (all[at].parameter == ZST_C_LDM_HASH_LOG || all[at].parameter == ZST_C_THREADS) continue;
        CHECK(succeeds(&err, zst_compression_parameters_bounds(all[at].parameter, &bounds[0], &bounds[1], &err)));
        for (upper = 0; upper < 2; upper++) {
            zst_compression_parameters *parameters = make_parameters();
            zst_compressor *compressor;
            zst_decompression_parameters *settings;
            zst_decompressor *decompressor;
            zst_bytes frame, content;
            CHECK(succeeds(&err, zst_compression_parameters_set(parameters, all[at].parameter, bounds[upper], &err)));
            CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
            CHECK(succeeds(&err, zst_compressor_compress(compressor, text, 3000, &frame, &err)));
            CHECK(succeeds(&err, zst_decompression_parameters_new(&settings, &err)));
            CHECK(succeeds(&err, zst_decompression_parameters_set(settings, ZST_D_FORMAT, get(parameters, ZST_C_FORMAT),
                                                                  &err)));
            CHECK(succeeds(&err, zst_decompressor_new_from_parameters(settings, NULL, &decompressor, &err)));
            CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL,
                                                             &err)));
            CHECK(same(content.data, content.len, text, 3000));
            zst_bytes_free(&content);
            zst_bytes_free(&frame);
            zst_decompressor_free(decompressor);
            zst_decompression_parameters_free(settings);
            zst_compressor_free(compressor);
            zst_compression_parameters_free(parameters);
        }
    }
    free(text);
}

int main(void) {
    fill(&err, sizeof err);
    defaults();
    every_parameter_has_a_name_and_bounds();
    bounds_are_those_of_the_header();
    values_outside_are_refused_or_clamped();
    numbers_that_are_no_parameter();
    null_pointers();
    from_a_level();
    copies_are_independent();
    estimates();
    every_parameter_at_its_bounds();
    zst_free_idle_contexts();
    return 0;
}
