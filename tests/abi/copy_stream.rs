//! `copy_stream` in both directions: what is read and written, who may stop it, and what is dropped.

use crate::compression_reader::fed;
use crate::decompression_obj::small_window;
use crate::raw;
use crate::support::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::copy_stream::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::status::*;

const LENIENT: i32 = ZST_DECOMPRESS_ALLOW_TRUNCATED;

/// What was reported, and the report at which this code cancels.
#[derive(Default)]
struct Reports {
    figures: Vec<(u64, u64)>,
    cancel: Option<(usize, i32)>,
}

unsafe extern "C" fn report(userdata: *mut c_void, read: u64, written: u64) -> i32 {
    // SAFETY: it is the Reports of the call.
    let reports = unsafe { &mut *userdata.cast::<Reports>() };
    reports.figures.push((read, written));
    match reports.cancel {
        Some((at, code)) if at + 1 == reports.figures.len() => code,
        _ => 0,
    }
}

/// One copy. Sizes are those of reads and writes.
struct Copy<'a> {
    source: Source,
    sink: &'a Sink,
    sizes: (usize, usize),
    reports: Option<&'a mut Reports>,
}

impl<'a> Copy<'a> {
    fn new(source: Source, sink: &'a Sink) -> Copy<'a> {
        Copy { source, sink, sizes: (1000, 1000), reports: None }
    }

    fn sizes(mut self, read: usize, write: usize) -> Copy<'a> {
        self.sizes = (read, write);
        self
    }

    fn reporting(mut self, reports: &'a mut Reports) -> Copy<'a> {
        self.reports = Some(reports);
        self
    }

    #[track_caller]
    fn run(
        self,
        copy: impl FnOnce(&Source, &Sink, *const zst_progress, *mut u64, *mut u64, Err) -> zst_status,
    ) -> Result<(u64, u64), Failure> {
        let progress =
            self.reports.map(|reports| zst_progress { userdata: (&raw mut *reports).cast(), report: Some(report) });
        let progress = progress.as_ref().map_or(null(), |progress| &raw const *progress);
        let outcome = call2(|read, written, err| copy(&self.source, self.sink, progress, read, written, err));
        self.sink.assert_over(outcome.is_ok());
        assert!(self.sink.sizes().iter().all(|&len| len > 0 && len <= self.sizes.1), "{:?}", self.sink.sizes());
        if let Some(script) = &self.source.script {
            script.assert_over();
            assert!(script.hints().iter().all(|&hint| hint == self.sizes.0));
        }
        if let Ok((_, written)) = outcome {
            assert_eq!(written, self.sink.taken().len() as u64);
        }
        outcome
    }

    #[track_caller]
    fn compress(self, compressor: &Compressor, size: Option<u64>) -> Result<(u64, u64), Failure> {
        let (read, write) = self.sizes;
        self.run(|source, sink, progress, out_read, out_written, err| unsafe {
            let (source, sink, size) = (&source.raw, &sink.raw, number(size));
            zst_compressor_copy_stream(
                compressor.raw(),
                source,
                sink,
                size,
                read,
                write,
                progress,
                out_read,
                out_written,
                err,
            )
        })
    }

    #[track_caller]
    fn decompress(self, decompressor: &Decompressor, flags: i32) -> Result<(u64, u64), Failure> {
        let (read, write) = self.sizes;
        self.run(|source, sink, progress, out_read, out_written, err| unsafe {
            let (source, sink) = (&source.raw, &sink.raw);
            zst_decompressor_copy_stream(
                decompressor.raw(),
                source,
                sink,
                read,
                write,
                flags,
                progress,
                out_read,
                out_written,
                err,
            )
        })
    }
}

fn frame_of(content: &[u8]) -> Vec<u8> {
    Compressor::new(3, None).compress(content).to_vec()
}

/// Copies in the direction, into `sink`, with blocks of this size before these last steps.
#[track_caller]
fn copy(compress: bool, input: &[u8], block: usize, last: Vec<Step>, sink: &Sink) -> Result<(u64, u64), Failure> {
    copy_reporting(compress, input, block, last, sink, &mut Reports::default())
}

#[track_caller]
fn copy_reporting(
    compress: bool,
    input: &[u8],
    block: usize,
    last: Vec<Step>,
    sink: &Sink,
    reports: &mut Reports,
) -> Result<(u64, u64), Failure> {
    let copy = Copy::new(Source::new(lend(input, block).chain(last)), sink).reporting(reports);
    match compress {
        true => copy.compress(&Compressor::new(1, None), None),
        false => copy.decompress(&Decompressor::new(None), 0),
    }
}

/// Input of both directions, and what it becomes with blocks of this size.
fn both(content: &[u8], block: usize) -> [(bool, Vec<u8>, Vec<u8>); 2] {
    let frame = fed(&[(ZST_C_COMPRESSION_LEVEL, 1)], None, None, content, block);
    [(true, content.to_vec(), frame.clone()), (false, frame, content.to_vec())]
}

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_blocks() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let len = if name.contains("thread") { 600_000 } else { 30_000 };
        let content = text(1, len);
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            let parameters = DecompressionParameters::new(&[(ZST_D_FORMAT, i64::from(name == "magicless"))]);
            let decompressor = Decompressor::try_from(&parameters, dict).unwrap();
            for (block, size, write) in [(len, None, 100), (len / 3, Some(len as u64), 131_591), (7001, None, 1001)] {
                let expected = fed(&values, dict, size, &content, block);
                let sink = Sink::new(None, None);
                let copy = Copy::new(Source::blocks(&content, block), &sink).sizes(100, write);
                assert_eq!(copy.compress(&compressor, size).unwrap(), (len as u64, expected.len() as u64));
                assert!(sink.taken() == expected, "{name}, blocks of {block}");

                let sink = Sink::new(Some(999), None);
                let copy = Copy::new(Source::blocks(&expected, block), &sink).sizes(100, write);
                assert_eq!(copy.decompress(&decompressor, 0).unwrap(), (expected.len() as u64, len as u64));
                assert_same(&sink.taken(), &content);
            }
        }
    }
}

