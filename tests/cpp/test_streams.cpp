// Every stream, there and back, and every kind of source and sink.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "streams.hpp"

namespace {

const std::string text = make_text(300000);
const std::string empty;
const zst::compressor compressor;
const zst::decompressor decompressor;
constexpr auto across = zst::flag::read_across_frames | zst::flag::strict;

void readers() {
    const auto packing = compressor.stream_reader(zst::source::from_memory(text), text.size());
    CHECK(!packing.closed() && packing.tell() == 0);
    std::string frame = packing.read(10).to_string();
    CHECK(frame.size() == 10 && packing.tell() == 10);
    packing.unread(zst::bytes_view(frame).from(4));
    CHECK(packing.tell() == 4 && packing.read(6) == frame.substr(4));
    frame += packing.readall().to_string();
    CHECK(packing.read(10).empty() && packing.tell() == frame.size());
    CHECK(packing.frame_progression().ingested == text.size());
    packing.close();
    packing.close();
    CHECK(packing.closed() && fails(ZST_ERROR_CLOSED, "", [&] { packing.read(1); }));

    const auto reading = decompressor.stream_reader(zst::source::from_memory(frame));
    std::vector<char> place(1000);
    CHECK(reading.readinto(place) == 1000 && std::string(place.data(), 1000) == text.substr(0, 1000));
    CHECK(reading.seek(500, SEEK_CUR) == 1500 && reading.seek(2000) == 2000 && reading.tell() == 2000);
    CHECK(fails(ZST_ERROR_SEEK, "", [&] { reading.seek(0); }));
    CHECK(!reading.at_frame_end() && reading.read(50) == text.substr(2000, 50));
    reading.unread(text.substr(2040, 10));
    CHECK(reading.tell() == 2040 && reading.read(10) == text.substr(2040, 10));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { reading.unread(text); }));
    CHECK(reading.readall() == text.substr(2050) && reading.at_frame_end() && reading.readinto1(place) == 0);
    reading.close();
    CHECK(reading.closed());
}

void writers() {
    drain packed, restored;
    const auto writer = compressor.stream_writer(packed.sink(), zst::content_size_unknown, 100);
    const zst::write_result written = writer.write(text);
    CHECK(written.consumed == text.size() && written.written == writer.tell() && writer.memory_size() > 0);
    CHECK(writer.flush() > 0 && packed.flushes == 1 && packed.closes == 0);
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] { zst::frame_compressed_size(packed.content); }));
    writer.write(text);
    writer.flush(zst::flush_mode::frame);
    CHECK(zst::frame_compressed_size(packed.content) == packed.content.size());
    CHECK(writer.frame_progression().produced > 0);
    writer.write(text);
    writer.close();
    CHECK(writer.closed() && packed.closes == 1 && packed.drops == 1 && writer.tell() == packed.content.size());
    CHECK(zst::frame_compressed_size(packed.content) < packed.content.size());

    const auto unpacker = decompressor.stream_writer(restored.sink());
    unpacker.write(packed.content.substr(0, 1000));
    CHECK(!unpacker.at_frame_end() && unpacker.memory_size() > 0);
    unpacker.write(packed.content.substr(1000));
    unpacker.flush();
    CHECK(unpacker.at_frame_end() && unpacker.tell() == 3 * text.size());
    unpacker.close();
    CHECK(unpacker.closed() && restored.content == text + text + text && restored.closes == 1);
    CHECK(fails(ZST_ERROR_CLOSED, "", [&] { unpacker.write("x"); }));

    // Without close() the frame has no end, and the sink is only dropped.
    drain half;
    compressor.stream_writer(half.sink()).write(text);
    CHECK(half.closes == 0 && half.drops == 1);
    const auto cut = decompressor.stream_writer([](zst::bytes_view) {}, zst::flag::strict);
    cut.write(half.content);
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] { cut.close(); }));
}

