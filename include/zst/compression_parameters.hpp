/// Sets of compression parameters.

#pragma once

#include "bytes.hpp"

namespace zst {

/// ZST_CONTENTSIZE_UNKNOWN: a size of content that is not known.
inline constexpr std::uint64_t content_size_unknown = ZST_CONTENTSIZE_UNKNOWN;

/// ZST_C_*, where each is explained.
enum class c_parameter : std::int32_t {
    format = ZST_C_FORMAT,
    compression_level = ZST_C_COMPRESSION_LEVEL,
    window_log = ZST_C_WINDOW_LOG,
    hash_log = ZST_C_HASH_LOG,
    chain_log = ZST_C_CHAIN_LOG,
    search_log = ZST_C_SEARCH_LOG,
    min_match = ZST_C_MIN_MATCH,
    target_length = ZST_C_TARGET_LENGTH,
    strategy = ZST_C_STRATEGY,
    target_block_size = ZST_C_TARGET_BLOCK_SIZE,
    enable_ldm = ZST_C_ENABLE_LDM,
    ldm_hash_log = ZST_C_LDM_HASH_LOG,
    ldm_min_match = ZST_C_LDM_MIN_MATCH,
    ldm_bucket_size_log = ZST_C_LDM_BUCKET_SIZE_LOG,
    ldm_hash_rate_log = ZST_C_LDM_HASH_RATE_LOG,
    write_content_size = ZST_C_WRITE_CONTENT_SIZE,
    write_checksum = ZST_C_WRITE_CHECKSUM,
    write_dict_id = ZST_C_WRITE_DICT_ID,
    threads = ZST_C_THREADS,
    job_size = ZST_C_JOB_SIZE,
    overlap_log = ZST_C_OVERLAP_LOG,
    rsyncable = ZST_C_RSYNCABLE,
    force_max_window = ZST_C_FORCE_MAX_WINDOW,
    force_attach_dict = ZST_C_FORCE_ATTACH_DICT,
    literal_compression_mode = ZST_C_LITERAL_COMPRESSION_MODE,
    source_size_hint = ZST_C_SOURCE_SIZE_HINT,
    enable_dedicated_dict_search = ZST_C_ENABLE_DEDICATED_DICT_SEARCH,
    block_delimiters = ZST_C_BLOCK_DELIMITERS,
    validate_sequences = ZST_C_VALIDATE_SEQUENCES,
    split_after_sequences = ZST_C_SPLIT_AFTER_SEQUENCES,
    use_row_match_finder = ZST_C_USE_ROW_MATCH_FINDER,
    deterministic_ref_prefix = ZST_C_DETERMINISTIC_REF_PREFIX,
    prefetch_cdict_tables = ZST_C_PREFETCH_CDICT_TABLES,
    enable_sequence_producer_fallback = ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK,
    max_block_size = ZST_C_MAX_BLOCK_SIZE,
    repcode_resolution = ZST_C_REPCODE_RESOLUTION,
    block_splitter_level = ZST_C_BLOCK_SPLITTER_LEVEL,
};

namespace detail {

/// The parameter with this name.
template <class Parameter>
Parameter find_parameter(const char *(*name_of)(std::int32_t), std::string_view name) {
    constexpr std::int32_t largest = ZST_D_MAX_OUTPUT_SIZE;
    for (std::int32_t number = 0; number <= largest; ++number) {
        const char *known = name_of(number);
        if (known != nullptr && name == known) return static_cast<Parameter>(number);
    }
    fail(ZST_ERROR_VALUE, "there is no parameter with the name " + std::string(name));
}

} // namespace detail

/// A set of compression parameters: `zst::compression_parameters().set(zst::c_parameter::window_log, 24)`.
class compression_parameters : public detail::handle<zst_compression_parameters, zst_compression_parameters_free> {
public:
    using handle::handle;

    /// The defaults: level 3, content size and dictionary id written, no checksum.
    compression_parameters() : handle(detail::made<zst_compression_parameters *>(zst_compression_parameters_new)) {}

    /// What `level` stands for, spelled out, as it suits a source and a dictionary of these sizes.
    static compression_parameters from_level(std::int32_t level, std::uint64_t source_size = content_size_unknown,
                                             std::size_t dict_size = 0) {
        return compression_parameters(detail::made<zst_compression_parameters *>(zst_compression_parameters_from_level,
                                                                                 level, source_size, dict_size));
    }

    compression_parameters copy() const {
        return compression_parameters(
            detail::made<zst_compression_parameters *>(zst_compression_parameters_copy, get()));
    }

    compression_parameters &set(c_parameter parameter, std::int32_t value) & {
        detail::call(zst_compression_parameters_set, get(), static_cast<std::int32_t>(parameter), value);
        return *this;
    }
    compression_parameters set(c_parameter parameter, std::int32_t value) && {
        return std::move(set(parameter, value));
    }
    /// By the parameter's name, such as "window_log".
    compression_parameters &set(std::string_view parameter, std::int32_t value) & {
        return set(find(parameter), value);
    }
    compression_parameters set(std::string_view parameter, std::int32_t value) && {
        return std::move(set(find(parameter), value));
    }

    /// The value that was set, after clamping.
    std::int32_t get(c_parameter parameter) const {
        return detail::made<std::int32_t>(zst_compression_parameters_get, get(), static_cast<std::int32_t>(parameter));
    }
    std::int32_t get(std::string_view parameter) const { return get(find(parameter)); }
    using handle::get;

    /// The smallest and the largest value, both included.
    static std::pair<std::int32_t, std::int32_t> bounds(c_parameter parameter) {
        std::int32_t min = 0;
        std::int32_t max = 0;
        detail::call(zst_compression_parameters_bounds, static_cast<std::int32_t>(parameter), &min, &max);
        return {min, max};
    }
    /// Such as "window_log"; NULL when there is no such parameter.
    static const char *name(c_parameter parameter) noexcept {
        return zst_compression_parameters_name(static_cast<std::int32_t>(parameter));
    }
    /// The parameter with this name.
    static c_parameter find(std::string_view name) {
        return detail::find_parameter<c_parameter>(zst_compression_parameters_name, name);
    }

    /// Memory that a compressor with these parameters needs for one operation without streaming.
    std::size_t estimated_compression_context_size() const {
        return detail::made<std::size_t>(zst_compression_parameters_estimated_compression_context_size, get());
    }
};

} // namespace zst
