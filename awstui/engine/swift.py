"""Calls at a fraction of the price: what botocore did for the first call of an operation is done again.

For each request botocore resolves the endpoint, builds and signs headers and asks a dozen hooks, which takes
ten times as long as what differs from one call to the next: body, moment and signature. So its first request
for an operation is kept as a pattern, if making it anew gives the same signature; reading its answer anew has
to give the same answer, too. Whatever comes back that is not plainly a good answer is put before botocore as
what became of its own first request, so that errors, retries and faults have one way to go. What is to go
out once goes out once: the request that botocore is told of is the one there was, and another is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from functools import cache
from types import GenericAlias
from typing import Any, Final, TypedDict
from weakref import WeakKeyDictionary

import aiohttp
import msgspec
from botocore.credentials import ReadOnlyCredentials
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from yarl import URL

from awstui.engine.breaker import Circuit
from awstui.engine.gate import Gate
from awstui.engine.hearing import Hearing
from awstui.engine.signing import Signer
from awstui.engine.straight import Exchange, Request
from awstui.engine.turns import Turns
from awstui.plugin import Row

PROTOCOL = "json"
"""The protocol this is for: every request is a POST to ``/``, all of it in its body."""

REQUEST_ID = "x-amzn-RequestId"
META = "ResponseMetadata"

_ANEW = frozenset(
    ("content-length", "authorization", "x-amz-date", "x-amz-security-token", "amz-sdk-invocation-id")
)  # fmt: skip
"""Headers that are another for each request."""

_LEAVES: Final = {"string": str, "boolean": bool, "integer": int, "long": int}
"""Values that stand in JSON as botocore gives them."""


class Swift:
    """Sends the calls of all clients, by a pattern where there is one."""

    def __init__(
        self,
        gate: Gate,
        hearing: Hearing,
        keys: Callable[[str], Awaitable[ReadOnlyCredentials | None]],
    ) -> None:
        """``gate`` refuses what nobody has admitted; ``keys(profile)`` sign."""
        self._gate, self._hearing, self._keys = gate, hearing, keys
        self._patterns: WeakKeyDictionary[Any, dict[str, Pattern]] = WeakKeyDictionary()
        self._turns = Turns()

    async def send(
        self, client: Any, method: str, model: OperationModel, arguments: Row, place: Circuit,
        *, once: bool = False,
    ) -> Row:  # fmt: skip
        """The answer to one call; raises what botocore raises. ``once`` is for a client that repeats nothing."""
        if not once:
            await self._turns.take()
        patterns = self._patterns.setdefault(client, {})
        keys = await self._keys(place.profile)
        exchange = Exchange(
            lambda request: self._learn(patterns, model, arguments, keys, request), once=once
        )
        pattern = patterns.get(model.name)
        # What a write has come to must be read rightly: its pattern has to have read one answer so.
        if keys is not None and pattern is not None and (pattern.proven or not once):
            self._gate.guard(model)
            # An answer to a write does not wait: who gives up meanwhile would not hear of it.
            turns = None if once else self._turns
            found = await pattern.send(arguments, keys, exchange, turns)
            if found is not None:
                self._hearing.well(place, found[META]["HTTPHeaders"])
                return found
            if patterns.get(model.name) is pattern:
                del patterns[model.name]
            self._gate.uncount()
        with exchange.watching():
            answer: Row = await getattr(client, method)(**arguments)
        await self._prove(patterns, model.name, answer, exchange)
        return answer

    def _learn(
        self,
        patterns: dict[str, Pattern],
        model: OperationModel,
        arguments: Row,
        keys: ReadOnlyCredentials | None,
        request: Request,
    ) -> None:
        """Learn from what botocore sends before it is answered: many more calls wait to go out."""
        if keys is not None and model.name not in patterns and _is_simple(model):
            learnt = Pattern.of(request, model, arguments, keys)
            if learnt is not None:
                patterns[model.name] = learnt

    async def _prove(
        self, patterns: dict[str, Pattern], name: str, answer: Row, exchange: Exchange
    ) -> None:
        """Forget a pattern that would have read another answer than botocore has."""
        pattern = patterns.get(name)
        if pattern is None or pattern.proven or exchange.answer is None:
            return
        again = pattern.answer(exchange.answer, await exchange.answer.read())
        if again is not None and _content(again) == _content(answer):
            pattern.proven = True
        else:
            del patterns[name]


class Pattern:
    """How an operation is called and its answer read, as botocore did it."""

    def __init__(
        self,
        model: OperationModel,
        session: aiohttp.ClientSession,
        url: URL,
        headers: dict[str, str],
        signer: Signer,
    ) -> None:
        self._model, self._session, self._url = model, session, url
        self._headers, self._signer = headers, signer
        self.proven = False
        """Whether it has read an answer as botocore did."""

        self._read = _reader(model)

    @classmethod
    def of(
        cls,
        request: Request,
        model: OperationModel,
        arguments: Row,
        keys: ReadOnlyCredentials,
    ) -> Pattern | None:
        """What to learn from a request of botocore's; None when it cannot be made anew to the letter."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        signer = Signer.like(headers, request.url.host_port_subcomponent or "")
        body = _body(model, arguments)
        if signer is None or request.proxy or request.method != "POST" or body != request.body:
            return None
        if signer.has_token != bool(keys.token):
            return None
        anew = signer.headers(keys, body, headers["x-amz-date"])
        if anew["Authorization"] != headers["authorization"]:
            return None
        fixed = {name: value for name, value in headers.items() if name not in _ANEW}
        return cls(model, request.session, request.url, fixed, signer)

    async def send(
        self, arguments: Row, keys: ReadOnlyCredentials, exchange: Exchange, turns: Turns | None
    ) -> Row | None:
        """The answer; None when none came that is plainly good, and ``exchange`` has what came."""
        if self._signer.has_token != bool(keys.token):
            return None
        body = _body(self._model, arguments)
        headers = self._headers | self._signer.headers(keys, body)
        headers["amz-sdk-invocation-id"] = str(uuid.uuid4())
        try:
            response = await self._session.request(
                "POST", self._url, headers=headers, data=body, allow_redirects=False
            )
            content = await response.read()
        except Exception as error:  # noqa: BLE001  botocore says what it means, as of its own request
            exchange.had(self._session, error)
            return None
        if turns is not None:
            await turns.take()
        answer = self.answer(response, content)
        if answer is None:
            exchange.had(self._session, response)
        return answer

    def answer(self, response: aiohttp.ClientResponse, content: bytes) -> Row | None:
        """A response as botocore would give it; None when it is not plainly a good one."""
        if response.status != 200 or REQUEST_ID not in response.headers:
            return None
        headers = {name.lower(): value for name, value in response.headers.items()}
        try:
            return self._read(content, headers)
        except msgspec.DecodeError:
            return None


