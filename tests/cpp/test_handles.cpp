// What all handles have in common: they move, are safe when empty, go in any order, and serve several threads.

#include <atomic>
#include <thread>
#if __has_include(<ranges>)
#include <ranges>
#endif

#include "streams.hpp"

namespace {

const std::string text = make_text(100000);

/// Moved, not copied, and moving does not fail.
template <class... T>
constexpr bool are_handles = ((std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                               !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                               std::is_nothrow_destructible_v<T>) &&
                              ...);
static_assert(
    are_handles<zst::bytes, zst::source, zst::sink, zst::compression_dict, zst::compression_parameters,
                zst::decompression_parameters, zst::buffer_with_segments, zst::buffer_with_segments_collection,
                zst::compressor, zst::compression_reader, zst::compression_writer, zst::compressor_iterator,
                zst::compression_obj, zst::compression_chunker, zst::decompressor, zst::decompression_reader,
                zst::decompression_writer, zst::decompressor_iterator, zst::decompression_obj,
                zst::decompression_chunker>);
static_assert(sizeof(zst::compressor) == sizeof(void *) && sizeof(zst::bytes) == sizeof(zst_bytes));
static_assert(std::is_nothrow_destructible_v<zst::istream> && std::is_nothrow_destructible_v<zst::ostream>);
static_assert(!std::is_copy_constructible_v<zst::istream> && !std::is_copy_constructible_v<zst::ostream>);
// Exceptions can be copied while they are thrown.
static_assert(std::is_nothrow_copy_constructible_v<zst::error> && std::is_nothrow_copy_constructible_v<zst::truncated>);

#ifdef __cpp_lib_ranges
static_assert(std::ranges::input_range<zst::compressor_iterator> &&
              std::ranges::input_range<zst::decompressor_iterator>);
static_assert(std::ranges::input_range<zst::compression_chunker::pieces>);
static_assert(std::ranges::input_range<zst::buffer_with_segments_collection>);
static_assert(std::ranges::contiguous_range<zst::bytes> && std::ranges::contiguous_range<zst::bytes_view>);
#endif

bool refused(const std::function<void()> &call) { return fails(ZST_ERROR_ARGUMENT, "", call); }

/// Each is moved from and used.
void empty_handles() {
    zst::compression_dict dict = make_dictionary();
    const zst::compression_dict moved_dict = std::move(dict);
    CHECK(!dict && dict.get() == nullptr && moved_dict && moved_dict.id() != 0);
    CHECK(dict.id() == 0 && dict.k() == 0 && dict.d() == 0 && dict.type() == zst::dict_type::automatic);
    CHECK(refused([&] { dict.as_bytes(); }) && refused([&] { dict.precompute_compress(3); }));
    // NULL would be no dictionary.
    CHECK(refused([&] { zst::compressor(3, dict); }) && refused([&] { zst::decompressor{dict}; }));

    zst::compression_parameters parameters;
    const zst::compression_parameters moved_parameters = std::move(parameters);
    CHECK(refused([&] { parameters.set("window_log", 20); }) && refused([&] { parameters.get("window_log"); }));
    CHECK(refused([&] { parameters.copy(); }) && refused([&] { parameters.estimated_compression_context_size(); }));
    CHECK(refused([&] { zst::compressor{parameters}; }) && refused([&] { zst::compressor(parameters, moved_dict); }));
    CHECK(refused([&] { zst::compressor(moved_parameters, dict); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { moved_dict.precompute_compress(parameters); }));

    zst::decompression_parameters limits;
    const zst::decompression_parameters moved_limits = std::move(limits);
    CHECK(refused([&] { limits.set("format", 0); }) && refused([&] { limits.get("format"); }));
    CHECK(refused([&] { limits.copy(); }) && refused([&] { limits.add_dictionary(moved_dict); }));
    CHECK(refused([&] { zst::decompression_parameters().add_dictionary(dict); }));
    CHECK(refused([&] { zst::decompressor{limits}; }) && refused([&] { zst::decompressor(limits, moved_dict); }));
    CHECK(refused([&] { zst::decompressor(moved_limits, dict); }));

    zst::compressor compressor;
    const zst::compressor moved = std::move(compressor);
    CHECK(refused([&] { compressor.compress(text); }) && refused([&] { compressor.frame_progression(); }));
    CHECK(refused([&] { compressor.memory_size(); }) && refused([&] { compressor.compressobj(); }));
    CHECK(refused([&] { compressor.chunker(); }) && refused([&] { compressor.multi_compress_to_buffer({"a"}); }));
    drain drain;
    feed feed(text, 10);
    CHECK(refused([&] { compressor.stream_reader(feed.source()); }) && feed.drops == 1);
    CHECK(refused([&] { compressor.stream_writer(drain.sink()); }) && drain.drops == 1);
    CHECK(refused([&] { compressor.read_to_iter(feed.source()); }) && feed.drops == 2);
    CHECK(refused([&] { compressor.copy_stream(feed.source(), drain.sink()); }) && feed.drops == 3 && drain.drops == 2);

    zst::decompressor decompressor;
    const zst::decompressor moved_too = std::move(decompressor);
    const zst::bytes frame = moved.compress(text);
    char place[1];
    CHECK(refused([&] { decompressor.decompress(frame); }) &&
          refused([&] { decompressor.decompress_into(frame, place); }));
    CHECK(refused([&] { decompressor.decompressobj(); }) && refused([&] { decompressor.chunker(); }));
    CHECK(refused([&] { decompressor.decompress_content_dict_chain({frame}); }));
    CHECK(refused([&] { decompressor.multi_decompress_to_buffer({frame}); }));
    CHECK(refused([&] { decompressor.memory_size(); }));
    CHECK(moved_too.decompress(frame) == text);
}

void empty_streams() {
    const zst::compressor compressor;
    const zst::decompressor decompressor;
    const std::string frame = compressor.compress(text).to_string();
    char place[10];

    zst::compression_reader reader = compressor.stream_reader(zst::source::from_memory(text));
    zst::compression_reader other_reader = std::move(reader);
    CHECK(refused([&] { reader.read(1); }) && refused([&] { reader.readinto(place); }) &&
          refused([&] { reader.readall(); }));
    CHECK(reader.tell() == 0 && reader.closed() && refused([&] { reader.close(); }));
    CHECK(refused([&] { reader.frame_progression(); }));
    reader = std::move(other_reader);
    CHECK(zst::decompress(reader.readall()) == text);

    std::string packed;
    zst::compression_writer writer = compressor.stream_writer(zst::sink::append_to(packed));
    zst::compression_writer other_writer = std::move(writer);
    CHECK(refused([&] { writer.write(text); }) && refused([&] { writer.flush(); }) && refused([&] { writer.close(); }));
    CHECK(writer.tell() == 0 && writer.closed() && refused([&] { writer.memory_size(); }));
    other_writer.write(text);
    other_writer.close();
    CHECK(zst::decompress(packed) == text);

    zst::compressor_iterator iterator = compressor.read_to_iter(zst::source::from_memory(text));
    const zst::compressor_iterator other_iterator = std::move(iterator);
    CHECK(refused([&] { iterator.next(); }) && refused([&] { iterator.next_into(place); }) && refused([&] { iterator.begin(); }) && other_iterator.next());
    CHECK(refused([&] { iterator.frame_progression(); }));
    zst::decompressor_iterator unpacking = decompressor.read_to_iter(zst::source::from_memory(frame));
    const zst::decompressor_iterator other_unpacking = std::move(unpacking);
    CHECK(refused([&] { unpacking.next(); }) && refused([&] { unpacking.next_into(place); }) && refused([&] { unpacking.unused_data(); }) && other_unpacking.next());

    zst::compression_obj obj = compressor.compressobj();
    const zst::compression_obj other_obj = std::move(obj);
    CHECK(refused([&] { obj.compress(text); }) && refused([&] { obj.flush(); }) &&
          refused([&] { obj.frame_progression(); }));
    zst::decompression_obj unpacker = decompressor.decompressobj();
    const zst::decompression_obj other_unpacker = std::move(unpacker);
    CHECK(refused([&] { unpacker.decompress(frame); }) && !unpacker.eof() && !unpacker.at_frame_end());
    CHECK(other_unpacker.decompress(frame) == text);

    // Pieces are those of the object, wherever its handle goes.
    zst::compression_chunker chunker = compressor.chunker(text.size(), 100);
    const auto pieces = chunker.compress(text);
    const zst::compression_chunker other_chunker = std::move(chunker);
    packed.clear();
    for (const zst::bytes_view piece : pieces)
        packed += piece.view();
    for (const zst::bytes_view piece : other_chunker.finish())
        packed += piece.view();
    CHECK(zst::decompress(packed) == text && refused([&] { chunker.flush(); }) && refused([&] { chunker.next(); }));
    zst::decompression_chunker unchunker = decompressor.chunker();
    const zst::decompression_chunker other_unchunker = std::move(unchunker);
    CHECK(refused([&] { unchunker.decompress(frame); }) && refused([&] { unchunker.finish(); }));

    zst::decompression_reader reading = decompressor.stream_reader(zst::source::from_memory(frame));
    const zst::decompression_reader other_reading = std::move(reading);
    CHECK(refused([&] { reading.seek(1); }) && reading.closed() && reading.tell() == 0 && !reading.at_frame_end());
    CHECK(other_reading.readall() == text);
    zst::decompression_writer unwriter = decompressor.stream_writer([](zst::bytes_view) {});
    const zst::decompression_writer other_unwriter = std::move(unwriter);
    CHECK(refused([&] { unwriter.write(frame); }) && unwriter.closed() && !unwriter.at_frame_end());

    zst::buffer_with_segments buffer(text, {{0, 5}});
    zst::buffer_with_segments moved_buffer = std::move(buffer);
    CHECK(buffer.count() == 0 && buffer.memory().empty() && buffer.begin() == buffer.end());
    CHECK(refused([&] { buffer.segment(0); }) && refused([&] { buffer.segments(); }));
    CHECK(refused([&] { compressor.multi_compress_to_buffer(buffer); }));
    CHECK(refused([&] { zst::buffer_with_segments_collection({buffer}); }));
    zst::buffer_with_segments_collection collection({moved_buffer});
    const zst::buffer_with_segments_collection moved_collection = std::move(collection);
    CHECK(collection.count() == 0 && collection.size_bytes() == 0 && collection.buffer_count() == 0);
    CHECK(refused([&] { collection.segment(0); }) && refused([&] { collection.buffer(0); }));
    CHECK(refused([&] { compressor.multi_compress_to_buffer(collection); }));
    CHECK(refused([&] { decompressor.multi_decompress_to_buffer(collection); }));
}

/// What is made from others outlives them.
void any_order_of_destruction() {
    std::optional<zst::compression_dict> dict = make_dictionary();
    std::optional<zst::compression_parameters> parameters(std::in_place);
    std::optional<zst::decompression_parameters> limits(std::in_place);
    limits->add_dictionary(*dict);
    std::optional<zst::compressor> compressor(std::in_place, *parameters, *dict);
    std::optional<zst::decompressor> decompressor(std::in_place, *limits);
    dict.reset();
    parameters.reset();
    limits.reset();

    std::string packed, restored;
    feed feed(text, 1000);
    const auto reader = compressor->stream_reader(feed.source());
    const auto writer = compressor->stream_writer(zst::sink::append_to(packed));
    const auto iterator = compressor->read_to_iter(zst::source::from_memory(text));
    const auto obj = compressor->compressobj();
    const auto chunker = compressor->chunker();
    std::optional<zst::buffer_with_segments_collection> frames = compressor->multi_compress_to_buffer({text, "b"});
    compressor.reset();

    writer.write(text);
    writer.close();
    for (const zst::bytes_view piece : chunker.compress(text))
        restored += piece.view();
    CHECK(decompressor->decompress(reader.readall()) == text && decompressor->decompress(packed) == text);
    CHECK(iterator.next() && obj.flush().size() > 0);

    const auto reading = decompressor->stream_reader(zst::source::own(std::string(packed)));
    const zst::buffer_with_segments one = frames->buffer(0);
    std::optional<zst::buffer_with_segments_collection> contents = decompressor->multi_decompress_to_buffer(*frames);
    frames.reset();
    decompressor.reset();
    CHECK(reading.readall() == text && one.count() > 0 && zst::is_frame(one[0]));
    const zst::buffer_with_segments content = contents->buffer(0);
    contents.reset();
    CHECK(content[0] == text);
}

void raw_handles() {
    zst::compressor compressor(zst::compressor(5).release());
    CHECK(compressor && zst::decompress(compressor.compress(text)) == text);
    zst_compressor *raw = compressor.release();
    CHECK(!compressor);
    compressor = zst::compressor(raw);
    CHECK(compressor.get() == raw);
    zst_bytes frame;
    CHECK(zst_compressor_compress(compressor.get(), text.data(), text.size(), &frame, nullptr) == ZST_OK);
    CHECK(zst::decompress(zst::bytes(frame)) == text);
}

/// One handle, several threads; each gets its own exceptions.
void threads() {
    const zst::compressor compressor;
    const zst::decompressor decompressor;
    std::atomic<int> good{0};
    const auto work = [&](int number) {
        for (int round = 0; round < 5; ++round) {
            feed feed(text, text.size() / 4);
            feed.fail_at = number;
            const auto reader = compressor.stream_reader(feed.source());
            if (number_of_boom([&] { reader.readall(); }) == number &&
                decompressor.decompress(reader.readall()) == text)
                ++good;
        }
    };
    std::vector<std::thread> all;
    for (int number = 0; number < 4; ++number)
        all.emplace_back(work, number);
    for (std::thread &thread : all)
        thread.join();
    CHECK(good == 20);

    // One stream, two threads: the second is told that it is busy, and the exception is that of the first.
    std::atomic<bool> inside{false}, go_on{false};
    const auto reader = compressor.stream_reader([&](std::size_t) -> std::string {
        inside = true;
        while (!go_on)
            std::this_thread::yield();
        throw boom{9};
    });
    int number = never;
    std::thread first([&] { number = number_of_boom([&] { reader.read(1); }); });
    while (!inside)
        std::this_thread::yield();
    CHECK(fails(ZST_ERROR_BUSY, "", [&] { reader.read(1); }));
    go_on = true;
    first.join();
    CHECK(number == 9);
}

} // namespace

int main() {
    empty_handles();
    empty_streams();
    any_order_of_destruction();
    raw_handles();
    threads();
    zst::free_idle_contexts();
}
