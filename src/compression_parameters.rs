//! `zst_compression_parameters`: the settings of a compressor, by number.
//!
//! The numbers are libzstd's own (`ZSTD_c_windowLog` is 101 here and there), also where libzstd hides them behind
//! `ZSTD_c_experimentalParam5`. Two of libzstd's parameters stay out: `stableInBuffer` and `stableOutBuffer`
//! promise that the caller's buffers stay where they are and unchanged between calls; a host whose memory moves
//! would silently write damaged frames, and one-shot calls have their speed without it.

use crate::engine::{CCtxParams, CParams, Code, OutOfMemory, cparams, logical_cpus, max_level, parameter_bounds};
use crate::error::Error;
use std::ffi::CStr;

/// libzstd's numbers, for those parameters that the code speaks of.
pub mod id {
    pub const FORMAT: i32 = 10;
    pub const COMPRESSION_LEVEL: i32 = 100;
    pub const WINDOW_LOG: i32 = 101;
    pub const HASH_LOG: i32 = 102;
    pub const CHAIN_LOG: i32 = 103;
    pub const SEARCH_LOG: i32 = 104;
    pub const MIN_MATCH: i32 = 105;
    pub const TARGET_LENGTH: i32 = 106;
    pub const STRATEGY: i32 = 107;
    pub const ENABLE_LDM: i32 = 160;
    pub const LDM_HASH_LOG: i32 = 161;
    pub const LDM_MIN_MATCH: i32 = 162;
    pub const LDM_BUCKET_SIZE_LOG: i32 = 163;
    pub const LDM_HASH_RATE_LOG: i32 = 164;
    pub const WRITE_CONTENT_SIZE: i32 = 200;
    pub const WRITE_DICT_ID: i32 = 202;
    pub const THREADS: i32 = 400;
    pub const FORCE_MAX_WINDOW: i32 = 1000;
    pub const FORCE_ATTACH_DICT: i32 = 1001;
    pub const SOURCE_SIZE_HINT: i32 = 1004;
    pub const ENABLE_DEDICATED_DICT_SEARCH: i32 = 1005;
}

/// How a value is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Outside its bounds it is refused. Where 0 is outside, 0 is allowed and means libzstd's choice.
    Bounded,
    /// 0 is off, everything else is on.
    Flag,
    /// Outside its bounds it becomes the nearest bound.
    Clamped,
    /// As `Clamped`; 0 becomes the default level.
    Level,
    /// As `Clamped`; negative values become the number of logical CPUs.
    Threads,
    /// As `Clamped`; small values become 512 KiB, libzstd's minimum.
    JobSize,
    /// 0 is off, 1 on, -1 libzstd's choice. (libzstd itself: 2, 1, 0.)
    LongDistance,
}

struct Parameter {
    id: i32,
    name: &'static CStr,
    kind: Kind,
}

const fn parameter(id: i32, name: &'static CStr, kind: Kind) -> Parameter {
    Parameter { id, name, kind }
}

/// Every parameter, ascending by number.
const PARAMETERS: [Parameter; 37] = [
    parameter(id::FORMAT, c"format", Kind::Bounded),
    parameter(id::COMPRESSION_LEVEL, c"compression_level", Kind::Level),
    parameter(id::WINDOW_LOG, c"window_log", Kind::Bounded),
    parameter(id::HASH_LOG, c"hash_log", Kind::Bounded),
    parameter(id::CHAIN_LOG, c"chain_log", Kind::Bounded),
    parameter(id::SEARCH_LOG, c"search_log", Kind::Bounded),
    parameter(id::MIN_MATCH, c"min_match", Kind::Bounded),
    parameter(id::TARGET_LENGTH, c"target_length", Kind::Bounded),
    parameter(id::STRATEGY, c"strategy", Kind::Bounded),
    parameter(130, c"target_block_size", Kind::Bounded),
    parameter(id::ENABLE_LDM, c"enable_ldm", Kind::LongDistance),
    parameter(id::LDM_HASH_LOG, c"ldm_hash_log", Kind::Bounded),
    parameter(id::LDM_MIN_MATCH, c"ldm_min_match", Kind::Bounded),
    parameter(id::LDM_BUCKET_SIZE_LOG, c"ldm_bucket_size_log", Kind::Bounded),
    parameter(id::LDM_HASH_RATE_LOG, c"ldm_hash_rate_log", Kind::Bounded),
    parameter(id::WRITE_CONTENT_SIZE, c"write_content_size", Kind::Flag),
    parameter(201, c"write_checksum", Kind::Flag),
    parameter(id::WRITE_DICT_ID, c"write_dict_id", Kind::Flag),
    parameter(id::THREADS, c"threads", Kind::Threads),
    parameter(401, c"job_size", Kind::JobSize),
    parameter(402, c"overlap_log", Kind::Clamped),
    parameter(500, c"rsyncable", Kind::Flag),
    parameter(id::FORCE_MAX_WINDOW, c"force_max_window", Kind::Flag),
    parameter(id::FORCE_ATTACH_DICT, c"force_attach_dict", Kind::Bounded),
    parameter(1002, c"literal_compression_mode", Kind::Bounded),
    parameter(id::SOURCE_SIZE_HINT, c"source_size_hint", Kind::Bounded),
    parameter(id::ENABLE_DEDICATED_DICT_SEARCH, c"enable_dedicated_dict_search", Kind::Flag),
    parameter(1008, c"block_delimiters", Kind::Bounded),
    parameter(1009, c"validate_sequences", Kind::Flag),
    parameter(1010, c"split_after_sequences", Kind::Bounded),
    parameter(1011, c"use_row_match_finder", Kind::Bounded),
    parameter(1012, c"deterministic_ref_prefix", Kind::Flag),
    parameter(1013, c"prefetch_cdict_tables", Kind::Bounded),
    parameter(1014, c"enable_sequence_producer_fallback", Kind::Flag),
    parameter(1015, c"max_block_size", Kind::Bounded),
    parameter(1016, c"repcode_resolution", Kind::Bounded),
    parameter(1017, c"block_splitter_level", Kind::Bounded),
];

