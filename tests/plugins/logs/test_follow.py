"""A following loses nothing and repeats nothing, whatever the server does; those of others do."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from plugins.logs.follow import Cadence, Found, GroupFollow, Page
from plugins.logs.following import Together
from tests.plugins.logs import peers
from tests.plugins.logs.client import raw_fetch
from tests.plugins.logs.log_server import LogServer, Simulated, Weather, shop_load

NOON = 1_750_000_000.0
GROUP = "/shop/orders"


class Heard:
    """What a following brought, and how often."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.late: dict[str, int] = {}
        self.found: list[Found] = []

    def take(self, found: Found) -> None:
        self.found.append(found)
        for event, late in found.events:
            self.times[event["eventId"]] += 1
            if late:
                self.late[event["eventId"]] = late

    def verdict(self, truth: set[str]) -> tuple[int, int]:
        """How many were lost, and how many came more than once."""
        return len(truth - set(self.times)), sum(self.times.values()) - len(self.times)


async def listen(together: Together, heard: Heard) -> None:
    async for _, found in together.found():
        heard.take(found)


async def followed(
    server: LogServer, clock: Simulated, seconds: float, cadence: Cadence | None = None
) -> tuple[Heard, GroupFollow]:
    """Follow the server's group by the simulated clock."""
    heard = Heard()
    follower = GroupFollow(raw_fetch(server.url, GROUP), clock, clock(), cadence)
    await clock.run(seconds, 1, listen(Together([follower], clock.sleep), heard))
    return heard, follower


async def test_nothing_is_lost_and_nothing_repeated_where_everything_goes_wrong() -> None:
    clock = Simulated(NOON)
    weather = Weather(
        empty=0.2, throttled=0.05, cut=0.05,
        storms=((NOON + 100, NOON + 130, "throttled"), (NOON + 300, NOON + 420, "cut")),
    )  # fmt: skip
    server = LogServer(clock, page=500, weather=weather)
    shop_load(server, GROUP, start=NOON, seconds=600, count=6000, ahead=3)
    async with server.running():
        heard, follower = await followed(server, clock, 600 + 1200)
    truth = server.taken(GROUP)
    assert len(truth) == 6003
    assert heard.verdict(truth) == (0, 0)
    assert heard.late, "what came minutes late is called late"
    assert follower.remembered < 1000, "ids are forgotten once no reading can bring them again"


@pytest.mark.parametrize("name", peers.PEERS)
async def test_the_same_server_makes_others_lose(name: str) -> None:
    clock, printed = Simulated(NOON), Counter[str]()
    server = LogServer(clock, page=50)
    shop_load(server, GROUP, start=NOON, seconds=100, count=500)

    def say(ident: str) -> None:
        printed[ident] += 1

    async with server.running():
        fetch = peers.stubborn(raw_fetch(server.url, GROUP))
        await clock.run(300, 1, peers.PEERS[name](fetch, clock, clock.sleep, say, NOON))
    lost = len(server.taken(GROUP) - set(printed))
    assert lost > (5 if "awslogs" in name else 50)


async def test_a_night_asleep_leaves_no_hole() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=500)
    shop_load(server, GROUP, start=NOON, seconds=9000, count=4000)
    heard = Heard()
    async with server.running():
        follower = GroupFollow(raw_fetch(server.url, GROUP), clock, clock())
        together = Together([follower], clock.sleep)
        await clock.run(100, 1, listen(together, heard))
        clock.now += 8000  # the lid is closed: nothing runs, and time goes on
        await clock.run(1800, 1, listen(together, heard))
    assert heard.verdict(server.taken(GROUP)) == (0, 0)


async def test_a_flood_is_followed_at_its_newest_and_the_gap_is_read_later() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=20)
    for number in range(3000):
        server.put(GROUP, NOON + 60 + number / 100, f"flood {number}")
    heard = Heard()
    async with server.running():
        follower = GroupFollow(
            raw_fetch(server.url, GROUP, limit=20), clock, clock(), Cadence(pages=5, stride=20)
        )
        await clock.run(600, 1, listen(Together([follower], clock.sleep), heard))
    gaps = [found.gaps for found in heard.found if found.gaps is not None]
    assert gaps[0], "what is skipped is said"
    assert gaps[-1] == (), "and it is read in the end"
    assert heard.verdict(server.taken(GROUP)) == (0, 0)
    assert not heard.late, "what was skipped is not late"


