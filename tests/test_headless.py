"""Without a screen: data on stdout, everything else on stderr, and a status that says how it ended."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import pytest

from awstui.headless.exits import Exit
from awstui.headless.output import Output
from tests.patience import PATIENCE

Ran: TypeAlias = subprocess.CompletedProcess[str]
Run: TypeAlias = Callable[..., Ran]


@pytest.fixture
def awstui(empty_aws: dict[str, str], plugins: Path) -> Run:
    """Run the command against the embedded AWS."""

    def run(*words: str, **more: Any) -> Ran:
        command = [sys.executable, "-m", "awstui", "--plugins", str(plugins), *words]
        return subprocess.run(
            command, env={**empty_aws, **more}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A plugin that shows what the core does with the traps that a service may set."""
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    path = folder / "zoo.py"
    path.write_text(ZOO)
    path.chmod(0o600)
    return folder


ZOO = textwrap.dedent('''
    """Animals, good and bad."""
    import asyncio
    from awstui.errors import AwstuiError, PartlyListedError
    from awstui.plugin import Column, Command, Plugin, Resource

    async def cages(aws, parent):
        for name, weight in (("lion", "190"), ("ant", "0"), ("emu\\x1b[31m", "45")):
            yield {"Name": name, "Weight": weight, "Born": 1715947200}

    async def weigh(aws, row):
        if row["Name"] == "ant":
            raise AwstuiError("too light to weigh")
        return {**row, "Weighed": True}

    async def tags(aws, parent):
        for weight, at in enumerate(("a:1:gnu", "b:1:gnu", "a:1:yak"), 1):
            yield {"Arn": f"arn:aws:zoo:{at}", "Weight": weight}

    async def broken(aws, parent):
        yield {"Name": "one"}
        raise ZeroDivisionError("oh")

    async def half(aws, parent):
        yield {"Name": "one"}
        raise PartlyListedError("the others are not yours")

    async def inmates(aws, parent):
        yield {"Name": f"child of {parent['Name']}", "Weighed": parent.get("Weighed")}

    columns = (Column("Name"), Column("Weight", kind="number"), Column("Born", kind="time"),
               Column("Weighed", tone={"True": "good"}))
    animals = Resource(name="animals", rows=cages, columns=columns, enrich=weigh, child="young",
                       settle=lambda rows: [], order=lambda row: (-int(row["Weight"]),))
    young = Resource(name="young", rows=inmates, columns=(Column("Name"), Column("Weighed")))
    mad = Resource(name="mad", rows=broken, columns=(Column("Name"),))
    calm = Resource(name="calm", rows=cages, columns=columns)
    tagged = Resource(name="tagged", rows=tags, columns=(Column("Weight", kind="number"),), key="Arn")
    part = Resource(name="part", rows=half, columns=(Column("Name"),))

    async def feed(aws, arguments, out):
        out.note("feeding")
        out.progress(1, 2, "feeding")
        for animal in arguments.animals:
            out.row({"animal": animal, "account": aws.account, "deep": {"x": 1}})
        return 0

    async def wait(aws, arguments, out):
        try:
            out.row({"waiting": True})
            print("ready", flush=True)
            await asyncio.Event().wait()
        finally:
            out.note("let go")

    async def change(aws, arguments, out):
        await aws.write("create_secret", Name=arguments.name, SecretString="x")
        return 0

    def names(parser):
        parser.add_argument("animals", nargs="*")

    commands = (
        Command(name="feed", help="feed them", effect="touch", add=names, run=feed),
        Command(name="wait", help="wait", effect="touch", add=lambda parser: None, run=wait),
        Command(name="change", help="change", effect="change", sends=("create_secret",),
                add=lambda parser: parser.add_argument("name"), run=change),
    )
    plugin = Plugin(name="zoo", title="Zoo", service="secretsmanager", commands=commands,
                    resources=(animals, young, mad, calm, tagged, part))
''')


@pytest.fixture(scope="module")
def zones(_server: str) -> Iterator[None]:
    """Two zones, one of them private."""
    client = boto3.client(
        "route53", endpoint_url=_server, region_name="us-east-1",
        aws_access_key_id="x", aws_secret_access_key="x",
    )  # fmt: skip
    made = [client.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
            for name in ("shop.example", "intern.example")]  # fmt: skip
    record = {"Name": "*.shop.example", "Type": "A", "TTL": 60,
              "ResourceRecords": [{"Value": "192.0.2.7"}]}  # fmt: skip
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    client.change_resource_record_sets(HostedZoneId=made[0], ChangeBatch=change)
    yield
    client.change_resource_record_sets(
        HostedZoneId=made[0],
        ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]},
    )
    for zone in made:
        client.delete_hosted_zone(Id=zone)


