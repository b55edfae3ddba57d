//! Outputs that start as a pattern, handles that free themselves, and data to compress.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::null;
use std::sync::OnceLock;
use zst::ffi::bytes::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::error::zst_error;
use zst::ffi::status::*;

pub type Err = *mut zst_error;

/// What a failed call told in `*err`.
#[derive(Debug)]
pub struct Failure {
    pub status: zst_status,
    pub zstd_code: i32,
    pub callback_code: i32,
    pub item_index: u64,
    pub expected: u64,
    pub actual: u64,
    pub src_position: u64,
    pub message: String,
}

impl Failure {
    /// Asserts the status and a part of the text.
    #[track_caller]
    pub fn is(&self, status: zst_status, part: &str) -> &Failure {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.message.contains(part), "{part:?} is not in {:?}", self.message);
        self
    }

    /// Asserts what the callback has returned.
    #[track_caller]
    pub fn code(&self, status: zst_status, code: i32) {
        assert_eq!((self.status, self.callback_code), (status, code), "{self:?}");
    }

    /// Asserts the two numbers.
    #[track_caller]
    pub fn numbers(&self, expected: u64, actual: u64) {
        assert_eq!((self.expected, self.actual), (expected, actual), "{self:?}");
    }
}

const PATTERN: u8 = 0xA5;

/// A place for an output that begins as a pattern of bytes.
pub struct Place<T>(UnsafeCell<MaybeUninit<T>>);

impl<T> Place<T> {
    pub fn new() -> Place<T> {
        let mut place = MaybeUninit::uninit();
        // SAFETY: the pattern fits the place.
        unsafe { std::ptr::write_bytes(place.as_mut_ptr(), PATTERN, 1) };
        Place(UnsafeCell::new(place))
    }

    pub fn ptr(&self) -> *mut T {
        self.0.get().cast()
    }

    pub fn is_untouched(&self) -> bool {
        static PATTERNS: [u8; 1024] = [PATTERN; 1024];
        // SAFETY: the place has a value in every byte, the pattern or what C wrote.
        let bytes = unsafe { std::slice::from_raw_parts(self.0.get().cast::<u8>(), size_of::<T>()) };
        // At once: tests, and fuzzers more so, would spend most of their time in a loop over the bytes.
        bytes == &PATTERNS[..size_of::<T>()]
    }

    fn value(self) -> T {
        // SAFETY: the function has succeeded, so it has written its output.
        unsafe { self.0.into_inner().assume_init() }
    }
}

/// An output of calls that must all fail: it must still be the pattern in the end.
pub struct Untouched<T>(Place<T>);

impl<T> Untouched<T> {
    pub fn new() -> Untouched<T> {
        Untouched(Place::new())
    }

    pub fn ptr(&self) -> *mut T {
        self.0.ptr()
    }
}

impl<T> Drop for Untouched<T> {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.0.is_untouched(), "an output was written by a call that failed");
    }
}

/// Calls a function without outputs.
#[track_caller]
pub fn call0(function: impl FnOnce(Err) -> zst_status) -> Result<(), Failure> {
    let err = Place::<zst_error>::new();
    let status = function(err.ptr());
    if status == ZST_OK {
        assert!(err.is_untouched(), "err was written on success");
        return Ok(());
    }
    assert!(status < 0, "{status} is neither success nor a failure");
    let err = err.value();
    assert_eq!(err.status, status, "err->status is not what was returned");
    let by_callback = [ZST_ERROR_SOURCE, ZST_ERROR_SINK, ZST_ERROR_CANCELLED].contains(&status);
    assert!(err.reserved == 0 && (by_callback || err.callback_code == 0), "{}", err.callback_code);
    assert!(err.message[0] != 0 && err.message.contains(&0), "the message is empty, or has no end");
    assert_ne!(status, ZST_ERROR_INTERNAL, "a panic in the library");
    Err(Failure {
        status,
        zstd_code: err.zstd_code,
        callback_code: err.callback_code,
        item_index: err.item_index,
        expected: err.expected,
        actual: err.actual,
        src_position: err.src_position,
        message: string(err.message.as_ptr()).to_owned(),
    })
}