@cache
def _is_simple(model: OperationModel) -> bool:
    """Whether all that differs between two calls of an operation is in the body, and the answer is no stream."""
    return (
        model.service_model.resolved_protocol == PROTOCOL
        and not model.endpoint
        and not (model.has_streaming_input or model.has_streaming_output)
        and not (model.has_event_stream_input or model.has_event_stream_output)
        and not (model.context_parameters or model.operation_context_parameters)
        and not model.idempotent_members
    )


_typed_dict: Any = TypedDict
_serializer: Any = create_serializer(PROTOCOL)
_parser: Any = create_parser(PROTOCOL)


def _body(model: OperationModel, arguments: Row) -> bytes:
    """What is sent; raises what botocore raises when the arguments are not what the operation takes."""
    body: bytes = _serializer.serialize_to_request(arguments, model)["body"]
    return body


def _content(answer: Row) -> Row:
    return {name: value for name, value in answer.items() if name != META}


def _reader(model: OperationModel) -> Callable[[bytes, dict[str, str]], Row]:
    """How the body of a good answer is read: by botocore, unless it is in JSON what it is here."""
    shape = model.output_shape
    form = _form(shape) if isinstance(shape, StructureShape) else None

    def parse(content: bytes, headers: dict[str, str]) -> Row:
        msgspec.json.decode(content, type=dict[str, msgspec.Raw])  # what is cut off is no answer
        told = {"status_code": 200, "headers": headers, "body": content}
        parsed: Row = _parser.parse(told, shape)
        parsed[META]["RetryAttempts"] = 0
        return parsed

    if form is None:
        return parse
    decoder = msgspec.json.Decoder(form)

    def read(content: bytes, headers: dict[str, str]) -> Row:
        try:
            answer: Row = decoder.decode(content)
        except msgspec.ValidationError:  # such as a null, which botocore leaves out
            return parse(content, headers)
        answer[META] = {
            "RequestId": headers[REQUEST_ID.lower()],
            "HTTPStatusCode": 200,
            "HTTPHeaders": headers,
            "RetryAttempts": 0,
        }
        return answer

    return read


def _form(shape: Shape, within: frozenset[str] = frozenset()) -> Any:
    """The type that JSON is read as where botocore gives just that; None where it makes more of it."""
    if isinstance(shape, ListShape):
        held = _form(shape.member, within)
        return held and GenericAlias(list, (held,))
    if isinstance(shape, MapShape):
        held = _form(shape.value, within) if shape.key.type_name in _LEAVES else None
        return held and GenericAlias(dict, (str, held))
    if isinstance(shape, StructureShape):
        return None if shape.name in within else _structure(shape, within | {shape.name})
    return _LEAVES.get(shape.type_name)


def _structure(shape: StructureShape, within: frozenset[str]) -> Any:
    if shape.is_tagged_union or shape.is_document_type:
        return None
    forms = {}
    for name, member in shape.members.items():
        forms[name] = _form(member, within)
        if forms[name] is None or member.serialization.get("name", name) != name:
            return None
    return _typed_dict(shape.name, forms, total=False)
