/// Decompression: in one step, in streams, in batches.

#pragma once

#include "decompression_parameters.hpp"
#include "streams.hpp"

namespace zst {

/// ZST_DECOMPRESS_*, where each is explained; to be joined by |.
enum class flag : std::int32_t {
    none = 0,
    read_across_frames = ZST_DECOMPRESS_READ_ACROSS_FRAMES,
    refuse_extra_data = ZST_DECOMPRESS_REFUSE_EXTRA_DATA,
    require_content_size = ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE,
    strict = ZST_DECOMPRESS_STRICT,
    allow_truncated = ZST_DECOMPRESS_ALLOW_TRUNCATED,
};

constexpr flag operator|(flag a, flag b) noexcept {
    return static_cast<flag>(static_cast<std::int32_t>(a) | static_cast<std::int32_t>(b));
}

/// A stream to read content from, which reads frames from a source.
class decompression_reader : public detail::handle<zst_decompression_reader, zst_decompression_reader_free> {
public:
    using handle::handle;

    /// `size` bytes of content, or what is left; without flag::read_across_frames, no further than to the end of a
    /// frame. Nothing at the end.
    bytes read(std::size_t size) const {
        return bytes(detail::made<zst_bytes>(zst_decompression_reader_read, get(), size));
    }
    /// The same, as soon as there is anything.
    bytes read1(std::size_t size) const {
        return bytes(detail::made<zst_bytes>(zst_decompression_reader_read1, get(), size));
    }
    /// Reads until `dst` is full or the end is reached. The number of bytes, 0 at the end.
    std::size_t readinto(writable_bytes dst) const {
        return detail::made<std::size_t>(zst_decompression_reader_readinto, get(), dst.data(), dst.size());
    }
    /// The same, as soon as there is anything.
    std::size_t readinto1(writable_bytes dst) const {
        return detail::made<std::size_t>(zst_decompression_reader_readinto1, get(), dst.data(), dst.size());
    }
    /// Everything that is left, over all frames; what there is when the source would block.
    bytes readall() const { return bytes(detail::made<zst_bytes>(zst_decompression_reader_readall, get())); }
    /// Gives back the last bytes that were read, which are those of `src`: they come first in the next read.
    void unread(bytes_view src) const { detail::call(zst_decompression_reader_unread, get(), src.data(), src.size()); }

    /// Moves forward by decoding, from the start (SEEK_SET) or from here (SEEK_CUR). The new position.
    std::uint64_t seek(std::int64_t offset, int whence = 0) const {
        return detail::made<std::uint64_t>(zst_decompression_reader_seek, get(), offset, whence);
    }
    /// Bytes that have been read so far.
    std::uint64_t tell() const noexcept { return zst_decompression_reader_tell(get()); }
    /// Drops the source.
    void close() const { detail::call(zst_decompression_reader_close, get()); }
    bool closed() const noexcept { return zst_decompression_reader_closed(get()) != 0; }
    /// Whether everything that was taken in are complete frames.
    bool at_frame_end() const noexcept { return zst_decompression_reader_at_frame_end(get()) != 0; }
};

/// A stream to write frames to, cut anywhere, which writes their content to a sink. Destroying it does not close the
/// sink: close() does.
class decompression_writer : public detail::handle<zst_decompression_writer, zst_decompression_writer_free> {
public:
    using handle::handle;

