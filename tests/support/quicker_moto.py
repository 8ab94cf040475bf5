"""Shortcuts through moto and botocore, which otherwise take most of the time of the tests of handlers.

They change how a response is found, not what it is.
"""

import copy
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.endpoint
import botocore.regions
import botocore.useragent
import moto.core.botocore_stubber
import moto.core.models
import moto.core.responses
import moto.dynamodb.parsing.ast_nodes
import moto.dynamodb.parsing.expressions
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.parsers import BaseJSONParser as ResponseParser
from moto.backend_index import backend_url_patterns
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.model import Shape
from moto.core.parse import BaseJSONParser as RequestParser
from moto.core.parse import JSONParser
from moto.core.request import normalize_request
from moto.core.serialize import BaseJSONSerializer, ResponseSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator, Validator
from moto.dynamodb.responses import DynamoHandler
from moto.kms.responses import KmsResponse
from moto.moto_api._internal.moto_random import MotoRandom
from moto.s3.models import s3_backends
from moto.sqs.responses import SQSResponse
from werkzeug.exceptions import HTTPException

# moto leaves these modules without types.
Node: Any = vars(moto.dynamodb.parsing.ast_nodes)["Node"]
_WITH_CLAUSES = tuple(
    vars(moto.dynamodb.parsing.ast_nodes)[name] for name in ("Expression", "UpdateExpressionFunction")
)
Walk: Any = vars(moto.dynamodb.parsing.ast_nodes)["DepthFirstTraverser"]
UpdateParser: Any = vars(moto.dynamodb.parsing.expressions)["UpdateExpressionParser"]

_SEVERAL_NAMES = ResponseSerializer.get_value
_ANY_URL = BotocoreStubber.process_request
_OVER_HTTP: Any = Endpoint.make_request
_JSON_SERVICES = {"dynamodb": DynamoHandler, "kms": KmsResponse, "sqs": SQSResponse}
_SERIALIZE_STRUCTURE = BaseJSONSerializer._serialize_type_structure
_RESOLVE: Any = vars(botocore.regions)["EndpointRulesetResolver"].construct_endpoint
_ONE_ADDRESS = ("dynamodb", "kms")
_endpoints: dict[tuple[Any, str], Any] = {}
# isinstance takes long of an abstract class.
_is_one_of: Callable[[Any, Any], bool] = cache(issubclass)
_DYNAMODB_VALUE = "AttributeValue"
_PLAIN = frozenset({"S", "N", "SS", "NS", "BOOL", "NULL"})
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
    # Each looks for every member that a value of DynamoDB can have.
    for parser, method in ((RequestParser, "_parse_structure"), (ResponseParser, "_handle_structure")):
        setattr(parser, method, _unless_plain(getattr(parser, method)))
    BaseJSONSerializer._serialize_type_structure = _serialized  # type: ignore[method-assign]
    _send_at_once()
    _parse_once()
    _walk_quickly()
    # A transaction copies whole tables, to restore them if it fails; an update copies its item.
    for model, copied in ((Table, _copied_table), (Item, _copied_item), (DynamoType, _copied_value)):
        setattr(model, "__deepcopy__", copied)  # noqa: B010 - mypy knows it as a method


# ---- a call on its way to moto


def _send_at_once() -> None:
    vars(botocore.auth)["SigV4Auth"].add_auth = _unsigned(SigV4Auth.add_auth)
    vars(botocore.useragent)["UserAgentString"].to_string = lambda _: "tests"
    # It draws every character of a request id by itself.
    MotoRandom.get_random_string = _random_string(MotoRandom.get_random_string)  # type: ignore[method-assign]
    # Each start adds its 1,300 patterns to the package `responses`, for calls that are not botocore's.
    vars(moto.core.models)["RESPONSES_METHODS"] = []
    BotocoreStubber.process_request = _process_request  # type: ignore[method-assign]
    vars(botocore.endpoint)["Endpoint"].make_request = _make_request
    # It evaluates the same rules at each call.
    vars(botocore.regions)["EndpointRulesetResolver"].construct_endpoint = _construct_endpoint


