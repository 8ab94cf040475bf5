"""Shortcuts through moto and botocore, which otherwise take most of the time of the tests of handlers.

They change how a response is found, not what it is.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.useragent
import moto.backends
import moto.core.botocore_stubber
import moto.core.models
import moto.core.responses
import moto.dynamodb.parsing.ast_nodes
import moto.dynamodb.parsing.expressions
from botocore.auth import SigV4Auth
from moto.backend_index import backend_url_patterns
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.model import Shape
from moto.core.request import normalize_request
from moto.core.serialize import ResponseSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator, Validator
from moto.moto_api._internal.moto_random import MotoRandom

# moto leaves these modules without types.
Node: Any = vars(moto.dynamodb.parsing.ast_nodes)["Node"]
Walk: Any = vars(moto.dynamodb.parsing.ast_nodes)["DepthFirstTraverser"]
UpdateParser: Any = vars(moto.dynamodb.parsing.expressions)["UpdateExpressionParser"]

_SEVERAL_NAMES = ResponseSerializer.get_value
_ANY_URL = BotocoreStubber.process_request
_DYNAMODB_VALUE = "AttributeValue"
_ACCOUNT = "123456789012"
_REQUEST_ID_CHARS = 52
_UNSIGNED = (
    "AWS4-HMAC-SHA256 Credential=FOOBARKEY/20260101/{region}/{service}/aws4_request, "
    "SignedHeaders=host, Signature=00"
)


def install() -> None:
    """Replace what is slow, for the rest of the process."""
    # It lists the methods of the class at every call.
    vars(moto.core.responses)["method_names_from_class"] = cache(method_names_from_class)
    # It tries several spellings of each member; a DynamoDB value has exactly one member, spelled as in the API.
    ResponseSerializer.get_value = _value  # type: ignore[method-assign]
    _send_at_once()
    _parse_once()
    _walk_quickly()


# ---- a call on its way to moto


def _send_at_once() -> None:
    vars(botocore.auth)["SigV4Auth"].add_auth = _unsigned(SigV4Auth.add_auth)
    vars(botocore.useragent)["UserAgentString"].to_string = lambda _: "tests"
    # It draws every character of a request id by itself.
    MotoRandom.get_random_string = _random_string(MotoRandom.get_random_string)  # type: ignore[method-assign]
    # Each start adds its 1,300 patterns to the package `responses`, for calls that are not botocore's.
    vars(moto.core.models)["RESPONSES_METHODS"] = []
    BotocoreStubber.process_request = _process_request  # type: ignore[method-assign]


def _unsigned(sign: Callable[..., None]) -> Callable[..., None]:
    """What names account, region and service as a signature does; moto checks none. S3, and signed URLs, sign."""

    def add_auth(self: Any, request: Any) -> None:
        # The local cloud checks signatures.
        if type(self) is SigV4Auth and urlsplit(request.url).netloc.endswith(".amazonaws.com"):
            names = {"region": vars(self)["_region_name"], "service": vars(self)["_service_name"]}
            request.headers["Authorization"] = _UNSIGNED.format_map(names)
        else:
            sign(self, request)

    return add_auth


def _random_string(draw: Callable[..., str]) -> Callable[..., str]:
    def get_random_string(
        self: MotoRandom, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        if length == _REQUEST_ID_CHARS:
            return f"{self.getrandbits(4 * length):0{length}x}"
        return draw(self, length, include_digits, lower_case)

    return get_random_string


def _process_request(self: BotocoreStubber, request: Any) -> Any:
    """It looks through the patterns of all services at each call; those of one address never change."""
    address = urlsplit(request.url)
    method = None if address.path != "/" else _method_of(f"{address.scheme}://{address.netloc}/")
    if method is None:
        return _ANY_URL(self, request)
    known = normalize_request(request)
    return method(known, known.raw_url, known.headers)


@cache
def _method_of(url: str) -> Callable[..., Any] | None:
    """The method that serves `url`, for the services whose whole interface is one address."""
    service = next((name for name, pattern in backend_url_patterns if pattern.match(url)), None)
    if service not in ("dynamodb", "kms", "sns", "events", "cloudwatch"):
        return None
    backends: Any = vars(moto.backends)["get_backend"](service)
    urls: dict[str, Callable[..., Any]] = backends[_ACCOUNT]["us-east-1"].urls
    return next(method for pattern, method in urls.items() if re.match(pattern, url))


# ---- expressions of DynamoDB


def _parse_once() -> None:
    parse: Callable[[str], Any] = cache(UpdateParser.make)
    UpdateParser.make = staticmethod(lambda expression: _copied(parse(expression)))
    lex = ConditionExpressionParser._lex_condition_expression

    @cache
    def lexed(expression: str) -> tuple[Any, ...]:
        return tuple(lex(ConditionExpressionParser(expression, None, None)))

    ConditionExpressionParser._lex_condition_expression = (  # type: ignore[method-assign]
        lambda self: deque(lexed(self.condition_expression))
    )


def _copied(node: Any) -> Any:
    """A copy of a parsed expression: copy.deepcopy without the search for what was met before."""
    copied: Any = object.__new__(type(node))
    vars(copied).update(vars(node), parent=None)
    if node.children is not None:
        copied.children = [_copied(child) if isinstance(child, Node) else child for child in node.children]
        for child in copied.children:
            if isinstance(child, Node):
                child.parent = copied
    return copied


def _walk_quickly() -> None:
    # The copy that a validator changes is made with copy.deepcopy.
    Node.__deepcopy__ = lambda self, _: _copied(self)
    Validator.validate = _validate  # type: ignore[method-assign]
    Walk.traverse = _traverse


def _validate(self: Validator) -> Any:
    """Each processor walks through the whole expression, though most process a kind of node that is not in it.

    Two look for clauses below each node: what they find below the root holds all of that.
    """
    node = self.node_to_validate
    for processor in self.processors:
        wanted = processor.nodes_to_be_processed()
        if isinstance(processor, ActionCountValidator | OverlappingPathsValidator):
            node = processor.process(node)
        elif any(isinstance(each, wanted) for each in _nodes(node)):
            node = processor.traverse(node)
    return node


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children or ():
        if isinstance(child, Node):
            yield from _nodes(child)


def _traverse(self: Any, node: Any) -> Any:
    """It asks at every node which kinds it processes, and calls a hook that only one class has."""
    wanted = self.nodes_to_be_processed()
    hook = type(self).pre_processing_of_child is not Walk.pre_processing_of_child

    def walk(node: Any, child_id: int) -> Any:
        if not isinstance(node, Node):
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if hook:
                self.pre_processing_of_child(node, number)
            walk(child, number)
        if isinstance(node, wanted):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    return walk(node, -1)


# ---- a response of moto


def _value(self: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    if type(value) is dict and (key in value or shape.parent.name == _DYNAMODB_VALUE):  # type: ignore[attr-defined]
        return value.get(key)
    return _SEVERAL_NAMES(self, value, key, shape)
