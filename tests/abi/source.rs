//! The sources and sinks that the library brings along: memory, files, pipes.

use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ffi::{CString, c_char};
use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::path::PathBuf;
use std::ptr::{null, null_mut};
use zst::ffi::bytes::*;
use zst::ffi::copy_stream::*;
use zst::ffi::sink::*;
use zst::ffi::source::*;
use zst::ffi::status::*;

/// A path that is removed in the end.
struct Path(PathBuf, CString);

impl Path {
    fn new(name: &str) -> Path {
        let path = std::env::temp_dir().join(format!("zst-{}-{name}", std::process::id()));
        let string = CString::new(path.to_str().unwrap()).unwrap();
        Path(path, string)
    }

    fn with(name: &str, content: &[u8]) -> Path {
        let path = Path::new(name);
        fs::write(&path.0, content).unwrap();
        path
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn source(raw: Result<zst_source, Failure>) -> Result<Source, Failure> {
    raw.map(|raw| Source { raw, script: None })
}

fn from_path(path: *const c_char) -> Result<Source, Failure> {
    source(call(|out, err| unsafe { zst_source_from_path(path, out, err) }))
}

fn from_fd(fd: i32, close: bool) -> Source {
    source(call(|out, err| unsafe { zst_source_from_fd(fd, close.into(), out, err) })).unwrap()
}

fn to_path(path: *const c_char) -> Result<zst_sink, Failure> {
    call(|out, err| unsafe { zst_sink_to_path(path, out, err) })
}

fn to_fd(fd: i32, close: bool) -> zst_sink {
    call(|out, err| unsafe { zst_sink_to_fd(fd, close.into(), out, err) }).unwrap()
}

fn to_bytes(bytes: &mut zst_bytes) -> zst_sink {
    call(|out, err| unsafe { zst_sink_to_bytes(bytes, out, err) }).unwrap()
}

fn no_bytes() -> zst_bytes {
    zst_bytes { data: null_mut(), len: 0, capacity: 0 }
}

/// Both ends of a pipe: to read from, to write to.
fn pipe(flags: i32) -> (OwnedFd, OwnedFd) {
    let mut ends = [0; 2];
    // SAFETY: a place for two, which are ours then.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | flags), 0);
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    }
}

/// `fd` was closed, as far as that pipe is concerned: reading from the other end meets the end, or writing fails.
fn write_all(fd: &OwnedFd, bytes: &[u8]) {
    let file = unsafe { fs::File::from_raw_fd(fd.as_raw_fd()) };
    std::io::Write::write_all(&mut &file, bytes).unwrap();
    let _ = file.into_raw_fd();
}

fn read_all(fd: OwnedFd) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut fs::File::from(fd), &mut bytes).unwrap();
    bytes
}

fn reader(source: Source) -> DecompressionReader {
    DecompressionReader::new(&Decompressor::new(None), source, 0)
}

fn compress_to(content: &[u8], sink: &zst_sink) -> Result<(u64, u64), Failure> {
    let source = Source::blocks(content, 50_000);
    call2(|read, written, err| unsafe {
        let compressor = Compressor::new(3, None);
        let unknown = zst::ffi::library::ZST_CONTENTSIZE_UNKNOWN;
        zst_compressor_copy_stream(compressor.raw(), &source.raw, sink, unknown, 1, 1000, null(), read, written, err)
    })
}

