//! A decompression context.

use super::library::sys_format;
use super::output::{Room, written};
use super::{Code, DDict, Format, Output, Shared};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use zstd_sys as sys;
use zstd_sys::ZSTD_dParameter as P;

/// A decompression context. Between operations it is at no frame and refers to no dictionary.
pub struct DCtx {
    dctx: NonNull<sys::ZSTD_DCtx>,
    /// The dictionary that libzstd refers to while it decodes step by step.
    ddict: Option<Shared<DDict>>,
}

// SAFETY: a context may be used from any thread, by one at a time; `&mut self` sees to the latter.
unsafe impl Send for DCtx {}

/// What a step of streaming decompression did.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Bytes of the source.
    pub consumed: usize,
    /// The frame is complete, and all of its content has been given out.
    pub frame_ended: bool,
}

impl DCtx {
    pub fn new() -> Result<DCtx, Code> {
        // SAFETY: returns a new object or NULL.
        let dctx = unsafe { sys::ZSTD_createDCtx() };
        Ok(DCtx { dctx: NonNull::new(dctx).ok_or(Code::MEMORY_ALLOCATION)?, ddict: None })
    }

    /// Forgets the current frame, all parameters and dictionaries; keeps the memory.
    pub fn reset(&mut self) {
        // SAFETY: a live object. Resetting both together never fails.
        unsafe {
            sys::ZSTD_DCtx_reset(self.dctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_and_parameters)
        };
        self.ddict = None;
    }

    pub fn set_format(&mut self, format: Format) -> Result<(), Code> {
        self.set(P::ZSTD_d_experimentalParam1, sys_format(format) as i32)
    }

    /// Limits the window of frames that are decoded in steps. In bytes.
    pub fn set_max_window_size(&mut self, size: usize) -> Result<(), Code> {
        // SAFETY: a live object.
        Code::check(unsafe { sys::ZSTD_DCtx_setMaxWindowSize(self.dctx.as_ptr(), size) })?;
        Ok(())
    }

    pub fn set_ignore_checksum(&mut self, ignore: bool) -> Result<(), Code> {
        self.set(P::ZSTD_d_experimentalParam3, ignore.into())
    }

    pub fn set_disable_huffman_assembly(&mut self, disable: bool) -> Result<(), Code> {
        self.set(P::ZSTD_d_experimentalParam5, disable.into())
    }

    pub fn set_max_block_size(&mut self, size: i32) -> Result<(), Code> {
        self.set(P::ZSTD_d_experimentalParam6, size)
    }

    fn set(&mut self, parameter: P, value: i32) -> Result<(), Code> {
        // SAFETY: a live object.
        Code::check(unsafe { sys::ZSTD_DCtx_setParameter(self.dctx.as_ptr(), parameter, value) })?;
        Ok(())
    }

