"""Checks a build before it can be deployed: `python -m tools.packaging.artefacts --target host|aws`.

A build for the wrong processor, interpreter or release loads in no function, and fails only at the first
request. A build that passes gets build/<target>/template.yaml for `sam deploy`; one that fails loses it.
"""

import argparse
import re
import shutil
import struct
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import yaml

from tools.packaging import layer_diet
from tools.packaging.build import ROOT, TARGETS, Target
from tools.packaging.template import nested_templates, point_at, read_template

MOST_BYTES = 35_000_000
"""Layers and all functions, unzipped. Lambda allows 250 MB; this limit keeps cold starts short."""

MOST_LISTED = 20

LAMBDA_GLIBC = 34
"""The minor version of Amazon Linux 2023's C library, 2.34."""

MAGIC_NUMBERS = {(3, 11): 3495, (3, 12): 3531, (3, 13): 3571}
"""The magic number of each Python's bytecode."""

_ELF_MACHINES = {"x86_64": 62, "aarch64": 183}
_UNCHECKED_HASH = 1
_LEGACY_GLIBC = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
_PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def problems(target: Target, folder: Path) -> list[str]:
    """Everything that is wrong with the build for `target` in `folder`."""
    site = folder / "layers/dependencies/python"
    found = [*_layout(folder)]
    if site.is_dir():
        found += [*_packages(site), *_wheels(target, site), *_libraries(target, site)]
    found += [*_bytecode(target, folder), *_size(folder)]
    return found


def write_template(folder: Path) -> Path:
    """Write template.yaml with every CodeUri and ContentUri replaced by its built folder, and its nested stacks."""
    written = folder / "template.yaml"
    pointed = point_at(read_template(ROOT / "template.yaml"), folder)
    written.write_text(yaml.safe_dump(pointed, sort_keys=False, allow_unicode=True, width=116))
    for nested in nested_templates(pointed):
        shutil.copyfile(ROOT / nested, folder / nested)
    return written


def _layout(folder: Path) -> Iterator[str]:
    for layer in sorted(path.name for path in (ROOT / "layers").iterdir()):
        python = folder / "layers" / layer / "python"
        if not python.is_dir():
            yield f"layers/{layer}: no python/ at the top, Lambda would not find a module"
        if (python / "python").exists():
            yield f"layers/{layer}: python/python/, one too many"
    verbs = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}
    built = {handler.parent.name for handler in (folder / "functions").glob("*/handler.py")}
    yield from (f"functions/{verb}: not built" for verb in sorted(verbs - built))
    yield from (f"functions/{verb}: built, but there is no such function" for verb in sorted(built - verbs))


def _packages(site: Path) -> Iterator[str]:
    lock = (ROOT / "layers/dependencies/requirements.txt").read_text()
    for package, version in _PIN.findall(lock):
        if layer_diet.is_dropped(package):
            continue
        info = site / f"{package.replace('-', '_')}-{version}.dist-info"
        if not (info / "RECORD").is_file():
            there = ", ".join(path.name for path in site.glob(f"{package.replace('-', '_')}-*.dist-info"))
            yield f"{package}: {version} is locked, {there or 'nothing'} is there"
            continue
        files = (line.partition(",")[0] for line in (info / "RECORD").read_text().splitlines())
        if not any((site / name).is_file() for name in files if name.endswith(".py")):
            yield f"{package}: its code is missing"


def _wheels(target: Target, site: Path) -> Iterator[str]:
    for info in sorted(site.glob("*.dist-info")):
        wheel = info / "WHEEL"
        tags = re.findall(r"^Tag: (\S+)", wheel.read_text(), re.MULTILINE) if wheel.is_file() else []
        if not tags:
            yield f"{info.name}: no tags"
        elif not any(_fits(tag, target) for tag in tags):
            yield f"{info.name}: {', '.join(tags)} does not fit {_named(target)}"


def _fits(tag: str, target: Target) -> bool:
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    return any(
        _fits_interpreter(python, abi, target.python) and _fits_platform(platform, target)
        for python, abi, platform in product(pythons, abis, platforms)
    )


