//! A compression context.

use super::cdict::default_memory;
use super::output::{Room, written};
use super::parameters::sys_parameter;
use super::worker_memory::WorkerMemory;
use super::{CCtxParams, CDict, Code, Shared};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use zstd_sys as sys;

/// A compression context with the parameters and the dictionary that it was last configured with.
pub struct CCtx {
    cctx: NonNull<sys::ZSTD_CCtx>,
    /// The dictionary that libzstd refers to.
    cdict: Option<Shared<CDict>>,
    /// What its worker threads are made from, if it is to have any.
    workers: Option<Shared<WorkerMemory>>,
}

// SAFETY: a context may be used from any thread, by one at a time; `&mut self` sees to the latter.
unsafe impl Send for CCtx {}

/// How far a compression has come, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progression {
    pub ingested: u64,
    pub consumed: u64,
    pub produced: u64,
}

/// What a step of streaming compression brings to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// More is to come.
    Nothing,
    /// A decoder can decode all that was taken in.
    Block,
    Frame,
}

/// What a step of streaming compression did.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Bytes of the source.
    pub consumed: usize,
    /// Bytes that are ready inside and found no room. With worker threads, 1 or more when there is anything at all.
    pub waiting: usize,
}

/// Frames of so many bytes at most are compressed without worker threads. (libzstd's `ZSTDMT_JOBSIZE_MIN`.)
pub const SINGLE_THREADED: usize = 512 << 10;

impl CCtx {
    /// For frames without worker threads, until `configure` says otherwise.
    pub fn new() -> Result<CCtx, Code> {
        CCtx::with_workers(0)
    }

    fn with_workers(count: i32) -> Result<CCtx, Code> {
        let workers = match count {
            0 => None,
            count => Some(WorkerMemory::new(count).map_err(|_| Code::MEMORY_ALLOCATION)?),
        };
        let memory = workers.as_ref().map_or(default_memory(), |workers| workers.as_custom_mem());
        // SAFETY: returns a new object or NULL. `workers` lives longer than the object.
        let cctx = unsafe { sys::ZSTD_createCCtx_advanced(memory) };
        Ok(CCtx { cctx: NonNull::new(cctx).ok_or(Code::MEMORY_ALLOCATION)?, cdict: None, workers })
    }

    /// Replaces all parameters and the dictionary.
    pub fn configure(&mut self, params: &CCtxParams, cdict: Option<Shared<CDict>>) -> Result<(), Code> {
        let workers = params.workers();
        if self.workers.as_ref().map_or(0, |workers| workers.workers()) == workers {
            self.reset();
        } else {
            *self = CCtx::with_workers(workers)?;
        }
        // SAFETY: both objects are live; the context is new or was reset, so it is at no frame and has no dictionary.
        Code::check(unsafe { sys::ZSTD_CCtx_setParametersUsingCCtxParams(self.cctx.as_ptr(), params.as_ptr()) })?;
        if let Some(cdict) = cdict {
            // SAFETY: both objects are live, and `self.cdict` keeps the dictionary so until the next reset.
            Code::check(unsafe { sys::ZSTD_CCtx_refCDict(self.cctx.as_ptr(), cdict.as_ptr()) })?;
            self.cdict = Some(cdict);
        }
        Ok(())
    }

    /// Forgets the current frame, all parameters and the dictionary; keeps the memory.
    pub fn reset(&mut self) {
        // SAFETY: a live object. Resetting both together never fails.
        unsafe {
            sys::ZSTD_CCtx_reset(self.cctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_and_parameters)
        };
        self.cdict = None;
    }

    /// Forgets the current frame; keeps parameters and dictionary.
    pub fn reset_session(&mut self) {
        // SAFETY: a live object. Resetting the session never fails.
        unsafe { sys::ZSTD_CCtx_reset(self.cctx.as_ptr(), sys::ZSTD_ResetDirective::ZSTD_reset_session_only) };
    }

    /// Before a frame of so many bytes.
    fn prepare_workers(&self, source_size: Option<u64>) {
        if let Some(workers) = &self.workers
            && source_size.is_none_or(|size| size > SINGLE_THREADED as u64)
        {
            workers.open();
        }
    }

    /// Changes one parameter, between frames.
    pub fn set(&mut self, parameter: i32, value: i32) -> Result<(), Code> {
        let parameter = sys_parameter(parameter).ok_or(Code::PARAMETER_UNSUPPORTED)?;
        // SAFETY: a live object.
        Code::check(unsafe { sys::ZSTD_CCtx_setParameter(self.cctx.as_ptr(), parameter, value) })?;
        Ok(())
    }

