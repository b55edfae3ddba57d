//! Streams of all kinds, the calls on them, and what must come out of them.

use super::ends::report;
use super::*;

#[derive(Clone, Copy)]
pub enum Raw {
    CompressionObj(*mut zst_compression_obj),
    CompressionChunker(*mut zst_compression_chunker),
    CompressionReader(*mut zst_compression_reader),
    CompressionWriter(*mut zst_compression_writer),
    CompressorIterator(*mut zst_compressor_iterator),
    DecompressionObj(*mut zst_decompression_obj),
    DecompressionChunker(*mut zst_decompression_chunker),
    DecompressionReader(*mut zst_decompression_reader),
    DecompressionWriter(*mut zst_decompression_writer),
    DecompressorIterator(*mut zst_decompressor_iterator),
}

impl Raw {
    fn free(self) {
        // SAFETY: taken out of the table, so once.
        unsafe {
            match self {
                Raw::CompressionObj(raw) => zst_compression_obj_free(raw),
                Raw::CompressionChunker(raw) => zst_compression_chunker_free(raw),
                Raw::CompressionReader(raw) => zst_compression_reader_free(raw),
                Raw::CompressionWriter(raw) => zst_compression_writer_free(raw),
                Raw::CompressorIterator(raw) => zst_compressor_iterator_free(raw),
                Raw::DecompressionObj(raw) => zst_decompression_obj_free(raw),
                Raw::DecompressionChunker(raw) => zst_decompression_chunker_free(raw),
                Raw::DecompressionReader(raw) => zst_decompression_reader_free(raw),
                Raw::DecompressionWriter(raw) => zst_decompression_writer_free(raw),
                Raw::DecompressorIterator(raw) => zst_decompressor_iterator_free(raw),
            }
        }
    }
}

pub struct Stream {
    raw: Raw,
    dict: usize,
    /// Index of its source or sink.
    end: Option<usize>,
    piece: usize,
    /// A call on it is running.
    busy: Cell<bool>,
    freed: Cell<bool>,
    /// For those that are pushed; pulled ones ask their source.
    given: RefCell<Vec<u8>>,
    /// For those without a sink.
    out: RefCell<Vec<u8>>,
    /// Input of a chunker, which must stay.
    kept: RefCell<Vec<Box<[u8]>>>,
    finishing: Cell<bool>,
    done: Cell<bool>,
    failed: Cell<bool>,
    /// What it has lent, and what that was.
    lent: RefCell<Option<(*const u8, Vec<u8>)>>,
}

impl Stream {
    /// What was lent last has not changed.
    fn check_loan(&self) {
        if let Some((data, bytes)) = self.lent.take() {
            // SAFETY: no call since.
            assert_same(unsafe { std::slice::from_raw_parts(data, bytes.len()) }, &bytes);
        }
    }
}

/// The functions of one of the two kinds.
struct Reader<T> {
    read: unsafe extern "C" fn(*const T, usize, *mut zst_bytes, Err) -> zst_status,
    read1: unsafe extern "C" fn(*const T, usize, *mut zst_bytes, Err) -> zst_status,
    readinto: unsafe extern "C" fn(*const T, *mut c_void, usize, *mut usize, Err) -> zst_status,
    readall: unsafe extern "C" fn(*const T, *mut zst_bytes, Err) -> zst_status,
    unread: unsafe extern "C" fn(*const T, *const c_void, usize, Err) -> zst_status,
    close: unsafe extern "C" fn(*const T, Err) -> zst_status,
}

const DECLARED: [Option<u64>; 4] = [None, None, Some(100), Some(0)];

