"""Draws the pictures of the README: ``python docs/picture.py`` opens the console on the embedded AWS."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from awstui import registry, wire
from awstui.demo.process import DemoServer
from awstui.link import PipeLink
from awstui.ui.app import AwsTui
from awstui.ui.resource_pane import ResourcePane

HERE = Path(__file__).parent
SIZE = (120, 34)
SETTLED = 30.0
"""Seconds that the list has to be whole."""


async def queues(url: str) -> str:
    """The queues of the fleet, the deepest dead-letter queue first, as SVG."""
    start = wire.Start(endpoint_url=url, demo=True)
    app = AwsTui(PipeLink(start), registry.load(), start)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"sqs", "enter")
        async with asyncio.timeout(SETTLED):
            while not _whole(app):
                await pilot.pause(0.1)
        await pilot.pause(1.5)
        return app.export_screenshot(title="awstui demo")


def _whole(app: AwsTui) -> bool:
    pane = app.workspace.pane
    return isinstance(pane, ResourcePane) and pane.phase == "ready" and pane.subject() is not None


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home, DemoServer.running(drive=False) as server:
        os.environ["HOME"] = os.environ["XDG_STATE_HOME"] = home
        (HERE / "queues.svg").write_text(asyncio.run(queues(server.url)), encoding="utf-8")
