/// What is thrown when a function of zst.h fails.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <zst.h>

namespace zst {

/// A failure, with all that zst_error says. what() is the whole sentence: cause and, where there is one, remedy.
class [[gnu::visibility("default")]] error : public std::runtime_error {
public:
    /// Allocates nothing: it can be thrown when memory is exhausted.
    explicit error(const zst_error &details) : std::runtime_error(""), details_(details) {}

    const char *what() const noexcept override { return details_.message; }

    /// One of ZST_ERROR_*.
    zst_status status() const noexcept { return details_.status; }
    /// Such as "ZST_ERROR_MEMORY".
    const char *status_name() const noexcept { return zst_status_name(details_.status); }
    /// libzstd's own error code, 0 when libzstd had no part in it.
    std::int32_t zstd_code() const noexcept { return details_.zstd_code; }
    /// What a callback in C has returned; an errno where the library's own files are at fault; 0 otherwise.
    std::int32_t callback_code() const noexcept { return details_.callback_code; }
    /// In calls with several inputs, the index of the one that failed.
    std::optional<std::uint64_t> item_index() const noexcept {
        return details_.item_index == UINT64_MAX ? std::nullopt : std::optional(details_.item_index);
    }
    /// What would have been right, where that is a number: a size that is enough, a limit, a recorded size.
    std::uint64_t expected() const noexcept { return details_.expected; }
    /// What there was instead, where that is a number.
    std::uint64_t actual() const noexcept { return details_.actual; }
    /// Where in the input the frame begins that is cut, or is no frame, or has wrong headers.
    std::uint64_t src_position() const noexcept { return details_.src_position; }

    const zst_error &details() const noexcept { return details_; }

private:
    zst_error details_;
};

// Failures that a caller may want to catch apart. All others are zst::error itself, and have their status.

/// ZST_ERROR_MEMORY: memory is exhausted.
class [[gnu::visibility("default")]] out_of_memory : public error {
    using error::error;
};

/// ZST_ERROR_SOURCE, ZST_ERROR_SINK: something outside has failed, such as a file. The data is not to blame.
class [[gnu::visibility("default")]] io_error : public error {
    using error::error;
};

/// ZST_ERROR_WOULD_BLOCK: nothing is lost, the call can be repeated later; all but copy_stream().
class [[gnu::visibility("default")]] would_block : public error {
    using error::error;
};

/// ZST_ERROR_BUFFER_TOO_SMALL: expected() is a size that is enough.
class [[gnu::visibility("default")]] buffer_too_small : public error {
    using error::error;
};

/// ZST_ERROR_TRUNCATED: the input ends inside a frame.
class [[gnu::visibility("default")]] truncated : public error {
    using error::error;
};

/// ZST_ERROR_LIMIT: the data needs more than a limit allows that was set.
class [[gnu::visibility("default")]] limit_exceeded : public error {
    using error::error;
};

/// ZST_ERROR_CANCELLED: the progress callback has said so.
class [[gnu::visibility("default")]] cancelled : public error {
    using error::error;
};

namespace detail {

[[noreturn]] inline void fail(const zst_error &details) {
    switch (details.status) {
    case ZST_ERROR_MEMORY:
        throw out_of_memory(details);
    case ZST_ERROR_SOURCE:
    case ZST_ERROR_SINK:
        throw io_error(details);
    case ZST_ERROR_WOULD_BLOCK:
        throw would_block(details);
    case ZST_ERROR_BUFFER_TOO_SMALL:
        throw buffer_too_small(details);
    case ZST_ERROR_TRUNCATED:
        throw truncated(details);
    case ZST_ERROR_LIMIT:
        throw limit_exceeded(details);
    case ZST_ERROR_CANCELLED:
        throw cancelled(details);
    default:
        throw error(details);
    }
}

/// A failure that is found on this side of zst.h.
[[noreturn]] inline void fail(zst_status status, std::string_view message) {
    zst_error details{};
    details.status = status;
    details.item_index = UINT64_MAX;
    std::memcpy(details.message, message.data(), std::min(message.size(), sizeof details.message - 1));
    fail(details);
}

} // namespace detail

} // namespace zst