#[test]
fn any_size() {
    for (compress, input, expected) in both(&text(2, 500), 500) {
        for size in (1..20).chain([499, 500, 501, 100_000]) {
            for block in [1, 2, 100, 1000] {
                for usual in [1, 3, usize::MAX] {
                    let sink = Sink::new(Some(usual), None);
                    let source = Source::blocks(&input, block);
                    let copy = Copy::new(source, &sink).sizes(size, size);
                    let figures = match compress {
                        true => copy.compress(&Compressor::new(1, None), None),
                        false => copy.decompress(&Decompressor::new(None), 0),
                    };
                    assert_eq!(figures.unwrap(), (input.len() as u64, expected.len() as u64));
                    assert_same(&sink.taken(), &expected);
                }
            }
        }
    }
}

#[test]
fn each_block_is_read_once_and_the_end_too() {
    for (compress, input, _) in both(&text(3, 5000), 100) {
        let sink = Sink::new(None, None);
        let source = Source::blocks(&input, 100);
        let script = source.script();
        let copy = Copy::new(source, &sink);
        match compress {
            true => copy.compress(&Compressor::new(1, None), None),
            false => copy.decompress(&Decompressor::new(None), 0),
        }
        .unwrap();
        assert_eq!(script.reads() as usize, input.len().div_ceil(100) + 1);
    }
}

#[test]
fn nothing() {
    let compressor = Compressor::new(3, None);
    for size in [None, Some(0), Some(10)] {
        let sink = Sink::new(None, None);
        assert_eq!(Copy::new(Source::new([]), &sink).compress(&compressor, size).unwrap(), (0, 9));
        assert_same(&sink.taken(), EMPTY_FRAME);
    }
    for (input, flags) in [(&b""[..], 0), (SKIPPABLE, 0), (EMPTY_FRAME, LENIENT)] {
        let sink = Sink::new(None, None);
        let copy = Copy::new(Source::blocks(input, 5), &sink);
        assert_eq!(copy.decompress(&Decompressor::new(None), flags).unwrap(), (input.len() as u64, 0));
        assert!(sink.sizes().is_empty());
    }
}

#[test]
fn all_frames_and_nothing_else() {
    let (a, b) = (vec![b'a'; 300], text(4, 400));
    let frames = [SKIPPABLE, EMPTY_FRAME, &frame_of(&a), SKIPPABLE, &raw::unknown_size(&b), EMPTY_FRAME].concat();
    let content = [a, b].concat();
    for block in (1..20).chain([1000]) {
        let sink = Sink::new(None, None);
        assert_eq!(copy(false, &frames, block, vec![], &sink).unwrap(), (frames.len() as u64, 700));
        assert_same(&sink.taken(), &content);
        let sink = Sink::new(None, None);
        let failure = copy(false, &[&frames[..], b"junk"].concat(), block, vec![], &sink).unwrap_err();
        assert_eq!(failure.message, "zstd decompressor error: Unknown frame descriptor");
        assert_eq!(failure.status, ZST_ERROR_ZSTD);
        assert_same(&sink.taken(), &content);
    }
    let many = [EMPTY_FRAME.repeat(50_000), SKIPPABLE.repeat(50_000)].concat();
    for block in [1000, many.len()] {
        copy(false, &many, block, vec![], &Sink::new(None, None)).unwrap();
    }
}

