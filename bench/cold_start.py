"""Cold start: a new process imports the built function and makes its clients.

Floor: the same locked packages, complete and with bytecode; import boto3, one DynamoDB client.
Both run under `python -I -S`: no site-packages except the named ones, as in Lambda. Compared is the processor time
from the first import to the last client; starting Python itself is not part of it.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench.clock import Timed, ratio, times
from bench.report import Row
from tests.support.account import an_account
from tests.support.shape import FUNCTIONS, as_list, statements, verb
from tools.packaging import build

GROUP = "Cold start ÷ stock boto3 with one DynamoDB client"
LAYER_GROUP = "Layer size"
ROUNDS = 15
STOCK = build.BUILD / "bench/stock"
DYNAMODB_ONLY = 0.85
OTHERS = 1.15

_FLOOR = "import boto3; boto3.client('dynamodb')"
_OURS = "from botocore.session import get_session; get_session().create_client('dynamodb')"
_LOGGER = "; from aws_lambda_powertools import Logger; Logger(service='bench')"
# What every function shares, to measure the cost of each part.
_PARTS = {"our layer, one DynamoDB client": _OURS, "our layer, one DynamoDB client and the Logger": _OURS + _LOGGER}
_TIMED = """
import sys, time
sys.path[:0] = {paths!r}
start = time.process_time()
{code}
print(time.process_time() - start)
"""


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """One row per function, against the floor."""
    built = build.build(build.host())
    _install_stock()
    layers = [str(built / "layers" / name / "python") for name in ("dependencies", "registrar")]
    with an_account() as account:
        environments = {verb(name): account.environment(verb(name)) for name in FUNCTIONS}
    # Without credentials a client looks for some in the network.
    aws = {name: value for name, value in environments["authorize"].items() if name.startswith("AWS_")}
    programs: dict[str, Timed] = {"floor": partial(_run, [str(STOCK)], _FLOOR, aws)}
    for name, environment in environments.items():
        programs[name] = partial(_run, [str(built / "functions" / name), *layers], "import handler", environment)
    programs |= {name: partial(_run, layers, code, aws) for name, code in _PARTS.items()}
    took = times(programs, rounds)
    dynamodb_only = {verb(name) for name in FUNCTIONS if _dynamodb_only(name)}
    for name in sorted(environments):
        limit = DYNAMODB_ONLY if name in dynamodb_only else OTHERS
        yield Row(GROUP, f"`{name}`", ratio(took[name], took["floor"]), limit)
    for name in _PARTS:
        yield Row(GROUP, name, ratio(took[name], took["floor"]), None)


def _run(paths: list[str], code: str, environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-I", "-S", "-c", _TIMED.format(paths=paths, code=code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{code} with {paths[0]}: {done.stderr[-2000:]}")
    return float(done.stdout.splitlines()[-1])


def _dynamodb_only(name: str) -> bool:
    """Whether the function's role lets it use DynamoDB and nothing else."""
    actions = [action for each in statements(name) for action in as_list(each["Action"])]
    return all(action.startswith("dynamodb:") for action in actions)


def _install_stock() -> None:
    lock = build.ROOT / "layers/dependencies/requirements.txt"
    stamp = STOCK.with_suffix(".lock")
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return
    shutil.rmtree(STOCK, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--compile"]
    subprocess.run([*pip, "--target", str(STOCK), "-r", str(lock)], check=True)
    stamp.write_bytes(lock.read_bytes())


def layer_rows() -> Iterator[Row]:
    """The unzipped size of the dependency layer, for AWS and for this host."""
    for target in (build.aws(), build.host()):
        folder = build.build(target) / "layers/dependencies"
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        yield Row(LAYER_GROUP, f"dependency layer for {target.name}, unzipped", size / 1e6, 35, "MB")
