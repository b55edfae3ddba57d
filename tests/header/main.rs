//! The headers below include/ are those that src/ffi stands for. A build refreshes them, except with ZST_HEADERS=check
//! (as in `make test`); then only this test notices.

use std::fs;
use std::path::Path;

fn check(name: &str) {
    let read = |directory: &str| {
        let path = Path::new(directory).join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let generated = read(env!("ZST_GENERATED"));
    let committed = read(concat!(env!("CARGO_MANIFEST_DIR"), "/include"));
    if generated == committed {
        return;
    }
    let same =
        generated.lines().zip(committed.lines()).take_while(|(generated, committed)| generated == committed).count();
    panic!(
        "include/{name} is stale from line {} on; `make headers` refreshes it\n  it has  {:?}\n  instead {:?}",
        same + 1,
        committed.lines().nth(same).unwrap_or(""),
        generated.lines().nth(same).unwrap_or(""),
    );
}

#[test]
fn zst_h_is_what_the_build_generates() {
    check("zst.h");
}

#[test]
fn zst_cdef_h_is_what_the_build_generates() {
    check("zst_cdef.h");
}
