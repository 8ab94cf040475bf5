"""What axe, and a narrow window, find in a page."""

from typing import TYPE_CHECKING

from tools.cloud.emulator import ROOT

if TYPE_CHECKING:  # only the tests of the page have playwright
    from playwright.sync_api import Page

# WCAG 2.2, 1.4.10: 320 CSS pixels are 1280 at 400 %.
NARROWEST = 320
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
RUN_AXE = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`)
"""


def violations(page: "Page") -> list[str]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN_AXE)
    return found


def too_wide(page: "Page") -> str | None:
    wide: str | None = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? null : [...document.querySelectorAll("*")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => `${each.tagName}.${each.className}`).join(" ")"""
    )
    return wide
