"""Fuzzes one reader, guided by coverage: `python -m tools.fuzz.worker NAME RUNS REPORT`, in .venv-fuzz.

Every error is noted and the run goes on; what ends it is the number of calls, or a reader that hangs or takes all
memory, on which libFuzzer's own limits end the process. The branches of our Python code guide it, those inside
`cryptography` and OpenSSL do not.
"""

import json
import os
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["registrar"]):
    from tools.fuzz.measure import Measured, bound_memory
    from tools.fuzz.mutations import mutated
    from tools.fuzz.target import given_files
    from tools.fuzz.targets import TARGETS

_HANGS_SECONDS = 30


def main() -> None:
    """Fuzz, and write what was measured as JSON. Does not return."""
    _, name, runs, report = sys.argv
    warnings.simplefilter("ignore")  # `cryptography` warns of odd values that it reads all the same
    with atheris.instrument_imports(include=["registrar"]):
        target = TARGETS[name]()
    seeds = [*target.seeds, *given_files()]
    measured = Measured()
    # What a process needs once, modules and caches, is no reader's.
    for seed in seeds:
        measured.call(seed, target.read, target.refuses)
    measured = Measured(failures=measured.failures)
    bound_memory()
    started = time.monotonic()

    def one(content: bytes) -> None:
        measured.call(content, target.read, target.refuses)
        if measured.calls >= int(runs):
            found = measured.as_json(time.monotonic() - started, Path(report).with_suffix(""))
            Path(report).write_text(json.dumps(found))
            os._exit(0)

    def change(content: bytes, most: int, seed: int) -> bytes:
        """Half of the changes are made to values whose lengths then fit, half are libFuzzer's own."""
        if seed & 1:
            return bytes(atheris.Mutate(content, most))
        return mutated(content, random.Random(seed), seeds)[:most]  # noqa: S311 - repeatable

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            Path(folder, f"{number}").write_bytes(seed)
        arguments = [f"-max_len={target.most_bytes}", f"-timeout={_HANGS_SECONDS}", "-rss_limit_mb=2048"]
        quiet = ["-verbosity=0", "-print_final_stats=0", "-seed=20261130"]
        atheris.Setup([sys.argv[0], folder, *arguments, *quiet], one, custom_mutator=change)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
