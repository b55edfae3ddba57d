//! What the operating system calls its errors.

use std::ffi::{CStr, c_char};
use std::fmt;

/// An `errno`, displayed in words. Needs no heap memory.
pub struct Errno(pub i32);

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 128];
        // SAFETY: the place is valid for its length; a text that does not fit is cut.
        unsafe { say(self.0, text.as_mut_ptr().cast(), text.len()) };
        match CStr::from_bytes_until_nul(&text).map(CStr::to_str) {
            Ok(Ok(text)) => f.write_str(text),
            Ok(Err(_)) | Err(_) => write!(f, "error {}", self.0),
        }
    }
}

#[cfg(unix)]
unsafe fn say(errno: i32, place: *mut c_char, len: usize) {
    // SAFETY: the caller's.
    unsafe { libc::strerror_r(errno, place, len) };
}

#[cfg(windows)]
unsafe fn say(errno: i32, place: *mut c_char, len: usize) {
    unsafe extern "C" {
        fn strerror_s(place: *mut c_char, len: usize, errno: i32) -> i32;
    }
    // SAFETY: the caller's.
    unsafe { strerror_s(place, len, errno) };
}
