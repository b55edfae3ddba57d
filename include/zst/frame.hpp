/// Frames, read without decoding.

#pragma once

#include <optional>

#include "bytes.hpp"

namespace zst {

// `format` is ZST_FORMAT_ZSTD1 or ZST_FORMAT_ZSTD1_MAGICLESS. zst::truncated when `src` is too short.

/// What the header of the frame at the start of `src` says. 18 bytes are always enough.
inline zst_frame_parameters get_frame_parameters(bytes_view src, std::int32_t format = ZST_FORMAT_ZSTD1) {
    return detail::made<zst_frame_parameters>(zst_get_frame_parameters, src.data(), src.size(), format);
}

/// The length of that header. The magic number is not looked at.
inline std::size_t frame_header_size(bytes_view src, std::int32_t format = ZST_FORMAT_ZSTD1) {
    return detail::made<std::size_t>(zst_frame_header_size, src.data(), src.size(), format);
}

/// The size of its content that the frame records, which need not be true; nothing when it records none.
inline std::optional<std::uint64_t> frame_content_size(bytes_view src, std::int32_t format = ZST_FORMAT_ZSTD1) {
    const auto size = detail::made<std::uint64_t>(zst_frame_content_size, src.data(), src.size(), format);
    return size == ZST_CONTENTSIZE_UNKNOWN ? std::nullopt : std::optional(size);
}

/// The length of the first frame, skippable or not, from its first to its last byte.
inline std::size_t frame_compressed_size(bytes_view src, std::int32_t format = ZST_FORMAT_ZSTD1) {
    return detail::made<std::size_t>(zst_frame_compressed_size, src.data(), src.size(), format);
}

/// A size that the contents of all frames in `src` together do not exceed.
inline std::uint64_t decompress_bound(bytes_view src, std::int32_t format = ZST_FORMAT_ZSTD1) {
    return detail::made<std::uint64_t>(zst_decompress_bound, src.data(), src.size(), format);
}

/// Whether `src` begins with the magic number of a frame, skippable or not.
inline bool is_frame(bytes_view src) noexcept { return zst_is_frame(src.data(), src.size()) != 0; }

inline bool is_skippable_frame(bytes_view src) noexcept { return zst_is_skippable_frame(src.data(), src.size()) != 0; }

/// Writes a skippable frame with `payload` to `dst`, for which payload.size() + 8 bytes are enough. Its size.
/// `magic_variant` is 0 to 15, free for the application's use.
inline std::size_t write_skippable_frame(bytes_view payload, std::uint32_t magic_variant, writable_bytes dst) {
    return detail::made<std::size_t>(zst_write_skippable_frame, payload.data(), payload.size(), magic_variant,
                                     dst.data(), dst.size());
}
inline std::vector<unsigned char> write_skippable_frame(bytes_view payload, std::uint32_t magic_variant = 0) {
    std::vector<unsigned char> frame(payload.size() + 8);
    frame.resize(write_skippable_frame(payload, magic_variant, frame));
    return frame;
}

struct skippable_frame {
    /// Lies in the frame, and is valid as long as that.
    bytes_view payload;
    std::uint32_t magic_variant;
};

/// What is in the skippable frame at the start of `src`.
inline skippable_frame read_skippable_frame(lent src) {
    const std::uint8_t *payload = nullptr;
    std::size_t len = 0;
    std::uint32_t magic_variant = 0;
    detail::call(zst_read_skippable_frame, src.data(), src.size(), &payload, &len, &magic_variant);
    return {bytes_view(payload, len), magic_variant};
}

} // namespace zst
