// Buffers, collections, batches.

#include <algorithm>
#include <numeric>

#include "check.hpp"

namespace {

/// Items as strings, which outlive what they come from.
template <class Items>
std::vector<std::string> strings(const Items &items) {
    std::vector<std::string> all;
    for (const zst::bytes_view item : items)
        all.push_back(item.to_string());
    return all;
}

const std::string text = "one two three";
const std::vector<zst_segment> words = {{0, 3}, {4, 3}, {8, 5}, {0, 0}};

/// A content of its own, such as a mapped file, that tells when it is let go.
class mapping {
public:
    mapping(std::string content, int *drops) : content_(std::move(content)), drops_(drops) {}
    mapping(mapping &&other) noexcept
        : content_(std::move(other.content_)), drops_(std::exchange(other.drops_, nullptr)) {}
    ~mapping() {
        if (drops_ != nullptr) ++*drops_;
    }
    const char *data() const { return content_.data(); }
    std::size_t size() const { return content_.size(); }

private:
    std::string content_;
    int *drops_;
};

void buffers() {
    const zst::buffer_with_segments buffer(text, words);
    CHECK(buffer.count() == 4 && buffer.size_bytes() == text.size() && buffer.memory() == text);
    CHECK(buffer.memory().data() == zst::bytes_view(text).data()); // nothing is copied
    CHECK(buffer[0] == "one" && buffer.segment(1) == "two" && buffer[2].offset() == 8 && buffer[3].empty());
    CHECK(fails(ZST_ERROR_INDEX, "", [&] { buffer[4]; }));
    CHECK(strings(buffer) == std::vector<std::string>{"one", "two", "three", ""});
    CHECK(std::count_if(buffer.begin(), buffer.end(), [](zst::bytes_view word) { return word.size() == 3; }) == 2);
    const zst::buffer_segments segments = buffer.segments();
    CHECK(segments.size() == 4 && segments[2].offset == 8 && segments[2].length == 5);
    CHECK(std::accumulate(segments.begin(), segments.end(), std::uint64_t{0},
                          [](std::uint64_t sum, const zst_segment &one) { return sum + one.length; }) == 11);

    // Segments as bytes, at an odd address.
    std::string packed(1, 'x');
    packed.append(reinterpret_cast<const char *>(words.data()), words.size() * sizeof(zst_segment));
    const zst::buffer_with_segments same(text, std::string_view(packed).substr(1));
    CHECK(same.count() == 4 && same[2] == "three");
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { zst::buffer_with_segments(text, packed); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { zst::buffer_with_segments(text, {{10, 4}}); }));
    CHECK(zst::buffer_with_segments(text, std::vector<zst_segment>()).count() == 0);
}

void owned_memory() {
    int drops = 0;
    {
        const auto buffer = zst::buffer_with_segments::own(mapping("abc", &drops), {{0, 1}, {1, 2}});
        CHECK(buffer[1] == "bc" && buffer.memory() == "abc" && drops == 0);
    }
    CHECK(drops == 1);
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { zst::buffer_with_segments::own(mapping("abc", &drops), {{0, 4}}); }));
    CHECK(drops == 2);
    const auto shared = [&] {
        const auto buffer = zst::buffer_with_segments::own(mapping("abc", &drops), {{0, 3}});
        return zst::buffer_with_segments_collection({buffer, buffer});
    }();
    CHECK(drops == 2 && shared.count() == 2 && shared[1] == "abc");
    std::optional<zst::buffer_with_segments> one = shared.buffer(0);
    zst::buffer_with_segments_collection moved = zst::buffer_with_segments_collection({*one});
    CHECK(drops == 2 && one->memory() == "abc");
    one.reset();
    CHECK(drops == 2 && moved[0] == "abc");
}

void collections() {
    const zst::buffer_with_segments first(text, words), second("four", {{0, 4}});
    const zst::buffer_with_segments_collection collection({first, second});
    CHECK(collection.count() == 5 && collection.size_bytes() == 15 && collection.buffer_count() == 2);
    CHECK(collection[4] == "four" && collection.segment(0) == "one" && collection.buffer(1).count() == 1);
    CHECK(fails(ZST_ERROR_INDEX, "", [&] { collection[5]; }));
    CHECK(fails(ZST_ERROR_INDEX, "", [&] { collection.buffer(2); }));
    CHECK(strings(collection) == std::vector<std::string>{"one", "two", "three", "", "four"});

    std::vector<zst::buffer_with_segments> many;
    many.push_back(collection.buffer(1));
    many.push_back(collection.buffer(0));
    const zst::buffer_with_segments_collection reversed(many);
    CHECK(reversed.count() == 5 && reversed[0] == "four");
    many.clear();
    CHECK(reversed[4].empty() && reversed[3] == "three");
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { zst::buffer_with_segments_collection{many}; }));
}

void batches() {
    const zst::compressor compressor;
    const zst::decompressor decompressor;
    std::vector<std::string> items;
    for (unsigned at = 0; at < 500; ++at)
        items.push_back(make_text(at * 7 % 1000, at));
    for (const int threads : {0, 2, -1}) {
        const auto frames = compressor.multi_compress_to_buffer(items, threads);
        CHECK(frames.count() == items.size());
        CHECK(strings(decompressor.multi_decompress_to_buffer(frames, threads)) == items);
        // From any container, and from a buffer of the collection.
        const std::vector<zst::bytes_view> views(frames.begin(), frames.end());
        CHECK(strings(decompressor.multi_decompress_to_buffer(views, threads)) == items);
        const auto part = decompressor.multi_decompress_to_buffer(frames.buffer(0), threads);
        CHECK(part.count() > 0 && part[0] == items[0] && part[part.count() - 1] == items[part.count() - 1]);
        // What a batch gives, another one takes.
        const auto twice = compressor.multi_compress_to_buffer(frames, threads);
        CHECK(zst::decompress(zst::decompress(twice[1])) == items[1]);
        const auto again = compressor.multi_compress_to_buffer(frames.buffer(0), threads);
        CHECK(zst::decompress(zst::decompress(again[2])) == items[2]);
    }

    // Sizes that frames do not record.
    const zst::compressor sizeless(zst::compression_parameters().set("write_content_size", 0));
    const auto frames = sizeless.multi_compress_to_buffer({"a", "bb"});
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.multi_decompress_to_buffer(frames); }));
    const std::vector<std::string> contents = {"a", "bb"};
    CHECK(strings(decompressor.multi_decompress_to_buffer(frames, 0, {1, 2})) == contents);
    CHECK(strings(decompressor.multi_decompress_to_buffer({frames[0], frames[1]}, 0, {1, 2})) == contents);
    CHECK(strings(decompressor.multi_decompress_to_buffer(frames.buffer(0), 0, {1, 2})) == contents);
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.multi_decompress_to_buffer(frames, 0, {1}); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { compressor.multi_compress_to_buffer(std::vector<std::string>()); }));
    try {
        decompressor.multi_decompress_to_buffer({zst::bytes_view(frames[0]), "no frame"}, 0, {1, 1});
        CHECK(false);
    } catch (const zst::error &error) {
        CHECK(error.item_index() == 1);
    }
}

} // namespace

int main() {
    buffers();
    owned_memory();
    collections();
    batches();
    zst::free_idle_contexts();
}
