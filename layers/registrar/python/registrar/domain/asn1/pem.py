"""Text with blocks between BEGIN and END lines (RFC 7468), as editors, mail programs and other systems left it."""

import base64
import codecs
from typing import NamedTuple

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

MAX_BLOCKS = 40
_BYTE_ORDER_MARK = codecs.BOM_UTF8

_BEGIN = b"-----BEGIN "
_END = b"-----END "
_DASHES = b"-----"
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Block(NamedTuple):
    """One block: `body` is the text between the lines, base64 or not."""

    label: str
    body: bytes

    def der(self) -> bytes | None:
        """The decoded bytes of the block; None where they are not base64."""
        return _decoded(self.body)


def blocks_in(content: bytes) -> list[Block]:
    """The blocks in `content`, in order, ignoring the text around them; empty if there are none.

    Raises Refusal FILE_UNREADABLE for a block that does not end, and for more than 40.
    """
    text = _ascii(content)
    at = 0
    blocks: list[Block] = []
    while (begin := text.find(_BEGIN, at)) >= 0:
        label_end = text.find(_DASHES, begin + len(_BEGIN))
        label = text[begin + len(_BEGIN) : max(label_end, 0)]
        end_line = _END + label + _DASHES
        end = text.find(end_line, label_end)
        if label_end < 0 or end < 0 or len(blocks) == MAX_BLOCKS:
            raise Refusal(Code.FILE_UNREADABLE)
        blocks.append(Block(label.decode("latin-1"), text[label_end + len(_DASHES) : end]))
        at = end + len(end_line)
    return blocks


def bare_base64(content: bytes) -> bytes | None:
    """The decoded bytes of a text that is base64 and nothing else, without BEGIN and END lines; None for others."""
    return _decoded(_ascii(content).removeprefix(_BYTE_ORDER_MARK))


def _decoded(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return None


def _ascii(content: bytes) -> bytes:
    """`content` as it would be in ASCII: Windows editors save as UTF-16, which starts with a mark."""
    if content[:2] not in _UTF_16_MARKS:
        return content
    return content.decode("utf-16", "replace").encode("ascii", "replace")
