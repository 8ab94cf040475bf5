"""The check of a build: the build of this machine passes, and each defect is found."""

import importlib.util
import os
import platform
import shutil
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tools.packaging import artefacts, build
from tools.packaging.layer_diet import OPERATIONS
from tools.packaging.template import read_template

HOST = build.host()
SITE = "layers/dependencies/python"


@pytest.fixture(scope="session")
def built() -> Path:
    return build.build(HOST)


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A build to damage. Its files are links: unlink before writing."""
    return a_copy(built, tmp_path / "build")


def a_copy(built: Path, folder: Path) -> Path:
    for part in ("layers", "functions"):
        shutil.copytree(built / part, folder / part, copy_function=os.link)
    return folder


def rewrite(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def one(folder: Path, pattern: str) -> Path:
    return min(folder.glob(pattern))


def test_host_build_fits_the_host(built: Path) -> None:
    assert artefacts.problems(HOST, built) == []


@pytest.mark.slow
def test_lambda_build_fits_lambda() -> None:
    """Needs a package registry the first time, as make build does."""
    target = build.aws()
    folder = build.build(target)

    assert artefacts.problems(target, folder) == []
    libraries = [path.name for path in (folder / SITE).rglob("*.so")]
    assert sorted(libraries) == ["_cffi_backend.cpython-313-aarch64-linux-gnu.so", "_rust.abi3.so"]
    assert bool(list(folder.rglob("*.pyc"))) == (target.compiler is not None)


def test_magic_number_of_this_python_is_known() -> None:
    number = struct.pack("<H", artefacts.MAGIC_NUMBERS[HOST.python]) + b"\r\n"

    assert number == importlib.util.MAGIC_NUMBER


# --- each defect of a build, and its message


def a_wheel_of(tag: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        rewrite(one(folder, f"{SITE}/cryptography-*.dist-info/WHEEL"), f"Wheel-Version: 1.0\nTag: {tag}\n".encode())

    return damage


def an_elf_for_another_machine(folder: Path) -> None:
    path = one(folder, f"{SITE}/_cffi_backend*.so")
    content = bytearray(path.read_bytes())
    content[18:20] = struct.pack("<H", 243)  # RISC-V
    rewrite(path, bytes(content))


def no_elf(folder: Path) -> None:
    rewrite(one(folder, f"{SITE}/cryptography/hazmat/bindings/_rust*.so"), b"\xcf\xfa\xed\xfe" + bytes(60))


def a_library_for_another_python(folder: Path) -> None:
    path = one(folder, f"{SITE}/_cffi_backend*.so")
    path.rename(path.with_name(f"_cffi_backend.cpython-310-{HOST.machine}-linux-gnu.so"))


def no_cffi_backend(folder: Path) -> None:
    one(folder, f"{SITE}/_cffi_backend*.so").unlink()


def bytecode_of_another_python(folder: Path) -> None:
    path = one(folder, "functions/login/__pycache__/*.pyc")
    rewrite(path, struct.pack("<H", 3394) + path.read_bytes()[2:])


def bytecode_with_a_timestamp(folder: Path) -> None:
    path = one(folder, "functions/login/__pycache__/*.pyc")
    content = path.read_bytes()
    rewrite(path, content[:4] + bytes(4) + content[8:])


def nothing_compiled(folder: Path) -> None:
    shutil.rmtree(folder / "functions/login/__pycache__")


def another_boto3(folder: Path) -> None:
    path = one(folder, f"{SITE}/boto3-*.dist-info")
    path.rename(path.with_name("boto3-1.0.0.dist-info"))


def no_jmespath(folder: Path) -> None:
    shutil.rmtree(folder / SITE / "jmespath")


def no_package_information(folder: Path) -> None:
    shutil.rmtree(one(folder, f"{SITE}/urllib3-*.dist-info"))


def no_tags(folder: Path) -> None:
    one(folder, f"{SITE}/six-*.dist-info/WHEEL").unlink()


def python_twice(folder: Path) -> None:
    python = folder / "layers/registrar/python"
    python.rename(folder / "ours")
    python.mkdir()
    (folder / "ours").rename(python / "python")


def no_layer(folder: Path) -> None:
    shutil.rmtree(folder / "layers/registrar")


def no_handler(folder: Path) -> None:
    (folder / "functions/login/handler.py").unlink()


def a_stale_function(folder: Path) -> None:
    (folder / "functions/login").rename(folder / "functions/sign_in")


def too_much(folder: Path) -> None:
    with (folder / SITE / "ballast").open("wb") as ballast:
        ballast.truncate(artefacts.MOST_BYTES)


NEWEST, MACHINE = f"cp3{HOST.python[1]}", HOST.machine


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")
@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (a_wheel_of("cp311-abi3-manylinux_2_28_s390x"), "manylinux_2_28_s390x does not fit"),
        (a_wheel_of(f"cp310-cp310-manylinux_2_17_{MACHINE}"), "does not fit"),
        (a_wheel_of(f"cp399-abi3-manylinux_2_17_{MACHINE}"), "does not fit"),
        (a_wheel_of(f"cp39-abi3-linux_{MACHINE}"), "does not fit"),
        (a_wheel_of(f"cp39-abi3-musllinux_1_2_{MACHINE}"), "does not fit"),
        (a_wheel_of("py2-none-any"), "does not fit"),
        (an_elf_for_another_machine, "is not ELF for"),
        (no_elf, "_rust"),
        (a_library_for_another_python, "_cffi_backend.cpython-310"),
        (no_cffi_backend, "_cffi_backend: missing"),
        (bytecode_of_another_python, "is not unchecked bytecode for Python"),
        (bytecode_with_a_timestamp, "is not unchecked bytecode"),
        (nothing_compiled, "functions/login/handler.py: is not compiled"),
        (another_boto3, "boto3-1.0.0.dist-info is there"),
        (no_jmespath, "jmespath: its code is missing"),
        (no_package_information, "urllib3: "),
        (no_tags, "six-1"),
        (python_twice, "python/python/"),
        (no_layer, "layers/registrar: no python/"),
        (no_handler, "functions/login: not built"),
        (a_stale_function, "functions/sign_in: built, but there is no such function"),
        (too_much, "MB unzipped, more than 35 MB"),
    ],
)
def test_damaged_build_is_refused(damage: Callable[[Path], None], expected: str, copy: Path) -> None:
    damage(copy)

    found = artefacts.problems(HOST, copy)

    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(
    "tag",
    [
        "py3-none-any",
        "py2.py3-none-any",
        f"cp39-abi3-manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}",
        f"{NEWEST}-{NEWEST}-manylinux2014_{MACHINE}",
        f"{NEWEST}-none-any",
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="names Linux")
def test_fitting_wheel_is_accepted(tag: str, copy: Path) -> None:
    a_wheel_of(tag)(copy)

    assert artefacts.problems(HOST, copy) == []


def test_newer_c_library_is_refused_for_lambda_only(copy: Path) -> None:
    a_wheel_of(f"cp39-abi3-manylinux_2_39_{MACHINE}")(copy)

    assert artefacts.problems(HOST, copy) == []
    found = artefacts.problems(replace(HOST, in_lambda=True), copy)
    assert ["cryptography" in problem and "2_39" in problem for problem in found] == [True]


@pytest.mark.skipif(platform.machine() == build.LAMBDA_MACHINE, reason="this machine has Lambda's architecture")
def test_host_build_is_refused_for_lambda(built: Path) -> None:
    found = "\n".join(artefacts.problems(replace(build.aws(), compiler=None), built))

    assert "is not ELF for aarch64" in found
    assert "does not fit Python 3.13 on aarch64" in found
    assert "is not installed" in found


def test_missing_bytecode_is_accepted_without_a_compiler(copy: Path) -> None:
    target = replace(HOST, compiler=None)
    assert artefacts.problems(target, copy)

    for cache in list(copy.rglob("__pycache__")):
        shutil.rmtree(cache)

    assert artefacts.problems(target, copy) == []


# --- the command, and the template it writes


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "BUILD", folder.parent)
    monkeypatch.setattr("sys.argv", ["artefacts", "--target", "host"])
    artefacts.main()


@pytest.fixture
def host_copy(built: Path, tmp_path: Path) -> Path:
    return a_copy(built, tmp_path / "host")


def test_template_is_written_only_beside_a_good_build(
    host_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(host_copy, monkeypatch)
    assert "MB unzipped" in capsys.readouterr().out
    assert (host_copy / "template.yaml").is_file()

    no_cffi_backend(host_copy)
    with pytest.raises(SystemExit, match="_cffi_backend: missing"):
        run(host_copy, monkeypatch)
    assert not (host_copy / "template.yaml").exists()


def test_built_template_differs_in_paths_only(copy: Path) -> None:
    written = read_template(artefacts.write_template(copy))
    original = read_template(build.ROOT / "template.yaml")

    for name, resource in original["Resources"].items():
        field = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}.get(
            resource["Type"]
        )
        if field:
            folder = copy / written["Resources"][name]["Properties"].pop(field)
            del resource["Properties"][field]
            resource.pop("Metadata", None)  # build instructions
            expected = "handler.py" if field == "CodeUri" else "python"
            assert (folder / expected).exists()
            assert folder.relative_to(copy)
    assert written == original
    assert (copy / "operations.yaml").read_bytes() == (build.ROOT / "operations.yaml").read_bytes()


def test_layer_has_exactly_the_listed_services(built: Path) -> None:
    data = built / SITE / "botocore/data"

    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == sorted(OPERATIONS)
