"""List prices of Seoul, from prices.json: each with its source, and whether it was confirmed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MILLION = 1_000_000
TABLE: Mapping[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
PRICES: Mapping[str, float] = {each["name"]: each["usd"] for each in TABLE["prices"]}
"""USD by name: for a million of each, but a month of each, a GB of logs, a GB-second of a snapshot."""
