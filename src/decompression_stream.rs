//! Decompression step by step: what all streaming objects of a decompressor are made of.
//!
//! A stream takes a context from its decompressor's pool when a frame begins and gives it back when the frame has
//! ended. It looks at each header itself before libzstd does: to choose the dictionary, to say what is wrong in full,
//! and to know how much content is to come.

use crate::decompression_context::DecompressionContext;
use crate::decompressor::Decompressor;
use crate::engine::{Code, DecompressionStep, FrameHeader, FrameKind, Header, Output, Room, Shared, frame_header};
use crate::error::Error;
use crate::frame::Frame;
use crate::pool::{Configured, Context, Record};
use std::mem::MaybeUninit;

/// No header is longer.
const HEADER_MAX: usize = 18;

pub struct DecompressionStream {
    decompressor: Shared<Decompressor>,
    /// Begins the text of an error.
    doing: &'static str,
    state: State,
    /// Bytes of input taken in, and of content given out, over all frames.
    taken: u64,
    produced: u64,
    /// Where in the input the frame begins that the stream is in, or the next one.
    frame_start: u64,
    record: Shared<Record>,
}

enum State {
    /// The first bytes of the next header, as far as they have come.
    BetweenFrames {
        head: [u8; HEADER_MAX],
        len: usize,
    },
    /// `full`: the last step filled all the room it had, so content may be waiting inside.
    InFrame {
        header: FrameHeader,
        held: Box<Configured<DecompressionContext>>,
        /// The rest of a header that came in parts. libzstd gets it alone: with what follows it would take it for a
        /// frame of its own, if it looks like one.
        header_left: usize,
        produced: u64,
        full: bool,
    },
    Failed(Error),
}

/// What a step did.
#[derive(Clone, Copy)]
pub struct Step {
    /// Bytes of the source.
    pub consumed: usize,
    /// A frame of this kind is complete, and all of its content has been given out.
    pub frame_ended: Option<FrameKind>,
}

impl State {
    const BETWEEN_FRAMES: State = State::BetweenFrames { head: [0; HEADER_MAX], len: 0 };
}

impl DecompressionStream {
    pub fn new(decompressor: &Shared<Decompressor>, doing: &'static str) -> Result<DecompressionStream, Error> {
        let record = Shared::try_new(Record::default())?;
        decompressor.pool().set_latest(&record);
        let state = State::BETWEEN_FRAMES;
        let decompressor = decompressor.clone();
        Ok(DecompressionStream { decompressor, doing, state, taken: 0, produced: 0, frame_start: 0, record })
    }

    /// Nothing of a frame has been taken in that is not complete.
    pub fn at_frame_end(&self) -> bool {
        matches!(self.state, State::BetweenFrames { len: 0, .. })
    }

    /// So much of the input, before the first frame, is not for this stream.
    pub fn leave_out(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.frame_start = self.taken;
    }

    /// The error that ended the stream, if one did.
    pub fn check(&self) -> Result<(), Error> {
        match &self.state {
            State::Failed(error) => Err(*error),
            State::BetweenFrames { .. } | State::InFrame { .. } => Ok(()),
        }
    }

    /// Content may be waiting inside that found no room.
    pub fn has_waiting(&self) -> bool {
        matches!(self.state, State::InFrame { full: true, .. })
    }

    /// Takes in the header of the next frame, or what `src` has of it; returns the bytes used. Does nothing inside a
    /// frame.
    fn enter_frame(&mut self, src: &[u8]) -> Result<usize, Error> {
        let State::BetweenFrames { head, len } = &mut self.state else {
            return Ok(0);
        };
        let more = src.len().min(HEADER_MAX - *len);
        let start = if *len == 0 {
            &src[..more]
        } else {
            head[*len..*len + more].copy_from_slice(&src[..more]);
            &head[..*len + more]
        };
        match frame_header(start, self.decompressor.parameters().format) {
            Ok(Header::Cut { .. }) => {
                head[*len..*len + more].copy_from_slice(&src[..more]);
                *len += more;
                self.taken += more as u64;
                Ok(more)
            }
            Ok(Header::Complete(header)) => {
                // What came earlier goes into libzstd now. The rest of the header is still in `src`, so that a frame
                // which comes as a whole is decoded in one piece.
                let (head, len) = (*head, *len);
                self.begin(header, &head[..len])?;
                Ok(0)
            }
            Err(code) => Err(self.fail(Error::Frame { doing: self.doing, code, at: 0 })),
        }
    }

