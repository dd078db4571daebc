"""The shop's log groups, their streams, and lines as real functions write them."""

from __future__ import annotations

import datetime as dt
import json
import random
import time

from moto.logs.models import LogGroup, LogsBackend, LogStream, logs_backends

from awstui.demo.fleet import ACCOUNT, REGION, ago, dice, uuid_of

GROUPS: dict[str, int | None] = {
    "/aws/lambda/orders-handler": 14,
    "/aws/lambda/payments-charge": 90,
    "/aws/lambda/inventory-sync": 14,
    "/aws/lambda/invoice-pdf": 14,
    "/aws/lambda/notify-customer": 14,
    "/aws/lambda/shipping-label": 14,
    "/aws/lambda/search-indexer": 3,
    "/aws/lambda/api-checkout": 30,
    "/aws/lambda/api-cart": 30,
    "/aws/lambda/image-thumbnails": 3,
    "/aws/lambda/nightly-report": None,
    "/aws/lambda/legacy-import": None,
    "/aws/vendedlogs/states/order-fulfilment": 30,
    "/aws/elasticbeanstalk/shop-web-prod/var/log/web.stdout.log": 7,
    "/shop/access": 365,
}
"""The groups and the days they keep their lines; None keeps them for ever."""

LIVELY = (*tuple(GROUPS)[:9], "/shop/access")
"""The groups to which lines keep coming."""

HOSTILE = (
    "\x1b[31mERROR\x1b[0m colours from a library that thinks it has a terminal",
    "[/var/task] INFO markup-like [bold]prefix[/] of a runtime",
    "\x1b]0;owned\x07\x1b[2J\x1b]52;c;cm0gLXJmIH4=\x07 \u202egnp.exe \x9b31m",
)

TRACE = """[ERROR] TimeoutError: payment gateway did not answer in 3000 ms
Traceback (most recent call last):
  File "/var/task/app.py", line 41, in handler
    charge(order)
  File "/var/task/payments.py", line 88, in charge
    return gateway.post("/charges", json=body, timeout=3)
TimeoutError: payment gateway did not answer in 3000 ms"""


def seed() -> None:
    """Make the groups, with an hour of lines in their newest streams."""
    backend = logs_backends[ACCOUNT][REGION]
    chance = dice("logs")
    for name, days in GROUPS.items():
        backend.create_log_group(name, tags={"shop": "web"})
        group = backend.groups[name]
        group.retention_in_days = days
        group.creation_time = ago(days=chance.uniform(30, 400))
        for age in (26.0, 3.0, 0.02):
            stream = new_stream(group, chance, ago(hours=age + 1))
            _fill(stream, name, chance, time.time() - age * 3600)
    group = backend.groups["/aws/lambda/legacy-import"]
    write(next(iter(group.streams.values())), time.time() - 90, HOSTILE)


def new_stream(group: LogGroup, chance: random.Random, at: dt.datetime) -> LogStream:
    """A stream as Lambda names them, made at that time."""
    name = f"{at:%Y/%m/%d}/[$LATEST]{chance.getrandbits(128):032x}"
    if not group.name.startswith("/aws/lambda/"):
        name = f"i-0{chance.getrandbits(64):016x}/{at:%Y-%m-%d-%H}"
    stream = LogStream(group, name)
    stream.creation_time = at
    group.streams[name] = stream
    return stream


def write(stream: LogStream, at: float, lines: tuple[str, ...] | list[str]) -> None:
    """Add lines that happened at this time."""
    stream.put_log_events([{"timestamp": int(at * 1000), "message": line} for line in lines])


def newest_stream(backend: LogsBackend, name: str) -> LogStream:
    """The stream a group writes to."""
    return next(reversed(backend.groups[name].streams.values()))


def lines(name: str, chance: random.Random, at: float) -> list[str]:
    """What one call writes, in the manner of the group."""
    if name == "/shop/access":
        return [_access(chance, at)]
    if "/lambda/" not in name:
        return [_plain(chance)]
    return _invocation(chance, at)


def _fill(stream: LogStream, name: str, chance: random.Random, until: float) -> None:
    moments = sorted(until - chance.uniform(0, 3600) for _ in range(14))
    for at in moments:
        write(stream, at, lines(name, chance, at))


def _access(chance: random.Random, at: float) -> str:
    status = chance.choices((200, 201, 304, 404, 429, 502), (70, 9, 12, 5, 1, 3))[0]
    path = chance.choice(("/", "/cart", "/checkout", "/p/mug-blue", "/search?q=poster"))
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    taken = chance.lognormvariate(3.4, 0.8)
    return (
        f'203.0.113.{chance.randint(1, 250)} - - [{moment:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} '
        f'HTTP/1.1" {status} {chance.randint(200, 90_000)} "-" "Mozilla/5.0" {taken:.0f}ms'
    )


def _plain(chance: random.Random) -> str:
    level = chance.choices(("INFO", "WARN", "ERROR"), (85, 10, 5))[0]
    order = f"{chance.getrandbits(32):08x}"
    return json.dumps(
        {"level": level, "order": order, "took_ms": chance.randint(3, 900), "message": "step done"}
    )


def _invocation(chance: random.Random, at: float) -> list[str]:
    number, order = uuid_of(chance), f"{chance.getrandbits(32):08x}"
    took = chance.lognormvariate(4.5, 0.9)
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    said = [
        json.dumps(
            {
                "level": "INFO",
                "message": "order accepted",
                "order_id": order,
                "total": round(chance.uniform(4, 200), 2),
                "requestId": number,
            }
        ),
        f"[INFO]\t{moment:%Y-%m-%dT%H:%M:%S.%fZ}\t{number}\tstock reserved for {order}",
    ]
    luck = chance.random()
    if luck < 0.08:
        took = 3002.0
        said += [TRACE]
    elif luck < 0.16:
        said += [json.dumps({"level": "WARN", "message": "retry 2 of 3", "order_id": order})]
    elif luck < 0.26:
        said += [
            json.dumps({"level": "ERROR", "message": "KeyError: 'sku'", "order_id": order}),
            f"\x1b[33mWARN\x1b[0m falling back for {order}",
        ]
    report = (
        f"REPORT RequestId: {number}\tDuration: {took:.2f} ms\tBilled Duration: {took + 1:.0f} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {chance.randint(70, 180)} MB"
    )
    return [
        f"START RequestId: {number} Version: $LATEST",
        *said,
        f"END RequestId: {number}",
        report,
    ]