void iterators() {
    std::string frame;
    const auto packing = compressor.read_to_iter(zst::source::from_memory(text), text.size(), 1000, 100);
    for (const zst::bytes_view piece : packing) {
        CHECK(!piece.empty() && piece.size() <= 100);
        frame += piece.view();
    }
    CHECK(!packing.next() && packing.begin() == packing.end() && packing.frame_progression().consumed == text.size());

    std::string content;
    for (const auto piece : decompressor.read_to_iter(zst::source::from_memory(frame)))
        content += piece.view();
    CHECK(content == text);

    const auto packing_into = compressor.read_to_iter(zst::source::from_memory(text), text.size(), 1000, 100);
    const auto unpacking_into = decompressor.read_to_iter(zst::source::from_memory(frame));
    std::string packed, unpacked;
    char place[100];
    while (const auto len = packing_into.next_into(place))
        packed.append(place, *len);
    while (const auto len = unpacking_into.next_into(place))
        unpacked.append(place, *len);
    CHECK(packed == frame && unpacked == text);

    const std::string two = "skip" + frame + frame;
    const auto both = decompressor.read_to_iter(zst::source::from_memory(two), across, 4);
    content.clear();
    std::for_each(both.begin(), both.end(), [&](zst::bytes_view piece) { content += piece.view(); });
    CHECK(content == text + text);

    const std::string followed = frame + "what follows";
    const auto one = decompressor.read_to_iter(zst::source::from_memory(followed));
    while (one.next()) {
    }
    CHECK(one.unused_data() == "what follows");
    CHECK((compressor.read_to_iter(zst::source::from_memory(empty)).begin()->size() > 0));
}

void objs() {
    const auto obj = compressor.compressobj(text.size());
    std::string frame = obj.compress(text.substr(0, 1000)).to_string();
    frame += obj.flush(zst::flush_mode::block).to_string();
    CHECK(decompressor.decompressobj().decompress(frame) == text.substr(0, 1000)); // a block is enough
    frame += obj.compress(text.substr(1000)).to_string();
    frame += obj.flush().to_string();
    CHECK(obj.frame_progression().ingested == text.size());
    CHECK(zst::decompress(frame) == text && fails(ZST_ERROR_STATE, "", [&] { obj.compress("x"); }));

    const auto reading = decompressor.decompressobj();
    std::size_t src_used = 0;
    CHECK(reading.decompress(frame.substr(0, 100)) == text.substr(0, 0) && !reading.at_frame_end());
    CHECK(reading.decompress(frame.substr(100) + "xy", &src_used) == text);
    CHECK(src_used == frame.size() - 100 && reading.eof() && reading.at_frame_end());

    // Into the caller's own memory, both ways, in small steps.
    const auto small_steps = compressor.compressobj();
    std::string packed, restored;
    char place[100];
    for (zst::bytes_view rest = text; !rest.empty();) {
        const zst::into_result step = small_steps.compress_into(rest, place);
        packed.append(place, step.len);
        rest = rest.from(step.src_used);
    }
    for (bool done = false; !done;) {
        const auto step = small_steps.flush_into(zst::flush_mode::frame, place);
        packed.append(place, step.len);
        done = step.done;
    }
    const auto small_reading = decompressor.decompressobj(zst::flag::read_across_frames);
    zst::bytes_view rest = packed;
    for (zst::into_result step{sizeof place, 0}; step.len == sizeof place || !rest.empty();) {
        step = small_reading.decompress_into(rest, place);
        restored.append(place, step.len);
        rest = rest.from(step.src_used);
    }
    CHECK(restored == text && small_reading.at_frame_end() && !small_reading.eof());
}

void chunkers() {
    const auto chunker = compressor.chunker(text.size(), 1000);
    std::string frame;
    const auto take = [&](zst::bytes_view piece) { frame += piece.view(); };
    for (const zst::bytes_view piece : chunker.compress(text)) {
        CHECK(piece.size() == 1000);
        take(piece);
    }
    for (const zst::bytes_view piece : chunker.flush())
        take(piece);
    CHECK(chunker.frame_progression().ingested == text.size());
    // Or by hand.
    chunker.finish();
    while (const auto piece = chunker.next())
        take(*piece);
    CHECK(zst::decompress(frame) == text && fails(ZST_ERROR_STATE, "", [&] { chunker.compress(text); }));

    const auto reading = decompressor.chunker(7000);
    std::string content;
    for (const zst::bytes_view piece : reading.decompress(frame)) {
        CHECK(piece.size() == 7000);
        content += piece.view();
    }
    for (const zst::bytes_view piece : reading.finish())
        content += piece.view();
    CHECK(content == text && !reading.next());

    const auto cut = decompressor.chunker(7000);
    const std::string half = frame.substr(0, frame.size() / 2);
    content.clear();
    for (const zst::bytes_view piece : cut.decompress(half))
        content += piece.view();
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] { cut.finish(); }));
    while (const auto piece = cut.next())
        content += piece->view();
    CHECK(!content.empty() && content == text.substr(0, content.size()));

    // Input that has not been used up.
    const auto busy = compressor.chunker(text.size(), 10);
    busy.compress(text);
    CHECK(busy.next() && fails(ZST_ERROR_STATE, "", [&] { busy.compress(text); }));
}

