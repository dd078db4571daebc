"""Following logs: what is lost and repeated beside others, lines a second, keys under load, a million lines.

``python -m tests.bench.tail [--rounds N]`` measures this part alone. ``awslogs`` takes part when it is
installed; the other peers' algorithms are written anew from what their sources do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from plugins.logs.follow import GroupFollow
from plugins.logs.following import Together
from tests.bench.figures import Goal, table
from tests.bench.subjects.busy_logs import GROUP
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, aws_command, command, world
from tests.plugins.logs import peers
from tests.plugins.logs.client import raw_fetch
from tests.plugins.logs.log_server import LogServer, Simulated, Weather, shop_load

OURS = "awstui tail"
NOON = 1_750_000_000.0
NUMBER = re.compile(r"line (\d+)\b")


def measure(
    rounds: int, *, events: int = 6000, lines: int = 200_000, million: int = 1_000_000,
    live: float = 40.0, keys: int = 60, rate: int = 500,
) -> list[Goal]:  # fmt: skip
    """Everything there is to say of a tail."""
    goals = [*asyncio.run(losses(events)), *asyncio.run(live_losses(live))]
    throughput = Goal(
        "lines written, whole process", "lines/s", ">= 10x awslogs", "awslogs", faster=False
    )
    store = {
        name: Goal(f"{million:,} lines: {title}", unit, must, "list and re")
        for name, title, unit, must in (
            ("memory", "memory", "MiB", "<= 64"), ("intake", "taken in", "lines/s", ""),
            ("hitch", "intake, longest step", "ms", "< 25"), ("first", "filter, first screenful", "ms", "< 50"),
            ("all", "filter, all", "ms", "< 1500"), ("slice", "filter, longest slice", "ms", "< 25"),
            ("search", "n, e, r and ( that find nothing, longest slice", "ms", "< 25"),
            ("context", "a line comes under a filter with context", "ms", "< 25"),
            ("late", "a late line", "ms", "< 25"), ("bars", "the histogram", "ms", "< 25"),
        )
    }  # fmt: skip
    key = Goal("key → paint in a tail", "ms", "p95 < 50 ms busy", "at rest")
    for _ in range(rounds):
        written(throughput, lines)
        for kind, subject in (("store", OURS), ("list", "list and re")):
            words = [PYTHON, "-m", "tests.bench.subjects.million_lines", kind, str(million)]
            figures = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
            for name, value in figures.items():
                store[name].add(subject, value)
        for subject, speed in ((f"while {rate} lines/s come", rate), ("at rest", 0)):
            pressed(key, subject, speed, keys)
    return [*goals, throughput, *store.values(), key]


# ---- losses ------------------------------------------------------------------------------------------


async def losses(events: int, *, seconds: float = 600, run: float = 1800) -> list[Goal]:
    """Minutes by a simulated clock, everybody alone on the same server; ours also in a storm."""
    lost, twice = Goal(f"lost of {events:,}", "events", "0"), Goal("repeated", "events", "0")
    page = max(25, events // 8)  # a page holds 1 MiB, and a busy group writes more than that
    for name, peer in peers.PEERS.items():
        clock, printed = Simulated(NOON), Counter[str]()
        server = LogServer(clock, page=page)
        shop_load(server, "g", start=NOON, seconds=seconds, count=events)
        async with server.running():
            fetch = peers.stubborn(raw_fetch(server.url, "g"))
            await clock.run(run, 1, peer(fetch, clock, clock.sleep, _counting(printed), NOON))
        _judge(name, server.taken("g"), printed, lost, twice)
    storm = Weather(
        empty=0.2,
        throttled=0.05,
        cut=0.05,
        storms=((NOON + seconds / 2, NOON + seconds / 2 + 60, "cut"),),
    )
    for name, weather in (
        (OURS, Weather()),
        (f"{OURS}, with refusals, cuts and empty pages", storm),
    ):
        clock, printed = Simulated(NOON), Counter[str]()
        server = LogServer(clock, weather=weather, page=page)
        shop_load(server, "g", start=NOON, seconds=seconds, count=events, ahead=2)
        async with server.running():
            together = Together([GroupFollow(raw_fetch(server.url, "g"), clock, NOON)], clock.sleep)
            await clock.run(run, 1, _listening(together, printed))
        _judge(name, server.taken("g"), printed, lost, twice)
    return [lost, twice]


def _counting(printed: Counter[str]) -> peers.Say:
    def say(ident: str) -> None:
        printed[ident] += 1

    return say


async def _listening(together: Together, printed: Counter[str]) -> None:
    async for _, found in together.found():
        printed.update(event["eventId"] for event, _ in found.events)


def _judge(name: str, truth: set[str], printed: Counter[str], lost: Goal, twice: Goal) -> None:
    lost.add(name, len(truth - set(printed)))
    twice.add(name, sum(printed.values()) - len(printed))


async def live_losses(
    seconds: float, *, late: tuple[float, float] = (8, 15), rest: float = 30.0
) -> list[Goal]:
    """The programs themselves beside each other on one server, by the wall clock."""
    count = round(seconds * 20)
    lost = Goal(f"lost of {count:,}, live, some {late[0]:g} to {late[1]:g} s late", "lines", "0")
    twice = Goal("repeated, live", "lines", "0")
    server = LogServer(time.time, page=max(25, count // 8))
    server.group("g")
    async with server.running():
        with world(server.url) as environment:
            running = {
                name: await asyncio.create_subprocess_exec(
                    *words, env=dict(environment), stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                )
                for name, words in _followers(server.url).items()
            }  # fmt: skip
            shop_load(server, "g", start=time.time(), seconds=seconds, count=count, late=late)
            await asyncio.sleep(seconds + rest)
            for name, process in running.items():
                process.terminate()
                out, _ = await process.communicate()
                printed = Counter(NUMBER.findall(out.decode()))
                _judge(name, {str(number) for number in range(count)}, printed, lost, twice)
    return [lost, twice]


def _followers(url: str) -> Mapping[str, list[str]]:
    followers = {OURS: command("tail", "g", "--follow", "--since", "1m")}
    if (aws := aws_command()) and (
        b"aws-cli/2" in subprocess.run([aws, "--version"], capture_output=True, check=False).stdout
    ):
        followers["aws logs tail"] = [aws, "logs", "tail", "g", "--follow", "--since", "1m"]
    if awslogs := shutil.which("awslogs"):
        followers["awslogs"] = [
            awslogs,
            "get",
            "g",
            "--watch",
            "--start",
            "1m",
            "--aws-endpoint-url",
            url,
        ]
    return followers


# ---- speed -------------------------------------------------------------------------------------------


@contextmanager
def busy(held: int, rate: int) -> Iterator[str]:
    """The log server in a process of its own; its URL."""
    words = [PYTHON, "-m", "tests.bench.subjects.busy_logs", str(held), str(rate)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def written(goal: Goal, lines: int) -> None:
    """A range of lines as text, from the start of the process to its end."""
    with busy(lines, 0) as url, world(url) as environment:
        subjects = {OURS: command("tail", GROUP, "--since", "1h")}
        if awslogs := shutil.which("awslogs"):
            subjects["awslogs"] = [
                awslogs,
                "get",
                GROUP,
                "--start",
                "1h",
                "--aws-endpoint-url",
                url,
            ]
        if aws := aws_command():
            subjects["aws logs filter-log-events"] = [
                aws, "logs", "filter-log-events", "--log-group-name", GROUP, "--output", "text",
                "--endpoint-url", url,
            ]  # fmt: skip
        for name, words in subjects.items():
            began = time.perf_counter()
            ran = subprocess.run(words, env=environment, capture_output=True, check=False)
            spent = time.perf_counter() - began
            got = ran.stdout.count(b"step done")
            if got >= lines:
                goal.add(name, got / spent)


def pressed(goal: Goal, subject: str, rate: int, keys: int, *, settle: float = 4.0) -> None:
    """The cursor moved in a tail of that many lines a second."""
    with (
        busy(5000, rate) as url,
        world(url) as environment,
        Terminal(command("--go", "logs"), environment) as run,
    ):
        run.seconds_until(GROUP)
        run.drain(1.0)
        run.write(b"t")
        run.seconds_until("following", timeout=60)
        run.drain(settle)
        for number in range(keys):
            goal.add(subject, run.key(b"\x1b[A" if number % 2 else b"\x1b[B", "▌".encode()))
            run.drain(0.08)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    sys.stdout.write(table(measure(parser.parse_args().rounds)) + "\n")
