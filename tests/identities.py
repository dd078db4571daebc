"""For tests: a server that hands out identities as STS, SSO and its OIDC endpoint do, and says what it was asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.patience import PATIENCE

ACCOUNT = "123456789012"
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/phone"
KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = notasecret\n"
START_URL = "https://shop.awsapps.com/start"

_STS = (
    '<{op}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{op}Result>{body}</{op}Result>'
    "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{op}Response>"
)
_ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error>"
    "<RequestId>r-9</RequestId></ErrorResponse>"
)
Answer = tuple[int, str]


def xml_error(code: str, text: str) -> Answer:
    """An error as STS tells it."""
    return 403, _ERROR.format(code=code, text=text)


def json_error(code: str, status: int = 400) -> Answer:
    """An error as the OIDC endpoint tells it."""
    return status, json.dumps({"__type": code, "error": code, "message": code})


class IdentityServer:
    """Answers by operation; a test puts its own answers in front."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: Counter[str] = Counter()
        self.forms: list[dict[str, str]] = []
        self.says: dict[str, list[Answer]] = {}
        """From an operation to answers that come before the usual one."""

        self.right_code = "123456"
        self.seconds = 3600.0
        self.holds: dict[str, asyncio.Event] = {}
        """From an operation to what its answer waits for."""

        self.accounts: dict[str, str] = {}
        """From an access key to the account it is of."""

        self.heard = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, text = await self._answer(first.split()[1], body.decode(), headers)
                kind = "text/xml" if text.startswith("<") else "application/json"
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nx-amzn-RequestId: r-1\r\n"
                    f"Content-Length: {len(text.encode())}\r\n\r\n{text}".encode()
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return
        finally:
            writer.close()

    async def wait_for(self, operation: str, times: int = 1) -> None:
        """Wait until an operation was asked so often."""
        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(lambda: self.asked[operation] >= times)

    async def _answer(self, path: str, body: str, headers: dict[str, str]) -> Answer:
        place = path.partition("?")[0]
        form: dict[str, str] = {}
        if body.startswith("{"):
            form = json.loads(body)
        elif body:
            form = {name: held[0] for name, held in parse_qs(body).items()}
        operation = form.get("Action") or headers.get("x-amz-target", "").split(".")[-1] or place
        async with self.heard:
            self.asked[operation] += 1
            self.forms.append(form)
            self.heard.notify_all()
        if hold := self.holds.get(operation):
            await hold.wait()
        if prepared := self.says.get(operation):
            return prepared.pop(0)
        return self._usual(operation, form, headers)

    def _usual(self, operation: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        if operation == "AssumeRole":
            return self._assume(form)
        if operation == "GetCallerIdentity":
            return 200, self._caller(headers)
        return 200, json.dumps(self._sso(operation))

    def _sso(self, operation: str) -> dict[str, object]:
        match operation:
            case "/federation/credentials":
                end = int((self._end() - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds())
                keys = {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t"}
                return {"roleCredentials": {**keys, "expiration": end * 1000}}
            case "/client/register":
                known = {"clientId": "client", "clientSecret": "hush"}
                return {**known, "clientSecretExpiresAt": 4102444800}
            case "/device_authorization":
                return {
                    "deviceCode": "device",
                    "userCode": "ABCD-EFGH",
                    "verificationUri": "https://device.sso/",
                    "verificationUriComplete": "https://device.sso/?user_code=ABCD-EFGH",
                    "expiresIn": 600,
                    "interval": 1,
                }
            case "/token":
                token = {"accessToken": "token", "refreshToken": "more", "tokenType": "Bearer"}
                return {**token, "expiresIn": 28800}
            case _:
                return {}

    def _assume(self, form: dict[str, str]) -> Answer:
        if form.get("SerialNumber") and form.get("TokenCode") != self.right_code:
            return xml_error(
                "AccessDenied",
                "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            )
        role = form["RoleArn"].rsplit("/", 1)[-1]
        number = self.asked["AssumeRole"]
        keys = (
            f"<Credentials><AccessKeyId>ASIA{role.upper()}{number}</AccessKeyId>"
            "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            f"<Expiration>{self._end():%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
            f"<AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>{_arn(role)}</Arn></AssumedRoleUser>"
        )
        return 200, _STS.format(op="AssumeRole", body=keys)

    def _caller(self, headers: dict[str, str]) -> str:
        signed = headers.get("authorization", "")
        key = signed.split("credential=", 1)[-1].split("/")[0]
        account = self.accounts.get(key, ACCOUNT)
        body = f"<Arn>arn:aws:iam::{account}:user/{key}</Arn><UserId>A</UserId><Account>{account}</Account>"
        return _STS.format(op="GetCallerIdentity", body=body)

    def _end(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.seconds)


def _arn(role: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/s"


@pytest.fixture
async def sts(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IdentityServer]:
    """The server, in front of which no other endpoint is."""
    server = IdentityServer()
    serving = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    yield server
    serving.close()


Configure = Callable[..., None]


@pytest.fixture
def configure(world: Path) -> Configure:
    """Writes the user's AWS files."""

    def write(config: str, credentials: str = f"[base]\n{KEYS}") -> None:
        folder = world / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / "config").write_text(config)
        (folder / "credentials").write_text(credentials)

    return write


def role(name: str = "admin", *, mfa: bool = False, more: str = "") -> str:
    """A profile that assumes a role from the profile ``base``."""
    serial = f"mfa_serial = {SERIAL}\n" if mfa else ""
    return (
        f"[profile {name}]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/{name}\n"
        f"source_profile = base\nregion = eu-west-1\n{serial}{more}\n[profile base]\n"
    )


def sso(name: str = "shop", *, session: bool = True) -> str:
    """A profile of SSO, with a session of its own or the old way."""
    place = f"sso_start_url = {START_URL}\nsso_region = eu-west-1\n"
    account = f"sso_account_id = {ACCOUNT}\nsso_role_name = operator\nregion = eu-west-1\n"
    if not session:
        return f"[profile {name}]\n{place}{account}"
    return f"[profile {name}]\nsso_session = corp\n{account}[sso-session corp]\n{place}"
