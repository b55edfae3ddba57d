//! Sources and sinks that follow a script and keep count.

use crate::support::*;
use std::collections::VecDeque;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use zst::ffi::sink::zst_sink;
use zst::ffi::source::*;
use zst::ffi::status::*;

/// One call of a source's read().
pub enum Step {
    Lend(Vec<u8>),
    /// A length, and NULL.
    Null(usize),
    /// More than any memory can have.
    Huge,
    /// Returns this code.
    Say(i32),
    /// The same, and does not go on.
    Always(i32),
    /// Does something, and goes on to the next step at once.
    Do(Box<dyn FnOnce() + Send>),
}

/// The first would-block.
pub const WOULD_BLOCK: Step = Step::Say(ZST_ERROR_WOULD_BLOCK);

/// What a source is going to do, and what was done to it. The end comes after the last step.
#[derive(Default)]
pub struct Script {
    steps: Mutex<VecDeque<Step>>,
    block: Mutex<Vec<u8>>,
    hints: Mutex<Vec<usize>>,
    reads: AtomicU32,
    drops: AtomicU32,
    ended: AtomicU32,
    too_late: AtomicU32,
}

impl Script {
    pub fn reads(&self) -> u32 {
        self.reads.load(SeqCst)
    }

    pub fn drops(&self) -> u32 {
        self.drops.load(SeqCst)
    }

    /// What read() was asked for.
    pub fn hints(&self) -> Vec<usize> {
        self.hints.lock().unwrap().clone()
    }

    #[track_caller]
    pub fn assert_over(&self) {
        assert_eq!(self.drops(), 1, "drop() has to be called once");
        assert_eq!(self.too_late.load(SeqCst), 0, "read() was called after the end");
    }

    fn read(&self) -> Result<(*const u8, usize), i32> {
        self.reads.fetch_add(1, SeqCst);
        self.too_late.fetch_add(self.ended.load(SeqCst) + self.drops(), SeqCst);
        // The last block is not valid any more.
        self.block.lock().unwrap().clear();
        self.block.lock().unwrap().shrink_to_fit();
        loop {
            let step = self.steps.lock().unwrap().pop_front();
            match step {
                Some(Step::Lend(block)) => {
                    let mut place = self.block.lock().unwrap();
                    *place = block;
                    return Ok((place.as_ptr(), place.len()));
                }
                Some(Step::Null(len)) => return Ok((std::ptr::null(), len)),
                Some(Step::Huge) => return Ok((std::ptr::dangling(), isize::MAX as usize + 1)),
                Some(Step::Say(code)) => return Err(code),
                Some(Step::Always(code)) => {
                    self.steps.lock().unwrap().push_front(Step::Always(code));
                    return Err(code);
                }
                Some(Step::Do(action)) => action(),
                None => {
                    self.ended.store(1, SeqCst);
                    return Ok((std::ptr::null(), 0));
                }
            }
        }
    }
}

unsafe extern "C" fn read(userdata: *mut c_void, hint: usize, data: *mut *const u8, len: *mut usize) -> i32 {
    // SAFETY: whoever has the source keeps the script; the outputs are valid.
    unsafe {
        let script = &*userdata.cast::<Script>();
        script.hints.lock().unwrap().push(hint);
        match script.read() {
            Ok(block) => {
                (*data, *len) = block;
                0
            }
            Err(code) => code,
        }
    }
}

unsafe extern "C" fn drop_script(userdata: *mut c_void) {
    // SAFETY: as in `read`.
    let script = unsafe { &*userdata.cast::<Script>() };
    script.drops.fetch_add(1, SeqCst);
    *script.block.lock().unwrap() = Vec::new();
}

/// A source to give to one stream.
pub struct Source {
    pub raw: zst_source,
    /// Of a scripted one.
    pub script: Option<Arc<Script>>,
}

impl Source {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Source {
        let script = Arc::new(Script { steps: Mutex::new(steps.into_iter().collect()), ..Script::default() });
        let userdata = Arc::as_ptr(&script).cast_mut().cast();
        Source { raw: zst_source { userdata, read: Some(read), drop: Some(drop_script) }, script: Some(script) }
    }

    /// Blocks of one size.
    pub fn blocks(bytes: &[u8], size: usize) -> Source {
        Source::new(lend(bytes, size))
    }

