"""How others follow, from what their sources do: yardsticks for losses on the same server.

Each takes a fetch, a clock and a sleep, and tells the ids it printed, in order, repeats included.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable

from awstui.errors import AwstuiError
from plugins.logs.follow import Fetch

Sleep = Callable[[float], Awaitable[None]]
Say = Callable[[str], None]


async def aws_cli(
    fetch: Fetch, clock: Callable[[], float], sleep: Sleep, say: Say, since: float
) -> None:
    """`aws logs tail --follow` of version 2: from the newest timestamp seen, each five seconds."""
    start, ids = round(since * 1000), defaultdict[int, set[str]](set)
    while True:
        token, more = "", True
        while more:
            page = await fetch(start, token)
            for event in page.events:
                if event["eventId"] not in ids[event["timestamp"]]:
                    ids[event["timestamp"]].add(event["eventId"])
                    say(event["eventId"])
            if ids:
                newest = max(ids)
                ids = defaultdict(set, {newest: ids[newest]})
            token, more = page.token, bool(page.token)
        if ids:
            start = max(ids)
        await sleep(5)


async def saw(
    fetch: Fetch, clock: Callable[[], float], sleep: Sleep, say: Say, since: float
) -> None:
    """`saw watch`: from the newest timestamp seen, each second."""
    start, last, seen = round(since * 1000), 0, set[str]()
    while True:
        token, more = "", True
        while more:
            page = await fetch(start, token)
            for event in page.events:
                if event["timestamp"] > last:
                    last, seen = event["timestamp"], set()
                if event["eventId"] not in seen:
                    say(event["eventId"])
                    seen.add(event["eventId"])
            token, more = page.token, bool(page.token)
        start = last or start
        await sleep(1)


async def cw(
    fetch: Fetch, clock: Callable[[], float], sleep: Sleep, say: Say, since: float
) -> None:
    """`cw tail -f`: from the timestamp of the page's last event, each 250 ms, ids kept for a minute."""
    start, cache, cleaned = round(since * 1000), dict[str, float](), clock()
    while True:
        token, more = "", True
        while more:
            page = await fetch(start, token)
            for event in page.events:
                if clock() - cache.get(event["eventId"], -61.0) > 60:
                    start, cache[event["eventId"]] = event["timestamp"], clock()
                    say(event["eventId"])
            token, more = page.token, bool(page.token)
        if clock() - cleaned >= 60:
            cache = {ident: at for ident, at in cache.items() if clock() - at <= 60}
            cleaned = clock()
        await sleep(0.25)


async def awslogs(
    fetch: Fetch, clock: Callable[[], float], sleep: Sleep, say: Say, since: float
) -> None:
    """`awslogs get --watch` 0.15: the start never moves, the last token is sent again for ever."""
    start, token, printed = round(since * 1000), "", OrderedDict[str, None]()
    while True:
        page = await fetch(start, token)
        for event in page.events:
            if event["eventId"] not in printed:
                printed[event["eventId"]] = None
                if len(printed) > 10_000:
                    printed.popitem(last=False)
                say(event["eventId"])
        if page.token:
            token = page.token
        else:
            await sleep(1)


PEERS = {
    "aws logs tail (v2's algorithm)": aws_cli,
    "saw (its algorithm)": saw,
    "cw (its algorithm)": cw,
    "awslogs (its algorithm)": awslogs,
}


def stubborn(fetch: Fetch) -> Fetch:
    """The fetch of a peer that is spared what would end it: it asks again until it is answered."""

    async def again(start: int, token: str = "", *, newest_first: bool = False, end: int = 0):  # type: ignore[no-untyped-def]
        while True:
            try:
                return await fetch(start, token, newest_first=newest_first, end=end)
            except AwstuiError:
                continue

    return again
