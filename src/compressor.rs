//! `zst_compressor`: settings, and contexts to compress with.

use crate::compression_context::{CompressionContext, Settings};
use crate::compression_dict::CompressionDict;
use crate::compression_parameters::CompressionParameters;
use crate::engine::{Code, Output, Progression, SINGLE_THREADED, Shared, compress_bound};
use crate::error::Error;
use crate::pool::{Configured, Context, Pool, Record};
use std::mem::MaybeUninit;

const DOING: &str = "cannot compress";

/// With worker threads, progress is published whenever so much more output is there.
const STEP: usize = 256 << 10;

pub struct Compressor {
    settings: Settings,
    pool: Pool<CompressionContext>,
}

impl Compressor {
    pub fn new(
        parameters: CompressionParameters,
        dictionary: Option<Shared<CompressionDict>>,
    ) -> Result<Compressor, Error> {
        let settings = Settings::new(parameters, dictionary)?;
        let workers = settings.threads > 0;
        Ok(Compressor { settings, pool: Pool::new(workers) })
    }

    /// Compresses `src` into one frame.
    pub fn compress(&self, src: &[u8]) -> Result<Output, Error> {
        let bound = compress_bound(src.len()).ok_or(Error::Zstd { doing: DOING, code: Code::SRC_SIZE_WRONG })?;
        let mut output = Output::with_capacity(bound)?;
        output.fill(|spare| self.compress_into(spare, src))?;
        output.shrink();
        Ok(output)
    }

    /// Compresses `src` into one frame at the start of `dst`; returns the frame.
    pub fn compress_into<'a>(&self, dst: &'a mut [MaybeUninit<u8>], src: &[u8]) -> Result<&'a mut [u8], Error> {
        self.pool.run(
            self.settings.version(),
            |context| context.configure(&self.settings, DOING),
            |context, record| {
                let frame = self.compress_in(context, dst, src, DOING, Some(record))?;
                let size = src.len() as u64;
                record.set_progression(Progression { ingested: size, consumed: size, produced: frame.len() as u64 });
                Ok(frame)
            },
        )
    }

    /// Compresses with a context that is prepared. `doing` begins the text of an error; `record` is told how far it is.
    pub fn compress_in<'a>(
        &self,
        context: &mut CompressionContext,
        dst: &'a mut [MaybeUninit<u8>],
        src: &[u8],
        doing: &'static str,
        record: Option<&Record>,
    ) -> Result<&'a mut [u8], Error> {
        let have = dst.len();
        let cctx = context.begin(Some(src.len() as u64)).map_err(|code| Error::Zstd { doing, code })?;
        let frame = match record {
            Some(record) if self.settings.threads > 0 && src.len() > SINGLE_THREADED => {
                cctx.compress_in_steps(dst, src, STEP, |cctx| record.set_progression(cctx.progression()))
            }
            Some(_) | None => cctx.compress(dst, src),
        };
        frame.map_err(|code| match (code, compress_bound(src.len())) {
            (Code::DST_SIZE_TOO_SMALL, Some(bound)) => {
                Error::BufferTooSmall { doing, needed: bound as u64, have: have as u64 }
            }
            (Code::MEMORY_ALLOCATION, _) if self.has_workers() => Error::NoThreads { doing },
            (code, _) => Error::Zstd { doing, code },
        })
    }

    /// Whether operations have worker threads.
    pub fn has_workers(&self) -> bool {
        self.settings.threads > 0
    }

    /// A context for an operation of many calls. `doing` begins the text of an error.
    pub fn lease(&self, doing: &'static str) -> Result<Box<Configured<CompressionContext>>, Error> {
        self.pool.lease(self.settings.version(), |context| context.configure(&self.settings, doing))
    }

    pub fn pool(&self) -> &Pool<CompressionContext> {
        &self.pool
    }

    /// How far the operation that was started last has come: bytes taken in, bytes compressed, bytes given out.
    pub fn frame_progression(&self) -> Progression {
        self.pool.progression()
    }

    /// Bytes used by the context of the operation that was started last; before any, by a fresh one.
    pub fn memory_size(&self) -> Result<usize, Error> {
        self.pool.memory_size()
    }
}

/// Frees the contexts that no compressor is using.
pub fn free_idle_contexts() {
    CompressionContext::idle().clear();
}
