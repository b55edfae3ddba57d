/// Frames behind the streams of the standard library.

#pragma once

#include <exception>
#include <istream>
#include <ostream>
#include <streambuf>

#include "compressor.hpp"
#include "decompressor.hpp"

namespace zst {

namespace detail {

/// Lends the pieces of an iterator to the stream: nothing is copied.
class reading_buffer : public std::streambuf {
public:
    explicit reading_buffer(decompressor_iterator &&pieces) noexcept : pieces_(std::move(pieces)) {}

protected:
    int_type underflow() override {
        setg(nullptr, nullptr, nullptr);
        const auto piece = pieces_.next();
        if (!piece) return traits_type::eof();
        // The stream does not write to it.
        char *begin = const_cast<char *>(piece->view().data());
        setg(begin, begin, begin + piece->size());
        return traits_type::to_int_type(*begin);
    }

private:
    decompressor_iterator pieces_;
};

/// Collects what is written, for a writer.
class writing_buffer : public std::streambuf {
public:
    explicit writing_buffer(compression_writer &&writer)
        : writer_(std::move(writer)), collected_(ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE) {
        collect_from(0);
    }

    /// Ends the frame.
    void close() {
        guarded([&] {
            drain();
            writer_.close();
            setp(nullptr, nullptr);
        });
    }

    /// Something was lost, or could have been.
    bool has_failed() const noexcept { return failed_; }

protected:
    int_type overflow(int_type next) override {
        guarded([&] { drain(); });
        if (traits_type::eq_int_type(next, traits_type::eof())) return traits_type::not_eof(next);
        const char byte = traits_type::to_char_type(next);
        if (epptr() == nullptr) {
            writer_.write({&byte, 1}); // closed: says so
        } else {
            sputc(byte);
        }
        return next;
    }

    int sync() override {
        guarded([&] {
            drain();
            writer_.flush(flush_mode::block);
        });
        return 0;
    }

private:
    void collect_from(std::size_t offset) noexcept {
        setp(collected_.data(), collected_.data() + collected_.size());
        pbump(static_cast<int>(offset));
    }

    /// Gives the writer what was collected.
    void drain() {
        while (pptr() > pbase()) {
            const bytes_view all(pbase(), static_cast<std::size_t>(pptr() - pbase()));
            try {
                const bytes_view rest = all.from(writer_.write(all).consumed);
                std::memmove(collected_.data(), rest.data(), rest.size());
                collect_from(rest.size());
            } catch (const would_block &) {
                throw; // nothing was taken in
            } catch (...) {
                collect_from(0); // all of it was
                throw;
            }
        }
    }

    template <class Body>
    void guarded(Body body) {
        try {
            body();
        } catch (const would_block &) {
            throw; // it can be done later
        } catch (...) {
            failed_ = true;
            throw;
        }
    }

    compression_writer writer_;
    std::vector<char> collected_;
    bool failed_ = false;
};

} // namespace detail

/// A std::istream with the content of all frames that `from` has: `zst::istream in(file);`.
///
/// What fails is thrown, as by everything else here, instead of looking like the end: damaged or cut input, and
/// exceptions of the source. After `in.exceptions(std::ios::goodbit)` it is not, and in.bad() tells. (But
/// `out << in.rdbuf()` keeps it from you: that operator of the standard does not throw what a buffer throws.)
class istream : public std::istream {
public:
    explicit istream(source from) : istream(std::move(from), decompressor()) {}
    /// `flags` are those of decompressor::read_to_iter().
    istream(source from, const decompressor &by, flag flags = flag::read_across_frames | flag::strict)
        : std::istream(nullptr),
          buffer_(std::make_unique<detail::reading_buffer>(by.read_to_iter(std::move(from), flags))) {
        rdbuf(buffer_.get());
        exceptions(badbit);
    }

    istream(istream &&other) : std::istream(std::move(other)), buffer_(std::move(other.buffer_)) {
        set_rdbuf(buffer_.get());
        other.exceptions(goodbit);
        other.rdbuf(nullptr);
    }

private:
    std::unique_ptr<detail::reading_buffer> buffer_;
};

/// A std::ostream that compresses to `to`: `zst::ostream out(file); out << text; out.close();`.
///
/// - close() ends the frame, closes the sink, and throws what fails.
/// - The destructor does the same, and keeps to itself what fails. It leaves the frame without an end, so that no reader
///   takes a part for the whole, when something has failed before, or when an exception is on its way through.
/// - std::flush, and so std::endl, ends a block: a reader can decode all that was written before.
/// - What fails is thrown, as in zst::istream.
class ostream : public std::ostream {
public:
    explicit ostream(sink to, std::int32_t level = 3) : ostream(std::move(to), compressor(level)) {}
    /// `size` is the number of bytes that are going to be written, if that is known.
    ostream(sink to, const compressor &by, std::uint64_t size = content_size_unknown)
        : std::ostream(nullptr),
          buffer_(std::make_unique<detail::writing_buffer>(by.stream_writer(std::move(to), size))) {
        rdbuf(buffer_.get());
        exceptions(badbit);
    }

    ostream(ostream &&other)
        : std::ostream(std::move(other)), buffer_(std::move(other.buffer_)), uncaught_(other.uncaught_) {
        set_rdbuf(buffer_.get());
        other.exceptions(goodbit);
        other.rdbuf(nullptr);
    }

    ~ostream() override {
        if (!buffer_ || buffer_->has_failed() || std::uncaught_exceptions() > uncaught_) return;
        try {
            buffer_->close();
        } catch (...) {
        }
    }

    /// Ends the frame and closes the sink. Closing again does nothing.
    void close() {
        if (buffer_) buffer_->close();
    }

private:
    std::unique_ptr<detail::writing_buffer> buffer_;
    int uncaught_ = std::uncaught_exceptions();
};

} // namespace zst
