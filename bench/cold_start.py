"""Cold start: a new process imports the built function and makes its clients.

Floor: the same locked packages, complete and with bytecode; import boto3, one DynamoDB client.
Both run under `python -I -S`: no site-packages except the named ones, as in Lambda.
"""

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.report import Row
from tools.packaging import build
from tools.packaging.template import read_template

GROUP = "Cold start ÷ stock boto3 with one DynamoDB client"
ROUNDS = 15
STOCK = build.BUILD / "bench/stock"
DYNAMODB_ONLY = 0.9
OTHERS = 1.25

_FLOOR = "import boto3; boto3.client('dynamodb')"
_OURS = "from botocore.session import get_session; get_session().create_client('dynamodb')"
_LOGGER = "; from aws_lambda_powertools import Logger; Logger(service='bench')"
# What every function shares, to measure the cost of each part.
_PARTS = {"our layer, one DynamoDB client": _OURS, "our layer, one DynamoDB client and the Logger": _OURS + _LOGGER}
_TIMED = """
import sys, time
sys.path[:0] = {paths!r}
start = time.perf_counter()
{code}
print(time.perf_counter() - start)
"""


def rows() -> Iterator[Row]:
    """One row per function: its median over ROUNDS interleaved runs ÷ the floor's."""
    built = build.build(build.host())
    _install_stock()
    layers = [str(built / "layers" / name / "python") for name in ("dependencies", "registrar")]
    programs = {"floor": ([str(STOCK)], _FLOOR)}
    for folder in sorted((built / "functions").iterdir()):
        programs[folder.name] = ([str(folder), *layers], "import handler")
    programs |= {name: (layers, code) for name, code in _PARTS.items()}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS + 1):
        for name, (paths, code) in programs.items():
            times[name].append(_run(paths, code))
    medians = {name: statistics.median(measured[1:]) for name, measured in times.items()}
    for name, median in medians.items():
        if name in _PARTS:
            yield Row(GROUP, name, median / medians["floor"], None)
        elif name != "floor":
            limit = DYNAMODB_ONLY if _dynamodb_only(name) else OTHERS
            yield Row(GROUP, f"`{name}`", median / medians["floor"], limit)


def _run(paths: list[str], code: str) -> float:
    command = [sys.executable, "-I", "-S", "-c", _TIMED.format(paths=paths, code=code)]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    """Every variable that template.yaml gives to any function, with a value of the right form."""
    variables = {
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
    }
    template = read_template(build.ROOT / "template.yaml")
    for resource in [{"Properties": template["Globals"]["Function"]}, *template["Resources"].values()]:
        variables |= dict.fromkeys(_variables(resource), "bench")
    return variables


def _variables(resource: object) -> list[str]:
    text = json.loads(json.dumps(resource))
    return list(text.get("Properties", {}).get("Environment", {}).get("Variables", {}))


def _dynamodb_only(verb: str) -> bool:
    """Whether the function's role lets it use DynamoDB and nothing else."""
    resources = read_template(build.ROOT / "template.yaml")["Resources"].values()
    (properties,) = [r["Properties"] for r in resources if r["Properties"].get("CodeUri") == f"functions/{verb}/"]
    statements = [s for policy in properties["Policies"] for s in policy["Statement"]]
    actions = [a for s in statements for a in (s["Action"] if isinstance(s["Action"], list) else [s["Action"]])]
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
        yield Row("Layer size", f"dependency layer for {target.name}, unzipped", size / 1e6, 35, "MB")