#[test]
fn from_file_to_file() {
    for content in [vec![], noise(1, 300_000)] {
        let (from, to) = (Path::with("from", &content), Path::with("to", &[9; 1000]));
        let sizes = call2(|read, written, err| unsafe {
            let (source, sink) = (from_path(from.1.as_ptr()).unwrap(), to_path(to.1.as_ptr()).unwrap());
            let parent = Compressor::new(3, None);
            let size = content.len() as u64;
            zst_compressor_copy_stream(parent.raw(), &source.raw, &sink, size, 999, 77, null(), read, written, err)
        });
        let frame = fs::read(&to.0).unwrap();
        assert_eq!(sizes.unwrap(), (content.len() as u64, frame.len() as u64));
        assert_same(&decode(&[], None, &frame), &content);
        for read_size in [1000, 1 << 20] {
            let source = from_path(to.1.as_ptr()).unwrap();
            let reader = DecompressionReader::try_new(&Decompressor::new(None), source, read_size, 0).unwrap();
            assert_same(&reader.all(Read(10_000)), &content);
        }
    }
}

#[test]
fn memory_is_one_block() {
    let content = text(2, 10_000);
    let reader = CompressionReader::try_new(&Compressor::new(3, None), Source::memory(&content), None, 1).unwrap();
    assert_same(&decode(&[], None, &reader.all(Read(10))), &content);
    let empty = call(|out, err| unsafe { zst_source_from_memory(null(), 0, out, err) });
    let reader = CompressionReader::new(&Compressor::new(3, None), source(empty).unwrap());
    assert_same(&reader.all(Read(10)), EMPTY_FRAME);
}

#[test]
fn paths_that_cannot_be_opened() {
    let nowhere = c"/nowhere/at/all".as_ptr();
    for failure in [from_path(nowhere).err().unwrap(), from_path(c"".as_ptr()).err().unwrap()] {
        failure.is(ZST_ERROR_SOURCE, "cannot open the source with this path").code(ZST_ERROR_SOURCE, libc::ENOENT);
    }
    for failure in [to_path(nowhere).err().unwrap(), to_path(c"".as_ptr()).err().unwrap()] {
        failure.is(ZST_ERROR_SINK, "cannot open the sink with this path").code(ZST_ERROR_SINK, libc::ENOENT);
    }
    to_path(c"/tmp".as_ptr()).err().unwrap().code(ZST_ERROR_SINK, libc::EISDIR);
    // A directory can be opened, and not read.
    let reader = reader(from_path(c"/tmp".as_ptr()).unwrap());
    for way in WAYS {
        reader.get(way).unwrap_err().code(ZST_ERROR_SOURCE, libc::EISDIR);
    }
}

#[test]
fn descriptors_that_are_none() {
    let source = from_fd(-1, false);
    reader(source).get(Read(1)).unwrap_err().code(ZST_ERROR_SOURCE, libc::EBADF);
    compress_to(b"foo", &to_fd(-1, false)).unwrap_err().code(ZST_ERROR_SINK, libc::EBADF);
    // Ends of a pipe, the wrong way round.
    let (from, to) = pipe(0);
    reader(from_fd(to.as_raw_fd(), false)).get(Read(1)).unwrap_err().code(ZST_ERROR_SOURCE, libc::EBADF);
    compress_to(b"foo", &to_fd(from.as_raw_fd(), false)).unwrap_err().code(ZST_ERROR_SINK, libc::EBADF);
    // A pipe that nobody reads from.
    drop(from);
    compress_to(b"foo", &to_fd(to.as_raw_fd(), false)).unwrap_err().code(ZST_ERROR_SINK, libc::EPIPE);
}

#[test]
fn a_pipe_that_has_nothing_at_the_moment() {
    let content = text(3, 20_000);
    let frame = Compressor::new(3, None).compress(&content).to_vec();
    let (from, to) = pipe(libc::O_NONBLOCK);
    let reader = reader(from_fd(from.into_raw_fd(), true));
    let mut got = Vec::new();
    for piece in frame.chunks(1000) {
        reader.get(Read1(100)).unwrap_err().is(ZST_ERROR_WOULD_BLOCK, "the source would block");
        write_all(&to, piece);
        loop {
            match reader.get(Read(700)) {
                Ok(more) if more.is_empty() => panic!("it is not over"),
                Ok(more) => got.extend(more),
                Err(failure) => {
                    failure.is(ZST_ERROR_WOULD_BLOCK, "the source would block");
                    break;
                }
            }
        }
    }
    drop(to);
    got.extend(reader.all(Read(1000)));
    assert_same(&got, &content);
}