    /// Takes `src` in, and gives the sink its content. When the sink has failed, all of `src` has been taken in
    /// nonetheless; after zst::would_block, none of it.
    write_result write(bytes_view src) const {
        write_result result{};
        detail::call(zst_decompression_writer_write, get(), src.data(), src.size(), &result.consumed, &result.written);
        return result;
    }
    /// Gives the sink everything that could be decoded so far, and calls its flush. Bytes that the sink has taken.
    std::size_t flush() const { return detail::made<std::size_t>(zst_decompression_writer_flush, get()); }
    /// Bytes that the sink has taken so far.
    std::uint64_t tell() const noexcept { return zst_decompression_writer_tell(get()); }
    /// Flushes, and closes and drops the sink.
    void close() const { detail::call(zst_decompression_writer_close, get()); }
    bool closed() const noexcept { return zst_decompression_writer_closed(get()) != 0; }
    std::size_t memory_size() const { return detail::made<std::size_t>(zst_decompression_writer_memory_size, get()); }
    /// Whether everything that was taken in are complete frames.
    bool at_frame_end() const noexcept { return zst_decompression_writer_at_frame_end(get()) != 0; }
};

/// The content of a frame, or of all, piece by piece, which is read from a source.
class decompressor_iterator : public detail::handle<zst_decompressor_iterator, zst_decompressor_iterator_free> {
public:
    using handle::handle;
    using pieces = detail::pieces<zst_decompressor_iterator, zst_decompressor_iterator_next>;

    /// The next piece, valid until the next one is asked for; nothing at the end.
    std::optional<bytes_view> next() const & { return pieces(get()).next(); }
    std::optional<bytes_view> next() const && = delete;
    /// The same at `dst`, without a copy: the length of the piece, or nothing at the end.
    std::optional<std::size_t> next_into(writable_bytes dst) const {
        std::size_t len = 0;
        if (!detail::call(zst_decompressor_iterator_next_into, get(), dst.data(), dst.size(), &len)) return std::nullopt;
        return len;
    }
    /// Every piece once: `for (zst::bytes_view piece : decompressor.read_to_iter(source))`.
    pieces::iterator begin() const { return pieces(get()).begin(); }
    pieces::iterator end() const noexcept { return {}; }

    /// At the end, what was read along behind the one frame. Valid until the next piece is asked for.
    bytes_view unused_data() const & {
        const std::uint8_t *data = nullptr;
        std::size_t len = 0;
        detail::call(zst_decompressor_iterator_unused_data, get(), &data, &len);
        return {data, len};
    }
    bytes_view unused_data() const && = delete;
};

/// Decompression by pushing: give input piece by piece, cut anywhere, take its content.
class decompression_obj : public detail::handle<zst_decompression_obj, zst_decompression_obj_free> {
public:
    using handle::handle;

    /// Takes `src` in. The content that has become ready. `*src_used` becomes the number of bytes that were used: all
    /// of them, or those up to the end of the one frame.
    bytes decompress(bytes_view src, std::size_t *src_used = nullptr) const {
        zst_bytes out{};
        detail::call(zst_decompression_obj_decompress, get(), src.data(), src.size(), &out, src_used);
        return bytes(out);
    }
    /// Takes in as much of `src` as there is room for its content. When `dst` is full, or some of `src` is left, call
    /// it again with the rest of `src`, unless the one frame has ended.
    into_result decompress_into(bytes_view src, writable_bytes dst) const {
        into_result result{};
        detail::call(zst_decompression_obj_decompress_into, get(), src.data(), src.size(), dst.data(), dst.size(),
                     &result.len, &result.src_used);
        return result;
    }
    /// Whether the one frame has ended; never with flag::read_across_frames.
    bool eof() const noexcept { return zst_decompression_obj_eof(get()) != 0; }
    /// Whether everything that was taken in are complete frames.
    bool at_frame_end() const noexcept { return zst_decompression_obj_at_frame_end(get()) != 0; }
};

/// Decompression by pushing, of all frames, with output in pieces of one size: `for (zst::bytes_view piece :
/// chunker.decompress(frames))`. Go through all pieces before the next call; at the end there is finish().
class decompression_chunker : public detail::handle<zst_decompression_chunker, zst_decompression_chunker_free> {
public:
    using handle::handle;
    using pieces = detail::pieces<zst_decompression_chunker, zst_decompression_chunker_next>;

