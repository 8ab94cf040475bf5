"""All scenarios by name."""

from collections.abc import Mapping

from tools.faults import bank_scenarios, credential_scenarios, customer_scenarios, reading_scenarios
from tools.faults.scenario import Scenario

SCENARIOS: Mapping[str, Scenario] = {
    **customer_scenarios.SCENARIOS,
    **credential_scenarios.SCENARIOS,
    **reading_scenarios.SCENARIOS,
    **bank_scenarios.SCENARIOS,
}
