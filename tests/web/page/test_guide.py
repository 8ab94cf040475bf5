"""The customers' guide beside the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.texts_relying import RELYING_TEXTS
from tests.support.accessible import NARROWEST, too_wide, violations
from tests.support.visitor import DESKTOP, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.cloud]


def test_the_guide_has_a_place_for_each_reason_and_is_accessible(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor()
    page = visitor.page

    page.goto(f"{visitor.origin}/guide.html")
    places = set(page.locator("a[id]").evaluate_all("(all) => all.map((each) => each.id)"))
    pictures = page.locator("img")
    width = "(image) => image.decode().then(() => image.naturalWidth)"
    widths = [picture.evaluate(width) for picture in pictures.all()]

    assert {CATALOGUE[code].faq for code in CATALOGUE.keys() - RELYING_TEXTS} <= places
    assert len(widths) == 5
    assert min(widths) > 600
    assert violations(page) == []
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    assert too_wide(page) is None
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.get_by_role("link", name="분실·도난").first.click()
    expect(page.get_by_role("heading", name="분실·도난")).to_be_in_viewport()
