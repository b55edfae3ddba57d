// Memory that C++ does not get, at each request in turn: std::bad_alloc comes out, and nothing leaks.
// (Not under valgrind, which puts its own operator new in the place of this one.)

#include <new>

#include "streams.hpp"

namespace {

int left = never; // requests that succeed before one fails
int blocks = 0;   // that have not been given back

} // namespace

// Not inlined, so that compilers do not take malloc() and delete for a mistake.
[[gnu::noinline]] void *operator new(std::size_t size) {
    if (left != never && left-- == 0) throw std::bad_alloc();
    void *place = std::malloc(size > 0 ? size : 1);
    if (place == nullptr) throw std::bad_alloc();
    ++blocks;
    return place;
}
[[gnu::noinline]] void operator delete(void *place) noexcept {
    if (place != nullptr) --blocks;
    std::free(place);
}
[[gnu::noinline]] void operator delete(void *place, std::size_t) noexcept { operator delete(place); }

namespace {

const std::string text = make_text(300000);

/// Runs `scenario` until no request fails.
template <class Scenario>
void whichever_request_fails(Scenario scenario) {
    for (int index = 0;; ++index) {
        const int before = blocks;
        left = index;
        bool thrown = false;
        try {
            scenario();
        } catch (const std::bad_alloc &) {
            thrown = true;
        }
        const bool was_reached = left == never;
        left = never;
        CHECK(thrown == was_reached && blocks == before);
        if (!was_reached) {
            CHECK(index > 1);
            return;
        }
    }
}

} // namespace

int main() {
    const zst::compressor compressor;
    const zst::decompressor decompressor;
    const std::string frame = zst::compress(text).to_string();
    whichever_request_fails([&] {
        std::string packed;
        compressor.copy_stream(zst::source::own(std::string(text)), zst::sink::append_to(packed), text.size(),
                               [](std::uint64_t, std::uint64_t) {});
    });
    whichever_request_fails([&] {
        const auto reader = decompressor.stream_reader(
            [&, at = std::size_t{0}](std::size_t) mutable { return frame.substr(std::exchange(at, frame.size())); });
        CHECK(reader.readall().to_vector().size() == text.size());
    });
    whichever_request_fails([&] {
        const auto buffer = zst::buffer_with_segments::own(std::string(text), {{0, 100}, {100, 100}});
        const zst::buffer_with_segments_collection both({buffer, buffer});
        CHECK(compressor.multi_compress_to_buffer(both).count() == 4);
        CHECK(compressor.multi_compress_to_buffer({text, text}).count() == 2);
    });
    whichever_request_fails([&] {
        drain packed;
        zst::ostream out(packed.sink());
        out << "text";
        out.close();
        zst::istream in(zst::source::own(std::move(packed.content)));
        CHECK(in.get() == 't');
    });
    zst::free_idle_contexts();
}
