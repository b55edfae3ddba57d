// Exceptions in callbacks, at each call that a stream makes: they come out as they were thrown, and nothing is lost.

#include "streams.hpp"

namespace {

const std::string text = make_text(60000);
const std::string frames = zst::compress(text.substr(0, 30000)).to_string() +
                           zst::compress(text.substr(30000)).to_string();

const zst::compressor compressor;
const zst::decompressor decompressor;
constexpr auto across = zst::flag::read_across_frames | zst::flag::strict;

std::string restored(const std::string &some_frames) {
    return decompressor.decompress(some_frames, 0, zst::flag::read_across_frames).to_string();
}

/// Reads a stream to its end in one of five ways.
template <class Reader>
std::string read_all(int way, const Reader &reader, int &booms, int &blocks) {
    std::vector<char> place(5000);
    const auto step = [&]() -> std::string {
        switch (way) {
        case 0:
            return reader.read(place.size()).to_string();
        case 1:
            return reader.read1(place.size()).to_string();
        case 2:
            return {place.data(), reader.readinto(place)};
        case 3:
            return {place.data(), reader.readinto1(place)};
        default:
            return reader.readall().to_string();
        }
    };
    return all_of(step, [&](int number) { number == never ? ++blocks : ++booms; });
}

template <class Iterator>
std::string iterate_all(int, const Iterator &iterator, int &booms, int &blocks) {
    const auto step = [&] {
        const auto piece = iterator.next();
        return piece ? piece->to_string() : std::string();
    };
    return all_of(step, [&](int number) { number == never ? ++blocks : ++booms; });
}

/// `run(way, feed.source(), booms, blocks)` is all output of a stream on this source.
template <class Run>
void whatever_call_of_a_source_fails(int ways, const std::string &input, const std::string &expected, Run run) {
    for (int way = 0; way < ways; ++way) {
        for (const bool blocks : {false, true}) {
            for (int index = 0;; ++index) {
                feed feed(input, input.size() / 5 + 1);
                (blocks ? feed.block_at : feed.fail_at) = index;
                int boom_count = 0, block_count = 0;
                const std::string output = run(way, feed.source(), boom_count, block_count);
                CHECK(output == expected && feed.drops == 1);
                CHECK(boom_count <= (blocks ? 0 : 1) && (blocks || block_count == 0));
                if (feed.calls <= index) {
                    CHECK(index >= 5 && boom_count == 0 && block_count == 0);
                    break;
                }
                CHECK(blocks || boom_count == 1);
            }
        }
    }
}

void pulls() {
    const auto compressed = [&](int way, zst::source source, int &booms, int &blocks) {
        return restored(read_all(way, compressor.stream_reader(std::move(source), text.size()), booms, blocks));
    };
    whatever_call_of_a_source_fails(5, text, text, compressed);
    const auto decompressed = [&](int way, zst::source source, int &booms, int &blocks) {
        return read_all(way, decompressor.stream_reader(std::move(source), across), booms, blocks);
    };
    whatever_call_of_a_source_fails(5, frames, text, decompressed);
    const auto compressed_pieces = [&](int way, zst::source source, int &booms, int &blocks) {
        return restored(iterate_all(way, compressor.read_to_iter(std::move(source), text.size()), booms, blocks));
    };
    whatever_call_of_a_source_fails(1, text, text, compressed_pieces);
    const auto decompressed_pieces = [&](int way, zst::source source, int &booms, int &blocks) {
        return iterate_all(way, decompressor.read_to_iter(std::move(source), across), booms, blocks);
    };
    whatever_call_of_a_source_fails(1, frames, text, decompressed_pieces);
}

/// Writes all of `input`. What a failing sink has not taken is not written again: the writer has it.
template <class Writer>
void write_all(const Writer &writer, std::string_view input, int &booms, int &blocks) {
    while (!input.empty()) {
        try {
            input.remove_prefix(writer.write(input).consumed);
        } catch (const boom &) {
            ++booms;
            return;
        } catch (const zst::would_block &) {
            ++blocks;
        }
    }
}

/// Calls until nothing is thrown.
template <class Call>
void until_done(int &booms, int &blocks, Call call) {
    for (;;) {
        try {
            return call();
        } catch (const boom &) {
            ++booms;
        } catch (const zst::would_block &) {
            ++blocks;
        }
    }
}

/// make(drain.sink()) is a writer on this sink.
template <class Make>
void whatever_call_of_a_sink_fails(const std::string &input, Make make) {
    for (const bool blocks : {false, true}) {
        for (int index = 0;; ++index) {
            drain drain(1000);
            (blocks ? drain.block_at : drain.fail_at) = index;
            int boom_count = 0, block_count = 0;
            const auto writer = make(drain.sink());
            for (std::size_t at = 0; at < input.size(); at += 7000) {
                write_all(writer, std::string_view(input).substr(at, 7000), boom_count, block_count);
                if (at == 7000) until_done(boom_count, block_count, [&] { writer.flush(); });
            }
            const int before_close = drain.calls;
            until_done(boom_count, block_count, [&] { writer.close(); });
            CHECK(writer.closed() && drain.drops == 1);
            if (drain.calls <= index) {
                CHECK(index > 10 && boom_count == 0 && block_count == 0 && drain.closes == 1);
                break;
            }
            CHECK(boom_count == (blocks ? 0 : 1) && block_count <= (blocks ? 1 : 0));
            // A close() that fails otherwise than by blocking has closed the writer; there is no second try.
            const bool given_up = !blocks && index >= before_close;
            CHECK(drain.closes == (given_up ? 0 : 1) && writer.tell() == drain.content.size());
            if (!given_up) CHECK(drain.flushes >= 1 && (drain.content == text || restored(drain.content) == text));
        }
    }
}

void pushes() {
    whatever_call_of_a_sink_fails(text, [](zst::sink sink) { return compressor.stream_writer(std::move(sink)); });
    whatever_call_of_a_sink_fails(
        frames, [](zst::sink sink) { return decompressor.stream_writer(std::move(sink), zst::flag::strict); });
}

/// copy(source, sink, progress) cannot be repeated; what it calls is dropped.
template <class Copy>
void whatever_call_of_copy_stream_fails(const std::string &input, Copy copy) {
    enum { SOURCE, SINK, PROGRESS };
    for (const int which : {SOURCE, SINK, PROGRESS}) {
        for (int index = 0;; ++index) {
            feed feed(input, input.size() / 5 + 1);
            drain drain(1000);
            int reports = 0;
            if (which == SOURCE) feed.fail_at = index;
            if (which == SINK) drain.fail_at = index;
            const int number = number_of_boom([&] {
                copy(feed.source(), drain.sink(), [&](std::uint64_t, std::uint64_t) {
                    if (reports++ == index && which == PROGRESS) throw boom{index};
                });
            });
            CHECK(feed.drops == 1 && drain.drops == 1);
            const int calls = which == SOURCE ? feed.calls : which == SINK ? drain.calls : reports;
            if (calls <= index) {
                CHECK(index > 4 && number == never && drain.closes == 1);
                CHECK(drain.content == text || restored(drain.content) == text);
                break;
            }
            CHECK(number == index && drain.closes == 0 && calls == index + 1);
        }
    }
}

void copies() {
    whatever_call_of_copy_stream_fails(text, [](zst::source source, zst::sink sink, const zst::progress &report) {
        compressor.copy_stream(std::move(source), std::move(sink), text.size(), report);
    });
    whatever_call_of_copy_stream_fails(frames, [](zst::source source, zst::sink sink, const zst::progress &report) {
        decompressor.copy_stream(std::move(source), std::move(sink), zst::flag::none, report);
    });
}

/// Everything that can be thrown comes out as what it is.
void any_exception() {
    const auto reader_that_throws = [](auto exception) {
        return compressor.stream_reader([exception](std::size_t) -> std::string { throw exception; });
    };
    try {
        reader_that_throws(std::out_of_range("far away")).read(1);
        CHECK(false);
    } catch (const std::out_of_range &error) {
        CHECK(error.what() == std::string("far away"));
    }
    try {
        reader_that_throws(42).readall();
        CHECK(false);
    } catch (const int number) {
        CHECK(number == 42);
    }
    CHECK(fails(ZST_ERROR_ZSTD, "",
                [&] { compressor.stream_reader([](std::size_t) { return zst::decompress("no frame"); }).read(1); }));
    // An empty std::function is one that throws.
    bool thrown = false;
    try {
        decompressor.stream_reader(std::function<std::string(std::size_t)>()).read(1);
    } catch (const std::bad_function_call &) {
        thrown = true;
    }
    CHECK(thrown);
}

/// A stream in a callback of another one: each call has its own exceptions.
void calls_in_calls() {
    // Caught in the callback, the inner exception is nothing to the outer call.
    int caught = never;
    const auto outer = compressor.stream_reader([&, given = false](std::size_t) mutable -> std::string {
        feed broken("x", 1);
        broken.fail_at = 0;
        caught = number_of_boom([&] { decompressor.stream_reader(broken.source()).read(1); });
        return std::exchange(given, true) ? std::string() : text;
    });
    CHECK(zst::decompress(outer.readall()) == text && caught == 0);

    // Not caught there, it comes out of the outer call; and would_block makes both wait.
    feed slow(text, 20000);
    slow.fail_at = 1;
    slow.block_at = 2;
    const auto first = compressor.stream_reader(slow.source());
    const auto second = decompressor.stream_reader([&](std::size_t size) { return first.read1(size); });
    int booms = 0, blocks = 0;
    CHECK(read_all(1, second, booms, blocks) == text && booms == 1 && blocks == 1);
}

/// A callback that uses its own stream is refused, and may free it.
void reentering() {
    std::optional<zst::compression_reader> reader;
    reader = compressor.stream_reader([&](std::size_t) -> std::string {
        CHECK(fails(ZST_ERROR_BUSY, "", [&] { reader->read(1); }));
        CHECK(reader->tell() == 0 && !reader->closed());
        reader.reset();
        return {};
    });
    const zst::bytes frame = reader->readall();
    CHECK(!reader && zst::decompress(frame).empty());

    std::optional<zst::compression_writer> writer;
    int taken = 0;
    writer = compressor.stream_writer([&](zst::bytes_view) {
        ++taken;
        writer.reset();
        throw boom{7};
    });
    CHECK(number_of_boom([&] { writer->flush(zst::flush_mode::frame); }) == 7 && !writer && taken == 1);
}

/// What fails when a stream cannot be made is dropped, and thrown.
void streams_that_cannot_be_made() {
    feed feed(text, 100);
    drain drain;
    const auto across_and_wrong = static_cast<zst::flag>(1 << 20);
    CHECK(fails(ZST_ERROR_VALUE, "read_size", [&] { compressor.stream_reader(feed.source(), 1, 0); }));
    CHECK(fails(ZST_ERROR_VALUE, "write_size", [&] { compressor.stream_writer(drain.sink(), 1, 0); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { compressor.read_to_iter(feed.source(), 1, 1, 0); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { compressor.copy_stream(feed.source(), drain.sink(), 1, {}, 0); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.stream_reader(feed.source(), across_and_wrong); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.stream_writer(drain.sink(), across_and_wrong); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.read_to_iter(feed.source(), across_and_wrong); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.copy_stream(feed.source(), drain.sink(), across_and_wrong); }));
    CHECK(feed.drops == 6 && drain.drops == 4 && feed.calls == 0 && drain.calls == 0);
}

} // namespace

int main() {
    pulls();
    pushes();
    copies();
    any_exception();
    calls_in_calls();
    reentering();
    streams_that_cannot_be_made();
    zst::free_idle_contexts();
}
