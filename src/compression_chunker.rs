//! `zst_compression_chunker`: compression by pushing, with output in pieces of one size.

use crate::compression_stream::{CompressionStream, Doing};
use crate::compressor::Compressor;
use crate::engine::{Ending, Output, Shared};
use crate::error::Error;

pub struct CompressionChunker {
    stream: CompressionStream,
    /// The piece in the making. Its capacity is the size of all pieces.
    piece: Output,
    /// The piece has been handed out, and is emptied before the next step.
    lent: bool,
    phase: Phase,
}

/// What `next` is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing: the operation before has been consumed.
    Idle,
    Feeding,
    Flushing,
    Finishing,
    Finished,
}

impl CompressionChunker {
    pub fn new(
        compressor: &Shared<Compressor>,
        size: Option<u64>,
        piece_size: usize,
    ) -> Result<CompressionChunker, Error> {
        if piece_size == 0 {
            return Err(Error::NotPositive { name: "chunk_size" });
        }
        const DOING: &str = "zstd compress error";
        let doing = Doing { feeding: DOING, ending: DOING };
        Ok(CompressionChunker {
            piece: Output::with_capacity(piece_size)?,
            stream: CompressionStream::new(compressor, size, doing)?,
            lent: false,
            phase: Phase::Idle,
        })
    }

    pub fn stream(&self) -> &CompressionStream {
        &self.stream
    }

    /// Begins to take input in, which is then given to `next`.
    pub fn compress(&mut self) -> Result<(), Error> {
        match self.phase {
            Phase::Finishing | Phase::Finished => Err(Error::ChunkerFinished { call: "compress" }),
            Phase::Feeding => Err(Error::ChunkerNotConsumed { operation: "perform operation" }),
            // What a flush has not delivered yet comes out with the next pieces.
            Phase::Idle | Phase::Flushing => {
                self.phase = Phase::Feeding;
                Ok(())
            }
        }
    }

    /// Begins to give out everything that was taken in.
    pub fn flush(&mut self) -> Result<(), Error> {
        match self.phase {
            Phase::Finishing | Phase::Finished => Err(Error::ChunkerFinished { call: "flush" }),
            Phase::Feeding => Err(Error::ChunkerNotConsumed { operation: "call flush()" }),
            Phase::Idle | Phase::Flushing => {
                self.phase = Phase::Flushing;
                Ok(())
            }
        }
    }

    /// Begins to end the frame.
    pub fn finish(&mut self) -> Result<(), Error> {
        match self.phase {
            Phase::Finished => Err(Error::ChunkerFinished { call: "finish" }),
            Phase::Feeding => Err(Error::ChunkerNotConsumed { operation: "call finish()" }),
            Phase::Idle | Phase::Flushing | Phase::Finishing => {
                self.phase = Phase::Finishing;
                Ok(())
            }
        }
    }

    /// The next piece of the operation that was begun last, and how much of `src` it used; `None` when there is no
    /// more. `src` is what is left of the input, of which `compress` has spoken.
    pub fn next(&mut self, src: &[u8]) -> Result<(usize, Option<&[u8]>), Error> {
        if std::mem::take(&mut self.lent) {
            self.piece.clear();
        }
        let (ending, after) = match self.phase {
            Phase::Idle | Phase::Finished => return Ok((0, None)),
            Phase::Feeding => (Ending::Nothing, Phase::Idle),
            Phase::Flushing => (Ending::Block, Phase::Idle),
            Phase::Finishing => (Ending::Frame, Phase::Finished),
        };
        let mut used = 0;
        loop {
            let mut waiting = 0;
            self.piece.extend(|room| {
                let step = self.stream.step(room, &src[used..], ending)?;
                used += step.consumed;
                waiting = step.waiting;
                Ok::<_, Error>(())
            })?;
            let full = self.piece.len() == self.piece.capacity();
            let done = if ending == Ending::Nothing { used == src.len() && !full } else { waiting == 0 };
            if done {
                self.phase = after;
            }
            // A shorter piece comes only at the end of a flush or of the frame.
            if full || done && ending != Ending::Nothing && !self.piece.is_empty() {
                self.lent = true;
                return Ok((used, Some(self.piece.as_slice())));
            }
            if done {
                return Ok((used, None));
            }
        }
    }
}
