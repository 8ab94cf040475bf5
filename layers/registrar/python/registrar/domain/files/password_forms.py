"""The encodings of a password that programs derive keys from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """A password as the bytes that programs made of it, the likeliest first; ASCII has one form of each kind.

    `octets` for the schemes of PKCS #5: UTF-8, then CP949. `bmp` for those of PKCS #12 (RFC 7292 appendix
    B.1): UTF-16BE with a zero character, then what OpenSSL before 1.1 wrote, each byte widened to a character.
    """

    octets: tuple[bytes, ...]
    bmp: tuple[bytes, ...]

    @classmethod
    def of(cls, text: str) -> "Password":
        """The forms of what a customer typed; a lone surrogate is in no encoding and leads to none."""
        octets = tuple(dict.fromkeys(filter(None, (_encoded(text, "utf-8"), _encoded(text, "cp949")))))
        if not text:
            return cls((b"",), (b"\0\0", b""))
        wide = _encoded(text, "utf-16-be")
        widened = (form.decode("latin-1").encode("utf-16-be") for form in octets)
        forms = (*([wide] if wide else []), *widened)
        return cls(octets, tuple(dict.fromkeys(form + b"\0\0" for form in forms)))


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None