#[test]
fn every_cut_is_an_error_unless_it_is_allowed() {
    let content = text(5, 3000);
    let decompressor = Decompressor::new(None);
    let blocks = raw::Compressor::with(&[]).compress_flushed(content.chunks(1000));
    for frame in [&blocks[..], EMPTY_FRAME, SKIPPABLE] {
        for cut in (1..frame.len()).step_by(1 + frame.len() / 100).chain([frame.len() - 1]) {
            let (lenient, strict) = (Sink::new(None, None), Sink::new(None, None));
            let figures = Copy::new(Source::blocks(&frame[..cut], 50), &lenient).decompress(&decompressor, LENIENT);
            assert_eq!(figures.unwrap(), (cut as u64, lenient.taken().len() as u64));
            let failure = Copy::new(Source::blocks(&frame[..cut], 50), &strict).decompress(&decompressor, 0);
            failure.unwrap_err().is(ZST_ERROR_TRUNCATED, "zstd decompressor error: input ends inside a frame");
            assert_same(&strict.taken(), &lenient.taken());
            assert!(content.starts_with(&strict.taken()));
        }
    }
}

#[test]
fn damage_and_limits_after_what_is_good() {
    let content = noise(6, 300_000);
    let frame = frame_of(&content);
    let sink = Sink::new(None, None);
    let input = [&frame[..9 + 3 + 131_072], &[0xFF; 100]].concat();
    let failure = copy(false, &input, 1000, vec![], &sink).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "zstd decompressor error: Data corruption detected");
    // Content of the block that the damage came with is not.
    assert!(sink.taken().len() > 131_072 - 1000);
    assert_same(&sink.taken(), &content[..sink.taken().len()]);

    let input = raw::unknown_size(&content[..1000]).repeat(3);
    for limit in [1, 1000, 2500, 2999] {
        let sink = Sink::new(None, None);
        let copy = Copy::new(Source::blocks(&input, 100), &sink);
        let failure = copy.decompress(&Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]), 0).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, &format!("{limit} bytes have been produced"));
        assert!(sink.taken().len() <= limit as usize);
        assert_same(&sink.taken(), &content[..1000].repeat(3)[..sink.taken().len()]);
    }
    let sink = Sink::new(None, None);
    let window = small_window(&text(6, 100_000));
    let copy = Copy::new(Source::blocks(&window, 100), &sink);
    let failure = copy.decompress(&Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]), 0).unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "zstd decompressor error: Frame requires too much memory");
}

#[test]
fn another_size_than_was_declared() {
    let compressor = Compressor::new(3, None);
    for (len, size, text_of) in [
        (1, 0, "Src size is incorrect"),
        (300_000, 1000, "zstd compress error: Src size is incorrect"),
        (1, 2, "error ending compression stream: Src size is incorrect"),
        (300_000, 300_001, "error ending compression stream: Src size is incorrect"),
    ] {
        let sink = Sink::new(None, None);
        let failure = Copy::new(Source::blocks(&text(7, len), 7000), &sink).compress(&compressor, Some(size));
        failure.unwrap_err().is(ZST_ERROR_ZSTD, text_of);
    }
}

#[test]
fn figures_rise_with_each_report_and_end_with_the_result() {
    for (compress, input, expected) in both(&noise(8, 400_000), 10_000) {
        for usual in [None, Some(700)] {
            let mut reports = Reports::default();
            let sink = Sink::new(usual, None);
            let result = copy_reporting(compress, &input, 10_000, vec![], &sink, &mut reports).unwrap();
            assert_eq!(result, (input.len() as u64, expected.len() as u64));
            assert_eq!(reports.figures.last(), Some(&result));
            for pair in reports.figures.windows(2) {
                assert!(pair[1].0 >= pair[0].0 && pair[1].1 >= pair[0].1 && pair[1] != pair[0], "{pair:?}");
            }
            assert!(reports.figures.len() >= 40);
        }
    }
    // Nothing was read or written.
    let mut reports = Reports::default();
    copy_reporting(false, b"", 1, vec![], &Sink::new(None, None), &mut reports).unwrap();
    assert_eq!(reports.figures, []);
}

