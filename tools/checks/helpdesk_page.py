"""Checks the screens that docs/helpdesk.md quotes against the catalogue: `python -m tools.checks.helpdesk_page`.

`--write` writes them: what a customer sees, with the sample values of the contract's examples, and the next action
as an agent tells it. The bank's name and number stand there as the page's box names them.
"""

import argparse
import re
import sys

from registrar.domain.bank import Bank
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.rendering import render
from tools.checks.problem_examples import SUPPORT_REF, params_of
from tools.cloud.emulator import ROOT

PAGE = ROOT / "docs/helpdesk.md"
ANY_BANK = Bank("○○은행", "the bank", "고객센터 번호")
_SCREEN = re.compile(r"(<!-- screen (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Compare the page with the catalogue, or write it."""
    parser = argparse.ArgumentParser(description=f"Check {PAGE.name}.")
    parser.add_argument("--write", action="store_true", help="write the screens")
    current = PAGE.read_text(encoding="utf-8")
    wanted = with_screens(current)
    if parser.parse_args().write:
        PAGE.write_text(wanted, encoding="utf-8")
    elif current != wanted:
        sys.exit(f"{PAGE.relative_to(ROOT)} differs from the catalogue: run `make docs`")


def with_screens(page: str) -> str:
    """The page with each screen as the catalogue has it."""
    return _SCREEN.sub(lambda found: f"{found[1]}{screen(Code(found[2]))}{found[3]}", page)


def screen(code: Code) -> str:
    """What the customer sees, and the next action."""
    params = ANY_BANK.params | {"support_ref": SUPPORT_REF} | params_of(code)
    title, text = render(code, "ko", params)
    action = CATALOGUE[code].next_action
    step = NEXT_ACTIONS[action]["ko"]
    return f"> **화면: {title}** (`{code}`)<br>\n> {text}<br>\n> 다음 단계: {step} (`{action}`)\n"


if __name__ == "__main__":
    main()
