"""Shortcuts through moto, which otherwise takes half the time of the tests of handlers.

They change how moto finds what it returns, not what it returns.
"""

from functools import cache
from typing import Any

import moto.core.responses
from moto.core.model import Shape
from moto.core.serialize import ResponseSerializer
from moto.core.utils import method_names_from_class

_SEVERAL_NAMES = ResponseSerializer.get_value
_DYNAMODB_VALUE = "AttributeValue"


def install() -> None:
    """Replace two look-ups of moto for the rest of the process."""
    # It lists the methods of the class at every call.
    vars(moto.core.responses)["method_names_from_class"] = cache(method_names_from_class)
    # It tries several spellings of each member; a DynamoDB value has exactly one member, spelled as in the API.
    ResponseSerializer.get_value = _value  # type: ignore[method-assign]


def _value(self: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    if type(value) is dict and (key in value or shape.parent.name == _DYNAMODB_VALUE):  # type: ignore[attr-defined]
        return value.get(key)
    return _SEVERAL_NAMES(self, value, key, shape)