impl Machine<'_> {
    fn new_stream(&self, raw: Result<Raw, Failure>, dict: usize, end: Option<usize>, piece: usize) {
        let Ok(raw) = raw else { panic!("these arguments are good: {raw:?}", raw = raw.err()) };
        self.streams.add(Stream {
            raw,
            dict,
            end,
            piece,
            busy: Cell::new(false),
            freed: Cell::new(false),
            given: RefCell::default(),
            out: RefCell::default(),
            kept: RefCell::default(),
            finishing: Cell::new(false),
            done: Cell::new(false),
            failed: Cell::new(false),
            lent: RefCell::default(),
        });
    }

    pub fn new_compression_stream(&self) {
        let Some(compressor) = self.compressors.get(self.byte()) else { return };
        let (raw, dict) = *compressor;
        let (kind, piece) = (self.below(5), self.piece());
        let size = number(DECLARED[usize::from(self.below(4))]);
        let (mut end, new) = (None, (raw, size));
        let stream = match kind {
            0 => call(|out, err| unsafe { zst_compressor_compressobj(new.0, size, out, err) }).map(Raw::CompressionObj),
            1 => call(|out, err| unsafe { zst_compressor_chunker(raw, size, piece, out, err) })
                .map(Raw::CompressionChunker),
            2 => {
                let (index, source) = self.source(self.content());
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_stream_reader(raw, &source, size, piece, out, err) })
                    .map(Raw::CompressionReader)
            }
            3 => {
                let (index, sink) = self.sink(piece);
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_stream_writer(raw, &sink, size, piece, out, err) })
                    .map(Raw::CompressionWriter)
            }
            _ => {
                let (index, source) = self.source(self.content());
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_read_to_iter(raw, &source, size, piece, piece, out, err) })
                    .map(Raw::CompressorIterator)
            }
        };
        self.new_stream(stream, dict, end, piece);
    }

    pub fn new_decompression_stream(&self) {
        let Some(decompressor) = self.decompressors.get(self.byte()) else { return };
        let (raw, dict) = *decompressor;
        let (kind, piece) = (self.below(5), self.piece());
        let strict = if self.below(2) == 1 { ZST_DECOMPRESS_STRICT } else { 0 };
        let mut end = None;
        let stream = match kind {
            0 => call(|out, err| unsafe { zst_decompressor_decompressobj(raw, ACROSS, out, err) })
                .map(Raw::DecompressionObj),
            1 => call(|out, err| unsafe { zst_decompressor_chunker(raw, piece, out, err) })
                .map(Raw::DecompressionChunker),
            2 => {
                let (index, source) = self.source(self.frames(dict));
                end = Some(index);
                let flags = strict | if self.below(2) == 1 { ACROSS } else { 0 };
                call(|out, err| unsafe { zst_decompressor_stream_reader(raw, &source, piece, flags, out, err) })
                    .map(Raw::DecompressionReader)
            }
            3 => {
                let (index, sink) = self.sink(piece);
                end = Some(index);
                call(|out, err| unsafe { zst_decompressor_stream_writer(raw, &sink, piece, strict, out, err) })
                    .map(Raw::DecompressionWriter)
            }
            _ => {
                let (index, source) = self.source(self.frames(dict));
                end = Some(index);
                let flags = strict | ACROSS;
                call(|out, err| unsafe {
                    zst_decompressor_read_to_iter(raw, &source, piece, piece, 0, flags, out, err)
                })
                .map(Raw::DecompressorIterator)
            }
        };
        self.new_stream(stream, dict, end, piece);
    }

    /// One call on it. From inside a callback of the same stream it must be turned away.
    pub fn use_stream(&self, stream: &Stream) {
        let was_busy = stream.busy.replace(true);
        if !was_busy {
            stream.check_loan();
        }
        let result = self.call_stream(stream, was_busy);
        stream.busy.set(was_busy);
        match result {
            Ok(()) => assert!(!was_busy, "two calls at a time"),
            Err(failure) if was_busy => drop(failure.is(ZST_ERROR_BUSY, "")),
            Err(failure) => match failure.status {
                ZST_ERROR_SOURCE | ZST_ERROR_SINK | ZST_ERROR_WOULD_BLOCK => {
                    let moody = stream.end.is_some_and(|end| self.ends.borrow()[end].moody);
                    assert!(moody, "{failure:?}");
                }
                ZST_ERROR_STATE | ZST_ERROR_CLOSED | ZST_ERROR_SEEK => {}
                ZST_ERROR_ZSTD | ZST_ERROR_TRUNCATED | ZST_ERROR_LIMIT => stream.failed.set(true),
                _ => panic!("{failure:?}"),
            },
        }
        if stream.done.get() && !stream.freed.get() {
            self.check(stream);
        }
    }

    /// `busy`: nothing is going to happen, so nothing is written down.
    fn call_stream(&self, stream: &Stream, busy: bool) -> Result<(), Failure> {
        let (way, size) = (self.below(8), self.piece());
        let add = |bytes: &[u8]| stream.out.borrow_mut().extend_from_slice(bytes);
        let give = |bytes: &[u8]| stream.given.borrow_mut().extend_from_slice(bytes);
        let lend = |(data, len): (*const u8, usize), done: bool| {
            if done {
                return;
            }
            // SAFETY: lent until the next call, or until it is freed.
            let piece = unsafe { std::slice::from_raw_parts(data, len) };
            add(piece);
            *stream.lent.borrow_mut() = Some((data, piece.to_vec()));
        };
        // Calls a function that may say ZST_DONE.
        let next = |function: &dyn Fn(*mut *const u8, *mut usize, Err) -> zst_status| {
            let mut done = false;
            let piece = call2(|data, len, err| {
                let status = function(data, len, err);
                done = status == ZST_DONE;
                if done { ZST_OK } else { status }
            })?;
            if stream.freed.get() {
                return Ok(());
            }
            lend(piece, done);
            stream.done.set(done && (stream.end.is_some() || stream.finishing.get()));
            Ok(())
        };
        match stream.raw {
            Raw::CompressionObj(raw) => {
                if way < 5 {
                    let content = self.content();
                    let (src, len) = (content.as_ptr().cast(), content.len());
                    if way < 3 {
                        let out = call(|out, err| unsafe { zst_compression_obj_compress(raw, src, len, out, err) })?;
                        give(&content);
                        add(&Bytes(out));
                        return Ok(());
                    }
                    let mut dst = vec![0u8; size];
                    let place = dst.as_mut_ptr().cast();
                    let (written, used) = call2(|written, used, err| unsafe {
                        zst_compression_obj_compress_into(raw, src, len, place, size, written, used, err)
                    })?;
                    give(&content[..used]);
                    add(&dst[..written]);
                } else if way < 7 {
                    let mode = i32::from(way - 5);
                    let out = call(|out, err| unsafe { zst_compression_obj_flush(raw, mode, out, err) })?;
                    add(&Bytes(out));
                    stream.done.set(mode == ZST_COMPRESSOBJ_FLUSH_FINISH);
                } else {
                    let (mut dst, mut done) = (vec![0u8; size], false);
                    let place = dst.as_mut_ptr().cast();
                    let written = call(|written, err| unsafe {
                        let mode = ZST_COMPRESSOBJ_FLUSH_FINISH;
                        let status = zst_compression_obj_flush_into(raw, mode, place, size, written, err);
                        done = status == ZST_DONE;
                        if done { ZST_OK } else { status }
                    })?;
                    add(&dst[..written]);
                    stream.done.set(done);
                }
                Ok(())
            }
            Raw::CompressionChunker(raw) => match way {
                0 => {
                    let content: Box<[u8]> = self.content().into();
                    let (src, len) = (content.as_ptr().cast(), content.len());
                    call0(|err| unsafe { zst_compression_chunker_compress(raw, src, len, err) })?;
                    give(&content);
                    stream.kept.borrow_mut().push(content);
                    Ok(())
                }
                1 => call0(|err| unsafe { zst_compression_chunker_flush(raw, err) }),
                2 => {
                    call0(|err| unsafe { zst_compression_chunker_finish(raw, err) })?;
                    stream.finishing.set(true);
                    Ok(())
                }
                _ => next(&|data, len, err| unsafe { zst_compression_chunker_next(raw, data, len, err) }),
            },
            Raw::DecompressionChunker(raw) => match way {
                0 | 1 => {
                    let frames: Box<[u8]> = self.frames(stream.dict).into();
                    let (src, len) = (frames.as_ptr().cast(), frames.len());
                    call0(|err| unsafe { zst_decompression_chunker_decompress(raw, src, len, err) })?;
                    give(&frames);
                    stream.kept.borrow_mut().push(frames);
                    Ok(())
                }
                2 => {
                    let finished = call0(|err| unsafe { zst_decompression_chunker_finish(raw, err) });
                    let cut = finished.as_ref().is_err_and(|failure| failure.status == ZST_ERROR_TRUNCATED);
                    stream.finishing.set(stream.finishing.get() || finished.is_ok() || cut);
                    if cut { Ok(()) } else { finished }
                }
                _ => next(&|data, len, err| unsafe { zst_decompression_chunker_next(raw, data, len, err) }),
            },
            Raw::CompressorIterator(raw) => {
                next(&|data, len, err| unsafe { zst_compressor_iterator_next(raw, data, len, err) })
            }
            Raw::DecompressorIterator(raw) => {
                next(&|data, len, err| unsafe { zst_decompressor_iterator_next(raw, data, len, err) })
            }
            Raw::DecompressionObj(raw) => {
                let frames = self.frames(stream.dict);
                let (src, len) = (frames.as_ptr().cast(), frames.len());
                let (out, used) =
                    call2(|out, used, err| unsafe { zst_decompression_obj_decompress(raw, src, len, out, used, err) })?;
                assert_eq!(used, len);
                give(&frames);
                add(&Bytes(out));
                Ok(())
            }
            Raw::CompressionReader(raw) => {
                let functions = Reader {
                    read: zst_compression_reader_read,
                    read1: zst_compression_reader_read1,
                    readinto: zst_compression_reader_readinto,
                    readall: zst_compression_reader_readall,
                    unread: zst_compression_reader_unread,
                    close: zst_compression_reader_close,
                };
                self.call_reader(stream, raw, way, size, functions)
            }
            Raw::DecompressionReader(raw) => {
                let functions = Reader {
                    read: zst_decompression_reader_read,
                    read1: zst_decompression_reader_read1,
                    readinto: zst_decompression_reader_readinto,
                    readall: zst_decompression_reader_readall,
                    unread: zst_decompression_reader_unread,
                    close: zst_decompression_reader_close,
                };
                self.call_reader(stream, raw, way, size, functions)
            }
            Raw::CompressionWriter(raw) => {
                if way < 4 {
                    let content = self.content();
                    return self.write(stream, &content, zst_compression_writer_write, raw, busy);
                }
                if way < 7 {
                    let mode = i32::from(way & 1);
                    return call(|out, err| unsafe { zst_compression_writer_flush(raw, mode, out, err) }).map(drop);
                }
                let closed = call0(|err| unsafe { zst_compression_writer_close(raw, err) });
                self.closed(stream, closed)
            }
            Raw::DecompressionWriter(raw) => {
                if way < 5 {
                    let frames = self.frames(stream.dict);
                    return self.write(stream, &frames, zst_decompression_writer_write, raw, busy);
                }
                if way < 7 {
                    return call(|out, err| unsafe { zst_decompression_writer_flush(raw, out, err) }).map(drop);
                }
                let closed = call0(|err| unsafe { zst_decompression_writer_close(raw, err) });
                self.closed(stream, closed)
            }
        }
    }

    /// A writer that has failed to close is closed, but for two reasons.
    fn closed(&self, stream: &Stream, result: Result<(), Failure>) -> Result<(), Failure> {
        let open = result.as_ref().is_err_and(|e| [ZST_ERROR_WOULD_BLOCK, ZST_ERROR_BUSY].contains(&e.status));
        stream.failed.set(stream.failed.get() || result.is_err() && !open);
        stream.done.set(stream.done.get() || result.is_ok());
        result
    }

    fn write<T>(
        &self,
        stream: &Stream,
        src: &[u8],
        function: unsafe extern "C" fn(*const T, *const c_void, usize, *mut usize, *mut usize, Err) -> zst_status,
        raw: *const T,
        busy: bool,
    ) -> Result<(), Failure> {
        let result = call2(|consumed, written, err| unsafe {
            function(raw, src.as_ptr().cast(), src.len(), consumed, written, err)
        });
        let given = match &result {
            Ok((consumed, _)) => *consumed,
            Err(failure) if failure.status == ZST_ERROR_SINK && !busy => src.len(),
            Err(_) => 0,
        };
        stream.given.borrow_mut().extend_from_slice(&src[..given]);
        result.map(drop)
    }

    fn call_reader<T>(
        &self,
        stream: &Stream,
        raw: *const T,
        way: u8,
        size: usize,
        Reader { read, read1, readinto, readall, unread, close }: Reader<T>,
    ) -> Result<(), Failure> {
        // The end of a frame is not always the end.
        let across = matches!(stream.raw, Raw::CompressionReader(_));
        let got = |bytes: &[u8], whole: bool| {
            assert!(whole || bytes.len() <= size);
            stream.out.borrow_mut().extend_from_slice(bytes);
            stream.done.set(across && bytes.is_empty());
        };
        match way {
            0 | 1 => got(&Bytes(call(|out, err| unsafe { read(raw, size, out, err) })?), false),
            2 | 3 => got(&Bytes(call(|out, err| unsafe { read1(raw, size, out, err) })?), false),
            4 => {
                let mut dst = vec![0u8; size];
                let place = dst.as_mut_ptr().cast();
                let len = call(|out, err| unsafe { readinto(raw, place, size, out, err) })?;
                got(&dst[..len], false);
            }
            5 => got(&Bytes(call(|out, err| unsafe { readall(raw, out, err) })?), true),
            6 => {
                let back = stream.out.borrow().len().min(usize::from(self.byte()));
                let start = stream.out.borrow().len() - back;
                let bytes = stream.out.borrow()[start..].to_vec();
                call0(|err| unsafe { unread(raw, bytes.as_ptr().cast(), back, err) })?;
                stream.out.borrow_mut().truncate(start);
                stream.done.set(false);
            }
            _ => {
                if self.below(3) > 0 {
                    return match stream.raw {
                        Raw::DecompressionReader(raw) => {
                            // Content that is passed over is lost to the model.
                            stream.failed.set(true);
                            let offset = i64::from(self.byte());
                            call(|out, err| unsafe { zst_decompression_reader_seek(raw, offset, 1, out, err) })
                                .map(drop)
                        }
                        _ => call0(|err| unsafe { close(raw, err) }),
                    };
                }
                call0(|err| unsafe { close(raw, err) })?;
            }
        }
        Ok(())
    }

    pub fn free_stream(&self, stream: &Stream) {
        if !stream.busy.get() {
            stream.check_loan();
        }
        stream.freed.set(true);
        stream.raw.free();
        if !stream.busy.get() {
            self.check(stream);
        }
    }

    /// What came out belongs to what went in.
    fn check(&self, stream: &Stream) {
        if stream.failed.get() {
            return;
        }
        let ends = self.ends.borrow();
        let end = stream.end.map(|end| &ends[end]);
        let (own_given, own_out) = (stream.given.borrow(), stream.out.borrow());
        let passed = end.map(|end| end.passed.borrow());
        let (given, out) = match stream.raw {
            Raw::CompressionWriter(_) | Raw::DecompressionWriter(_) => (&own_given, passed.as_ref().expect("a sink")),
            _ => (passed.as_ref().unwrap_or(&own_given), &own_out),
        };
        match stream.raw {
            Raw::CompressionObj(_)
            | Raw::CompressionChunker(_)
            | Raw::CompressionReader(_)
            | Raw::CompressionWriter(_)
            | Raw::CompressorIterator(_) => {
                let content = decoded(out, stream.dict);
                let common = content.len().min(given.len());
                assert_same(&content[..common], &given[..common]);
                if stream.done.get() {
                    assert_eq!(content.len(), given.len(), "content is lost or doubled");
                }
            }
            _ => {
                let content = decoded(given, stream.dict);
                let common = content.len().min(out.len());
                assert_same(&content[..common], &out[..common]);
                // There may be more: libzstd may give a frame's content before it takes its last byte.
                assert!(!stream.done.get() || content.len() <= out.len(), "content is lost");
            }
        }
    }

    pub fn copy_stream(&self) {
        let (read_size, write_size) = (self.piece(), self.piece());
        let (sink, to) = self.sink(write_size);
        let pushed = if self.below(2) == 0 {
            let Some(compressor) = self.compressors.get(self.byte()) else { return self.drop_sink(to) };
            let (source, from) = self.source(self.content());
            let progress = zst_progress { userdata: from.userdata, report: Some(report) };
            let copied = call2(|read, written, err| unsafe {
                let (raw, size) = (compressor.0, ZST_CONTENTSIZE_UNKNOWN);
                zst_compressor_copy_stream(raw, &from, &to, size, read_size, write_size, &progress, read, written, err)
            });
            copied.map(|figures| (source, figures, Some(compressor.1)))
        } else {
            let Some(decompressor) = self.decompressors.get(self.byte()) else { return self.drop_sink(to) };
            let (source, from) = self.source(self.frames(decompressor.1));
            let copied = call2(|read, written, err| unsafe {
                let raw = decompressor.0;
                zst_decompressor_copy_stream(raw, &from, &to, read_size, write_size, 0, null(), read, written, err)
            });
            copied.map(|figures| (source, figures, None))
        };
        if let Ok((source, (read, written), dict)) = pushed {
            let ends = self.ends.borrow();
            let (given, taken) = (ends[source].passed.borrow(), ends[sink].passed.borrow());
            assert_eq!((read, written), (given.len() as u64, taken.len() as u64));
            if let Some(dict) = dict {
                assert_same(&restored(&taken, dict), &given);
            }
        }
    }
}
