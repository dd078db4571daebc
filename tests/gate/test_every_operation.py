"""Every operation of every service our plugins use: what is no read never reaches the wire."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError

from awstui import registry
from awstui.engine import model
from awstui.engine.reads import goes_once, is_for_credentials, is_read, table
from awstui.errors import AwsError
from tests.engine.conftest import SCOPE, MakeDoors, Scripted, make_doors, scripted

__all__ = ["make_doors", "scripted"]

SERVICES = sorted({*(plugin.botocore_name for plugin in registry.load().plugins), *table(), "sts"})


@pytest.mark.parametrize("read_only", [False, True], ids=["nobody confirmed", "read-only"])
@pytest.mark.parametrize("service", SERVICES)
async def test_through_a_bare_client_only_reads_reach_the_wire(
    service: str, read_only: bool, scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url, read_only=read_only)
    client = await doors.clients.get(SCOPE, service, write=True)
    sent: list[str] = []
    refused: list[str] = []
    for name in model.service(service).operation_names:
        before = len(scripted.requests)
        asked = minimal(model.service(service).operation_model(name).input_shape)
        try:
            await getattr(client, xform_name(name))(**asked)
        except AwsError as error:
            if error.problem.kind == "refused":
                refused.append(name)
        except ParamValidationError:
            raise
        except Exception:  # noqa: BLE001  what a server that knows nothing makes of it
            pass
        if len(scripted.requests) > before:
            sent.append(name)
    known = table()[service]
    free = {name for name in known if known[name] != "write" or is_for_credentials(service, name)}
    assert set(refused) == set(known) - free
    assert set(sent) <= free
    assert sent, "the log of the wire shows what is sent"


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_of_this_botocore_is_classified(service: str) -> None:
    names = set(model.service(service).operation_names)
    known = table().get(service, {})
    assert names - set(known) == set(), "put them into awstui/engine/operations.txt"
    assert set(known) - names == set(), "botocore has these no more"
    assert set(known.values()) <= {"read", "once", "write"}
    assert {name for name, word in known.items() if word == "once"} == {
        name for name in known if goes_once(service, name)
    }


def test_what_a_plugin_of_ours_calls_by_name_is_of_a_service_that_is_classified() -> None:
    from pathlib import Path

    sources = (Path(__file__).parents[2] / "plugins").rglob("*.py")
    named = {
        name for path in sources for name in re.findall(r'service="([a-z0-9-]+)"', path.read_text())
    }
    assert named <= set(SERVICES)


def test_an_operation_that_nobody_classified_is_a_write() -> None:
    assert not is_read("sqs", "GetSomethingNew")
    assert not is_read("logs", "ListWhatComesNextYear")


def minimal(shape: Any) -> Any:
    """The least that validation lets through."""
    if shape is None:
        return {}
    kind = shape.type_name
    if kind == "structure":
        wanted = list(shape.required_members)
        if getattr(shape, "is_tagged_union", False):
            wanted = list(shape.members)[:1]
        return {name: minimal(shape.members[name]) for name in wanted}
    if kind == "list":
        return [minimal(shape.member)] * max(1, shape.metadata.get("min", 1))
    if kind == "map":
        return {}
    if kind == "string":
        return text(shape)
    plain = {"timestamp": dt.datetime(2024, 5, 17, tzinfo=dt.UTC), "boolean": True, "blob": b"x"}
    return plain.get(kind, shape.metadata.get("min", 1))


def text(shape: Any) -> str:
    """A text of the length that is asked for."""
    if shape.enum:
        return str(shape.enum[0])
    return "arn-is-a-name".ljust(shape.metadata.get("min", 0), "x")[: shape.metadata.get("max", 99)]