def _fits_interpreter(python: str, abi: str, wanted: tuple[int, int]) -> bool:
    version = f"{wanted[0]}{wanted[1]}"
    if abi == "abi3":
        oldest = re.fullmatch(r"cp3(\d+)", python)
        return oldest is not None and int(oldest[1]) <= wanted[1]
    if abi == "none":
        return python in (f"py{wanted[0]}", f"py{version}", f"cp{version}")
    return python == abi == f"cp{version}"


def _fits_platform(platform: str, target: Target) -> bool:
    if platform == "any":
        return True
    if not target.in_lambda and sys.platform != "linux":
        return platform.endswith(target.machine)
    form, _, glibc = platform.removesuffix(f"_{target.machine}").partition("_2_")
    if not platform.endswith(f"_{target.machine}"):
        return False
    needed = int(glibc) if form == "manylinux" and glibc.isdigit() else _LEGACY_GLIBC.get(form)
    return needed is not None and (needed <= LAMBDA_GLIBC or not target.in_lambda)


def _libraries(target: Target, site: Path) -> Iterator[str]:
    libraries = sorted(path for path in site.rglob("*.so*") if path.is_file())
    if not any(path.name.startswith("_cffi_backend") for path in libraries):
        yield "_cffi_backend: missing, cryptography does not load without it"
    for path in libraries:
        name = path.relative_to(site)
        tag = re.search(r"\.cpython-(\d)(\d+)-", path.name)
        if tag and (int(tag[1]), int(tag[2])) != target.python:
            yield f"{name}: is not for {_named(target)}"
        if target.in_lambda or sys.platform == "linux":
            machine = _elf_machine(path)
            if machine != _ELF_MACHINES[target.machine]:
                yield f"{name}: is not ELF for {target.machine} (machine {machine})"


def _elf_machine(path: Path) -> int | None:
    """The field e_machine of an ELF file with 64-bit little-endian content, None for anything else."""
    head = _head(path, 20)
    if len(head) < 20 or not head.startswith(b"\x7fELF\x02\x01"):
        return None
    machine: int
    (machine,) = struct.unpack_from("<H", head, 18)
    return machine


def _bytecode(target: Target, folder: Path) -> Iterator[str]:
    compiled = sorted(folder.rglob("*.pyc"))
    if target.compiler is None:
        made = f"was not compiled by {_named(target)}, which is not installed"
        yield from (f"{path.relative_to(folder)}: {made}" for path in compiled)
        return
    start = struct.pack("<H2sI", MAGIC_NUMBERS[target.python], b"\r\n", _UNCHECKED_HASH)
    for path in compiled:
        if _head(path, len(start)) != start:
            yield f"{path.relative_to(folder)}: is not unchecked bytecode for {_named(target)}"
    tag = f"cpython-{target.python[0]}{target.python[1]}"
    for path in sorted(folder.rglob("*.py")):
        if not (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").is_file():
            yield f"{path.relative_to(folder)}: is not compiled, each cold start would compile it"


def _head(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


def _size(folder: Path) -> Iterator[str]:
    total = size(folder)
    if total > MOST_BYTES:
        yield f"{total / 1e6:.1f} MB unzipped, more than {MOST_BYTES / 1e6:.0f} MB"


def size(folder: Path) -> int:
    """Bytes of all layers and functions, unzipped."""
    parts = (folder / "layers", folder / "functions")
    return sum(path.stat().st_size for part in parts for path in part.rglob("*") if path.is_file())


def _named(target: Target) -> str:
    return f"Python {target.python[0]}.{target.python[1]} on {target.machine}"


def main() -> None:
    """Check one target's build, and write the template that deploys it."""
    parser = argparse.ArgumentParser(description="Check a build and write its template.")
    parser.add_argument("--target", choices=TARGETS, required=True)
    target = TARGETS[parser.parse_args().target]()
    (target.folder / "template.yaml").unlink(missing_ok=True)
    found = problems(target, target.folder)
    if found:
        more = [f"… and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
        raise SystemExit("\n".join([f"this build does not fit {target.name}:", *found[:MOST_LISTED], *more]))
    write_template(target.folder)
    megabytes = size(target.folder) / 1e6
    print(f"checked {target.name}: {megabytes:.1f} MB unzipped, {_named(target)}")


if __name__ == "__main__":
    main()
