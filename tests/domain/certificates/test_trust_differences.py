"""The report on a proposed trust document names everything that differs from the active one."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registrar.domain.certificates.trust_differences import WORDS, differences
from tests.support.builders import a_certificate, a_trust_document

Path = tuple[str | int, ...]
Document = dict[str, Any]
KEY = "a" * 64


def a_responder() -> str:
    """A certificate of the proposer's own, in base64."""
    return base64.b64encode(a_certificate(key="ec").der).decode()


def a_full_document() -> Document:
    """A document in which every list has an entry."""
    document = copy.deepcopy(a_trust_document())
    document["rules"]["denied_keys"] = [KEY]
    document["operators"]["yessign"]["revocation"]["responders"] = [a_responder()]
    return document


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where each value of a document is that contains no other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for name, each in inner for leaf in leaves(each, (*path, name))]
    yield from found or [path]


def changed(document: Document, path: Path, change: Callable[[Any], Any]) -> Document:
    """A copy in which one value differs."""
    result = copy.deepcopy(document)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = change(place[path[-1]])
    return result


def another(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if len(value) > 500:  # a certificate
            return a_responder() if value != a_responder() else base64.b64encode(b"0\0").decode()
        case str():
            return value + "0"
    return "something"


def compared(old: Document, new: Document) -> list[str]:
    return differences(json.dumps(old).encode(), json.dumps(new).encode())


def names(lines: list[str], member: str) -> bool:
    return any(member in line.replace("(", ".").replace(" ", ".").split(".") for line in lines)


@pytest.mark.parametrize("path", list(leaves(a_full_document())), ids=lambda path: ".".join(map(str, path)))
def test_every_change_of_a_member_is_reported_by_name(path: Path) -> None:
    document = a_full_document()
    lines = compared(document, changed(document, path, another))

    assert lines
    for member in (step for step in path if isinstance(step, str)):
        identifies = member in ("certificate", "oid")
        assert identifies or names(lines, member), member
        assert identifies or member not in WORDS or any(WORDS[member] in line for line in lines)


@pytest.mark.parametrize("path", list(leaves(a_full_document())), ids=lambda path: ".".join(map(str, path)))
def test_every_member_has_plain_words(path: Path) -> None:
    operators = set(a_full_document()["operators"])
    assert {step for step in path if isinstance(step, str)} <= set(WORDS) | operators


@pytest.mark.parametrize("path", [p[:-1] for p in leaves(a_full_document()) if isinstance(p[-1], int)])
def test_a_shortened_list_is_reported(path: Path) -> None:
    document = a_full_document()
    assert names(compared(document, changed(document, path, lambda value: value[:-1])), str(path[-1]))


def test_documents_that_say_the_same_have_no_differences() -> None:
    document = a_full_document()
    spaced = json.dumps(document, indent=4, sort_keys=True).encode()
    assert differences(json.dumps(document).encode(), spaced) == []
    sets = changed(document, ("rules", "curves"), lambda value: value[::-1])
    assert compared(document, sets) == []


def test_order_that_decides_is_reported() -> None:
    document = a_full_document()
    for path in (("rules", "revocation", "order"), ("issuers",), ("operators", "yessign", "policies")):
        lines = compared(document, changed(document, path, lambda value: value[::-1]))
        assert names(lines, path[-1]), path


def test_an_added_entry_is_one_line_for_each_thing_it_says() -> None:
    document = a_full_document()
    policy = {"oid": "1.2.3.4", "kind": "personal", "label": {"ko": "가", "en": "A"}, "accepted": True}
    path = ("operators", "kica", "policies")
    lines = compared(document, changed(document, path, lambda value: [policy, *value]))
    place = "added: operators.kica.policies.1.2.3.4"
    assert [line.split(" (")[0] for line in lines] == [
        *(f"{place}.oid", f"{place}.kind", f"{place}.label.ko", f"{place}.label.en", f"{place}.accepted")
    ]


def test_a_pinned_responder_of_the_proposers_own_shows() -> None:
    """The attack: the maintainer's own responder is believed, OCSP alone, a status of a week is enough."""
    document = copy.deepcopy(a_trust_document())
    proposed = copy.deepcopy(document) | {"version": 2}
    sources = proposed["operators"]["yessign"]["revocation"]
    sources["ocsp"], sources["responders"] = "http://ocsp.example:80", [a_responder()]
    sources["crl"] = []
    revocation = proposed["rules"]["revocation"]
    revocation["order"], revocation["max_age_minutes"]["registering"] = ["ocsp"], 10080

    lines = compared(document, proposed)

    text = "\n".join(lines)
    assert len(lines) == 6
    addresses = '"http://ocsp.yessign.example:4612" becomes "http://ocsp.example:80"'
    assert f"address of the OCSP responder): {addresses}" in text
    assert 'order of the sources of the revocation status): ["ocsp", "crl"] becomes ["ocsp"]' in text
    assert "oldest status that is accepted, in minutes, to register): 2880 becomes 10080" in text
    assert 'servers that CRLs may come from): ["ldap://ds.yessign.example:389"] becomes []' in text
    (pinned,) = (line for line in lines if line.startswith("added: operators.yessign.revocation.responders."))
    assert "pinned OCSP responder, whose signed responses are believed" in pinned


def test_characters_that_disguise_a_line_are_escaped() -> None:
    document = a_full_document()
    path = ("operators", "yessign", "name", "en")
    (line,) = compared(document, changed(document, path, lambda _: "a\u202eb\u200b\nc"))
    assert line.isprintable()
    assert "a\\u202eb\\u200b\\nc" in line


def test_all_of_a_document_differs_from_an_unreadable_one() -> None:
    document = json.dumps(a_full_document()).encode()
    for unreadable in (b"", b"[]", b"{", b"[" * 100_000):
        lines = differences(unreadable, document)
        assert len(lines) > 100
        assert all(line.startswith("added: ") for line in lines)
