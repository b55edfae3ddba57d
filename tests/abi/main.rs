//! The library as a C program sees it: every test calls the functions that `zst.h` declares.
//!
//! One module per noun of the header. `support` has what they share, `raw` is libzstd without this library, to compare
//! with. Whatever goes through `support::call` is also checked for what the header promises of every function: outputs
//! and `err` are untouched unless they are written on purpose.

mod raw;
mod support;
mod support_batches;
mod support_readers;
mod support_sinks;
mod support_sources;
mod support_streams;

mod buffers;
mod bytes;
mod compression_chunker;
mod compression_dict;
mod compression_obj;
mod compression_parameters;
mod compression_reader;
mod compression_writer;
mod compression_writer_sinks;
mod compressor;
mod compressor_iterator;
mod copy_stream;
mod decompression_chunker;
mod decompression_obj;
mod decompression_parameters;
mod decompression_reader;
mod decompression_reader_damage;
mod decompression_writer;
mod decompressor;
mod decompressor_dictionary;
mod decompressor_iterator;
mod decompressor_large;
mod dict_chain;
mod dictionary_frames;
mod error;
mod frame;
mod hostile;
mod lifetime;
mod multi_compress_to_buffer;
mod multi_decompress_to_buffer;
mod obj_into;
mod reader_unread;
mod source;
mod status;
mod streams_together;
mod threads;
mod threads_all;
mod train_dictionary;
