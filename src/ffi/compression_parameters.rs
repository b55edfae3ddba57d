//! The C face of `compression_parameters`.

use super::boundary::{self, Call};
use super::error::zst_error;
use super::library::ZST_CONTENTSIZE_UNKNOWN;
use super::status::zst_status;
use crate::compression_parameters::{self, CompressionParameters};
use parking_lot::RwLock;
use std::ffi::{CStr, c_char};

/// A set of compression parameters: values by the numbers ZST_C_*. May be used from several threads at a time.
/// Source: `ZstdCompressionParameters`; libzstd's `ZSTD_CCtx_params`.
///
/// The numbers are those of libzstd's `ZSTD_cParameter`. libzstd's two "stable buffer" modes are not among them: they
/// promise that the caller's buffers stay in place and unchanged between calls, which most hosts cannot promise, and a
/// broken promise would damage the frames.
pub struct zst_compression_parameters(pub(super) RwLock<CompressionParameters>);

/// ZST_FORMAT_ZSTD1 (default) or ZST_FORMAT_ZSTD1_MAGICLESS.
pub const ZST_C_FORMAT: i32 = 10;
/// 1 to 22, and negative levels for more speed. Clamped; 0 is the default, 3.
pub const ZST_C_COMPRESSION_LEVEL: i32 = 100;
/// Logarithm of the largest distance of a match. 0, as in all of the following: what the level stands for.
pub const ZST_C_WINDOW_LOG: i32 = 101;
/// Logarithm of the size of the hash table.
pub const ZST_C_HASH_LOG: i32 = 102;
/// Logarithm of the size of the second search table.
pub const ZST_C_CHAIN_LOG: i32 = 103;
/// Logarithm of the number of search attempts.
pub const ZST_C_SEARCH_LOG: i32 = 104;
/// Smallest match that is searched for.
pub const ZST_C_MIN_MATCH: i32 = 105;
/// For strong strategies the length that is good enough; for ZST_STRATEGY_FAST the acceleration.
pub const ZST_C_TARGET_LENGTH: i32 = 106;
/// One of ZST_STRATEGY_*.
pub const ZST_C_STRATEGY: i32 = 107;
/// Compressed blocks are to be about this long, in bytes, so that a receiver can decode early. 0: no target.
pub const ZST_C_TARGET_BLOCK_SIZE: i32 = 130;
/// Long-distance matching: 0 off (default), 1 on, -1 libzstd's choice. (libzstd's own numbers are 2, 1, 0.)
pub const ZST_C_ENABLE_LDM: i32 = 160;
/// Logarithm of the size of the table for long-distance matching.
pub const ZST_C_LDM_HASH_LOG: i32 = 161;
/// Smallest match of long-distance matching.
pub const ZST_C_LDM_MIN_MATCH: i32 = 162;
/// Logarithm of the bucket size for collisions.
pub const ZST_C_LDM_BUCKET_SIZE_LOG: i32 = 163;
/// Logarithm of how rarely a position enters the table.
pub const ZST_C_LDM_HASH_RATE_LOG: i32 = 164;
/// Write the size of the content into the frame header, where it is known. Default 1.
pub const ZST_C_WRITE_CONTENT_SIZE: i32 = 200;
/// Write a checksum of the content, which decompression verifies. Default 0.
pub const ZST_C_WRITE_CHECKSUM: i32 = 201;
/// Write the dictionary's id into the frame header, by which a decompressor finds the right one and notices a wrong
/// one. Default 1. (ZstdCompressionParameters in Python has it off.)
pub const ZST_C_WRITE_DICT_ID: i32 = 202;
/// Worker threads of libzstd for each operation; 0 is none, negative the number of logical CPUs. Clamped.
pub const ZST_C_THREADS: i32 = 400;
/// Bytes of input for one worker, at least 512 KiB. 0: libzstd's choice. Clamped.
pub const ZST_C_JOB_SIZE: i32 = 401;
/// How much of the previous job a worker sees: 9 a full window, 1 nothing, 0 libzstd's choice. Clamped.
pub const ZST_C_OVERLAP_LOG: i32 = 402;
/// Make frames of similar contents have similar parts, for rsync. Needs worker threads.
pub const ZST_C_RSYNCABLE: i32 = 500;
/// Keep distances below the window size also with a dictionary.
pub const ZST_C_FORCE_MAX_WINDOW: i32 = 1000;
/// How a digested dictionary is used: 0 libzstd's choice, 1 in place, 2 copied, 3 digested again.
pub const ZST_C_FORCE_ATTACH_DICT: i32 = 1001;
/// Entropy-compress literals: 0 libzstd's choice, 1 always, 2 never.
pub const ZST_C_LITERAL_COMPRESSION_MODE: i32 = 1002;
/// About how many bytes are to come, where the size is not declared. 0: nothing known.
pub const ZST_C_SOURCE_SIZE_HINT: i32 = 1004;
/// Digest dictionaries into a form that is faster to search (strategies greedy, lazy and lazy2).
pub const ZST_C_ENABLE_DEDICATED_DICT_SEARCH: i32 = 1005;
/// Of interest only for libzstd's sequence functions, which this library does not have.
pub const ZST_C_BLOCK_DELIMITERS: i32 = 1008;
/// Of interest only for libzstd's sequence functions, which this library does not have.
pub const ZST_C_VALIDATE_SEQUENCES: i32 = 1009;
/// Split blocks after the matches are found: 0 libzstd's choice, 1 always, 2 never.
pub const ZST_C_SPLIT_AFTER_SEQUENCES: i32 = 1010;
/// Row-based match finder for greedy, lazy and lazy2: 0 libzstd's choice, 1 always, 2 never.
pub const ZST_C_USE_ROW_MATCH_FINDER: i32 = 1011;
/// Make frames that do not depend on where prefix and source lie in memory.
pub const ZST_C_DETERMINISTIC_REF_PREFIX: i32 = 1012;
/// Fetch the tables of a dictionary used in place into the cache: 0 libzstd's choice, 1 yes, 2 no.
pub const ZST_C_PREFETCH_CDICT_TABLES: i32 = 1013;
/// Of interest only for libzstd's sequence functions, which this library does not have.
pub const ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK: i32 = 1014;
/// Largest content of a block, 1024 to 131072 bytes. 0: the latter.
pub const ZST_C_MAX_BLOCK_SIZE: i32 = 1015;
/// Of interest only for libzstd's sequence functions, which this library does not have.
pub const ZST_C_REPCODE_RESOLUTION: i32 = 1016;
/// Effort for splitting blocks before the matches are found: 1 none, 2 to 6 more and more, 0 what the strategy stands
/// for.
pub const ZST_C_BLOCK_SPLITTER_LEVEL: i32 = 1017;

