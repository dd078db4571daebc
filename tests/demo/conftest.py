"""Servers of the embedded AWS for the whole run, and clients that speak with them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from awstui.demo.process import REGION, DemoServer

Connect = Callable[[str, str], Any]


@pytest.fixture
def empty(empty_server: DemoServer) -> DemoServer:
    """A server without a fleet."""
    return empty_server


@pytest.fixture(scope="session")
def shop() -> Iterator[DemoServer]:
    """A server with the fleet, which stands still."""
    with DemoServer.running(seed=True, drive=False) as server:
        yield server


@pytest.fixture(scope="session")
def connect() -> Iterator[Connect]:
    """A client by server address and service, made once."""
    made: dict[tuple[str, str], Any] = {}

    def client(url: str, service: str) -> Any:
        if (url, service) not in made:
            made[url, service] = boto3.session.Session().client(
                service,
                endpoint_url=url,
                region_name=REGION,
                aws_access_key_id="demo",
                aws_secret_access_key="demo",
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
            )
        return made[url, service]

    yield client
    for one in made.values():
        one.close()


@pytest.fixture
def ask(shop: DemoServer, connect: Connect) -> Callable[[str], Any]:
    """A client of the seeded server by service."""
    return lambda service: connect(shop.url, service)


@pytest.fixture
def sqs(empty: DemoServer, connect: Connect) -> Any:
    """SQS of the server without a fleet."""
    return connect(empty.url, "sqs")


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"q-{uuid.uuid4().hex[:12]}"
