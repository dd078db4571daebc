"""Calls by pattern: signed as botocore signs, and botocore's again as soon as anything is unusual."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from awstui.engine import model
from awstui.engine.door import Doors
from awstui.engine.shared import SharedTls
from awstui.engine.signing import Signer
from awstui.engine.straight import Exchange, Straight
from awstui.engine.swift import META, _form, _is_simple, _parser, _reader
from awstui.errors import AwsError
from tests.anything import anything
from tests.engine.conftest import SCOPE, MakeDoors, Reply, Request, Scripted

HERE = {"QueueUrl": "http://127.0.0.1/q", "AttributeNames": ["All"]}
GOOD = Reply.of({"Attributes": {"QueueArn": "arn"}, "Unknown": 1})


async def read(doors: Doors) -> dict[str, Any]:
    """One read of the kind that is made for each row of a list."""
    return await doors.open(SCOPE, "sqs").read("get_queue_attributes", **HERE)


def through_botocore(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of each request that botocore sends, from here on."""
    seen: list[str] = []
    send = SharedTls.send

    async def noted(self: SharedTls, request: Any) -> Any:
        seen.append(request.method)
        return await send(self, request)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(SharedTls, "send", noted)
    return seen


def signed_anew(request: Request, url: str) -> str:
    """The signature that botocore gives a request."""
    keys = ReadOnlyCredentials("awstui", "awstui", None)
    names = request.headers["authorization"].split("signedheaders=")[1].split(",")[0].split(";")
    moment = request.headers["x-amz-date"].upper()
    headers = {name: request.headers[name] for name in names if name != "host"}
    # The server lowers what it hears.
    headers |= {"x-amz-target": "AmazonSQS.GetQueueAttributes", "x-amz-date": moment}
    made = AWSRequest("POST", url, headers, request.raw)
    made.context["timestamp"] = moment
    auth: Any = SigV4Auth(keys, "sqs", SCOPE.region)
    text = auth.string_to_sign(made, auth.canonical_request(made))
    return str(auth.signature(text, made))


