"""Readers of what issuers send: certificates and lists, OCSP responses, and the protocols that carry them.

Where a signature would hide all that comes after its check, the signed part is what is mutated, and a demo CA signs
it: an issuer's own mistake, or a thief of its key.
"""

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from registrar.domain.asn1.ber import der_value
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.decision import decide_certificate
from registrar.domain.certificates.pss import read_pss
from registrar.domain.reasons.errors import CertificateMalformed, CrlUnusable
from registrar.domain.revocation.addresses import allowed
from registrar.domain.revocation.crl import Crl, read_crl
from registrar.domain.revocation.crl_entries import batches, read_entry
from registrar.domain.revocation.crl_index import Read, difference, index_crl, lookup, read_head
from registrar.domain.revocation.crl_status import Age, combined, stated_by_list, statement_of
from registrar.domain.revocation.distribution_points import Point, check_point, named_urls, points_of
from registrar.domain.revocation.status import recorded
from tests.support.builders import NOW, a_trust_store
from tests.support.npki_samples import a_customer, an_ec_customer
from tests.support.ocsp_answers import (
    a_response,
    asked,
    ca_itself,
    delegated,
    issuer,
    issuing_ca,
    of_the_root,
    signed_by,
    status,
)
from tools.fuzz.target import Target, Targets
from tools.pki.authorities import _oid as oid
from tools.pki.crls import Revoked, entry_der, make_crl, scope, signed_again
from tools.pki.responders import revoked, unsuccessful

_SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
_URL = "http://crl.yessign.example/crl.crl"
_LDAP = "ldap://ds.yessign.example:389/ou=dp1p1,ou=crldp,o=yessign,c=kr?certificateRevocationList"
_ORIGINS = ("http://crl.yessign.example", "ldap://ds.yessign.example:389")
_DAY = timedelta(days=1)
_AGE = Age(_DAY, timedelta(minutes=5))


def _key() -> rsa.RSAPrivateKey:
    return issuing_ca().key


def _certificate_signed() -> Target:
    """A certificate with a right signature, and all that is decided and looked up with it."""
    store = a_trust_store()
    head = read_head(_reading(_index()))

    def read(content: bytes) -> None:
        signature = _key().sign(content, padding.PKCS1v15(), hashes.SHA256())
        der = der_value(0x30, content + _SHA256_WITH_RSA + der_value(0x03, b"\0" + signature))
        decide_certificate(der, store, "personal", NOW)
        try:
            certificate = read_certificate(der)
        except CertificateMalformed:
            return
        named_urls(certificate)
        points_of(certificate, issuer().key_digest, store.issuers[0].operator)
        statement_of(certificate, head, None, NOW, _AGE)

    seeds = [each.certificate.tbs_certificate_bytes for each in (a_customer(), an_ec_customer())]
    return Target(read, seeds)


def _ocsp() -> Target:
    seeds = [
        *(a_response(who()) for who in (ca_itself, delegated, of_the_root)),
        a_response(said=revoked(x509.ReasonFlags.certificate_hold, NOW)),
        unsuccessful(x509.ocsp.OCSPResponseStatus.TRY_LATER),
    ]
    return Target(status, seeds)


def _ocsp_signed() -> Target:
    """The signed part of a response: whatever it says, the CA signed it."""

    def read(content: bytes) -> None:
        found = status(signed_by(_key(), content))
        if found.definite:
            recorded(found, _DAY, NOW, ())

    answers = [
        a_response(),
        a_response(said=revoked(x509.ReasonFlags.key_compromise, NOW)),
        a_response(by_key=True),
    ]
    return Target(read, [x509.ocsp.load_der_ocsp_response(each).tbs_response_bytes for each in answers])


@cache
def _lists() -> tuple[bytes, ...]:
    some = [
        Revoked(asked().serial, NOW, x509.ReasonFlags.certificate_hold),
        Revoked(1 << 130, NOW),
        Revoked(5, NOW),
    ]
    return (
        make_crl(issuing_ca(), some, this_update=NOW, idp=scope(uris=[_URL])),
        make_crl(issuing_ca(), some[:1], this_update=NOW, number=None),
        make_crl(issuing_ca(), [Revoked(n * 977, NOW) for n in range(1, 60)], this_update=NOW),
        make_crl(issuing_ca(), (), this_update=NOW, idp=scope(only_user=True)),
    )


@cache
def _index() -> bytes:
    return index_crl(read_crl(_lists()[0], issuer()))


def _reading(content: bytes) -> Read:
    return lambda at, length: content[at : at + length]


def _crl() -> Target:
    def read(content: bytes) -> Crl:
        return read_crl(content, issuer())

    return Target(read, _lists(), (CrlUnusable,))


def _crl_signed() -> Target:
    """The signed part of a list, and all that is done with the list: index, look-up, changes, status."""
    point = Point(issuer().key_digest, _URL, "yessign")

    def read(content: bytes) -> None:
        crl = read_crl(signed_again(issuing_ca(), content), issuer())
        check_point(crl.scope, point, issuer())
        index = index_crl(crl)
        head = read_head(_reading(index))
        entry = lookup(head, _reading(index), asked().serial)
        statement = statement_of(asked(), head, entry, NOW, _AGE)
        stated_by_list(asked(), head, entry)
        found = combined([statement])
        if found.definite:
            recorded(found, _DAY, NOW, (point.id,))
        difference(_index(), index)

    return Target(read, [x509.load_der_x509_crl(each).tbs_certlist_bytes for each in _lists()], (CrlUnusable,))


def _crl_entries() -> Target:
    """The walker over entries, and the strict reader of one."""

    def read(content: bytes) -> None:
        for batch in batches(content, 0, len(content)):
            for entry in batch:
                read_entry(entry)

    seeds = [
        b"".join(entry_der(serial, NOW, reason) for serial in (1, 300, 1 << 100)) for reason in (None, 1, 6, 10)
    ]
    return Target(read, seeds, (CrlUnusable,))


def _crl_index() -> Target:
    """The service's own form of a list, as if its bucket held something else."""

    def read(content: bytes) -> None:
        head = read_head(_reading(content))
        lookup(head, _reading(content), asked().serial)
        difference(content, _index())

    return Target(read, [index_crl(read_crl(each, issuer())) for each in _lists()], (CrlUnusable,))


def _address() -> Target:
    def read(content: bytes) -> None:
        allowed(content.decode("latin-1"), _ORIGINS)

    return Target(read, [_URL.encode(), _LDAP.encode()])


def _pss() -> Target:
    sha256 = der_value(0x30, oid("2.16.840.1.101.3.4.2.1"))
    mask = der_value(0x30, oid("1.2.840.113549.1.1.8") + sha256)
    parameters = der_value(0xA0, sha256) + der_value(0xA1, mask) + der_value(0xA2, b"\x02\x01\x20")
    return Target(read_pss, [der_value(0x30, oid("1.2.840.113549.1.1.10") + der_value(0x30, parameters))])


ISSUERS: Targets = {
    "certificate under its issuer's signature": _certificate_signed,
    "OCSP response": _ocsp,
    "OCSP response under the CA's signature": _ocsp_signed,
    "CRL": _crl,
    "CRL under its issuer's signature": _crl_signed,
    "CRL, walk over its entries": _crl_entries,
    "CRL, our index of it": _crl_index,
    "address of an issuer's server": _address,
    "RSASSA-PSS parameters": _pss,
}
