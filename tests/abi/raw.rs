//! libzstd itself, called directly: what results are compared with.

use std::ptr::NonNull;
use zst::ffi::compression_parameters::*;
use zstd_sys as sys;

pub use sys::ZSTD_dictContentType_e as DictType;

/// What libzstd must be told so that it begins like a new set of our parameters: long-distance matching off.
const OUR_DEFAULTS: [(i32, i32); 1] = [(ZST_C_ENABLE_LDM, 0)];

#[track_caller]
fn check(returned: usize) -> usize {
    let failed = unsafe { sys::ZSTD_isError(returned) } != 0;
    assert!(!failed, "libzstd: {}", crate::support::string(unsafe { sys::ZSTD_getErrorName(returned) }));
    returned
}

pub struct Compressor(NonNull<sys::ZSTD_CCtx>);

impl Drop for Compressor {
    fn drop(&mut self) {
        unsafe { sys::ZSTD_freeCCtx(self.0.as_ptr()) };
    }
}

impl Compressor {
    pub fn of_level(level: i32) -> Compressor {
        let compressor = Compressor(NonNull::new(unsafe { sys::ZSTD_createCCtx() }).unwrap());
        compressor.set(ZST_C_COMPRESSION_LEVEL, level);
        compressor
    }

    /// With the meaning of our parameters, those that are not given included.
    pub fn with(values: &[(i32, i32)]) -> Compressor {
        let compressor = Compressor::of_level(3);
        for &(parameter, value) in OUR_DEFAULTS.iter().chain(values) {
            compressor.set(parameter, value);
        }
        compressor
    }

    /// Bytes of its context.
    pub fn memory_size(&self) -> usize {
        unsafe { sys::ZSTD_sizeof_CCtx(self.0.as_ptr()) }
    }

    #[track_caller]
    fn set(&self, parameter: i32, value: i32) {
        let value = match (parameter, value) {
            (ZST_C_ENABLE_LDM, 0) => 2,
            (ZST_C_ENABLE_LDM, -1) => 0,
            _ => value,
        };
        // SAFETY: the numbers in zst.h are those of libzstd's enum.
        let parameter = unsafe { std::mem::transmute::<i32, sys::ZSTD_cParameter>(parameter) };
        check(unsafe { sys::ZSTD_CCtx_setParameter(self.0.as_ptr(), parameter, value) });
    }

    /// The dictionary is copied.
    pub fn load(self, dict: &[u8], dict_type: DictType) -> Compressor {
        check(unsafe {
            sys::ZSTD_CCtx_loadDictionary_advanced(
                self.0.as_ptr(),
                dict.as_ptr().cast(),
                dict.len(),
                sys::ZSTD_dictLoadMethod_e::ZSTD_dlm_byCopy,
                dict_type,
            )
        });
        self
    }

    #[track_caller]
    pub fn compress(&self, src: &[u8]) -> Vec<u8> {
        let mut frame = Vec::<u8>::with_capacity(unsafe { sys::ZSTD_compressBound(src.len()) });
        unsafe {
            let len = check(sys::ZSTD_compress2(
                self.0.as_ptr(),
                frame.as_mut_ptr().cast(),
                frame.capacity(),
                src.as_ptr().cast(),
                src.len(),
            ));
            frame.set_len(len);
        }
        frame
    }

    /// One frame of unknown size with at least one block for each piece.
    pub fn compress_flushed<'a>(&self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut frame = Vec::new();
        for piece in pieces {
            self.stream(piece, sys::ZSTD_EndDirective::ZSTD_e_flush, &mut frame);
        }
        self.stream(&[], sys::ZSTD_EndDirective::ZSTD_e_end, &mut frame);
        frame
    }

    fn stream(&self, piece: &[u8], end: sys::ZSTD_EndDirective, frame: &mut Vec<u8>) {
        let mut input = sys::ZSTD_inBuffer { src: piece.as_ptr().cast(), size: piece.len(), pos: 0 };
        loop {
            frame.reserve(64 << 10);
            let mut output =
                sys::ZSTD_outBuffer { dst: frame.as_mut_ptr().cast(), size: frame.capacity(), pos: frame.len() };
            let left = check(unsafe { sys::ZSTD_compressStream2(self.0.as_ptr(), &mut output, &mut input, end) });
            unsafe { frame.set_len(output.pos) };
            if left == 0 {
                return;
            }
        }
    }
}

/// A frame that does not record the size of its content.
pub fn unknown_size(content: &[u8]) -> Vec<u8> {
    Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0)]).compress(content)
}

/// What a compressor gives whose dictionary was digested beforehand, for a level and nothing else.
pub fn compress_with_digested(dict: &[u8], dict_type: DictType, digest_level: i32, level: i32, src: &[u8]) -> Vec<u8> {
    let memory = sys::ZSTD_customMem { customAlloc: None, customFree: None, opaque: std::ptr::null_mut() };
    let compressor = Compressor::of_level(level);
    unsafe {
        let cdict = sys::ZSTD_createCDict_advanced(
            dict.as_ptr().cast(),
            dict.len(),
            sys::ZSTD_dictLoadMethod_e::ZSTD_dlm_byRef,
            dict_type,
            sys::ZSTD_getCParams(digest_level, 0, dict.len()),
            memory,
        );
        check(sys::ZSTD_CCtx_refCDict(compressor.0.as_ptr(), cdict));
        let frame = compressor.compress(src);
        sys::ZSTD_freeCDict(cdict);
        frame
    }
}

/// Samples as libzstd takes them: one behind the other, and their sizes.
pub fn joined(samples: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    (samples.concat(), samples.iter().map(Vec::len).collect())
}

/// Calls one of libzstd's trainers, which gets: place, capacity, samples, sizes, count.
pub fn train_by(
    dict_size: usize,
    samples: &[Vec<u8>],
    trainer: impl FnOnce(*mut std::ffi::c_void, usize, *const std::ffi::c_void, *const usize, u32) -> usize,
) -> Vec<u8> {
    let (bytes, sizes) = joined(samples);
    let mut dict = vec![0; dict_size];
    let len =
        check(trainer(dict.as_mut_ptr().cast(), dict.len(), bytes.as_ptr().cast(), sizes.as_ptr(), sizes.len() as u32));
    dict.truncate(len);
    dict
}

/// ZDICT_trainFromBuffer.
pub fn train(dict_size: usize, samples: &[Vec<u8>]) -> Vec<u8> {
    train_by(dict_size, samples, |dict, capacity, bytes, sizes, count| unsafe {
        sys::ZDICT_trainFromBuffer(dict, capacity, bytes, sizes, count)
    })
}
