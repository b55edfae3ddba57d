//! `zst_decompression_obj`: decompression by pushing, in the manner of `zlib.decompressobj`.

use crate::compression_obj::check_room;
use crate::decompression_stream::DecompressionStream;
use crate::decompressor::Decompressor;
use crate::engine::{Output, Room, Shared};
use crate::error::Error;

pub struct DecompressionObj {
    stream: DecompressionStream,
    read_across_frames: bool,
    eof: bool,
}

impl DecompressionObj {
    /// For one frame, a skippable one included, or for any number of them.
    pub fn new(decompressor: &Shared<Decompressor>, read_across_frames: bool) -> Result<DecompressionObj, Error> {
        let stream = DecompressionStream::new(decompressor, "zstd decompressor error")?;
        Ok(DecompressionObj { stream, read_across_frames, eof: false })
    }

    pub fn stream(&self) -> &DecompressionStream {
        &self.stream
    }

    /// The one frame has ended.
    pub fn eof(&self) -> bool {
        self.eof
    }

    /// Takes `src` in; returns its content, and how much of `src` was used: all of it, unless the one frame has ended.
    pub fn decompress(&mut self, src: &[u8]) -> Result<(Output, usize), Error> {
        if self.eof {
            return Err(Error::DecompressAfterFrame);
        }
        let mut output = Output::with_capacity(0)?;
        let mut rest = src;
        match self.stream.append(&mut output, &mut rest, |_| !self.read_across_frames) {
            Ok(stopped) => {
                self.eof = stopped;
                output.shrink();
                Ok((output, src.len() - rest.len()))
            }
            // What was taken in so far cannot be given out any more.
            Err(error @ Error::OutOfMemory(_)) => Err(self.stream.fail(error)),
            Err(error) => Err(error),
        }
    }

    /// Takes in as much of `src` as there is room for its content; returns the bytes used. An error comes when there is
    /// nothing to give before it.
    pub fn decompress_into(&mut self, room: &mut Room<'_>, src: &[u8]) -> Result<usize, Error> {
        check_room(room)?;
        if self.eof {
            return Err(Error::DecompressAfterFrame);
        }
        self.stream.check()?;
        let mut used = 0;
        while !self.eof && room.left() > 0 && (used < src.len() || self.stream.has_waiting()) {
            let step = match self.stream.step(room, &src[used..]) {
                Ok(step) => step,
                Err(_) if !room.is_empty() => break,
                Err(error) => return Err(error),
            };
            used += step.consumed;
            self.eof = step.frame_ended.is_some() && !self.read_across_frames;
        }
        Ok(used)
    }
}