/// Calls a function with one output.
#[track_caller]
pub fn call<T>(function: impl FnOnce(*mut T, Err) -> zst_status) -> Result<T, Failure> {
    let out = Place::new();
    let outcome = call0(|err| function(out.ptr(), err));
    if outcome.is_err() {
        assert!(out.is_untouched(), "an output was written by a call that failed");
    }
    outcome.map(|()| out.value())
}

/// Calls a function with two outputs.
#[track_caller]
pub fn call2<A, B>(function: impl FnOnce(*mut A, *mut B, Err) -> zst_status) -> Result<(A, B), Failure> {
    // SAFETY: both fields lie in the same place.
    call(|both: *mut (A, B), err| unsafe { function(&raw mut (*both).0, &raw mut (*both).1, err) })
}

/// Asserts that the call is refused as a wrong argument, in these words, with `err` and with NULL for it.
#[track_caller]
pub fn refuses(words: &str, function: impl Fn(Err) -> zst_status) {
    let failure = call0(&function).expect_err("the call should have been refused");
    assert_eq!((failure.status, &*failure.message), (ZST_ERROR_ARGUMENT, words));
    assert_eq!(function(std::ptr::null_mut()), ZST_ERROR_ARGUMENT);
}

/// Asserts that the pointer with this name must not be NULL.
#[track_caller]
pub fn refuses_null(name: &str, function: impl Fn(Err) -> zst_status) {
    refuses(&format!("{name} is NULL"), function);
}

pub fn string(text: *const c_char) -> &'static str {
    // SAFETY: the library's strings end with NUL; those in an error are read at once.
    unsafe { CStr::from_ptr(text) }.to_str().expect("UTF-8")
}

/// A handle that frees itself.
macro_rules! handle {
    ($name:ident, $raw:ident, $free:ident) => {
        #[derive(Debug)]
        pub struct $name(*mut $raw);
        // SAFETY: zst.h says that every handle may be used from any thread, by several at a time.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}
        impl $name {
            #[allow(dead_code)] // Not every kind is made in more than one place.
            pub fn own(handle: *mut $raw) -> $name {
                $name(handle)
            }
            pub fn raw(&self) -> *const $raw {
                self.0
            }
        }
        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: ours, freed once.
                unsafe { $free(self.0) }
            }
        }
    };
}

pub(crate) use handle;

handle!(Dict, zst_compression_dict, zst_compression_dict_free);
handle!(Compressor, zst_compressor, zst_compressor_free);
handle!(Decompressor, zst_decompressor, zst_decompressor_free);
handle!(CompressionParameters, zst_compression_parameters, zst_compression_parameters_free);
handle!(DecompressionParameters, zst_decompression_parameters, zst_decompression_parameters_free);

fn raw_or_null<'a>(dict: impl Into<Option<&'a Dict>>) -> *const zst_compression_dict {
    dict.into().map_or(null(), Dict::raw)
}

impl Dict {
    #[track_caller]
    pub fn new(data: &[u8], dict_type: i32) -> Dict {
        call(|out, err| unsafe {
            zst_compression_dict_new(data.as_ptr().cast(), data.len(), dict_type, 0, 0, out, err)
        })
        .map(Dict)
        .unwrap()
    }

    pub fn bytes(&self) -> &[u8] {
        let (data, len) =
            call2(|data, len, err| unsafe { zst_compression_dict_as_bytes(self.0, data, len, err) }).unwrap();
        // SAFETY: lent for as long as the dictionary lives.
        unsafe { std::slice::from_raw_parts(data, len) }
    }

    pub fn id(&self) -> u32 {
        unsafe { zst_compression_dict_id(self.0) }
    }
}

impl CompressionParameters {
    #[track_caller]
    pub fn new(values: &[(i32, i32)]) -> CompressionParameters {
        let parameters =
            CompressionParameters(call(|out, err| unsafe { zst_compression_parameters_new(out, err) }).unwrap());
        for &(parameter, value) in values {
            parameters.set(parameter, value).unwrap();
        }
        parameters
    }

    pub fn set(&self, parameter: i32, value: i32) -> Result<(), Failure> {
        call0(|err| unsafe { zst_compression_parameters_set(self.0, parameter, value, err) })
    }

    pub fn get(&self, parameter: i32) -> Result<i32, Failure> {
        call(|out, err| unsafe { zst_compression_parameters_get(self.0, parameter, out, err) })
    }
}

