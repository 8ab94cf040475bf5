"""What inspect prints for a person: labels, verdict and actions in the language asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.reason import NextAction
from registrar.domain.times import local_time
from registrar.entry.agent_words import CUSTOMER_KINDS, LEVELS

Text = Mapping[str, str]

FOR_TEST_FILES: Text = {
    "ko": "관리자가 시험용 파일을 확인하는 명령입니다. 고객의 개인키나 비밀번호를 받아 쓰지 마십시오. "
    "상담원은 Explain을 사용합니다.",
    "en": "For admins' test files. Never take a customer's key or password for it: agents use Explain.",
}
NOT_JUDGED: Text = {
    "ko": "발급기관의 인증서입니다. 고객의 인증서가 아니므로 등록 여부를 판단하지 않습니다.",
    "en": "This is the certificate of an issuer. It is not judged like a customer's.",
}
VERDICTS: Mapping[bool, Text] = {
    True: {"ko": "등록할 수 있습니다", "en": "ACCEPTED"},
    False: {"ko": "등록할 수 없습니다", "en": "REFUSED"},
}
LABELS: Mapping[str, Text] = {
    "trust": {"ko": "신뢰 기준", "en": "Trust"},
    "trust.source": {"ko": "파일 또는 폴더", "en": "file or folder"},
    "trust.changed_at": {"ko": "변경 시각", "en": "changed"},
    "trust.version": {"ko": "버전", "en": "version"},
    "trust.roots": {"ko": "고정된 루트", "en": "pinned roots"},
    "container": {"ko": "파일", "en": "File"},
    "container.kind": {"ko": "종류", "en": "kind"},
    "container.opened": {"ko": "비밀번호로 열림", "en": "opened"},
    "container.rounds": {"ko": "키 유도 반복 횟수", "en": "rounds of key derivation"},
    "container.random_number": {"ko": "본인 확인용 난수(R) 있음", "en": "has R"},
    "certificate": {"ko": "인증서", "en": "Certificate"},
    "certificate.name": {"ko": "이름", "en": "name"},
    "certificate.issuer": {"ko": "발급자", "en": "issuer"},
    "certificate.policies": {"ko": "정책", "en": "policies"},
    "certificate.key": {"ko": "키", "en": "key"},
    "certificate.serial": {"ko": "일련번호", "en": "serial"},
    "certificate.fingerprint": {"ko": "지문(SHA-256)", "en": "fingerprint (SHA-256)"},
    "certificate.not_before": {"ko": "유효기간 시작", "en": "valid from"},
    "certificate.not_after": {"ko": "유효기간 끝", "en": "valid until"},
    "authority": {"ko": "신뢰 문서에서", "en": "In the trust document"},
    "authority.role": {"ko": "역할", "en": "role"},
    "authority.operator": {"ko": "운영 기관", "en": "operator"},
    "authority.accepted_from": {"ko": "인정 시작", "en": "accepted from"},
    "authority.accepted_until": {"ko": "인정 끝", "en": "accepted until"},
    "authority.signed_by": {"ko": "서명한 CA", "en": "signed by"},
}
_TIMES = frozenset({"changed_at", "not_before", "not_after", "accepted_from", "accepted_until"})
KINDS: Mapping[str, Text] = {
    "certificate alone": {"ko": "인증서만 있음", "en": "certificate alone"},
    "certificate and encrypted key": {"ko": "인증서와 암호화된 개인키", "en": "certificate and encrypted key"},
    "PFX": {"ko": "PFX", "en": "PFX"},
}
ROLES: Mapping[str, Text] = {
    "anchor": {
        "ko": "루트. 여기서는 고정된 것으로 봅니다(배포의 TrustAnchorPins와 비교하십시오)",
        "en": "root, taken as pinned here (compare it with TrustAnchorPins of the deployment)",
    },
    "issuer": {"ko": "발급기관(CA)", "en": "issuing CA"},
    "announced": {
        "ko": "예고된 새 발급기관(CA)의 이름. 루트를 고정하기 전에는 믿지 않으며, 이름만으로는 진위를 알 수 없음",
        "en": "named like an announced CA: not trusted before its root is pinned; the name alone proves nothing",
    },
    "none": {"ko": "없음: 이 문서로는 믿지 않습니다", "en": "none: this document does not trust it"},
}
UNSIGNED: Text = {
    "ko": "확인할 수 없음(이 문서에 서명한 CA가 없음)",
    "en": "not confirmed (the CA that signed it is not in this document)",
}
_PLAIN: Mapping[object, Text] = {
    None: {"ko": "알 수 없음", "en": "unknown"},
    True: {"ko": "예", "en": "yes"},
    False: {"ko": "아니요", "en": "no"},
}


def report_text(outcome: Mapping[str, Any], language: str) -> str:
    """The outcome of inspect, as as_json returns it."""
    return "\n".join(_lines(outcome, language))


def _lines(outcome: Mapping[str, Any], language: str) -> Iterator[str]:
    if outcome["authority"] is not None:
        yield NOT_JUDGED[language]
    else:
        headline = f": {outcome['headline']}" if outcome["headline"] and not outcome["accepted"] else ""
        kind = CUSTOMER_KINDS[outcome["customer_kind"]][language]
        yield f"{VERDICTS[outcome['accepted']][language]} ({kind}){headline}"
    yield FOR_TEST_FILES[language]
    for part in ("container", "certificate", "authority", "trust"):
        if outcome[part] is not None:
            yield f"\n{LABELS[part][language]}"
        for name, value in _worth_saying(part, outcome[part] or {}).items():
            yield f"  {LABELS[f'{part}.{name}'][language]}: {_shown(name, value, language)}"
    for finding in outcome["findings"]:
        yield f"\n{LEVELS[finding['level']][language]} {finding['code']}: {finding['title']}"
        yield f"  {finding['text']}"
        yield f"  → {NEXT_ACTIONS[NextAction(finding['next_action'])][language]} ({finding['next_action']})"


def _worth_saying(part: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a certificate alone nothing was to be opened: "opened: no" would read like a failure."""
    alone = part == "container" and values.get("kind") == "certificate alone"
    return {"kind": values["kind"]} if alone else values


def _shown(name: str, value: object, language: str) -> str:
    """A value as a person reads it."""
    if name == "role":
        return ROLES[str(value)][language]
    if name == "signed_by" and value is None:
        return UNSIGNED[language]
    if value is None or isinstance(value, bool):
        return _PLAIN[value][language]
    if name == "kind":
        return KINDS[str(value)][language]
    if name in _TIMES:
        return local_time(str(value), language)
    return (", ".join(map(str, value)) or "-") if isinstance(value, list) else str(value)
