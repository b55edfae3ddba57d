//! What the operating system calls its errors.

use std::ffi::CStr;
use std::fmt;

/// An `errno`, displayed in words. Needs no heap memory.
pub struct Errno(pub i32);

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 128];
        // SAFETY: the place is valid for its length; a text that does not fit is cut.
        unsafe { libc::strerror_r(self.0, text.as_mut_ptr().cast(), text.len()) };
        match CStr::from_bytes_until_nul(&text).map(CStr::to_str) {
            Ok(Ok(text)) => f.write_str(text),
            Ok(Err(_)) | Err(_) => write!(f, "error {}", self.0),
        }
    }
}
