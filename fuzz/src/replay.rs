//! The corpus through every target, and mutations of it, the same ones each time: a test without a fuzzer.

use crate::support::noise;
use std::fs;
use std::path::Path;

fn replay(name: &str, mutations: usize, target: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus");
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for (seed, file) in seeds.iter().zip(&files) {
        run(target, seed, &file.display().to_string());
    }
    let mut random = noise(1, 1 << 20).into_iter().cycle();
    let mut next = || usize::from(random.next().unwrap()) << 8 | usize::from(random.next().unwrap());
    for _ in 0..mutations {
        let mut input = seeds[next() % seeds.len()].clone();
        for _ in 0..1 + next() % 4 {
            if !input.is_empty() {
                let at = next() % input.len();
                match next() % 4 {
                    0 => input[at] = next() as u8,
                    1 => input[at] ^= 1 << (next() % 8),
                    2 => input.truncate(at),
                    _ => {
                        let other = &seeds[next() % seeds.len()];
                        input.truncate(at);
                        input.extend_from_slice(&other[next() % (other.len() + 1)..]);
                    }
                }
            }
        }
        run(target, &input, "a mutation");
    }
}

/// Says which input it was.
fn run(target: fn(&[u8]), input: &[u8], what: &str) {
    let result = std::panic::catch_unwind(|| target(input));
    assert!(result.is_ok(), "{what}: {input:?}");
}

#[test]
fn buffers() {
    replay("buffers", 5000, crate::buffers);
}

#[test]
fn calls() {
    replay("calls", 200, crate::calls);
}

#[test]
fn decompress() {
    replay("decompress", 2000, crate::decompress);
}

#[test]
fn frames() {
    replay("frames", 20_000, crate::frames);
}

#[test]
fn dictionary() {
    replay("dictionary", 100, crate::dictionary);
}

#[test]
fn roundtrip() {
    replay("roundtrip", 100, crate::roundtrip);
}
