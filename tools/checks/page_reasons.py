"""Checks the page's texts of what it finds by itself against the catalogue: `python -m tools.checks.page_reasons`.

`--write` writes them. The page shows the service's texts; these are of files that are refused on the customer's
device already, and of registrations, whose view has a code alone.
"""

import argparse
import json
import sys

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from tools.cloud.emulator import ROOT

REASONS = ROOT / "web/app/src/texts/reasons.json"
SHOWN = (
    Code.UPLOAD_EMPTY,
    Code.UPLOAD_TOO_LARGE,
    Code.FILE_UNREADABLE,
    Code.FILE_NO_CERTIFICATE,
    Code.FILE_SEVERAL_CERTIFICATES,
    Code.FILE_ENCRYPTION_UNSUPPORTED,
    Code.FILE_KDF_COST_TOO_HIGH,
    Code.FILE_KEY_MISMATCH,
    Code.CERT_MALFORMED,
    Code.OWNER_UNVERIFIABLE,
    Code.REG_SUSPENDED,
    Code.REG_HELD,
    Code.REG_REVOKED,
    Code.REG_EXPIRED,
    Code.REG_SUPERSEDED,
    Code.REG_DEREGISTERED,
    Code.REG_BLOCKED,
)


def main() -> None:
    """Compare the file with the catalogue, or write it."""
    parser = argparse.ArgumentParser(description=f"Check {REASONS.name}.")
    parser.add_argument("--write", action="store_true", help="write the file")
    current = reasons()
    if parser.parse_args().write:
        REASONS.write_text(current, encoding="utf-8")
    elif not REASONS.exists() or REASONS.read_text(encoding="utf-8") != current:
        sys.exit(f"{REASONS.relative_to(ROOT)} differs from the catalogue: run `make docs`")


def reasons() -> str:
    """The texts by code, as JSON."""
    table = {
        code.value: {
            "next_action": CATALOGUE[code].next_action.value,
            "faq": CATALOGUE[code].faq,
            "title": dict(CATALOGUE[code].title),
            "text": dict(CATALOGUE[code].text),
        }
        for code in SHOWN
    }
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    main()
