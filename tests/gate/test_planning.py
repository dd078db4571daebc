"""What was confirmed is what is sent: the same requests, once, soon, and on what is still as it was."""

from __future__ import annotations

import pytest

from awstui import wire
from awstui.errors import AwsError
from tests.gate.conftest import Desk

PROD = {"production": ("^123456789012$",)}


async def test_a_plan_says_the_exact_requests_and_sends_none(desk: Desk) -> None:
    row = await desk.queue("gate-plan")
    made = await desk.plan("tag", row, value="red")
    assert made["lines"] == ("Tags gate-plan, which holds 3.",)
    assert made["requests"] == ("sqs:TagQueue × 1",)
    (call,) = made["calls"]
    assert call["operation"] == "sqs:TagQueue"
    assert call["parameters"]["Tags"] == {"mark": "red"}
    assert (made["demanded"], desk.sent) == ("", [])


async def test_what_was_confirmed_is_sent_once(desk: Desk) -> None:
    row = await desk.queue("gate-once")
    made = await desk.plan("tag", row, value="red")
    assert await desk.act("tag", row, plan=made["id"], value="red") == "Tagged."
    assert desk.sent == ["TagQueue"]
    with pytest.raises(AwsError) as told:
        await desk.act("tag", row, plan=made["id"], value="red")
    assert (told.value.problem.kind, desk.sent) == ("stale", ["TagQueue"])


@pytest.mark.parametrize("about", ["no plan", "another's", "other fields", "another row"])
async def test_without_its_own_plan_nothing_is_sent(desk: Desk, about: str) -> None:
    row, other = await desk.queue("gate-own"), await desk.queue("gate-other")
    plan = {
        "no plan": "",
        "another's": (await desk.plan("untag", row))["id"],
        "other fields": (await desk.plan("tag", row, value="red"))["id"],
        "another row": (await desk.plan("tag", other, value="blue"))["id"],
    }[about]
    with pytest.raises(AwsError, match="Nothing was sent"):
        await desk.act("tag", row, plan=plan, value="blue")
    assert desk.sent == []


@pytest.mark.parametrize(("age", "sent"), [(59.0, ["TagQueue"]), (61.0, [])])
async def test_a_plan_lasts_a_minute(desk: Desk, age: float, sent: list[str]) -> None:
    row = await desk.queue("gate-old")
    made = await desk.plan("tag", row)
    desk.world.now += age
    if sent:
        await desk.act("tag", row, plan=made["id"])
    else:
        with pytest.raises(AwsError) as told:
            await desk.act("tag", row, plan=made["id"])
        assert told.value.problem.why == "Its plan is older than 60 seconds."
        assert told.value.problem.kind == "stale"
    assert desk.sent == sent


async def test_a_target_that_has_changed_since_is_not_touched(desk: Desk) -> None:
    row = await desk.queue("gate-changed")
    made = await desk.plan("tag", row)
    desk.world.depth = 4
    with pytest.raises(AwsError) as told:
        await desk.act("tag", row, plan=made["id"])
    assert told.value.problem.why == "What it is about has changed since."
    assert desk.sent == []


async def test_a_target_that_has_vanished_is_not_touched(desk: Desk) -> None:
    row = await desk.queue("gate-vanished")
    made = await desk.plan("tag", row)
    gone = await desk.plan("delete", row)
    await desk.act("delete", row, plan=gone["id"], typed="gate-vanished")
    desk.wire.log.clear()
    with pytest.raises(AwsError) as told:
        await desk.act("tag", row, plan=made["id"])
    assert told.value.problem.kind != "unknown"
    assert desk.sent == []


async def test_an_action_that_does_something_else_than_it_showed_is_stopped(desk: Desk) -> None:
    row = await desk.queue("gate-cheat")
    made = await desk.plan("cheat", row)
    assert made["requests"] == ("sqs:TagQueue × 1",)
    with pytest.raises(AwsError) as told:
        await desk.act("cheat", row, plan=made["id"])
    assert told.value.problem.what == "sqs:PurgeQueue was not sent."
    assert desk.sent == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("", []), ("gate-typo", []), ("gate-typed ", []), ("gate-typed", ["DeleteQueue"])],
)
async def test_the_engine_itself_wants_the_name(desk: Desk, typed: str, sent: list[str]) -> None:
    row = await desk.queue("gate-typed")
    made = await desk.plan("delete", row)
    assert made["demanded"] == "gate-typed"
    if sent:
        await desk.act("delete", row, plan=made["id"], typed=typed)
    else:
        with pytest.raises(AwsError, match="Nothing was sent"):
            await desk.act("delete", row, plan=made["id"], typed=typed)
    assert desk.sent == sent


