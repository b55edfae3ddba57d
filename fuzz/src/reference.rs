//! What libzstd itself makes of some bytes.

use crate::choices::Settings;
use crate::support::*;
use zst::ffi::frame::*;
use zstd_sys as sys;

pub struct Frame {
    pub skippable: bool,
    /// Its header records the size of its content.
    pub sized: bool,
    /// Where it ends in the input, and in the content of all frames.
    pub end: usize,
    pub content_end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tail {
    /// Complete frames, and nothing else.
    End,
    /// The last frame is cut.
    Cut,
    /// Something that is no frame, or damaged.
    Bad,
}

pub struct Reference {
    pub frames: Vec<Frame>,
    pub tail: Tail,
    /// With what could be had of the broken frame.
    pub content: Vec<u8>,
}

/// More content is not compared.
const MUCH: usize = 1 << 20;

impl Reference {
    /// None when there is too much content, or when libzstd decodes one of these frames as a whole only, or as a stream
    /// only: such as one with matches farther away than its window.
    pub fn of(input: &[u8], settings: &Settings) -> Option<Reference> {
        let context = Context::new(settings);
        let mut reference = Reference { frames: Vec::new(), tail: Tail::End, content: Vec::new() };
        let mut start = 0;
        while start < input.len() {
            let before = reference.content.len();
            let streamed = context.stream(&input[start..], &mut reference.content);
            if reference.content.len() > MUCH {
                return None;
            }
            let header = header(&input[start..], settings.format);
            let sized = header.is_some_and(|header| header.frameContentSize != sys::ZSTD_CONTENTSIZE_UNKNOWN as u64);
            let skippable = header.is_some_and(|header| header.frameType == sys::ZSTD_FrameType_e::ZSTD_skippableFrame);
            let content = &reference.content[before..];
            // libzstd does not always look: not when the last block is empty, or when it has room from another frame.
            let (recorded, len) = (header.map_or(0, |header| header.frameContentSize), content.len() as u64);
            let streamed = match streamed {
                Ok(Some(_)) if sized && !skippable && len != recorded => Err(()),
                Ok(None) if sized && !skippable && len > recorded => Err(()),
                other => other,
            };
            let whole = context.whole(&input[start..], settings.format)?;
            match streamed {
                Ok(Some(end)) => {
                    if whole != Some((end, content.to_vec())) {
                        return None;
                    }
                    start += end;
                    let content_end = reference.content.len();
                    reference.frames.push(Frame { skippable, sized, end: start, content_end });
                }
                _ if whole.is_some() => return None,
                Ok(None) => {
                    reference.tail = Tail::Cut;
                    break;
                }
                Err(()) => {
                    reference.tail = Tail::Bad;
                    break;
                }
            }
        }
        Some(reference)
    }

    /// The content of complete frames.
    pub fn complete(&self) -> &[u8] {
        &self.content[..self.frames.last().map_or(0, |frame| frame.content_end)]
    }

    /// The frames up to the first with content, if there is one.
    pub fn first(&self) -> Option<&Frame> {
        self.frames.iter().find(|frame| !frame.skippable)
    }
}

pub fn header(src: &[u8], format: i64) -> Option<sys::ZSTD_FrameHeader> {
    let format =
        if format == 1 { sys::ZSTD_format_e::ZSTD_f_zstd1_magicless } else { sys::ZSTD_format_e::ZSTD_f_zstd1 };
    let mut header = std::mem::MaybeUninit::zeroed();
    // SAFETY: a header of zeros is one.
    unsafe {
        let missing = sys::ZSTD_getFrameHeader_advanced(header.as_mut_ptr(), src.as_ptr().cast(), src.len(), format);
        (missing == 0).then(|| header.assume_init())
    }
}

struct Context(*mut sys::ZSTD_DCtx);

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { sys::ZSTD_freeDCtx(self.0) };
    }
}

impl Context {
    fn new(settings: &Settings) -> Context {
        use sys::ZSTD_dParameter::*;
        // SAFETY: a new context, and parameters within their bounds.
        unsafe {
            let context = sys::ZSTD_createDCtx();
            let set = |parameter, value: i64| {
                assert_eq!(sys::ZSTD_DCtx_setParameter(context, parameter, value as i32), 0);
            };
            set(ZSTD_d_experimentalParam1, settings.format);
            set(ZSTD_d_experimentalParam3, settings.ignore_checksum);
            set(ZSTD_d_experimentalParam5, settings.disable_huffman_assembly);
            set(ZSTD_d_experimentalParam6, settings.max_block_size);
            if settings.max_window_size > 0 {
                assert_eq!(sys::ZSTD_DCtx_setMaxWindowSize(context, settings.max_window_size as usize), 0);
            }
            if let Some(dict) = settings.dict {
                let bytes = dict.bytes();
                assert_eq!(sys::ZSTD_DCtx_loadDictionary_byReference(context, bytes.as_ptr().cast(), bytes.len()), 0);
            }
            Context(context)
        }
    }

    /// Adds the content of the first frame, in small steps, so that it is not decoded as a whole; returns its end.
    fn stream(&self, src: &[u8], content: &mut Vec<u8>) -> Result<Option<usize>, ()> {
        // SAFETY: the buffers are as long as libzstd is told.
        unsafe {
            sys::ZSTD_DCtx_reset(self.0, sys::ZSTD_ResetDirective::ZSTD_reset_session_only);
            let mut input = sys::ZSTD_inBuffer { src: src.as_ptr().cast(), size: 0, pos: 0 };
            while input.size < src.len() {
                input.size = (input.size + if input.size < 18 { 1 } else { 64 }).min(src.len());
                loop {
                    content.reserve(4096);
                    let (len, size) = (content.len(), content.capacity());
                    let mut output = sys::ZSTD_outBuffer { dst: content.as_mut_ptr().cast(), size, pos: len };
                    let left = sys::ZSTD_decompressStream(self.0, &mut output, &mut input);
                    content.set_len(output.pos);
                    if sys::ZSTD_isError(left) != 0 {
                        return Err(());
                    }
                    if left == 0 {
                        return Ok(Some(input.pos));
                    }
                    if content.len() > MUCH {
                        return Ok(None);
                    }
                    if output.pos < output.size && input.pos == input.size {
                        break;
                    }
                }
            }
            Ok(None)
        }
    }

    /// The end and the content of the first frame, decoded at once. The outer None is too much of it.
    fn whole(&self, src: &[u8], format: i64) -> Option<Option<(usize, Vec<u8>)>> {
        let (start, len, format) = (src.as_ptr().cast(), src.len(), format as i32);
        let Ok(end) = call(|out, err| unsafe { zst_frame_compressed_size(start, len, format, out, err) }) else {
            return Some(None);
        };
        let bound = call(|out, err| unsafe { zst_decompress_bound(start, end, format, out, err) });
        let Ok(bound) = bound else { return Some(None) };
        if bound > 4 * MUCH as u64 {
            return None;
        }
        let mut content = Vec::<u8>::with_capacity(bound as usize);
        // SAFETY: the buffers are as long as libzstd is told.
        unsafe {
            sys::ZSTD_DCtx_reset(self.0, sys::ZSTD_ResetDirective::ZSTD_reset_session_only);
            let len =
                sys::ZSTD_decompressDCtx(self.0, content.as_mut_ptr().cast(), content.capacity(), start.cast(), end);
            if sys::ZSTD_isError(len) != 0 {
                return Some(None);
            }
            content.set_len(len);
        }
        Some(Some((end, content)))
    }
}
