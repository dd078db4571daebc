"""Who the console is: codes, logins, switching, several places, and the time that is left, on real servers."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.errors import AwstuiError
from awstui.plugin import Aws, Column, Plugin, Resource, Row
from awstui.ui import identity_dialogs
from awstui.ui.app import AwsTui
from awstui.ui.deeds import Deeds
from awstui.ui.home_pane import HomePane
from awstui.ui.identity_dialogs import CodeDialog, DeviceDialog
from awstui.ui.places import stands
from awstui.ui.resource_pane import ResourcePane
from awstui.ui.status import read_only_of, time_left
from tests.identities import (
    ACCOUNT,
    KEYS,
    Configure,
    IdentityServer,
    configure,
    json_error,
    role,
    sso,
    sts,
    xml_error,
)
from tests.ui.conftest import Console, app_of, screen, shows, type_in, until

__all__ = ["configure", "sts"]

OTHER = "000000000000"


async def ones(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """One row: who the server says we are."""
    told = await aws.read("get_caller_identity")
    yield {"Name": told["Arn"].split("/")[-1], "Arn": told["Arn"]}


PLUGIN = Plugin(
    name="who",
    title="Who",
    service="sts",
    resources=(
        Resource(
            name="ones", rows=ones, key="Name", columns=(Column("Name"), Column("Arn")), every=0.2,
        ),
    ),
)  # fmt: skip


@asynccontextmanager
async def console(profile: str, region: str = "", **more: Any) -> AsyncIterator[Console]:
    """The console of those profiles, at the one list there is."""
    start = wire.Start(profile=profile, region=region)
    plugins = registry.Registry([PLUGIN])
    app = AwsTui(LocalLink(start, plugins), plugins, start, go="who", **more)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        yield pilot


async def types_code(pilot: Console, code: str) -> None:
    """Type a code and Enter, once the dialog takes keys."""
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))
    dialog: Any = pilot.app.screen
    await until(pilot, lambda: dialog.painted_at < math.inf)
    await type_in(pilot, code)
    await pilot.press("enter")


def pane_of(pilot: Console) -> ResourcePane:
    """The list."""
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, ResourcePane)
    return pane


async def test_a_code_is_asked_for_in_a_dialog_and_what_waited_goes_on(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(role(mfa=True))
    async with console("admin") as pilot:
        await shows(pilot, "MFA code", "profile admin", "mfa/phone")
        await types_code(pilot, "12ab3")
        await shows(pilot, "A code has six digits")
        assert "AssumeRole" not in sts.asked, "what is no code is not sent"
        await types_code(pilot, "000")
        await shows(pilot, "AWS did not take that code")
        await types_code(pilot, "123456")
        await shows(pilot, "asiaadmin2", "60 min left")
        assert not isinstance(pilot.app.screen, CodeDialog)


async def test_esc_leaves_the_console_usable_and_login_asks_again(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(role(mfa=True))
    async with console("admin") as pilot:
        await shows(pilot, "MFA code")
        await pilot.press("escape")
        await shows(pilot, "waits for the code of its MFA device", ":login")
        await type_in(pilot, ":profile base")
        await pilot.press("enter")
        await shows(pilot, "akidexample")
        await until(pilot, lambda: "waits for the code" not in screen(pilot))
        await type_in(pilot, ":login admin")
        await pilot.press("enter")
        await shows(pilot, "MFA code")
        await types_code(pilot, "123456")
        await shows(pilot, "The credentials of admin are renewed")


async def test_a_question_waits_until_another_dialog_is_done(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(role(mfa=True))
    sts.seconds = 800  # what is cached with less than 15 minutes left is not used again
    async with console("admin") as pilot:
        await shows(pilot, "MFA code")
        await types_code(pilot, "123456")
        await shows(pilot, "asiaadmin1")
        await pilot.press("question_mark")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        app = app_of(pilot)
        keeper = app.engine._link.engine._session._doors.sessions.keeper("admin")  # type: ignore[attr-defined]
        keeper._inner._expiry_time = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
        await until(pilot, lambda: bool(app.engine.questions._waiting))
        assert not isinstance(pilot.app.screen, CodeDialog)
        await pilot.press("escape")
        await shows(pilot, "MFA code", "asiaadmin1")
        await types_code(pilot, "123456")
        await shows(pilot, "asiaadmin2")


async def test_sso_logs_in_from_inside_and_the_list_goes_on(
    sts: IdentityServer, configure: Configure, world: Path
) -> None:
    configure(sso())
    sts.says["/token"] = [json_error("AuthorizationPendingException")]
    sts.holds["/token"] = asyncio.Event()
    async with console("shop") as pilot:
        await shows(pilot, "`aws sso login --profile shop`", "^l renews")
        await pilot.press("ctrl+l")
        text = await shows(pilot, "https://device.sso/?user_code=ABCD-EFGH", "SSO login")
        assert sum("ABCD-EFGH" in line for line in text.splitlines()) == 2
        sts.holds["/token"].set()
        await shows(pilot, "asiasso")
        assert not isinstance(pilot.app.screen, DeviceDialog)
        await until(pilot, lambda: "aws sso login" not in screen(pilot))
    assert len(list((world / ".aws/sso/cache").iterdir())) == 1


async def test_esc_gives_an_sso_login_up(sts: IdentityServer, configure: Configure) -> None:
    configure(sso())
    sts.says["/token"] = [json_error("AuthorizationPendingException")] * 20
    async with console("shop") as pilot:
        await shows(pilot, "aws sso login")
        await type_in(pilot, ":login")
        await pilot.press("enter")
        await shows(pilot, "ABCD-EFGH")
        await pilot.press("escape")
        await shows(pilot, "given up")
        await shows(pilot, "aws sso login --profile shop")


def two(more: str = "") -> tuple[str, str]:
    """Profiles ``a`` and ``b`` with keys of their own."""
    config = "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\n" + more
    keys = "".join(
        f"[{name}]\naws_access_key_id = AKID{name.upper()}\naws_secret_access_key = s\n"
        for name in ("a", "b")
    )
    return config, keys


async def test_several_profiles_merge_with_the_columns_that_tell_them_apart(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two("[profile c]\nregion = eu-west-1\n"))
    sts.accounts["akidb"] = OTHER
    async with console("a,b,c") as pilot:
        text = await shows(pilot, "akida", "akidb", "2 sources of 3", "✗ c eu-west-1:")
        head = next(line for line in text.splitlines() if "Account" in line or "ACCOUNT" in line)
        assert "region" not in head.lower()
        row = next(line for line in text.splitlines() if "akidb" in line)
        assert OTHER in row
        pane = pane_of(pilot)
        assert {scope.account for scope, _ in pane._rows} == {ACCOUNT, OTHER}
        target = pane.target(next(key for key in pane._rows if key[0].profile == "b"))
        assert target.ref.scope == wire.Scope("b", "eu-west-1", OTHER), "an action uses the row's"


async def test_home_shows_each_place_of_each_service(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with console("a,b") as pilot:
        await shows(pilot, "akida", "akidb")
        await type_in(pilot, ":home")
        await pilot.press("enter")
        await shows(pilot, "PROFILE", "ACCOUNT", "1 one")
        pane = app_of(pilot).workspace.pane
        assert isinstance(pane, HomePane)
        assert {scope.profile for scope, _ in pane._rows} == {"a", "b"}
        await pilot.press("enter")
        await shows(pilot, "akida", "akidb", "2 sources of 2")


async def test_regions_are_added_in_the_console(sts: IdentityServer, configure: Configure) -> None:
    configure(*two())
    async with console("a") as pilot:
        await shows(pilot, "akida")
        await type_in(pilot, ":region eu-west-1,us-east-1")
        await pilot.press("enter")
        await shows(pilot, "2 sources of 2", "us-east-1", "eu-west-1")
        await until(pilot, lambda: pane_of(pilot).grid.rows_total == 2)
        await type_in(pilot, ":region us-east-1")
        await pilot.press("enter")
        await until(pilot, lambda: "sources of" not in screen(pilot))
        await until(pilot, lambda: pane_of(pilot).grid.rows_total == 1)
        assert [column.title for column in pane_of(pilot).grid.columns] == ["Name", "Arn"]


async def test_the_header_never_names_one_whose_data_are_not_on_screen(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with console("a") as pilot:
        await shows(pilot, "user/akida")
        hold = sts.holds["GetCallerIdentity"] = asyncio.Event()
        asked = sts.asked["GetCallerIdentity"]
        await type_in(pilot, ":profile b")
        await pilot.press("enter")
        await sts.wait_for("GetCallerIdentity", asked + 1)
        await pilot.pause(0.2)
        seen = screen(pilot)
        assert " a " in seen.splitlines()[0]
        assert "user/akida" in seen
        hold.set()
        await until(pilot, lambda: " b " in screen(pilot).splitlines()[0])
        assert "user/akida" not in screen(pilot)
        await shows(pilot, "user/akidb")
        assert "user/akida" not in screen(pilot)


async def test_panes_about_a_row_of_the_old_identity_leave_with_it(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with console("a") as pilot:
        await shows(pilot, "akida")
        await pilot.press("d")
        await shows(pilot, "describe")
        await type_in(pilot, ":profile b")
        await pilot.press("enter")
        await shows(pilot, "user/akidb")
        assert isinstance(app_of(pilot).workspace.pane, ResourcePane)


async def test_expired_keys_keep_the_rows_marked_and_one_banner_says_what_to_run(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    async with console("a") as pilot:
        await shows(pilot, "user/akida")  # the list has been read
        over = xml_error("ExpiredToken", "The security token included in the request is expired")
        sts.says["GetCallerIdentity"] = [
            over
        ] * 20  # whoever asks, and one may be under way already
        text = await shows(pilot, "stale ", "The session of profile a has expired", "✗ expired")
        assert "user/akida" in text
        assert text.count("has expired") == 1
        await pilot.pause(0.3)
        asked = sts.asked["GetCallerIdentity"]
        await pilot.pause(0.8)
        assert sts.asked["GetCallerIdentity"] == asked
        sts.says.clear()
        config, keys = two()
        configure(config, keys.replace("AKIDA", "AKIDNEW"))
        await pilot.press("ctrl+l")
        await shows(pilot, "user/akidnew")
        await until(pilot, lambda: "expired" not in screen(pilot).split("akidnew")[0])


@pytest.mark.parametrize(
    ("seconds", "words", "tone"),
    [
        (0, "", ""),
        (7200, "2 h left", "muted"),
        (3000, "50 min left", "muted"),
        (599, "! expires in 10 min", "warn"),
        (121, "! expires in 2 min", "warn"),
        (120, "✗ expires in 120 s", "bad"),
        (-5, "✗ expires in 0 s", "bad"),
    ],
)
def test_the_time_left_says_how_urgent_it_is_in_words_too(
    seconds: float, words: str, tone: str
) -> None:
    end = 1_000.0 + seconds if seconds else 0.0
    source = wire.Source(wire.Scope("a"), expires=end)
    assert time_left([source], 1_000.0) == (words, tone)


async def test_a_question_goes_with_the_engine_that_asked_it(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(role(mfa=True))
    async with console("admin") as pilot:
        await shows(pilot, "MFA code")
        app = app_of(pilot)
        asked = app.engine.questions._open
        assert asked is not None
        app.engine._lost("killed")
        await until(pilot, lambda: "MFA code" not in screen(pilot))
        app.engine.questions.put(wire.Ask(asked.asked.id, "code", "admin", "the new engine's"))
        await shows(pilot, "the new engine's")


async def test_details_that_failed_for_want_of_credentials_come_with_them(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    described: list[str] = []

    async def describe(aws: Aws, row: Row) -> Row:
        described.append(row["Name"])
        return await aws.read("get_caller_identity")

    (resource,) = PLUGIN.resources
    plugins = registry.Registry(
        [replace(PLUGIN, resources=(replace(resource, every=0, describe=describe),))]
    )
    start = wire.Start(profile="a")
    app = AwsTui(LocalLink(start, plugins), plugins, start, go="who")
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await until(pilot, lambda: pane_of(pilot).grid.rows_total == 1)
        over = xml_error("ExpiredToken", "The security token included in the request is expired")
        sts.says["GetCallerIdentity"] = [over]
        await pilot.press("d")
        await shows(pilot, "The session of profile a has expired", "✗ expired")
        config, keys = two()
        configure(config, keys.replace("AKIDA", "AKIDNEW"))
        await pilot.press("ctrl+l")
        await shows(pilot, "user/akidnew", "The credentials of a are renewed.")
        await until(pilot, lambda: described == ["akida", "akida"])


async def test_a_login_is_for_the_profile_that_has_lapsed(
    sts: IdentityServer, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(*two("[profile cli]\nregion = eu-west-1\n"))
    sts.says["GetCallerIdentity"] = [xml_error("AccessDenied", "no")]
    ran: list[list[str]] = []
    monkeypatch.setattr(identity_dialogs, "run", lambda console, words: ran.append(words))
    async with console("a,b,cli") as pilot:
        await shows(pilot, "of 3")
        await until(pilot, lambda: bool(app_of(pilot).identity.profiles))  # type: ignore[union-attr]
        app = app_of(pilot)
        with pytest.raises(AwstuiError, match="profile cli"):
            await identity_dialogs.log_in(app, "")
        with pytest.raises(AwstuiError, match="profile cli"):
            await identity_dialogs.log_in(app, "cli")
        assert ran == []
        await identity_dialogs.log_in(app, "b cli")
        assert ran == [["aws", "sso", "login", "--profile", "b"]]


class Heard:
    """A console that keeps what it is told to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str, tone: str = "") -> None:
        """Keep it."""
        self.said.append(sentence)