#[test]
fn cancelled_at_each_report() {
    for (compress, input, expected) in both(&text(9, 3000), 300) {
        let mut all = Reports::default();
        copy_reporting(compress, &input, 300, vec![], &Sink::new(None, None), &mut all).unwrap();
        for (at, &(_, written)) in all.figures.iter().enumerate() {
            for code in [1, -7, i32::MIN, ZST_ERROR_WOULD_BLOCK] {
                let mut reports = Reports { cancel: Some((at, code)), ..Reports::default() };
                let sink = Sink::new(None, None);
                let failure = copy_reporting(compress, &input, 300, vec![], &sink, &mut reports).unwrap_err();
                failure.code(ZST_ERROR_CANCELLED, code);
                failure.is(ZST_ERROR_CANCELLED, "cancelled by the progress callback");
                assert_eq!(reports.figures, all.figures[..=at]);
                assert_same(&sink.taken(), &expected[..written as usize]);
            }
        }
    }
}

#[test]
fn a_source_that_fails_at_each_read() {
    for (compress, input, expected) in both(&text(10, 3000), 300) {
        for at in 0..=input.len().div_ceil(300) {
            let before = &input[..(at * 300).min(input.len())];
            for code in [3, -1] {
                let sink = Sink::new(None, None);
                let failure = copy(compress, before, 300, vec![Step::Say(code)], &sink).unwrap_err();
                failure.code(ZST_ERROR_SOURCE, code);
                assert!(expected.starts_with(&sink.taken()));
            }
            let blocked = copy(compress, before, 300, vec![WOULD_BLOCK], &Sink::new(None, None)).unwrap_err();
            blocked.is(ZST_ERROR_WOULD_BLOCK, "the source would block; copy_stream() needs one that waits");
            for step in [Step::Null(1), Step::Huge] {
                let failure = copy(compress, before, 300, vec![step], &Sink::new(None, None)).unwrap_err();
                failure.is(ZST_ERROR_SOURCE, "the source lent a block of").code(ZST_ERROR_SOURCE, 0);
            }
        }
    }
}

#[test]
fn a_sink_that_fails_at_each_write() {
    for (compress, input, expected) in both(&noise(11, 5000), 500) {
        for usual in [None, Some(300)] {
            let sink = Sink::new(usual, None);
            copy(compress, &input, 500, vec![], &sink).unwrap();
            assert_same(&sink.taken(), &expected);
            for at in 0..sink.sizes().len() {
                let failed = |take| {
                    let sink = Sink::new(usual, Some((at, take)));
                    let failure = copy(compress, &input, 500, vec![], &sink).unwrap_err();
                    assert!(sink.sizes().len() == at + 1 && expected.starts_with(&sink.taken()));
                    failure
                };
                failed(Take::Say(28)).is(ZST_ERROR_SINK, "the sink's write() failed").code(ZST_ERROR_SINK, 28);
                failed(Take::Say(-1)).code(ZST_ERROR_SINK, -1);
                failed(Take::TooMuch).is(ZST_ERROR_SINK, "invalid length: the sink claims").code(ZST_ERROR_SINK, 0);
                failed(Take::Some(0))
                    .is(ZST_ERROR_WOULD_BLOCK, "the sink would block; copy_stream() needs one that waits");
                failed(Take::Say(ZST_ERROR_WOULD_BLOCK))
                    .is(ZST_ERROR_WOULD_BLOCK, "the sink would block; copy_stream() needs one that waits");
            }
        }
    }
}

#[test]
fn both_ends_may_use_the_parent() {
    let content = text(12, 20_000);
    let compressor = std::sync::Arc::new(Compressor::new(3, None));
    let alone = compressor.compress(b"alone").to_vec();
    let mut steps = Vec::new();
    for step in lend(&content, 1000) {
        let (parent, alone) = (compressor.clone(), alone.clone());
        steps.push(Step::Do(Box::new(move || assert_same(&parent.compress(b"alone"), &alone))));
        steps.push(step);
    }
    let sink = Sink::new(None, None);
    Copy::new(Source::new(steps), &sink).compress(&compressor, None).unwrap();
    assert_same(&sink.taken(), &fed(&[], None, None, &content, 1000));
}

#[test]
fn many_at_a_time() {
    let (compressor, decompressor) = (Compressor::new(1, None), Decompressor::new(None));
    thread::scope(|scope| {
        for n in 0..4 {
            let (compressor, decompressor) = (&compressor, &decompressor);
            scope.spawn(move || {
                let content = text(n, 300_000);
                for _ in 0..3 {
                    let (frame, again) = (Sink::new(None, None), Sink::new(None, None));
                    Copy::new(Source::blocks(&content, 9000), &frame).compress(compressor, None).unwrap();
                    Copy::new(Source::memory(&frame.taken()), &again).decompress(decompressor, 0).unwrap();
                    assert_same(&again.taken(), &content);
                }
            });
        }
    });
}