    /// The library's own; `bytes` have to stay.
    pub fn memory(bytes: &[u8]) -> Source {
        let raw =
            call(|out, err| unsafe { zst_source_from_memory(bytes.as_ptr().cast(), bytes.len(), out, err) }).unwrap();
        Source { raw, script: None }
    }

    pub fn script(&self) -> Arc<Script> {
        self.script.clone().expect("a scripted source")
    }

    /// Gives it to a constructor.
    #[track_caller]
    pub fn give<T>(
        &self,
        new: impl FnOnce(*const zst_source, *mut *mut T, Err) -> zst_status,
    ) -> Result<*mut T, Failure> {
        let made = call(|out, err| new(&self.raw, out, err));
        if let Some(script) = &self.script {
            assert_eq!((script.reads(), script.drops()), (0, made.is_err().into()), "after the constructor");
        }
        made
    }
}

pub fn lend(bytes: &[u8], size: usize) -> impl Iterator<Item = Step> {
    bytes.chunks(size).map(|block| Step::Lend(block.to_vec()))
}

/// What a sink's write() does.
#[derive(Clone, Copy)]
pub enum Take {
    /// So many bytes at most.
    Some(usize),
    /// Claims to have taken one more than there are.
    TooMuch,
    Say(i32),
}

/// A sink that keeps what it takes, and does something else at one call.
#[derive(Default)]
pub struct SinkScript {
    pub taken: Mutex<Vec<u8>>,
    pub sizes: Mutex<Vec<usize>>,
    usual: Option<usize>,
    at: Option<(usize, Take)>,
    drops: AtomicU32,
    closes: AtomicU32,
    flushes: AtomicU32,
}

pub struct Sink {
    pub raw: zst_sink,
    pub script: Arc<SinkScript>,
}

impl Sink {
    /// Takes `usual` bytes at most in each write(); at the write() with this index, does this.
    pub fn new(usual: Option<usize>, at: Option<(usize, Take)>) -> Sink {
        let script = Arc::new(SinkScript { usual, at, ..SinkScript::default() });
        let userdata = Arc::as_ptr(&script).cast_mut().cast();
        let raw =
            zst_sink { userdata, write: Some(write), flush: Some(flush), close: Some(close), drop: Some(drop_sink) };
        Sink { raw, script }
    }

    #[track_caller]
    pub fn assert_over(&self, closed: bool) {
        assert_eq!(self.script.drops.load(SeqCst), 1, "drop() has to be called once");
        assert_eq!(self.script.flushes.load(SeqCst), 0, "nobody wanted flush()");
        assert_eq!(self.script.closes.load(SeqCst), closed.into(), "close() has to be called when all is written");
    }

    pub fn taken(&self) -> Vec<u8> {
        self.script.taken.lock().unwrap().clone()
    }

    /// How much each write() was offered.
    pub fn sizes(&self) -> Vec<usize> {
        self.script.sizes.lock().unwrap().clone()
    }
}

unsafe extern "C" fn write(userdata: *mut c_void, data: *const u8, len: usize, out: *mut usize) -> i32 {
    // SAFETY: whoever has the sink keeps the script; data and output are valid.
    unsafe {
        let script = &*userdata.cast::<SinkScript>();
        let index = script.sizes.lock().unwrap().len();
        script.sizes.lock().unwrap().push(len);
        let take = script.at.filter(|&(at, _)| at == index).map(|(_, take)| take);
        let most = match take.unwrap_or(Take::Some(script.usual.unwrap_or(usize::MAX))) {
            Take::Some(most) => most,
            Take::TooMuch => {
                *out = len + 1;
                return 0;
            }
            Take::Say(code) => return code,
        };
        *out = len.min(most);
        script.taken.lock().unwrap().extend_from_slice(std::slice::from_raw_parts(data, len.min(most)));
    }
    0
}

unsafe extern "C" fn flush(userdata: *mut c_void) -> i32 {
    // SAFETY: as in `write`.
    unsafe { &*userdata.cast::<SinkScript>() }.flushes.fetch_add(1, SeqCst);
    0
}

unsafe extern "C" fn close(userdata: *mut c_void) -> i32 {
    // SAFETY: as in `write`.
    unsafe { &*userdata.cast::<SinkScript>() }.closes.fetch_add(1, SeqCst);
    0
}

unsafe extern "C" fn drop_sink(userdata: *mut c_void) {
    // SAFETY: as in `write`.
    unsafe { &*userdata.cast::<SinkScript>() }.drops.fetch_add(1, SeqCst);
}
