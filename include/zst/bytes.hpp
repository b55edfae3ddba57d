/// Bytes: what functions read, what they write to, and what they give.

#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __has_include(<span>)
#include <span>
#endif

#include "call.hpp"

namespace zst {

class bytes_view;

/// Whether a T that is gone leaves its bytes where they are. Specialise it for views of your own.
template <class T>
inline constexpr bool is_view = std::is_base_of_v<bytes_view, T>;
template <class Char, class Traits>
inline constexpr bool is_view<std::basic_string_view<Char, Traits>> = true;
#ifdef __cpp_lib_span
template <class T, std::size_t Extent>
inline constexpr bool is_view<std::span<T, Extent>> = true;
#endif

namespace detail {

template <class T>
inline constexpr bool is_byte = std::is_same_v<T, char> || std::is_same_v<T, signed char> ||
                                std::is_same_v<T, unsigned char> || std::is_same_v<T, std::byte>;
#ifdef __cpp_char8_t
template <>
inline constexpr bool is_byte<char8_t> = true;
#endif

/// What the elements of a container are; void when it has no data() and size().
template <class T, class = void>
struct element {
    using type = void;
};
template <class T>
struct element<T, std::void_t<decltype(std::data(std::declval<T &>())), decltype(std::size(std::declval<T &>()))>> {
    using type = std::remove_pointer_t<decltype(std::data(std::declval<T &>()))>;
};
template <class T>
using element_t = typename element<T>::type;

/// Whether all bytes of a T are meant. Not so in an array of char: it may hold text that ends earlier.
template <class T>
inline constexpr bool has_bytes = is_byte<std::remove_cv_t<element_t<T>>> &&
                                  !(std::is_array_v<T> && std::is_same_v<std::remove_cv_t<element_t<T>>, char>);

template <class T>
using without_reference = std::remove_cv_t<std::remove_reference_t<T>>;

template <std::size_t N>
constexpr std::size_t length_of_literal(const char (&text)[N]) noexcept {
    return text[N - 1] == '\0' ? N - 1 : N;
}

} // namespace detail

/// Bytes of somebody else's, to be read.
class bytes_view {
public:
    constexpr bytes_view() noexcept = default;
    bytes_view(const void *data, std::size_t size) noexcept
        : data_(static_cast<const unsigned char *>(data)), size_(size) {}

    /// A string literal, without the NUL at its end.
    template <std::size_t N>
    bytes_view(const char (&text)[N]) noexcept : bytes_view(text, detail::length_of_literal(text)) {}
    /// A buffer of char holds text or bytes: say how many, by pointer and size.
    template <std::size_t N>
    bytes_view(char (&buffer)[N]) = delete;

    /// Anything contiguous whose elements are bytes.
    template <class T, std::enable_if_t<detail::has_bytes<const T>, int> = 0>
    bytes_view(const T &container) noexcept : bytes_view(std::data(container), std::size(container)) {}

    const unsigned char *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const unsigned char *begin() const noexcept { return data_; }
    const unsigned char *end() const noexcept { return data_ + size_; }
    unsigned char operator[](std::size_t index) const noexcept { return data_[index]; }

    /// The same bytes as characters.
    std::string_view view() const noexcept { return {reinterpret_cast<const char *>(data_), size_}; }
    /// Without the first bytes. Throws std::out_of_range when there are fewer.
    bytes_view from(std::size_t offset) const { return view().substr(offset); }

    std::string to_string() const { return std::string(view()); }
    template <class Byte = unsigned char>
    std::vector<Byte> to_vector() const {
        static_assert(detail::is_byte<Byte>);
        const auto *first = reinterpret_cast<const Byte *>(data_);
        return {first, first + size_};
    }

private:
    const unsigned char *data_ = nullptr;
    std::size_t size_ = 0;
};

inline bool operator==(bytes_view a, bytes_view b) noexcept { return a.view() == b.view(); }
inline bool operator!=(bytes_view a, bytes_view b) noexcept { return a.view() != b.view(); }

/// Bytes that are lent for longer than the call. What would be gone after the call is not taken.
class lent : public bytes_view {
public:
    constexpr lent() noexcept = default;
    lent(const void *data, std::size_t size) noexcept : bytes_view(data, size) {}
    lent(bytes_view view) noexcept : bytes_view(view) {}

