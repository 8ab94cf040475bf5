"""The mutants that no test can kill, from equivalents.toml: their names and the reasons."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

DOCUMENT = Path(__file__).with_suffix(".toml")


def equivalents() -> Mapping[str, str]:
    """The reason of each, by its name. Raises ValueError where a name stands there twice."""
    entries = tomllib.loads(DOCUMENT.read_text(encoding="utf-8"))["equivalent"]
    reasons = {each["mutant"]: each["reason"] for each in entries}
    if len(reasons) < len(entries):
        raise ValueError("an equivalent mutant stands there twice")
    return reasons
