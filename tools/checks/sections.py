"""Sections of documents that `make docs` writes and `make check` compares."""

import argparse
import sys
from pathlib import Path


def keep_section(path: Path, begin: str, end: str, content: str) -> None:
    """Compare the section between two markers with `content`; write it instead if called with `--write`."""
    parser = argparse.ArgumentParser(description=f"Check a section of {path.name}.")
    parser.add_argument("--write", action="store_true", help="write the section")
    write = parser.parse_args().write
    text = path.read_text(encoding="utf-8")
    current = with_section(text, begin, end, content)
    if write:
        path.write_text(current, encoding="utf-8")
    elif current != text:
        sys.exit(f"{path.name} differs from its sources after {begin.strip()!r}: run `make docs`")


def with_section(text: str, begin: str, end: str, content: str) -> str:
    """Replace the text between the two markers."""
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the document has no {begin!r} followed by {end!r}")
    return f"{before}{begin}{content}{end}{after}"
