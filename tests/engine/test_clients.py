"""Clients: one for each use, sharing what is dear, and behaving as their kind must."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys

import pytest

from awstui.engine.clients import CONCURRENCY, USER_AGENT, ClientKey, config, read_timeout
from awstui.engine.shared import SharedTls, endpoints, models
from awstui.wire import Scope
from tests.engine.conftest import SCOPE, MakeDoors, Reply, Scripted


async def test_five_at_once_get_the_same_client_and_it_is_made_once(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    clients = make_doors(scripted.url).clients
    made = 0
    make = clients._make

    async def counted(key: ClientKey) -> object:
        nonlocal made
        made += 1
        return await make(key)

    clients._make = counted  # type: ignore[method-assign]
    got = await asyncio.gather(*(clients.get(SCOPE, "sqs", write=False) for _ in range(5)))
    assert made == 1
    assert len({id(client) for client in got}) == 1


async def test_reads_writes_regions_and_long_waits_have_clients_of_their_own(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    clients = make_doors(scripted.url).clients
    read = await clients.get(SCOPE, "sqs", write=False)
    write = await clients.get(SCOPE, "sqs", write=True, deadline=30)
    long = await clients.get(SCOPE, "sqs", write=True, deadline=905)
    far = await clients.get(Scope("demo", "us-east-1"), "sqs", write=False)
    assert len({id(client) for client in (read, write, long, far)}) == 4
    assert read.meta.config.retries == {"mode": "standard", "total_max_attempts": 3}
    assert write.meta.config.retries == {"mode": "standard", "total_max_attempts": 1}
    waits = [client.meta.config.read_timeout for client in (read, write, long)]
    assert waits == [10, 30, 960]


@pytest.mark.parametrize(
    ("deadline", "write", "seconds"),
    [
        (0, False, 10),
        (20, False, 10),
        (45, False, 60),
        (0, True, 30),
        (25, True, 30),
        (31, True, 120),
        (910, True, 960),
        (5000, True, 960),
    ],
)
def test_a_client_waits_as_long_as_its_calls_may(
    deadline: float, write: bool, seconds: int
) -> None:
    assert read_timeout(deadline, write=write) == seconds


def test_the_environment_cannot_make_a_write_go_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    made = config(ClientKey("sqs", "p", "r", write=True, read_timeout=30), "")
    assert made.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (made.max_pool_connections, made.user_agent) == (CONCURRENCY, USER_AGENT)


def test_host_prefixes_are_for_aws_itself_alone() -> None:
    key = ClientKey("sqs", "p", "r", write=False, read_timeout=10)
    assert config(key, "").inject_host_prefix is True
    assert config(key, "http://127.0.0.1:1").inject_host_prefix is False
    assert config(key, "https://vpce.example").inject_host_prefix is False


async def test_every_session_shares_the_models_and_the_endpoint_resolver(
    make_doors: MakeDoors,
) -> None:
    for doors in (make_doors("http://127.0.0.1:9"), make_doors("http://127.0.0.1:9")):
        session = await doors.sessions.get("demo")
        assert session.get_component("data_loader") is models()
        assert session._get_internal_component("endpoint_resolver") is endpoints()


async def test_all_connections_share_one_tls_context() -> None:
    one, other = SharedTls(verify=True), SharedTls(verify=True)
    first = await asyncio.to_thread(one._build_ssl_contexts, None)
    assert await asyncio.to_thread(other._build_ssl_contexts, None) is first
    assert SharedTls(verify=False)._build_ssl_contexts(None) is not first


async def test_a_client_really_builds_its_connector_from_the_shared_context(
    make_doors: MakeDoors,
) -> None:
    doors = make_doors("https://127.0.0.1:9")
    seen = []
    for service in ("sqs", "sns"):
        client = await doors.clients.get(SCOPE, service, write=False)
        http = client._endpoint.http_session
        session = await http._get_session(None)
        seen.append(session.connector._ssl)
    assert seen[0] is seen[1]


async def test_sockets_notice_a_dead_peer(scripted: Scripted, make_doors: MakeDoors) -> None:
    doors = make_doors(scripted.url)
    await doors.open(SCOPE, "sqs").read("list_queues")
    client = await doors.clients.get(SCOPE, "sqs", write=False)
    session = await client._endpoint.http_session._get_session(None)
    (held,) = [one for pool in session.connector._conns.values() for one, _ in pool]
    import socket

    told = held.transport.get_extra_info("socket")
    assert told.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


async def test_the_user_agent_is_ours(scripted: Scripted, make_doors: MakeDoors) -> None:
    scripted.script(Reply.of({}))
    await make_doors(scripted.url).open(SCOPE, "sqs").read("list_queues")
    assert scripted.requests[0].headers["user-agent"].startswith(f"{USER_AGENT} ")


def test_the_libraries_never_say_what_they_sign() -> None:
    for name in ("botocore", "aiobotocore", "botocore.auth"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_a_warning_of_a_library_does_not_reach_the_terminal() -> None:
    code = "import awstui.engine.clients, logging; logging.getLogger('botocore.x').warning('leak')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert told.stderr == b""


async def test_models_are_found_without_looking_into_every_folder() -> None:
    assert "sqs" in models().list_available_services("service-2")
    assert models().load_service_model("sqs", "paginators-1")["pagination"]["ListQueues"]
