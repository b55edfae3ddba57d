//! `zst_decompression_obj`: decompression by pushing, in the manner of `zlib.decompressobj`.

use crate::decompression_stream::DecompressionStream;
use crate::decompressor::Decompressor;
use crate::engine::{Output, Room, Shared};
use crate::error::Error;
use crate::frame::Frame;

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
        let mut used = 0;
        // Whether content may be waiting inside that found no room.
        let mut full = true;
        while !self.eof && (used < src.len() || full && !self.stream.at_frame_end()) {
            used += self.stream.enter_frame(&src[used..])?;
            // What was taken in so far cannot be given out any more.
            if let Err(error) = self.make_room(&mut output, &src[used..]) {
                return Err(self.stream.fail(error));
            }
            let mut ended = false;
            let before = used;
            let produced = output.fill(|spare| {
                let mut room = Room::new(spare);
                let step = self.stream.step(&mut room, &src[used..])?;
                used += step.consumed;
                ended = step.frame_ended;
                Ok::<_, Error>(room.finish())
            })?;
            full = output.len() == output.capacity();
            self.eof = ended && !self.read_across_frames;
            if used == before && produced == 0 && !ended {
                break;
            }
        }
        output.shrink();
        Ok((output, used))
    }

    /// Makes room for a frame that is there as a whole and records its size, which libzstd then decodes straight into it;
    /// otherwise for as much as is in proportion to what is left of the input.
    fn make_room(&self, output: &mut Output, src: &[u8]) -> Result<(), Error> {
        const BLOCK: usize = 128 << 10;
        let Some((header, produced)) = self.stream.frame() else {
            return Ok(());
        };
        let wanted = match header.content_size {
            Some(size) => {
                let rest = usize::try_from(size.saturating_sub(produced)).unwrap_or(usize::MAX);
                let whole = produced == 0 && Frame::first(src, self.stream.format()).is_ok();
                if whole { rest } else { rest.min(src.len().saturating_mul(32).max(BLOCK)) }
            }
            None if output.len() < output.capacity() => return Ok(()),
            None => src.len().saturating_mul(4).clamp(1 << 10, BLOCK),
        };
        // One byte more shows whether the frame holds more than it records.
        let wanted = wanted.max(1);
        if output.capacity() - output.len() < wanted {
            let len = output.len();
            output.grow_to(len.saturating_add(wanted).max(len + len / 2))?;
        }
        Ok(())
    }
}
