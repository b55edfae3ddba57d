//! Decompression by pushing: what a decompression writer is made of.

use crate::decompression_stream::DecompressionStream;
use crate::decompressor::Decompressor;
use crate::engine::{Ending, OutOfMemory, Room, Shared};
use crate::error::Error;
use crate::push::{Push, Pushed};

const DOING: &str = "zstd decompress error";

pub struct DecompressionPush {
    stream: DecompressionStream,
    /// Input that ends inside a frame is an error.
    strict: bool,
}

impl DecompressionPush {
    pub fn new(decompressor: &Shared<Decompressor>, strict: bool) -> Result<DecompressionPush, Error> {
        Ok(DecompressionPush { stream: DecompressionStream::new(decompressor, DOING)?, strict })
    }

    pub fn stream(&self) -> &DecompressionStream {
        &self.stream
    }
}

impl Push for DecompressionPush {
    const CLOSE_ENDS: Ending = Ending::Nothing;
    const CLOSE_FLUSHES: bool = true;

    fn step(&mut self, room: &mut Room<'_>, src: &[u8], _: Ending) -> Result<Pushed, Error> {
        // A stream that has failed has nothing to flush either.
        if src.is_empty() && !self.stream.has_waiting() {
            return Ok(Pushed { consumed: 0, complete: true });
        }
        let step = self.stream.step(room, src)?;
        Ok(Pushed { consumed: step.consumed, complete: !self.stream.has_waiting() })
    }

    fn check(&self) -> Result<(), Error> {
        self.stream.check()
    }

    fn at_end(&self) -> bool {
        self.stream.at_frame_end()
    }

    fn check_end(&self) -> Result<(), Error> {
        if self.strict {
            self.stream.check()?;
            if !self.stream.at_frame_end() {
                return Err(self.stream.ends_inside_frame());
            }
        }
        Ok(())
    }

    fn fail(&mut self, error: OutOfMemory) -> Error {
        self.stream.fail(error.into())
    }
}
