"""PEM as it arrives: line ends, marks and text of every origin, in time that grows with the size only."""

import codecs
import contextlib
import time

import pytest

from registrar.domain.asn1.pem import Block, blocks_in
from registrar.domain.reasons.errors import Refusal
from tools.pki.npki_containers import pem

DER = bytes(range(200))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", [b"", codecs.BOM_UTF8, "메모: 인증서\r\n".encode("cp949"), b"\0\n", b"- ----\n"])
def test_text_around_blocks_is_ignored(newline: str, before: bytes) -> None:
    (block,) = blocks_in(before + pem("CERTIFICATE", DER, newline=newline) + b"after")
    assert (block.label, block.der()) == ("CERTIFICATE", DER)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(encoding: str) -> None:
    text = ("" if encoding == "utf-16" else "\ufeff") + "인증서\n" + pem("CERTIFICATE", DER).decode()
    (block,) = blocks_in(text.encode(encoding))
    assert block.der() == DER


def test_several_blocks_are_returned_in_order() -> None:
    blocks = blocks_in(pem("A", b"1") + b"between" + pem("B C", b"2") + pem("A", b"3"))
    assert [(block.label, block.der()) for block in blocks] == [("A", b"1"), ("B C", b"2"), ("A", b"3")]


def test_single_line_and_indented_bodies_are_read() -> None:
    assert Block("A", b" AAE\t=\n ").der() == b"\0\1"


@pytest.mark.parametrize(
    "content", [b"", b"plain text", b"-----END A-----", b"----BEGIN A----", b"\xff\xfe", b"\xff\xfe\0"]
)
def test_text_without_blocks_gives_nothing(content: bytes) -> None:
    assert blocks_in(content) == []


@pytest.mark.parametrize(
    "content",
    [
        b"-----BEGIN A",
        b"-----BEGIN A-----",
        b"-----BEGIN A-----AAE=-----END B-----",
        b"-----BEGIN A-----AAE=-----END A----",
        pem("A", DER)[:-3],
        b"-----BEGIN ",
        b"-----BEGIN A----- -----END A-----" * 41,
    ],
)
def test_unterminated_block_is_unreadable(content: bytes) -> None:
    with pytest.raises(Refusal, match="FILE_UNREADABLE"):
        blocks_in(content)


@pytest.mark.parametrize(
    "body", [b"a", b"AAE", b"AA*E", "인증서".encode(), b"Proc-Type: 4,ENCRYPTED\n\nAAE=", b"AAE=AAE="]
)
def test_body_that_is_not_base64_has_no_bytes(body: bytes) -> None:
    assert Block("A", body).der() is None


@pytest.mark.parametrize(
    "unit", [b"-----BEGIN A-----", b"-----BEGIN ", b"-----BEGIN A-----x-----END A-----", b"-----END A-----"]
)
def test_parsing_time_is_linear(unit: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(Refusal):
        blocks_in(unit * (65_536 // len(unit)))
    assert time.process_time() - started < 0.1
