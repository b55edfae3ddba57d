/// Compression: in one step, in streams, in batches.

#pragma once

#include "compression_dict.hpp"
#include "streams.hpp"

namespace zst {

/// A stream to read a frame from, which reads its content from a source.
class compression_reader : public detail::handle<zst_compression_reader, zst_compression_reader_free> {
public:
    using handle::handle;

    /// `size` bytes of the frame, or what is left of it; nothing at the end.
    bytes read(std::size_t size) const {
        return bytes(detail::made<zst_bytes>(zst_compression_reader_read, get(), size));
    }
    /// The same, as soon as there is anything.
    bytes read1(std::size_t size) const {
        return bytes(detail::made<zst_bytes>(zst_compression_reader_read1, get(), size));
    }
    /// Reads until `dst` is full or the frame ends. The number of bytes, 0 at the end.
    std::size_t readinto(writable_bytes dst) const {
        return detail::made<std::size_t>(zst_compression_reader_readinto, get(), dst.data(), dst.size());
    }
    /// The same, as soon as there is anything.
    std::size_t readinto1(writable_bytes dst) const {
        return detail::made<std::size_t>(zst_compression_reader_readinto1, get(), dst.data(), dst.size());
    }
    /// What is left of the frame; what there is when the source would block.
    bytes readall() const { return bytes(detail::made<zst_bytes>(zst_compression_reader_readall, get())); }
    /// Gives back the last bytes that were read, which are those of `src`: they come first in the next read.
    void unread(bytes_view src) const { detail::call(zst_compression_reader_unread, get(), src.data(), src.size()); }

    /// Bytes that have been read so far.
    std::uint64_t tell() const noexcept { return zst_compression_reader_tell(get()); }
    /// Drops the source.
    void close() const { detail::call(zst_compression_reader_close, get()); }
    bool closed() const noexcept { return zst_compression_reader_closed(get()) != 0; }
    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compression_reader_frame_progression, get());
    }
};

/// A stream to write content to, which writes frames to a sink. Destroying it does not end the frame: close() does.
class compression_writer : public detail::handle<zst_compression_writer, zst_compression_writer_free> {
public:
    using handle::handle;

    /// Takes `src` in, and gives the sink what has become ready. When the sink has failed, all of `src` has been taken
    /// in nonetheless; after zst::would_block, none of it.
    write_result write(bytes_view src) const {
        write_result result{};
        detail::call(zst_compression_writer_write, get(), src.data(), src.size(), &result.consumed, &result.written);
        return result;
    }
    /// Gives the sink everything that was written so far, and calls its flush. Bytes that the sink has taken.
    std::size_t flush(flush_mode mode = flush_mode::block) const {
        return detail::made<std::size_t>(zst_compression_writer_flush, get(),
                                         mode == flush_mode::frame ? ZST_FLUSH_FRAME : ZST_FLUSH_BLOCK);
    }
    /// Bytes that the sink has taken so far.
    std::uint64_t tell() const noexcept { return zst_compression_writer_tell(get()); }
    /// Ends the frame, and closes and drops the sink.
    void close() const { detail::call(zst_compression_writer_close, get()); }
    bool closed() const noexcept { return zst_compression_writer_closed(get()) != 0; }
    std::size_t memory_size() const { return detail::made<std::size_t>(zst_compression_writer_memory_size, get()); }
    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compression_writer_frame_progression, get());
    }
};

/// A frame, piece by piece, whose content is read from a source.
class compressor_iterator : public detail::handle<zst_compressor_iterator, zst_compressor_iterator_free> {
public:
    using handle::handle;
    using pieces = detail::pieces<zst_compressor_iterator, zst_compressor_iterator_next>;

    /// The next piece, valid until the next one is asked for; nothing at the end.
    std::optional<bytes_view> next() const & { return pieces(get()).next(); }
    std::optional<bytes_view> next() const && = delete;
    /// The same at `dst`, without a copy: the length of the piece, or nothing at the end.
    std::optional<std::size_t> next_into(writable_bytes dst) const {
        std::size_t len = 0;
        if (!detail::call(zst_compressor_iterator_next_into, get(), dst.data(), dst.size(), &len)) return std::nullopt;
        return len;
    }
    /// Every piece once: `for (zst::bytes_view piece : compressor.read_to_iter(source))`.
    pieces::iterator begin() const { return pieces(get()).begin(); }
    pieces::iterator end() const noexcept { return {}; }

    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compressor_iterator_frame_progression, get());
    }
};