    /// `src` stays as it is until the last piece has been taken.
    pieces decompress(lent src) const & {
        detail::call(zst_decompression_chunker_decompress, get(), src.data(), src.size());
        return pieces(get());
    }
    pieces decompress(lent src) const && = delete;
    /// There is no more input: the last piece, which may be shorter. zst::truncated when the input ended inside a
    /// frame; next() has what there was of it then.
    pieces finish() const & {
        detail::call(zst_decompression_chunker_finish, get());
        return pieces(get());
    }
    pieces finish() const && = delete;
    /// The next piece, valid until the next one is asked for; nothing at the end.
    std::optional<bytes_view> next() const & { return pieces(get()).next(); }
    std::optional<bytes_view> next() const && = delete;
};

/// A decompressor: settings, and contexts that are reused. One serves any number of threads, in parallel.
class decompressor : public detail::handle<zst_decompressor, zst_decompressor_free> {
public:
    using handle::handle;

    decompressor() : handle(detail::made<zst_decompressor *>(zst_decompressor_new, nullptr)) {}
    explicit decompressor(const compression_dict &dict)
        : handle(detail::made<zst_decompressor *>(zst_decompressor_new, detail::needed(dict))) {}
    explicit decompressor(const decompression_parameters &parameters)
        : handle(detail::made<zst_decompressor *>(zst_decompressor_new_from_parameters, parameters.get(), nullptr)) {}
    /// `dict` comes before the dictionaries of `parameters`.
    decompressor(const decompression_parameters &parameters, const compression_dict &dict)
        : handle(detail::made<zst_decompressor *>(zst_decompressor_new_from_parameters, parameters.get(),
                                                  detail::needed(dict))) {}

    /// The content of the first frame, or of all. `max_output_size` limits it, 0 is no limit; a frame that records its
    /// size is limited by d_parameter::max_output_size only. `*src_used` becomes the number of bytes up to the end of
    /// the last frame that was decoded.
    bytes decompress(bytes_view src, std::uint64_t max_output_size = 0, flag flags = flag::none,
                     std::size_t *src_used = nullptr) const {
        zst_bytes out{};
        detail::call(zst_decompressor_decompress, get(), src.data(), src.size(), max_output_size, number(flags), &out,
                     src_used);
        return bytes(out);
    }
    /// The same into `dst`. The size of the content.
    std::size_t decompress_into(bytes_view src, writable_bytes dst, std::uint64_t max_output_size = 0,
                                flag flags = flag::none, std::size_t *src_used = nullptr) const {
        std::size_t len = 0;
        detail::call(zst_decompressor_decompress_into, get(), src.data(), src.size(), max_output_size, number(flags),
                     dst.data(), dst.size(), &len, src_used);
        return len;
    }
    /// The content of the last frame of a chain, in which each frame is the prefix dictionary of the next.
    template <class Frames>
    bytes decompress_content_dict_chain(const Frames &frames) const {
        const std::vector<zst_slice> slices = detail::slices(frames);
        return bytes(detail::made<zst_bytes>(zst_decompressor_decompress_content_dict_chain, get(), slices.data(),
                                             slices.size()));
    }
    bytes decompress_content_dict_chain(std::initializer_list<bytes_view> frames) const {
        return decompress_content_dict_chain<std::initializer_list<bytes_view>>(frames);
    }
    /// Bytes of memory that the context of the operation uses that was started last.
    std::size_t memory_size() const { return detail::made<std::size_t>(zst_decompressor_memory_size, get()); }

    /// `flags`: flag::read_across_frames, flag::strict.
    decompression_reader stream_reader(source from, flag flags = flag::none,
                                       std::size_t read_size = ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE) const {
        const zst_source raw = from.release();
        return decompression_reader(detail::made<zst_decompression_reader *>(zst_decompressor_stream_reader, get(),
                                                                             &raw, read_size, number(flags)));
    }
    /// `flags`: flag::strict.
    decompression_writer stream_writer(sink to, flag flags = flag::none,
                                       std::size_t write_size = ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_sink raw = to.release();
        return decompression_writer(detail::made<zst_decompression_writer *>(zst_decompressor_stream_writer, get(),
                                                                             &raw, write_size, number(flags)));
    }
    /// `flags`: flag::read_across_frames, flag::strict. `skip_bytes` at the beginning of the input are left out.
    decompressor_iterator read_to_iter(source from, flag flags = flag::none, std::size_t skip_bytes = 0,
                                       std::size_t read_size = ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE,
                                       std::size_t write_size = ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_source raw = from.release();
        return decompressor_iterator(detail::made<zst_decompressor_iterator *>(
            zst_decompressor_read_to_iter, get(), &raw, read_size, write_size, skip_bytes, number(flags)));
    }
    /// `flags`: flag::read_across_frames.
    decompression_obj decompressobj(flag flags = flag::none) const {
        return decompression_obj(
            detail::made<zst_decompression_obj *>(zst_decompressor_decompressobj, get(), number(flags)));
    }
    decompression_chunker chunker(std::size_t chunk_size = ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        return decompression_chunker(
            detail::made<zst_decompression_chunker *>(zst_decompressor_chunker, get(), chunk_size));
    }

