//! libzstd's error codes.

use std::ffi::CStr;
use zstd_sys::ZSTD_ErrorCode;

/// An error that libzstd reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub i32);

impl Code {
    pub const GENERIC: Code = Code(ZSTD_ErrorCode::ZSTD_error_GENERIC as i32);
    pub const PREFIX_UNKNOWN: Code = Code(ZSTD_ErrorCode::ZSTD_error_prefix_unknown as i32);
    pub const WINDOW_TOO_LARGE: Code = Code(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge as i32);
    pub const CORRUPTION_DETECTED: Code = Code(ZSTD_ErrorCode::ZSTD_error_corruption_detected as i32);
    pub const DICTIONARY_CORRUPTED: Code = Code(ZSTD_ErrorCode::ZSTD_error_dictionary_corrupted as i32);
    pub const DICTIONARY_WRONG: Code = Code(ZSTD_ErrorCode::ZSTD_error_dictionary_wrong as i32);
    pub const PARAMETER_OUT_OF_BOUND: Code = Code(ZSTD_ErrorCode::ZSTD_error_parameter_outOfBound as i32);
    pub const PARAMETER_UNSUPPORTED: Code = Code(ZSTD_ErrorCode::ZSTD_error_parameter_unsupported as i32);
    pub const MEMORY_ALLOCATION: Code = Code(ZSTD_ErrorCode::ZSTD_error_memory_allocation as i32);
    pub const DST_SIZE_TOO_SMALL: Code = Code(ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall as i32);
    pub const SRC_SIZE_WRONG: Code = Code(ZSTD_ErrorCode::ZSTD_error_srcSize_wrong as i32);

    /// libzstd's text for this code, like "Data corruption detected".
    pub fn name(self) -> &'static str {
        let error = 0usize.wrapping_sub(self.0 as usize);
        // SAFETY: any integer may be asked about; the answer is a constant, NUL-terminated string.
        let name = unsafe { CStr::from_ptr(zstd_sys::ZSTD_getErrorName(error)) };
        name.to_str().unwrap_or("Unspecified error code")
    }

    /// Splits what a libzstd function returned into its result and its error.
    pub(super) fn check(returned: usize) -> Result<usize, Code> {
        // The top of the range is libzstd's convention (ERR_isError): this comparison is
        // ZSTD_isError() without the call.
        const FIRST_ERROR: usize = 0usize.wrapping_sub(ZSTD_ErrorCode::ZSTD_error_maxCode as usize);
        if returned <= FIRST_ERROR { Ok(returned) } else { Err(Code(0usize.wrapping_sub(returned) as i32)) }
    }
}
