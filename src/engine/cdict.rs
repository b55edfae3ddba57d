//! A dictionary digested for compression.

use super::{CCtxParams, Code, DictType, Output, Shared};
use std::ptr::NonNull;
use zstd_sys as sys;

/// Immutable tables made from a dictionary; any number of contexts may use them at the same time.
pub struct CDict {
    cdict: NonNull<sys::ZSTD_CDict>,
    /// libzstd refers to the bytes.
    _bytes: Shared<Output>,
}

// SAFETY: a CDict is read-only once it is made.
unsafe impl Send for CDict {}
// SAFETY: as above.
unsafe impl Sync for CDict {}

impl CDict {
    /// Digests for a set of parameters.
    pub fn new(bytes: &Shared<Output>, dict_type: DictType, params: &CCtxParams) -> Result<CDict, Code> {
        // SAFETY: the bytes outlive the result, which keeps them; the parameters are live and only read; the
        // default allocator is chosen by a zeroed ZSTD_customMem.
        let cdict = unsafe {
            sys::ZSTD_createCDict_advanced2(
                bytes.as_slice().as_ptr().cast(),
                bytes.len(),
                sys::ZSTD_dictLoadMethod_e::ZSTD_dlm_byRef,
                sys_dict_type(dict_type),
                params.as_ptr(),
                default_memory(),
            )
        };
        // libzstd says only that there is no result, not why.
        let cdict = NonNull::new(cdict).ok_or(Code::MEMORY_ALLOCATION)?;
        Ok(CDict { cdict, _bytes: bytes.clone() })
    }

    pub(super) fn as_ptr(&self) -> *const sys::ZSTD_CDict {
        self.cdict.as_ptr()
    }
}

impl Drop for CDict {
    fn drop(&mut self) {
        // SAFETY: ours, freed once; every context that refers to it also holds it alive.
        unsafe { sys::ZSTD_freeCDict(self.cdict.as_ptr()) };
    }
}

pub(super) fn sys_dict_type(dict_type: DictType) -> sys::ZSTD_dictContentType_e {
    match dict_type {
        DictType::Auto => sys::ZSTD_dictContentType_e::ZSTD_dct_auto,
        DictType::RawContent => sys::ZSTD_dictContentType_e::ZSTD_dct_rawContent,
        DictType::FullDict => sys::ZSTD_dictContentType_e::ZSTD_dct_fullDict,
    }
}

pub(super) fn default_memory() -> sys::ZSTD_customMem {
    sys::ZSTD_customMem { customAlloc: None, customFree: None, opaque: std::ptr::null_mut() }
}
