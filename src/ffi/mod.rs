//! The C floor: one file per handle, named as the handle.
//!
//! Functions here check their arguments, make one call into the floor above, and write their outputs last. The order of
//! the modules below is the order of the declarations in `zst.h`; `build.rs` reads it from here.
#![allow(non_camel_case_types)]
// The rules for pointers stand once, at the top of zst.h. C has no other way to pass many values.
#![allow(clippy::missing_safety_doc, clippy::too_many_arguments)]

mod boundary;

pub mod library;
pub mod status;
pub mod error;
pub mod bytes;
pub mod source;
pub mod sink;
pub mod compressor;
pub mod compression_reader;
pub mod compression_writer;
pub mod compressor_iterator;
pub mod compression_obj;
pub mod compression_chunker;
pub mod decompressor;
pub mod decompression_reader;
pub mod decompression_writer;
pub mod decompressor_iterator;
pub mod decompression_obj;
pub mod decompression_chunker;
pub mod copy_stream;
pub mod buffer_with_segments;
pub mod buffer_with_segments_collection;
pub mod multi_compress_to_buffer;
pub mod multi_decompress_to_buffer;
pub mod compression_dict;
pub mod train_dictionary;
pub mod compression_parameters;
pub mod decompression_parameters;
pub mod frame;
