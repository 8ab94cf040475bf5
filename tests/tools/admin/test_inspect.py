"""python -m tools.admin.inspect: the service's report on files, on the command line and without the cloud."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.file_decision import decide
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.times import iso
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_document, a_trust_store, an_ec_key
from tests.support.customer_folders import CustomerFolder
from tests.support.others import a_vector
from tools.admin import inspect, inspect_text
from tools.pki.authorities import DemoPki
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import Pkcs12, Seed, sign_pri_key

PASSWORD = "Hong!1234"
Inspect = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo CA certificates."""
    folder = tmp_path_factory.mktemp("trust")
    a_pki().save(folder)
    return folder


@pytest.fixture
def run(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Inspect:
    """Runs the command on these files at NOW; returns its exit code and what it printed as JSON."""

    def inspected(*files: bytes, password: str | None = None, more: tuple[str, ...] = ()) -> tuple[int, Any]:
        paths = [tmp_path / f"file-{number}" for number in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        arguments = [*map(str, paths), "--trust", str(trust), "--at", iso(NOW), "--json", *more]
        if password is not None:
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
            arguments.append("--password-stdin")
        code = inspect.main(arguments)
        return code, json.loads(capsys.readouterr().out)

    return inspected


def codes(outcome: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in outcome["findings"]]


def test_good_certificate_is_accepted(run: Inspect) -> None:
    customer = a_certificate(key=an_ec_key())
    code, outcome = run(customer.der)
    assert (code, outcome["accepted"], outcome["headline"], outcome["findings"]) == (0, True, None, [])
    assert outcome["container"]["kind"] == "certificate alone"
    assert outcome["certificate"]["name"] == "홍*동"
    assert "홍길동" not in json.dumps(outcome, ensure_ascii=False)
    assert run(customer.der, more=("--show-name",))[1]["certificate"]["name"] == "홍길동"


def test_findings_equal_those_of_the_service(run: Inspect) -> None:
    der = a_certificate(key=an_ec_key(), key_usage=["key_encipherment"], policy_oid="1.2.3.4", bank_ou="JBB").der
    code, outcome = run(der, more=("--bank", "JBB", "--language", "en"))
    report = decide(der, a_trust_store(), "personal", NOW, bank="JBB")
    assert code == 1
    assert codes(outcome) == [finding.code for finding in report.findings]
    assert outcome["headline"] == "CERT_USAGE_NOT_ALLOWED"
    assert outcome["findings"][0]["next_action"] == "CHOOSE_FILE"
    assert outcome["findings"][0]["text"].isascii()


def test_policy_of_another_customer_kind_is_refused(run: Inspect) -> None:
    code, outcome = run(a_certificate(key=an_ec_key()).der, more=("--kind", "corporate"))
    assert (code, codes(outcome)) == (1, ["CERT_CORPORATE_REQUIRED"])


@pytest.mark.parametrize("kind", ["pair", "pfx"])
def test_container_opens_with_its_password_only(run: Inspect, kind: str) -> None:
    customer = a_certificate(key=an_ec_key())
    files: tuple[bytes, ...] = (customer.der, sign_pri_key(customer, PASSWORD, Seed(20)))
    if kind == "pfx":
        files = (pfx(customer, PASSWORD, key_scheme=Pkcs12(rounds=5), mac_rounds=5),)
    code, outcome = run(*files)
    assert (code, codes(outcome)) == (1, ["FILE_PASSWORD_REQUIRED"])
    assert (outcome["container"]["opened"], outcome["container"]["rounds"]) == (False, 20)
    code, outcome = run(*files, password="wrong")
    assert (code, codes(outcome)) == (1, ["FILE_PASSWORD_WRONG"])
    code, outcome = run(*files, password=PASSWORD)
    assert (code, codes(outcome)) == (0, [])
    assert (outcome["container"]["opened"], outcome["container"]["random_number"]) == (True, True)
    shown = json.dumps(outcome)
    assert customer.random_number.hex() not in shown
    assert PASSWORD not in shown


def test_certificate_is_refused_before_the_password_is_required(run: Inspect) -> None:
    customer = a_certificate(key=an_ec_key(), operator="kica", policy_oid="1.2.3.4")
    code, outcome = run(customer.der, sign_pri_key(customer, PASSWORD, Seed(20)))
    assert (code, codes(outcome)) == (1, ["CERT_POLICY_NOT_ACCEPTED"])


def test_key_of_another_certificate_is_refused(run: Inspect) -> None:
    key = sign_pri_key(a_certificate(key=an_ec_key("another")), PASSWORD, Seed(20))
    code, outcome = run(a_certificate(key=an_ec_key()).der, key, password=PASSWORD)
    assert (code, codes(outcome)) == (1, ["FILE_KEY_MISMATCH"])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"no certificate", "FILE_UNREADABLE"), (b"", "UPLOAD_EMPTY"), (bytes(70_000), "UPLOAD_TOO_LARGE")],
)
def test_unusable_file_is_refused_with_its_code(run: Inspect, content: bytes, code: str) -> None:
    exit_code, outcome = run(content)
    assert (exit_code, codes(outcome)) == (1, [code])
    assert (outcome["container"], outcome["certificate"]) == (None, None)


