"""Several places at once, switching between them, and what happens when credentials lapse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from awstui import registry, wire
from awstui.engine.gate import Allowed
from awstui.engine.host import LocalLink
from awstui.engine.sources import Place
from awstui.engine.watching import ASK_AGAIN, DENIED_AGAIN, _again
from awstui.errors import AwsError
from awstui.plugin import Aws, Column, Plugin, Resource, Row
from awstui.ui.remote import Remote
from tests.identities import ACCOUNT, Configure, IdentityServer, configure, sts, xml_error
from tests.patience import PATIENCE

__all__ = ["configure", "sts"]

OTHER = "000000000000"


async def rows(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """One row: who the server says we are, under the place's name."""
    told = await aws.read("get_caller_identity")
    yield {"Name": f"{aws.profile} {aws.region}", "Arn": told["Arn"], "Account": aws.account}


PLUGIN = Plugin(
    name="who",
    title="Who",
    service="sts",
    resources=(
        Resource(
            name="ones",
            rows=rows,
            key="Name",
            columns=(Column("Name"), Column("Arn")),
            every=0.05,
        ),
    ),
)
"""A service whose rows are the identities under which they were read."""


class Console:
    """What an interface hears."""

    def __init__(self, profile: str, region: str = "") -> None:
        self.start = wire.Start(profile=profile, region=region)
        self.link = LocalLink(self.start, registry.Registry([PLUGIN]))
        self.heard: list[wire.ToInterface] = []
        self.remote = Remote(self.link, self.heard.append)
        self.rows: dict[tuple[wire.Scope, str], wire.PackedRow] = {}
        self.states: dict[wire.Scope, wire.RowsState] = {}

    def follow(self) -> None:
        """Follow the one resource wherever it is read."""
        self.remote.subscribe("who", "ones", self._rows, self._state)

    def _rows(self, message: wire.RowsChanged) -> None:
        for row in message.upserts:
            self.rows[message.scope, row.key] = row

    def _state(self, message: wire.RowsState) -> None:
        self.states[message.scope] = message

    @property
    def identity(self) -> wire.Identity:
        """The last that was told."""
        return [one for one in self.heard if isinstance(one, wire.Identity)][-1]

    async def until(self, true: Callable[[], bool]) -> None:
        """Let the engine work until something is true; fails with what was heard."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self.heard or not true():  # noqa: ASYNC110  messages come from the loop itself
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"{self.heard}\n{self.states}") from None


@asynccontextmanager
async def opened(profile: str, region: str = "") -> AsyncIterator[Console]:
    """A console on an engine in this process."""
    console = Console(profile, region)
    await console.link.open(console.remote.deliver, lambda reason: None)
    console.remote.opened()
    try:
        yield console
    finally:
        await console.link.close()


def two(broken: str = "") -> tuple[str, str]:
    """Profiles ``a`` and ``b`` of two accounts; ``broken`` is what ``b`` has instead of keys."""
    config = f"[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\n{broken}\n"
    keys = "aws_secret_access_key = s\n"
    credentials = f"[a]\naws_access_key_id = AKIDA\n{keys}"
    if not broken:
        credentials += f"[b]\naws_access_key_id = AKIDB\n{keys}"
    return config, credentials


async def test_lists_of_several_profiles_and_regions_merge_each_under_its_own_account(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    sts.accounts["akidb"] = OTHER
    async with opened("a,b", "eu-west-1,us-east-1") as console:
        console.follow()
        await console.until(lambda: len(console.rows) == 4)
        assert {key: row.cells[1].split("/")[-1] for key, row in console.rows.items()} == {  # type: ignore[union-attr]
            (wire.Scope(p, r, account), f"{p} {r}"): f"akid{p}"
            for p, account in (("a", ACCOUNT), ("b", OTHER))
            for r in ("eu-west-1", "us-east-1")
        }
        await console.until(lambda: not any(one.asking for one in console.identity.sources))
        assert len(console.identity.sources) == 4
        assert console.identity.problem is None


async def test_one_failing_source_holds_up_none(
    sts: IdentityServer, configure: Configure, world: Path
) -> None:
    fifo = world / "fifo"
    configure(*two(f"credential_process = /bin/sh -c 'mkfifo {fifo} && cat {fifo} && exit 1'"))
    async with opened("b,a") as console:
        console.follow()
        await console.until(lambda: len(console.rows) == 1)
        asking = {one.scope.profile: one.asking for one in console.identity.sources}
        assert asking == {"a": False, "b": True}
        assert console.identity.scope.profile == "a", "the header shows one whose data are there"
        await asyncio.to_thread(fifo.write_text, "")
        await console.until(lambda: len(console.states) == 2)
        await console.until(
            lambda: {s.scope.profile: s.phase for s in console.states.values()}["b"] == "failed"
        )
        (failed,) = [one for one in console.identity.sources if one.problem]
        assert "profile b" in failed.problem.what  # type: ignore[union-attr]
        assert console.identity.problem is None


async def test_switching_to_one_that_aws_does_not_confirm_leaves_the_old_one(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with opened("a") as console:
        await console.until(lambda: console.identity.arn != "")
        sts.says["GetCallerIdentity"] = [xml_error("InvalidClientTokenId", "no such key")]
        with pytest.raises(AwsError, match="does not accept"):
            await console.remote.switch("b", "")
        assert console.identity.scope == wire.Scope("a", "eu-west-1", ACCOUNT)
        console.follow()
        await console.until(lambda: len(console.rows) == 1)
        assert {scope.profile for scope, _ in console.rows} == {"a"}


async def test_the_new_one_is_told_only_once_aws_has_confirmed_it(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    sts.accounts["akidb"] = OTHER
    async with opened("a") as console:
        await console.until(lambda: console.identity.arn != "")
        hold = sts.holds["GetCallerIdentity"] = asyncio.Event()
        before = sts.asked["GetCallerIdentity"]
        switching = asyncio.ensure_future(console.remote.switch("b", ""))
        await sts.wait_for("GetCallerIdentity", before + 1)
        assert console.identity.scope.profile == "a"
        hold.set()
        await switching
        assert console.identity.scope == wire.Scope("b", "eu-west-1", OTHER)


async def test_a_late_reply_of_the_earlier_identity_is_dropped(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with opened("a") as console:
        await console.until(lambda: console.identity.arn != "")
        hold = sts.holds["GetCallerIdentity"] = asyncio.Event()
        before = sts.asked["GetCallerIdentity"]
        subscription = console.remote.subscribe("who", "ones", console._rows, console._state)
        await sts.wait_for("GetCallerIdentity", before + 1)  # a list of `a` is under way
        switching = asyncio.ensure_future(console.remote.switch("b", ""))
        await sts.wait_for("GetCallerIdentity", before + 2)
        subscription.close()  # as the console does once it hears of another identity
        hold.set()
        await switching
        console.follow()
        await console.until(lambda: len(console.rows) > 0)
        await asyncio.sleep(0.1)
        assert {scope.profile for scope, _ in console.rows} == {"b"}


def expired() -> tuple[int, str]:
    """AWS says that a token is over."""
    return xml_error("ExpiredToken", "The security token included in the request is expired")


async def test_when_keys_expire_polling_stops_and_nothing_is_changed_until_they_are_renewed(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with opened("a") as console:
        console.follow()
        await console.until(lambda: len(console.rows) == 1)
        sts.says["GetCallerIdentity"] = [expired()]
        await console.until(lambda: console.identity.problem is not None)
        problem = console.identity.problem
        assert problem is not None
        assert problem.kind == "expired"
        assert problem.do
        asked = sts.asked.copy()
        await asyncio.sleep(0.3)  # six cadences
        assert sts.asked == asked, "nothing is sent with keys that are over"
        (key,) = console.rows
        with pytest.raises(AwsError) as told:
            await console.remote.call(key[0], "sts", verb="read", operation="get_caller_identity")
        assert told.value.problem.kind == "expired"
        engine = console.link.engine
        assert engine is not None
        allowed = [Allowed("sts", "GetSessionToken")]
        with (
            engine._session.gate.grant("change", "who.change", "x", key[0], allowed),
            pytest.raises(AwsError) as told,
        ):
            await engine._session.door(key[0], "sts").write("get_session_token")
        assert told.value.problem.kind == "expired", (
            "what a person has confirmed is not sent, either"
        )
        assert sts.asked == asked

        config, credentials = two()
        configure(config, credentials.replace("AKIDA", "AKIDNEW"))
        await console.remote.login("a")
        await console.until(lambda: console.identity.problem is None)
        await console.until(
            lambda: any(str(row.cells[1]).endswith("akidnew") for row in console.rows.values())
        )


async def test_the_same_keys_again_are_no_renewal(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with opened("a") as console:
        await console.until(lambda: console.identity.arn != "")
        sts.says["GetCallerIdentity"] = [expired()]
        scope = console.identity.scope
        with pytest.raises(AwsError):
            await console.remote.call(scope, "sts", verb="read", operation="get_caller_identity")
        asked = sts.asked.copy()
        with pytest.raises(AwsError) as told:
            await console.remote.login("a")
        assert told.value.problem.kind == "expired"
        assert sts.asked == asked


@pytest.mark.parametrize(
    ("kind", "pause"), [("", None), ("expired", ASK_AGAIN), ("denied", DENIED_AGAIN)]
)
def test_a_denial_of_who_we_are_is_remembered_not_hammered(kind: str, pause: float | None) -> None:
    problem = wire.Problem("No.", kind=kind) if kind else None
    assert _again(Place("a", "r", wire.Scope("a", "r"), problem=problem)) == pause