const DEFAULT_LEVEL: i32 = 3;
const JOB_SIZE_MIN: i32 = 512 << 10;

/// The window of long-distance matching, where none is given.
const LDM_WINDOW_LOG: i32 = 27;
const BTULTRA: i32 = 8;

/// libzstd's value that stands for "long-distance matching is off".
const LIBZSTD_LDM_OFF: i32 = 2;

fn find(id: i32) -> Result<(usize, &'static Parameter), Error> {
    let index = PARAMETERS
        .binary_search_by_key(&id, |parameter| parameter.id)
        .map_err(|_| Error::UnknownParameter { of: "compression", id })?;
    Ok((index, &PARAMETERS[index]))
}

impl Parameter {
    /// Both inclusive.
    fn bounds(&self) -> (i32, i32) {
        match self.kind {
            Kind::LongDistance => (-1, 1),
            Kind::Flag => (0, 1),
            Kind::Bounded | Kind::Clamped | Kind::Level | Kind::Threads | Kind::JobSize => {
                parameter_bounds(self.id).expect("every parameter of the table is known to libzstd")
            }
        }
    }

    /// The value that is kept for `value`.
    fn accept(&self, value: i32) -> Result<i32, Error> {
        let (min, max) = self.bounds();
        Ok(match self.kind {
            Kind::Flag => i32::from(value != 0),
            Kind::Clamped => value.clamp(min, max),
            Kind::Level if value == 0 => DEFAULT_LEVEL,
            Kind::Level => value.clamp(min, max),
            Kind::Threads if value < 0 => logical_cpus().clamp(min, max),
            Kind::Threads => value.clamp(min, max),
            Kind::JobSize if value == 0 => 0,
            Kind::JobSize => value.clamp(JOB_SIZE_MIN, max),
            Kind::Bounded | Kind::LongDistance => {
                let zero_too = min > 0;
                if !((min..=max).contains(&value) || zero_too && value == 0) {
                    return Err(Error::OutOfBounds {
                        doing: "unable to set compression context parameter",
                        name: self.name.to_str().expect("names are ASCII"),
                        value: value.into(),
                        min: min.into(),
                        max: max.into(),
                        zero_too,
                    });
                }
                value
            }
        })
    }

    /// What a new set of libzstd's holds, in our numbers.
    fn libzstd_default(&self) -> i32 {
        match self.id {
            id::COMPRESSION_LEVEL => DEFAULT_LEVEL,
            id::ENABLE_LDM => -1,
            id::WRITE_CONTENT_SIZE | id::WRITE_DICT_ID => 1,
            _ => 0,
        }
    }
}

/// The smallest and the largest value of a parameter.
pub fn bounds(id: i32) -> Result<(i32, i32), Error> {
    Ok(find(id)?.1.bounds())
}

/// A parameter's name, as in Python.
pub fn name(id: i32) -> Option<&'static CStr> {
    find(id).ok().map(|(_, parameter)| parameter.name)
}

/// A complete set of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompressionParameters {
    values: [i32; PARAMETERS.len()],
}

impl Default for CompressionParameters {
    /// Level 3, content size and dictionary id on, checksum and long-distance matching off.
    fn default() -> CompressionParameters {
        let mut parameters = CompressionParameters { values: PARAMETERS.map(|parameter| parameter.libzstd_default()) };
        parameters.put(id::ENABLE_LDM, 0);
        parameters
    }
}

