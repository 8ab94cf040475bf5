"""The bank of the tests, as template.yaml names it by default."""

from registrar.domain.bank import Bank

BANK = Bank("전북은행", "Jeonbuk Bank", "1588-0000")
