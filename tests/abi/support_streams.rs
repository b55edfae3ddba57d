//! Streaming handles that free themselves, and libzstd fed step by step to compare with.

use crate::support::*;

use zst::ffi::compression_chunker::*;
use zst::ffi::compression_obj::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_chunker::*;
use zst::ffi::decompression_obj::*;
use zst::ffi::decompressor::*;
use zst::ffi::library::*;
use zst::ffi::status::*;
use zstd_sys as sys;

pub const ACROSS: i32 = ZST_DECOMPRESS_READ_ACROSS_FRAMES;
pub const SKIPPABLE: &[u8] = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";
pub const EMPTY_FRAME: &[u8] = b"\x28\xb5\x2f\xfd\x20\0\x01\0\0";

handle!(CompressionObj, zst_compression_obj, zst_compression_obj_free);
handle!(CompressionChunker, zst_compression_chunker, zst_compression_chunker_free);
handle!(DecompressionObj, zst_decompression_obj, zst_decompression_obj_free);
handle!(DecompressionChunker, zst_decompression_chunker, zst_decompression_chunker_free);

pub fn number(size: Option<u64>) -> u64 {
    size.unwrap_or(ZST_CONTENTSIZE_UNKNOWN)
}

impl CompressionObj {
    #[track_caller]
    pub fn new(compressor: &Compressor, size: Option<u64>) -> CompressionObj {
        let obj =
            call(|out, err| unsafe { zst_compressor_compressobj(compressor.raw(), number(size), out, err) }).unwrap();
        CompressionObj(obj)
    }

    pub fn compress(&self, src: &[u8]) -> Result<Bytes, Failure> {
        call(|out, err| unsafe { zst_compression_obj_compress(self.0, src.as_ptr().cast(), src.len(), out, err) })
            .map(Bytes)
    }

    pub fn flush(&self, mode: i32) -> Result<Bytes, Failure> {
        call(|out, err| unsafe { zst_compression_obj_flush(self.0, mode, out, err) }).map(Bytes)
    }

    pub fn block(&self) -> Result<Bytes, Failure> {
        self.flush(ZST_COMPRESSOBJ_FLUSH_BLOCK)
    }

    pub fn finish(&self) -> Result<Bytes, Failure> {
        self.flush(ZST_COMPRESSOBJ_FLUSH_FINISH)
    }

    #[track_caller]
    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compression_obj_frame_progression(self.0, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }

    /// The frame that these pieces give.
    #[track_caller]
    pub fn frame<'a>(&self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut frame = Vec::new();
        for piece in pieces {
            frame.extend_from_slice(&self.compress(piece).unwrap());
        }
        frame.extend_from_slice(&self.finish().unwrap());
        frame
    }
}

/// `None` for ZST_DONE, for which outputs and err must be untouched.
pub fn next(function: impl FnOnce(*mut *const u8, *mut usize, Err) -> zst_status) -> Result<Option<Vec<u8>>, Failure> {
    let mut done = false;
    let (data, len) = call2(|data, len, err| {
        let status = function(data, len, err);
        done = status == ZST_DONE;
        if done { ZST_OK } else { status }
    })?;
    if done {
        let pattern = usize::from_ne_bytes([0xA5; size_of::<usize>()]);
        assert_eq!((data as usize, len), (pattern, pattern), "an output was written with ZST_DONE");
        return Ok(None);
    }
    assert!(!data.is_null() && len > 0, "an empty piece");
    // SAFETY: lent until the next call.
    Ok(Some(unsafe { std::slice::from_raw_parts(data, len) }.to_vec()))
}

/// The same for one that puts its piece into the caller's memory: its length, or 0 at the end.
pub fn next_len(function: impl FnOnce(*mut usize, Err) -> zst_status) -> Result<usize, Failure> {
    let mut done = false;
    let len = call(|len, err| {
        let status = function(len, err);
        done = status == ZST_DONE;
        if done { ZST_OK } else { status }
    })?;
    if done {
        assert_eq!(len, usize::from_ne_bytes([0xA5; size_of::<usize>()]), "an output was written with ZST_DONE");
        return Ok(0);
    }
    assert!(len > 0, "an empty piece");
    Ok(len)
}

impl CompressionChunker {
    pub fn try_new(compressor: &Compressor, size: Option<u64>, piece: usize) -> Result<CompressionChunker, Failure> {
        call(|out, err| unsafe { zst_compressor_chunker(compressor.raw(), number(size), piece, out, err) })
            .map(CompressionChunker)
    }