/// A set of parameters with their defaults: level 3, content size and dictionary id written, no checksum, long-distance
/// matching off.
///
/// On success `*out` is the caller's; free it with zst_compression_parameters_free().
/// Source: `ZstdCompressionParameters()`; libzstd's `ZSTD_createCCtxParams`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_new(
    out: *mut *mut zst_compression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let out = call.out(out, "out")?;
        out.give_handle(zst_compression_parameters(RwLock::new(CompressionParameters::default())))?;
        Ok(())
    })
}

/// A set of parameters in which those that `level` stands for are spelled out (window_log to strategy), as they suit a
/// source of `source_size` bytes (0 or ZST_CONTENTSIZE_UNKNOWN: unknown) and a dictionary of `dict_size` bytes (0:
/// none). ZST_C_COMPRESSION_LEVEL itself stays 3. Levels outside the table act as the nearest.
///
/// On success `*out` is the caller's; free it with zst_compression_parameters_free().
/// Source: `ZstdCompressionParameters.from_level()`; libzstd's `ZSTD_getCParams`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_from_level(
    level: i32,
    source_size: u64,
    dict_size: usize,
    out: *mut *mut zst_compression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let out = call.out(out, "out")?;
        let source_size = (source_size != 0 && source_size != ZST_CONTENTSIZE_UNKNOWN).then_some(source_size);
        let parameters = CompressionParameters::from_level(level, source_size, dict_size);
        out.give_handle(zst_compression_parameters(RwLock::new(parameters)))?;
        Ok(())
    })
}

/// A copy, independent of `parameters`.
///
/// On success `*out` is the caller's; free it with zst_compression_parameters_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_copy(
    parameters: *const zst_compression_parameters,
    out: *mut *mut zst_compression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let out = call.out(out, "out")?;
        let copy = parameters.0.read().clone();
        out.give_handle(zst_compression_parameters(RwLock::new(copy)))?;
        Ok(())
    })
}

/// Frees the set. Compressors made from it have their own copy. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_free(parameters: *mut zst_compression_parameters) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(parameters) }
}

/// Sets one parameter, a number ZST_C_*. Compressors that were made from the set before do not change.
///
/// ZST_ERROR_ZSTD when the value is out of bounds; the message tells them. ZST_ERROR_VALUE when there is no such
/// parameter. Source: the arguments of `ZstdCompressionParameters()`; libzstd's `ZSTD_CCtxParams_setParameter`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_set(
    parameters: *const zst_compression_parameters,
    parameter: i32,
    value: i32,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| call.borrow(parameters, "parameters")?.0.write().set(parameter, value))
}

/// Reads one parameter, a number ZST_C_*: the value that was set, after clamping.
///
/// ZST_ERROR_VALUE when there is no such parameter.
/// Source: the attributes of `ZstdCompressionParameters`; libzstd's `ZSTD_CCtxParams_getParameter`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_get(
    parameters: *const zst_compression_parameters,
    parameter: i32,
    out_value: *mut i32,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let out_value = call.out(out_value, "out_value")?;
        let value = parameters.0.read().get(parameter)?;
        out_value.give(value);
        Ok(())
    })
}

/// The smallest and the largest value of a parameter, both included. Where 0 is not between them, 0 is allowed too and
/// stands for libzstd's choice.
///
/// ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_cParam_getBounds`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_bounds(
    parameter: i32,
    out_min: *mut i32,
    out_max: *mut i32,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let out_min = call.out(out_min, "out_min")?;
        let out_max = call.out(out_max, "out_max")?;
        let (min, max) = compression_parameters::bounds(parameter)?;
        out_min.give(min);
        out_max.give(max);
        Ok(())
    })
}

/// The name of a parameter, such as "window_log", or NULL when there is no such parameter. The string is constant and
/// lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn zst_compression_parameters_name(parameter: i32) -> *const c_char {
    compression_parameters::name(parameter).map_or(std::ptr::null(), CStr::as_ptr)
}

/// Memory that a compressor with these parameters needs for one operation without streaming, in bytes.
///
/// ZST_ERROR_ZSTD when threads is 1 or more: there is no estimate then.
/// Source: `estimated_compression_context_size()`; libzstd's `ZSTD_estimateCCtxSize_usingCCtxParams`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_parameters_estimated_compression_context_size(
    parameters: *const zst_compression_parameters,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = parameters.0.read().estimated_compression_context_size()?;
        out_size.give(size);
        Ok(())
    })
}
