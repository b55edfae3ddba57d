"""zst.hpp: complete, strict in every standard, and right; and what must not compile does not."""

import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-pthread"]
# In the first, each program also runs under valgrind.
STANDARDS = ["c++17", "c++20", "c++2b"]
VALGRIND = [
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
]
PROGRAMS = sorted(HERE.glob("test_*.cpp"))


def headers(stage):
    return [stage / "include" / "zst.hpp", *sorted((stage / "include" / "zst").glob("*.hpp"))]


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


@pytest.fixture
def source(stage):
    """All of zst.hpp."""
    return without_comments("".join(header.read_text() for header in headers(stage)))


# What it has.


def test_every_function_of_zst_h_is_used(stage, source):
    declared = re.findall(r"\b(zst_\w+)\(", without_comments((stage / "include" / "zst.h").read_text()))
    assert len(declared) > 150
    assert set(declared) - set(re.findall(r"\bzst_\w+", source)) == set()


@pytest.mark.parametrize("prefix, kind", [("ZST_C_", "c_parameter"), ("ZST_D_", "d_parameter"), ("ZST_DECOMPRESS_", "flag")])
def test_every_number_has_an_enumerator(prefix, kind, stage, source):
    names = re.findall(rf"^#define {prefix}(\w+) ", (stage / "include" / "zst.h").read_text(), flags=re.MULTILINE)
    body = re.search(rf"enum class {kind} : std::int32_t \{{(.*?)\}};", source, flags=re.DOTALL)[1]
    found = [words for words in re.findall(r"(\w+) = (\w+)", body) if words != ("none", "0")]
    assert found == [(name.lower(), prefix + name) for name in names]


def test_every_parameter_is_found_by_its_name(stage, tool, run, build, link):
    text = (stage / "include" / "zst.h").read_text()
    lines = ["#include <zst.hpp>", "int main() {", "int wrong = 0;"]
    for prefix, kind in [("ZST_C_", "compression_parameters"), ("ZST_D_", "decompression_parameters")]:
        for name in re.findall(rf"^#define {prefix}(\w+) ", text, flags=re.MULTILINE):
            lines.append(f'wrong += static_cast<int>(zst::{kind}::find("{name.lower()}")) != {prefix}{name};')
    program = build / "names.cpp"
    program.write_text("\n".join([*lines, "return wrong;", "}"]))
    run([tool("g++"), "-std=c++17", program, *link, "-o", build / "names"])
    run([build / "names"])


# Constructors, overloads, and where C++ has another word.
OTHER_NAMES = {
    "new": None,
    "new_from_parameters": None,
    "free": None,
    "multi_compress_to_buffer_from_buffer": "multi_compress_to_buffer",
    "multi_compress_to_buffer_from_collection": "multi_compress_to_buffer",
    "multi_decompress_to_buffer_from_buffer": "multi_decompress_to_buffer",
    "multi_decompress_to_buffer_from_collection": "multi_decompress_to_buffer",
    "size": "size_bytes",
    "data": "memory",
}


def test_every_function_has_its_name_from_zst_h(stage, source):
    """zst_compressor_compress() is a member `compress` of a class `compressor`."""
    text = without_comments((stage / "include" / "zst.h").read_text())
    handles = re.findall(r"^typedef struct (zst_\w+) \1;", text, flags=re.MULTILINE)
    assert len(handles) == 17
    for function in re.findall(r"\b(zst_\w+)\(", text):
        # The longest that fits: zst_compressor_iterator_next() is one of the iterator.
        handle = max((name for name in handles if function.startswith(f"{name}_")), key=len, default=None)
        name = function.removeprefix(f"{handle}_" if handle else "zst_")
        name = OTHER_NAMES.get(name, name) if handle else name
        if handle:
            base = rf"\s*: public detail::handle<\s*{handle},\s*{handle}_free> \{{"
            body = re.search(rf"^class {handle.removeprefix('zst_')}{base}(.*?)^\}};", source, re.DOTALL | re.MULTILINE)[1]
            assert name is None or re.search(rf"\b{name}\(", body), function
        elif not re.match(r"zst_(source|sink|bytes|status)_", function):
            assert re.search(rf"^inline .*\b{name}\(|^compression_dict {name}\(", source, re.MULTILINE), function


