//! `zst_decompression_obj`: decompression by pushing, in the manner of `zlib.decompressobj`.

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
        let mut used = 0;
        // Whether content may be waiting inside that found no room.
        let mut full = true;
        while !self.eof && (used < src.len() || full && !self.stream.at_frame_end()) {
            used += self.stream.enter_frame(&src[used..])?;
            self.make_room(&mut output, src.len() - used)?;
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

    /// Makes room for the rest of the frame, if it is in proportion to what is left of the input, or for a part of it.
    fn make_room(&self, output: &mut Output, src_left: usize) -> Result<(), Error> {
        const BLOCK: usize = 128 << 10;
        let Some((header, produced)) = self.stream.frame() else {
            return Ok(());
        };
        let rest = header.content_size.map(|size| usize::try_from(size.saturating_sub(produced)).unwrap_or(usize::MAX));
        let likely = src_left.saturating_mul(32).max(BLOCK);
        let spare = output.capacity() - output.len();
        let wanted = match rest {
            Some(rest) => rest.min(likely),
            None => src_left.saturating_mul(4).clamp(1 << 10, BLOCK),
        };
        if spare < wanted && (rest.is_some() || spare == 0) {
            let capacity = output.len().saturating_add(wanted).max(output.len() + output.len() / 2);
            output.grow_to(capacity)?;
        }
        Ok(())
    }
}