    #[track_caller]
    pub fn new(compressor: &Compressor, size: Option<u64>, piece: usize) -> CompressionChunker {
        CompressionChunker::try_new(compressor, size, piece).unwrap()
    }

    /// `src` has to live until `next` has said that it is used up.
    pub fn give(&self, src: &[u8]) -> Result<(), Failure> {
        call0(|err| unsafe { zst_compression_chunker_compress(self.0, src.as_ptr().cast(), src.len(), err) })
    }

    pub fn flush(&self) -> Result<(), Failure> {
        call0(|err| unsafe { zst_compression_chunker_flush(self.0, err) })
    }

    pub fn finish(&self) -> Result<(), Failure> {
        call0(|err| unsafe { zst_compression_chunker_finish(self.0, err) })
    }

    pub fn next(&self) -> Result<Option<Vec<u8>>, Failure> {
        next(|data, len, err| unsafe { zst_compression_chunker_next(self.0, data, len, err) })
    }

    /// All pieces of the operation that was begun last.
    pub fn pieces(&self) -> Result<Vec<Vec<u8>>, Failure> {
        std::iter::from_fn(|| self.next().transpose()).collect()
    }

    #[track_caller]
    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compression_chunker_frame_progression(self.0, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }
}

impl DecompressionObj {
    pub fn try_new(decompressor: &Decompressor, flags: i32) -> Result<DecompressionObj, Failure> {
        call(|out, err| unsafe { zst_decompressor_decompressobj(decompressor.raw(), flags, out, err) })
            .map(DecompressionObj)
    }

    #[track_caller]
    pub fn new(decompressor: &Decompressor, flags: i32) -> DecompressionObj {
        DecompressionObj::try_new(decompressor, flags).unwrap()
    }

    /// The content, and how many bytes of `src` were used.
    pub fn decompress(&self, src: &[u8]) -> Result<(Bytes, usize), Failure> {
        let (content, used) = call2(|out, used, err| unsafe {
            zst_decompression_obj_decompress(self.0, src.as_ptr().cast(), src.len(), out, used, err)
        })?;
        assert!(used == src.len() || used < src.len() && self.eof(), "{used} of {} bytes were used", src.len());
        Ok((Bytes(content), used))
    }

    pub fn eof(&self) -> bool {
        match unsafe { zst_decompression_obj_eof(self.0) } {
            0 => false,
            1 => true,
            other => panic!("eof is {other}"),
        }
    }

    pub fn at_frame_end(&self) -> bool {
        match unsafe { zst_decompression_obj_at_frame_end(self.0) } {
            0 => false,
            1 => true,
            other => panic!("at_frame_end is {other}"),
        }
    }

    /// Pushes `src` in pieces; the content until its end, or until the one frame's, or until it fails.
    pub fn push_all(&self, src: &[u8], piece: usize) -> (Vec<u8>, Result<usize, Failure>) {
        let (mut content, mut used) = (Vec::new(), 0);
        for piece in src.chunks(piece) {
            match self.decompress(piece) {
                Ok((more, taken)) => {
                    content.extend_from_slice(&more);
                    used += taken;
                }
                Err(failure) => return (content, Err(failure)),
            }
            if self.eof() {
                break;
            }
        }
        (content, Ok(used))
    }
}

impl DecompressionChunker {
    pub fn try_new(decompressor: &Decompressor, piece: usize) -> Result<DecompressionChunker, Failure> {
        call(|out, err| unsafe { zst_decompressor_chunker(decompressor.raw(), piece, out, err) })
            .map(DecompressionChunker)
    }

    #[track_caller]
    pub fn new(decompressor: &Decompressor, piece: usize) -> DecompressionChunker {
        DecompressionChunker::try_new(decompressor, piece).unwrap()
    }

    /// `src` has to live until `next` has said that it is used up.
    pub fn give(&self, src: &[u8]) -> Result<(), Failure> {
        call0(|err| unsafe { zst_decompression_chunker_decompress(self.0, src.as_ptr().cast(), src.len(), err) })
    }

    pub fn finish(&self) -> Result<(), Failure> {
        call0(|err| unsafe { zst_decompression_chunker_finish(self.0, err) })
    }

    pub fn next(&self) -> Result<Option<Vec<u8>>, Failure> {
        next(|data, len, err| unsafe { zst_decompression_chunker_next(self.0, data, len, err) })
    }

    pub fn pieces(&self) -> Result<Vec<Vec<u8>>, Failure> {
        std::iter::from_fn(|| self.next().transpose()).collect()
    }