def test_malformed_certificate_is_refused_as_unreadable(run: Inspect) -> None:
    code, outcome = run(b"\x30\x0a" + b"\x30\x03\x02\x01\x05" + b"\x03\x03\0\0\0")
    assert (code, outcome["certificate"], codes(outcome)) == (1, None, ["FILE_UNREADABLE"])


@pytest.fixture
def shown(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, list[str]]]:
    """Runs the command on one file with the demo's trust; returns its exit code and the lines of its text."""
    monkeypatch.setattr(inspect, "DEMO", trust)

    def printed(file: bytes, *more: str) -> tuple[int, list[str]]:
        (tmp_path / "file").write_bytes(file)
        code = inspect.main([str(tmp_path / "file"), "--at", iso(NOW), *more])
        return code, capsys.readouterr().out.splitlines()

    return printed


def test_report_is_readable_text_in_korean_without_json(shown: Callable[..., tuple[int, list[str]]]) -> None:
    code, lines = shown(a_certificate(key=an_ec_key()).der)

    assert (code, lines[0]) == (0, "등록할 수 있습니다 (개인)")
    assert "시험용 파일" in lines[1]
    assert "  이름: 홍*동" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_actions_are_in_the_language_asked_for(
    shown: Callable[..., tuple[int, list[str]]], language: str
) -> None:
    der = a_certificate("HKD", key=an_ec_key()).der
    code, lines = shown(der, "--at", "2030-01-01T00:00:00Z", "--language", language)

    action = CATALOGUE[Code.CERT_EXPIRED].next_action
    assert code == 1
    assert lines[0].endswith(": CERT_EXPIRED")
    assert f"  → {NEXT_ACTIONS[action][language]} ({action.value})" in lines
    if language == "en":
        assert not re.search("[가-힣]", "\n".join(lines))
    else:
        labels = [line.partition(":")[0] for line in lines if line.startswith("  ") and ": " in line]
        assert not [label for label in labels if not re.search("[가-힣]", label)]


def test_the_trust_that_was_used_is_named(shown: Callable[..., tuple[int, list[str]]], trust: Path) -> None:
    _, lines = shown(a_certificate(key=an_ec_key()).der, "--language", "en")

    fingerprint = a_pki().root.certificate.fingerprint(SHA256()).hex()
    assert f"  file or folder: {trust}" in lines
    assert [line for line in lines if line.startswith("  changed: ") and line.endswith(" KST")]
    assert [line for line in lines if line.startswith("  pinned roots: ") and fingerprint in line]


