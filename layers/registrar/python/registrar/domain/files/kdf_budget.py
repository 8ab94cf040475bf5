"""What deriving keys from a password may cost for one try on one upload, counted in rounds.

The author of a file chose its round counts, and a derivation runs inside C where no timer stops it: 2^31 rounds
take minutes. So every count is read and charged here before anything is derived. One round is one turn of the
inner hash or HMAC for one block of output: a 3DES key and its IV by RFC 7292 appendix B.2 are three blocks and
cost three times the file's count. A million rounds take half a second (PBKDF2) to one (the SHA-1 loops).
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

T = TypeVar("T")

MAX_ROUNDS = 1_000_000
MAX_SCRYPT_BYTES = 32 * 1024 * 1024
MAX_SCRYPT_LANES = 4

# The count comes out of the file and may have thousands of digits; a reader needs no more than these.
_MOST_SHOWN = 2**53 - 1


class KdfBudget:
    """The rounds that one try may spend on all parts of an upload, its other encodings and PRFs included.

    `spent` is public so that tests can count.
    """

    __slots__ = ("limit", "spent")

    def __init__(self, limit: int = MAX_ROUNDS, spent: int = 0) -> None:
        self.limit = limit
        self.spent = spent

    def affords(self, rounds: int) -> bool:
        """Whether `rounds` more are within the budget. Charges nothing."""
        return self.spent + rounds <= self.limit

    def check(self, rounds: int) -> None:
        """Check that `rounds` more could be paid; charges nothing.

        Raises Refusal: FILE_KDF_COST_TOO_HIGH, FILE_UNREADABLE for a count that is none.
        """
        if rounds < 1:
            raise Refusal(Code.FILE_UNREADABLE)
        if not self.affords(rounds):
            raise Refusal(
                Code.FILE_KDF_COST_TOO_HIGH, rounds=min(self.spent + rounds, _MOST_SHOWN), limit=self.limit
            )

    def charge(self, rounds: int) -> None:
        """Pay for `rounds` that are about to be run. Raises Refusal as `check` does."""
        self.check(rounds)
        self.spent += rounds

    def paid(self, tries: Iterable[tuple[int, T]]) -> Iterator[T]:
        """Each of `tries`, given as (rounds, what to try), charged just before it comes out.

        Raises Refusal as `charge` does where the first is over the budget. A further one over the budget ends
        the tries: a mistyped password must be reported as such, not as a file that is too costly.
        """
        for number, (rounds, tried) in enumerate(tries):
            if number and not self.affords(rounds):
                return
            self.charge(rounds)
            yield tried


def scrypt_rounds(n: int, r: int, p: int) -> int:
    """What scrypt with these parameters (RFC 7914 section 2) counts as: N·r·p, near the time of so many rounds.

    Raises Refusal FILE_KDF_COST_TOO_HIGH when it needs more than 32 MiB or 4 lanes, FILE_UNREADABLE for
    parameters outside the RFC.
    """
    if n < 2 or n & (n - 1) or r < 1 or p < 1:
        raise Refusal(Code.FILE_UNREADABLE)
    if 128 * n * r > MAX_SCRYPT_BYTES or p > MAX_SCRYPT_LANES:
        raise Refusal(Code.FILE_KDF_COST_TOO_HIGH, rounds=min(n * r * p, _MOST_SHOWN), limit=MAX_ROUNDS)
    return n * r * p
