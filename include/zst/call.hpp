/// How the headers here call zst.h: what fails is thrown, what is made is owned, and callbacks may throw.

#pragma once

#include <cerrno>
#include <exception>
#include <memory>

#include "error.hpp"

namespace zst::detail {

/// A call of this thread into zst.h that is running, and the exception of a callback that it has made. Callbacks run in
/// the thread that makes the call, inside the innermost one.
class running_call {
public:
    running_call() noexcept : outer_(innermost_) { innermost_ = this; }
    ~running_call() { innermost_ = outer_; }
    running_call(const running_call &) = delete;
    running_call &operator=(const running_call &) = delete;

    /// For a callback: keeps the exception that is being handled until the call has come back.
    static void keep_exception() noexcept {
        if (innermost_ != nullptr && !innermost_->exception_) innermost_->exception_ = std::current_exception();
    }

    /// The call has failed.
    [[noreturn]] void fail(const zst_error &details) const {
        if (exception_) std::rethrow_exception(exception_);
        detail::fail(details);
    }

private:
    running_call *outer_;
    std::exception_ptr exception_;
    [[gnu::visibility("default")]] inline static thread_local running_call *innermost_ = nullptr;
};

/// Calls a function of zst.h, whose last parameter is `zst_error *err`. False when it returned ZST_DONE.
template <class Function, class... Arguments>
bool call(Function function, Arguments... arguments) {
    running_call running;
    zst_error err;
    const zst_status status = function(arguments..., &err);
    if (status < 0) running.fail(err);
    return status != ZST_DONE;
}

/// The same for a function whose only output is the parameter before that: what it gives.
template <class T, class Function, class... Arguments>
T made(Function function, Arguments... arguments) {
    T out{};
    call(function, arguments..., &out);
    return out;
}

/// What a callback returns that has thrown. Only callers in C see it.
inline constexpr std::int32_t callback_has_thrown = ECANCELED;

/// Runs the body of a callback, which returns what zst.h is to get. No exception goes through C.
template <class Body>
std::int32_t callback(Body body) noexcept {
    try {
        return body();
    } catch (const would_block &) {
        return ZST_ERROR_WOULD_BLOCK;
    } catch (...) {
        running_call::keep_exception();
        return callback_has_thrown;
    }
}

/// Owns an object of zst.h.
template <class T, void (*Free)(T *)>
class handle {
public:
    /// Takes over what a function of zst.h has made.
    explicit handle(T *raw) noexcept : raw_(raw) {}

    /// For functions of zst.h. NULL when this was moved from.
    T *get() const noexcept { return raw_.get(); }
    /// Gives it away.
    [[nodiscard]] T *release() noexcept { return raw_.release(); }
    /// False when this was moved from.
    explicit operator bool() const noexcept { return raw_ != nullptr; }

private:
    struct deleter {
        void operator()(T *raw) const noexcept { Free(raw); }
    };
    std::unique_ptr<T, deleter> raw_;
};

/// The object that a handle owns, where zst.h takes NULL for none: a handle that was moved from is not meant so.
template <class T, void (*Free)(T *)>
T *needed(const handle<T, Free> &argument) {
    if (!argument) fail(ZST_ERROR_ARGUMENT, "an argument is empty: it was moved from");
    return argument.get();
}

} // namespace zst::detail