#[test]
fn a_pipe_that_is_full() {
    let (from, to) = pipe(libc::O_NONBLOCK);
    let failure = compress_to(&noise(4, 500_000), &to_fd(to.into_raw_fd(), true)).unwrap_err();
    failure.is(ZST_ERROR_WOULD_BLOCK, "the sink would block");
    // What was written stays written, and the descriptor was closed.
    let written = read_all(from);
    assert!(written.len() >= 4096);
    let whole =
        CompressionReader::new(&Compressor::new(3, None), Source::blocks(&noise(4, 500_000), 50_000)).all(ReadAll);
    assert!(whole.starts_with(&written));
}

#[test]
fn who_closes_a_descriptor() {
    let frame = Compressor::new(3, None).compress(b"foo").to_vec();
    // To the writer of a pipe without readers, writing fails.
    let is_closed = |to: &OwnedFd| unsafe { libc::write(to.as_raw_fd(), c"x".as_ptr().cast(), 1) } < 0;
    let uses: [fn(Source); 6] = [
        |source| drop(reader(source)),
        |source| reader(source).close().unwrap(),
        |mut source| unsafe { zst_source_drop(&mut source.raw) },
        |source| drop(DecompressionReader::try_new(&Decompressor::new(None), source, 0, 0).err().unwrap()),
        |source| drop(CompressorIterator::new(&Compressor::new(3, None), source, 10)),
        |source| drop(DecompressionReader::try_new(&Decompressor::new(None), source, 1, -1).err().unwrap()),
    ];
    for close in [true, false] {
        for use_up in uses {
            let (from, to) = pipe(0);
            write_all(&to, &frame);
            let (fd, ours) = if close { (from.into_raw_fd(), None) } else { (from.as_raw_fd(), Some(from)) };
            use_up(from_fd(fd, close));
            assert_eq!(is_closed(&to), close);
            drop(ours);
            assert!(is_closed(&to));
        }
    }
    // When the constructor fails.
    let (from, to) = pipe(0);
    let fd = from.into_raw_fd();
    unsafe {
        assert_eq!(zst_source_from_fd(fd, 0, null_mut(), null_mut()), ZST_ERROR_ARGUMENT);
        assert!(!is_closed(&to));
        assert_eq!(zst_source_from_fd(fd, 1, null_mut(), null_mut()), ZST_ERROR_ARGUMENT);
        assert!(is_closed(&to));
    }

    for close in [true, false] {
        for copy in [true, false] {
            let (from, to) = pipe(0);
            let (fd, ours) = if close { (to.into_raw_fd(), None) } else { (to.as_raw_fd(), Some(to)) };
            let mut sink = to_fd(fd, close);
            if copy {
                compress_to(b"foo", &sink).unwrap();
            } else {
                unsafe { zst_sink_drop(&mut sink) };
            }
            // It would wait for ever if it were open.
            if close {
                assert_eq!(read_all(from).is_empty(), !copy);
            } else {
                write_all(ours.as_ref().unwrap(), b"still open");
            }
        }
    }
    let (from, to) = pipe(0);
    assert_eq!(unsafe { zst_sink_to_fd(to.into_raw_fd(), 1, null_mut(), null_mut()) }, ZST_ERROR_ARGUMENT);
    assert!(read_all(from).is_empty());
}

