//! A dictionary digested for decompression.

use super::cdict::{default_memory, sys_dict_type};
use super::{Code, DictType, Output, Shared};
use std::ptr::NonNull;
use zstd_sys as sys;

/// Immutable tables made from a dictionary; any number of contexts may use them at the same time.
pub struct DDict {
    ddict: NonNull<sys::ZSTD_DDict>,
    id: u32,
    /// libzstd refers to the bytes.
    _bytes: Shared<Output>,
}

// SAFETY: a DDict is read-only once it is made.
unsafe impl Send for DDict {}
// SAFETY: as above.
unsafe impl Sync for DDict {}

impl DDict {
    pub fn new(bytes: &Shared<Output>, dict_type: DictType) -> Result<DDict, Code> {
        // SAFETY: the bytes outlive the result, which keeps them.
        let ddict = unsafe {
            sys::ZSTD_createDDict_advanced(
                bytes.as_slice().as_ptr().cast(),
                bytes.len(),
                sys::ZSTD_dictLoadMethod_e::ZSTD_dlm_byRef,
                sys_dict_type(dict_type),
                default_memory(),
            )
        };
        let ddict = NonNull::new(ddict).ok_or(Code::MEMORY_ALLOCATION)?;
        // SAFETY: a live object.
        let id = unsafe { sys::ZSTD_getDictID_fromDDict(ddict.as_ptr()) };
        Ok(DDict { ddict, id, _bytes: bytes.clone() })
    }

    /// The id that frames made with this dictionary carry; 0 for content-only dictionaries.
    pub fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn as_ptr(&self) -> *const sys::ZSTD_DDict {
        self.ddict.as_ptr()
    }
}

impl Drop for DDict {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe { sys::ZSTD_freeDDict(self.ddict.as_ptr()) };
    }
}
