//! A decompression context that works for one decompressor at a time, and how it is prepared.

use crate::decompression_parameters::DecompressionParameters;
use crate::engine::{Code, DCtx, OutOfMemory, Output};
use crate::error::Error;
use crate::pool::{Context, Idle};

/// One block of content.
pub const SCRATCH: usize = 128 << 10;

pub struct DecompressionContext {
    pub dctx: DCtx,
    /// See `scratch`.
    scratch: Option<Output>,
}

impl Context for DecompressionContext {
    fn create() -> Result<DecompressionContext, Error> {
        let dctx = DCtx::new().map_err(|_| OutOfMemory { bytes: 0 })?;
        Ok(DecompressionContext { dctx, scratch: None })
    }

    fn reset(&mut self) {
        self.dctx.reset();
    }

    fn memory_size(&self) -> usize {
        self.dctx.memory_size() + self.scratch.as_ref().map_or(0, Output::capacity)
    }

    fn idle() -> &'static Idle<DecompressionContext> {
        static IDLE: Idle<DecompressionContext> = Idle::new();
        &IDLE
    }
}

impl DecompressionContext {
    /// Takes over the settings.
    pub fn configure(&mut self, parameters: &DecompressionParameters) -> Result<(), Error> {
        let dctx = &mut self.dctx;
        dctx.reset();
        let mut set = || {
            dctx.set_format(parameters.format)?;
            dctx.set_max_window_size(parameters.max_window_size as usize)?;
            dctx.set_ignore_checksum(parameters.ignore_checksum)?;
            dctx.set_disable_huffman_assembly(parameters.disable_huffman_assembly)?;
            dctx.set_max_block_size(parameters.max_block_size.unwrap_or(0) as i32)
        };
        set().map_err(|code: Code| Error::Zstd { doing: "unable to set decompression parameter", code })
    }

    /// The context, and room for a block. Small content of unknown size is decoded here and then copied into memory of
    /// its own: to reserve 128 KiB for each call and give most of it back again would take longer than decoding.
    pub fn scratch(&mut self) -> Result<(&mut DCtx, &mut Output), OutOfMemory> {
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => Output::with_capacity(SCRATCH)?,
        };
        let scratch = self.scratch.insert(scratch);
        scratch.clear();
        Ok((&mut self.dctx, scratch))
    }
}
