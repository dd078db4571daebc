"""The server's process: it starts quickly, says little, and never outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from awstui.demo.process import DemoServer, DemoServerError, environment
from tests.demo.conftest import Connect
from tests.demo.waiting import until
from tests.patience import PATIENCE, patiently

SERVER = [sys.executable, "-m", "awstui.demo.server", "--no-seed"]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_ends_when_its_standard_input_does() -> None:
    process = subprocess.Popen(
        [*SERVER, "--watch-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline().startswith("ready http://127.0.0.1:")
    process.stdin.close()
    assert process.wait(patiently(1.0)) == 0
    process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_on_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen(SERVER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("ready ")
        process.send_signal(number)
        assert process.wait(patiently(1.0)) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    program = (
        "from awstui.demo.process import DemoServer\n"
        "import time\n"
        "server = DemoServer.start(seed=False)\n"
        "server.wait_ready()\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
    until(lambda: gone(child), patiently(2.0))


def test_the_address_can_be_used_before_the_server_is_ready(connect: Connect) -> None:
    server = DemoServer.start(seed=False)
    try:
        assert "QueueUrls" not in connect(server.url, "sqs").list_queues()
    finally:
        server.stop()


def test_stop_leaves_nothing_and_may_be_called_again() -> None:
    server = DemoServer.start(seed=False)
    server.wait_ready()
    began = time.monotonic()
    server.stop()
    server.stop()
    assert time.monotonic() - began < patiently(1.5)
    assert not server.alive
    assert gone(server.pid)


def test_a_server_that_dies_says_why() -> None:
    server = DemoServer.start(seed=False)
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(DemoServerError, match="ended"):
        server.wait_ready(10)


def test_a_port_can_be_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            DemoServer.start(port=port)
    server = DemoServer.start(port=port, seed=False)
    assert server.url == f"http://127.0.0.1:{port}"
    server.stop()


def test_it_listens_on_the_loopback_only(empty: DemoServer) -> None:
    port = int(empty.url.rpartition(":")[2])
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_connections_stay_open(empty: DemoServer) -> None:
    port = int(empty.url.rpartition(":")[2])
    request = b"GET /moto-api/data.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as line:
        for _ in range(2):
            line.sendall(request)
            assert line.recv(15) == b"HTTP/1.1 200 OK"
            head = line.recv(1_000_000)
            while b"\r\n\r\n" not in head:
                head += line.recv(1_000_000)
            fields, _, body = head.partition(b"\r\n\r\n")
            length = int(fields.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(1_000_000)


def test_many_queues_come_at_once(connect: Connect) -> None:
    with DemoServer.running(seed=False, queues=1500) as server:
        pages = connect(server.url, "sqs").get_paginator("list_queues")
        found = [page["QueueUrls"] for page in pages.paginate(PaginationConfig={"PageSize": 1000})]
    assert [len(page) for page in found] == [1000, 500]


def test_nothing_heavy_is_imported_to_start_it() -> None:
    program = (
        "import sys\n"
        "import awstui.demo.process\n"
        "heavy = {'moto', 'botocore', 'boto3', 'subprocess', 'socket', 'flask', 'werkzeug'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_serving_says_how_to_reach_it_and_ends_on_ctrl_c() -> None:
    program = "from awstui.demo.process import serve; raise SystemExit(serve(seed=False))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        url = process.stdout.readline().split()[1]
        said = dict(
            process.stdout.readline().removeprefix("export ").strip().split("=", 1)
            for _ in environment(url)
        )
        assert said == environment(url)
        with urllib.request.urlopen(f"{url}/moto-api/data.json") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""
