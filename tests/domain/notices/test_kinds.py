"""Every kind of notice has a sender, and is sent in the way that its row says."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.queue_messages import KIND_OF_EVENT
from registrar.domain.notices.texts import TEXTS
from tools.cloud.emulator import ROOT

PACKAGE = ROOT / "layers/registrar/python/registrar"
HANDLERS = sorted((ROOT / "functions").glob("*/handler.py"))
SENDERS = [*HANDLERS, *sorted((PACKAGE / "steps").glob("*.py")), PACKAGE / "domain/notices/notice.py"]


def _named(tree: ast.AST) -> Iterator[Kind]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Kind":
            yield Kind[node.attr]


@cache
def sent_at_once() -> set[Kind]:
    """Kinds that a handler sends within the request: `notices.send(Kind.X, …)`."""
    return {
        kind
        for path in HANDLERS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "notices.send" and node.args
        for kind in _named(node.args[0])
    }


def made_from_events() -> set[Kind]:
    """Kinds that events of the bus become."""
    return {
        kind
        for kinds in KIND_OF_EVENT.values()
        for kind in ([kinds] if isinstance(kinds, Kind) else kinds.values())
    }


@cache
def named_by_senders() -> set[Kind]:
    """Kinds that code of a handler or step names, or makes a notice of."""
    return {kind for path in SENDERS for kind in _named(ast.parse(path.read_text()))}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_sender(kind: Kind) -> None:
    assert kind in named_by_senders() | made_from_events()


def test_kinds_sent_at_once_match_the_table() -> None:
    assert sent_at_once() == {kind for kind in Kind if TEXTS[kind].sending is Sending.AT_ONCE}


def test_kind_made_from_an_event_has_no_other_sender() -> None:
    assert not made_from_events() & named_by_senders()
