"""HTTP for the embedded AWS: connections stay open, and what moto does not know is said as AWS would."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, cast
from xml.sax.saxutils import escape

from moto.core.request import Request
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.serving import DechunkedInput, make_server

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

Environ = dict[str, Any]
Gate = Callable[[str], type | None]
"""Called with a request's service: waits until that is ready, returns the class that answers."""


class PlainRequest(Request):
    """moto's request without Flask around it."""

    from_wsgi_server = True


class Conversation(MotoRequestHandler):
    """Answers request after request on one connection; werkzeug alone closes it after each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: the terminal belongs to the console."""

    def run_wsgi(self) -> None:
        """Read the whole request, so that the next one can follow, and answer it in one write."""
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self._body())
        status, said, parts = _capture(self.server.app, environ)
        try:
            self._send(status, said, parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return DechunkedInput(cast("IO[bytes]", self.rfile)).read()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: str, headers: Headers, parts: Iterable[bytes]) -> None:
        code = int(status.split(None, 1)[0])
        known = [f"HTTP/1.1 {status}"]
        known += [f"{name}: {value}" for name, value in headers]
        if self.command == "HEAD" or code < HTTPStatus.OK or code in {204, 304}:
            body = b""
            if code != HTTPStatus.NO_CONTENT and "Content-Length" not in headers:
                known.append("Content-Length: 0")
        else:
            body = b"".join(parts)
            known = [line for line in known if not line.lower().startswith("content-length:")]
            known.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(known).encode("latin-1", "replace")
        self.wfile.write(head + b"\r\n\r\n" + body)


class Application:
    """moto behind a gate; an operation that nobody wrote is refused in the caller's protocol."""

    def __init__(self, gate: Gate) -> None:
        """``gate`` is asked before each request."""
        self._gate = gate
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        try:
            answers = self._gate(service_of(environ))
            if answers is not None:
                with contextlib.suppress(NotImplementedError):
                    return self._ask(answers, environ, start_response)
                environ["wsgi.input"].seek(0)
            status, headers, answer = _capture(self._moto, environ)
            if status.startswith("404") and "text/html" in headers.get("Content-Type", ""):
                path = environ.get("PATH_INFO", "")  # a route that moto has not
                return _refuse(environ, start_response, 501, "NotImplemented", path)
            start_response(status, list(headers.items()))
        except NotImplementedError as error:
            return _refuse(environ, start_response, 501, "NotImplemented", str(error))
        except Exception as error:  # noqa: BLE001 - shown to the caller as AWS's own failure
            return _refuse(environ, start_response, 500, "InternalFailure", repr(error))
        return answer

    @staticmethod
    def _ask(answers: type, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Ask a response class directly: Flask's routing is a third of a request's time."""
        try:
            status, headers, body = answers().dispatch(PlainRequest(environ))
        except HTTPException as error:
            return error.get_response(environ)(environ, start_response)
        sent = [(name, str(value)) for name, value in headers.items() if name != "status"]
        start_response(f"{status} {HTTPStatus(status).phrase}", sent)
        return [body if isinstance(body, bytes) else body.encode()]


def _capture(application: Any, environ: Environ) -> tuple[str, Headers, Iterable[bytes]]:
    """What an application answers, before it is passed on."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        said[:] = [status, headers]

    answer: Iterable[bytes] = application(environ, start_response)
    return said[0], Headers(said[1]), answer


def service_of(environ: Environ) -> str:
    """The service a signed request is for, by the scope of its credentials; else nothing."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    return str(scope[3]) if len(scope) > 4 else ""


def _refuse(
    environ: Environ, start_response: Any, status: int, code: str, text: str
) -> list[bytes]:
    sentence = f"The embedded AWS cannot do this: {text}"
    if "json" in environ.get("CONTENT_TYPE", "") or service_of(environ) == "lambda":
        kind, body = "application/x-amz-json-1.0", json.dumps({"__type": code, "message": sentence})
    else:
        fault = f"<Error><Type>Receiver</Type><Code>{code}</Code><Message>{escape(sentence)}</Message></Error>"
        kind, body = (
            "text/xml",
            f"<ErrorResponse>{fault}<RequestId>demo</RequestId></ErrorResponse>",
        )
        if service_of(environ) == "s3":
            body = fault
    headers = [("Content-Type", kind), ("x-amzn-ErrorType", code)]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body.encode()]


def listen(host: str, port: int, gate: Gate, *, inherited: int | None = None) -> BaseWSGIServer:
    """A server that is bound and listens; ``inherited`` is a listening socket of the parent."""
    return make_server(
        host, port, Application(gate), threaded=True, request_handler=Conversation, fd=inherited
    )