async def test_refusals_slow_a_following_down_and_it_says_how_far_behind_it_is() -> None:
    clock = Simulated(NOON)
    storm = (NOON + 20, NOON + 140, "throttled")
    server = LogServer(clock, weather=Weather(storms=(storm,)))
    shop_load(server, GROUP, start=NOON, seconds=300, count=600)
    heard, waits, lags = Heard(), [], []
    async with server.running():
        follower = GroupFollow(raw_fetch(server.url, GROUP), clock, clock())

        async def sleep(seconds: float) -> None:
            if follower.throttled:
                waits.append(seconds)
                lags.append(follower.lag())
            await clock.sleep(seconds)

        await clock.run(900, 1, listen(Together([follower], sleep), heard))
    assert waits[:5] == [4.0, 8.0, 16.0, 30.0, 30.0]
    assert lags == sorted(lags)
    assert lags[-1] > 60
    assert follower.wait == 10.0, "it has recovered, and the group is quiet"
    assert heard.verdict(server.taken(GROUP)) == (0, 0)


async def test_a_quiet_group_is_asked_less_often_and_a_busy_one_at_once_again() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock)
    server.group(GROUP)
    server.put(GROUP, NOON + 50, "at last")
    async with server.running():
        follower = GroupFollow(raw_fetch(server.url, GROUP), clock, clock())
        waits = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            await clock.sleep(seconds)

        await clock.run(60, 1, listen(Together([follower], sleep), Heard()))
    assert waits[:6] == [3.0, 4.5, 6.75, 10.0, 10.0, 10.0]
    assert 2.0 in waits


async def test_events_of_one_millisecond_all_come_and_future_ones_stop_nothing() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=7)
    server.put(GROUP, NOON + 7200, "two hours ahead", delay=-7200 + 1)
    for number in range(50):
        server.put(GROUP, NOON + 5, f"same {number}", delay=1 + number)
    async with server.running():
        heard, follower = await followed(server, clock, 120)
        assert heard.verdict(server.taken(GROUP)) == (0, 0)
        future = next(event for found in heard.found for event, _ in found.events)
    assert future["message"] == "two hours ahead"
    assert follower.lag() <= 10


@pytest.mark.parametrize("ties_turned", [True, False])
async def test_lines_of_one_millisecond_stand_in_their_order_whichever_way_they_are_read(
    ties_turned: bool,
) -> None:
    events = [
        {"eventId": f"{n:056d}", "timestamp": at, "ingestionTime": at, "message": f"{n}"}
        for n, at in enumerate([5, 7, 7, 7, 9], 1)
    ]

    async def fetch(*_: object, **__: object) -> Page:
        """Newest first; servers differ in whether they turn around what is of one millisecond."""
        if ties_turned:
            return Page(events[::-1], "")
        return Page(sorted(events, key=lambda event: -int(str(event["timestamp"]))), "")

    follower = GroupFollow(fetch, lambda: 0.01, 0.0)
    said = [event["message"] async for found in follower.step() for event, _ in found.events]
    assert said == ["1", "2", "3", "4", "5"]


async def test_late_lines_say_how_late() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock)
    server.put(GROUP, NOON + 10, "in time")
    server.put(GROUP, NOON + 30, "newer")
    late = server.put(GROUP, NOON + 12, "late", delay=100)
    async with server.running():
        heard, _ = await followed(server, clock, 300)
    assert heard.late == {late.ident: 18_000}


@pytest.mark.parametrize("descends", [True, False])
async def test_the_first_reading_stops_where_it_outgrows_a_client(descends: bool) -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=10, descends=descends)
    for number in range(500):
        server.put(GROUP, NOON - 500 + number, f"old {number}")
    heard = Heard()
    async with server.running():
        follower = GroupFollow(
            raw_fetch(server.url, GROUP), clock, NOON - 500, Cadence(budget=8, pages=500)
        )
        await clock.run(200, 1, listen(Together([follower], clock.sleep), heard))
    unread = [found.unread for found in heard.found if found.unread]
    lost = {event.message for event in server._seen[GROUP] if event.ident not in heard.times}
    if descends:
        assert len(unread) == 1
        assert lost == {f"old {n}" for n in range(500 - 80)}
        assert unread[0].end == round((NOON - 80) * 1000)
    else:
        assert not lost, "where the newest come last there is no stopping"


async def test_ten_groups_are_followed_at_once() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=500)
    names = [f"/shop/{n}" for n in range(10)]
    for number, name in enumerate(names):
        shop_load(server, name, start=NOON, seconds=120, count=120, seed=number)
    heard = Heard()
    async with server.running():
        followers = [GroupFollow(raw_fetch(server.url, name), clock, NOON) for name in names]
        await clock.run(900, 10, listen(Together(followers, clock.sleep), heard))
    truth = set().union(*(server.taken(name) for name in names))
    # Each group numbers its own events from the one counter of the server, so ids tell them apart.
    assert len(truth) == 1200
    assert heard.verdict(truth) == (0, 0)


async def test_a_fault_of_ours_is_heard_and_leaving_ends_the_work() -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    clock = Simulated(NOON)
    together = Together([GroupFollow(broken, clock, NOON)], clock.sleep)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        await listen(together, Heard())
    assert len(asyncio.all_tasks()) == 1
