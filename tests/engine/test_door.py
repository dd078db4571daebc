"""The door: whole lists, one way out for writes, deadlines, and errors with a sentence."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from awstui.engine.door import Doors
from awstui.engine.limits import bounded
from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws
from awstui.wire import Scope
from tests.anything import anything
from tests.engine.conftest import QUEUES, SCOPE, MakeDoors, Reply, Scripted


def queues_door(doors: Doors, deadline: float = 0.0) -> Aws:
    """A door to a JSON service that pages."""
    return doors.open(SCOPE, "sqs", deadline)


async def test_more_than_a_thousand_queues_are_listed_whole_and_filled_at_fifty(
    server: str, make_doors: MakeDoors
) -> None:
    aws = queues_door(make_doors(server))
    pages = [page async for page in aws.pages("list_queues", MaxResults=1000)]
    urls = [url async for url in aws.rows("list_queues", MaxResults=1000)]
    assert len(pages) == 2
    assert len(set(urls)) == len(urls) >= QUEUES
    told = await bounded(
        50,
        urls[:200],
        lambda url: aws.read("get_queue_attributes", QueueUrl=url, AttributeNames=["QueueArn"]),
    )
    arns = [one["Attributes"]["QueueArn"] for one in told]
    assert [arn.rsplit(":", 1)[1] for arn in arns] == [url.rsplit("/", 1)[1] for url in urls[:200]]


async def test_pages_go_on_through_empty_ones(scripted: Scripted, make_doors: MakeDoors) -> None:
    scripted.script(
        Reply.of({"QueueUrls": ["a"], "NextToken": "1"}),
        Reply.of({"NextToken": "2"}),
        Reply.of({"QueueUrls": [], "NextToken": "3"}),
        Reply.of({"QueueUrls": ["b"]}),
    )
    aws = queues_door(make_doors(scripted.url))
    assert [url async for url in aws.rows("list_queues", MaxResults=2)] == ["a", "b"]
    sent = [request.body for request in scripted.requests]
    assert sent == [{"MaxResults": 2}, *({"MaxResults": 2, "NextToken": token} for token in "123")]


async def test_a_repeated_token_is_an_error_and_no_endless_list(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply.of({"QueueUrls": ["a"], "NextToken": "same"}))
    aws = queues_door(make_doors(scripted.url))
    with pytest.raises(AwsError, match="same token twice"):
        [url async for url in aws.rows("list_queues")]
    assert len(scripted.requests) == 2


async def test_too_many_pages_are_an_error_and_no_short_list(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awstui.engine.door.PAGE_CAP", 3)
    scripted.script(*(Reply.of({"QueueUrls": ["a"], "NextToken": str(n)}) for n in range(9)))
    with pytest.raises(AwsError, match="more than 3 pages"):
        [url async for url in queues_door(make_doors(scripted.url)).rows("list_queues")]


async def test_several_tokens_and_a_flag_page_as_the_model_says(
    server: str, make_doors: MakeDoors
) -> None:
    doors = make_doors(server)
    zones = doors.open(SCOPE, "route53")
    with doors.gate.grant("change", "zones.make", "z", SCOPE, anything()):
        zone = await zones.write("create_hosted_zone", Name="a.example", CallerReference="1")
        change = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": f"n{number}.a.example",
                    "Type": "A",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": "10.0.0.1"}],
                },
            }
            for number in range(7)
        ]
        ident = zone["HostedZone"]["Id"]
        await zones.write(
            "change_resource_record_sets", HostedZoneId=ident, ChangeBatch={"Changes": change}
        )
    names = [
        record["Name"]
        async for record in zones.rows(
            "list_resource_record_sets", HostedZoneId=ident, MaxItems="2"
        )
        if record["Type"] == "A"
    ]
    assert names == [f"n{number}.a.example." for number in range(7)]


async def test_rows_of_an_operation_with_several_lists_need_a_pick(
    server: str, make_doors: MakeDoors
) -> None:
    alarms = make_doors(server).open(SCOPE, "cloudwatch")
    with pytest.raises(AwstuiError) as told:
        [row async for row in alarms.rows("describe_alarms")]
    assert "cloudwatch:describe_alarms" in told.value.problem.what
    assert "MetricAlarms" in told.value.problem.why
    assert [row async for row in alarms.rows("describe_alarms", "MetricAlarms")] == []


async def test_a_write_goes_out_once_and_an_answer_that_never_comes_is_unknown(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    for act in ("close", "hang"):
        scripted.requests.clear()
        scripted.script(Reply(act=act))
        with (
            doors.gate.grant("change", "queues.send", "q", SCOPE, anything()),
            pytest.raises(AwsError) as told,
        ):
            await queues_door(doors, 0.5).write("send_message", QueueUrl="u", MessageBody="secret")
        assert told.value.problem.kind == "unknown"
        assert len(scripted.requests) == 1
    await doors.audit.flush()
    assert [line["phase"] for line in audit_lines(tmp_path)] == ["intent", "unknown"] * 2


async def test_a_write_that_cannot_connect_is_known_not_to_have_happened(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors("http://127.0.0.1:9")  # the discard port: nobody listens
    with (
        doors.gate.grant("change", "queues.send", "q", SCOPE, anything()),
        pytest.raises(AwsError) as told,
    ):
        await queues_door(doors).write("send_message", QueueUrl="u", MessageBody="x")
    assert told.value.problem.kind == "offline"


async def test_a_write_is_sent_again_only_when_aws_says_there_were_too_many(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awstui.engine.limits.PAUSE", (0.0, 0.0))
    monkeypatch.setattr("awstui.engine.calls.BACK_OFF", 0.0)
    doors = make_doors(scripted.url)
    scripted.script(Reply.error("ThrottlingException"), Reply.of({"MessageId": "1"}))
    with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()):
        await queues_door(doors).write("send_message", QueueUrl="u", MessageBody="x")
    assert len(scripted.requests) == 2
    assert doors.meter.throttled
    scripted.requests.clear()
    scripted.script(Reply.error("InternalError", status=500))
    with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()), pytest.raises(AwsError):
        await queues_door(doors).write("send_message", QueueUrl="u", MessageBody="x")
    assert len(scripted.requests) == 1


async def test_a_read_is_repeated_when_the_connection_breaks(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply(act="close"), Reply.of({"QueueUrls": ["a"]}))
    assert await queues_door(make_doors(scripted.url)).read("list_queues") is not None
    assert len(scripted.requests) == 2


async def test_a_read_that_costs_money_goes_out_once_and_needs_no_grant(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply(act="close"))
    logs = make_doors(scripted.url, read_only=True).open(SCOPE, "logs", 2.0)
    with pytest.raises(AwsError):
        await logs.read("start_query", startTime=0, endTime=1, queryString="limit 1")
    assert len(scripted.requests) == 1


async def test_the_deadline_ends_an_answer_that_trickles(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply(act="trickle"))
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(AwsError, match=r"did not answer within 0.3 s"):
        await queues_door(make_doors(scripted.url), 0.3).read("list_queues")
    assert loop.time() - started < 5  # the whole would take 40 s


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<!DOCTYPE html><p>Please log in", headers={"Content-Type": "text/html"}),
        Reply(b"Welcome to the hotel", headers={"Content-Type": "text/plain"}),
        Reply(b"", headers={}),
    ],
    ids=["page", "text", "empty"],
)
async def test_what_is_not_from_aws_is_a_fault_and_no_empty_list(
    reply: Reply, scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(reply)
    with pytest.raises(AwsError, match="not from AWS") as told:
        [url async for url in queues_door(make_doors(scripted.url)).rows("list_queues")]
    assert told.value.problem.kind == "fault"


@pytest.mark.parametrize("service", ["sns", "route53"])
async def test_a_page_instead_of_xml_is_a_fault_too(
    service: str, scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply(b"<html><body>Please log in</body></html>", headers={}))
    operation = {"sns": "list_topics", "route53": "list_hosted_zones"}[service]
    with pytest.raises(AwsError) as told:
        await make_doors(scripted.url).open(SCOPE, service).read(operation)
    assert told.value.problem.kind == "fault"


async def test_a_host_prefix_is_not_put_before_a_custom_endpoint(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(Reply.error("AccessDeniedException", "no"))
    machines = doors.open(SCOPE, "stepfunctions")
    with (
        doors.gate.grant("change", "m.run", "m", SCOPE, anything()),
        pytest.raises(AwsError) as told,
    ):
        await machines.write("start_sync_execution", stateMachineArn="arn:aws:states:::x")
    assert told.value.problem.kind == "denied"
    assert scripted.requests[0].headers["host"] == scripted.url.removeprefix("http://")


async def test_a_refusal_names_the_action_and_who_asked(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    scripted.script(Reply.error("AccessDeniedException", "Access denied."))
    doors = make_doors(scripted.url)
    doors.principals["demo"] = "arn:aws:iam::123456789012:user/ann"
    with pytest.raises(AwsError) as told:
        await doors.open(SCOPE, "stepfunctions").read("list_state_machines")
    problem = told.value.problem
    assert problem.what == "arn:aws:iam::123456789012:user/ann may not states:ListStateMachines."
    assert (problem.action, problem.kind) == ("states:ListStateMachines", "denied")


async def test_the_same_identity_elsewhere_keeps_its_profile_and_account(
    make_doors: MakeDoors,
) -> None:
    door = make_doors("http://127.0.0.1:9").open(SCOPE, "sqs")
    there = door.at(service="logs", region="cn-north-1", deadline=5)
    assert (there.service, there.profile, there.account) == ("logs", "demo", "123456789012")
    assert (there.region, there.partition) == ("cn-north-1", "aws-cn")
    assert (door.service, door.region, door.partition) == ("sqs", "eu-west-1", "aws")


async def test_a_streamed_body_comes_whole(server: str, make_doors: MakeDoors) -> None:
    doors = make_doors(server)
    scope = Scope("demo", "us-east-1", "123456789012")
    objects = doors.open(scope, "s3")
    with doors.gate.grant("change", "objects.put", "o", scope, anything()):
        await objects.write("create_bucket", Bucket="door-body")
        await objects.write("put_object", Bucket="door-body", Key="o", Body=b"x" * 70_000)
    assert (await objects.read("get_object", Bucket="door-body", Key="o"))["Body"] == b"x" * 70_000


def audit_lines(folder: Path) -> list[dict[str, object]]:
    """What the audit holds."""
    (file,) = (folder / "audit").iterdir()
    return [json.loads(line) for line in file.read_text().splitlines()]