# ---- ls ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zones")
def test_ls_draws_a_table(awstui: Run) -> None:
    ran = awstui("ls", "r53")
    lines = ran.stdout.splitlines()
    assert ran.returncode == Exit.OK
    assert lines[0].split() == ["NAME", "KIND", "RECORDS", "COMMENT", "ID"]
    assert {line.split()[0] for line in lines[1:]} == {"shop.example", "intern.example"}
    assert not ran.stderr


@pytest.mark.usefixtures("zones")
def test_ls_finds_the_parent_and_then_its_rows(awstui: Run) -> None:
    zones = json.loads(awstui("ls", "route53", "-o", "json", "--filter", "^shop").stdout)
    (key,) = [zone["Id"].rpartition("/")[2] for zone in zones]
    ran = awstui("ls", "route53", "records", "--parent", key, "-o", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert {"Name": "*.shop.example", "Type": "A", "TTL": "60", "Value": "192.0.2.7"}.items() <= {
        name: value for row in rows if row["Type"] == "A" for name, value in row.items()
    }.items()


@pytest.mark.usefixtures("zones")
def test_describe_asks_the_operation_that_describes(awstui: Run) -> None:
    zones = json.loads(awstui("ls", "route53", "-o", "json").stdout)
    key = zones[0]["Id"].rpartition("/")[2]
    described = json.loads(awstui("describe", "route53", "zones", key).stdout)
    assert described["HostedZone"]["Id"] == zones[0]["Id"]
    assert "ResponseMetadata" not in described


def test_rows_stand_in_the_operators_order_and_what_failed_is_told(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "-o", "csv")
    assert [line.split(",")[0] for line in ran.stdout.splitlines()] == [
        "Name", "lion", "emu\x1b[31m", "ant",
    ]  # fmt: skip
    assert "lion,190,2024-05-17T12:00:00+00:00,True" in ran.stdout
    assert ran.stderr == "ant: too light to weigh\n"
    assert ran.returncode == Exit.PARTIAL


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--sort", "weight"), ["ant", "emu", "lion"]),
        (("--sort", "Weight", "--reverse"), ["lion", "emu", "ant"]),
        (("--sort", "name"), ["ant", "emu", "lion"]),
        (("--filter", "li|an"), ["lion", "ant"]),
        (("--filter", "!ant"), ["lion", "emu"]),
        (("--filter", "^ant$"), ["ant"]),
        (("--filter", "190"), []),
    ],
)
def test_rows_are_sorted_and_filtered_as_asked(
    awstui: Run, words: tuple[str, ...], names: list[str]
) -> None:
    ran = awstui("ls", "zoo.animals", *words, "-o", "jsonl")
    rows = [json.loads(line)["Name"].removesuffix("\x1b[31m") for line in ran.stdout.splitlines()]
    assert rows == names


def test_a_table_never_lets_a_name_speak_to_the_terminal(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "calm")
    assert "\x1b" not in ran.stdout
    assert "emu␛[31m" in ran.stdout
    assert ran.returncode == Exit.OK


def test_a_row_under_another_gets_its_parent_enriched(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "young", "--parent", "lion", "-o", "json")
    assert json.loads(ran.stdout) == [{"Name": "child of lion", "Weighed": True}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ls", "zooo"), "Nothing is called 'zooo'. Did you mean zoo?"),
        (("ls", "zoo", "annimals"), "Did you mean zoo.animals?"),
        (("ls", "zoo", "young"), "listed under another row: --parent KEY of zoo animals"),
        (("ls", "zoo", "--parent", "x"), "has no parent"),
        (("ls", "zoo", "--sort", "colour"), "--sort takes one of: Name, Weight"),
        (("ls", "zoo", "--filter", "("), "--filter is not a regex"),
    ],
)
def test_what_does_not_exist_is_a_usage_error(
    awstui: Run, words: tuple[str, ...], said: str
) -> None:
    ran = awstui(*words)
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert (ran.returncode, ran.stdout) == (Exit.USAGE, "")