    template <std::size_t N>
    lent(const char (&text)[N]) noexcept : bytes_view(text) {}
    template <std::size_t N>
    lent(char (&buffer)[N]) = delete;

    template <class T, std::enable_if_t<detail::has_bytes<const T>, int> = 0>
    lent(const T &container) noexcept : bytes_view(container) {}
    template <class T, std::enable_if_t<detail::has_bytes<const T> && !is_view<T>, int> = 0>
    lent(const T &&temporary) = delete;
};

/// Memory of the caller's, to be written to.
class writable_bytes {
public:
    writable_bytes(void *data, std::size_t size) noexcept : data_(static_cast<unsigned char *>(data)), size_(size) {}

    /// Anything contiguous whose elements are bytes that can be changed. All of them are: a container does not grow.
    template <class T, std::enable_if_t<detail::is_byte<detail::element_t<std::remove_reference_t<T>>>, int> = 0>
    writable_bytes(T &&container) noexcept : writable_bytes(std::data(container), std::size(container)) {}

    unsigned char *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

private:
    unsigned char *data_;
    std::size_t size_;
};

/// Bytes that a function has given: memory of the library's, which is neither copied nor zero-filled. Owns it.
class bytes {
public:
    bytes() noexcept = default;
    /// Takes over what a function of zst.h has given.
    explicit bytes(const zst_bytes &raw) noexcept : raw_(raw) {}
    bytes(bytes &&other) noexcept : raw_(other.release()) {}
    bytes &operator=(bytes &&other) noexcept {
        bytes taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~bytes() { zst_bytes_free(&raw_); }
    void swap(bytes &other) noexcept { std::swap(raw_, other.raw_); }

    unsigned char *data() noexcept { return raw_.data; }
    const unsigned char *data() const noexcept { return raw_.data; }
    std::size_t size() const noexcept { return raw_.len; }
    bool empty() const noexcept { return raw_.len == 0; }
    unsigned char *begin() noexcept { return raw_.data; }
    const unsigned char *begin() const noexcept { return raw_.data; }
    unsigned char *end() noexcept { return raw_.data + raw_.len; }
    const unsigned char *end() const noexcept { return raw_.data + raw_.len; }
    unsigned char &operator[](std::size_t index) noexcept { return raw_.data[index]; }
    unsigned char operator[](std::size_t index) const noexcept { return raw_.data[index]; }

    /// Valid as long as these bytes.
    std::string_view view() const & noexcept { return bytes_view(*this).view(); }
    std::string_view view() const && = delete;

    std::string to_string() const { return bytes_view(*this).to_string(); }
    template <class Byte = unsigned char>
    std::vector<Byte> to_vector() const {
        return bytes_view(*this).to_vector<Byte>();
    }

    /// For functions of zst.h.
    zst_bytes *get() noexcept { return &raw_; }
    /// Gives the memory away, to zst_bytes_free() in the end.
    [[nodiscard]] zst_bytes release() noexcept { return std::exchange(raw_, zst_bytes{}); }

private:
    zst_bytes raw_{};
};

namespace detail {

/// Every item as zst.h wants it. The items stay as they are during the call.
template <class Items>
std::vector<zst_slice> slices(const Items &items) {
    std::vector<zst_slice> all;
    for (auto item = std::begin(items); item != std::end(items); ++item) {
        const lent view(*item);
        all.push_back({view.data(), view.size()});
    }
    return all;
}

} // namespace detail

} // namespace zst
