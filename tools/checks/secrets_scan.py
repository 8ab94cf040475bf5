"""Fails on an apparent secret that is not in .secrets.baseline: `python -m tools.checks.secrets_scan`.

Mark a made-up secret with `# pragma: allowlist secret` on its line. `--update` takes today's findings into
the baseline: look at each one first.
"""

import argparse
import os
import subprocess
import sys

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection

from tools.cloud.emulator import ROOT

BASELINE = ".secrets.baseline"


def main() -> None:
    """Scan every file git knows or would add."""
    parser = argparse.ArgumentParser(description="Look for secrets.")
    parser.add_argument("--update", action="store_true", help="take what is found into the baseline")
    update = parser.parse_args().update
    os.chdir(ROOT)  # the baseline has paths relative to this folder
    # Loading applies the baseline's plugins and filters to the scan below.
    known = baseline.load(baseline.load_from_file(BASELINE), BASELINE)
    found = SecretsCollection()
    found.scan_files(*_files())
    if update:
        baseline.save_to_file(found, BASELINE)
        return
    new = found - known
    for path, secret in new:
        print(f"{path}:{secret.line_number}: {secret.type}")
    if new:
        sys.exit("not in .secrets.baseline")


def _files() -> list[str]:
    # Git would refuse a checkout of another user; it is only read here.
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name]
    # The baseline and the lock files consist of digests.
    skipped = (BASELINE, "requirements.txt", "dev.txt", "emulator.txt")
    return [name for name in names if (ROOT / name).is_file() and not name.endswith(skipped)]


if __name__ == "__main__":
    main()
