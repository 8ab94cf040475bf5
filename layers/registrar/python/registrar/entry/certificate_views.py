"""Accepted certificates, as the app sees them. Names are masked."""

from typing import Any

from registrar.domain.certificates.issuing_banks import bank_name
from registrar.domain.certificates.summary import Summary


def certificate_view(summary: Summary, language: str) -> dict[str, Any]:
    """The members of an accepted certificate that the customer sees."""
    shown = {k: v for k, v in summary.to_map().items() if k not in ("key_digest", "issuer_key_digest")}
    return {
        **shown,
        "issuer": summary.issuer[language],
        "issuing_bank": bank_name(summary.issuing_bank, language),
        "policy": summary.policy[language],
    }
