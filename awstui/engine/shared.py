"""What every session and client shares: parsed models, the endpoint resolver and TLS contexts.

Stock botocore parses 1.25 MB of endpoints for each session and reads the CA bundle for each client:
20–90 ms every time. Here each happens once in a process.
"""

from __future__ import annotations

import gc
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
from aiobotocore.httpsession import AIOHTTPSession
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader
from botocore.regions import EndpointResolver

from awstui.engine.straight import Straight

IDLE_BEFORE_PROBE = 60
"""Seconds a connection may be silent before TCP asks whether the other end is still there."""


@contextmanager
def collector_off() -> Iterator[None]:
    """Stop the collector while models are parsed: it would walk every dictionary just made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class ModelFiles(JSONFileLoader):
    """Reads model files with msgspec, which takes a third of the time of ``json``."""

    def load_file(self, file_path: str) -> Any:
        """The model at a path without its extension; None when there is none."""
        for extension in (".json", ".json.gz"):
            try:
                raw = Path(file_path + extension).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            with collector_off():
                return msgspec.json.decode(gzip.decompress(raw) if extension == ".json.gz" else raw)
        return None


class Models(Loader):
    """A loader that knows the services by one look at the folder instead of 870."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The folders there are; whether one holds ``type_name`` is found when it is loaded."""
        return _services(tuple(path for path in self.search_paths if Path(path).is_dir()))

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """A model; UnknownServiceError when the service has none of that type."""
        try:
            return super().load_service_model(service_name, type_name, api_version)
        except UnknownServiceError:
            raise
        except DataNotFoundError as error:
            raise UnknownServiceError(
                service_name=service_name, known_service_names="see `awstui plugins`"
            ) from error


@cache
def _services(folders: tuple[str, ...]) -> list[str]:
    found = {entry.name for folder in folders for entry in Path(folder).iterdir() if entry.is_dir()}
    return sorted(found)


@cache
def models() -> Models:
    """The one loader of the process."""
    make: Any = Models
    return cast("Models", make())


@cache
def endpoints() -> EndpointResolver:
    """The one endpoint resolver of the process."""
    return EndpointResolver(_loaded("endpoints"), uses_builtin_data=True)


def _loaded(name: str) -> Any:
    loader: Any = models()
    return loader.load_data(name)


class SharedTls(AIOHTTPSession):
    """aiobotocore's HTTP session with TLS contexts that are built once and shared by all clients."""

    _contexts: dict[tuple[str, ...], Any] = {}  # noqa: RUF012  shared by intent
    _building = threading.Lock()

    def _build_ssl_contexts(self, proxy_url: str | None) -> Any:
        key = tuple(map(str, (self._verify, self._cert_file, self._key_file, proxy_url)))
        with self._building:
            if key not in self._contexts:
                made = super()._build_ssl_contexts(proxy_url)  # type: ignore[no-untyped-call]
                self._contexts[key] = made
        return self._contexts[key]

    async def _get_session(self, proxy_url: str | None) -> Any:
        return Straight(await super()._get_session(proxy_url))  # type: ignore[no-untyped-call]


def live_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket that notices a peer which went away without a word.

    botocore's ``tcp_keepalive`` never reaches aiohttp, so the socket is made here.
    """
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))
    if idle is not None:
        made.setsockopt(socket.IPPROTO_TCP, idle, IDLE_BEFORE_PROBE)
    return made


def warm(service: str) -> None:
    """Parse all that a client of the service needs; blocks, so call it in a thread."""
    loader = models()
    endpoints()
    for name in ("partitions", "sdk-default-configuration", "_retry"):
        loader.load_data_with_path(name)
    loader.load_service_model(service, "service-2")
    for kind in ("endpoint-rule-set-1", "paginators-1"):
        with _absent_is_fine():
            loader.load_service_model(service, kind)


@contextmanager
def _absent_is_fine() -> Iterator[None]:
    try:
        yield
    except UnknownServiceError:
        return