    /// Compresses `src` into one frame at the start of `dst`; returns the frame.
    pub fn compress<'a>(&mut self, dst: &'a mut [MaybeUninit<u8>], src: &[u8]) -> Result<&'a mut [u8], Code> {
        self.prepare_workers(Some(src.len() as u64));
        // SAFETY: both ranges are valid for their lengths and, being one shared and one exclusive, do not overlap.
        let size = unsafe {
            sys::ZSTD_compress2(self.cctx.as_ptr(), dst.as_mut_ptr().cast(), dst.len(), src.as_ptr().cast(), src.len())
        };
        // After a failure libzstd stays inside the frame, where it refuses new parameters.
        let size = Code::check(size).inspect_err(|_| self.reset_session())?;
        // SAFETY: libzstd has written that many bytes.
        Ok(unsafe { written(dst, size) })
    }

    /// The same in steps, for worker threads: `after_step` is called whenever `step` more bytes of output are there.
    pub fn compress_in_steps<'a>(
        &mut self,
        dst: &'a mut [MaybeUninit<u8>],
        src: &[u8],
        step: usize,
        mut after_step: impl FnMut(&CCtx),
    ) -> Result<&'a mut [u8], Code> {
        self.reset_session();
        self.prepare_workers(Some(src.len() as u64));
        let mut input = sys::ZSTD_inBuffer { src: src.as_ptr().cast(), size: src.len(), pos: 0 };
        let mut output = sys::ZSTD_outBuffer { dst: dst.as_mut_ptr().cast(), size: 0, pos: 0 };
        loop {
            output.size = output.pos.saturating_add(step).min(dst.len());
            // SAFETY: both buffers describe valid ranges that do not overlap.
            let returned = unsafe {
                sys::ZSTD_compressStream2(
                    self.cctx.as_ptr(),
                    &mut output,
                    &mut input,
                    sys::ZSTD_EndDirective::ZSTD_e_end,
                )
            };
            let left = Code::check(returned).inspect_err(|_| self.reset_session())?;
            after_step(self);
            if left == 0 {
                // SAFETY: libzstd has written that many bytes.
                return Ok(unsafe { written(dst, output.pos) });
            }
            if output.pos == dst.len() {
                self.reset_session();
                return Err(Code::DST_SIZE_TOO_SMALL);
            }
        }
    }

    /// Gets ready for a frame that is fed step by step, of so many bytes if that is known.
    pub fn begin_stream(&mut self, source_size: Option<u64>) -> Result<(), Code> {
        self.reset_session();
        self.prepare_workers(source_size);
        // SAFETY: a live object between frames. u64::MAX is ZSTD_CONTENTSIZE_UNKNOWN.
        Code::check(unsafe { sys::ZSTD_CCtx_setPledgedSrcSize(self.cctx.as_ptr(), source_size.unwrap_or(u64::MAX)) })?;
        Ok(())
    }

    /// Takes in some of `src` and gives out some of the frame.
    pub fn step(&mut self, room: &mut Room<'_>, src: &[u8], ending: Ending) -> Result<Step, Code> {
        let mut input = sys::ZSTD_inBuffer { src: src.as_ptr().cast(), size: src.len(), pos: 0 };
        let directive = match ending {
            Ending::Nothing => sys::ZSTD_EndDirective::ZSTD_e_continue,
            Ending::Block => sys::ZSTD_EndDirective::ZSTD_e_flush,
            Ending::Frame => sys::ZSTD_EndDirective::ZSTD_e_end,
        };
        let mut waiting = 0;
        room.fill(usize::MAX, |spare| {
            let mut output = sys::ZSTD_outBuffer { dst: spare.as_mut_ptr().cast(), size: spare.len(), pos: 0 };
            // SAFETY: both buffers describe valid ranges that do not overlap.
            let returned = unsafe { sys::ZSTD_compressStream2(self.cctx.as_ptr(), &mut output, &mut input, directive) };
            waiting = Code::check(returned)?;
            // SAFETY: libzstd has written that many bytes.
            Ok::<_, Code>(unsafe { written(spare, output.pos) })
        })?;
        Ok(Step { consumed: input.pos, waiting })
    }

    /// How far the current frame has come.
    pub fn progression(&self) -> Progression {
        // SAFETY: a live object, only read (libzstd takes its own lock where workers write).
        let progression = unsafe { sys::ZSTD_getFrameProgression(self.cctx.as_ptr()) };
        Progression { ingested: progression.ingested, consumed: progression.consumed, produced: progression.produced }
    }

    /// Memory in use, in bytes. Not to be asked while worker threads are at a frame.
    pub fn memory_size(&self) -> usize {
        // SAFETY: a live object, only read. (While worker threads are at a frame, they change what is read.)
        unsafe { sys::ZSTD_sizeof_CCtx(self.cctx.as_ptr()) }
    }
}

impl Drop for CCtx {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe { sys::ZSTD_freeCCtx(self.cctx.as_ptr()) };
    }
}
