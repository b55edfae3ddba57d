//! Compression step by step: what all streaming objects of a compressor are made of.
//!
//! A stream takes a context from its compressor's pool when a frame begins and gives it back when the frame has ended,
//! so that streams, and other operations, do not disturb each other.

use crate::compression_context::CompressionContext;
use crate::compressor::Compressor;
use crate::engine::{Code, CompressionStep, Ending, OutOfMemory, Output, Progression, Room, Shared, compress_bound};
use crate::error::Error;
use crate::pool::{Configured, Context, Record};

/// The texts of what failed: while it was fed, and while it was ended.
#[derive(Clone, Copy)]
pub struct Doing {
    pub feeding: &'static str,
    pub ending: &'static str,
}

/// From one block of input on, all that it can become is reserved at once.
const LARGE: usize = 128 << 10;

pub struct CompressionStream {
    compressor: Shared<Compressor>,
    doing: Doing,
    state: State,
    /// The size of the frame that begins next or has begun, if it was declared.
    declared_size: Option<u64>,
    /// Bytes that the frame has taken in, and that it has given out.
    taken: u64,
    given: u64,
    record: Shared<Record>,
}

enum State {
    BetweenFrames,
    InFrame(Box<Configured<CompressionContext>>),
    /// libzstd has failed, and would again.
    Failed(Code),
}

impl CompressionStream {
    /// `size` is that of the first frame's content.
    pub fn new(compressor: &Shared<Compressor>, size: Option<u64>, doing: Doing) -> Result<CompressionStream, Error> {
        let record = Shared::try_new(Record::default())?;
        compressor.pool().set_latest(&record);
        Ok(CompressionStream {
            compressor: compressor.clone(),
            doing,
            state: State::BetweenFrames,
            declared_size: size,
            taken: 0,
            given: 0,
            record,
        })
    }

    /// Takes in some of `src` and puts some of the frame into `room`. With `Ending::Frame`, the frame has ended when
    /// nothing is waiting any more; the next step begins another one.
    pub fn step(&mut self, room: &mut Room<'_>, src: &[u8], ending: Ending) -> Result<CompressionStep, Error> {
        // No input begins no frame.
        if src.is_empty() && ending == Ending::Nothing && matches!(self.state, State::BetweenFrames) {
            return Ok(CompressionStep { consumed: 0, waiting: 0 });
        }
        let doing = if ending == Ending::Nothing { self.doing.feeding } else { self.doing.ending };
        // Whatever goes wrong below leaves a stream that has failed.
        let mut held = match std::mem::replace(&mut self.state, State::Failed(Code::GENERIC)) {
            State::InFrame(held) => held,
            State::Failed(code) => {
                self.state = State::Failed(code);
                return Err(self.error(doing, code));
            }
            State::BetweenFrames => self.begin_frame(src.len(), ending, doing)?,
        };
        let cctx = held.context.cctx();
        let before = room.len();
        let stepped = cctx.step(room, src, ending);
        self.given += (room.len() - before) as u64;
        self.taken += stepped.as_ref().map_or(src.len(), |step| step.consumed) as u64;
        self.record.set_progression(cctx.progression());
        let frame_ended = ending == Ending::Frame && stepped.as_ref().is_ok_and(|step| step.waiting == 0);
        if frame_ended || !self.compressor.has_workers() {
            self.record.set_memory_size(held.context.memory_size());
        }
        match stepped {
            Ok(step) if frame_ended => {
                // libzstd does not count the end of the frame.
                let (taken, produced) = (self.taken, self.given);
                self.record.set_progression(Progression { ingested: taken, consumed: taken, produced });
                self.compressor.pool().give_back(held, true);
                self.state = State::BetweenFrames;
                self.declared_size = None;
                Ok(step)
            }
            Ok(step) => {
                self.state = State::InFrame(held);
                Ok(step)
            }
            Err(code) => {
                self.give_up(held);
                self.state = State::Failed(code);
                Err(self.error(doing, code))
            }
        }
    }

    /// Takes in all of `src`, which is what is left of it then, and puts what becomes ready behind what `output` holds.
    /// For lack of memory it may stop on the way.
    pub fn append(&mut self, output: &mut Output, src: &mut &[u8], ending: Ending) -> Result<(), Error> {
        let likely = if src.len() < LARGE { 0 } else { compress_bound(src.len()).unwrap_or(0) };
        output.make_room(likely)?;
        loop {
            let mut waiting = 0;
            output.extend(|room| {
                let step = self.step(room, src, ending)?;
                *src = &src[step.consumed..];
                waiting = step.waiting;
                Ok::<_, Error>(())
            })?;
            let full = output.len() == output.capacity();
            let done = if ending == Ending::Nothing { !full || waiting == 0 } else { waiting == 0 };
            if done && src.is_empty() {
                return Ok(());
            }
            if full {
                output.make_room(waiting.max(64))?;
            }
        }
    }

    /// The error that ended the stream, if one did.
    pub fn check(&self) -> Result<(), Error> {
        match self.state {
            State::Failed(code) => Err(self.error(self.doing.feeding, code)),
            State::BetweenFrames | State::InFrame(_) => Ok(()),
        }
    }

    fn error(&self, doing: &'static str, code: Code) -> Error {
        match self.declared_size {
            Some(declared) if code == Code::SRC_SIZE_WRONG => {
                Error::DeclaredSize { doing, declared, given: self.taken }
            }
            Some(_) | None => Error::Zstd { doing, code },
        }
    }

    /// Ends the stream for lack of memory, which every later step reports.
    pub fn fail(&mut self, error: OutOfMemory) -> Error {
        if let State::InFrame(held) = std::mem::replace(&mut self.state, State::Failed(Code::MEMORY_ALLOCATION)) {
            self.give_up(held);
        }
        error.into()
    }

    /// How far the frame has come, also for other threads.
    pub fn record(&self) -> &Shared<Record> {
        &self.record
    }

    /// Gives a context back that is in the middle of a frame, where libzstd would refuse new parameters.
    fn give_up(&self, mut held: Box<Configured<CompressionContext>>) {
        held.context.cctx().reset_session();
        self.compressor.pool().give_back(held, false);
    }

    fn begin_frame(
        &mut self,
        src_len: usize,
        ending: Ending,
        doing: &'static str,
    ) -> Result<Box<Configured<CompressionContext>>, Error> {
        (self.taken, self.given) = (0, 0);
        // A frame that is ended at once has the size of what there is.
        let size = if ending == Ending::Frame { Some(src_len as u64) } else { self.declared_size };
        let started = self.compressor.lease(doing).and_then(|mut held| {
            let begun = held.context.begin(size).and_then(|cctx| cctx.begin_stream(size));
            begun.map_err(|code| Error::Zstd { doing, code })?;
            Ok(held)
        });
        if let Err(error) = &started {
            // It was not the stream that failed, but what it was made from: memory or dictionary.
            self.state = match error {
                Error::Zstd { code, .. } => State::Failed(*code),
                _ => State::BetweenFrames,
            };
        }
        started
    }
}

/// Bytes used by the context of the stream with this record; before it has one, by a fresh context.
pub fn memory_size(record: &Record) -> Result<usize, Error> {
    record.memory_size::<CompressionContext>()
}

impl Drop for CompressionStream {
    fn drop(&mut self) {
        if let State::InFrame(held) = std::mem::replace(&mut self.state, State::BetweenFrames) {
            self.give_up(held);
        }
    }
}
