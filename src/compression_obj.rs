//! `zst_compression_obj`: compression by pushing, in the manner of `zlib.compressobj`.

use crate::compression_stream::{CompressionStream, Doing};
use crate::compressor::Compressor;
use crate::engine::{Ending, Output, Room, Shared};
use crate::error::Error;

pub struct CompressionObj {
    stream: CompressionStream,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The end of the frame has been asked for, and some of it is still inside.
    Finishing,
    Finished,
}

impl CompressionObj {
    pub fn new(compressor: &Shared<Compressor>, size: Option<u64>) -> Result<CompressionObj, Error> {
        let doing = Doing { feeding: "zstd compress error", ending: "error ending compression stream" };
        Ok(CompressionObj { stream: CompressionStream::new(compressor, size, doing)?, phase: Phase::Open })
    }

    pub fn stream(&self) -> &CompressionStream {
        &self.stream
    }

    /// Takes `src` in; returns what has become ready.
    pub fn compress(&mut self, src: &[u8]) -> Result<Output, Error> {
        if self.phase != Phase::Open {
            return Err(Error::CompressAfterFinish);
        }
        self.feed(src, Ending::Nothing)
    }

    /// Takes in as much of `src` as there is room for what becomes ready; returns the bytes used. Without `src`, room is
    /// for what was ready before and had none.
    pub fn compress_into(&mut self, room: &mut Room<'_>, src: &[u8]) -> Result<usize, Error> {
        check_room(room)?;
        if self.phase != Phase::Open {
            return Err(Error::CompressAfterFinish);
        }
        self.stream.check()?;
        let mut used = 0;
        loop {
            used += self.stream.step(room, &src[used..], Ending::Nothing)?.consumed;
            if used == src.len() || room.left() == 0 {
                return Ok(used);
            }
        }
    }

    /// Returns everything that was taken in, and ends the frame with `Ending::Frame`.
    pub fn flush(&mut self, ending: Ending) -> Result<Output, Error> {
        self.begin_flush(ending)?;
        self.feed(&[], ending)
    }

    /// The same into `room`; false when there was too little of it and another call is needed.
    pub fn flush_into(&mut self, room: &mut Room<'_>, ending: Ending) -> Result<bool, Error> {
        check_room(room)?;
        self.begin_flush(ending)?;
        while self.stream.step(room, &[], ending)?.waiting > 0 {
            if room.left() == 0 {
                if ending == Ending::Frame {
                    self.phase = Phase::Finishing;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A flush that fails has ended the object nonetheless.
    fn begin_flush(&mut self, ending: Ending) -> Result<(), Error> {
        match (self.phase, ending) {
            (Phase::Finished, _) | (Phase::Finishing, Ending::Nothing | Ending::Block) => Err(Error::AlreadyFinished),
            (Phase::Open | Phase::Finishing, Ending::Frame) => {
                self.phase = Phase::Finished;
                Ok(())
            }
            (Phase::Open, Ending::Nothing | Ending::Block) => Ok(()),
        }
    }

    fn feed(&mut self, src: &[u8], ending: Ending) -> Result<Output, Error> {
        let mut output = Output::with_capacity(0)?;
        let mut rest = src;
        match self.stream.append(&mut output, &mut rest, ending) {
            Ok(()) => {
                output.shrink();
                Ok(output)
            }
            // What was taken in so far cannot be given out any more.
            Err(Error::OutOfMemory(error)) if rest.len() < src.len() || !output.is_empty() => {
                Err(self.stream.fail(error))
            }
            Err(error) => Err(error),
        }
    }
}

/// Without room nothing could ever happen.
pub fn check_room(room: &Room<'_>) -> Result<(), Error> {
    if room.left() == 0 {
        return Err(Error::NotPositive { name: "dst_len" });
    }
    Ok(())
}