    /// Pushes `src` in pieces and finishes; the pieces of content until it fails, those after a truncation included.
    pub fn push_all(&self, src: &[u8], piece: usize) -> (Vec<Vec<u8>>, Result<(), Failure>) {
        let mut pieces = Vec::new();
        for piece in src.chunks(piece) {
            self.give(piece).unwrap();
            loop {
                match self.next() {
                    Ok(Some(piece)) => pieces.push(piece),
                    Ok(None) => break,
                    Err(failure) => return (pieces, Err(failure)),
                }
            }
        }
        let finished = self.finish();
        pieces.extend(self.pieces().unwrap());
        (pieces, finished)
    }
}

/// One thing that is done to a compression stream.
#[derive(Clone, Copy)]
pub enum Do<'a> {
    Feed(&'a [u8]),
    Block,
}

/// What libzstd itself gives for that, with the meaning of our parameters.
#[track_caller]
pub fn raw_stream(values: &[(i32, i32)], dict: Option<&[u8]>, size: Option<u64>, steps: &[Do]) -> Vec<u8> {
    let check = |returned: usize| {
        assert_eq!(unsafe { sys::ZSTD_isError(returned) }, 0, "libzstd failed");
        returned
    };
    let mut frame = Vec::new();
    unsafe {
        let cctx = sys::ZSTD_createCCtx();
        for &(parameter, value) in [(ZST_C_COMPRESSION_LEVEL, 3), (ZST_C_ENABLE_LDM, 2)].iter().chain(values) {
            let parameter = std::mem::transmute::<i32, sys::ZSTD_cParameter>(parameter);
            check(sys::ZSTD_CCtx_setParameter(cctx, parameter, value));
        }
        if let Some(dict) = dict {
            check(sys::ZSTD_CCtx_loadDictionary(cctx, dict.as_ptr().cast(), dict.len()));
        }
        check(sys::ZSTD_CCtx_setPledgedSrcSize(cctx, number(size)));
        let mut step = |src: &[u8], end: sys::ZSTD_EndDirective| {
            let mut input = sys::ZSTD_inBuffer { src: src.as_ptr().cast(), size: src.len(), pos: 0 };
            let feeding = end == sys::ZSTD_EndDirective::ZSTD_e_continue;
            loop {
                let mut place = [0u8; 10_000];
                let mut output = sys::ZSTD_outBuffer { dst: place.as_mut_ptr().cast(), size: place.len(), pos: 0 };
                let left = check(sys::ZSTD_compressStream2(cctx, &mut output, &mut input, end));
                frame.extend_from_slice(&place[..output.pos]);
                let done = if feeding { input.pos == input.size && output.pos < output.size } else { left == 0 };
                if done {
                    break;
                }
            }
        };
        for &todo in steps {
            match todo {
                Do::Feed([]) => {}
                Do::Feed(src) => step(src, sys::ZSTD_EndDirective::ZSTD_e_continue),
                Do::Block => step(&[], sys::ZSTD_EndDirective::ZSTD_e_flush),
            }
        }
        step(&[], sys::ZSTD_EndDirective::ZSTD_e_end);
        sys::ZSTD_freeCCtx(cctx);
    }
    frame
}

/// What a compressor and libzstd are told, by name.
pub fn settings() -> Vec<(&'static str, Vec<(i32, i32)>)> {
    let level = |level| (ZST_C_COMPRESSION_LEVEL, level);
    vec![
        ("level -5", vec![level(-5)]),
        ("level 1", vec![level(1)]),
        ("level 3", vec![]),
        ("level 7", vec![level(7)]),
        ("level 19", vec![level(19)]),
        ("checksum", vec![(ZST_C_WRITE_CHECKSUM, 1)]),
        ("no size", vec![(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WRITE_DICT_ID, 0)]),
        ("small window", vec![(ZST_C_WINDOW_LOG, 10)]),
        ("magicless", vec![(ZST_C_FORMAT, 1)]),
        ("1 thread", vec![(ZST_C_THREADS, 1), (ZST_C_JOB_SIZE, 512 << 10)]),
        ("2 threads", vec![(ZST_C_THREADS, 2), (ZST_C_JOB_SIZE, 512 << 10), (ZST_C_WRITE_CHECKSUM, 1)]),
    ]
}

/// Decodes a frame of those settings.
#[track_caller]
pub fn decode(values: &[(i32, i32)], dict: Option<&Dict>, frame: &[u8]) -> Bytes {
    let format = i64::from(values.contains(&(ZST_C_FORMAT, 1)));
    let parameters = DecompressionParameters::new(&[(zst::ffi::decompression_parameters::ZST_D_FORMAT, format)]);
    Decompressor::try_from(&parameters, dict).unwrap().decompress_as(frame, 1 << 30, 0).unwrap().0
}