async def test_the_first_call_is_botocores_and_the_next_are_signed_as_it_signs(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors, sent = make_doors(scripted.url), through_botocore(monkeypatch)
    scripted.script(GOOD)
    first = await read(doors)
    second = await read(doors)
    assert len(sent) == 1
    assert len(scripted.requests) == 2
    assert first == second
    assert second["Attributes"] == {"QueueArn": "arn"}
    assert "Unknown" not in second
    one, other = scripted.requests
    assert one.raw == other.raw
    assert set(one.headers) == set(other.headers)
    assert one.headers["amz-sdk-invocation-id"] != other.headers["amz-sdk-invocation-id"]
    signature = other.headers["authorization"].rpartition("signature=")[2]
    assert signature == signed_anew(other, scripted.url)


async def test_a_refusal_of_a_later_call_is_the_first_of_botocores_three_tries(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awstui.engine.limits.PAUSE", (0.0, 0.0))
    monkeypatch.setattr("aiobotocore.endpoint.AioEndpoint._sleep", lambda *_: asyncio.sleep(0))
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)
    scripted.script(Reply.error("ThrottlingException"))
    scripted.requests.clear()
    with pytest.raises(AwsError) as told:
        await read(doors)
    assert told.value.problem.kind == "throttled"
    assert len(scripted.requests) == 3
    assert doors.meter.throttled


@pytest.mark.parametrize(
    "reply",
    [
        Reply(act="close"),
        Reply.error("InternalError", status=500),
        Reply(b'{"Attributes": {"QueueArn"'),
    ],
)
async def test_what_breaks_is_repeated_by_botocore_and_learnt_anew(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr("aiobotocore.endpoint.AioEndpoint._sleep", lambda *_: asyncio.sleep(0))
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)
    sent = through_botocore(monkeypatch)
    scripted.script(reply, GOOD)
    if reply.body.startswith(b'{"Attr'):
        with pytest.raises(AwsError, match="cut off"):
            await read(doors)
    else:
        assert (await read(doors))["Attributes"] == {"QueueArn": "arn"}
    await read(doors)
    before = len(sent)
    await read(doors)
    assert len(sent) == before


async def test_a_denial_of_a_later_call_is_explained_and_sent_once(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)
    scripted.script(Reply.error("AccessDeniedException", "no", status=403))
    with pytest.raises(AwsError) as told:
        await read(doors)
    assert told.value.problem.kind == "denied"
    assert len(scripted.requests) == 2


async def test_the_gate_stands_before_a_pattern_too(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)
    monkeypatch.setattr("awstui.engine.gate.is_read", lambda *_: False)
    with pytest.raises(AwsError, match="was not sent"):
        await read(doors)
    assert len(scripted.requests) == 1


async def test_other_keys_sign_from_the_moment_that_they_are_there(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)

    async def others(_: str) -> ReadOnlyCredentials:
        return ReadOnlyCredentials("renewed", "secret", None)

    monkeypatch.setattr(doors.swift, "_keys", others)
    await read(doors)
    assert "credential=renewed/" in scripted.requests[-1].headers["authorization"]


async def test_arguments_that_the_model_refuses_never_go_out(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(GOOD)
    await read(doors)
    with pytest.raises(AwsError, match="are not valid"):
        await doors.open(SCOPE, "sqs").read(
            "get_queue_attributes", QueueUrl="u", AttributeNames="All"
        )
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    ("service", "operation", "simple"),
    [
        ("sqs", "get_queue_attributes", True),
        ("stepfunctions", "describe_execution", True),
        ("logs", "filter_log_events", True),
        ("logs", "start_live_tail", False),
        ("dynamodb", "get_item", False),
        ("lambda", "list_functions", False),
        ("sns", "list_topics", False),
        ("s3", "list_objects_v2", False),
    ],
)
def test_only_what_is_all_in_its_body_is_learnt(
    service: str, operation: str, *, simple: bool
) -> None:
    assert _is_simple(model.operation(service, operation)) is simple


async def test_times_in_an_answer_are_read_as_botocore_reads_them(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    machine = {"name": "m", "stateMachineArn": "a", "type": "EXPRESS", "creationDate": 1700000000.5}
    scripted.script(Reply.of({"stateMachines": [machine]}))
    aws = make_doors(scripted.url).open(SCOPE, "stepfunctions")
    for _ in range(2):
        answer = await aws.read("list_state_machines")
        at = answer["stateMachines"][0]["creationDate"]
        assert at.astimezone(UTC) == datetime.fromtimestamp(1700000000.5, UTC)


EVENT = {"eventId": "e", "timestamp": 1, "message": "m"}


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [EVENT, EVENT], "nextToken": "t"},
        {"events": [EVENT | {"more": {"b": 1}}], "more": [1]},
        {"events": [EVENT | {"message": None}, None], "nextToken": None},
        {"events": [EVENT | {"timestamp": 1.5}]},
        {"events": [EVENT | {"message": "\ud800"}]},
        {},
    ],
)
def test_structures_of_plain_values_are_read_at_once_and_as_botocore_reads_them(
    answer: dict[str, Any],
) -> None:
    operation, content = model.operation("logs", "filter_log_events"), json.dumps(answer).encode()
    told = {"status_code": 200, "headers": {}, "body": content}
    theirs = _parser.parse(told, operation.output_shape)
    try:
        ours = _reader(operation)(content, {"x-amzn-requestid": "r"})
    except msgspec.DecodeError:  # botocore is given what came
        assert "\\ud800" in content.decode()
        return
    assert {**ours, META: 0} == {**theirs, META: 0}


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"events": [{"message": "cut of'])
def test_what_is_no_whole_answer_is_left_to_botocore(content: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        _reader(model.operation("logs", "filter_log_events"))(content, {"x-amzn-requestid": "r"})


@pytest.mark.parametrize(
    ("service", "operation", "plain"),
    [
        ("logs", "filter_log_events", True),  # structures in a list
        ("sqs", "get_queue_attributes", True),  # a map
        ("stepfunctions", "list_executions", False),  # times
        ("dynamodb", "get_item", False),  # values within values
    ],
)
def test_what_botocore_makes_more_of_is_left_to_it(
    service: str, operation: str, *, plain: bool
) -> None:
    shape = model.operation(service, operation).output_shape
    assert shape is not None
    assert (_form(shape) is not None) is plain


def test_a_token_is_signed_with_the_rest() -> None:
    keys = ReadOnlyCredentials("k", "s", "t/o=")
    made = AWSRequest(
        "POST", "https://sqs.eu-west-1.amazonaws.com/", {"X-Amz-Target": "A.B"}, b"{}"
    )
    made.context["timestamp"] = "20260101T000000Z"
    auth: Any = SigV4Auth(keys, "sqs", "eu-west-1")
    auth._modify_request_before_signing(made)
    signature = auth.signature(auth.string_to_sign(made, auth.canonical_request(made)), made)
    auth._inject_signature_to_request(made, signature)
    headers = {name.lower(): value for name, value in made.headers.items()}
    signer = Signer.like(headers, "sqs.eu-west-1.amazonaws.com")
    assert signer is not None
    assert signer.has_token
    anew = signer.headers(keys, b"{}", "20260101T000000Z")
    assert anew["Authorization"] == made.headers["Authorization"]
    assert Signer.like(headers | {"authorization": "Bearer x"}, "h") is None


async def test_what_came_of_one_sessions_request_is_not_taken_for_anothers() -> None:
    exchange = Exchange(lambda _: None)
    mine, its = object(), object()
    exchange.had(mine, ValueError("it broke"))  # type: ignore[arg-type]
    assert exchange.take(its) is None  # type: ignore[arg-type]
    with exchange.watching(), pytest.raises(ValueError, match="it broke"):
        await Straight(mine).request("POST", url=None)  # type: ignore[arg-type]
    assert exchange.take(mine) is None  # type: ignore[arg-type]


TAKEN = Reply.of({"MessageId": "m-1", "MD5OfMessageBody": "d", "Unknown": 1})


async def write(doors: Doors) -> dict[str, Any]:
    """One write that a person has confirmed."""
    with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()):
        return await doors.open(SCOPE, "sqs").write(
            "send_message", QueueUrl=HERE["QueueUrl"], MessageBody="x"
        )


async def test_a_later_write_is_what_botocores_was(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors, sent = make_doors(scripted.url), through_botocore(monkeypatch)
    scripted.script(TAKEN)
    first = await write(doors)
    second = await write(doors)
    assert len(sent) == 1
    assert first | {META: 0} == second | {META: 0} == {
        "MessageId": "m-1", "MD5OfMessageBody": "d", META: 0,
    }  # fmt: skip
    one, other = scripted.requests
    assert one.raw == other.raw
    assert set(one.headers) == set(other.headers)


async def test_a_write_whose_answer_was_never_read_rightly_is_botocores(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors, sent = make_doors(scripted.url), through_botocore(monkeypatch)
    scripted.script(Reply.error("InternalError", status=500))
    for count in (1, 2):
        with pytest.raises(AwsError):
            await write(doors)
        assert len(sent) == len(scripted.requests) == count


@pytest.mark.parametrize(
    "reply",
    [
        Reply(act="close"),
        Reply.error("InternalError", status=500),
        Reply(b'{"MessageId": "m'),
        Reply(b"<html>log in</html>", headers={}),
        Reply.error("AccessDeniedException", "no", status=403),
    ],
)
async def test_a_write_that_fails_goes_out_once_and_means_what_it_means_to_botocore(
    scripted: Scripted, make_doors: MakeDoors, reply: Reply
) -> None:
    scripted.script(reply)
    with pytest.raises(AwsError) as theirs:
        await write(make_doors(scripted.url))
    doors = make_doors(scripted.url)
    scripted.script(TAKEN)
    await write(doors)
    scripted.script(reply, TAKEN)
    scripted.requests.clear()
    with pytest.raises(AwsError) as ours:
        await write(doors)
    assert ours.value.problem == theirs.value.problem
    assert len(scripted.requests) == 1
    assert (await write(doors))["MessageId"] == "m-1"
    assert len(scripted.requests) == 2


async def test_a_write_that_is_refused_for_the_moment_is_sent_three_times(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awstui.engine.limits.PAUSE", (0.0, 0.0))
    monkeypatch.setattr("awstui.engine.calls.BACK_OFF", 0.0)
    doors = make_doors(scripted.url)
    scripted.script(TAKEN)
    await write(doors)
    scripted.script(Reply.error("ThrottlingException"))
    scripted.requests.clear()
    with pytest.raises(AwsError) as told:
        await write(doors)
    assert told.value.problem.kind == "throttled"
    assert len(scripted.requests) == 3


async def test_a_write_that_nobody_has_confirmed_does_not_go_by_a_pattern(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(TAKEN)
    await write(doors)
    with pytest.raises(AwsError, match="was not sent"):
        await doors.open(SCOPE, "sqs").write(
            "send_message", QueueUrl=HERE["QueueUrl"], MessageBody="x"
        )
    assert len(scripted.requests) == 1


async def test_what_went_out_once_does_not_go_out_again_over_the_same_session() -> None:
    exchange = Exchange(lambda _: None, once=True)
    mine, its = object(), object()
    exchange.had(mine, ValueError("it broke"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="it broke"):
        exchange.take(mine)  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientError, match="goes out once"):
        exchange.take(mine)  # type: ignore[arg-type]
    assert exchange.take(its) is None, "such as one that fetches credentials"  # type: ignore[arg-type]