    /// Takes in some of `src` and puts some of the content into `room`. What is waiting inside comes alone: it would be
    /// lost if the input behind it is damaged.
    pub fn step(&mut self, room: &mut Room<'_>, src: &[u8]) -> Result<Step, Error> {
        self.check()?;
        let used = self.enter_frame(src)?;
        let State::InFrame { header, held, header_left, produced, full } = &mut self.state else {
            return Ok(Step { consumed: used, frame_ended: None });
        };
        let src = if *full { &[] } else { src };
        // libzstd takes it for an endless loop when it is called in vain again and again.
        if src.is_empty() && !*full {
            return Ok(Step { consumed: 0, frame_ended: None });
        }
        let before = room.len();
        let allowed = self.decompressor.parameters().max_output_size.map_or(u64::MAX, |limit| limit - self.produced);
        let dctx = &mut held.context.dctx;
        let most = usize::try_from(allowed).unwrap_or(usize::MAX);
        let (header_rest, behind) = src.split_at((*header_left).min(src.len()));
        *header_left -= header_rest.len();
        let mut stepped = if header_rest.is_empty() || behind.is_empty() {
            dctx.step(room, most, src)
        } else {
            dctx.step(room, most, header_rest).and_then(|first| {
                let step = dctx.step(room, most, behind)?;
                Ok(DecompressionStep { consumed: first.consumed + step.consumed, ..step })
            })
        };
        let given = (room.len() - before) as u64;
        *produced += given;
        *full = room.left() == 0;
        self.produced += given;
        let mut over_the_limit = false;
        if let Ok(step) = &mut stepped
            && given == allowed
            && !step.frame_ended
        {
            // There is no room by the limit's leave. Is there more content?
            let mut probe = [MaybeUninit::uninit()];
            let mut probe = Room::new(&mut probe);
            stepped = dctx.step(&mut probe, 1, &src[step.consumed..]).map(|probed| DecompressionStep {
                consumed: step.consumed + probed.consumed,
                frame_ended: probed.frame_ended,
            });
            over_the_limit = !probe.is_empty();
        }
        self.taken += stepped.as_ref().map_or(0, |step| step.consumed as u64);
        self.record.set_memory_size(held.context.memory_size());
        let doing = self.doing;
        let kind = header.kind;
        let recorded = header.content_size.filter(|_| kind == FrameKind::Zstd);
        match stepped {
            Ok(_) if recorded.is_some_and(|recorded| *produced > recorded) => {
                Err(self.fail(Error::Frame { doing, code: Code::CORRUPTION_DETECTED, at: 0 }))
            }
            _ if over_the_limit => Err(self.fail(Error::StreamLimit { doing, limit: self.produced, at: 0 })),
            Ok(step) if !step.frame_ended => Ok(Step { consumed: step.consumed, frame_ended: None }),
            Ok(step) => match recorded {
                // libzstd does not look when the last block is empty.
                Some(recorded) if recorded != *produced => {
                    let produced = *produced;
                    Err(self.fail(Error::WrongSize { doing, produced, recorded, at: 0 }))
                }
                Some(_) | None => {
                    self.leave();
                    self.frame_start = self.taken;
                    Ok(Step { consumed: step.consumed, frame_ended: Some(kind) })
                }
            },
            Err(Code::WINDOW_TOO_LARGE) => {
                let (window, limit) = (header.window_size, self.decompressor.parameters().max_window_size);
                Err(self.fail(Error::WindowLimit { doing, window, limit, at: 0 }))
            }
            Err(code) => {
                // Only a frame that holds more than it records meets the end of its room.
                let code = if code == Code::DST_SIZE_TOO_SMALL { Code::CORRUPTION_DETECTED } else { code };
                let error = self.decompressor.failure(doing, code);
                Err(self.fail(error))
            }
        }
    }

