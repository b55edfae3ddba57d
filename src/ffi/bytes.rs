//! `zst_bytes` and `zst_slice`: bytes that the library gives, and bytes that the caller lends.

use crate::engine::{OutOfMemory, Output};
use std::ffi::c_void;
use std::ptr::NonNull;

/// Memory that the library has allocated and the caller owns. Give it back with zst_bytes_free().
///
/// `data` is never NULL after success, also when `len` is 0. Do not change `data` and `capacity`.
#[repr(C)]
pub struct zst_bytes {
    pub data: *mut u8,
    /// Bytes of content.
    pub len: usize,
    /// Bytes of memory.
    pub capacity: usize,
}

/// Memory that the caller lends for the time of a call. `data` may be NULL when `len` is 0.
#[repr(C)]
pub struct zst_slice {
    pub data: *const c_void,
    /// In bytes.
    pub len: usize,
}

impl From<Output> for zst_bytes {
    fn from(output: Output) -> zst_bytes {
        let (data, len, capacity) = output.into_raw();
        zst_bytes { data, len, capacity }
    }
}

impl zst_bytes {
    /// Appends `more`; a zst_bytes of zeros begins with it.
    ///
    /// # Safety
    /// The fields are zeros, or come from `Output::into_raw` and have not been changed.
    pub(super) unsafe fn append(&mut self, more: &[u8]) -> Result<(), OutOfMemory> {
        let mut output = match NonNull::new(self.data) {
            // SAFETY: as the caller says. Whatever happens below, it is given away again.
            Some(data) => unsafe { Output::from_raw(data, self.len, self.capacity) },
            None => Output::with_capacity(more.len())?,
        };
        let outcome = output.make_room(more.len()).map(|()| output.append(more));
        *self = output.into();
        outcome
    }
}

/// Gives the memory back and sets all fields to 0. NULL, and a zst_bytes of zeros, are fine: nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_bytes_free(bytes: *mut zst_bytes) {
    // SAFETY: NULL or valid, as the rules at the top of zst.h say.
    let Some(bytes) = (unsafe { bytes.as_mut() }) else {
        return;
    };
    if let Some(data) = NonNull::new(bytes.data) {
        // SAFETY: the three fields came from `Output::into_raw` and have not been changed.
        drop(unsafe { Output::from_raw(data, bytes.len, bytes.capacity) });
    }
    *bytes = zst_bytes { data: std::ptr::null_mut(), len: 0, capacity: 0 };
}
