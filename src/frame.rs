//! Frames, looked at without decoding them.
//!
//! `Frame::first` finds out what decoding needs to know before it allocates or writes anything: where the frame ends,
//! and how much its blocks can hold at most, whatever its header claims.

use crate::engine::{
    self, Code, Format, FrameHeader, FrameKind, Header, is_skippable_frame, write_skippable_frame as write_skippable,
};
use crate::error::{Broken, Error};
use std::mem::MaybeUninit;

const BLOCK_HEADER: usize = 3;
const CHECKSUM: usize = 4;
const SKIPPABLE_HEADER: usize = 8;
const SKIPPABLE_VARIANTS: u32 = 16;
const CONTENTSIZE_ERROR: u64 = u64::MAX - 1;

/// One frame at the start of some bytes.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub header: FrameHeader,
    /// Bytes from the first of the header to the last of the frame.
    pub compressed_size: usize,
    /// The content of a valid frame is not larger than this.
    pub content_bound: u64,
    /// The largest content of a block that is not compressed.
    pub largest_plain_block: u32,
}

impl Frame {
    /// The frame at the start of `src`.
    pub fn first(src: &[u8], format: Format) -> Result<Frame, Broken> {
        let header = match engine::frame_header(src, format) {
            Ok(Header::Complete(header)) => header,
            Ok(Header::Cut { .. }) if src.is_empty() => return Err(Broken::Empty),
            Ok(Header::Cut { needed }) => return Err(Broken::HeaderCut { needed }),
            Err(code) => return Err(Broken::NotAFrame(code)),
        };
        match header.kind {
            FrameKind::Skippable => Frame::skippable(header, src.len()),
            FrameKind::Zstd => Frame::with_blocks(header, src),
        }
    }

    pub fn is_skippable(&self) -> bool {
        self.header.kind == FrameKind::Skippable
    }

    /// The size of the content, if the header records it.
    pub fn content_size(&self) -> Option<u64> {
        self.header.content_size
    }

    fn skippable(header: FrameHeader, have: usize) -> Result<Frame, Broken> {
        let needed = SKIPPABLE_HEADER as u64 + header.content_size.unwrap_or(0);
        if needed > have as u64 {
            return Err(Broken::SkippableCut { needed });
        }
        Ok(Frame { header, compressed_size: needed as usize, content_bound: 0, largest_plain_block: 0 })
    }

    /// Walks the block headers. They are three bytes each: 1 bit "last block", 2 bits type, 21 bits size.
    fn with_blocks(header: FrameHeader, src: &[u8]) -> Result<Frame, Broken> {
        const RAW: u32 = 0;
        const RUN: u32 = 1;
        const COMPRESSED: u32 = 2;

        let block_max = u64::from(header.block_size_max);
        let mut at = header.header_size;
        let mut content_bound = 0u64;
        let mut largest_plain_block = 0;
        loop {
            let Some(&[a, b, c]) = src.get(at..at + BLOCK_HEADER) else {
                return Err(Broken::Cut);
            };
            let block = u32::from_le_bytes([a, b, c, 0]);
            let size = block >> 3;
            let (stored, content) = match (block >> 1) & 3 {
                kind @ (RAW | RUN) => {
                    largest_plain_block = largest_plain_block.max(size);
                    (if kind == RAW { size as usize } else { 1 }, u64::from(size))
                }
                COMPRESSED => (size as usize, block_max),
                _ => return Err(Broken::Corrupted),
            };
            if content > block_max {
                return Err(Broken::Corrupted);
            }
            content_bound += content;
            at += BLOCK_HEADER + stored;
            if block & 1 == 1 {
                break;
            }
        }
        if header.has_checksum {
            at += CHECKSUM;
        }
        if at > src.len() {
            return Err(Broken::Cut);
        }
        if let Some(claimed) = header.content_size {
            if claimed > content_bound {
                return Err(Broken::ImpossibleSize { claimed, possible: content_bound });
            }
            content_bound = claimed;
        }
        Ok(Frame { header, compressed_size: at, content_bound, largest_plain_block })
    }
}

