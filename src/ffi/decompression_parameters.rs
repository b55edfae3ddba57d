//! The C face of `decompression_parameters`.

use super::boundary::{self, Call};
use super::compression_dict::zst_compression_dict;
use super::error::zst_error;
use super::status::zst_status;
use crate::decompression_parameters::{self, DecompressionParameters, Dictionaries};
use parking_lot::RwLock;
use std::ffi::{CStr, c_char};

/// The settings and limits of a decompressor: values by the numbers ZST_D_*, and dictionaries. May be used from several
/// threads at a time. Source: the arguments of `ZstdDecompressor()`; libzstd's `ZSTD_dParameter`.
///
/// The numbers are libzstd's where libzstd has the parameter. libzstd's "stable buffer" mode is not among them, for the
/// same reason as in zst_compression_parameters.
pub struct zst_decompression_parameters(pub(super) RwLock<Settings>);

pub struct Settings {
    pub parameters: DecompressionParameters,
    pub dictionaries: Dictionaries,
}

/// Largest window of a frame, in bytes, 1024 to 2^31; 0 is the default, 128 MiB + 1. Frames that need more are refused
/// with ZST_ERROR_LIMIT. A frame that records the size of its content needs no window when it is decoded in one piece.
pub const ZST_D_MAX_WINDOW_SIZE: i32 = 100;
/// ZST_FORMAT_ZSTD1 (default) or ZST_FORMAT_ZSTD1_MAGICLESS.
pub const ZST_D_FORMAT: i32 = 1000;
/// Do not verify checksums: 0 (default) or 1.
pub const ZST_D_IGNORE_CHECKSUM: i32 = 1002;
/// Do not use libzstd's assembly code: 0 (default) or 1.
pub const ZST_D_DISABLE_HUFFMAN_ASSEMBLY: i32 = 1004;
/// Refuse blocks with more content than so many bytes, 1024 to 131072; 0 is the default, the latter.
pub const ZST_D_MAX_BLOCK_SIZE: i32 = 1005;
/// The most that one call, or one stream in all, may produce, in bytes, whatever a frame header says; 0 is the default,
/// no limit. More is refused with ZST_ERROR_LIMIT. Set it for input that you do not trust: 100 KB of it can expand to
/// gigabytes.
pub const ZST_D_MAX_OUTPUT_SIZE: i32 = 2000;

/// A set of parameters with their defaults, without dictionaries.
///
/// On success `*out` is the caller's; free it with zst_decompression_parameters_free().
/// Source: `ZstdDecompressor()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_new(
    out: *mut *mut zst_decompression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let out = call.out(out, "out")?;
        let settings =
            Settings { parameters: DecompressionParameters::default(), dictionaries: Dictionaries::default() };
        out.give_handle(zst_decompression_parameters(RwLock::new(settings)))?;
        Ok(())
    })
}

/// A copy, independent of `parameters`. Dictionaries are shared.
///
/// On success `*out` is the caller's; free it with zst_decompression_parameters_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_copy(
    parameters: *const zst_decompression_parameters,
    out: *mut *mut zst_decompression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let out = call.out(out, "out")?;
        let copy = parameters.0.read().try_clone()?;
        out.give_handle(zst_decompression_parameters(RwLock::new(copy)))?;
        Ok(())
    })
}

/// Frees the set. Decompressors made from it have their own copy. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_free(parameters: *mut zst_decompression_parameters) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(parameters) }
}

/// Sets one parameter, a number ZST_D_*. Decompressors that were made from the set before do not change.
///
/// ZST_ERROR_ZSTD when the value is out of bounds; the message tells them. ZST_ERROR_VALUE when there is no such
/// parameter. Source: the arguments of `ZstdDecompressor()`; libzstd's `ZSTD_DCtx_setParameter`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_set(
    parameters: *const zst_decompression_parameters,
    parameter: i32,
    value: i64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| call.borrow(parameters, "parameters")?.0.write().parameters.set(parameter, value))
}

/// Reads one parameter, a number ZST_D_*.
///
/// ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_DCtx_getParameter`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_get(
    parameters: *const zst_decompression_parameters,
    parameter: i32,
    out_value: *mut i64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let out_value = call.out(out_value, "out_value")?;
        let value = parameters.0.read().parameters.get(parameter)?;
        out_value.give(value);
        Ok(())
    })
}

/// The smallest and the largest value of a parameter, both included. Where 0 is not between them, 0 is allowed too and
/// stands for the default.
///
/// ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_dParam_getBounds`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_bounds(
    parameter: i32,
    out_min: *mut i64,
    out_max: *mut i64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let out_min = call.out(out_min, "out_min")?;
        let out_max = call.out(out_max, "out_max")?;
        let (min, max) = decompression_parameters::bounds(parameter)?;
        out_min.give(min);
        out_max.give(max);
        Ok(())
    })
}

/// The name of a parameter, such as "max_window_size", or NULL when there is no such parameter. The string is constant
/// and lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn zst_decompression_parameters_name(parameter: i32) -> *const c_char {
    decompression_parameters::name(parameter).map_or(std::ptr::null(), CStr::as_ptr)
}

/// Adds a dictionary to choose from: each frame is decoded with the one whose id its header carries, and a frame
/// without an id with the first one (the one given to the constructor, if any). `dict` may be freed afterwards.
///
/// ZST_ERROR_VALUE when there is one with the same id already.
/// Source: libzstd's `ZSTD_d_refMultipleDDicts`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_parameters_add_dictionary(
    parameters: *const zst_decompression_parameters,
    dict: *const zst_compression_dict,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let dict = call.borrow(dict, "dict")?;
        parameters.0.write().dictionaries.add(&dict.0)
    })
}

impl Settings {
    pub fn try_clone(&self) -> Result<Settings, crate::error::Error> {
        Ok(Settings { parameters: self.parameters.clone(), dictionaries: self.dictionaries.try_clone()? })
    }
}