/// Compression by pushing, of one frame: give input piece by piece, take what is ready.
class compression_obj : public detail::handle<zst_compression_obj, zst_compression_obj_free> {
public:
    using handle::handle;

    /// Takes `src` in. What has become ready, which is often nothing.
    bytes compress(bytes_view src) const {
        return bytes(detail::made<zst_bytes>(zst_compression_obj_compress, get(), src.data(), src.size()));
    }
    /// Everything that was taken in. With flush_mode::frame the object ends.
    bytes flush(flush_mode mode = flush_mode::frame) const {
        return bytes(detail::made<zst_bytes>(zst_compression_obj_flush, get(), number(mode)));
    }
    /// Takes in as much of `src` as there is room for what becomes ready. When some of it is left, call it again with
    /// that.
    into_result compress_into(bytes_view src, writable_bytes dst) const {
        into_result result{};
        detail::call(zst_compression_obj_compress_into, get(), src.data(), src.size(), dst.data(), dst.size(),
                     &result.len, &result.src_used);
        return result;
    }
    struct flush_result {
        /// Bytes at `dst`.
        std::size_t len;
        /// That was all. Otherwise there was too little room: call it again with the same mode.
        bool done;
    };
    flush_result flush_into(flush_mode mode, writable_bytes dst) const {
        flush_result result{};
        result.done = !detail::call(zst_compression_obj_flush_into, get(), number(mode), dst.data(), dst.size(),
                                    &result.len);
        return result;
    }
    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compression_obj_frame_progression, get());
    }

private:
    static std::int32_t number(flush_mode mode) noexcept {
        return mode == flush_mode::frame ? ZST_COMPRESSOBJ_FLUSH_FINISH : ZST_COMPRESSOBJ_FLUSH_BLOCK;
    }
};

/// Compression by pushing, of one frame, with output in pieces of one size: `for (zst::bytes_view piece :
/// chunker.compress(text))`. Go through all pieces before the next call.
class compression_chunker : public detail::handle<zst_compression_chunker, zst_compression_chunker_free> {
public:
    using handle::handle;
    using pieces = detail::pieces<zst_compression_chunker, zst_compression_chunker_next>;

    /// `src` stays as it is until the last piece has been taken.
    pieces compress(lent src) const & {
        detail::call(zst_compression_chunker_compress, get(), src.data(), src.size());
        return pieces(get());
    }
    pieces compress(lent src) const && = delete;
    /// Everything that was taken in so far. The last piece may be shorter.
    pieces flush() const & {
        detail::call(zst_compression_chunker_flush, get());
        return pieces(get());
    }
    pieces flush() const && = delete;
    /// The same, and the end of the frame.
    pieces finish() const & {
        detail::call(zst_compression_chunker_finish, get());
        return pieces(get());
    }
    pieces finish() const && = delete;
    /// The next piece, valid until the next one is asked for; nothing at the end.
    std::optional<bytes_view> next() const & { return pieces(get()).next(); }
    std::optional<bytes_view> next() const && = delete;

    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compression_chunker_frame_progression, get());
    }
};

/// A compressor: settings, and contexts that are reused. One serves any number of threads, in parallel.
class compressor : public detail::handle<zst_compressor, zst_compressor_free> {
public:
    using handle::handle;

    explicit compressor(std::int32_t level = 3)
        : handle(detail::made<zst_compressor *>(zst_compressor_new, level, nullptr)) {}
    compressor(std::int32_t level, const compression_dict &dict)
        : handle(detail::made<zst_compressor *>(zst_compressor_new, level, detail::needed(dict))) {}
    explicit compressor(const compression_parameters &parameters)
        : handle(detail::made<zst_compressor *>(zst_compressor_new_from_parameters, parameters.get(), nullptr)) {}
    compressor(const compression_parameters &parameters, const compression_dict &dict)
        : handle(detail::made<zst_compressor *>(zst_compressor_new_from_parameters, parameters.get(),
                                                detail::needed(dict))) {}

    /// One frame.
    bytes compress(bytes_view src) const {
        return bytes(detail::made<zst_bytes>(zst_compressor_compress, get(), src.data(), src.size()));
    }
    /// One frame at `dst`, for which zst::compress_bound(src.size()) bytes are enough. Its size.
    std::size_t compress_into(bytes_view src, writable_bytes dst) const {
        return detail::made<std::size_t>(zst_compressor_compress_into, get(), src.data(), src.size(), dst.data(),
                                         dst.size());
    }
    /// How far the operation has come that was started last, also from another thread.
    zst_frame_progression frame_progression() const {
        return detail::made<zst_frame_progression>(zst_compressor_frame_progression, get());
    }
    /// Bytes of memory that the context of that operation uses.
    std::size_t memory_size() const { return detail::made<std::size_t>(zst_compressor_memory_size, get()); }

