//! Compression by pulling: a stream that takes its input from a source.

use crate::compression_stream::{CompressionStream, Doing};
use crate::compressor::Compressor;
use crate::engine::{Ending, Output, Room, Shared};
use crate::error::Error;
use crate::pull::{Pull, Pulled};
use crate::source::{Input, Source};

pub struct CompressionPull {
    stream: CompressionStream,
    input: Input,
    /// The last step filled all the room it had, so output may be waiting inside.
    full: bool,
    frame_ended: bool,
}

impl CompressionPull {
    pub fn new(
        compressor: &Shared<Compressor>,
        source: Box<dyn Source>,
        size: Option<u64>,
        read_size: usize,
    ) -> Result<CompressionPull, Error> {
        let doing = Doing { feeding: "zstd compress error", ending: "error ending compression stream" };
        Ok(CompressionPull {
            input: Input::new(source, read_size)?,
            stream: CompressionStream::new(compressor, size, doing)?,
            full: false,
            frame_ended: false,
        })
    }

    pub fn stream(&self) -> &CompressionStream {
        &self.stream
    }

    /// Reads a block, unless some of the last one is left or output may be waiting inside.
    fn read(&mut self) -> Result<(), Error> {
        self.stream.check()?;
        if self.input.block().is_empty() && !self.full { self.input.read() } else { Ok(()) }
    }

    fn ending(&self) -> Ending {
        if self.input.ended() { Ending::Frame } else { Ending::Nothing }
    }
}

impl Pull for CompressionPull {
    fn step(&mut self, room: &mut Room<'_>) -> Result<Pulled, Error> {
        if self.frame_ended {
            return Ok(Pulled::End);
        }
        self.read()?;
        let ending = self.ending();
        let step = self.stream.step(room, self.input.block(), ending)?;
        self.input.advance(step.consumed);
        self.full = room.left() == 0;
        self.frame_ended = ending == Ending::Frame && step.waiting == 0;
        Ok(if self.frame_ended { Pulled::End } else { Pulled::More })
    }

    fn pull_all(&mut self, output: &mut Output) -> Result<(), Error> {
        while !self.frame_ended {
            self.read()?;
            let ending = self.ending();
            let mut block = self.input.block();
            let before = block.len();
            let outcome = self.stream.append(output, &mut block, ending);
            let used = before - block.len();
            self.input.advance(used);
            outcome?;
            self.full = false;
            self.frame_ended = ending == Ending::Frame;
        }
        Ok(())
    }

    fn bytes_read(&self) -> u64 {
        self.input.bytes_read()
    }
}