def test_a_certificate_alone_is_not_said_to_have_failed_to_open(
    shown: Callable[..., tuple[int, list[str]]],
) -> None:
    _, lines = shown(a_certificate(key=an_ec_key()).der, "--language", "en")

    assert lines[lines.index("File") : lines.index("Certificate")] == ["File", "  kind: certificate alone", ""]


def test_an_issuers_certificate_is_shown_as_that_and_not_judged(run: Inspect) -> None:
    der = a_pki().issuers["yessign"].certificate.public_bytes(Encoding.DER)
    code, outcome = run(der)

    assert (code, outcome["accepted"], outcome["headline"], outcome["findings"]) == (3, None, None, [])
    assert outcome["authority"]["role"] == "issuer"
    assert outcome["authority"]["signed_by"] == common_name(a_pki().root.certificate.subject)
    assert outcome["certificate"]["issuer"] == common_name(a_pki().root.certificate.subject)
    assert outcome["certificate"]["name"] == "yessignCA-Demo Class 1"


def test_a_root_says_whether_the_trust_has_it(run: Inspect) -> None:
    ours, another = (
        run(pki.root.certificate.public_bytes(Encoding.DER))[1]["authority"] for pki in (a_pki(), a_pki(2))
    )

    assert ours["role"] == "anchor"
    assert {"accepted_from", "accepted_until"} <= ours.keys()
    assert another == {"role": "none", "signed_by": None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_about_an_issuers_certificate_says_what_it_is(
    shown: Callable[..., tuple[int, list[str]]], language: str
) -> None:
    der = a_pki().issuers["kica"].certificate.public_bytes(Encoding.DER)
    code, lines = shown(der, "--language", language)

    assert (code, lines[0]) == (3, inspect_text.NOT_JUDGED[language])
    role, accepted_from = (inspect_text.LABELS[f"authority.{name}"][language] for name in ("role", "accepted_from"))
    assert f"  {role}: {inspect_text.ROLES['issuer'][language]}" in lines
    assert [line for line in lines if line.startswith(f"  {accepted_from}: ")]


@pytest.mark.parametrize(
    ("file", "role", "signed_by"),
    [
        ("ca/KISA-RootCA-4.der", "anchor", "KISA RootCA 4"),
        ("ca/yessignCA-Class-3.der", "issuer", "KISA RootCA 4"),
        ("ca/CrossCertCA4.der", "none", "KISA RootCA 4"),
        ("ca-next/yessignCA-Class-4.der", "announced", None),
        ("ca/Kisa-Test-RootCA-7.der", "none", None),
    ],
)
def test_certificates_of_real_issuers_are_placed(
    run: Inspect, tmp_path: Path, file: str, role: str, signed_by: str | None
) -> None:
    for kind, name in (("anchors", "KISA-RootCA-4.der"), ("issuers", "yessignCA-Class-3.der")):
        (tmp_path / "real" / kind).mkdir(parents=True)
        (tmp_path / "real" / kind / name).write_bytes(a_vector(f"ca/{name}"))

    code, outcome = run(a_vector(file), more=("--trust", str(tmp_path / "real")))

    assert (code, outcome["accepted"]) == (3, None)
    assert (outcome["authority"]["role"], outcome["authority"]["signed_by"]) == (role, signed_by)


def test_an_announced_ca_is_named_with_its_operator(run: Inspect) -> None:
    authority = run(a_vector("ca-next/yessignCA-Class-4.der"))[1]["authority"]
    assert authority == {"role": "announced", "operator": "금융결제원 (yessign)", "signed_by": None}


def test_a_company_is_named_whole(run: Inspect) -> None:
    corporate = a_certificate("(주)한빛전자", key=an_ec_key(), policy_oid="1.2.410.200005.1.1.5")
    assert run(corporate.der, more=("--kind", "corporate"))[1]["certificate"]["name"] == "(주)한빛전자"


def test_help_and_output_say_that_it_is_for_test_files(run: Inspect, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Never take a customer's key" in run(b"x", more=("--language", "en"))[1]["note"]
    with pytest.raises(SystemExit):
        inspect.main(["--help"])
    assert "agents use Explain" in " ".join(capsys.readouterr().out.split())


def test_the_bank_is_named_without_the_environment_of_a_function(
    shown: Callable[..., tuple[int, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BANK_NAME_KO", "BANK_NAME_EN", "HELP_DESK_PHONE"):
        monkeypatch.delenv(name)

    assert shown(b"no certificate")[0] == 1


def test_everything_printed_has_a_label(run: Inspect) -> None:
    customer = a_certificate(key=an_ec_key())
    root = a_pki().root.certificate.public_bytes(Encoding.DER)
    issuer = a_pki().issuers["kica"].certificate.public_bytes(Encoding.DER)
    outcomes = [run(file)[1] for file in (customer.der, root, issuer)]
    parts = ("container", "certificate", "authority", "trust")
    names = {f"{part}.{name}" for outcome in outcomes for part in parts for name in outcome[part] or ()}

    assert names | set(parts) == inspect_text.LABELS.keys()
    assert all(text.keys() == set(LANGUAGES) for text in inspect_text.LABELS.values())


def test_trust_document_is_accepted_in_place_of_a_folder(tmp_path: Path, run: Inspect) -> None:
    document = tmp_path / "trust.json"
    document.write_text(json.dumps(a_trust_document(7)))
    code, outcome = run(a_certificate(key=an_ec_key()).der, more=("--trust", str(document)))
    assert (code, outcome["trust_version"]) == (0, 7)


def test_unusable_argument_exits_with_2(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, document = tmp_path / "signCert.der", tmp_path / "trust.json"
    file.write_bytes(b"x")
    assert inspect.main([str(tmp_path / "absent"), "--trust", str(trust)]) == 2
    assert inspect.main([str(file), "--trust", str(tmp_path)]) == 2
    unversioned = json.dumps({**a_trust_document(), "version": 0})
    for content in ("{}", "[]", "x", unversioned, json.dumps(a_trust_document(anchors=[1]))):
        document.write_text(content)
        assert inspect.main([str(file), "--trust", str(document)]) == 2
    monkeypatch.setattr(inspect, "DEMO", inspect.ROOT / "build/absent")
    assert inspect.main([str(file)]) == 2
    assert "--trust is needed" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        inspect.main([str(file), "--at", "yesterday"])
    assert ended.value.code == 2


def test_certificate_and_key_of_a_customers_folder_are_accepted(
    run: Inspect, folder: CustomerFolder, tmp_path: Path
) -> None:
    hierarchy = tmp_path / "hierarchy"
    for kind, der in (("anchors", folder.root), ("issuers", folder.issuer)):
        (hierarchy / kind).mkdir(parents=True)
        (hierarchy / kind / "only.der").write_bytes(der)
    more = ("--trust", str(hierarchy), "--at", iso(folder.at))
    code, outcome = run(folder.certificate, folder.key, password=folder.password, more=more)
    assert (code, codes(outcome)) == (0, ["CERT_EXPIRES_SOON"])
    assert outcome["container"]["random_number"] is True
    assert outcome["container"]["rounds"] == 2048
    assert folder.random_number.hex() not in json.dumps(outcome)


class _Terminal(io.StringIO):
    """What a person types: readable, but the screen would show it."""

    def isatty(self) -> bool:
        return True


def test_a_password_that_a_person_types_is_not_shown(
    run: Inspect, folder: CustomerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal("shown\n"))
    monkeypatch.setattr(inspect, "getpass", lambda _: folder.password)

    _, outcome = run(folder.certificate, folder.key, more=("--password-stdin",))

    assert outcome["container"]["opened"] is True


def test_certificate_of_another_ca_generation_is_refused(run: Inspect) -> None:
    other: DemoPki = a_pki(2)
    der = other.issue_customer(not_before=NOW, not_after=NOW.replace(year=2027), key=an_ec_key()).der
    assert codes(run(der)[1]) == ["TRUST_ISSUER_UNKNOWN"]
