/// Where streams get their input from.

#pragma once

#include <istream>
#include <memory>
#include <optional>

#include "bytes.hpp"

namespace zst {

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// A zst_source that asks a callable for the next block.
template <class Read>
struct reading {
    using block = without_reference<std::invoke_result_t<Read &, std::size_t>>;

    Read read;
    /// What was lent last, and owns its bytes perhaps.
    std::conditional_t<is_optional<block>, block, std::optional<block>> last;

    explicit reading(Read &&taken) : read(std::move(taken)) {}

    static std::int32_t on_read(void *userdata, std::size_t size_hint, const std::uint8_t **out_data,
                                std::size_t *out_len) noexcept {
        auto &self = *static_cast<reading *>(userdata);
        return callback([&]() -> std::int32_t {
            if constexpr (is_optional<block>) {
                self.last = self.read(size_hint);
                if (!self.last) return ZST_ERROR_WOULD_BLOCK;
            } else {
                self.last.emplace(self.read(size_hint));
            }
            const bytes_view view(*self.last);
            *out_data = view.data();
            *out_len = view.size();
            return 0;
        });
    }

    static void on_drop(void *userdata) noexcept { delete static_cast<reading *>(userdata); }
};

/// What a std::istream has, block by block.
class istream_blocks {
public:
    explicit istream_blocks(std::istream &stream) noexcept : stream_(&stream) {}

    bytes_view operator()(std::size_t size_hint) {
        if (stream_->fail()) fail(ZST_ERROR_SOURCE, "the std::istream to read from has failed before, or is not open");
        block_.resize(size_hint);
        // Not by read(), for which the end of the input is a failure of the stream.
        const std::streamsize got = stream_->rdbuf()->sgetn(block_.data(), static_cast<std::streamsize>(size_hint));
        return {block_.data(), static_cast<std::size_t>(got)};
    }

private:
    std::istream *stream_;
    std::vector<char> block_;
};

} // namespace detail

/// Input for a stream. What it is given to takes it over.
class source {
public:
    /// Takes over a source with callbacks in C.
    explicit source(const zst_source &raw) noexcept : raw_(raw) {}

    /// `read(std::size_t size_hint)` gives the next block, of any size; an empty one is the end.
    ///
    /// It returns a view of bytes that stay as they are until it is called again, or something that owns its bytes,
    /// such as std::string, which is kept until then. A std::optional without a value says that there is nothing at the
    /// moment, and so does zst::would_block. What else it throws comes out of the function that wanted input; the
    /// stream stays usable.
    template <class Read, std::enable_if_t<std::is_invocable_v<Read &, std::size_t>, int> = 0>
    source(Read read) : raw_{} {
        using state = detail::reading<Read>;
        raw_.userdata = new state(std::move(read));
        raw_.read = state::on_read;
        raw_.drop = state::on_drop;
    }

    /// Reads blocks from `stream`, which stays where it is; its end sets no flags. Waits until a block is full.
    source(std::istream &stream) : source(detail::istream_blocks(stream)) {}

    /// Lends `src` as one block.
    static source from_memory(lent src) {
        return source(detail::made<zst_source>(zst_source_from_memory, src.data(), src.size()));
    }
    /// The same with bytes that it owns: `zst::source::own(std::move(text))`.
    template <class Container>
    static source own(Container content) {
        return source([content = std::move(content), given = false](std::size_t) mutable {
            return std::exchange(given, true) ? bytes_view() : bytes_view(content);
        });
    }
    /// A file, or whatever has this path.
    static source from_path(const std::string &path) {
        return source(detail::made<zst_source>(zst_source_from_path, path.c_str()));
    }
    /// A file descriptor, of a pipe or socket too. With `close_fd` it is the source's, also when this fails.
    static source from_fd(int fd, bool close_fd = false) {
        return source(detail::made<zst_source>(zst_source_from_fd, fd, std::int32_t{close_fd}));
    }

    source(source &&other) noexcept : raw_(other.release()) {}
    source &operator=(source &&other) noexcept {
        source taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~source() { zst_source_drop(&raw_); }
    void swap(source &other) noexcept { std::swap(raw_, other.raw_); }

    /// Gives it away, to a function of zst.h.
    [[nodiscard]] zst_source release() noexcept { return std::exchange(raw_, zst_source{}); }

private:
    zst_source raw_;
};

} // namespace zst
