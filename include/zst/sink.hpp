/// Where streams bring their output.

#pragma once

#include <ostream>

#include "bytes.hpp"

namespace zst {

namespace detail {

/// A flush or a close that does nothing.
struct nothing {
    void operator()() const noexcept {}
};

/// A zst_sink that gives pieces to callables.
template <class Write, class Flush, class Close>
struct writing {
    Write write;
    Flush flush;
    Close close;

    writing(Write &&write_taken, Flush &&flush_taken, Close &&close_taken)
        : write(std::move(write_taken)), flush(std::move(flush_taken)), close(std::move(close_taken)) {}

    static std::int32_t on_write(void *userdata, const std::uint8_t *data, std::size_t len,
                                 std::size_t *out_written) noexcept {
        using result = std::invoke_result_t<Write &, bytes_view>;
        static_assert(std::is_void_v<result> || (std::is_integral_v<result> && !std::is_same_v<result, bool>),
                      "it returns nothing, or how many bytes it has taken");
        auto &self = *static_cast<writing *>(userdata);
        return callback([&] {
            if constexpr (std::is_void_v<result>) {
                self.write(bytes_view(data, len));
                *out_written = len;
            } else {
                *out_written = static_cast<std::size_t>(self.write(bytes_view(data, len)));
            }
            return 0;
        });
    }

    static std::int32_t on_flush(void *userdata) noexcept {
        return callback([&] { return static_cast<writing *>(userdata)->flush(), 0; });
    }

    static std::int32_t on_close(void *userdata) noexcept {
        return callback([&] { return static_cast<writing *>(userdata)->close(), 0; });
    }

    static void on_drop(void *userdata) noexcept { delete static_cast<writing *>(userdata); }
};

} // namespace detail

/// A place for the output of a stream. What it is given to takes it over.
class sink {
public:
    /// Takes over a sink with callbacks in C.
    explicit sink(const zst_sink &raw) noexcept : raw_(raw) {}

    /// `write(zst::bytes_view piece)` takes a piece. It returns nothing; or how many bytes it has taken, and is called
    /// again with the rest. 0 says that it cannot take any at the moment, and so does zst::would_block. What else it
    /// throws comes out of the function that had output; nothing of the piece counts as taken then.
    ///
    /// `flush()` brings everything on its way, `close()` is called when there is nothing more to come.
    template <class Write, class Flush = detail::nothing, class Close = detail::nothing,
              std::enable_if_t<std::is_invocable_v<Write &, bytes_view>, int> = 0>
    sink(Write write, Flush flush = {}, Close close = {}) : raw_{} {
        using state = detail::writing<Write, Flush, Close>;
        raw_.userdata = new state(std::move(write), std::move(flush), std::move(close));
        raw_.write = state::on_write;
        raw_.flush = state::on_flush;
        raw_.close = state::on_close;
        raw_.drop = state::on_drop;
    }

    /// Writes to `stream`, which stays where it is, and flushes it when there is nothing more to come.
    sink(std::ostream &stream)
        : sink(
              [&stream](bytes_view piece) {
                  check(stream.write(piece.view().data(), static_cast<std::streamsize>(piece.size())));
              },
              [&stream] { check(stream.flush()); }, [&stream] { check(stream.flush()); }) {}

    /// Appends to `out`, which stays where it is until the sink has been dropped.
    static sink to_bytes(bytes &out) { return sink(detail::made<zst_sink>(zst_sink_to_bytes, out.get())); }
    /// Appends to a std::string or a std::vector, which stays where it is.
    template <class Container>
    static sink append_to(Container &out) {
        using element = typename Container::value_type;
        static_assert(detail::is_byte<element>);
        return sink([&out](bytes_view piece) {
            const auto *first = reinterpret_cast<const element *>(piece.data());
            out.insert(out.end(), first, first + piece.size());
        });
    }
    /// The file with this path, which is made, or emptied.
    static sink to_path(const std::string &path) {
        return sink(detail::made<zst_sink>(zst_sink_to_path, path.c_str()));
    }
    /// A file descriptor, of a pipe or socket too. With `close_fd` it is the sink's, also when this fails.
    static sink to_fd(int fd, bool close_fd = false) {
        return sink(detail::made<zst_sink>(zst_sink_to_fd, fd, std::int32_t{close_fd}));
    }

    sink(sink &&other) noexcept : raw_(other.release()) {}
    sink &operator=(sink &&other) noexcept {
        sink taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~sink() { zst_sink_drop(&raw_); }
    void swap(sink &other) noexcept { std::swap(raw_, other.raw_); }

    /// Gives it away, to a function of zst.h.
    [[nodiscard]] zst_sink release() noexcept { return std::exchange(raw_, zst_sink{}); }

private:
    static void check(const std::ostream &stream) {
        if (!stream) detail::fail(ZST_ERROR_SINK, "the std::ostream to write to has failed, or is not open");
    }

    zst_sink raw_;
};

} // namespace zst
