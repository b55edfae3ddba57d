//! Decompression by pulling: a stream that takes its input from a source.

use crate::decompression_stream::DecompressionStream;
use crate::decompressor::Decompressor;
use crate::engine::{FrameKind, Output, Room, Shared};
use crate::error::Error;
use crate::pull::{Pull, Pulled};
use crate::source::{Input, Source};

pub struct DecompressionPull {
    stream: DecompressionStream,
    input: Input,
    options: PullOptions,
    ended: bool,
}

#[derive(Clone, Copy)]
pub struct PullOptions {
    /// Begins the text of an error.
    pub doing: &'static str,
    pub frames: Frames,
    /// Input that ends inside a frame is an error.
    pub strict: bool,
    /// Bytes to leave out at the start of the first block.
    pub skip_bytes: usize,
}

/// What the end of a frame means. Skippable frames are passed over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Frames {
    /// The end.
    One,
    /// A good place to return what there is.
    OneByOne,
    Across,
}

impl DecompressionPull {
    pub fn new(
        decompressor: &Shared<Decompressor>,
        source: Box<dyn Source>,
        read_size: usize,
        options: PullOptions,
    ) -> Result<DecompressionPull, Error> {
        let input = Input::new(source, read_size)?;
        if options.skip_bytes >= read_size {
            return Err(Error::SkipBytesTooLarge);
        }
        let stream = DecompressionStream::new(decompressor, options.doing)?;
        Ok(DecompressionPull { stream, input, options, ended: false })
    }

    pub fn stream(&self) -> &DecompressionStream {
        &self.stream
    }

    /// What is left of the block that was read last.
    pub fn unused(&self) -> &[u8] {
        self.input.block()
    }

    /// Reads a block, unless some of the last one is left or content is waiting inside. False at the end of the input.
    fn read(&mut self) -> Result<bool, Error> {
        self.stream.check()?;
        if !self.input.block().is_empty() || self.stream.has_waiting() {
            return Ok(true);
        }
        self.input.read()?;
        Ok(!self.input.block().is_empty())
    }

    /// Leaves out what is to be left out of the first block.
    fn skip(&mut self) -> Result<(), Error> {
        let skip = self.options.skip_bytes;
        if skip > 0 {
            if self.input.block().len() <= skip {
                return Err(Error::SkipBeyondFirstBlock);
            }
            self.input.advance(skip);
            self.stream.leave_out(skip);
            self.options.skip_bytes = 0;
        }
        Ok(())
    }

    /// Whether the end of the input may be here.
    fn check_end(&self) -> Result<(), Error> {
        if self.options.strict && !self.stream.at_frame_end() {
            return Err(self.stream.ends_inside_frame());
        }
        Ok(())
    }
}

impl Pull for DecompressionPull {
    fn step(&mut self, room: &mut Room<'_>) -> Result<Pulled, Error> {
        if self.ended {
            return Ok(Pulled::End);
        }
        // An error is for the next call when this one has something to give.
        let pause = |error, room: &Room<'_>| if room.is_empty() { Err(error) } else { Ok(Pulled::Pause) };
        if !self.read()? {
            return self.check_end().map(|()| Pulled::End).or_else(|error| pause(error, room));
        }
        self.skip()?;
        let step = match self.stream.step(room, self.input.block()) {
            Ok(step) => step,
            Err(error) => return pause(error, room),
        };
        self.input.advance(step.consumed);
        Ok(match (step.frame_ended, self.options.frames) {
            (Some(FrameKind::Zstd), Frames::One) => {
                self.ended = true;
                Pulled::End
            }
            (Some(_), Frames::OneByOne) => Pulled::Pause,
            (Some(_), Frames::One | Frames::Across) | (None, _) => Pulled::More,
        })
    }

    fn pull_all(&mut self, output: &mut Output) -> Result<(), Error> {
        while self.read()? {
            self.skip()?;
            let mut block = self.input.block();
            let before = block.len();
            let outcome = self.stream.append(output, &mut block, |_| false);
            let used = before - block.len();
            self.input.advance(used);
            outcome?;
        }
        self.check_end()
    }

    fn bytes_read(&self) -> u64 {
        self.input.bytes_read()
    }
}
