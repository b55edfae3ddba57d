//! A sink that takes, blocks and fails as it is told, writers that free themselves, and whoever writes to them as the
//! header says.

use crate::support::*;
use crate::support_streams::*;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use zst::ffi::compression_writer::*;
use zst::ffi::decompression_writer::*;
use zst::ffi::sink::*;
use zst::ffi::status::*;

/// What a sink is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Write,
    Flush,
    Close,
}

/// What it does about it.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Everything.
    Take,
    TakeUpTo(usize),
    TakeHalf,
    TakeAllButOne,
    WouldBlock,
    /// It blocks in the other way that a write has.
    TakeNothing,
    Fail(i32),
    ClaimTooMuch,
}

type Script = Box<dyn FnMut(On, usize) -> Act + Send>;

/// A sink of the test. It must be dropped once by the library, and before the test's end.
pub struct TestSink(Arc<State>);

struct State {
    write_size: usize,
    /// What to do when asked for this, for the so many-th time altogether.
    script: Mutex<Script>,
    taken: Mutex<Vec<u8>>,
    asked: AtomicUsize,
    asked_for: [AtomicUsize; 3],
    drops: AtomicU32,
    /// A panic must not leave a callback.
    faults: Mutex<Vec<String>>,
}

impl TestSink {
    /// For a stream with this write_size.
    pub fn new(write_size: usize, script: impl FnMut(On, usize) -> Act + Send + 'static) -> TestSink {
        TestSink(Arc::new(State {
            write_size,
            script: Mutex::new(Box::new(script)),
            taken: Mutex::default(),
            asked: AtomicUsize::new(0),
            asked_for: Default::default(),
            drops: AtomicU32::new(0),
            faults: Mutex::default(),
        }))
    }

    pub fn of(write_size: usize, act: Act) -> TestSink {
        TestSink::new(write_size, move |on, _| if on == On::Write { act } else { Act::Take })
    }

    pub fn takes_all(write_size: usize) -> TestSink {
        TestSink::of(write_size, Act::Take)
    }

    /// Does this instead of taking everything, `times` times from the call `at` on.
    pub fn once_or_more(write_size: usize, act: Act, at: usize, times: usize) -> TestSink {
        TestSink::new(write_size, move |on, call| match act {
            _ if call < at || call - at >= times => Act::Take,
            Act::TakeNothing | Act::ClaimTooMuch if on != On::Write => Act::Take,
            act => act,
        })
    }

    pub fn raw(&self) -> zst_sink {
        zst_sink {
            userdata: Arc::into_raw(self.0.clone()).cast_mut().cast(),
            write: Some(write),
            flush: Some(flush),
            close: Some(close),
            drop: Some(drop_state),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.taken.lock().unwrap().clone()
    }

    pub fn len(&self) -> usize {
        self.0.taken.lock().unwrap().len()
    }

    /// How often it was asked for anything.
    pub fn asked(&self) -> usize {
        self.0.asked.load(SeqCst)
    }

    pub fn asked_for(&self, on: On) -> usize {
        self.0.asked_for[on as usize].load(SeqCst)
    }

    pub fn drops(&self) -> u32 {
        self.0.drops.load(SeqCst)
    }
}

impl Drop for TestSink {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(*self.0.faults.lock().unwrap(), [""; 0]);
            assert_eq!(self.drops(), 1, "a sink is dropped once");
        }
    }
}

impl State {
    fn act(&self, on: On) -> Act {
        if self.drops.load(SeqCst) > 0 {
            self.fault(format!("{on:?} after drop"));
        }
        self.asked_for[on as usize].fetch_add(1, SeqCst);
        let call = self.asked.fetch_add(1, SeqCst);
        match self.script.try_lock() {
            Ok(mut script) => script(on, call),
            Err(_) => {
                self.fault(format!("{on:?} during another call"));
                Act::Take
            }
        }
    }

    fn fault(&self, fault: String) {
        self.faults.lock().unwrap().push(fault);
    }
}

fn outcome(act: Act) -> i32 {
    match act {
        Act::WouldBlock => ZST_ERROR_WOULD_BLOCK,
        Act::Fail(code) => code,
        _ => 0,
    }
}

unsafe extern "C" fn write(userdata: *mut c_void, data: *const u8, len: usize, out_written: *mut usize) -> i32 {
    let state = unsafe { &*userdata.cast::<State>() };
    let data = unsafe { std::slice::from_raw_parts(data, len) };
    if len == 0 || len > state.write_size {
        state.fault(format!("a piece of {len} bytes, with a write_size of {}", state.write_size));
    }
    let act = state.act(On::Write);
    let taken = match act {
        Act::Take => len,
        Act::TakeUpTo(most) => len.min(most),
        Act::TakeHalf => len.div_ceil(2),
        Act::TakeAllButOne => (len - 1).max(1),
        Act::WouldBlock | Act::TakeNothing | Act::Fail(_) | Act::ClaimTooMuch => 0,
    };
    state.taken.lock().unwrap().extend_from_slice(&data[..taken]);
    unsafe { *out_written = if matches!(act, Act::ClaimTooMuch) { len + 1 } else { taken } };
    outcome(act)
}

