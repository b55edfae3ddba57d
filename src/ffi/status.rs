//! `zst_status`: what a function returns.

use std::ffi::c_char;

/// What a function returns: 0 or more is success, less is failure. The numbers are never reused.
pub type zst_status = i32;

/// Success.
pub const ZST_OK: i32 = 0;
/// Success, and there is nothing more: the end of an iteration.
pub const ZST_DONE: i32 = 1;
/// The call is wrong: a pointer is NULL that must not be, or a length is impossible. A bug of the caller.
pub const ZST_ERROR_ARGUMENT: i32 = -1;
/// A value is not allowed, such as a compression level or a flag that does not exist.
pub const ZST_ERROR_VALUE: i32 = -2;
/// An index is outside its container.
pub const ZST_ERROR_INDEX: i32 = -3;
/// The object is in a state in which it cannot do this.
pub const ZST_ERROR_STATE: i32 = -4;
/// The stream is closed.
pub const ZST_ERROR_CLOSED: i32 = -5;
/// The object is in use by another call, in another thread or further up in this one.
pub const ZST_ERROR_BUSY: i32 = -6;
/// The data is not what it should be, or a setting is out of bounds, or libzstd refuses it; zst_error.zstd_code may
/// tell more.
pub const ZST_ERROR_ZSTD: i32 = -7;
/// Memory is exhausted.
pub const ZST_ERROR_MEMORY: i32 = -8;
/// The source reported an error; zst_error.callback_code has it.
pub const ZST_ERROR_SOURCE: i32 = -9;
/// The sink reported an error; zst_error.callback_code has it.
pub const ZST_ERROR_SINK: i32 = -10;
/// The source or the sink would block. Nothing is lost, the call can be repeated; all but copy_stream.
pub const ZST_ERROR_WOULD_BLOCK: i32 = -11;
/// The position cannot be reached.
pub const ZST_ERROR_SEEK: i32 = -12;
/// The caller's buffer is too small; zst_error.expected is a size that is enough.
pub const ZST_ERROR_BUFFER_TOO_SMALL: i32 = -13;
/// A bug of this library. The objects of the call should be freed, not used.
pub const ZST_ERROR_INTERNAL: i32 = -14;
/// The input ends inside a frame.
pub const ZST_ERROR_TRUNCATED: i32 = -15;
/// The data needs more than a limit allows that the caller has set: max_output_size or max_window_size.
pub const ZST_ERROR_LIMIT: i32 = -16;
/// The progress callback has cancelled the operation; zst_error.callback_code has its code.
pub const ZST_ERROR_CANCELLED: i32 = -17;

/// The name of a status, such as "ZST_ERROR_MEMORY"; "unknown" for a number that is none.
///
/// The string is constant and lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn zst_status_name(status: zst_status) -> *const c_char {
    let name = match status {
        ZST_OK => c"ZST_OK",
        ZST_DONE => c"ZST_DONE",
        ZST_ERROR_ARGUMENT => c"ZST_ERROR_ARGUMENT",
        ZST_ERROR_VALUE => c"ZST_ERROR_VALUE",
        ZST_ERROR_INDEX => c"ZST_ERROR_INDEX",
        ZST_ERROR_STATE => c"ZST_ERROR_STATE",
        ZST_ERROR_CLOSED => c"ZST_ERROR_CLOSED",
        ZST_ERROR_BUSY => c"ZST_ERROR_BUSY",
        ZST_ERROR_ZSTD => c"ZST_ERROR_ZSTD",
        ZST_ERROR_MEMORY => c"ZST_ERROR_MEMORY",
        ZST_ERROR_SOURCE => c"ZST_ERROR_SOURCE",
        ZST_ERROR_SINK => c"ZST_ERROR_SINK",
        ZST_ERROR_WOULD_BLOCK => c"ZST_ERROR_WOULD_BLOCK",
        ZST_ERROR_SEEK => c"ZST_ERROR_SEEK",
        ZST_ERROR_BUFFER_TOO_SMALL => c"ZST_ERROR_BUFFER_TOO_SMALL",
        ZST_ERROR_INTERNAL => c"ZST_ERROR_INTERNAL",
        ZST_ERROR_TRUNCATED => c"ZST_ERROR_TRUNCATED",
        ZST_ERROR_LIMIT => c"ZST_ERROR_LIMIT",
        ZST_ERROR_CANCELLED => c"ZST_ERROR_CANCELLED",
        _ => c"unknown",
    };
    name.as_ptr()
}
