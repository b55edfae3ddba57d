/// Settings and limits of decompressors.

#pragma once

#include "compression_dict.hpp"

namespace zst {

/// ZST_D_*, where each is explained.
enum class d_parameter : std::int32_t {
    max_window_size = ZST_D_MAX_WINDOW_SIZE,
    format = ZST_D_FORMAT,
    ignore_checksum = ZST_D_IGNORE_CHECKSUM,
    disable_huffman_assembly = ZST_D_DISABLE_HUFFMAN_ASSEMBLY,
    max_block_size = ZST_D_MAX_BLOCK_SIZE,
    max_output_size = ZST_D_MAX_OUTPUT_SIZE,
};

/// A set of decompression parameters, and of dictionaries to choose from:
/// `zst::decompression_parameters().set(zst::d_parameter::max_output_size, 1 << 20)`.
class decompression_parameters
    : public detail::handle<zst_decompression_parameters, zst_decompression_parameters_free> {
public:
    using handle::handle;

    /// The defaults, without dictionaries.
    decompression_parameters()
        : handle(detail::made<zst_decompression_parameters *>(zst_decompression_parameters_new)) {}

    /// A copy. Dictionaries are shared.
    decompression_parameters copy() const {
        return decompression_parameters(
            detail::made<zst_decompression_parameters *>(zst_decompression_parameters_copy, get()));
    }

    decompression_parameters &set(d_parameter parameter, std::int64_t value) & {
        detail::call(zst_decompression_parameters_set, get(), static_cast<std::int32_t>(parameter), value);
        return *this;
    }
    decompression_parameters set(d_parameter parameter, std::int64_t value) && {
        return std::move(set(parameter, value));
    }
    /// By the parameter's name, such as "max_window_size".
    decompression_parameters &set(std::string_view parameter, std::int64_t value) & {
        return set(find(parameter), value);
    }
    decompression_parameters set(std::string_view parameter, std::int64_t value) && {
        return std::move(set(find(parameter), value));
    }

    /// Adds a dictionary: each frame is decoded with the one whose id it carries.
    decompression_parameters &add_dictionary(const compression_dict &dict) & {
        detail::call(zst_decompression_parameters_add_dictionary, get(), dict.get());
        return *this;
    }
    decompression_parameters add_dictionary(const compression_dict &dict) && { return std::move(add_dictionary(dict)); }

    std::int64_t get(d_parameter parameter) const {
        return detail::made<std::int64_t>(zst_decompression_parameters_get, get(),
                                          static_cast<std::int32_t>(parameter));
    }
    std::int64_t get(std::string_view parameter) const { return get(find(parameter)); }
    using handle::get;

    /// The smallest and the largest value, both included.
    static std::pair<std::int64_t, std::int64_t> bounds(d_parameter parameter) {
        std::int64_t min = 0;
        std::int64_t max = 0;
        detail::call(zst_decompression_parameters_bounds, static_cast<std::int32_t>(parameter), &min, &max);
        return {min, max};
    }
    /// Such as "max_window_size"; NULL when there is no such parameter.
    static const char *name(d_parameter parameter) noexcept {
        return zst_decompression_parameters_name(static_cast<std::int32_t>(parameter));
    }
    /// The parameter with this name.
    static d_parameter find(std::string_view name) {
        return detail::find_parameter<d_parameter>(zst_decompression_parameters_name, name);
    }
};

} // namespace zst
