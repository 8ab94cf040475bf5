"""SAM's own command line on template.yaml: it accepts the template, and the commands in README.md deploy it.

Needs .venv-sam (make sam). SAM may connect to the local cloud and, to build, to a package registry:
nothing else.
"""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.shape import FUNCTIONS, RESOURCES, of_type, verb
from tools.cloud import seed, stack
from tools.cloud.emulator import ACCESS_KEY, REGION, ROOT, SECRET_KEY, Emulator
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.packaging import artefacts, build
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issuers import DemoIssuers

SAM = ROOT / ".venv-sam/bin/sam"
README = (ROOT / "README.md").read_text()

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.slow,
    pytest.mark.skipif(not SAM.exists(), reason="NOT TESTED: .venv-sam is missing, run make sam"),
]


class Outside:
    """A proxy that forwards nothing and records every attempt."""

    def __init__(self) -> None:
        self.tried: list[bytes] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                caller, _ = self._door.accept()
                with caller:
                    self.tried.append(caller.recv(200))

    def close(self) -> None:
        self._door.close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside()
    yield outside
    outside.close()
    assert outside.tried == [], "SAM tried to reach another host"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """SAM's folder, with a recent check for a newer release: SAM would query a registry once a week."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    return folder


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator.start() as started:
        yield started


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "__SAM_CLI_APP_DIR": str(home),
        "SAM_CLI_TELEMETRY": "0",
        "LANG": "C.UTF-8",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def to(emulator: Emulator, outside: Outside) -> dict[str, str]:
    """Environment that reaches this cloud only."""
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), outside.url)
    return {**nowhere, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "AWS_ENDPOINT_URL": emulator.url}


def sam(*arguments: str, env: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - a program named in the code, with no shell
        [str(SAM), *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"sam {' '.join(arguments)}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def outputs(emulator: Emulator) -> dict[str, str]:
    (described,) = emulator.client("cloudformation").describe_stacks(StackName="registrar")["Stacks"]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


def test_sam_validate_accepts_the_template(home: Path, outside: Outside, emulator: Emulator) -> None:
    printed = sam("validate", env=environment(home) | to(emulator, outside))

    assert "template.yaml is a valid SAM Template" in printed


def test_deployed_stack_serves_requests(
    home: Path,
    outside: Outside,
    emulator: Emulator,
    pki: DemoPki,
    issuers: DemoIssuers,
    new_certificate: Callable[..., CustomerCertificate],
) -> None:
    """With the host build, so that it runs here."""
    folder = build.build(build.host())
    assert artefacts.problems(build.host(), folder) == []
    template = artefacts.write_template(folder)
    parameters = {"Stage": "local", **seed.parameters(pki)}

    sam(
        "deploy",
        *(
            "--template-file",
            str(template),
            "--config-file",
            str(ROOT / "samconfig.toml"),
            "--no-confirm-changeset",
        ),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
        env=environment(home) | to(emulator, outside),
    )

    deployed = outputs(emulator)
    cloud = LocalCloud(emulator, deployed, stack.resources(emulator))
    assert {name for name in cloud.resources if name.endswith("Function")} >= FUNCTIONS.keys()
    customer = seed.seed(cloud, pki, issuers.url)
    phone = Phone(cloud.url, customer)
    answer = phone.log_in()
    assert answer.status == 200, answer.body
    assert phone.call("GET", "/registrations").json() == {"registrations": []}
    certificate = new_certificate()
    registered = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert registered.status == 201, registered.body


def readme_deploy() -> list[str]:
    """The command in README.md, without the parameters of one bank."""
    (line,) = [line for line in README.splitlines() if line.startswith(".venv-sam/bin/sam deploy")]
    return line.partition("#")[0].split()[1:]


def test_readme_commands_deploy_the_build_for_lambda(home: Path, outside: Outside, emulator: Emulator) -> None:
    """Deploys only: the machine code is for Lambda."""
    target = build.aws()
    assert artefacts.problems(target, build.build(target)) == []
    artefacts.write_template(target.folder)

    sam(
        *readme_deploy(),
        *("--no-confirm-changeset", "--parameter-overrides", "Stage=local"),
        env=environment(home) | to(emulator, outside),
    )

    outputs(emulator)
    functions = emulator.client("lambda")
    physical = stack.resources(emulator)
    for name in FUNCTIONS:
        configuration = functions.get_function_configuration(FunctionName=physical[name])
        assert (configuration["Runtime"], configuration["Architectures"]) == ("python3.13", ["arm64"])
        assert len(configuration["Layers"]) == 2


def test_sam_build_builds_every_function(home: Path, tmp_path: Path) -> None:
    """This build is not deployed (docs/decisions.md), but it has to be complete."""
    target = build.aws()
    if target.compiler is None:
        pytest.skip("NOT TESTED: sam build needs a working Python 3.13")
    # pip has to find its registry as in make build.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env = {**environment(home), **inherited, "SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(home)}
    # First in the path: another Python in the path may be a shim that fails.
    before = f"{Path(target.compiler).parent}:" if "/" in target.compiler else ""
    env["PATH"] = before + os.environ["PATH"]

    sam("build", "--build-dir", str(tmp_path / "built"), "--cache-dir", str(tmp_path / "cache"), env=env)

    for name in FUNCTIONS:
        assert (tmp_path / "built" / name / "handler.py").read_text() == (
            ROOT / "functions" / verb(name) / "handler.py"
        ).read_text()
    for layer in of_type("AWS::Serverless::LayerVersion"):
        assert RESOURCES[layer]["Metadata"]["BuildMethod"] == "python3.13"
        assert not (tmp_path / "built" / layer / "python/python").exists()
    assert (tmp_path / "built/RegistrarLayer/python/registrar/domain/registrations/upload.py").is_file()
    site = tmp_path / "built/DependenciesLayer/python"
    wrong = [
        *artefacts._packages(site),
        *artefacts._wheels(target, site),
        *artefacts._libraries(target, site),
    ]
    assert wrong == []