impl DecompressionParameters {
    #[track_caller]
    pub fn new(values: &[(i32, i64)]) -> DecompressionParameters {
        let parameters =
            DecompressionParameters(call(|out, err| unsafe { zst_decompression_parameters_new(out, err) }).unwrap());
        for &(parameter, value) in values {
            parameters.set(parameter, value).unwrap();
        }
        parameters
    }

    pub fn set(&self, parameter: i32, value: i64) -> Result<(), Failure> {
        call0(|err| unsafe { zst_decompression_parameters_set(self.0, parameter, value, err) })
    }

    pub fn get(&self, parameter: i32) -> Result<i64, Failure> {
        call(|out, err| unsafe { zst_decompression_parameters_get(self.0, parameter, out, err) })
    }

    pub fn add(&self, dict: &Dict) -> Result<(), Failure> {
        call0(|err| unsafe { zst_decompression_parameters_add_dictionary(self.0, dict.raw(), err) })
    }
}

impl Compressor {
    #[track_caller]
    pub fn new<'a>(level: i32, dict: impl Into<Option<&'a Dict>>) -> Compressor {
        let dict = raw_or_null(dict);
        Compressor(call(|out, err| unsafe { zst_compressor_new(level, dict, out, err) }).unwrap())
    }

    #[track_caller]
    pub fn with<'a>(values: &[(i32, i32)], dict: impl Into<Option<&'a Dict>>) -> Compressor {
        let parameters = CompressionParameters::new(values);
        let dict = raw_or_null(dict);
        Compressor(
            call(|out, err| unsafe { zst_compressor_new_from_parameters(parameters.0, dict, out, err) }).unwrap(),
        )
    }

    pub fn try_compress(&self, src: &[u8]) -> Result<Bytes, Failure> {
        call(|out, err| unsafe { zst_compressor_compress(self.0, src.as_ptr().cast(), src.len(), out, err) }).map(Bytes)
    }

    #[track_caller]
    pub fn compress(&self, src: &[u8]) -> Bytes {
        self.try_compress(src).unwrap()
    }

    /// The size of the frame.
    pub fn compress_into(&self, src: &[u8], dst: &mut [u8]) -> Result<usize, Failure> {
        let (src, dst) = (src.as_ptr_range(), dst.as_mut_ptr_range());
        let (src_len, dst_len) = (src.end as usize - src.start as usize, dst.end as usize - dst.start as usize);
        call(|out, err| unsafe {
            zst_compressor_compress_into(self.0, src.start.cast(), src_len, dst.start.cast(), dst_len, out, err)
        })
    }

    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compressor_frame_progression(self.0, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }

    pub fn memory_size(&self) -> Result<usize, Failure> {
        call(|out, err| unsafe { zst_compressor_memory_size(self.0, out, err) })
    }
}

impl Decompressor {
    pub fn try_new<'a>(dict: impl Into<Option<&'a Dict>>) -> Result<Decompressor, Failure> {
        let dict = raw_or_null(dict);
        call(|out, err| unsafe { zst_decompressor_new(dict, out, err) }).map(Decompressor)
    }

    #[track_caller]
    pub fn new<'a>(dict: impl Into<Option<&'a Dict>>) -> Decompressor {
        Decompressor::try_new(dict).unwrap()
    }

    #[track_caller]
    pub fn with(values: &[(i32, i64)]) -> Decompressor {
        Decompressor::try_from(&DecompressionParameters::new(values), None).unwrap()
    }

    pub fn try_from<'a>(
        parameters: &DecompressionParameters,
        dict: impl Into<Option<&'a Dict>>,
    ) -> Result<Decompressor, Failure> {
        let dict = raw_or_null(dict);
        call(|out, err| unsafe { zst_decompressor_new_from_parameters(parameters.0, dict, out, err) }).map(Decompressor)
    }

    /// The content of the first frame, without limit and flags.
    pub fn decompress(&self, src: &[u8]) -> Result<Bytes, Failure> {
        self.decompress_as(src, 0, 0).map(|(content, _)| content)
    }

    /// The content, and how many bytes of `src` were used.
    pub fn decompress_as(&self, src: &[u8], max_output_size: u64, flags: i32) -> Result<(Bytes, usize), Failure> {
        call2(|out, used, err| unsafe {
            zst_decompressor_decompress(self.0, src.as_ptr().cast(), src.len(), max_output_size, flags, out, used, err)
        })
        .map(|(content, used)| (Bytes(content), used))
    }

    /// The size of the content, and how many bytes of `src` were used.
    pub fn decompress_into(
        &self,
        src: &[u8],
        max_output_size: u64,
        flags: i32,
        dst: &mut [u8],
    ) -> Result<(usize, usize), Failure> {
        call2(|out, used, err| unsafe {
            zst_decompressor_decompress_into(
                self.0,
                src.as_ptr().cast(),
                src.len(),
                max_output_size,
                flags,
                dst.as_mut_ptr().cast(),
                dst.len(),
                out,
                used,
                err,
            )
        })
    }

    pub fn decompress_chain(&self, frames: &[&[u8]]) -> Result<Bytes, Failure> {
        let frames = slices(frames);
        call(|out, err| unsafe {
            zst_decompressor_decompress_content_dict_chain(self.0, frames.as_ptr(), frames.len(), out, err)
        })
        .map(Bytes)
    }

    pub fn memory_size(&self) -> usize {
        call(|out, err| unsafe { zst_decompressor_memory_size(self.0, out, err) }).unwrap()
    }
}