# What it does.


def test_every_header_compiles_alone(compiler, stage, run, build):
    for header in headers(stage):
        program = build / f"{header.stem}.cpp"
        program.write_text(f"#include <{header.relative_to(stage / 'include')}>\n" * 2)
        run([compiler, "-std=c++17", *STRICT, "-fsyntax-only", f"-I{stage / 'include'}", program])


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_program(program, standard, compiler, tool, run, build, link):
    binary = build / program.stem
    for_valgrind = standard == STANDARDS[0] and program.stem != "test_memory"
    run([compiler, f"-std={standard}", *STRICT, *["-O1", "-g"] * for_valgrind, program, *link, "-o", binary])
    run([binary])
    if for_valgrind:
        run([tool("valgrind"), *VALGRIND, binary])


def test_every_program_is_finished_with_its_contexts():
    """Idle contexts are reachable, not leaked, so valgrind alone would not tell."""
    for program in PROGRAMS:
        assert "zst::free_idle_contexts();" in program.read_text().partition("int main()")[2], program.name


def test_exceptions_between_shared_objects(compiler, run, build, link):
    """The callback is in one, the call in the other, and neither shows its symbols."""
    hidden = [compiler, "-std=c++17", *STRICT, "-fvisibility=hidden"]
    plugin = build / "libplugin.so"
    run([*hidden, "-shared", "-fPIC", HERE / "plugin.cpp", *link, "-o", plugin])
    program = build / "host"
    run([*hidden, HERE / "host.cpp", plugin, f"-Wl,-rpath,{build}", *link, "-o", program])
    run([program])


# What must not compile: beside each line one that differs in that only, and does.

GOOD, BAD = 0, 1

PARAMETERS = """
    [[maybe_unused]] const zst::compressor &compressor, [[maybe_unused]] const zst::decompressor &decompressor,
    [[maybe_unused]] std::string kept, [[maybe_unused]] const zst::compression_dict &dict,
    [[maybe_unused]] const zst::buffer_with_segments_collection &collection
""".replace("\n", " ")

