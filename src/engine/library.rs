//! Facts about libzstd itself: version, bounds, estimates.

use super::{Code, Format};
use zstd_sys as sys;

/// The version of the linked libzstd, 10507 for 1.5.7.
pub fn version_number() -> u32 {
    // SAFETY: no arguments, no state.
    unsafe { sys::ZSTD_versionNumber() }
}

/// The largest size that a frame of `src_len` bytes of content can have; `None` when `src_len` is more
/// than libzstd can compress in one piece.
pub fn compress_bound(src_len: usize) -> Option<usize> {
    // libzstd would take more than a buffer can have.
    if src_len > isize::MAX as usize {
        return None;
    }
    // SAFETY: pure function of an integer.
    let bound = unsafe { sys::ZSTD_compressBound(src_len) };
    Code::check(bound).ok()
}

/// Memory used by a fresh decompression context.
pub fn estimate_dctx_size() -> usize {
    // SAFETY: no arguments, no state.
    unsafe { sys::ZSTD_estimateDCtxSize() }
}

/// The highest level.
pub fn max_level() -> i32 {
    // SAFETY: no arguments, no state.
    unsafe { sys::ZSTD_maxCLevel() }
}

/// The largest window size a decoder accepts unless told otherwise: 128 MiB + 1.
pub const DEFAULT_MAX_WINDOW_SIZE: u64 = (1 << 27) + 1;

/// Wraps `payload` in a skippable frame with magic number 0x184D2A50 + `magic_variant`.
pub fn write_skippable_frame(
    dst: &mut [std::mem::MaybeUninit<u8>],
    payload: &[u8],
    magic_variant: u32,
) -> Result<usize, Code> {
    // SAFETY: both ranges are valid for their lengths; libzstd checks the capacity before it writes.
    let written = unsafe {
        sys::ZSTD_writeSkippableFrame(
            dst.as_mut_ptr().cast(),
            dst.len(),
            payload.as_ptr().cast(),
            payload.len(),
            magic_variant,
        )
    };
    Code::check(written)
}

/// Whether `src` begins with a skippable frame.
pub fn is_skippable_frame(src: &[u8]) -> bool {
    // SAFETY: the range is valid; libzstd reads four bytes of it at most.
    unsafe { sys::ZSTD_isSkippableFrame(src.as_ptr().cast(), src.len()) != 0 }
}

/// Whether `src` begins with a frame of any kind.
pub fn is_frame(src: &[u8]) -> bool {
    // SAFETY: the range is valid; libzstd reads four bytes of it at most.
    unsafe { sys::ZSTD_isFrame(src.as_ptr().cast(), src.len()) != 0 }
}

pub(super) fn sys_format(format: Format) -> sys::ZSTD_format_e {
    match format {
        Format::Zstd1 => sys::ZSTD_format_e::ZSTD_f_zstd1,
        Format::Zstd1Magicless => sys::ZSTD_format_e::ZSTD_f_zstd1_magicless,
    }
}

/// The number of CPUs that this process may use. The standard library knows it too, but needs memory to find out.
#[cfg(target_os = "linux")]
pub fn logical_cpus() -> i32 {
    let mut set = std::mem::MaybeUninit::<libc::cpu_set_t>::zeroed();
    // SAFETY: a set of zeros is valid, and the kernel writes to no more than its size.
    unsafe {
        match libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), set.as_mut_ptr()) {
            0 => libc::CPU_COUNT(&set.assume_init()).max(1),
            _ => 1,
        }
    }
}

/// The number of CPUs that this process may use.
#[cfg(not(target_os = "linux"))]
pub fn logical_cpus() -> i32 {
    std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as i32)
}
