// bytes_view, lent, writable_bytes, bytes: what converts to them, what they own, and what they compare to.

#include <array>
#include <deque>
#include <list>
#if __has_include(<span>)
#include <span>
#endif

#include "check.hpp"

namespace {

std::size_t size_of(zst::bytes_view view) { return view.size(); }
std::size_t size_of_lent(zst::lent view) { return view.size(); }

template <class T>
constexpr bool readable = std::is_convertible_v<T, zst::bytes_view>;
template <class T>
constexpr bool lendable = std::is_convertible_v<T, zst::lent>;
template <class T>
constexpr bool writable = std::is_convertible_v<T, zst::writable_bytes>;

// Whatever has bytes can be read.
static_assert(readable<std::string> && readable<const std::string &> && readable<std::string_view>);
static_assert(readable<std::vector<char>> && readable<std::vector<unsigned char>> && readable<std::vector<std::byte>>);
static_assert(readable<std::vector<signed char>> && readable<std::array<std::uint8_t, 3>>);
static_assert(readable<const unsigned char (&)[4]> && readable<const char (&)[4]> && readable<zst::bytes>);
static_assert(readable<zst::lent> && readable<zst::buffer_segment>);
// A pointer does not say how much it points to, a buffer of char not how much of it is used, and the rest are no bytes.
static_assert(!readable<const char *> && !readable<char (&)[4]> && !readable<std::vector<int>>);
static_assert(!readable<std::wstring> && !readable<std::deque<char>> && !readable<int> && !readable<std::nullptr_t>);

// What is gone after the call is not lent for longer.
static_assert(lendable<std::string &> && lendable<const std::string &> && lendable<const std::vector<char> &>);
static_assert(lendable<const zst::bytes &> && lendable<const char (&)[4]> && lendable<std::string_view>);
static_assert(lendable<zst::bytes_view> && lendable<zst::buffer_segment> && lendable<zst::lent>);
static_assert(!lendable<std::string> && !lendable<const std::string> && !lendable<std::vector<char>>);
static_assert(!lendable<std::array<char, 3>> && !lendable<zst::bytes> && !lendable<char (&)[4]>);

static_assert(writable<std::string &> && writable<std::vector<std::byte> &> && writable<char (&)[4]>);
static_assert(writable<std::array<unsigned char, 3> &> && writable<zst::bytes &>);
static_assert(!writable<const std::string &> && !writable<std::string_view> && !writable<std::vector<int> &>);
static_assert(!writable<zst::bytes_view>);

#ifdef __cpp_lib_span
static_assert(readable<std::span<const std::byte>> && readable<std::span<char, 3>> && !readable<std::span<int>>);
static_assert(lendable<std::span<const std::byte>> && writable<std::span<char>> && !writable<std::span<const char>>);
#endif
#ifdef __cpp_char8_t
static_assert(readable<std::u8string>);
#endif

void literals() {
    CHECK(size_of("") == 0 && size_of("abc") == 3 && size_of_lent("abc") == 3);
    CHECK(size_of("a\0b") == 3); // not only up to the first NUL
    static const char no_text[] = {'a', 'b'};
    CHECK(size_of(no_text) == 2);
    const unsigned char numbers[] = {1, 0};
    CHECK(size_of(numbers) == 2);
}

void views() {
    const std::string text = "some text";
    const zst::bytes_view view = text;
    CHECK(view.data() == static_cast<const void *>(text.data()) && view.size() == 9 && !view.empty());
    CHECK(std::string(view.begin(), view.end()) == text && view[5] == 't');
    CHECK(view.view() == text && view.to_string() == text && view == text && text == view && view != "else");
    CHECK(view.to_vector<char>() == std::vector<char>(text.begin(), text.end()));
    CHECK(view.to_vector<std::byte>()[0] == std::byte{'s'} && view.to_vector().back() == 't');
    CHECK(view.from(5) == "text" && view.from(9).empty());
    bool thrown = false;
    try {
        view.from(10);
    } catch (const std::out_of_range &) {
        thrown = true;
    }
    CHECK(thrown);
    const zst::bytes_view nothing;
    CHECK(nothing.empty() && nothing.begin() == nothing.end() && nothing == "" && nothing.to_vector().empty());
    CHECK(nothing.view().empty() && nothing.to_string().empty() && nothing.from(0).empty());
}

void owning() {
    zst::bytes empty;
    CHECK(empty.empty() && empty.begin() == empty.end() && empty == "" && empty.view().empty());

    zst::bytes frame = zst::compress("text");
    const std::string copy = frame.to_string();
    CHECK(frame == copy && copy == frame && frame == frame && frame != "text" && frame.view() == copy);
    CHECK(frame.to_vector<std::byte>().size() == copy.size() && frame.to_vector().size() == copy.size());
    CHECK(std::string(frame.begin(), frame.end()) == copy && frame[0] == 0x28);

    zst::bytes moved = std::move(frame);
    CHECK(frame.empty() && frame.data() == nullptr && moved == copy);
    frame = std::move(moved);
    CHECK(moved.empty() && frame == copy);
    zst::bytes &same = frame;
    frame = std::move(same);
    CHECK(frame == copy);
    frame = zst::compress("other text"); // frees what was there
    CHECK(frame != copy);
    empty.swap(frame);
    CHECK(frame.empty() && zst::decompress(empty) == "other text");

    // There and back to zst.h.
    zst_bytes raw = empty.release();
    CHECK(empty.empty() && raw.len > 0);
    frame = zst::bytes(raw);
    CHECK(frame.data() == raw.data);
    frame[0] = 1; // it is the caller's
    for (unsigned char &byte : frame)
        ++byte;
    CHECK(frame.data()[0] == 2);
}

void writing() {
    std::vector<std::byte> place(100);
    const zst::compressor compressor;
    const std::size_t len = compressor.compress_into("text", place);
    CHECK(len < 100 && zst::decompress({place.data(), len}) == "text");
    char buffer[4] = {};
    CHECK(zst::decompressor().decompress_into({place.data(), len}, buffer) == 4);
    CHECK(zst::bytes_view(buffer, 4) == "text");
    CHECK(zst::decompressor().decompress_into({place.data(), len}, {buffer + 0, 4}) == 4);
}

void many_items() {
    const std::vector<std::string> strings = {"a", "", "ccc"};
    const std::list<std::string_view> views = {"a", "", "ccc"};
    const zst::compressor compressor;
    const auto one = compressor.multi_compress_to_buffer(strings);
    const auto other = compressor.multi_compress_to_buffer(views);
    const auto third = compressor.multi_compress_to_buffer({"a", std::string(), zst::bytes_view("ccc")});
    CHECK(one.count() == 3 && other.count() == 3 && third.count() == 3);
    for (std::size_t at = 0; at < 3; ++at)
        CHECK(one[at] == other[at] && one[at] == third[at]);
}

} // namespace

int main() {
    literals();
    views();
    owning();
    writing();
    many_items();
    zst::free_idle_contexts();
}
