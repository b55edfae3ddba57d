//! Frame headers, as libzstd reads them.

use super::{Code, Format, library::sys_format};
use std::mem::MaybeUninit;
use zstd_sys as sys;

/// What a frame header says.
#[derive(Clone, Copy, Debug)]
pub struct FrameHeader {
    pub kind: FrameKind,
    /// `None` when the frame does not record it; of a skippable frame: the length of the payload.
    pub content_size: Option<u64>,
    pub window_size: u64,
    pub block_size_max: u32,
    pub header_size: usize,
    pub dict_id: u32,
    pub has_checksum: bool,
    /// Of a skippable frame: 0 to 15.
    pub magic_variant: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    Zstd,
    Skippable,
}

/// The outcome of looking for a header at the start of some bytes.
#[derive(Clone, Copy, Debug)]
pub enum Header {
    Complete(FrameHeader),
    /// All bytes there are could begin a header, which needs this many in all.
    Cut {
        needed: usize,
    },
}

/// Reads the header at the start of `src`.
pub fn frame_header(src: &[u8], format: Format) -> Result<Header, Code> {
    let mut header = MaybeUninit::<sys::ZSTD_FrameHeader>::zeroed();
    // SAFETY: `src` is valid for its length; `header` is a valid place to write to.
    let returned = unsafe {
        sys::ZSTD_getFrameHeader_advanced(header.as_mut_ptr(), src.as_ptr().cast(), src.len(), sys_format(format))
    };
    let needed = Code::check(returned)?;
    if needed > 0 {
        return Ok(Header::Cut { needed });
    }
    // SAFETY: zeroed above (all-zero is a valid value of every field) and filled by libzstd.
    let header = unsafe { header.assume_init() };
    let skippable = header.frameType == sys::ZSTD_FrameType_e::ZSTD_skippableFrame;
    Ok(Header::Complete(FrameHeader {
        kind: if skippable { FrameKind::Skippable } else { FrameKind::Zstd },
        content_size: (header.frameContentSize != u64::MAX).then_some(header.frameContentSize),
        window_size: header.windowSize,
        block_size_max: header.blockSizeMax,
        header_size: header.headerSize as usize,
        // libzstd has one field for both.
        dict_id: if skippable { 0 } else { header.dictID },
        magic_variant: if skippable { header.dictID } else { 0 },
        has_checksum: header.checksumFlag != 0,
    }))
}

/// The length of the header at the start of `src`, from its descriptor alone: the magic is not looked at.
pub fn frame_header_size(src: &[u8], format: Format) -> Result<usize, Code> {
    match format {
        // SAFETY: `src` is valid for its length.
        Format::Zstd1 => Code::check(unsafe { sys::ZSTD_frameHeaderSize(src.as_ptr().cast(), src.len()) }),
        // libzstd has the magicless variant inside only. The header is the same without the magic: put one in front.
        Format::Zstd1Magicless => {
            let descriptor = *src.first().ok_or(Code::SRC_SIZE_WRONG)?;
            let with_magic = [0x28, 0xB5, 0x2F, 0xFD, descriptor];
            // SAFETY: a valid array of five bytes, all that is read.
            let size = Code::check(unsafe { sys::ZSTD_frameHeaderSize(with_magic.as_ptr().cast(), with_magic.len()) })?;
            Ok(size - 4)
        }
    }
}