    /// Takes in `src`, until it is used up or `stop` wants to stop after a frame of this kind; `src` is what is left of
    /// it then. Puts the content behind what `output` holds. Returns whether it was stopped. For lack of memory it
    /// may stop on the way.
    pub fn append(
        &mut self,
        output: &mut Output,
        src: &mut &[u8],
        stop: impl Fn(FrameKind) -> bool,
    ) -> Result<bool, Error> {
        self.check()?;
        while !src.is_empty() || self.has_waiting() {
            let used = self.enter_frame(src)?;
            *src = &src[used..];
            self.make_room(output, src)?;
            let mut ended = None;
            let before = (src.len(), output.len(), self.has_waiting());
            output.extend(|room| {
                let step = self.step(room, src)?;
                *src = &src[step.consumed..];
                ended = step.frame_ended;
                Ok::<_, Error>(())
            })?;
            if ended.is_some_and(&stop) {
                return Ok(true);
            }
            if ended.is_none() && before == (src.len(), output.len(), self.has_waiting()) {
                break;
            }
        }
        Ok(false)
    }

    /// Makes room for a frame that is there as a whole and records its size, which libzstd then decodes straight into
    /// it; otherwise for as much as is in proportion to what is left of the input.
    fn make_room(&self, output: &mut Output, src: &[u8]) -> Result<(), Error> {
        const BLOCK: usize = 128 << 10;
        let State::InFrame { header, produced, .. } = &self.state else {
            return Ok(());
        };
        let wanted = match header.content_size {
            Some(size) => {
                let rest = usize::try_from(size.saturating_sub(*produced)).unwrap_or(usize::MAX);
                let likely = src.len().saturating_mul(32).max(BLOCK);
                // What is behind the header may look like a frame, too.
                let whole = || {
                    let first = Frame::first(src, self.decompressor.parameters().format);
                    *produced == 0 && first.is_ok_and(|frame| frame.content_size() == Some(size))
                };
                if rest <= likely || whole() { rest } else { likely }
            }
            None if output.len() < output.capacity() => return Ok(()),
            None => src.len().saturating_mul(4).clamp(1 << 10, BLOCK),
        };
        // One byte more shows whether the frame holds more than it records.
        output.make_room(wanted.max(1))?;
        Ok(())
    }

    /// For other threads.
    pub fn record(&self) -> &Shared<Record> {
        &self.record
    }

    fn begin(&mut self, header: FrameHeader, head: &[u8]) -> Result<(), Error> {
        let doing = self.doing;
        let ddict = match self.decompressor.dictionary_for(&header, doing) {
            Ok(ddict) => ddict.cloned(),
            Err(error) => return Err(self.fail(error)),
        };
        let mut held = match self.decompressor.lease() {
            Ok(held) => held,
            Err(error) => return Err(self.fail(error)),
        };
        let dctx = &mut held.context.dctx;
        let mut begun = dctx.begin_stream(ddict);
        if !head.is_empty() {
            begun = begun.and_then(|()| dctx.step(&mut Room::new(&mut []), 0, head).map(drop));
        }
        let header_left = match header.kind {
            FrameKind::Zstd if !head.is_empty() => header.header_size - head.len(),
            FrameKind::Zstd | FrameKind::Skippable => 0,
        };
        self.state = State::InFrame { header, held, header_left, produced: 0, full: false };
        begun.map_err(|code| self.fail(Error::Frame { doing, code, at: 0 }))
    }

    /// Gives the context back.
    fn leave(&mut self) {
        if let State::InFrame { mut held, .. } = std::mem::replace(&mut self.state, State::BETWEEN_FRAMES) {
            held.context.dctx.end_stream();
            self.decompressor.pool().give_back(held, true);
        }
    }

    /// What is wrong when the input ends here inside a frame.
    pub fn ends_inside_frame(&self) -> Error {
        Error::InputEndsInsideFrame { doing: self.doing, at: self.frame_start }
    }

    /// Ends the stream with an error, which every later step repeats.
    pub fn fail(&mut self, error: Error) -> Error {
        let error = error.in_frame_at(self.frame_start);
        self.leave();
        self.state = State::Failed(error);
        error
    }
}

/// Bytes used by the context of the stream with this record; before it has one, by a fresh context.
pub fn memory_size(record: &Record) -> Result<usize, Error> {
    record.memory_size::<DecompressionContext>()
}

impl Drop for DecompressionStream {
    fn drop(&mut self) {
        self.leave();
    }
}