def _unsigned(sign: Callable[..., None]) -> Callable[..., None]:
    """What names account, region and service as a signature does; moto checks none. Signed URLs are signed."""

    def add_auth(self: Any, request: Any) -> None:
        # The local cloud checks signatures.
        if type(self) in (SigV4Auth, S3SigV4Auth) and urlsplit(request.url).netloc.endswith(".amazonaws.com"):
            names = {"region": vars(self)["_region_name"], "service": vars(self)["_service_name"]}
            request.headers["Authorization"] = _UNSIGNED.format_map(names)
            if isinstance(self, S3SigV4Auth):  # by it moto knows a body with a checksum behind it
                request.headers["X-Amz-Content-SHA256"] = self.payload(request)
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
    """It looks through the patterns of all services at each call, and reads those of S3 from their file anew."""
    address = urlsplit(request.url)
    url = f"{address.scheme}://{address.netloc}{address.path}"
    serve = next((serve for pattern, serve in _methods_of_s3(address.netloc) if pattern.match(url)), None)
    if serve is None:
        return _ANY_URL(self, request)
    known = normalize_request(request)
    try:
        return serve(known, known.raw_url, known.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


@cache
def _methods_of_s3(host: str) -> Sequence[tuple[re.Pattern[str], Callable[..., Any]]]:
    """What serves which URLs, if `host` is S3's."""
    service = next((name for name, pattern in backend_url_patterns if pattern.match(f"https://{host}/")), None)
    if service != "s3":
        return []
    return [(re.compile(pattern), serve) for pattern, serve in s3_backends[_ACCOUNT]["aws"].urls.items()]


def _make_request(self: Any, operation: Any, request: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    """Without a request of HTTP in between, for services that only read a JSON body.

    botocore has checked and serialized the parameters before, and parses the response here.
    """
    address = urlsplit(request["url"])
    service = _json_service_of(address.netloc)
    if service is None or not vars(moto.core.models)["botocore_stubber"].enabled:
        return _OVER_HTTP(self, operation, request)  # type: ignore[no-any-return]
    handler = service()
    handler.uri, handler.path, handler.uri_match = request["url"], address.path, {}
    handler.region, handler.current_account = request["context"]["client_region"], _ACCOUNT
    handler.headers, handler.querystring, handler.body = request["headers"], {}, request["body"].decode()
    handler.response_headers = {"server": "amazon.com"}
    if handler.automated_parameter_parsing:
        handler.params = JSONParser(operation).parse({"body": handler.body})  # type: ignore[typeddict-item]
    status, headers, body = handler.call_action()
    response = {"headers": headers, "status_code": status, "body": body.encode(), "context": {}}
    parser = self._response_parser_factory.create_parser(operation.service_model.resolved_protocol)
    parsed = parser.parse(response, operation.output_shape)
    if status >= 300:
        self._add_modeled_error_fields(response, parsed, operation, parser)
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return AWSResponse(request["url"], status, headers, None), parsed


def _construct_endpoint(self: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
    if operation_model.service_model.service_name not in _ONE_ADDRESS:
        return _RESOLVE(self, operation_model, call_args, request_context)
    known = self, operation_model.name
    if known not in _endpoints:
        _endpoints[known] = _RESOLVE(self, operation_model, call_args, request_context)
    return _endpoints[known]


@cache
def _json_service_of(host: str) -> Callable[[], Any] | None:
    """Makes what serves one call to the service at `host`."""
    name, _, rest = host.partition(".")
    return _JSON_SERVICES.get(name) if rest.endswith("amazonaws.com") else None


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
        copied.children = [_copied(child) if _is_one_of(type(child), Node) else child for child in node.children]
        for child in copied.children:
            if _is_one_of(type(child), Node):
                child.parent = copied
    return copied


def _walk_quickly() -> None:
    # The copy that a validator changes is made with copy.deepcopy.
    Node.__deepcopy__ = lambda self, _: _copied(self)
    Validator.validate = _validate  # type: ignore[method-assign]
    Walk.traverse = _traverse
    Node.find_clauses = _find_clauses


def _find_clauses(self: Any, clause_types: Sequence[type]) -> list[Any]:
    found = []
    for child in self.children or ():
        if type(child) in clause_types:
            found.append(child)
        elif _is_one_of(type(child), _WITH_CLAUSES):
            found += _find_clauses(child, clause_types)
    return found


def _validate(self: Validator) -> Any:
    """Each processor walks through the whole expression, though most process a kind of node that is not in it.

    Two look for clauses below each node: what they find below the root holds all of that.
    """
    node = self.node_to_validate
    for processor in self.processors:
        wanted = processor.nodes_to_be_processed()
        if isinstance(processor, ActionCountValidator | OverlappingPathsValidator):
            node = processor.process(node)
        elif any(_is_one_of(type(each), wanted) for each in _nodes(node)):
            node = processor.traverse(node)
    return node


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children or ():
        if _is_one_of(type(child), Node):
            yield from _nodes(child)


def _traverse(self: Any, node: Any) -> Any:
    """It asks at every node which kinds it processes, and calls a hook that only one class has."""
    wanted = self.nodes_to_be_processed()
    hook = type(self).pre_processing_of_child is not Walk.pre_processing_of_child

    def walk(node: Any, child_id: int) -> Any:
        if not _is_one_of(type(node), Node):
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if hook:
                self.pre_processing_of_child(node, number)
            walk(child, number)
        if _is_one_of(type(node), wanted):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    return walk(node, -1)


def _copied_table(self: Table, memo: dict[int, Any]) -> Table:
    """With items of its own: only these can change."""
    copied: Table = _like(self)
    vars(copied).update(vars(self), items=copy.deepcopy(self.items, memo))
    return copied


def _copied_item(self: Item, _: dict[int, Any]) -> Item:
    """Nothing in an item is there twice, so that no copy has to be looked for."""
    copied: Item = _like(self)
    copied.hash_key = _copied_value(self.hash_key)
    copied.range_key = None if self.range_key is None else _copied_value(self.range_key)
    copied.attrs = dict.__new__(LimitedSizeDict)
    for name, value in self.attrs.items():
        dict.__setitem__(copied.attrs, name, _copied_value(value))
    return copied


def _copied_value(self: DynamoType, _: object = None) -> DynamoType:
    copied: DynamoType = _like(self)
    copied.type, copied.value = self.type, self.value
    if isinstance(self.value, list):
        copied.value = [_copied_value(each) if type(each) is DynamoType else each for each in self.value]
    elif isinstance(self.value, dict):
        copied.value = {name: _copied_value(each) for name, each in self.value.items()}
    return copied


def _like(model: Any) -> Any:
    """Without the list of all models, in which moto keeps every one."""
    return object.__new__(type(model))


# ---- what is in a body


def _value(self: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    if type(value) is dict and (key in value or shape.parent.name == _DYNAMODB_VALUE):  # type: ignore[attr-defined]
        return value.get(key)
    return _SEVERAL_NAMES(self, value, key, shape)


def _is_plain(value: Any, shape: Any) -> bool:
    """Whether it is a value of DynamoDB that is the same in JSON."""
    return bool(shape.name == _DYNAMODB_VALUE and value.keys() <= _PLAIN)


def _unless_plain(read: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    return lambda self, shape, value: dict(value) if _is_plain(value, shape) else read(self, shape, value)


def _serialized(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if _is_plain(value, shape):
        self._default_serialize(serialized, value, shape, key)
    else:
        _SERIALIZE_STRUCTURE(self, serialized, value, shape, key)