unsafe extern "C" fn flush(userdata: *mut c_void) -> i32 {
    outcome(unsafe { &*userdata.cast::<State>() }.act(On::Flush))
}

unsafe extern "C" fn close(userdata: *mut c_void) -> i32 {
    outcome(unsafe { &*userdata.cast::<State>() }.act(On::Close))
}

unsafe extern "C" fn drop_state(userdata: *mut c_void) {
    let state = userdata.cast::<State>();
    // The test's own is alive.
    if unsafe { &*state }.drops.fetch_add(1, SeqCst) == 0 {
        unsafe { Arc::decrement_strong_count(state) };
    }
}

handle!(CompressionWriter, zst_compression_writer, zst_compression_writer_free);
handle!(DecompressionWriter, zst_decompression_writer, zst_decompression_writer_free);

/// What both writers can do.
pub trait Writer {
    /// The bytes consumed, and those that the sink has taken.
    fn write(&self, src: &[u8]) -> Result<(usize, usize), Failure>;
    /// A decompression writer has one mode only.
    fn flush(&self, mode: i32) -> Result<usize, Failure>;
    fn close(&self) -> Result<(), Failure>;
    fn is_closed(&self) -> bool;
    fn tell(&self) -> u64;
    fn memory_size(&self) -> usize;
    /// Frees it while a callback of it runs.
    fn free_from_within(self);
}

impl CompressionWriter {
    pub fn try_new(
        compressor: &Compressor,
        sink: &TestSink,
        size: Option<u64>,
        write_size: usize,
    ) -> Result<CompressionWriter, Failure> {
        call(|out, err| unsafe {
            zst_compressor_stream_writer(compressor.raw(), &sink.raw(), number(size), write_size, out, err)
        })
        .map(CompressionWriter)
    }

    /// With the write_size that the sink expects.
    #[track_caller]
    pub fn new(compressor: &Compressor, sink: &TestSink, size: Option<u64>) -> CompressionWriter {
        CompressionWriter::try_new(compressor, sink, size, sink.0.write_size).unwrap()
    }

    #[track_caller]
    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compression_writer_frame_progression(self.0, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }
}

impl DecompressionWriter {
    pub fn try_new(
        decompressor: &Decompressor,
        sink: &TestSink,
        write_size: usize,
        flags: i32,
    ) -> Result<DecompressionWriter, Failure> {
        call(|out, err| unsafe {
            zst_decompressor_stream_writer(decompressor.raw(), &sink.raw(), write_size, flags, out, err)
        })
        .map(DecompressionWriter)
    }

    /// With the write_size that the sink expects.
    #[track_caller]
    pub fn new(decompressor: &Decompressor, sink: &TestSink, flags: i32) -> DecompressionWriter {
        DecompressionWriter::try_new(decompressor, sink, sink.0.write_size, flags).unwrap()
    }

    pub fn at_frame_end(&self) -> bool {
        truth(unsafe { zst_decompression_writer_at_frame_end(self.0) })
    }
}

impl Writer for CompressionWriter {
    fn write(&self, src: &[u8]) -> Result<(usize, usize), Failure> {
        call2(|consumed, written, err| unsafe {
            zst_compression_writer_write(self.0, src.as_ptr().cast(), src.len(), consumed, written, err)
        })
    }

    fn flush(&self, mode: i32) -> Result<usize, Failure> {
        call(|written, err| unsafe { zst_compression_writer_flush(self.0, mode, written, err) })
    }

    fn close(&self) -> Result<(), Failure> {
        call0(|err| unsafe { zst_compression_writer_close(self.0, err) })
    }

    fn is_closed(&self) -> bool {
        truth(unsafe { zst_compression_writer_closed(self.0) })
    }

    fn tell(&self) -> u64 {
        unsafe { zst_compression_writer_tell(self.0) }
    }

    fn memory_size(&self) -> usize {
        call(|out, err| unsafe { zst_compression_writer_memory_size(self.0, out, err) }).unwrap()
    }

    fn free_from_within(mut self) {
        unsafe { zst_compression_writer_free(std::mem::replace(&mut self.0, null_mut())) }
    }
}

impl Writer for DecompressionWriter {
    fn write(&self, src: &[u8]) -> Result<(usize, usize), Failure> {
        call2(|consumed, written, err| unsafe {
            zst_decompression_writer_write(self.0, src.as_ptr().cast(), src.len(), consumed, written, err)
        })
    }

    fn flush(&self, _: i32) -> Result<usize, Failure> {
        call(|written, err| unsafe { zst_decompression_writer_flush(self.0, written, err) })
    }

    fn close(&self) -> Result<(), Failure> {
        call0(|err| unsafe { zst_decompression_writer_close(self.0, err) })
    }

    fn is_closed(&self) -> bool {
        truth(unsafe { zst_decompression_writer_closed(self.0) })
    }

    fn tell(&self) -> u64 {
        unsafe { zst_decompression_writer_tell(self.0) }
    }

    fn memory_size(&self) -> usize {
        call(|out, err| unsafe { zst_decompression_writer_memory_size(self.0, out, err) }).unwrap()
    }

