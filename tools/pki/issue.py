"""Issues a certificate to try the service with: `python -m tools.pki.issue FOLDER [--outcome NAME] [--ec]`.

Writes what a customer holds: an NPKI folder and a PFX under one password, and what a client module returns for
them, the private key and R. `--outcome` names how the service decides; the demo issuers of `make up` respond
accordingly.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.cloud import seed
from tools.pki.authorities import CustomerCertificate, DemoPki, end_of_day_in_seoul
from tools.pki.issuers import store_mode
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

FILE_PASSWORD: Final = "npki-demo-1"  # noqa: S105 - it protects keys that protect nothing


@dataclass(frozen=True)
class Outcome:
    """How the service decides on a certificate.

    `code` is the reason that the app sees first, or none. `days` are the certificate's first and last day, counted
    from today; `issued` are arguments of `issue_customer`, `mode` is that of the responder's responses.
    """

    code: str | None
    days: tuple[int, int] = (-1, 365)
    issued: Mapping[str, Any] = field(default_factory=dict)
    mode: str = "good"
    trusted: bool = True


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "good": Outcome(None),
    "expires-soon": Outcome("CERT_EXPIRES_SOON", (-358, 7)),
    "expired": Outcome("CERT_EXPIRED", (-400, -35)),
    "not-yet-valid": Outcome("CERT_NOT_YET_VALID", (7, 372)),
    "wrong-policy": Outcome(
        "CERT_POLICY_NOT_ACCEPTED", issued={"operator": "kica", "policy_oid": "1.2.410.200004.5.2.1.7.2"}
    ),
    "weak-key": Outcome("CERT_KEY_TOO_WEAK", issued={"rsa_bits": 1024, "key": "rsa"}),
    "encipherment": Outcome("CERT_USAGE_NOT_ALLOWED", issued={"encipherment": True}),
    "own-bank": Outcome("OWN_BANK_CERTIFICATE", issued={"bank_ou": "JBB"}),
    "unknown-issuer": Outcome("TRUST_ISSUER_UNKNOWN", trusted=False),
    "revoked": Outcome("REVOKED_BY_ISSUER", mode="revoked"),
    "on-hold": Outcome("ISSUER_ON_HOLD", mode="hold"),
    "unknown-status": Outcome("REVOCATION_STATUS_UNKNOWN", mode="unknown"),
    "no-response": Outcome("REVOCATION_UNAVAILABLE", mode="tryLater"),
    "wrong-owner": Outcome("OWNER_MISMATCH", issued={"idn": "8001012345678"}),
    "no-owner": Outcome("OWNER_UNVERIFIABLE", issued={"vid": False}),
}


def issue_for(outcome: Outcome, pki: DemoPki, now: datetime, **arguments: Any) -> CustomerCertificate:
    """Issue the certificate of an outcome; `arguments` of `issue_customer` come before those of the outcome."""
    first, last = outcome.days
    authorities = pki if outcome.trusted else DemoPki.create(now, generation=2)
    return authorities.issue_customer(
        **{
            "not_before": now + timedelta(days=first),
            "not_after": end_of_day_in_seoul(now + timedelta(days=last)),
            **arguments,
            **outcome.issued,
        }
    )


def customer_files(certificate: CustomerCertificate, password: str) -> dict[str, bytes]:
    """The files of a customer's folder, by name."""
    key = certificate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "signCert.der": certificate.der,
        "signPri.key": sign_pri_key(certificate, password),
        "certificate.pfx": pfx(certificate, password),
        "key.pem": key,
        "random_number.hex": certificate.random_number.hex().encode(),
    }


def main() -> None:
    """Issue one certificate into the folder."""
    parser = argparse.ArgumentParser(description="Issue a demo certificate to the demo customer.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--outcome", choices=OUTCOMES, default="good", help="how the service decides on it")
    parser.add_argument("--days", type=int, help="days until its last day")
    parser.add_argument("--ec", action="store_true", help="P-256 instead of RSA 2048")
    parser.add_argument("--password", default=FILE_PASSWORD, help="of signPri.key and certificate.pfx")
    options = parser.parse_args()
    now = datetime.now(UTC)
    outcome = OUTCOMES[options.outcome]
    if options.days is not None:
        outcome = Outcome(
            outcome.code, (outcome.days[0], options.days), outcome.issued, outcome.mode, outcome.trusted
        )
    issued = issue_for(outcome, seed.demo_pki(now), now, key="ec" if options.ec else "rsa")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, content in customer_files(issued, options.password).items():
        (options.folder / name).write_bytes(content)
    store_mode(issued.certificate, outcome.mode)
    print(f"""\
outcome   {options.outcome}{f" ({outcome.code})" if outcome.code else ""}
folder    {options.folder}/signCert.der and signPri.key
PFX       {options.folder}/certificate.pfx
password  {options.password}  (of signPri.key and of the PFX)
R         {issued.random_number.hex()}  (random_number.hex)
key       {options.folder}/key.pem  (unencrypted: with R, what a client module reads from signPri.key)""")


if __name__ == "__main__":
    main()
