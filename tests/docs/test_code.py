"""The code in the pages compiles as strictly as the library's own, and programs print what stands behind them."""

from pathlib import Path

import pytest

from guide import blocks

HERE = Path(__file__).parent
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
IN_C = list(blocks("c"))


def whole(code):
    """A program as it is; else what a reader has to add: around functions, or around statements."""
    if "int main(" in code:
        return code
    if code.startswith(("static ", "struct ")):
        return f'#include "fragment.h"\n{code}'
    return f'#include "fragment.h"\nint fragment(void) {{\n{code}\nreturn 0;\n}}\n'


def test_there_is_code():
    assert len(IN_C) > 10 and any(block.output for block in IN_C)


@pytest.mark.parametrize("block", IN_C, ids=lambda block: block.where)
def test_c(block, stage, zstd_headers, tool, run, build):
    source, program = build / "block.c", build / "block"
    source.write_text(whole(block.code))
    compile = [tool("gcc"), "-std=c99", *STRICT, "-Wno-unused-function", f"-I{stage / 'include'}", source]
    if "int main(" not in block.code:
        run([*compile, f"-I{HERE}", f"-I{zstd_headers}", "-fsyntax-only"])
        return
    lib = stage / "lib"
    run([*compile, "-pthread", "-g", f"-L{lib}", f"-Wl,-rpath,{lib}", "-lzst", "-o", program])
    valgrind = [tool("valgrind"), "--quiet", "--error-exitcode=99", "--leak-check=full"]
    output = run([*valgrind, "--errors-for-leak-kinds=definite,indirect,possible", program], cwd=build)
    if block.output is not None:
        assert output == block.output
