//! Fuzz targets: functions of some bytes that call the library as a C program does, and panic when it breaks a promise
//! of `zst.h`. What they share with `tests/abi` also checks that outputs and `err` are as they should be.
//!
//! It is built twice: as a library, for libFuzzer, and as the test `fuzz` of the library's own package, which replays the
//! corpus.
#![allow(dead_code)] // The tests' modules have more than is used here.

#[path = "../../tests/abi/raw.rs"]
mod raw;
#[path = "../../tests/abi/support.rs"]
mod support;
#[path = "../../tests/abi/support_batches.rs"]
mod support_batches;
#[path = "../../tests/abi/support_readers.rs"]
mod support_readers;
#[path = "../../tests/abi/support_sinks.rs"]
mod support_sinks;
#[path = "../../tests/abi/support_sources.rs"]
mod support_sources;
#[path = "../../tests/abi/support_streams.rs"]
mod support_streams;

mod choices;
mod reference;

#[cfg(test)]
mod replay;

mod buffers;
mod calls;
mod decompress;
mod dictionary;
mod frames;
mod roundtrip;

pub use buffers::buffers;
pub use calls::calls;
pub use decompress::decompress;
pub use dictionary::dictionary;
pub use frames::frames;
pub use roundtrip::roundtrip;
