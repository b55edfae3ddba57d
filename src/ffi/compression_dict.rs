//! The C face of `compression_dict`.

use super::boundary::{self, Call};
use super::compression_parameters::zst_compression_parameters;
use super::error::zst_error;
use super::status::zst_status;
use crate::compression_dict::CompressionDict;
use crate::engine::{DictType, Output, Shared};
use crate::error::Error;
use std::ffi::c_void;

/// A dictionary. Immutable but for zst_compression_dict_precompute_compress(); may be used from several threads at a
/// time, and by any number of compressors and decompressors, which share what is digested from it.
/// Source: `ZstdCompressionDict`; libzstd's `ZSTD_CDict` and `ZSTD_DDict`.
pub struct zst_compression_dict(pub(super) Shared<CompressionDict>);

/// The bytes are a dictionary if they begin with a dictionary header, and content only otherwise.
pub const ZST_DICT_TYPE_AUTO: i32 = 0;
/// The bytes are content only (a prefix dictionary), whatever they look like.
pub const ZST_DICT_TYPE_RAWCONTENT: i32 = 1;
/// The bytes must begin with a dictionary header.
pub const ZST_DICT_TYPE_FULLDICT: i32 = 2;

/// A dictionary from `len` bytes at `data`, which are copied. Empty is allowed and acts as no dictionary. `k` and `d`
/// are kept for zst_compression_dict_k() and zst_compression_dict_d(); give 0 when training did not report them.
///
/// The bytes are examined when they are used first: a compressor's operations, or the constructor of a decompressor,
/// fail with ZST_ERROR_ZSTD when they are not what `dict_type` says.
/// On success `*out` is the caller's; free it with zst_compression_dict_free().
/// ZST_ERROR_VALUE for an unknown `dict_type`. Source: `ZstdCompressionDict(data, dict_type, k, d)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_new(
    data: *const c_void,
    len: usize,
    dict_type: i32,
    k: u32,
    d: u32,
    out: *mut *mut zst_compression_dict,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let data = call.bytes(data, len, "data")?;
        let dict_type = type_from(dict_type)?;
        let out = call.out(out, "out")?;
        let dict = CompressionDict::new(Output::copy_of(data)?, dict_type, k, d)?;
        out.give_handle(zst_compression_dict(Shared::try_new(dict)?))?;
        Ok(())
    })
}

/// Frees the dictionary. Compressors and decompressors that use it keep what they need. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_free(dict: *mut zst_compression_dict) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(dict) }
}

/// The id in the dictionary's header; 0 without a header, or for NULL. Source: `dict_id()`, `dictionary_id()`;
/// libzstd's `ZDICT_getDictID`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_id(dict: *const zst_compression_dict) -> u32 {
    // SAFETY: NULL or a live handle.
    unsafe { dict.as_ref() }.map_or(0, |dict| dict.0.dict_id())
}

/// The ZST_DICT_TYPE_* it was made with; ZST_DICT_TYPE_AUTO for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_type(dict: *const zst_compression_dict) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { dict.as_ref() }.map_or(ZST_DICT_TYPE_AUTO, |dict| match dict.0.dict_type() {
        DictType::Auto => ZST_DICT_TYPE_AUTO,
        DictType::RawContent => ZST_DICT_TYPE_RAWCONTENT,
        DictType::FullDict => ZST_DICT_TYPE_FULLDICT,
    })
}

/// The segment size that training used; 0 when it is not known, or for NULL. Source: `k`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_k(dict: *const zst_compression_dict) -> u32 {
    // SAFETY: NULL or a live handle.
    unsafe { dict.as_ref() }.map_or(0, |dict| dict.0.k())
}

/// The dmer size that training used; 0 when it is not known, or for NULL. Source: `d`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_d(dict: *const zst_compression_dict) -> u32 {
    // SAFETY: NULL or a live handle.
    unsafe { dict.as_ref() }.map_or(0, |dict| dict.0.d())
}

/// Lends the dictionary's bytes: `*out_data` is valid until `dict` is freed, and must not be written to.
/// Source: `as_bytes()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_as_bytes(
    dict: *const zst_compression_dict,
    out_data: *mut *const u8,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let dict = call.borrow(dict, "dict")?;
        let out_data = call.out(out_data, "out_data")?;
        let out_len = call.out(out_len, "out_len")?;
        let bytes = dict.0.as_bytes();
        out_data.give(bytes.as_ptr());
        out_len.give(bytes.len());
        Ok(())
    })
}

/// Digests the dictionary now, for `level` or for `parameters` (give 0 or NULL for the other). Of the latter,
/// ZST_C_WINDOW_LOG to ZST_C_STRATEGY count; those that are not set are those of level 3, whatever
/// ZST_C_COMPRESSION_LEVEL is. Compressors use the result in all operations that are started later; its match-finder
/// parameters replace theirs. May be repeated; operations already started keep what they have.
///
/// ZST_ERROR_VALUE when neither is given or both are; ZST_ERROR_ZSTD when the dictionary cannot be used.
/// Source: `precompute_compress()`; libzstd's `ZSTD_createCDict_advanced`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_dict_precompute_compress(
    dict: *const zst_compression_dict,
    level: i32,
    parameters: *const zst_compression_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let dict = call.borrow(dict, "dict")?;
        let parameters = call.borrow_optional(parameters).map(|parameters| parameters.0.read().clone());
        dict.0.precompute_compress(level, parameters.as_ref())
    })
}

fn type_from(number: i32) -> Result<DictType, Error> {
    match number {
        ZST_DICT_TYPE_AUTO => Ok(DictType::Auto),
        ZST_DICT_TYPE_RAWCONTENT => Ok(DictType::RawContent),
        ZST_DICT_TYPE_FULLDICT => Ok(DictType::FullDict),
        _ => Err(Error::UnknownDictType { number }),
    }
}