    /// Decompresses everything that the source gives, all frames of it, for the sink, and closes the sink. `flags`:
    /// flag::allow_truncated.
    copy_result copy_stream(source from, sink to, flag flags = flag::none, const progress &report = {},
                            std::size_t read_size = ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE,
                            std::size_t write_size = ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE) const {
        const zst_source raw_source = from.release();
        const zst_sink raw_sink = to.release();
        const zst_progress raw_progress = report.get();
        copy_result result{};
        detail::call(zst_decompressor_copy_stream, get(), &raw_source, &raw_sink, read_size, write_size, number(flags),
                     &raw_progress, &result.bytes_read, &result.bytes_written);
        return result;
    }

    // Batches: the content of the first frame of each item, in the order of the items. `threads` negative: all CPUs.
    // `sizes` are those of the contents, 0 where the frame records it; none when all do.

    /// Of a container of anything with bytes.
    template <class Items>
    buffer_with_segments_collection multi_decompress_to_buffer(const Items &items, std::int32_t threads = 0,
                                                               const std::vector<std::uint64_t> &sizes = {}) const {
        const std::vector<zst_slice> slices = detail::slices(items);
        return collection(zst_decompressor_multi_decompress_to_buffer, threads, sizes, slices.data(), slices.size());
    }
    buffer_with_segments_collection multi_decompress_to_buffer(std::initializer_list<bytes_view> items,
                                                               std::int32_t threads = 0,
                                                               const std::vector<std::uint64_t> &sizes = {}) const {
        return multi_decompress_to_buffer<std::initializer_list<bytes_view>>(items, threads, sizes);
    }
    buffer_with_segments_collection multi_decompress_to_buffer(const buffer_with_segments &buffer,
                                                               std::int32_t threads = 0,
                                                               const std::vector<std::uint64_t> &sizes = {}) const {
        return collection(zst_decompressor_multi_decompress_to_buffer_from_buffer, threads, sizes, buffer.get());
    }
    buffer_with_segments_collection multi_decompress_to_buffer(const buffer_with_segments_collection &buffers,
                                                               std::int32_t threads = 0,
                                                               const std::vector<std::uint64_t> &sizes = {}) const {
        return collection(zst_decompressor_multi_decompress_to_buffer_from_collection, threads, sizes, buffers.get());
    }

private:
    static std::int32_t number(flag flags) noexcept { return static_cast<std::int32_t>(flags); }

    template <class Function, class... Items>
    buffer_with_segments_collection collection(Function function, std::int32_t threads,
                                               const std::vector<std::uint64_t> &sizes, Items... items) const {
        const void *data = sizes.empty() ? nullptr : sizes.data();
        return buffer_with_segments_collection(detail::made<zst_buffer_with_segments_collection *>(
            function, get(), items..., data, sizes.size() * sizeof(std::uint64_t), threads));
    }
};

/// The content of the first frame. `max_output_size` is as in decompressor::decompress(): for input that you do not
/// trust, use a decompressor with d_parameter::max_output_size.
inline bytes decompress(bytes_view src, std::uint64_t max_output_size = 0) {
    return bytes(detail::made<zst_bytes>(zst_decompress, src.data(), src.size(), max_output_size));
}

/// Bytes of memory that a fresh decompression context uses.
inline std::size_t estimate_decompression_context_size() noexcept { return zst_estimate_decompression_context_size(); }

} // namespace zst
