"""MFA: a code is asked for once, again when it is wrong, anew at the end, and never on the loop."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import stat
import time
from pathlib import Path

import pytest

from awstui.engine.credentials.asking import InterfaceAsker
from awstui.engine.door import Doors
from awstui.engine.identity import Identities
from awstui.errors import AwsError
from awstui.wire import Answer, Ask, Scope, Withdrawn
from tests.engine.conftest import MakeDoors
from tests.identities import SERIAL, Configure, IdentityServer, role

SCOPE = Scope("admin", "eu-west-1", "")


class Person:
    """Answers what is asked, code by code; None will not."""

    def __init__(self, *codes: str | None) -> None:
        self.codes = list(codes)
        self.asked: list[Ask] = []
        self.open = 0
        self.most_open = 0
        self.asker = InterfaceAsker(self._told)
        self.hold: asyncio.Event | None = None

    def _told(self, message: Ask | Withdrawn) -> None:
        if isinstance(message, Withdrawn):
            self.open -= 1
            return
        self.asked.append(message)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        code = self.codes.pop(0)
        answer = Answer(message.id, code or "", code is not None)
        asyncio.get_running_loop().call_later(0.01, self.asker.answered, answer)


def doors_of(make_doors: MakeDoors, person: Person) -> Doors:
    doors = make_doors("", demo=False)
    doors.sessions.asker = person.asker
    return doors


async def read(doors: Doors, scope: Scope = SCOPE) -> object:
    return await doors.open(scope, "sts").read("get_caller_identity")


async def test_five_panes_that_open_at_once_cause_one_question(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    person = Person("123456")
    doors = doors_of(make_doors, person)
    await asyncio.gather(*(read(doors) for _ in range(5)))
    assert [(one.kind, one.profile, one.subject) for one in person.asked] == [
        ("code", "admin", SERIAL)
    ]
    assert sts.asked["AssumeRole"] == 1
    assert sts.asked["GetCallerIdentity"] == 5
    assert person.open == 0


async def test_a_wrong_code_is_asked_for_again_with_what_was_wrong(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    person = Person("000000", "111111", "123456")
    await read(doors_of(make_doors, person))
    assert [bool(one.complaint) for one in person.asked] == [False, True, True]
    assert [form["TokenCode"] for form in sts.forms if "TokenCode" in form] == [
        "000000",
        "111111",
        "123456",
    ]


async def test_a_role_that_may_not_be_had_is_said_and_not_asked_for_again(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    from tests.identities import xml_error

    configure(role(mfa=True))
    denied = (
        "User: arn:aws:iam::123456789012:user/x is not authorized to perform: sts:AssumeRole on r"
    )
    sts.says["AssumeRole"] = [xml_error("AccessDenied", denied)]
    person = Person("123456")
    with pytest.raises(AwsError) as told:
        await read(doors_of(make_doors, person))
    assert told.value.problem.action == "sts:AssumeRole"
    assert len(person.asked) == 1


async def test_one_who_will_not_say_leaves_the_session_usable(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    person = Person(None, "123456")
    doors = doors_of(make_doors, person)
    for _ in range(2):  # the second is not asked again
        with pytest.raises(AwsError) as told:
            await read(doors)
        assert ":login" in told.value.problem.do
    assert len(person.asked) == 1
    await read(doors, Scope("base", "eu-west-1", ""))
    keeper = doors.sessions.keeper("admin")
    assert keeper is not None
    await keeper.renew()
    await read(doors)
    assert len(person.asked) == 2


async def test_one_who_leaves_does_not_take_the_question_from_the_others(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    sts.holds["AssumeRole"] = asyncio.Event()
    person = Person("123456")
    doors = doors_of(make_doors, person)
    leaves, stays = (asyncio.ensure_future(read(doors)) for _ in range(2))
    await sts.wait_for("AssumeRole")
    leaves.cancel()
    sts.holds["AssumeRole"].set()
    await stays
    assert sts.asked["AssumeRole"] == 1


async def test_at_the_end_of_the_session_a_code_is_asked_for_anew(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    sts.seconds = 800  # what is cached with less than 15 minutes left is not used again
    person = Person("123456", "123456")
    doors = doors_of(make_doors, person)
    await read(doors)
    await read(doors)
    keeper = doors.sessions.keeper("admin")
    assert keeper is not None
    assert len(person.asked) == 1
    assert time.time() + 700 < keeper.expires < time.time() + 900
    keeper._inner._expiry_time = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
    await read(doors)
    await read(doors)
    assert len(person.asked) == 2
    assert sts.asked["AssumeRole"] == 2


async def test_a_person_may_take_longer_than_a_call(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    configure(role(mfa=True))
    doors = doors_of(make_doors, Person("123456"))
    told = await doors.open(SCOPE, "sts", deadline=0.005).at(deadline=2).read("get_caller_identity")
    assert told["Account"]


async def test_the_cli_and_we_share_one_cache_so_that_a_code_serves_both(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(role(mfa=True))
    await read(doors_of(make_doors, Person("123456")))
    (stored,) = (world / ".aws" / "cli" / "cache").iterdir()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    held = json.loads(stored.read_text())
    assert set(held) >= {"Credentials", "AssumedRoleUser"}
    assert stored.stem == _name_of_the_cli()
    nobody = Person()
    await read(doors_of(make_doors, nobody))
    assert nobody.asked == []


def _name_of_the_cli() -> str:
    """What the AWS command line calls the file of this role."""
    from botocore.credentials import AssumeRoleCredentialFetcher

    fetcher = AssumeRoleCredentialFetcher(
        None, None, "arn:aws:iam::123456789012:role/admin", {"SerialNumber": SERIAL}
    )
    return str(fetcher._create_cache_key())


async def test_a_damaged_cache_is_as_none(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(role(mfa=True))
    await read(doors_of(make_doors, Person("123456")))
    (stored,) = (world / ".aws" / "cli" / "cache").iterdir()
    stored.write_text("{")
    person = Person("123456")
    await read(doors_of(make_doors, person))
    assert len(person.asked) == 1


async def test_a_role_of_a_role_asks_for_the_code_of_the_one_that_wants_it(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    last = (
        "[profile last]\nrole_arn = arn:aws:iam::123456789012:role/last\nsource_profile = admin\n"
    )
    configure(role(mfa=True) + last)
    person = Person("123456")
    await Identities(doors_of(make_doors, person)).identify("last", "eu-west-1")
    assert [one.profile for one in person.asked] == ["admin"]
    assert sts.asked["AssumeRole"] == 2
