//! Generates the C headers, names the shared library, and keeps libzstd's tracing to itself.
//!
//! `zst.h` is for C and C++ compilers. `zst_cdef.h` has the same declarations without preprocessor, for the parsers
//! of cffi, LuaJIT and PHP. Both are committed below `include/`, where their diff is the review of the ABI: a build
//! refreshes them there, unless ZST_HEADERS=check is set, which leaves it to a test to complain.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let generated = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/ffi");
    println!("cargo:rerun-if-changed=include");
    println!("cargo:rerun-if-env-changed=ZST_HEADERS");
    println!("cargo:rustc-env=ZST_GENERATED={}", generated.display());

    let system = env::var("CARGO_CFG_TARGET_OS").expect("cargo sets it");
    if !matches!(system.as_str(), "macos" | "windows") {
        no_trace();
    }
    // cargo-c, which sets the feature, names it by itself.
    if env::var_os("CARGO_FEATURE_CAPI").is_none() {
        name_library(&system);
    }

    let refresh = env::var("ZST_HEADERS").map_or(true, |mode| mode != "check");
    for (name, text) in [("zst.h", header(&root)), ("zst_cdef.h", cdef(&root))] {
        fs::write(generated.join(name), &text).expect("OUT_DIR is writable");
        let committed = root.join("include").join(name);
        if refresh && fs::read_to_string(&committed).ok().as_ref() != Some(&text) {
            // A packaged source tree may be read-only, and is never stale.
            let _ = fs::write(&committed, &text);
        }
    }
}

/// libzstd has hooks for tracers where the linker knows weak symbols.
fn no_trace() {
    println!("cargo:rerun-if-changed=src/engine/no_trace.c");
    let mut no_trace = cc::Build::new();
    // Hidden names are not exported. Weak references alone do not make a linker look into an archive.
    no_trace.file("src/engine/no_trace.c").flag_if_supported("-fvisibility=hidden");
    no_trace.link_lib_modifier("+whole-archive").compile("zst_no_trace");
}

/// What programs will look for when they have been linked with the shared library.
fn name_library(system: &str) {
    let (major, version) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION"));
    let argument = match system {
        "linux" => format!("-soname,libzst.so.{major}"),
        "macos" => format!(
            "-install_name,@rpath/libzst.{major}.dylib,-current_version,{version},-compatibility_version,{major}.0.0"
        ),
        _ => return,
    };
    println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
}

fn header(root: &Path) -> String {
    let config = cbindgen::Config::from_file(root.join("include/cbindgen.toml")).expect("cbindgen.toml is valid");
    let constants = format!(
        "\n/** The version of this header; zst_version_number() is that of the library at run time. */\n{}\
         #define ZST_VERSION_STRING \"{}\"\n\n\
         /** The first four bytes of a frame. */\n#define ZST_FRAME_HEADER \"\\x28\\xb5\\x2f\\xfd\"\n",
        versions(),
        env!("CARGO_PKG_VERSION"),
    );
    let text = generate(root, cbindgen::Config { after_includes: Some(constants), ..config });

    let mut lines = Vec::<String>::new();
    for line in text.lines() {
        let line = match constant(line) {
            // A negative number needs parentheses, a large one its type.
            Some((name, value)) if value.starts_with('-') => format!("#define {name} ({value})"),
            Some((name, value)) if value.parse::<u32>().is_ok_and(|value| value > i32::MAX as u32) => {
                format!("#define {name} {value}u")
            }
            _ => line.to_owned(),
        };
        // Constants that share a comment stand together.
        let count = lines.len();
        if count >= 2 && lines[count - 1].is_empty() && is_define(&lines[count - 2]) && is_define(&line) {
            lines.pop();
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// Preprocessor lines become enumerators, which all of the parsers read; none of them has 64-bit ones.
fn cdef(root: &Path) -> String {
    let text = generate(
        root,
        cbindgen::Config {
            language: cbindgen::Language::C,
            style: cbindgen::Style::Type,
            after_includes: Some(versions()),
            no_includes: true,
            documentation: false,
            usize_is_size_t: true,
            ..cbindgen::Config::default()
        },
    );
    let mut cdef = String::from(
        "// zst.h without comments and preprocessor, for parsers of C declarations. Generated; do not edit.\n\
         // Not here, because they are 64 bits wide: ZST_CONTENTSIZE_UNKNOWN is 2^64 - 1, ZST_CONTENTSIZE_ERROR 2^64 - 2.\n",
    );
    for line in text.lines().filter(|line| !line.is_empty()) {
        match constant(line) {
            Some((_, value)) if value.ends_with("ull") => {}
            Some((name, value)) => cdef.push_str(&format!("enum {{ {name} = {value} }};\n")),
            None => cdef.push_str(&format!("{line}\n")),
        }
    }
    cdef
}

fn is_define(line: &str) -> bool {
    line.starts_with("#define ")
}

/// The name and the value of a `#define`d number.
fn constant(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
    value.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then_some((name, value))
}

/// cbindgen orders declarations by file name; as one file they stay in the order of `src/ffi/mod.rs`.
fn generate(root: &Path, mut config: cbindgen::Config) -> String {
    config.sort_by = cbindgen::SortKey::None;
    // No function mentions a zst_bytes by value.
    config.export.include = vec!["zst_bytes".into(), "zst_slice".into()];
    let face = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("face.rs");
    let list = read(&root.join("src/ffi/mod.rs"));
    let modules = list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let text: String = modules.map(|module| read(&root.join(format!("src/ffi/{module}.rs")))).collect();
    let without_module_docs: String =
        text.lines().filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    fs::write(&face, without_module_docs).expect("OUT_DIR is writable");

    let mut header = Vec::new();
    let bindings = cbindgen::Builder::new().with_config(config).with_src(face).generate();
    bindings.expect("the C face can be read").write(&mut header);
    String::from_utf8(header).expect("headers are UTF-8")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// This library's version, from Cargo.toml, and libzstd's, from its own header.
fn versions() -> String {
    let number = |name: &str| env::var(name).expect("cargo sets it").parse::<u32>().expect("a number");
    let (major, minor, patch) =
        (number("CARGO_PKG_VERSION_MAJOR"), number("CARGO_PKG_VERSION_MINOR"), number("CARGO_PKG_VERSION_PATCH"));
    let include = env::var("DEP_ZSTD_INCLUDE").expect("zstd-sys tells where its headers are");
    let zstd_h = read(&Path::new(&include).join("zstd.h"));
    let zstd = |name: &str| -> u32 {
        let line = zstd_h.lines().find(|line| line.starts_with(&format!("#define ZSTD_VERSION_{name} ")));
        let value = line.and_then(|line| line.split_whitespace().nth(2)).expect("zstd.h has its version");
        value.parse().expect("a number")
    };
    format!(
        "#define ZST_VERSION_MAJOR {major}\n#define ZST_VERSION_MINOR {minor}\n#define ZST_VERSION_PATCH {patch}\n\
         #define ZST_VERSION_NUMBER {}\n#define ZST_ZSTD_VERSION_NUMBER {}\n",
        major * 10000 + minor * 100 + patch,
        zstd("MAJOR") * 10000 + zstd("MINOR") * 100 + zstd("RELEASE"),
    )
}