#[test]
fn flags_and_sizes() {
    let (compressor, decompressor) = (Compressor::new(3, None), Decompressor::new(None));
    for (read, write, text) in [
        (0, 1, "read_size must be positive"),
        (1, 0, "write_size must be positive"),
        (0, 0, "read_size must be positive"),
    ] {
        let sink = Sink::new(None, None);
        let copy = Copy::new(Source::new([]), &sink).sizes(read, write);
        copy.compress(&compressor, None).unwrap_err().is(ZST_ERROR_VALUE, text);
        let sink = Sink::new(None, None);
        let copy = Copy::new(Source::new([]), &sink).sizes(read, write);
        copy.decompress(&decompressor, 0).unwrap_err().is(ZST_ERROR_VALUE, text);
    }
    let sink = Sink::new(None, None);
    let copy = Copy::new(Source::new([]), &sink).sizes(1, usize::MAX);
    copy.decompress(&decompressor, 0).unwrap_err().is(ZST_ERROR_MEMORY, "not enough memory");
    for flags in [1, 2, 4, 8, 17, 32, -1, i32::MIN] {
        let sink = Sink::new(None, None);
        let copy = Copy::new(Source::new([]), &sink);
        copy.decompress(&decompressor, flags).unwrap_err().is(ZST_ERROR_VALUE, "unknown flags");
    }
}

/// Calls both functions, with these of parent, source and sink: they refuse, and whatever is given is dropped.
#[track_caller]
fn with(given: [bool; 3], change: impl Fn(&mut Source, &mut Sink), words: [&str; 2]) {
    let [parent, has_source, has_sink] = given;
    let (compressor, decompressor) = (Compressor::new(3, None), Decompressor::new(None));
    let figures = Untouched::<u64>::new();
    for (compress, words) in [(true, words[0]), (false, words[1])] {
        refuses(words, |err| {
            let (mut source, mut sink) = (Source::new([]), Sink::new(None, None));
            change(&mut source, &mut sink);
            let raw_source = if has_source { &raw const source.raw } else { null() };
            let raw_sink = if has_sink { &raw const sink.raw } else { null() };
            let (read, written) = (figures.ptr(), figures.ptr());
            let status = unsafe {
                if compress {
                    let parent = if parent { compressor.raw() } else { null() };
                    zst_compressor_copy_stream(parent, raw_source, raw_sink, 0, 1, 1, null(), read, written, err)
                } else {
                    let parent = if parent { decompressor.raw() } else { null() };
                    zst_decompressor_copy_stream(parent, raw_source, raw_sink, 1, 1, 0, null(), read, written, err)
                }
            };
            assert_eq!(source.script().drops(), has_source.into());
            if has_sink {
                sink.assert_over(false);
            }
            status
        });
    }
}

#[test]
fn null_pointers() {
    let same = |words| [words, words];
    with([true, false, true], |_, _| {}, same("source is NULL"));
    with([true, true, false], |_, _| {}, same("sink is NULL"));
    with([true, false, false], |_, _| {}, same("source is NULL"));
    with([true; 3], |source, _| source.raw.read = None, same("source->read is NULL"));
    with([true; 3], |_, sink| sink.raw.write = None, same("sink->write is NULL"));
    with([false, true, true], |_, _| {}, ["compressor is NULL", "decompressor is NULL"]);
    // Neither figures nor reports are wanted.
    let compressor = Compressor::new(3, None);
    let nobody = zst_progress { userdata: null_mut(), report: None };
    for progress in [null(), &raw const nobody] {
        let (source, sink) = (Source::blocks(b"foo", 3), Sink::new(None, None));
        call0(|err| unsafe {
            let (parent, source, sink) = (compressor.raw(), &source.raw, &sink.raw);
            zst_compressor_copy_stream(parent, source, sink, 3, 1, 100, progress, null_mut(), null_mut(), err)
        })
        .unwrap();
        assert_same(&decode(&[], None, &sink.taken()), b"foo");
        let (frame, again) = (sink.taken(), Sink::new(None, None));
        let (source, decompressor) = (Source::memory(&frame), Decompressor::new(None));
        call0(|err| unsafe {
            let (parent, source, sink) = (decompressor.raw(), &source.raw, &again.raw);
            zst_decompressor_copy_stream(parent, source, sink, 1, 100, 0, progress, null_mut(), null_mut(), err)
        })
        .unwrap();
        assert_same(&again.taken(), b"foo");
    }
}
