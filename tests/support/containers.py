"""Files that hold a private key, and what is written while one is opened."""

import base64

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tests.support.account import Account, Call
from tests.support.builders import a_certificate
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pem, pfx
from tools.pki.npki_files import sign_pri_key

SECRET = "Hong!1234"


def files_of(certificate: CustomerCertificate, kind: str = "pair", password: str = SECRET) -> list[bytes]:
    key = sign_pri_key(certificate, password)
    pem_key = pem("ENCRYPTED PRIVATE KEY", key)
    return {
        "pair": [certificate.der, key],
        "pair in PEM": [pem_key, certificate.pem],
        "one PEM": [pem_key + certificate.pem],
        "PFX": [pfx(certificate, password)],
    }[kind]


def mismatch() -> list[bytes]:
    return [a_certificate(key="ec").der, sign_pri_key(a_certificate(key="ec"), SECRET)]


def tries(account: Account, upload_id: str) -> int:
    (row,) = [row for row in account.items("UploadsTable") if row["id"]["S"] == upload_id]
    return int(row.get("password_tries", {"N": "0"})["N"])


def steps(calls: list[Call]) -> list[str]:
    """Deletions, and writes by what they say."""
    found = []
    for call in calls:
        if call.operation == "DeleteObject":
            found.append(f"delete {call.params['Key'][-1]}")
        elif call.operation == "UpdateItem":
            update = call.params["UpdateExpression"]
            values = call.params["ExpressionAttributeValues"]
            shown = values.get(":outcome", values.get(":to", {})).get("S", "")
            found.append(f"{'save' if 'SET outcome' in update else 'write'} {shown}".strip())
    return found


def cms(certificate: CustomerCertificate, text: str) -> str:
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    builder = PKCS7SignatureBuilder().set_data(text.encode())
    signed = builder.add_signer(certificate.certificate, certificate.key, SHA256()).sign(Encoding.DER, options)
    return base64.b64encode(signed).decode()
