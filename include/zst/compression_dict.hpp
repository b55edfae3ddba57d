/// Dictionaries and their training.

#pragma once

#include <initializer_list>

#include "compression_parameters.hpp"

namespace zst {

/// ZST_DICT_TYPE_*: what the bytes of a dictionary are.
enum class dict_type : std::int32_t {
    /// With a header a dictionary, content only otherwise.
    automatic = ZST_DICT_TYPE_AUTO,
    rawcontent = ZST_DICT_TYPE_RAWCONTENT,
    fulldict = ZST_DICT_TYPE_FULLDICT,
};

/// A dictionary, which any number of compressors and decompressors may use and share.
class compression_dict : public detail::handle<zst_compression_dict, zst_compression_dict_free> {
public:
    using handle::handle;

    /// Copies `data`. Training reports `k` and `d`; 0 when they are not known.
    explicit compression_dict(bytes_view data, dict_type type = dict_type::automatic, std::uint32_t k = 0,
                              std::uint32_t d = 0)
        : handle(detail::made<zst_compression_dict *>(zst_compression_dict_new, data.data(), data.size(),
                                                      static_cast<std::int32_t>(type), k, d)) {}

    /// The id in its header; 0 without one.
    std::uint32_t id() const noexcept { return zst_compression_dict_id(get()); }
    dict_type type() const noexcept { return static_cast<dict_type>(zst_compression_dict_type(get())); }
    std::uint32_t k() const noexcept { return zst_compression_dict_k(get()); }
    std::uint32_t d() const noexcept { return zst_compression_dict_d(get()); }

    /// Its bytes, valid as long as the dictionary.
    bytes_view as_bytes() const & {
        const std::uint8_t *data = nullptr;
        std::size_t len = 0;
        detail::call(zst_compression_dict_as_bytes, get(), &data, &len);
        return {data, len};
    }
    bytes_view as_bytes() const && = delete;

    /// Digests it now. Operations of compressors that are started later use the result.
    void precompute_compress(std::int32_t level) const {
        detail::call(zst_compression_dict_precompute_compress, get(), level, nullptr);
    }
    void precompute_compress(const compression_parameters &parameters) const {
        detail::call(zst_compression_dict_precompute_compress, get(), 0, parameters.get());
    }
};

/// zst_training_parameters, all 0 at first: the defaults.
struct training_parameters : zst_training_parameters {
    training_parameters() noexcept : zst_training_parameters{} {}
};

/// A dictionary of `dict_size` bytes at most from samples of what is to be compressed with it: a container of anything
/// with bytes.
template <class Samples>
compression_dict train_dictionary(std::size_t dict_size, const Samples &samples,
                                  const training_parameters &parameters = {}) {
    const std::vector<zst_slice> slices = detail::slices(samples);
    return compression_dict(detail::made<zst_compression_dict *>(zst_train_dictionary, dict_size, slices.data(),
                                                                 slices.size(), &parameters));
}
inline compression_dict train_dictionary(std::size_t dict_size, std::initializer_list<bytes_view> samples,
                                         const training_parameters &parameters = {}) {
    return train_dictionary<std::initializer_list<bytes_view>>(dict_size, samples, parameters);
}

} // namespace zst