def test_a_plugin_that_fails_is_named_and_the_status_says_so(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "mad")
    assert ran.returncode == Exit.FAILED
    assert "ZeroDivisionError: oh" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not ran.stdout


def test_a_list_without_some_of_its_rows_is_written_and_says_so(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "part", "-o", "jsonl")
    assert ran.returncode == Exit.PARTIAL
    assert json.loads(ran.stdout) == {"Name": "one"}
    assert "the others are not yours" in ran.stderr


def test_a_key_that_is_not_there_fails(awstui: Run) -> None:
    ran = awstui("describe", "zoo", "animals", "tiger")
    assert (ran.returncode, ran.stderr) == (Exit.FAILED, "No row of animals has the key 'tiger'.\n")


def test_a_row_is_found_by_what_people_call_it_and_of_two_neither(awstui: Run) -> None:
    assert (
        json.loads(awstui("describe", "zoo", "tagged", "yak", "-o", "json").stdout)["Weight"] == 3
    )
    ran = awstui("describe", "zoo", "tagged", "gnu")
    assert ran.returncode == Exit.FAILED
    assert ran.stderr == (
        "2 rows of tagged are called 'gnu'; their keys are arn:aws:zoo:a:1:gnu, arn:aws:zoo:b:1:gnu.\n"
    )
    ran = awstui("describe", "zoo", "tagged", "arn:aws:zoo:b:1:gnu", "-o", "json")
    assert json.loads(ran.stdout)["Weight"] == 2


def test_a_server_that_is_not_there_fails_with_a_sentence(awstui: Run) -> None:
    ran = awstui("ls", "route53", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert ran.returncode == Exit.FAILED
    assert "127.0.0.1:9" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_no_rows_at_all_is_an_empty_array(awstui: Run) -> None:
    ran = awstui("ls", "zoo", "calm", "--filter", "whale", "-o", "json")
    assert (json.loads(ran.stdout), ran.returncode) == ([], Exit.OK)


def test_whoever_stops_reading_is_no_error(
    awstui: Run, empty_aws: dict[str, str], plugins: Path
) -> None:
    words = f"{sys.executable} -m awstui --plugins {plugins} ls zoo calm | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", words], env=empty_aws, capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("0\n", "")


# ---- commands of plugins -----------------------------------------------------------------------------


def test_a_command_writes_rows_in_the_format_asked_for(awstui: Run) -> None:
    ran = awstui("feed", "lion", "ant", "-o", "jsonl")
    assert [json.loads(line)["animal"] for line in ran.stdout.splitlines()] == ["lion", "ant"]
    assert ran.stderr == "feeding\n"
    table = awstui("feed", "lion").stdout.splitlines()
    assert [line.split() for line in table] == [["ANIMAL", "ACCOUNT"], ["lion", "123456789012"]]
    assert awstui("feed", "-o", "json").stdout == "[]\n"


def test_a_change_goes_through_the_gate_and_read_only_refuses_it(awstui: Run) -> None:
    unasked = awstui("change", "from-a-command")
    assert unasked.returncode == Exit.REFUSED
    assert "Give --yes" in unasked.stderr
    dry = awstui("change", "from-a-command", "--dry-run")
    assert "Would send secretsmanager:CreateSecret. Nothing was sent." in dry.stderr
    assert awstui("change", "from-a-command", "--yes").returncode == Exit.OK
    ran = awstui("change", "from-a-command-2", "--yes", "--read-only")
    assert ran.returncode == Exit.REFUSED
    assert "read-only" in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_command_gives_back_what_it_holds(
    empty_aws: dict[str, str], plugins: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "awstui", "--plugins", str(plugins), "wait", "-o", "json"],
        env=empty_aws, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (128 + number, "let go\n")
    assert json.loads(out) == [{"waiting": True}]


# ---- plugins and info --------------------------------------------------------------------------------


def test_plugins_lists_the_broken_with_their_tracebacks(awstui: Run, plugins: Path) -> None:
    odd = plugins / "odd.py"
    odd.write_text("1/0")
    odd.chmod(0o600)
    ran = awstui("plugins", "-o", "json")
    rows = {row["name"]: row for row in json.loads(ran.stdout)}
    assert rows["route53"]["origin"] == "built-in"
    assert rows["zoo"]["origin"] == str(plugins / "zoo.py")
    assert rows["odd"]["state"] == "broken"
    assert "ZeroDivisionError" in ran.stderr
    assert "Traceback" in ran.stderr
    assert ran.returncode == Exit.OK
    assert awstui("plugins", "--check").returncode == Exit.FAILED
    asked = awstui("ls", "odd")
    assert "odd did not load: ZeroDivisionError" in asked.stderr


