/// What the streams of both directions share.

#pragma once

#include <functional>

#include "buffers.hpp"
#include "sink.hpp"
#include "source.hpp"

namespace zst {

/// ZST_FLUSH_*, and ZST_COMPRESSOBJ_FLUSH_* too: how a flush ends what has been written so far.
enum class flush_mode {
    /// A block: a decoder can decode all of it.
    block,
    /// The frame.
    frame,
};

/// What a writer has done: bytes of the input that it has taken in, all of them unless the sink would block; and bytes
/// that the sink has taken.
struct write_result {
    std::size_t consumed;
    std::size_t written;
};

/// What a call has done with the caller's memory: bytes that it has put there, and bytes of the input that it has used.
struct into_result {
    std::size_t len;
    std::size_t src_used;
};

struct copy_result {
    std::uint64_t bytes_read;
    std::uint64_t bytes_written;
};

/// Whom copy_stream() tells how far it has come: `report(std::uint64_t bytes_read, std::uint64_t bytes_written)`
/// returns nothing, or false to cancel, which throws zst::cancelled. What it throws cancels too.
class progress {
public:
    progress() noexcept = default;
    template <class Report, std::enable_if_t<std::is_invocable_v<Report &, std::uint64_t, std::uint64_t>, int> = 0>
    progress(Report report)
        : report_([report = std::move(report)](std::uint64_t bytes_read, std::uint64_t bytes_written) mutable {
              using result = std::invoke_result_t<Report &, std::uint64_t, std::uint64_t>;
              static_assert(std::is_void_v<result> || std::is_same_v<result, bool>,
                            "it returns nothing, or a bool: whether to go on");
              if constexpr (std::is_void_v<result>) {
                  report(bytes_read, bytes_written);
                  return true;
              } else {
                  return report(bytes_read, bytes_written);
              }
          }) {}

    /// For functions of zst.h, valid as long as this.
    zst_progress get() const noexcept { return {const_cast<progress *>(this), report_ ? on_report : nullptr}; }

private:
    static std::int32_t on_report(void *userdata, std::uint64_t bytes_read, std::uint64_t bytes_written) noexcept {
        const auto &self = *static_cast<const progress *>(userdata);
        return detail::callback([&] { return self.report_(bytes_read, bytes_written) ? 0 : 1; });
    }

    std::function<bool(std::uint64_t, std::uint64_t)> report_;
};

namespace detail {

/// What an iterator or a chunker of zst.h lends piece by piece.
template <class T, zst_status (*Next)(const T *, const std::uint8_t **, std::size_t *, zst_error *)>
class pieces {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = bytes_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const bytes_view *;
        using reference = const bytes_view &;

        iterator() noexcept = default;
        explicit iterator(const T *raw) : raw_(raw) { ++*this; }

        reference operator*() const noexcept { return piece_; }
        pointer operator->() const noexcept { return &piece_; }
        iterator &operator++() {
            if (const auto piece = pieces(raw_).next()) {
                piece_ = *piece;
            } else {
                raw_ = nullptr;
            }
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.raw_ == b.raw_; }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return a.raw_ != b.raw_; }

    private:
        /// NULL at the end.
        const T *raw_ = nullptr;
        bytes_view piece_;
    };

    explicit pieces(const T *raw) noexcept : raw_(raw) {}

    /// The next piece, valid until the next one is asked for; nothing at the end.
    std::optional<bytes_view> next() const {
        const std::uint8_t *data = nullptr;
        std::size_t len = 0;
        if (!call(Next, raw_, &data, &len)) return std::nullopt;
        return bytes_view(data, len);
    }

    /// Every piece once: `for (zst::bytes_view piece : ...)`.
    iterator begin() const { return iterator(raw_); }
    iterator end() const noexcept { return {}; }

private:
    const T *raw_;
};

} // namespace detail

} // namespace zst
