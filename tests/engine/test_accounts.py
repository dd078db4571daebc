"""A renewal that brings another account's keys never carries a write into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from awstui.engine.door import Doors
from awstui.engine.identity import Identities
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.anything import anything
from tests.identities import ACCOUNT, Configure, IdentityServer, configure, sts, xml_error

__all__ = ["configure", "sts"]

CONFIG = "[profile a]\nregion = eu-west-1\n"
OTHER = "000000000000"


def keys(name: str) -> str:
    """The credentials of profile ``a``."""
    return f"[a]\naws_access_key_id = AKID{name}\naws_secret_access_key = s\n"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    """Doors that find credentials as on the real AWS."""
    opened = Doors(audit_folder=tmp_path / "audit")
    yield opened
    await opened.close()


async def test_what_was_renewed_within_its_account_goes_on_writing(
    sts: IdentityServer, configure: Configure, doors: Doors
) -> None:
    configure(CONFIG, keys("ONE"))
    scope = (await Identities(doors).identify("a")).scope
    configure(CONFIG, keys("TWO"))
    await renewed(doors)
    await send(doors, scope)
    await send(doors, scope)
    assert sts.asked["purgequeue"] == 2
    assert sts.asked["GetCallerIdentity"] == 2, "the new keys are asked about once"


async def test_keys_of_another_account_send_nothing_of_a_row_of_the_first(
    sts: IdentityServer, configure: Configure, doors: Doors
) -> None:
    configure(CONFIG, keys("ONE"))
    scope = (await Identities(doors).identify("a")).scope
    sts.accounts["akidtwo"] = OTHER
    configure(CONFIG, keys("TWO"))
    await renewed(doors)
    with pytest.raises(AwsError) as told:
        await send(doors, scope)
    assert told.value.problem.kind == "refused"
    assert f"are of account {OTHER}, the row is of {ACCOUNT}" in told.value.problem.why
    assert sts.asked["purgequeue"] == 0


async def test_where_aws_does_not_say_whose_the_new_keys_are_nothing_is_sent(
    sts: IdentityServer, configure: Configure, doors: Doors
) -> None:
    configure(CONFIG, keys("ONE"))
    scope = (await Identities(doors).identify("a")).scope
    configure(CONFIG, keys("TWO"))
    await renewed(doors)
    sts.says["GetCallerIdentity"] = [xml_error("AccessDenied", "no")]
    with pytest.raises(AwsError, match="was not sent"):
        await send(doors, scope)
    assert sts.asked["purgequeue"] == 0


async def renewed(doors: Doors) -> None:
    """Have the profile's credentials found anew."""
    keeper = doors.sessions.keeper("a")
    assert keeper is not None
    await keeper.renew()


async def send(doors: Doors, scope: Scope) -> None:
    """Write something under a row's scope."""
    with doors.gate.grant("destroy", "queues.purge", "q", scope, anything()):
        await doors.open(scope, "sqs").write("purge_queue", QueueUrl="https://x/q")