impl CompressionParameters {
    /// What a compressor uses that is made from a level alone: long-distance matching is libzstd's choice too.
    pub fn for_level(level: i32) -> Result<CompressionParameters, Error> {
        if level > max_level() {
            return Err(Error::LevelTooHigh { max: max_level() });
        }
        let mut parameters = CompressionParameters::default();
        parameters.set(id::COMPRESSION_LEVEL, level)?;
        parameters.put(id::ENABLE_LDM, -1);
        Ok(parameters)
    }

    /// The match-finder parameters that `level` stands for, spelled out. `compression_level` itself stays 3.
    pub fn from_level(level: i32, source_size: Option<u64>, dict_size: usize) -> CompressionParameters {
        let mut parameters = CompressionParameters::default();
        for (id, value) in cparams(level, source_size, dict_size).each() {
            parameters.put(id, value);
        }
        parameters
    }

    pub fn set(&mut self, id: i32, value: i32) -> Result<(), Error> {
        let (index, parameter) = find(id)?;
        self.values[index] = parameter.accept(value)?;
        Ok(())
    }

    pub fn get(&self, id: i32) -> Result<i32, Error> {
        Ok(self.values[find(id)?.0])
    }

    /// Memory that one-shot compression needs, in bytes.
    pub fn estimated_compression_context_size(&self) -> Result<usize, Error> {
        if self.value(id::THREADS) > 0 {
            return Err(Error::NoEstimateWithThreads);
        }
        const DOING: &str = "cannot estimate compression context size";
        let failed = |code| Error::Zstd { doing: DOING, code };
        let mut params = self.to_libzstd()?;
        if self.value(id::ENABLE_LDM) == 1 {
            // libzstd takes them as they are, and divides by one of them.
            for (id, value) in self.long_distance() {
                params.set(id, value).map_err(failed)?;
            }
        }
        params.estimate_cctx_size().map_err(failed)
    }

    /// What libzstd makes of the parameters of long-distance matching when it compresses (`ZSTD_ldm_adjustParameters`).
    fn long_distance(&self) -> [(i32, i32); 4] {
        let or = |value, chosen| if value == 0 { chosen } else { value };
        let given = self.match_finder();
        let strategy = or(given.strategy, cparams(self.value(id::COMPRESSION_LEVEL), None, 0).strategy);
        let window_log = or(given.window_log, LDM_WINDOW_LOG);
        let hash_rate_log = match (self.value(id::LDM_HASH_RATE_LOG), self.value(id::LDM_HASH_LOG)) {
            (0, 0) => 7 - strategy / 3,
            (0, hash_log) => (window_log - hash_log).max(0),
            (hash_rate_log, _) => hash_rate_log,
        };
        // There the difference has no sign.
        let likely = ((window_log - hash_rate_log) as u32).clamp(6, 30) as i32;
        let hash_log = or(self.value(id::LDM_HASH_LOG), likely);
        let min_match = or(self.value(id::LDM_MIN_MATCH), if strategy >= BTULTRA { 32 } else { 64 });
        let bucket_size_log = or(self.value(id::LDM_BUCKET_SIZE_LOG), strategy.clamp(4, 8)).min(hash_log);
        [
            (id::LDM_HASH_RATE_LOG, hash_rate_log),
            (id::LDM_HASH_LOG, hash_log),
            (id::LDM_MIN_MATCH, min_match),
            (id::LDM_BUCKET_SIZE_LOG, bucket_size_log),
        ]
    }

    /// The same set as libzstd holds it.
    pub fn to_libzstd(&self) -> Result<CCtxParams, Error> {
        let mut params = CCtxParams::new().map_err(|_| OutOfMemory { bytes: 0 })?;
        for (parameter, &value) in PARAMETERS.iter().zip(&self.values) {
            if value != parameter.libzstd_default() {
                let value = if parameter.kind == Kind::LongDistance && value == 0 { LIBZSTD_LDM_OFF } else { value };
                params
                    .set(parameter.id, value)
                    .map_err(|code: Code| Error::Zstd { doing: "unable to set compression context parameter", code })?;
            }
        }
        Ok(params)
    }

    /// Those that a level stands for; 0 where they are not set.
    pub fn match_finder(&self) -> CParams {
        CParams {
            window_log: self.value(id::WINDOW_LOG),
            chain_log: self.value(id::CHAIN_LOG),
            hash_log: self.value(id::HASH_LOG),
            search_log: self.value(id::SEARCH_LOG),
            min_match: self.value(id::MIN_MATCH),
            target_length: self.value(id::TARGET_LENGTH),
            strategy: self.value(id::STRATEGY),
        }
    }

    /// The value of a parameter that is known to be in the table.
    pub fn value(&self, id: i32) -> i32 {
        self.get(id).expect("the parameter is in the table")
    }

    fn put(&mut self, id: i32, value: i32) {
        let (index, _) = find(id).expect("the parameter is in the table");
        self.values[index] = value;
    }
}