#[test]
fn close_and_drop_close_once() {
    let (from, to) = pipe(0);
    let mut sink = to_fd(to.into_raw_fd(), true);
    let close = sink.close.unwrap();
    let write = sink.write.unwrap();
    unsafe {
        assert_eq!(close(sink.userdata), 0);
        assert!(read_all(from).is_empty());
        assert_eq!(close(sink.userdata), 0);
        // The number is not used any more, whoever has it now.
        assert_eq!(write(sink.userdata, c"x".as_ptr().cast(), 1, &mut 0), libc::EBADF);
        zst_sink_drop(&mut sink);
    }
    assert!(sink.userdata.is_null() && sink.write.is_none() && sink.close.is_none() && sink.drop.is_none());
}

#[test]
fn bytes_that_grow() {
    let content = noise(5, 300_000);
    let mut bytes = no_bytes();
    let (_, written) = compress_to(&content, &to_bytes(&mut bytes)).unwrap();
    assert_eq!(bytes.len as u64, written);
    // A second sink goes on where the first stopped.
    let (_, more) = compress_to(b"more", &to_bytes(&mut bytes)).unwrap();
    let bytes = Bytes(bytes);
    assert_eq!(bytes.len() as u64, written + more);
    let both = Decompressor::new(None).decompress_as(&bytes, 1 << 20, ACROSS).unwrap().0;
    assert_same(&both, &[&content[..], b"more"].concat());
    // From bytes of the library, and into none at all.
    let mut started = call(|out, err| unsafe {
        zst::ffi::compressor::zst_compressor_compress(Compressor::new(3, None).raw(), b"a".as_ptr().cast(), 1, out, err)
    })
    .unwrap();
    compress_to(b"b", &to_bytes(&mut started)).unwrap();
    let joined = Decompressor::new(None).decompress_as(&Bytes(started), 100, ACROSS).unwrap().0;
    assert_same(&joined, b"ab");
    let mut unused = no_bytes();
    let mut sink = to_bytes(&mut unused);
    unsafe { zst_sink_drop(&mut sink) };
    assert!(unused.data.is_null());
}

#[test]
fn dropped_without_a_stream() {
    let mut source = Source::blocks(b"foo", 3);
    let script = source.script();
    unsafe { zst_source_drop(&mut source.raw) };
    script.assert_over();
    assert!(source.raw.userdata.is_null() && source.raw.read.is_none() && source.raw.drop.is_none());
    let mut sink = Sink::new(None, None);
    unsafe { zst_sink_drop(&mut sink.raw) };
    sink.assert_over(false);
    unsafe {
        // Once more, and nothing.
        zst_source_drop(&mut source.raw);
        zst_sink_drop(&mut sink.raw);
        zst_source_drop(null_mut());
        zst_sink_drop(null_mut());
    }
    script.assert_over();
    sink.assert_over(false);
}

#[test]
fn null_pointers() {
    let (source, sink) = (Untouched::new(), Untouched::new());
    refuses_null("src", |err| unsafe { zst_source_from_memory(null(), 5, source.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_source_from_memory(c"foo".as_ptr().cast(), 3, null_mut(), err) });
    refuses("src is more than any buffer can have", |err| unsafe {
        zst_source_from_memory(c"foo".as_ptr().cast(), usize::MAX, source.ptr(), err)
    });
    refuses_null("path", |err| unsafe { zst_source_from_path(null(), source.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_source_from_path(c"/tmp".as_ptr(), null_mut(), err) });
    refuses_null("out", |err| unsafe { zst_source_from_fd(-1, 0, null_mut(), err) });
    refuses_null("path", |err| unsafe { zst_sink_to_path(null(), sink.ptr(), err) });
    let path = Path::with("kept", b"content");
    refuses_null("out", |err| unsafe { zst_sink_to_path(path.1.as_ptr(), null_mut(), err) });
    assert_same(&fs::read(&path.0).unwrap(), b"content");
    refuses_null("out", |err| unsafe { zst_sink_to_fd(-1, 0, null_mut(), err) });
    refuses_null("bytes", |err| unsafe { zst_sink_to_bytes(null_mut(), sink.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_sink_to_bytes(&mut no_bytes(), null_mut(), err) });
}
