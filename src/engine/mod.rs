//! The engine floor: owned, safe wrappers around libzstd.
//!
//! Nothing outside this folder names `zstd_sys`. A wrapper owns one libzstd object, frees it once, and
//! turns libzstd's return codes into `Result<_, Code>`. No decision about the API is taken here.

mod cctx;
mod cdict;
mod code;
mod dctx;
mod ddict;
mod errno;
mod file;
mod header;
mod library;
mod list;
mod output;
mod parameters;
mod prefetch;
mod shared;
mod thread;
mod trainer;
mod worker_memory;
mod workers;

pub use cctx::{CCtx, Ending, Progression, SINGLE_THREADED, Step as CompressionStep};
pub use cdict::CDict;
pub use code::Code;
pub use dctx::{DCtx, Step as DecompressionStep};
pub use ddict::DDict;
pub use errno::Errno;
pub use file::File;
pub use header::{FrameHeader, FrameKind, Header, frame_header, frame_header_size};
pub use library::*;
pub use list::{push, reserved};
pub use output::{OutOfMemory, Output, Room, going_to_use, written};
pub use parameters::{CCtxParams, CParams, cparams, parameter_bounds};
pub use prefetch::prefetch;
pub use shared::{Shared, try_box};
pub use trainer::{Algorithm, Trained, Training, check_dictionary_header, dictionary_id, train};
pub use workers::{end_idle_helpers, lead_team};

/// How a dictionary's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictType {
    /// A dictionary if the bytes begin with a dictionary header, else content only.
    Auto,
    /// Content only, whatever the bytes look like.
    RawContent,
    /// The bytes must begin with a dictionary header.
    FullDict,
}

/// How a frame begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With the four bytes of the magic number.
    Zstd1,
    /// Without them; skippable frames do not exist in this format.
    Zstd1Magicless,
}
