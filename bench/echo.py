"""The host build and template.yaml with functions added that do only what any must: floors of the local cloud."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.packaging import build
from tools.packaging.template import read_template

# One log line, as every function writes: in the emulator, a handler without output is slower than one that logs.
ANSWERING = """
def lambda_handler(event, context):
    print('{"message": "echo"}')
    return {"statusCode": 200, "body": "{}"}
"""


@dataclass(frozen=True)
class Echo:
    """A function to add, its route in an API of the template, and what its role allows it."""

    code: str
    method: str
    path: str = "/echo"
    api: str = "Api"
    allowed: Sequence[Mapping[str, Any]] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)


GET = Echo(ANSWERING, "GET")


def with_functions(**added: Echo) -> tuple[Path, Path]:
    """A template and a build that have these functions too, by the names of their folders."""
    built = build.build(build.host())
    folder = build.BUILD / "bench" / "_".join(added)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder / "host")
    template = read_template(build.ROOT / "template.yaml")
    for name, echo in added.items():
        (folder / "host/functions" / name).mkdir()
        (folder / "host/functions" / name / "handler.py").write_text(echo.code)
        route = {"RestApiId": {"Ref": echo.api}, "Method": echo.method, "Path": echo.path}
        template["Resources"][f"{name.title().replace('_', '')}Function"] = {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": f"functions/{name}/",
                "Events": {"Call": {"Type": "Api", "Properties": route}},
                **({"Policies": [{"Statement": list(echo.allowed)}]} if echo.allowed else {}),
                **echo.properties,
            },
        }
    path = folder / "template.json"
    path.write_text(json.dumps(template))
    return path, folder / "host"
