//! zst: python-zstandard's rich Zstandard API as a C library over libzstd.
//!
//! Three floors, described in ARCHITECTURE.md:
//!
//! - [`ffi`]: the C face, what `include/zst.h` declares. It checks and translates.
//! - one module per noun of the API ([`compressor`], [`frame`], ...): safe Rust, it decides.
//! - [`engine`]: owned, safe wrappers around libzstd, its only users.
#![deny(unsafe_code)]

#[cfg(panic = "abort")]
compile_error!("libzst must be built with panic = \"unwind\": a panic may never cross into the caller's C code");

#[allow(unsafe_code)]
pub mod engine;
#[allow(unsafe_code)]
pub mod ffi;

pub mod batch;
pub mod batch_error;
pub mod buffers;
mod compression_context;
pub mod compression_chunker;
pub mod compression_dict;
pub mod compression_obj;
pub mod compression_parameters;
pub mod compression_pull;
pub mod compression_push;
pub mod compression_stream;
pub mod compressor;
pub mod copy_stream;
pub mod decompression_chunker;
mod decompression_context;
pub mod decompression_obj;
pub mod decompression_parameters;
pub mod decompression_plan;
pub mod decompression_pull;
pub mod decompression_push;
pub mod decompression_stream;
pub mod decompressor;
pub mod error;
pub mod frame;
pub mod iterator;
mod kept;
pub mod multi_compress_to_buffer;
pub mod multi_decompress_to_buffer;
mod pool;
pub mod pull;
pub mod push;
pub mod reader;
pub mod sink;
pub mod source;
pub mod train_dictionary;
pub mod writer;