    // Streams. `size` is the number of bytes that are going to come, if that is known: it tunes the parameters, is
    // recorded in the frame, and is checked.

    compression_reader stream_reader(source from, std::uint64_t size = content_size_unknown,
                                     std::size_t read_size = ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE) const {
        const zst_source raw = from.release();
        return compression_reader(
            detail::made<zst_compression_reader *>(zst_compressor_stream_reader, get(), &raw, size, read_size));
    }
    compression_writer stream_writer(sink to, std::uint64_t size = content_size_unknown,
                                     std::size_t write_size = ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_sink raw = to.release();
        return compression_writer(
            detail::made<zst_compression_writer *>(zst_compressor_stream_writer, get(), &raw, size, write_size));
    }
    compressor_iterator read_to_iter(source from, std::uint64_t size = content_size_unknown,
                                     std::size_t read_size = ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE,
                                     std::size_t write_size = ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_source raw = from.release();
        return compressor_iterator(detail::made<zst_compressor_iterator *>(zst_compressor_read_to_iter, get(), &raw,
                                                                           size, read_size, write_size));
    }
    compression_obj compressobj(std::uint64_t size = content_size_unknown) const {
        return compression_obj(detail::made<zst_compression_obj *>(zst_compressor_compressobj, get(), size));
    }
    compression_chunker chunker(std::uint64_t size = content_size_unknown,
                                std::size_t chunk_size = ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        return compression_chunker(
            detail::made<zst_compression_chunker *>(zst_compressor_chunker, get(), size, chunk_size));
    }

    /// Compresses everything that the source gives into one frame for the sink, and closes the sink.
    copy_result copy_stream(source from, sink to, std::uint64_t size = content_size_unknown,
                            const progress &report = {}, std::size_t read_size = ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE,
                            std::size_t write_size = ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_source raw_source = from.release();
        const zst_sink raw_sink = to.release();
        const zst_progress raw_progress = report.get();
        copy_result result{};
        detail::call(zst_compressor_copy_stream, get(), &raw_source, &raw_sink, size, read_size, write_size,
                     &raw_progress, &result.bytes_read, &result.bytes_written);
        return result;
    }

    // Batches: each item becomes a frame of its own, in the order of the items. `threads` negative: all CPUs.

    /// Of a container of anything with bytes.
    template <class Items>
    buffer_with_segments_collection multi_compress_to_buffer(const Items &items, std::int32_t threads = 0) const {
        const std::vector<zst_slice> slices = detail::slices(items);
        return collection(zst_compressor_multi_compress_to_buffer, get(), slices.data(), slices.size(), threads);
    }
    buffer_with_segments_collection multi_compress_to_buffer(std::initializer_list<bytes_view> items,
                                                             std::int32_t threads = 0) const {
        return multi_compress_to_buffer<std::initializer_list<bytes_view>>(items, threads);
    }
    buffer_with_segments_collection multi_compress_to_buffer(const buffer_with_segments &buffer,
                                                             std::int32_t threads = 0) const {
        return collection(zst_compressor_multi_compress_to_buffer_from_buffer, get(), buffer.get(), threads);
    }
    buffer_with_segments_collection multi_compress_to_buffer(const buffer_with_segments_collection &buffers,
                                                             std::int32_t threads = 0) const {
        return collection(zst_compressor_multi_compress_to_buffer_from_collection, get(), buffers.get(), threads);
    }

private:
    template <class Function, class... Arguments>
    static buffer_with_segments_collection collection(Function function, Arguments... arguments) {
        return buffer_with_segments_collection(
            detail::made<zst_buffer_with_segments_collection *>(function, arguments...));
    }
};

/// One frame at `level`. Contexts are kept for the next call.
inline bytes compress(bytes_view src, std::int32_t level = 3) {
    return bytes(detail::made<zst_bytes>(zst_compress, src.data(), src.size(), level));
}

/// A size that is enough for the frame of any `src_len` bytes; 0 when that is too much for one piece.
inline std::size_t compress_bound(std::size_t src_len) noexcept { return zst_compress_bound(src_len); }

} // namespace zst