class Running:
    """The stream of a job."""

    over = False


def test_a_job_that_runs_is_left_only_by_who_says_it_twice() -> None:
    heard: Any = Heard()
    deeds, job = Deeds(heard), Running()
    assert not deeds.holds_back()
    deeds.began("redrive · orders-dlq", job)  # type: ignore[arg-type]
    assert deeds.holds_back()
    assert heard.said[0].startswith("redrive · orders-dlq runs here")
    assert not deeds.holds_back(), "said once more"
    assert deeds.holds_back(), "and it is said again the next time"
    job.over = True
    assert not deeds.holds_back()


@pytest.mark.parametrize(
    ("bound", "stays"),
    [
        (wire.Scope("a", "eu-west-1", ACCOUNT), True),
        (wire.Scope("a", "eu-west-1", ""), True),
        (wire.Scope("a", "eu-west-1", OTHER), False),
        (wire.Scope("a", "us-east-1", ""), False),
        (wire.Scope("b", "eu-west-1", ""), False),
    ],
)
def test_what_was_open_before_aws_named_the_account_stays(
    bound: wire.Scope, *, stays: bool
) -> None:
    assert stands(bound, {wire.Scope("a", "eu-west-1", ACCOUNT)}) is stays


def test_the_header_says_in_how_many_places_nothing_is_changed() -> None:
    sources = tuple(
        wire.Source(wire.Scope(name), read_only=name == "prod", asking=name == "late")
        for name in ("dev", "prod", "late")
    )
    assert read_only_of(wire.Identity(wire.Scope(), sources=sources)) == "read-only in 1 of 2"
    assert read_only_of(wire.Identity(wire.Scope(), sources=sources[1:])) == "read-only"
    assert read_only_of(wire.Identity(wire.Scope(), sources=sources[:1])) == ""
    assert read_only_of(None) == ""


async def test_imds_that_hangs_is_named_with_its_time_and_esc_goes_on_without_it(
    sts: IdentityServer, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("[profile a]\nregion = eu-west-1\n[default]\nregion = eu-west-1\n", f"[a]\n{KEYS}")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sts.url)
    monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "600")
    sts.holds["/latest/api/token"] = asyncio.Event()
    async with console("") as pilot:
        await until(
            pilot, lambda: re.search(r"for default… [2-9] s \(esc to skip\)", screen(pilot))
        )
        head, *body = screen(pilot).splitlines()
        assert "trying IMDS" in head
        assert any("trying IMDS for default" in line for line in body), "where the rows will be"
        await type_in(pilot, ":home")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, HomePane))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, ResourcePane))
        await pilot.press("escape")
        text = await shows(
            pilot, "There are no credentials for profile default", ":login to ask again"
        )
        assert "trying" not in text
        await shows(pilot, "Looked at: the environment", "the instance's role (skipped")
        assert sts.asked["/latest/api/token"] == 1
        await type_in(pilot, ":profile a")
        await pilot.press("enter")
        await shows(pilot, "user/akidexample")
