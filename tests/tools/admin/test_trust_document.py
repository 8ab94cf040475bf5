"""The trust document: built from files, matched to operators by O=, refused if they are inconsistent."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.trust_document import read_document
from registrar.domain.times import iso
from tests.support.builders import a_certificate, a_pin, a_pki, a_trust_document
from tests.support.others import a_vector, made_by_others
from tools.admin.trust_document import build_document, load_operators, main


def test_document_of_the_demo_pki_has_its_anchor_and_issuers() -> None:
    document = a_trust_document(7)
    assert (document["format"], document["version"]) == (2, 7)
    (anchor,) = document["anchors"]
    assert set(anchor) == {"name", "certificate", "accepted_from", "accepted_until"}
    assert anchor["name"] == "KISA Demo RootCA 1"
    assert anchor["accepted_from"].endswith("Z")
    root = a_pki().root.certificate
    assert base64.b64decode(anchor["certificate"], validate=True) == root.public_bytes(Encoding.DER)
    assert [issuer["operator"] for issuer in document["issuers"]] == list(a_pki().issuers)
    assert set(document["operators"]) == {*a_pki().issuers}


def test_policy_table_has_no_oid_twice_and_a_label_in_both_languages() -> None:
    policies = [policy for operator in load_operators().values() for policy in operator["policies"]]
    oids = [policy["oid"] for policy in policies]
    assert len(oids) == len(set(oids)) == 39
    for policy in policies:
        assert policy["kind"] in {"personal", "corporate"}
        assert set(policy["label"]) == {"ko", "en"}
        assert all(policy["label"].values())


def test_policy_table_refuses_restricted_policies() -> None:
    refused = [
        policy["oid"].removeprefix("1.2.410.")
        for operator in load_operators().values()
        for policy in operator["policies"]
        if not policy["accepted"]
    ]
    assert refused == [
        *("200005.1.1.6.2", "200005.1.1.6.8"),
        # financial certificates
        *("200005.1.1.1.10", "200005.1.1.8.11", "200005.1.1.8.12", "200005.1.1.8.13", "200005.1.1.6.10"),
        *("200004.5.2.1.7.2", "200004.5.2.1.7.3", "200004.5.2.1.4"),
        *("200004.5.1.1.9", "200004.5.1.1.9.2"),
        *("200004.5.4.1.102", "200004.5.4.1.103", "200004.5.4.1.3"),
        *("200012.1.1.103", "200012.1.1.105", "200012.1.1.2", "200012.1.1.4"),
        "200004.5.5.1.4.2",
    ]


def test_inconsistent_certificates_are_refused() -> None:
    pki, operators = a_pki(), load_operators()
    root, issuer = pki.root.certificate, pki.issuers["kica"].certificate
    with pytest.raises(ValueError, match="positive"):
        build_document(0, [root], [issuer], operators)
    with pytest.raises(ValueError, match="not signed by an anchor"):
        build_document(1, [a_pki(2).root.certificate], [issuer], operators)
    with pytest.raises(ValueError, match="not signed by an anchor"):
        build_document(1, [issuer], [], operators)
    with pytest.raises(ValueError, match="no operator in the policy table for O=KICA"):
        build_document(1, [root], [issuer], {"yessign": operators["yessign"]})


def test_command_reads_der_and_pem(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pki = a_pki()
    pki.save(tmp_path)
    kica = tmp_path / "issuers" / "kica.der"
    kica.write_bytes(pki.issuers["kica"].certificate.public_bytes(Encoding.PEM))
    (tmp_path / "issuers" / "README.txt").write_text("not a certificate")
    folders = ["--anchors", str(tmp_path / "anchors"), "--issuers", str(tmp_path / "issuers")]
    assert main([*folders, "--version", "4"]) == 0
    output = capfdbinary.readouterr()
    document = json.loads(output.out)
    assert {issuer["operator"]: issuer["name"] for issuer in document["issuers"]} == {
        "crosscert": "CrossCert Demo CA 1",
        "kica": "signGATE Demo CA 1",
        "signkorea": "SignKorea Demo CA 1",
        "tradesign": "TradeSign Demo CA 1",
        "yessign": "yessignCA-Demo Class 1",
    }
    assert document["version"] == 4
    fingerprint = pki.root.certificate.fingerprint(hashes.SHA256()).hex()
    assert f"{fingerprint}  KISA Demo RootCA 1".encode() in output.err
    assert b"not confirmed: kica, ocsp: public test data names port 9020" in output.err
    assert "unconfirmed" not in document["operators"]["kica"]


def test_command_prints_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ["--anchors", str(tmp_path), "--issuers", str(tmp_path)]
    assert main([*folders, "--version", "1"]) == 1
    assert "no certificate in" in capsys.readouterr().err
    (tmp_path / "broken.cer").write_bytes(b"broken")
    assert main([*folders, "--version", "1"]) == 1
    assert "broken.cer is not a certificate" in capsys.readouterr().err
    (tmp_path / "broken.cer").write_bytes(a_certificate(key="ec").der)
    assert main([*folders, "--version", "1"]) == 1
    assert "not signed by an anchor" in capsys.readouterr().err


def test_production_hierarchy_becomes_a_document(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = made_by_others("vectors/ca")
    names = ["yessignCA-Class-3", "SignKorea-CA4", "signGATE-CA6", "TradeSignCA4", "CrossCertCA4"]
    for folder, files in (("anchors", ["KISA-RootCA-4"]), ("issuers", names)):
        (tmp_path / folder).mkdir()
        for name in files:
            (tmp_path / folder / f"{name}.der").symlink_to((source / f"{name}.der").resolve())
    folders = ["--anchors", str(tmp_path / "anchors"), "--issuers", str(tmp_path / "issuers")]
    assert main([*folders, "--version", "1"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert {issuer["operator"]: issuer["name"] for issuer in document["issuers"]} == {
        "crosscert": "CrossCertCA4",
        "kica": "signGATE CA6",
        "signkorea": "SignKorea CA4",
        "tradesign": "TradeSignCA4",
        "yessign": "yessignCA Class 3",
    }


# --- two generations ------------------------------------------------------------------------------

START, END = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 6, 30, 14, 59, 59, tzinfo=UTC)


def test_two_generations_stand_side_by_side_each_with_its_dates() -> None:
    first, second = a_pki(), a_pki(2)
    new = second.issuers["yessign"].certificate
    document = build_document(
        3,
        [first.root.certificate, second.root.certificate],
        [first.issuers["yessign"].certificate, new],
        load_operators(),
        [(new.fingerprint(hashes.SHA256()).hex().upper(), START, END)],
    )
    assert [each["name"] for each in document["issuers"]] == ["yessignCA-Demo Class 1", "yessignCA-Demo Class 2"]
    assert [each["operator"] for each in document["issuers"]] == ["yessign", "yessign"]
    old_period, new_period = ((each["accepted_from"], each["accepted_until"]) for each in document["issuers"])
    assert new_period == ("2026-12-01T00:00:00Z", "2027-06-30T14:59:59Z")
    assert old_period == (document["issuers"][0]["accepted_from"], document["issuers"][0]["accepted_until"])
    assert old_period != new_period
    pins = [a_pin(pki.root.certificate) for pki in (first, second)]
    store = read_document(json.dumps(document).encode(), pins)
    assert [issuer.accepted_at(END) for issuer in store.issuers] == [True, True]
    assert [issuer.accepted_at(END + timedelta(seconds=1)) for issuer in store.issuers] == [True, False]


def test_period_of_no_ca_or_outside_its_validity_is_refused() -> None:
    pki = a_pki()
    root, issuer = pki.root.certificate, pki.issuers["kica"].certificate
    with pytest.raises(ValueError, match="fingerprint of no CA"):
        build_document(1, [root], [issuer], load_operators(), [("ab" * 32, START, END)])
    own = issuer.fingerprint(hashes.SHA256()).hex()
    for first, last in ((END, START), (START, START.replace(year=2090)), (START.replace(year=1990), END)):
        with pytest.raises(ValueError, match="signGATE Demo CA 1 is not valid from"):
            build_document(1, [root], [issuer], load_operators(), [(own, first, last)])


def test_command_takes_the_period_of_a_ca(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pki = a_pki()
    pki.save(tmp_path)
    folders = ["--anchors", str(tmp_path / "anchors"), "--issuers", str(tmp_path / "issuers")]
    own = pki.issuers["kica"].certificate.fingerprint(hashes.SHA256()).hex()
    period = f"{own}=2026-12-01T00:00:00Z/2027-06-30T14:59:59Z"
    assert main([*folders, "--version", "4", "--accept", period]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    dates = {each["operator"]: each["accepted_until"] for each in document["issuers"]}
    assert dates["kica"] == "2027-06-30T14:59:59Z"
    assert dates["yessign"] != dates["kica"]


def test_ca_of_the_document_is_no_longer_announced() -> None:
    operators = load_operators()
    announced = {name: [each["name"] for each in operators[name].get("announced", [])] for name in operators}
    assert announced == {
        "yessign": ["yessignCA Class 4"],
        "kica": ["signGATE CA7"],
        "signkorea": ["SignKorea CA5"],
        "crosscert": ["CrossCertCA5"],
        "tradesign": ["TradeSignCA5"],
        "inipass": [],
    }
    pki = a_pki()
    mine = operators["yessign"] | {"announced": [*operators["yessign"]["announced"]]}
    mine["announced"][0] = mine["announced"][0] | {"name": "yessignCA-Demo Class 1"}
    document = build_document(1, [pki.root.certificate], [pki.issuers["yessign"].certificate], {"yessign": mine})
    assert document["operators"]["yessign"]["announced"] == []


def test_ca_of_the_new_generation_is_refused_until_its_root_is_there() -> None:
    root = x509.load_der_x509_certificate(a_vector("ca/KISA-RootCA-4.der"))
    new = x509.load_der_x509_certificate(a_vector("ca-next/yessignCA-Class-4.der"))
    with pytest.raises(ValueError, match=r"KISA RootCA 5 \(serial 15A6CD535FC5F436\).*TrustAnchorPins"):
        build_document(2, [root], [new], load_operators())


def test_announced_dates_are_those_of_the_certificate_that_is_at_hand() -> None:
    certificate = x509.load_der_x509_certificate(a_vector("ca-next/yessignCA-Class-4.der"))
    (announced,) = load_operators()["yessign"]["announced"]
    dates = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    assert (announced["valid_from"], announced["valid_until"]) == tuple(map(iso, dates))
    assert (announced["valid_from"], announced["root"]) == ("2026-04-24T04:00:00Z", "KISA RootCA 5")