def test_every_plugin_of_ours_agrees_with_the_service_models(empty_aws: dict[str, str]) -> None:
    command = [sys.executable, "-m", "awstui", "plugins", "--check"]
    ran = subprocess.run(command, env=empty_aws, capture_output=True, text=True, check=False)
    assert (ran.stderr, ran.returncode) == ("", Exit.OK)


def test_info_says_versions_paths_and_who_we_are(awstui: Run, world: Path) -> None:
    ran = awstui("info", "-o", "json")
    facts = json.loads(ran.stdout)
    assert facts["account"] == "123456789012"
    assert facts["endpoint"].startswith("http://127.0.0.1:"), (
        "what AWS_ENDPOINT_URL says is in force"
    )
    assert facts["config"] == str(world / "config" / "awstui" / "config.toml")
    assert facts["textual"].startswith("8.")
    assert ran.returncode == Exit.OK


def test_info_without_credentials_says_why(awstui: Run) -> None:
    ran = awstui("info", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert ran.returncode == Exit.FAILED
    assert "redential" in ran.stderr
    assert "python" in ran.stdout


# ---- where it goes -----------------------------------------------------------------------------------


def test_textual_is_never_imported(empty_aws: dict[str, str], plugins: Path) -> None:
    code = (
        "import sys; from awstui.cli import main; "
        f"main(['--plugins', {str(plugins)!r}, 'ls', 'zoo']); "
        "assert 'textual' not in sys.modules"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=empty_aws, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_on_a_terminal_json_is_harmless_and_tones_are_coloured(
    empty_aws: dict[str, str], plugins: Path
) -> None:
    def on_terminal(*words: str, **more: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "awstui", "--plugins", str(plugins), *words]
        with subprocess.Popen(command, env={**empty_aws, **more}, stdout=theirs) as process:
            os.close(theirs)
            text = b""
            while chunk := _read(ours):
                text += chunk
            process.wait(PATIENCE)
        os.close(ours)
        return text.decode()

    assert "\x1b" not in on_terminal("ls", "zoo", "calm", "-o", "json")
    assert "\x1b" not in on_terminal("ls", "zoo", "calm", "-o", "csv")
    assert "\x1b[32myes\x1b[0m" in on_terminal("ls", "zoo")
    assert "\x1b" not in on_terminal("ls", "zoo", NO_COLOR="1")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_many_rows_and_lines_are_written_at_once_with_their_secrets_hidden(form: str) -> None:
    class Counted(io.StringIO):
        pieces = 0

        def write(self, text: str) -> int:
            self.pieces += 1
            return super().write(text)

    rows: list[dict[str, object]] = [{"n": 1}, {"n": 2, "Password": "hunter2"}, {"n": 3}]
    for reveal in (False, True):
        stream, said = Counted(), io.StringIO()
        out = Output(form, stream, said, reveal=reveal)
        out.each_line(["a", "password=hunter2", "b"])
        assert stream.pieces == 1
        assert stream.getvalue().splitlines()[::2] == ["a", "b"]
        out.each(rows)
        if form == "jsonl":
            assert stream.pieces == 2
        out.close()
        assert ("hunter2" in stream.getvalue()) is reveal
        assert ("--reveal" in said.getvalue()) is not reveal


def test_nothing_is_written_of_no_lines() -> None:
    stream = io.StringIO()
    out = Output("jsonl", stream, io.StringIO())
    out.each_line([])
    out.each([])
    assert stream.getvalue() == ""


class Terminal(io.StringIO):
    """Standard error that claims to be a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_progress_is_drawn_on_a_terminal_only_and_reads_no_markup() -> None:
    quiet, loud = io.StringIO(), Terminal()
    for stream in (quiet, loud):
        out = Output("jsonl", io.StringIO(), stream)
        out.progress(1, 4, "[/var/task] peeking\x1b[2J")
        out.note("[/bold] said")
        out.close()
    assert quiet.getvalue() == "[/bold] said\n"
    assert "[/var/task] peeking␛[2J" in loud.getvalue()
    assert "[/bold] said" in loud.getvalue()