REFUSED = {
    "copy-a-handle": ("zst::compressor a; auto b = std::move(a);", "zst::compressor a; auto b = a;"),
    "copy-a-dictionary": ("const auto &copy = dict; (void)copy;", "zst::compression_dict copy = dict; (void)copy;"),
    "copy-parameters": ("zst::compression_parameters a; auto b = a.copy();", "zst::compression_parameters a; auto b = a;"),
    "copy-bytes": ("auto a = zst::compress(kept); auto b = std::move(a);", "auto a = zst::compress(kept); auto b = a;"),
    "copy-a-source": (
        "auto a = zst::source::from_path(kept); compressor.stream_reader(std::move(a));",
        "auto a = zst::source::from_path(kept); compressor.stream_reader(a);",
    ),
    "copy-an-ostream": (
        "zst::ostream a(zst::sink::to_path(kept)); auto b = std::move(a);",
        "zst::ostream a(zst::sink::to_path(kept)); auto b = a;",
    ),
    "view-of-temporary-bytes": (
        "auto bytes = zst::compress(kept); auto view = bytes.view();",
        "auto view = zst::compress(kept).view();",
    ),
    "memory-of-a-temporary-string": ("zst::source::from_memory(kept);", "zst::source::from_memory(text());"),
    "memory-of-temporary-bytes": (
        "auto bytes = zst::compress(kept); zst::source::from_memory(bytes);",
        "zst::source::from_memory(zst::compress(kept));",
    ),
    "lent-from-a-constant-temporary": (
        "const auto f = [&]() -> const std::string & { return kept; }; zst::source::from_memory(f());",
        "const auto f = [&]() -> const std::string { return kept; }; zst::source::from_memory(f());",
    ),
    "chunks-of-a-temporary": (
        "auto c = compressor.chunker(); for (auto p : c.compress(kept)) (void)p;",
        "auto c = compressor.chunker(); for (auto p : c.compress(text())) (void)p;",
    ),
    "chunks-of-a-temporary-to-decompress": (
        "auto c = decompressor.chunker(); for (auto p : c.decompress(kept)) (void)p;",
        "auto c = decompressor.chunker(); for (auto p : c.decompress(text())) (void)p;",
    ),
    "compress-by-a-temporary-chunker": (
        "auto c = compressor.chunker(); (void)c.compress(kept);",
        "(void)compressor.chunker().compress(kept);",
    ),
    "flush-of-a-temporary-chunker": (
        "auto c = compressor.chunker(); (void)c.flush();",
        "(void)compressor.chunker().flush();",
    ),
    "finish-of-a-temporary-chunker": (
        "auto c = compressor.chunker(); for (auto p : c.finish()) (void)p;",
        "for (auto p : compressor.chunker().finish()) (void)p;",
    ),
    "a-piece-of-a-temporary-chunker": ("auto c = compressor.chunker(); (void)c.next();", "(void)compressor.chunker().next();"),
    "decompress-by-a-temporary-chunker": (
        "auto c = decompressor.chunker(); (void)c.decompress(kept);",
        "(void)decompressor.chunker().decompress(kept);",
    ),
    "finish-of-a-temporary-chunker-to-decompress": (
        "auto c = decompressor.chunker(); (void)c.finish();",
        "(void)decompressor.chunker().finish();",
    ),
    "a-piece-of-a-temporary-chunker-to-decompress": (
        "auto c = decompressor.chunker(); (void)c.next();",
        "(void)decompressor.chunker().next();",
    ),
    "a-piece-of-a-temporary-iterator": (
        "auto i = compressor.read_to_iter(zst::source::from_path(kept)); (void)i.next();",
        "(void)compressor.read_to_iter(zst::source::from_path(kept)).next();",
    ),
    "a-piece-of-a-temporary-iterator-to-decompress": (
        "auto i = decompressor.read_to_iter(zst::source::from_path(kept)); (void)i.next();",
        "(void)decompressor.read_to_iter(zst::source::from_path(kept)).next();",
    ),
    "unused-data-of-a-temporary-iterator": (
        "auto i = decompressor.read_to_iter(zst::source::from_path(kept)); (void)i.unused_data();",
        "(void)decompressor.read_to_iter(zst::source::from_path(kept)).unused_data();",
    ),
    "bytes-of-a-temporary-dictionary": (
        "zst::compression_dict d(kept); (void)d.as_bytes();",
        "(void)zst::compression_dict(kept).as_bytes();",
    ),
    "buffer-on-a-temporary": ("zst::buffer_with_segments b(kept, {{0, 1}});", "zst::buffer_with_segments b(text(), {{0, 1}});"),
    "segment-of-a-temporary-buffer": ("auto b = collection.buffer(0); (void)b[0];", "(void)collection.buffer(0)[0];"),
    "segment-by-name-of-a-temporary-buffer": (
        "auto b = collection.buffer(0); (void)b.segment(0);",
        "(void)collection.buffer(0).segment(0);",
    ),
    "segments-of-a-temporary-buffer": (
        "auto b = collection.buffer(0); (void)b.segments();",
        "(void)collection.buffer(0).segments();",
    ),
    "memory-of-a-temporary-buffer": ("auto b = collection.buffer(0); (void)b.memory();", "(void)collection.buffer(0).memory();"),
    "item-of-a-temporary-batch": (
        'auto c = compressor.multi_compress_to_buffer({"a"}); (void)c[0];',
        '(void)compressor.multi_compress_to_buffer({"a"})[0];',
    ),
    "item-by-name-of-a-temporary-batch": (
        'auto c = compressor.multi_compress_to_buffer({"a"}); (void)c.segment(0);',
        '(void)compressor.multi_compress_to_buffer({"a"}).segment(0);',
    ),
    "payload-of-a-temporary-frame": ("(void)zst::read_skippable_frame(kept);", "(void)zst::read_skippable_frame(text());"),
    "items-that-are-temporary": (
        "std::vector<std::string> items; compressor.multi_compress_to_buffer(items);",
        "struct iterator { std::string operator*() { return {}; } void operator++() {}"
        " bool operator!=(iterator) { return false; } };"
        " struct { iterator begin() const { return {}; } iterator end() const { return {}; } } items;"
        " compressor.multi_compress_to_buffer(items);",
    ),
    "source-on-a-temporary-stream": (
        "std::istream a(nullptr); zst::source s(a);",
        "zst::source s(std::istream(nullptr));",
    ),
    "sink-on-a-temporary-stream": (
        "std::ostream a(nullptr); zst::sink s(a);",
        "zst::sink s{std::ostream(nullptr)};",
    ),
    "a-buffer-of-char": ("char b[9]; zst::compress({b, sizeof b});", "char b[9]; zst::compress(b);"),
    "a-pointer": ("zst::compress(std::string_view(kept.c_str()));", "zst::compress(kept.c_str());"),
    "no-bytes": ("zst::compress(std::vector<unsigned char>());", "zst::compress(std::vector<int>());"),
    "into-what-is-constant": (
        "compressor.compress_into(kept, kept);",
        "const std::string constant; compressor.compress_into(kept, constant);",
    ),
    "into-a-view": (
        "compressor.compress_into(kept, kept);",
        "compressor.compress_into(kept, std::string_view(kept));",
    ),
    "set-in-constant-parameters": (
        'zst::compression_parameters p; p.set("window_log", 20);',
        'const zst::compression_parameters p; p.set("window_log", 20);',
    ),
    "the-other-direction-s-parameter": (
        "zst::compression_parameters().set(zst::c_parameter::format, 1);",
        "zst::compression_parameters().set(zst::d_parameter::format, 1);",
    ),
    "a-number-for-flags": ("decompressor.decompress(kept, 0, zst::flag::strict);", "decompressor.decompress(kept, 0, 8);"),
    "a-number-for-a-flush": ("compressor.compressobj().flush(zst::flush_mode::block);", "compressor.compressobj().flush(1);"),
    "a-sink-that-says-neither": (
        "zst::sink s([](zst::bytes_view piece) { return piece.size(); });",
        "zst::sink s([](zst::bytes_view piece) { return piece.empty(); });",
    ),
    "progress-that-says-a-number": (
        "zst::progress p([](std::uint64_t, std::uint64_t) { return true; });",
        "zst::progress p([](std::uint64_t, std::uint64_t) { return 0; });",
    ),
}


def test_what_must_not_compile(compiler, stage, build):
    """All lines in one program: a compiler goes on after an error, and names the place of each."""

    def messages(which):
        program = build / f"{which}.cpp"
        functions = [
            f'#line 1 "{name}"\nvoid f{number}({PARAMETERS}) {{ {lines[which]} }}'
            for number, (name, lines) in enumerate(REFUSED.items())
        ]
        program.write_text("\n".join(["#include <zst.hpp>", "std::string text();", *functions, ""]))
        limit = "-ferror-limit=0" if "clang" in compiler else "-fmax-errors=0"
        command = [compiler, "-std=c++17", "-fsyntax-only", limit, f"-I{stage / 'include'}", program]
        return subprocess.run(command, capture_output=True, text=True, timeout=300).stderr

    assert messages(GOOD) == ""
    errors = messages(BAD)
    assert [name for name in REFUSED if not re.search(rf"(?<![\w-]){name}:1:", errors)] == []