void copies() {
    std::string frame;
    std::uint64_t last_read = 0, last_written = 0;
    int reports = 0;
    const zst::copy_result there = compressor.copy_stream(zst::source::from_memory(text), zst::sink::append_to(frame),
                                                          text.size(), [&](std::uint64_t read, std::uint64_t written) {
                                                              CHECK(read >= last_read && written >= last_written);
                                                              last_read = read;
                                                              last_written = written;
                                                              ++reports;
                                                          });
    CHECK(there.bytes_read == text.size() && there.bytes_written == frame.size() && reports > 1);
    CHECK(last_read == there.bytes_read && last_written == there.bytes_written);

    zst::bytes content;
    const zst::copy_result back = decompressor.copy_stream(zst::source::from_memory(frame),
                                                           zst::sink::to_bytes(content));
    CHECK(content == text && back.bytes_read == frame.size() && back.bytes_written == text.size());

    for (const int stop : {1, 3}) {
        int left = stop;
        CHECK(fails<zst::cancelled>(ZST_ERROR_CANCELLED, "", [&] {
            decompressor.copy_stream(
                zst::source::from_memory(frame), [](zst::bytes_view) {}, zst::flag::none,
                [&](std::uint64_t, std::uint64_t) { return --left > 0; });
        }));
        CHECK(left == 0);
    }
    const std::string half = frame.substr(0, frame.size() / 2);
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] {
        decompressor.copy_stream(zst::source::from_memory(half), [](zst::bytes_view) {});
    }));
    decompressor.copy_stream(zst::source::from_memory(half), [](zst::bytes_view) {}, zst::flag::allow_truncated);
    // The source gives less than was declared.
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] {
        compressor.copy_stream(zst::source::from_memory(text), [](zst::bytes_view) {}, text.size() + 1);
    }));
}

/// The frame of what a source gives.
std::string packed(zst::source source) { return compressor.stream_reader(std::move(source)).readall().to_string(); }

void sources() {
    std::string name = "/tmp/zst-cpp-XXXXXX";
    const int file = mkstemp(name.data());
    CHECK(file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    CHECK(lseek(file, 0, SEEK_SET) == 0);

    CHECK(zst::decompress(packed(zst::source::from_memory(text))) == text);
    CHECK(zst::decompress(packed(zst::source::own(std::string(text)))) == text);
    CHECK(zst::decompress(packed(zst::source::own(std::string("short")))) == "short");
    CHECK(zst::decompress(packed(zst::source::own(zst::decompress(zst::compress(text))))) == text);
    CHECK(zst::decompress(packed(zst::source::own(std::vector<std::byte>(5)))).size() == 5);
    CHECK(zst::decompress(packed(zst::source::from_path(name))) == text);
    CHECK(zst::decompress(packed(zst::source::from_fd(file))) == text); // and leaves it open
    CHECK(lseek(file, 0, SEEK_SET) == 0);
    CHECK(zst::decompress(packed(zst::source::from_fd(file, true))) == text);
    CHECK(lseek(file, 0, SEEK_SET) < 0);

    std::ifstream stream(name, std::ios::binary);
    CHECK(zst::decompress(packed(stream)) == text && stream.good());
    std::istringstream in_memory(text);
    in_memory.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit); // the end is no failure
    CHECK(zst::decompress(packed(in_memory)) == text);
    std::ifstream missing("/nowhere/at all");
    CHECK(fails<zst::io_error>(ZST_ERROR_SOURCE, "not open", [&] { packed(missing); }));
    std::istream none(nullptr);
    CHECK(fails<zst::io_error>(ZST_ERROR_SOURCE, "failed", [&] { packed(none); }));

    // Callables: views, what owns its bytes, what may have nothing, function pointers, what cannot be copied.
    int left = 3;
    CHECK(zst::decompress(packed([&](std::size_t) { return zst::bytes_view("abc", left-- > 0 ? 3 : 0); })) ==
          "abcabcabc");
    left = 3;
    CHECK(zst::decompress(packed([&](std::size_t) { return std::string(left-- > 0 ? 100 : 0, 'x'); })).size() == 300);
    CHECK(zst::decompress(packed(+[](std::size_t) { return std::string_view(); })).empty());
    CHECK(zst::decompress(packed([only = std::make_unique<std::string>(text)](std::size_t) {
              return std::exchange(*only, std::string());
          })) == text);

    // A source that nobody takes drops what it has; so does one that another is moved to.
    feed first(text, 10), second(text, 10);
    zst::source source = first.source();
    source = second.source();
    CHECK(first.drops == 1 && second.drops == 0);
    zst::source moved = std::move(source);
    CHECK(second.drops == 0 && fails(ZST_ERROR_ARGUMENT, "source", [&] { packed(std::move(source)); }));
    moved.swap(source);
    source = zst::source::from_memory(text);
    CHECK(second.drops == 1);

    // From zst.h, and to it.
    zst_source raw = source.release();
    CHECK(zst::decompress(packed(zst::source(raw))) == text);
    CHECK(std::remove(name.c_str()) == 0);
}