pub fn slices<T: AsRef<[u8]>>(items: &[T]) -> Vec<zst_slice> {
    let slice = |item: &T| zst_slice { data: item.as_ref().as_ptr().cast(), len: item.as_ref().len() };
    items.iter().map(slice).collect()
}

/// Bytes that the library gave.
pub struct Bytes(pub zst_bytes);

// SAFETY: plain memory.
unsafe impl Send for Bytes {}
unsafe impl Sync for Bytes {}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        assert!(!self.0.data.is_null() && self.0.len <= self.0.capacity);
        // SAFETY: so much memory is ours.
        unsafe { std::slice::from_raw_parts(self.0.data, self.0.len) }
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes {:02x?}", self.len(), &self[..self.len().min(20)])
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe { zst_bytes_free(&mut self.0) }
    }
}

/// Compares without printing megabytes.
#[track_caller]
pub fn assert_same(left: &[u8], right: &[u8]) {
    if left != right {
        let at = left.iter().zip(right).take_while(|(l, r)| l == r).count();
        panic!("{} bytes and {} bytes differ from {at} on", left.len(), right.len());
    }
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Bytes that do not compress.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed * 2 + 0x9E37_79B9_7F4A_7C15;
    (0..len).map(|_| (random(&mut state) >> 32) as u8).collect()
}

/// Records with a common vocabulary, so that a dictionary made of some helps others.
pub fn text(seed: u64, len: usize) -> Vec<u8> {
    static WORDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut state = 11;
        let word = |_| {
            let len = 3 + random(&mut state) % 9;
            (0..len).map(|_| b'a' + (random(&mut state) >> 20) as u8 % 26).collect()
        };
        (0..2000).map(word).collect()
    });
    let mut state = seed * 2 + 1;
    for _ in 0..8 {
        random(&mut state);
    }
    let mut text = Vec::with_capacity(len + 64);
    while text.len() < len {
        text.extend_from_slice(format!("{{\"id\":{},\"name\":\"", random(&mut state) % 100_000).as_bytes());
        for _ in 0..3 + random(&mut state) % 8 {
            // Small numbers are more frequent.
            let (a, b) = (random(&mut state) % 2000, random(&mut state) % 2000);
            text.extend_from_slice(&words[(a * b / 2000) as usize]);
            text.push(b' ');
        }
        text.extend_from_slice(b"\"},\n");
    }
    text.truncate(len);
    text
}

/// Samples to train with, about 1 MB.
pub fn samples() -> &'static [Vec<u8>] {
    static SAMPLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SAMPLES.get_or_init(|| (0..2000).map(|n| text(1000 + n, 300 + n as usize % 400)).collect())
}

/// A trained dictionary of about 20 KB.
pub fn trained() -> &'static [u8] {
    static TRAINED: OnceLock<Vec<u8>> = OnceLock::new();
    TRAINED.get_or_init(|| crate::raw::train(20_000, samples()))
}
