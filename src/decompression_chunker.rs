//! `zst_decompression_chunker`: decompression by pushing, with output in pieces of one size.

use crate::decompression_stream::DecompressionStream;
use crate::decompressor::Decompressor;
use crate::engine::{Output, Shared};
use crate::error::Error;

pub struct DecompressionChunker {
    stream: DecompressionStream,
    /// The piece in the making. Its capacity is the size of all pieces.
    piece: Output,
    /// The piece has been handed out, and is emptied before the next step.
    lent: bool,
    /// Input has been given that `next` has not used up.
    feeding: bool,
    finished: bool,
}

impl DecompressionChunker {
    pub fn new(decompressor: &Shared<Decompressor>, piece_size: usize) -> Result<DecompressionChunker, Error> {
        if piece_size == 0 {
            return Err(Error::NotPositive { name: "chunk_size" });
        }
        Ok(DecompressionChunker {
            piece: Output::with_capacity(piece_size)?,
            stream: DecompressionStream::new(decompressor, "zstd decompress error")?,
            lent: false,
            feeding: false,
            finished: false,
        })
    }

    pub fn stream(&self) -> &DecompressionStream {
        &self.stream
    }

    /// Begins to take input in, which is then given to `next`.
    pub fn decompress(&mut self) -> Result<(), Error> {
        if self.finished {
            return Err(Error::DecompressionFinished { call: "decompress" });
        }
        if self.feeding {
            return Err(Error::ChunkerNotConsumed { operation: "perform operation" });
        }
        self.feeding = true;
        Ok(())
    }

    /// Says that there is no more input: `next` gives what is left, in a shorter piece. Input that ended inside a frame
    /// is an error, and what it held is still there.
    pub fn finish(&mut self) -> Result<(), Error> {
        if self.finished {
            return Err(Error::DecompressionFinished { call: "finish" });
        }
        if self.feeding {
            return Err(Error::ChunkerNotConsumed { operation: "call finish()" });
        }
        self.finished = true;
        if !self.stream.at_frame_end() {
            return Err(self.stream.ends_inside_frame());
        }
        Ok(())
    }

    /// The next piece, and how much of `src` it used; `None` when there is no more. `src` is what is left of the input,
    /// of which `decompress` has spoken.
    pub fn next(&mut self, src: &[u8]) -> Result<(usize, Option<&[u8]>), Error> {
        if std::mem::take(&mut self.lent) {
            self.piece.clear();
        }
        let mut used = 0;
        while self.feeding {
            let (used_before, len_before) = (used, self.piece.len());
            let stepped = self.piece.extend(|room| {
                used += self.stream.step(room, &src[used..])?.consumed;
                Ok(())
            });
            match stepped {
                Ok(()) => {}
                // What was decoded before comes first. The stream has failed, and says so again at the next call.
                Err(_) if !self.piece.is_empty() => {
                    self.lent = true;
                    return Ok((used, Some(self.piece.as_slice())));
                }
                Err(error) => return Err(error),
            }
            if self.piece.len() == self.piece.capacity() {
                break;
            }
            // There was room, and nothing came to fill it.
            let produced = self.piece.len() > len_before;
            self.feeding = used < src.len() || produced || used > used_before && !self.stream.at_frame_end();
        }
        let full = self.piece.len() == self.piece.capacity();
        if full || self.finished && !self.piece.is_empty() {
            self.lent = true;
            return Ok((used, Some(self.piece.as_slice())));
        }
        Ok((used, None))
    }
}
