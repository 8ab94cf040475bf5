"""Builds what gets deployed: `python -m tools.packaging.build --target host|aws`, into build/<target>/.

    layers/dependencies/python/   third-party packages, from layers/dependencies/requirements.txt
    layers/registrar/python/      our own package
    functions/<verb>/             one folder for each function

`host` is for this interpreter and machine (the local cloud, the packaging test, the benchmarks), `aws` for
Lambda's; tools.packaging.artefacts checks the result. A part is rebuilt only when the digest of its inputs changes.
"""

import argparse
import contextlib
import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.packaging import layer_diet

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LAMBDA_PYTHON = (3, 13)
LAMBDA_MACHINE = "aarch64"


@dataclass(frozen=True)
class Target:
    """Where a build will run."""

    name: str
    machine: str
    python: tuple[int, int]
    pip_options: tuple[str, ...]
    compiler: str | None
    """A Python whose bytecode the target can read, if one is installed."""
    in_lambda: bool

    @property
    def folder(self) -> Path:
        """The folder of this target's parts."""
        return BUILD / self.name


def host() -> Target:
    """This interpreter on this machine."""
    return Target("host", platform.machine(), sys.version_info[:2], (), sys.executable, in_lambda=False)


def aws() -> Target:
    """Lambda's Python 3.13 on arm64."""
    options = (
        "--platform=manylinux2014_" + LAMBDA_MACHINE,
        "--implementation=cp",
        "--python-version=" + _dotted(LAMBDA_PYTHON),
    )
    return Target("aws", LAMBDA_MACHINE, LAMBDA_PYTHON, options, _python(_dotted(LAMBDA_PYTHON)), in_lambda=True)


TARGETS = {"host": host, "aws": aws}


def build(target: Target) -> Path:
    """Bring every part of `target` up to date and return its folder."""
    target.folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with _lock(target.folder / ".lock"):
        layers = _build_layers(target)
        functions = _build_functions(target)
    if layers or functions:
        took = time.monotonic() - started
        print(f"built {functions} functions and {layers} layers for {target.name} in {took:.0f} s", flush=True)
    return target.folder


def _build_layers(target: Target) -> int:
    """Bring the layers up to date; return how many were built."""
    requirements = ROOT / "layers/dependencies/requirements.txt"
    inputs = [requirements, Path(layer_diet.__file__)]
    ours = ROOT / "layers/registrar/python"
    return sum(
        [
            _part(target, "layers/dependencies", inputs, partial(_install, target, requirements), inside="python"),
            _part(target, "layers/registrar", _sources(ours), partial(_copy, ours), inside="python"),
        ]
    )


def _build_functions(target: Target) -> int:
    """Bring the functions up to date and remove those without a source; return how many were built."""
    verbs = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}
    count = 0
    for verb in sorted(verbs):
        source = ROOT / "functions" / verb
        count += _part(target, f"functions/{verb}", _sources(source), partial(_copy, source))
    built = target.folder / "functions"
    for stale in built.iterdir() if built.is_dir() else ():
        if stale.name not in verbs:
            shutil.rmtree(stale)
    return count


def _part(target: Target, name: str, inputs: list[Path], make: Callable[[Path], None], inside: str = "") -> bool:
    """Build one part unless its inputs are unchanged; return whether it was built."""
    folder = target.folder / name
    stamp = target.folder / ".digests" / name.replace("/", "-")
    digest = _digest([Path(__file__), *inputs], f"{target} {sys.version} {platform.machine()}")
    if folder.is_dir() and stamp.is_file() and stamp.read_text() == digest:
        return False
    if folder.exists():
        shutil.rmtree(folder)
    content = folder / inside
    content.mkdir(parents=True)
    make(content)
    _compile(target, content, "/opt/python" if inside else "/var/task")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)
    return True


def _install(target: Target, requirements: Path, site: Path) -> None:
    # The lock is complete, so nothing is resolved; source distributions would run code here.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:", "--target", str(site)]
    command += [*target.pip_options, "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pip could not build the dependency layer:\n{done.stderr}")
    layer_diet.slim(site, target.machine)


def _copy(source: Path, folder: Path) -> None:
    for path in _sources(source):
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _compile(target: Target, folder: Path, deployed_at: str) -> None:
    if target.compiler is None:
        return
    # Unchecked: Lambda mounts these files read-only, and a zip's timestamps would void checked ones.
    command = [target.compiler, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    if target.in_lambda:
        command += ["-s", str(folder), "-p", deployed_at]
    subprocess.run([*command, str(folder)], check=True)


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _digest(inputs: list[Path], salt: str) -> str:
    digest = hashlib.sha256(salt.encode())
    for path in inputs:
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _python(version: str) -> str | None:
    """A working Python of this version: one in the path may be a shim that fails."""
    installed = sorted((Path.home() / ".pyenv/versions").glob(f"{version}*/bin/python{version}"))
    for candidate in [f"python{version}", *map(str, installed)]:
        with contextlib.suppress(OSError):
            command = [candidate, "-c", "import platform; print(platform.python_version())"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.startswith(f"{version}."):
                return candidate
    return None


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    # Two test runs may build concurrently.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Build the target named on the command line."""
    parser = argparse.ArgumentParser(description="Build layers and functions.")
    parser.add_argument("--target", choices=TARGETS, required=True)
    target = TARGETS[parser.parse_args().target]()
    if target.compiler is None:
        wanted = _dotted(LAMBDA_PYTHON)
        print(f"no Python {wanted} is installed: built without bytecode, Lambda compiles at cold start")
    build(target)


if __name__ == "__main__":
    main()
