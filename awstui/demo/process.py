"""Starting and ending the embedded AWS; the standard library only, for it is on the start path."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from typing import IO

GRACE = 2.0
"""Seconds the server has to end after its standard input closed."""

REGION = "eu-west-1"
"""Where the fleet lives."""

ACCOUNT = "123456789012"
"""Whose the fleet is."""

_BOOT = (
    "import sys; sys.path.append({root!r})\n"
    "from awstui.demo.server import main\n"
    "sys.exit(main(sys.argv[1:]))"
)


class DemoServerError(RuntimeError):
    """The embedded AWS did not start; the message says what it wrote."""


class DemoServer:
    """The embedded AWS in a process of its own, which ends when this process does."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, errors: IO[bytes]) -> None:
        """Use ``start`` or ``running``."""
        self._process = process
        self._errors = errors
        self._said = b""
        self.url = url
        """Known at once; a request made early is answered as soon as the server can."""

    @classmethod
    def start(
        cls,
        *,
        port: int = 0,
        seed: bool = True,
        drive: bool = True,
        queues: int = 0,
        tick: float = 1.0,
    ) -> DemoServer:
        """Start the server; does not wait for it. Port 0 is any free one; ``tick`` are the driver's seconds."""
        import socket
        import subprocess
        import tempfile
        from pathlib import Path

        # The child inherits a socket that already listens: nobody can take the port in between,
        # and a connection made before the child is ready waits instead of being refused.
        with socket.create_server(("127.0.0.1", port), backlog=128) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            root = str(Path(__file__).resolve().parents[2])
            arguments = [
                *(sys.executable, "-P", "-c", _BOOT.format(root=root)),
                *("--listening-fd", str(listening.fileno()), "--watch-stdin"),
                "--seed" if seed else "--no-seed",
                "--drive" if drive else "--no-drive",
                *("--queues", str(queues), "--tick", str(tick)),
            ]
            errors = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the server
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_plain_environment(),
                pass_fds=(listening.fileno(),),
                start_new_session=True,
                bufsize=0,
            )
        return cls(process, url, errors)

    @classmethod
    @contextlib.contextmanager
    def running(
        cls,
        *,
        seed: bool = True,
        drive: bool = True,
        queues: int = 0,
        tick: float = 1.0,
        timeout: float = 30.0,
    ) -> Iterator[DemoServer]:
        """A server that answers, for the length of a ``with``."""
        server = cls.start(seed=seed, drive=drive, queues=queues, tick=tick)
        try:
            server.wait_ready(timeout)
            yield server
        finally:
            server.stop()

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def environment(self) -> dict[str, str]:
        """What makes any AWS tool speak with this server."""
        return environment(self.url)

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Wait until the server answers; raises ``DemoServerError`` when it will not."""
        import select
        import time

        over = time.monotonic() + timeout
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - for the type checker: we asked for a pipe
        while b"\n" not in self._said:
            readable, _, _ = select.select([stdout], [], [], max(0.0, over - time.monotonic()))
            chunk = os.read(stdout.fileno(), 4096) if readable else b""
            self._said += chunk
            if not chunk:
                wrote = self._wrote()
                self.stop()
                why = "ended" if readable else f"did not answer within {timeout:g} s"
                raise DemoServerError(f"the embedded AWS {why}\n{wrote}".strip())

    def wait(self) -> int:
        """Wait until the server ends by itself; its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """End the server and wait for its end; a second call does nothing."""
        import subprocess

        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _wrote(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-4000:].decode(errors="replace")


def environment(url: str) -> dict[str, str]:
    """The variables that make any AWS tool speak with a server at ``url``."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",  # a word, no secret: the server looks at neither
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def serve(port: int = 0, *, seed: bool = True, drive: bool = True, queues: int = 0) -> int:
    """Run the server until Ctrl+C, and say how to point a tool at it; the exit code."""
    import signal

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        server = DemoServer.start(port=port, seed=seed, drive=drive, queues=queues)
    except OSError as error:
        sys.stderr.write(f"port {port} cannot be used: {error.strerror}\n")
        return 1
    try:
        server.wait_ready()
        lines = [f"export {name}={value}" for name, value in server.environment.items()]
        sys.stdout.write("\n".join([f"# {server.url}  Ctrl+C ends it", *lines, ""]))
        sys.stdout.flush()
        return server.wait()
    except KeyboardInterrupt:
        return 0
    except DemoServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        server.stop()


def _plain_environment() -> dict[str, str]:
    """Our environment without anything that would make the server, or botocore in it, another."""
    ours = ("AWS_", "MOTO_", "SF_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
