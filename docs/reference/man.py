"""man.py DIRECTORY: manual pages of zst.h: zst(3), one for each group of functions, and every function's name."""

import email.utils
import re
import sys
from pathlib import Path

import header

LINK = "cc program.c $(pkg-config --cflags --libs zst)"


def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def code(text):
    """A code span: arguments are italic as in the synopsis, other words bold."""
    font = "I" if re.fullmatch(r"\*?[a-z_]+", text) else "B"
    return f"\\f{font}{escape(text)}\\fP"


def prose(text):
    text = text.replace("\\", "\\e")
    return re.sub(r"\b(zst_\w+|ZST_\w+)", r"\\fB\1\\fP", text)


def paragraph(text):
    """Text with code spans, each sentence on a line of its own."""
    parts = re.split(r"`([^`]+)`", " ".join(text.split()))
    text = "".join(code(part) if number % 2 else prose(part) for number, part in enumerate(parts))
    return re.sub(r"(?<=[a-z)P0-9\"]\.) +(?=\S)", "\n", text)


def paragraphs(text, between="\n.PP\n"):
    return between.join(map(paragraph, text.split("\n\n")))


def prototype(text):
    """Lines of a declaration, broken between parameters only."""
    head, parameters = re.fullmatch(r"(.*?)\((.*)\);", " ".join(text.split())).groups()
    lines = [f"{head}("]
    # A callback among the parameters has parentheses, and perhaps commas, of its own.
    for parameter in re.findall(r"[^,(]+(?:\([^()]*\))*,? ?", parameters + ");"):
        if len(lines[-1]) + len(parameter.rstrip()) > 76:
            lines.append(" " * 8)
        lines[-1] += parameter
    return "\n".join(f"\\fB{escape(line.rstrip())}\\fP" for line in lines)


def struct(item):
    body = re.sub(r" */\*\*.*?\*/\n", "", item.code, flags=re.DOTALL)
    return "\n".join(f"\\fB{escape(line)}\\fP" for line in body.splitlines())


def fields(item):
    """The commented fields of a struct, with their comments."""
    for comment, field in re.findall(r"/\*\*(.*?)\*/\n\s*([^;]*);", item.code, re.DOTALL):
        name = re.search(r"\(\*(\w+)\)|(\w+)(?:\[\d+\])?$", field)
        yield tagged(f"\\fI{name[1] or name[2]}\\fP", header.uncomment(comment))


def tagged(tag, text):
    return f".TP\n{tag}\n" + paragraphs(text, "\n.IP\n")


def constants(item):
    lines = [line.split(None, 2) for line in item.code.splitlines()]
    return tagged("\n.TQ\n".join(f"\\fB{name}\\fP {escape(value)}" for _, name, value in lines), item.comment)


def section(title, parts):
    parts = list(parts)
    return [f".SH {title}", *parts] if parts else []


def group_page(group, homes):
    kinds = ["constant", "type", "struct", "function"]
    of = {kind: [item for item in group.items if item.kind == kind] for kind in kinds}
    synopsis = [f"\\fB{item.code}\\fP" for item in of["type"]]
    synopsis += [struct(item) for item in of["struct"]] + [prototype(item.code) for item in of["function"]]
    text = "".join(item.code + item.comment for item in group.items)
    others = {homes[name] for name in re.findall(r"\bzst_\w+", text) if name in homes}
    others -= {group.name, "zst_status", "zst_error"}
    lines = section("SYNOPSIS", [".nf\n.B #include <zst.h>\n", "\n\n".join(synopsis), ".fi"])
    lines += [".SH DESCRIPTION", *(paragraphs(item.comment) for item in of["type"])]
    if group.name not in [item.name for item in of["type"] + of["struct"]]:
        lines.append(paragraph(group.about))
    for item in sorted(of["struct"], key=lambda item: item.name != group.name):
        lines += [f".SS {item.name}"] * (item.name != group.name) + [paragraphs(item.comment), *fields(item)]
    lines += section("FUNCTIONS", (tagged(f"\\fB{item.name}\\fP()", item.comment) for item in of["function"]))
    lines += section("CONSTANTS", map(constants, of["constant"]))
    return lines + see_also(["zst", *sorted(others)])


def see_also(names):
    return [".SH SEE ALSO", ",\n".join(f".BR {name} (3)" for name in names)]


def main_page(text, groups):
    yield from section("SYNOPSIS", [".nf\n.B #include <zst.h>\n", f".B {escape(LINK)}\n.fi"])
    yield ".SH DESCRIPTION"
    yield "The rich Zstandard API of python\\-zstandard as a C library."
    yield "Each of these pages has the functions of one noun:"
    yield from (tagged(f".BR {group.name} (3)", group.about) for group in groups)
    yield ".SH RULES FOR EVERY FUNCTION"
    bullets, last = header.rules(text).split("\n\n")
    yield from (f".IP \\(bu 2\n{paragraph(bullet)}" for bullet in bullets.removeprefix("- ").split("\n- "))
    yield f".PP\n{paragraph(last)}"
    yield from see_also(["zstd"])


def title(name, about):
    changelog = (header.ROOT / "debian/changelog").read_text()
    version, date = re.search(r"\((.*?)\)", changelog)[1], re.search(r"^ -- .*>  (.*)$", changelog, re.MULTILINE)[1]
    day = email.utils.parsedate_to_datetime(date).date()
    return [f'.TH {name} 3 "{day}" "zst {version}" "zst"', ".SH NAME", f"{name} \\- {paragraph(about).rstrip('.')}"]


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    text = header.read()
    groups = list(header.groups(text))
    homes = {item.name: group.name for group in groups for item in group.items}

    def write(name, lines):
        (directory / f"{name}.3").write_text("\n".join(lines) + "\n")

    write("zst", [*title("zst", "Zstandard compression and decompression"), *main_page(text, groups)])
    for group in groups:
        write(group.name, [*title(group.name, group.about[0].lower() + group.about[1:]), *group_page(group, homes)])
        for item in group.items:
            if item.kind == "function" and item.name != group.name:
                write(item.name, [f".so man3/{group.name}.3"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
