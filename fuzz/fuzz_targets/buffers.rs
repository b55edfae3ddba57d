#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| zst_fuzz::buffers(data));