    /// Decodes `frame`, exactly one frame, to the start of `dst`; returns its content.
    pub fn decompress<'a>(
        &mut self,
        dst: &'a mut [MaybeUninit<u8>],
        frame: &[u8],
        ddict: Option<&DDict>,
    ) -> Result<&'a mut [u8], Code> {
        let ddict = ddict.map_or(std::ptr::null(), DDict::as_ptr);
        // SAFETY: both ranges are valid for their lengths and, being one shared and one exclusive, do not overlap; a
        // NULL dictionary means none.
        let size = unsafe {
            sys::ZSTD_decompress_usingDDict(
                self.dctx.as_ptr(),
                dst.as_mut_ptr().cast(),
                dst.len(),
                frame.as_ptr().cast(),
                frame.len(),
                ddict,
            )
        };
        let size = Code::check(size)?;
        // SAFETY: libzstd has written that many bytes.
        Ok(unsafe { written(dst, size) })
    }

    /// The same for a frame that was compressed with `prefix` as its prefix dictionary.
    pub fn decompress_with_prefix<'a>(
        &mut self,
        dst: &'a mut [MaybeUninit<u8>],
        frame: &[u8],
        prefix: &[u8],
    ) -> Result<&'a mut [u8], Code> {
        // SAFETY: a live object; the reference to `prefix` is dropped again below.
        let referred = unsafe { sys::ZSTD_DCtx_refPrefix(self.dctx.as_ptr(), prefix.as_ptr().cast(), prefix.len()) };
        let size = Code::check(referred).and_then(|_| {
            // SAFETY: the ranges are valid for their lengths; `dst` is exclusive, so it overlaps neither.
            let size = unsafe {
                sys::ZSTD_decompressDCtx(
                    self.dctx.as_ptr(),
                    dst.as_mut_ptr().cast(),
                    dst.len(),
                    frame.as_ptr().cast(),
                    frame.len(),
                )
            };
            Code::check(size)
        });
        // Without this the context would keep the prefix's address.
        // SAFETY: a live object; NULL forgets every dictionary.
        unsafe { sys::ZSTD_DCtx_refDDict(self.dctx.as_ptr(), std::ptr::null()) };
        // SAFETY: libzstd has written that many bytes.
        Ok(unsafe { written(dst, size?) })
    }

    /// Decodes `frame`, exactly one frame, step by step behind what `output` holds already. When that is full,
    /// `make_room` makes room for more, or refuses.
    pub fn decompress_in_steps<E: From<Code>>(
        &mut self,
        output: &mut Output,
        frame: &[u8],
        ddict: Option<&DDict>,
        mut make_room: impl FnMut(&mut Output) -> Result<(), E>,
    ) -> Result<(), E> {
        // SAFETY: a live object. Resetting the session never fails.
        unsafe { sys::ZSTD_DCtx_reset(self.dctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_only) };
        let ddict = ddict.map_or(std::ptr::null(), DDict::as_ptr);
        // SAFETY: a live object; the reference to the dictionary is dropped again below.
        Code::check(unsafe { sys::ZSTD_DCtx_refDDict(self.dctx.as_ptr(), ddict) })?;
        let mut input = sys::ZSTD_inBuffer { src: frame.as_ptr().cast(), size: frame.len(), pos: 0 };
        let mut left = 1;
        let result = loop {
            let step = output.fill(|spare| {
                let mut out = sys::ZSTD_outBuffer { dst: spare.as_mut_ptr().cast(), size: spare.len(), pos: 0 };
                // SAFETY: both buffers describe valid ranges that do not overlap.
                let returned = unsafe { sys::ZSTD_decompressStream(self.dctx.as_ptr(), &mut out, &mut input) };
                left = Code::check(returned)?;
                // SAFETY: libzstd has written that many bytes.
                Ok::<_, Code>(unsafe { written(spare, out.pos) })
            });
            match step {
                Err(code) => break Err(code.into()),
                Ok(_) if left == 0 => break Ok(()),
                Ok(_) if output.len() == output.capacity() => {
                    if let Err(refused) = make_room(output) {
                        break Err(refused);
                    }
                }
                Ok(_) if input.pos == input.size => break Err(Code::SRC_SIZE_WRONG.into()),
                Ok(_) => {}
            }
        };
        // SAFETY: a live object; its frame is over or given up, and NULL forgets the dictionary.
        unsafe {
            sys::ZSTD_DCtx_reset(self.dctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_only);
            sys::ZSTD_DCtx_refDDict(self.dctx.as_ptr(), std::ptr::null());
        }
        result
    }

    /// Gets ready for a frame that is fed step by step.
    pub fn begin_stream(&mut self, ddict: Option<Shared<DDict>>) -> Result<(), Code> {
        if let Some(ddict) = ddict {
            // SAFETY: both objects are live, and `self.ddict` keeps the dictionary so until `end_stream` or `reset`.
            Code::check(unsafe { sys::ZSTD_DCtx_refDDict(self.dctx.as_ptr(), ddict.as_ptr()) })?;
            self.ddict = Some(ddict);
        }
        Ok(())
    }

    /// Forgets the frame and the dictionary.
    pub fn end_stream(&mut self) {
        // SAFETY: a live object. Resetting the session never fails.
        unsafe { sys::ZSTD_DCtx_reset(self.dctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_only) };
        if let Some(ddict) = self.ddict.take() {
            // SAFETY: a live object at no frame; NULL forgets the dictionary, which is there until then.
            unsafe { sys::ZSTD_DCtx_refDDict(self.dctx.as_ptr(), std::ptr::null()) };
            drop(ddict);
        }
    }

    /// Takes in some of `src` and gives out some of the content, `limit` bytes at most.
    pub fn step(&mut self, room: &mut Room<'_>, limit: usize, src: &[u8]) -> Result<Step, Code> {
        let mut input = sys::ZSTD_inBuffer { src: src.as_ptr().cast(), size: src.len(), pos: 0 };
        let mut left = 0;
        room.fill(limit, |spare| {
            let mut output = sys::ZSTD_outBuffer { dst: spare.as_mut_ptr().cast(), size: spare.len(), pos: 0 };
            // SAFETY: both buffers describe valid ranges that do not overlap.
            let returned = unsafe { sys::ZSTD_decompressStream(self.dctx.as_ptr(), &mut output, &mut input) };
            left = Code::check(returned)?;
            // SAFETY: libzstd has written that many bytes.
            Ok::<_, Code>(unsafe { written(spare, output.pos) })
        })?;
        Ok(Step { consumed: input.pos, frame_ended: left == 0 })
    }

    /// Memory in use, in bytes.
    pub fn memory_size(&self) -> usize {
        // SAFETY: a live object, only read.
        unsafe { sys::ZSTD_sizeof_DCtx(self.dctx.as_ptr()) }
    }
}

impl Drop for DCtx {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe { sys::ZSTD_freeDCtx(self.dctx.as_ptr()) };
    }
}