async def test_several_rows_are_confirmed_by_their_number_and_each_is_granted(desk: Desk) -> None:
    rows = [await desk.queue(f"gate-many-{number}") for number in range(3)]
    made = await desk.plan("delete", *rows)
    assert (made["demanded"], made["requests"]) == ("3", ("sqs:DeleteQueue × 3",))
    await desk.act("delete", *rows, plan=made["id"], typed="3")
    assert desk.sent == ["DeleteQueue"] * 3


@pytest.mark.parametrize("desk", [PROD], indirect=True, ids=["production"])
async def test_production_is_one_step_stricter(desk: Desk) -> None:
    row = await desk.queue("gate-prod")
    assert (await desk.plan("look", row))["demanded"] == ""
    assert (await desk.plan("nudge", row))["demanded"] is None, "it may write nothing anyway"
    assert (await desk.plan("tag", row))["demanded"] == "gate-prod"
    assert (await desk.plan("delete", row))["demanded"] == "123456789012/gate-prod"
    with pytest.raises(AwsError, match="Nothing was sent"):
        await desk.act("look", row)
    assert desk.sent == []


async def test_what_touches_goes_through_only_as_declared(desk: Desk) -> None:
    row = await desk.queue("gate-touch")
    await desk.act("look", row)
    assert desk.sent == ["TagQueue"]
    with pytest.raises(AwsError, match="was not sent"):
        await desk.act("nudge", row)
    assert desk.sent == ["TagQueue"]


@pytest.mark.parametrize("desk", [{"read_only": True}], indirect=True, ids=["read-only"])
async def test_a_reason_lifts_read_only_for_one_action_and_is_written_down(desk: Desk) -> None:
    from awstui import audit_lines, paths

    row = (
        wire.RowRef(desk.scope, "shelf", "shelves", "gate-ro"),
        wire.pack({"Name": "gate-ro", "Url": f"{desk.wire.url}/123456789012/gate-ro"}),
    )
    made = await desk.plan("untag", row)
    assert made["read_only"]
    with pytest.raises(AwsError, match="was not sent"):
        await desk.act("untag", row, plan=made["id"])
    assert desk.sent == []
    made = await desk.plan("untag", row)
    with pytest.raises(AwsError):  # there is no such queue, and AWS says so: it was asked
        await desk.act("untag", row, plan=made["id"], reason="the pager rang")
    assert desk.sent == ["UntagQueue"]
    await desk.session.audit_trouble()
    (deed,) = audit_lines.deeds(paths.audit_folder())
    assert (deed.intent["reason"], deed.intent["read_only_lifted"]) == ("the pager rang", True)
    with pytest.raises(AwsError, match="was not sent"):
        await desk.act("look", row)


async def test_a_job_that_destroys_needs_a_plan_as_an_action_does(desk: Desk) -> None:
    ref, raw = await desk.queue("gate-job")
    with pytest.raises(AwsError, match="Nothing was sent"):
        async for _ in desk.acts.job(wire.OpenJob(1, ref, raw, "sweep")):
            pass
    assert desk.sent == []
    made = await desk.plan("sweep", (ref, raw))
    assert made["demanded"] == "gate-job"
    asked = wire.OpenJob(2, ref, raw, "sweep", plan=made["id"], typed="gate-job")
    assert [event async for event in desk.acts.job(asked)] == [{"swept": "gate-job"}]
    assert desk.sent == ["PurgeQueue"]


async def test_what_the_audit_could_not_take_is_said_of_a_failure_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await desk.queue("gate-audit")
    made = await desk.plan("tag", row)

    async def trouble() -> str:
        return "no space left"

    monkeypatch.setattr(desk.session, "audit_trouble", trouble)
    desk.wire.rule("error", service="sqs", operation="TagQueue", code="AccessDenied")
    with pytest.raises(AwsError) as told:
        await desk.act("tag", row, plan=made["id"])
    desk.wire.clear()
    assert "The audit could not take how it went: no space left" in told.value.problem.why


async def test_a_job_says_what_it_would_send_and_sends_nothing_of_it(desk: Desk) -> None:
    row = await desk.queue("gate-job")
    made = await desk.plan("sweep", row)
    assert made["requests"] == ("sqs:PurgeQueue",)
    made = await desk.plan("scrub", row)
    assert made["requests"] == ("sqs:PurgeQueue × 2",)
    (call,) = made["calls"]
    assert (call["action"], call["operation"]) == ("sqs:PurgeQueue", "sqs:PurgeQueue")
    assert call["parameters"]["QueueUrl"].endswith("/gate-job")
    assert desk.sent == []
