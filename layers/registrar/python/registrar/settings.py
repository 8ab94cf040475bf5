"""Settings of a function, from the environment that template.yaml gives it."""

import os

from registrar.domain.bank import Bank, SigningBank


def setting(name: str) -> str:
    """The value of an environment variable. A missing one fails the function at its start, not a customer later."""
    return os.environ[name]


def settings_list(name: str) -> tuple[str, ...]:
    """The comma-separated values of an environment variable."""
    return tuple(value.strip() for value in setting(name).split(",") if value.strip())


def stack_name() -> str:
    """The stack that the function belongs to: template.yaml names its log group `/<stack>/<verb>`."""
    return os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "/registrar/").split("/")[1]


def bank() -> Bank:
    """The bank by the names and the number that customers read: every function has them (template.yaml)."""
    return Bank(setting("BANK_NAME_KO"), setting("BANK_NAME_EN"), setting("HELP_DESK_PHONE"))


def signing_bank() -> SigningBank:
    """The bank as texts to sign name it."""
    return SigningBank(setting("BANK_CODE"), setting("BANK_NAME_KO"))
