"""What the options and the person at the terminal say to a plan, the same for every command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable

from awstui import wire
from awstui.plugin import Out, Row


def whereabouts(scope: wire.Scope, *, production: bool) -> str:
    """Whose account it is about, and where."""
    parts = (scope.profile or "default", scope.account, scope.region)
    return ("PROD · " if production else "") + " · ".join(filter(None, parts))


async def consent(
    verb: str, demanded: str | None, options: argparse.Namespace, out: Out, *, read_only: bool
) -> str | None:
    """What is said to confirm it; None when nobody does."""
    if read_only and not options.reason:
        out.note("awstui is read-only. --reason TEXT lifts it for this one action.")
        return None
    if demanded is None or (demanded == "" and options.yes):
        return ""
    if demanded and options.confirm:
        if options.confirm == demanded:
            return demanded
        out.note(f"Not done: --confirm {options.confirm} is not {demanded}.")
        return None
    if not sys.stdin.isatty():
        want = f"--confirm {demanded}" if demanded else "--yes"
        dry = ", or --dry-run" if "dry_run" in options else ""
        out.note(f"Not done: nobody is there to ask. Give {want}{dry}.")
        return None
    return await _asked(verb, demanded, out)


async def _asked(verb: str, demanded: str, out: Out) -> str | None:
    """What the person at the terminal says, when it is what is demanded."""
    out.note(f"Type {demanded} to {verb}:" if demanded else f"{verb.capitalize()}? y/N")
    said = (await line_typed()).strip()
    if said == demanded if demanded else said.lower() in ("y", "yes"):
        return demanded
    out.note("Not done.")
    return None


async def line_typed() -> str:
    """The next line of standard input, without a thread that nothing could interrupt."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()
    fd = sys.stdin.fileno()

    def read() -> None:
        if not typed.done():
            typed.set_result(os.read(fd, 1024).decode(errors="replace"))

    loop.add_reader(fd, read)
    try:
        return await typed
    finally:
        loop.remove_reader(fd)


def say_requests(calls: Iterable[Row], requests: Iterable[str], out: Out) -> None:
    """The requests that would be sent: each as a row, and how many there are of them."""
    for call in calls:
        out.row({**call, "parameters": wire.as_json_line(call["parameters"])})
    out.note(f"Would send {', '.join(requests) or 'nothing'}. Nothing was sent.")