/// What a frame header says, for `get_frame_parameters`.
pub fn frame_parameters(src: &[u8], format: Format) -> Result<FrameHeader, Error> {
    match engine::frame_header(src, format) {
        Ok(Header::Complete(header)) => Ok(header),
        Ok(Header::Cut { needed }) => Err(Error::HeaderCut { needed, have: src.len() }),
        Err(code) => Err(Error::Zstd { doing: "cannot get frame parameters", code }),
    }
}

/// The length of the header; the magic is not looked at.
pub fn header_size(src: &[u8], format: Format) -> Result<usize, Error> {
    const DOING: &str = "could not determine frame header size";
    engine::frame_header_size(src, format).map_err(|code| match code {
        Code::SRC_SIZE_WRONG => Error::HeaderTooShort { doing: DOING },
        code => Error::Zstd { doing: DOING, code },
    })
}

/// The recorded size of the content; `None` if it is not recorded. 0 for a skippable frame.
pub fn content_size(src: &[u8], format: Format) -> Result<Option<u64>, Error> {
    const DOING: &str = "error when determining content size";
    match engine::frame_header(src, format) {
        Ok(Header::Complete(header)) if header.kind == FrameKind::Skippable => Ok(Some(0)),
        // A recorded size that no caller could tell from an error.
        Ok(Header::Complete(FrameHeader { content_size: Some(CONTENTSIZE_ERROR), .. })) => {
            Err(Error::Zstd { doing: DOING, code: Code::CORRUPTION_DETECTED })
        }
        Ok(Header::Complete(header)) => Ok(header.content_size),
        Ok(Header::Cut { .. }) => Err(Error::HeaderTooShort { doing: DOING }),
        Err(code) => Err(Error::Zstd { doing: DOING, code }),
    }
}

/// The frame at `at` in `src`.
fn inspect(src: &[u8], at: usize, format: Format) -> Result<Frame, Error> {
    Frame::first(&src[at..], format).map_err(|broken| Error::BrokenFrame {
        while_decompressing: false,
        broken,
        at,
        have: src.len() - at,
    })
}

/// The length of the first frame, skippable or not.
pub fn compressed_size(src: &[u8], format: Format) -> Result<usize, Error> {
    Ok(inspect(src, 0, format)?.compressed_size)
}

/// The content of all frames in `src` is not larger than this. The recorded sizes are believed as far as the blocks
/// can hold them.
pub fn decompress_bound(src: &[u8], format: Format) -> Result<u64, Error> {
    let mut at = 0;
    let mut bound = 0;
    while at < src.len() {
        let frame = inspect(src, at, format)?;
        bound += frame.content_bound;
        at += frame.compressed_size;
    }
    Ok(bound)
}

/// The payload and the magic variant of the skippable frame at the start of `src`.
pub fn read_skippable_frame(src: &[u8]) -> Result<(&[u8], u32), Error> {
    if !is_skippable_frame(src) {
        return Err(Error::NotSkippable);
    }
    let frame = inspect(src, 0, Format::Zstd1)?;
    Ok((&src[SKIPPABLE_HEADER..frame.compressed_size], frame.header.magic_variant))
}

/// Wraps `payload` in a skippable frame.
pub fn write_skippable_frame(dst: &mut [MaybeUninit<u8>], payload: &[u8], magic_variant: u32) -> Result<usize, Error> {
    const DOING: &str = "cannot write skippable frame";
    if magic_variant >= SKIPPABLE_VARIANTS {
        return Err(Error::OutOfBounds {
            doing: DOING,
            name: "magic_variant",
            value: magic_variant.into(),
            min: 0,
            max: (SKIPPABLE_VARIANTS - 1).into(),
            zero_too: false,
        });
    }
    if payload.len() as u64 > u32::MAX.into() {
        return Err(Error::Zstd { doing: DOING, code: Code::SRC_SIZE_WRONG });
    }
    let needed = payload.len() as u64 + SKIPPABLE_HEADER as u64;
    if (dst.len() as u64) < needed {
        return Err(Error::BufferTooSmall { doing: DOING, needed, have: dst.len() as u64 });
    }
    write_skippable(dst, payload, magic_variant).map_err(|code| Error::Zstd { doing: DOING, code })
}