void sinks() {
    std::string name = "/tmp/zst-cpp-XXXXXX";
    const int file = mkstemp(name.data());
    CHECK(file >= 0);
    const auto copy_to = [](zst::sink sink) {
        compressor.copy_stream(zst::source::from_memory(text), std::move(sink));
    };
    const auto in_file = [&] {
        return decompressor.stream_reader(zst::source::from_path(name), across).readall() == text;
    };

    copy_to(zst::sink::to_path(name));
    CHECK(in_file());
    CHECK(ftruncate(file, 0) == 0);
    copy_to(zst::sink::to_fd(file));
    CHECK(in_file() && ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0);
    copy_to(zst::sink::to_fd(file, true));
    CHECK(in_file() && ftruncate(file, 0) != 0);
    {
        std::ofstream stream(name, std::ios::binary);
        copy_to(stream);
        CHECK(in_file()); // it was flushed
    }
    zst::bytes bytes;
    copy_to(zst::sink::to_bytes(bytes));
    std::string string;
    copy_to(zst::sink::append_to(string));
    std::vector<std::byte> vector;
    copy_to(zst::sink::append_to(vector));
    CHECK(zst::decompress(bytes) == text && bytes == string && bytes == vector);

    std::ofstream closed;
    CHECK(fails<zst::io_error>(ZST_ERROR_SINK, "not open", [&] { copy_to(closed); }));
    std::ofstream full("/dev/full");
    CHECK(fails<zst::io_error>(ZST_ERROR_SINK, "failed", [&] { copy_to(full); }));
    std::ofstream throws("/dev/full");
    throws.exceptions(std::ios::badbit);
    bool thrown = false;
    try {
        copy_to(throws);
    } catch (const std::ios::failure &) {
        thrown = true;
    }
    CHECK(thrown);

    // One byte at a time.
    std::string slowly;
    copy_to([&](zst::bytes_view piece) {
        slowly += static_cast<char>(piece[0]);
        return 1;
    });
    CHECK(slowly == string);

    drain first, second;
    zst::sink sink = first.sink();
    sink = second.sink();
    CHECK(first.drops == 1 && second.drops == 0);
    zst::sink moved = std::move(sink);
    CHECK(second.drops == 0 && fails(ZST_ERROR_ARGUMENT, "sink", [&] { copy_to(std::move(sink)); }));
    copy_to(zst::sink(moved.release()));
    CHECK(second.drops == 1 && second.closes == 1 && second.content == string);
    CHECK(std::remove(name.c_str()) == 0);
}

} // namespace

int main() {
    readers();
    writers();
    iterators();
    objs();
    chunkers();
    copies();
    sources();
    sinks();
    zst::free_idle_contexts();
}
