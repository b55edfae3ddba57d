//! `zst_compression_obj`: compression by pushing, in the manner of `zlib.compressobj`.

use crate::compression_stream::{CompressionStream, Doing};
use crate::compressor::Compressor;
use crate::engine::{Ending, Output, Room, Shared, compress_bound};
use crate::error::Error;

pub struct CompressionObj {
    stream: CompressionStream,
    finished: bool,
}

/// From one block of input on, all that it can become is reserved at once.
const LARGE: usize = 128 << 10;

impl CompressionObj {
    pub fn new(compressor: &Shared<Compressor>, size: Option<u64>) -> Result<CompressionObj, Error> {
        let doing = Doing { feeding: "zstd compress error", ending: "error ending compression stream" };
        Ok(CompressionObj { stream: CompressionStream::new(compressor, size, doing)?, finished: false })
    }

    pub fn stream(&self) -> &CompressionStream {
        &self.stream
    }

    /// Takes `src` in; returns what has become ready.
    pub fn compress(&mut self, src: &[u8]) -> Result<Output, Error> {
        if self.finished {
            return Err(Error::CompressAfterFinish);
        }
        self.feed(src, Ending::Nothing)
    }

    /// Returns everything that was taken in, and ends the frame with `Ending::Frame`.
    pub fn flush(&mut self, ending: Ending) -> Result<Output, Error> {
        if self.finished {
            return Err(Error::AlreadyFinished);
        }
        self.finished = ending == Ending::Frame;
        self.feed(&[], ending)
    }

    fn feed(&mut self, mut src: &[u8], ending: Ending) -> Result<Output, Error> {
        let capacity = if src.len() < LARGE { 0 } else { compress_bound(src.len()).unwrap_or(0) };
        let mut output = Output::with_capacity(capacity)?;
        loop {
            let mut waiting = 0;
            output.fill(|spare| {
                let mut room = Room::new(spare);
                let step = self.stream.step(&mut room, src, ending)?;
                src = &src[step.consumed..];
                waiting = step.waiting;
                Ok::<_, Error>(room.finish())
            })?;
            let full = output.len() == output.capacity();
            let done = src.is_empty() && if ending == Ending::Nothing { !full || waiting == 0 } else { waiting == 0 };
            if done {
                break;
            }
            if full {
                let more = waiting.max(output.len() / 2).max(64);
                // Otherwise what was taken in so far could not be given out any more.
                output.grow_to(output.len().saturating_add(more)).map_err(|error| self.stream.fail(error))?;
            }
        }
        output.shrink();
        Ok(output)
    }
}
