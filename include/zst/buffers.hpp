/// Pieces of memory with many items in them, and collections of those: what batches give, and take.

#pragma once

#include <functional>
#include <initializer_list>

#include "bytes.hpp"

namespace zst {

/// One item, valid as long as the buffer or the collection that lends it.
class buffer_segment : public bytes_view {
public:
    explicit buffer_segment(const zst_buffer_segment &raw) noexcept
        : bytes_view(raw.data, raw.len), offset_(raw.offset) {}

    /// Where it begins in its buffer.
    std::uint64_t offset() const noexcept { return offset_; }

private:
    std::uint64_t offset_;
};

/// Where the items lie in their buffer, valid as long as that.
class buffer_segments {
public:
    explicit buffer_segments(const zst_buffer_segments &raw) noexcept : raw_(raw) {}

    const zst_segment *begin() const noexcept { return raw_.segments; }
    const zst_segment *end() const noexcept { return raw_.segments + raw_.count; }
    const zst_segment *data() const noexcept { return raw_.segments; }
    std::size_t size() const noexcept { return raw_.count; }
    const zst_segment &operator[](std::size_t index) const noexcept { return raw_.segments[index]; }

private:
    zst_buffer_segments raw_;
};

namespace detail {

/// Goes over the items of a buffer or a collection.
template <class Items>
class item_iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = buffer_segment;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = buffer_segment;

    item_iterator() noexcept = default;
    item_iterator(const Items *items, std::size_t index) noexcept : items_(items), index_(index) {}

    buffer_segment operator*() const { return items_->segment(index_); }
    item_iterator &operator++() noexcept { return ++index_, *this; }
    item_iterator operator++(int) noexcept { return {items_, index_++}; }
    friend bool operator==(const item_iterator &a, const item_iterator &b) noexcept { return a.index_ == b.index_; }
    friend bool operator!=(const item_iterator &a, const item_iterator &b) noexcept { return a.index_ != b.index_; }

private:
    const Items *items_ = nullptr;
    std::size_t index_ = 0;
};

} // namespace detail

/// A piece of memory and a list of the items in it. It never changes.
class buffer_with_segments : public detail::handle<zst_buffer_with_segments, zst_buffer_with_segments_free> {
public:
    using handle::handle;
    using iterator = detail::item_iterator<buffer_with_segments>;

    /// On memory of the caller's, which is not copied: it must stay as it is as long as the buffer, and as collections
    /// that the buffer is in.
    buffer_with_segments(lent data, const std::vector<zst_segment> &segments)
        : handle(make(data, segments.data(), segments.size() * sizeof(zst_segment), nullptr, nullptr)) {}
    /// The same with the segments as bytes, pairs of two 64-bit numbers, from a file perhaps. No alignment is needed.
    template <class Bytes, std::enable_if_t<detail::has_bytes<const Bytes>, int> = 0>
    buffer_with_segments(lent data, const Bytes &segments)
        : handle(make(data, std::data(segments), std::size(segments), nullptr, nullptr)) {}

    /// On memory that the buffer owns: `content` is anything with bytes, such as a std::string or a mapped file, and is
    /// destroyed when nobody needs it any more, in whichever thread that is.
    template <class Container>
    static buffer_with_segments own(Container content, const std::vector<zst_segment> &segments) {
        auto owned = std::make_unique<Container>(std::move(content));
        const bytes_view data(*owned);
        const auto release = [](void *userdata) { delete static_cast<Container *>(userdata); };
        return buffer_with_segments(
            make(data, segments.data(), segments.size() * sizeof(zst_segment), release, owned.release()));
    }

    /// The number of items.
    std::size_t count() const noexcept { return zst_buffer_with_segments_count(get()); }
    /// The size of the whole memory.
    std::size_t size_bytes() const noexcept { return zst_buffer_with_segments_size(get()); }
    /// All of the memory.
    bytes_view memory() const & noexcept { return {zst_buffer_with_segments_data(get()), size_bytes()}; }
    bytes_view memory() const && = delete;

    buffer_segment segment(std::size_t index) const & {
        return buffer_segment(detail::made<zst_buffer_segment>(zst_buffer_with_segments_segment, get(), index));
    }
    buffer_segment segment(std::size_t index) const && = delete;
    buffer_segment operator[](std::size_t index) const & { return segment(index); }
    buffer_segment operator[](std::size_t index) const && = delete;

    buffer_segments segments() const & {
        return buffer_segments(detail::made<zst_buffer_segments>(zst_buffer_with_segments_segments, get()));
    }
    buffer_segments segments() const && = delete;

    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, count()}; }

private:
    static zst_buffer_with_segments *make(bytes_view data, const void *segments, std::size_t segments_size,
                                          void (*release)(void *), void *userdata) {
        return detail::made<zst_buffer_with_segments *>(zst_buffer_with_segments_new, data.data(), data.size(),
                                                        segments, segments_size, release, userdata);
    }
};

/// Several buffers in a row, whose items count as one list. It never changes.
class buffer_with_segments_collection
    : public detail::handle<zst_buffer_with_segments_collection, zst_buffer_with_segments_collection_free> {
public:
    using handle::handle;
    using iterator = detail::item_iterator<buffer_with_segments_collection>;

    /// Of a container of buffers, which it shares.
    template <class Buffers, class = decltype(std::begin(std::declval<const Buffers &>()))>
    explicit buffer_with_segments_collection(const Buffers &buffers) : handle(make(buffers)) {}
    buffer_with_segments_collection(std::initializer_list<std::reference_wrapper<const buffer_with_segments>> buffers)
        : handle(make(buffers)) {}

    /// The number of items in all buffers.
    std::size_t count() const noexcept { return zst_buffer_with_segments_collection_count(get()); }
    /// The sum of the sizes of all items.
    std::uint64_t size_bytes() const noexcept { return zst_buffer_with_segments_collection_size(get()); }

    buffer_segment segment(std::size_t index) const & {
        return buffer_segment(
            detail::made<zst_buffer_segment>(zst_buffer_with_segments_collection_segment, get(), index));
    }
    buffer_segment segment(std::size_t index) const && = delete;
    buffer_segment operator[](std::size_t index) const & { return segment(index); }
    buffer_segment operator[](std::size_t index) const && = delete;

    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, count()}; }

    std::size_t buffer_count() const noexcept { return zst_buffer_with_segments_collection_buffer_count(get()); }
    /// The buffer with this index, shared with the collection.
    buffer_with_segments buffer(std::size_t index) const {
        return buffer_with_segments(
            detail::made<zst_buffer_with_segments *>(zst_buffer_with_segments_collection_buffer, get(), index));
    }

private:
    template <class Buffers>
    static zst_buffer_with_segments_collection *make(const Buffers &buffers) {
        std::vector<const zst_buffer_with_segments *> all;
        for (const buffer_with_segments &buffer : buffers)
            all.push_back(buffer.get());
        return detail::made<zst_buffer_with_segments_collection *>(zst_buffer_with_segments_collection_new, all.data(),
                                                                   all.size());
    }
};

} // namespace zst
