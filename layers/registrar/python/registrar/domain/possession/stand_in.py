"""Certificates of nobody: a signature is checked against one where the customer's is unknown, so that the response
takes as long as for a known one. Passwords have the same in `UNKNOWN_CUSTOMER`.

The private keys were deleted when the certificates were made.
"""

import base64
from collections.abc import Iterable

from registrar.domain.possession.cms_signature import read_signer
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.reasons.errors import PossessionProofInvalid

_LONGEST_ECDSA = 139
"""Of P-521, in DER. No RSA key that is registered makes a signature as short."""


def is_signed(der: bytes | None, texts: Iterable[TextToSign], proof: Proof) -> bool:
    """Whether the key of the certificate `der` made the proof over one of `texts`, the versions of one.

    Where the certificate is unknown (None) it did not, and that takes as long: the signature is checked with a key
    of the kind that makes such ones.
    """
    try:
        check_one_signed(_nobodys(proof) if der is None else der, texts, _bare(proof) if der is None else proof)
    except PossessionProofInvalid:
        return False
    return der is not None


def _nobodys(proof: Proof) -> bytes:
    return _EC if len(_bare(proof).signature) <= _LONGEST_ECDSA else _RSA


def _bare(proof: Proof) -> Proof:
    """The signature alone, which is checked in any case."""
    signature = read_signer(proof.signature).signature if proof.kind == "cms" else proof.signature
    return Proof("signature", signature, None)


# RSA 2048 and P-256, self-signed.
_RSA = base64.b64decode(
    "MIICvjCCAaagAwIBAgIBATANBgkqhkiG9w0BAQsFADARMQ8wDQYDVQQDDAZub2JvZHkwHhcNMjYwMTAxMDAwMDAwWhcNMjYwMTAy"
    "MDAwMDAwWjARMQ8wDQYDVQQDDAZub2JvZHkwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCMzRR/lwQh2Udlp1w7ZdF1"
    "NaLZglitCQzl05FK83lnM1QOa8OJsSo6HgfLjGQwJeEMn/nav34x8orCbdyH6bPUcsQ8XdsZekcjAzy5awLLdRDl0f+1d1XDA+Ac"
    "S8RqQ+Mo9BrEy0pCNSXcnb+qC64hCqYw4YxGszrVqbLIA64ZsJ4STkToQxDH1yMrV9mmyOzU2uDELd6qs8yu+i3ML+2kMl5dMLin"
    "Ory4y+Etlqy7U0gokDAcNcdv7w2Ohd7RuCJiKtmqaChrQhP4h2lGfMfkfC3C+vWDN+FXtJ+MO0akh5IRjxWe4bgGHuyLJ4X9Iv89"
    "5Nvk27bCn66Nl7ZDJWfvAgMBAAGjITAfMB0GA1UdDgQWBBTjnP/WUgiCO8/K8eftXqopnLC1hDANBgkqhkiG9w0BAQsFAAOCAQEA"
    "L05Zh5JT9M8ie8EnZKPNp6Evn33UR516myyo2eURrFbi2rrGsgSD+nyxGFpMAvdh+rfQ7wARXa6Mp6yP/58bX8xbUE+bNi9XnzO4"
    "gXO2YEDPQlej85lyHpBO+aSief6jqsPEx9GyuEkUnQAgrYZh71F/51EUZLofFJy5NoyPBLxO80QY8QXtPX+OtCFDyebHygYkATHh"
    "nA2MMygjiRXal3vwiCHVxOFT94XPMd34DA4PVXlj2siuQR1Cp+zF6G5bO+M4trck0/pHqMCeLdgZs8/9INGdQcqM32wUiTJAQ5fu"
    "h4hygDroNyGwneQ24H0gh8EOgFxYctx+O4fixPN4bw=="
)
_EC = base64.b64decode(
    "MIIBMDCB2KADAgECAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBm5vYm9keTAeFw0yNjAxMDEwMDAwMDBaFw0yNjAxMDIwMDAw"
    "MDBaMBExDzANBgNVBAMMBm5vYm9keTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGe7/UtPoWsrCC8VfDbr/C85LqDWNYeyn5z2"
    "iObsFZ5gzNVUJ6JwJwIKaSwNHFR8UMhca2V7VGuDan5aTJsV82qjITAfMB0GA1UdDgQWBBRwl5m2fxmCKc4GoDRSv3nY9cXz8jAK"
    "BggqhkjOPQQDAgNHADBEAiBCPThFr89XJGApuq6vpiM7yBdmNwlvuB435SiKqAJ5SgIgQyAFKzIJVEsVBQvmQwqNSiNVtwf0dN4+"
    "zYTll4f6voY="
)
