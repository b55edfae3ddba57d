//! Compression by pushing: what a compression writer is made of.

use crate::compression_stream::{CompressionStream, Doing};
use crate::compressor::Compressor;
use crate::engine::{Ending, OutOfMemory, Room, Shared};
use crate::error::Error;
use crate::push::{Push, Pushed};

pub struct CompressionPush {
    stream: CompressionStream,
}

impl CompressionPush {
    /// `size` is that of the first frame's content.
    pub fn new(compressor: &Shared<Compressor>, size: Option<u64>) -> Result<CompressionPush, Error> {
        const DOING: &str = "zstd compress error";
        let doing = Doing { feeding: DOING, ending: DOING };
        Ok(CompressionPush { stream: CompressionStream::new(compressor, size, doing)? })
    }

    pub fn stream(&self) -> &CompressionStream {
        &self.stream
    }
}

impl Push for CompressionPush {
    const CLOSE_ENDS: Ending = Ending::Frame;
    const CLOSE_FLUSHES: bool = false;

    fn step(&mut self, room: &mut Room<'_>, src: &[u8], ending: Ending) -> Result<Pushed, Error> {
        let step = self.stream.step(room, src, ending)?;
        let complete = step.waiting == 0 || ending == Ending::Nothing && room.left() > 0;
        Ok(Pushed { consumed: step.consumed, complete })
    }

    fn check(&self) -> Result<(), Error> {
        self.stream.check()
    }

    fn at_end(&self) -> bool {
        true
    }

    fn check_end(&self) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: OutOfMemory) -> Error {
        self.stream.fail(error)
    }
}