    fn free_from_within(mut self) {
        unsafe { zst_decompression_writer_free(std::mem::replace(&mut self.0, null_mut())) }
    }
}

fn truth(flag: i32) -> bool {
    match flag {
        0 => false,
        1 => true,
        other => panic!("a flag is {other}"),
    }
}

/// One thing that is done to a writer.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Write(&'a [u8]),
    Flush(i32),
    Close,
}

/// What somebody does whose flush has failed: nothing is lost either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    Repeat,
    GoOn,
}

/// Does these things as the header says: what would block is repeated, what was written although the sink failed is
/// not. Returns how closing went, or what blocked for ever.
#[track_caller]
pub fn play(writer: &impl Writer, sink: &TestSink, steps: &[Step], habit: Habit) -> Result<(), Failure> {
    for &step in steps {
        match step {
            Step::Write(src) => {
                let mut rest = src;
                let written = insist(writer, sink, would_block, || {
                    loop {
                        let before = sink.len();
                        let (consumed, written) = writer.write(rest)?;
                        assert_eq!(written, sink.len() - before);
                        rest = &rest[consumed..];
                        if rest.is_empty() {
                            return Ok(());
                        }
                        assert!(consumed > 0, "nothing was taken in, and nobody says why");
                    }
                });
                match written {
                    Err(failure) if failure.status == ZST_ERROR_SINK => {}
                    other => other?,
                }
            }
            Step::Flush(mode) => {
                let flush = || {
                    let before = sink.len();
                    let written = writer.flush(mode)?;
                    assert_eq!(written, sink.len() - before);
                    Ok(())
                };
                // For a sink that never works there is the next step.
                let _ = insist(writer, sink, |_| habit == Habit::Repeat, flush);
            }
            Step::Close => {
                assert!(!writer.is_closed());
                let closed = insist(writer, sink, would_block, || writer.close());
                let open = closed.as_ref().is_err_and(would_block);
                assert_eq!((writer.is_closed(), sink.drops()), (!open, u32::from(!open)));
                closed?;
            }
        }
    }
    Ok(())
}

fn would_block(failure: &Failure) -> bool {
    failure.status == ZST_ERROR_WOULD_BLOCK
}

/// Tries again after failures that are worth it, until it works or nothing moves any more.
#[track_caller]
fn insist(
    writer: &impl Writer,
    sink: &TestSink,
    worth: impl Fn(&Failure) -> bool,
    mut attempt: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    const PATIENCE: usize = 6;
    let mut left = PATIENCE;
    loop {
        let before = sink.len();
        let outcome = attempt();
        assert_eq!(writer.tell(), sink.len() as u64);
        let Err(failure) = outcome else { return Ok(()) };
        check_failure(&failure);
        left = if sink.len() > before { PATIENCE } else { left - 1 };
        if left == 0 || !worth(&failure) {
            return Err(failure);
        }
    }
}

/// The code that failing sinks of these tests give.
pub const CODE: i32 = -4242;

#[track_caller]
fn check_failure(failure: &Failure) {
    let ours = failure.callback_code == CODE;
    let words = match failure.status {
        ZST_ERROR_WOULD_BLOCK => "the sink would block",
        ZST_ERROR_SINK if ours => "() failed with code -4242",
        ZST_ERROR_SINK => "invalid length: the sink claims to have taken",
        _ => "",
    };
    failure.is(failure.status, words);
}

/// Does the same to writers whose sinks fail, block or lie at each call in turn, once, a few times and for ever.
/// Whatever they got must be what `expected` begins with, and all of it when the writer could be closed.
#[track_caller]
pub fn fail_everywhere<W: Writer>(make: impl Fn(&TestSink) -> W, write_size: usize, steps: &[Step], expected: &[u8]) {
    let willing = TestSink::takes_all(write_size);
    play(&make(&willing), &willing, steps, Habit::Repeat).unwrap();
    assert_same(&willing.bytes(), expected);
    for act in [Act::Fail(CODE), Act::WouldBlock, Act::TakeNothing, Act::ClaimTooMuch] {
        for (at, times) in (0..willing.asked()).flat_map(|at| [1, 2, 5, usize::MAX].map(|times| (at, times))) {
            for habit in [Habit::Repeat, Habit::GoOn] {
                let sink = TestSink::once_or_more(write_size, act, at, times);
                let outcome = play(&make(&sink), &sink, steps, habit);
                let context = format!("{act:?} {times} times from {at} on, {habit:?}: {outcome:?}");
                let (got, closed) = (sink.bytes(), outcome.is_ok());
                assert!(expected.starts_with(&got), "{context}: {} bytes that are not these", got.len());
                assert!(
                    !closed || got.len() == expected.len(),
                    "{context}: {} bytes are missing",
                    expected.len() - got.len()
                );
                // A sink that comes round in time loses nothing, unless it fails in close().
                assert!(
                    closed || times > 1 || outcome.is_err_and(|failure| failure.status == ZST_ERROR_SINK),
                    "{context}"
                );
            }
        }
    }
}
