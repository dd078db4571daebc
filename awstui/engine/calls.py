"""One call to AWS: admitted, limited, counted, given up in time, and explained when it fails."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiobotocore.session import AioSession
from botocore.exceptions import ClientError
from msgspec.structs import replace

from awstui.engine import accounting, model
from awstui.engine.accounts import Accounts
from awstui.engine.audit import Audit
from awstui.engine.breaker import Breaker, Circuit
from awstui.engine.clients import Clients
from awstui.engine.gate import Gate, Grant
from awstui.engine.hearing import Hearing
from awstui.engine.limits import Limits, Quota
from awstui.engine.meter import Meter
from awstui.engine.sanity import check, look
from awstui.engine.sessions import Sessions
from awstui.engine.swift import Swift
from awstui.errors import Attempt, AwsError, AwstuiError, explain
from awstui.plugin import Row
from awstui.wire import Problem, Scope

WRITE_TRIES = 3
"""How often a write is sent when AWS answers that it refused it because of too many calls."""

BACK_OFF = 0.5
"""Seconds before such a write is sent again, at least; doubled each time."""

UNCODED = "429"
"""What an answer without a code says when there were too many calls: botocore does not repeat those."""

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of a streamed body that are read at most."""

CHUNK = 256 * 1024
"""Bytes of it that are read at a time, at most."""


class Access:
    """What all calls share: clients, gate, audit, limits and meter."""

    def __init__(
        self,
        *,
        audit_folder: Path,
        endpoint_url: str = "",
        demo: bool = False,
        read_only: bool = False,
        read_only_for: Callable[[Scope], bool] = lambda scope: False,
    ) -> None:
        self.gate = Gate(read_only=read_only, read_only_for=read_only_for)
        self.audit = Audit(audit_folder)
        self.limits = Limits()
        self.meter = Meter()
        self.sessions = Sessions(endpoint_url=endpoint_url, demo=demo, prepare=self._prepare)
        self.accounts = Accounts(self.sessions)
        self.breaker = Breaker(account=self.accounts.of)
        self.hearing = Hearing(self.limits, self.meter, self.breaker)
        self.clients = Clients(self.sessions, self.audit.session)
        self.swift = Swift(self.gate, self.hearing, self.sessions.keys)
        self.principals: dict[str, str] = {}
        """The ARN that each profile turned out to be."""

        self.unsettled: list[str] = []
        """The writes that were ended after they were sent: nobody knows whether they happened."""

    async def close(self) -> None:
        """Close every connection and finish the audit."""
        await self.sessions.close()
        await self.clients.close()
        await self.audit.close()

    def _prepare(self, profile: str, session: AioSession) -> None:
        """Put what must see every call on the session, before any client copies its hooks."""
        events = session.get_component("event_emitter")
        events.register_first("before-call", self.gate.guard)
        events.register("response-received", self.hearing.of(profile))
        events.register("before-parse", look)
        events.register("after-call", check)


class Call:
    """One call to AWS, from its turn in the row to its answer or its error."""

    def __init__(
        self,
        access: Access,
        scope: Scope,
        service: str,
        method: str,
        *,
        once: bool,
        deadline: float,
    ) -> None:
        operation = model.operation(service, method)
        self.name = operation.name
        self._model = operation
        self.action = model.iam_action(service, self.name)
        self._access, self._scope, self._service, self._method = access, scope, service, method
        self._once, self._deadline = once, deadline
        self.streams = bool(operation.has_event_stream_output)
        """Whether the answer is a stream of events."""

    async def send(self, arguments: Row, *, write: bool = False) -> Row:
        """Send it and give the answer; what goes wrong becomes an AwsError with a sentence."""
        self._sent = False
        place: Circuit | None = None
        try:
            await self._access.sessions.ready(self._scope.profile)
            async with asyncio.timeout(self._deadline):
                client = await self._access.clients.get(
                    self._scope, self._service, write=self._once, deadline=self._deadline
                )
                place = self._place(client)
                if self._access.breaker.admit(place):  # a probe goes out once
                    client = await self._access.clients.get(
                        self._scope, self._service, write=True, deadline=self._deadline
                    )
                await self._turn(place)
                self._sent = True
                return await self._repeated(client, arguments, place, once=write)
        except AwstuiError:
            raise
        except TimeoutError as error:
            if place is not None and self._sent:
                self._access.breaker.failed(place, f"no answer to {self.action}", reached=False)
            raise self.failure(error, write=write and self._sent) from error
        except Exception as error:
            raise self.failure(error, write=write and self._sent) from error

    def failure(self, error: BaseException, *, write: bool = False) -> AwsError:
        """What went wrong with it, as a person needs it."""
        problem = explain(error, self._attempt(write=write))
        keeper = self._access.sessions.keeper(self._scope.profile)
        over = keeper.problem if keeper is not None else None
        if problem.kind == "expired" and over is not None:  # it knows where the keys came from
            problem = replace(problem, what=over.what, do=over.do)
        return AwsError(problem)

    async def _repeated(self, client: Any, arguments: Row, place: Circuit, *, once: bool) -> Row:
        """Send it; a read that is refused for too many calls without a code goes out again in its turn."""
        tries = 1 if once or self._once else WRITE_TRIES
        while True:
            tries -= 1
            try:
                with self._access.meter.call():
                    answer = await self._access.swift.send(
                        client, self._method, self._model, arguments, place,
                        once=once or self._once,
                    )  # fmt: skip
                    return await self._whole(answer)
            except ClientError as error:
                if not tries or error.response.get("Error", {}).get("Code") != UNCODED:
                    raise
            await self._turn(place)

    async def write(self, arguments: Row, grant: Grant) -> Row:
        """Send it as a write: after the audit's intent, and with its outcome after it."""
        started = time.monotonic()
        ident = await self._access.audit.intent(**self._intent(arguments, grant))
        tries, phase = 0, "cancelled"
        told: dict[str, Any] = {}
        try:
            while True:
                tries += 1
                try:
                    answer = await self.send(arguments, write=True)
                    break
                except AwsError as error:
                    if tries == WRITE_TRIES or error.problem.kind != "throttled":
                        raise
                    self._sent = False  # AWS has answered that it refused it
                await asyncio.sleep(random.uniform(0.5, 1) * BACK_OFF * 2**tries)  # noqa: S311  jitter
        except asyncio.CancelledError:
            if self._sent:
                phase, told = "unknown", {"error": "It was ended before an answer came."}
                self._access.unsettled.append(self.action)
            raise
        except AwsError as error:
            phase = "unknown" if error.problem.kind == "unknown" else "error"
            told = accounting.failure(error)
            raise
        else:
            phase, told = "ok", accounting.outcome(answer)
            return answer
        finally:
            spent = round((time.monotonic() - started) * 1000)
            self._access.audit.outcome(ident, phase, attempts=tries, duration_ms=spent, **told)

    def _place(self, client: Any) -> Circuit:
        """What AWS counts this call under, and what fails together with it."""
        return Circuit(
            self._scope.profile,
            client.meta.region_name,
            client.meta.service_model.service_id.hyphenize(),
            self.name,
        )

    async def _turn(self, place: Circuit) -> None:
        """Wait for the turn that AWS's refusals leave us."""
        quota = Quota(*place)
        if not await self._access.limits.turn(quota, self._deadline / 2):
            raise AwsError(
                Problem(
                    f"{self.action} waits: AWS asked for fewer calls.",
                    f"Only {self._access.limits.rate(quota):.1f} of them go out per second now.",
                    "The rate recovers by itself; retry in a while.",
                    kind="throttled",
                )
            )

    def _intent(self, arguments: Row, grant: Grant) -> Row:
        principal = self._access.principals.get(self._scope.profile, "")
        told = accounting.intent(self._scope, self.action, self._model, arguments, grant)
        return {"principal_arn": principal, **told}

    def _attempt(self, *, write: bool) -> Attempt:
        scope = self._scope
        return Attempt(
            action=self.action,
            profile=scope.profile,
            region=scope.region,
            principal=self._access.principals.get(scope.profile, ""),
            endpoint=self._access.clients.endpoints.get((scope.profile, self._service), ""),
            write=write,
            deadline=self._deadline,
            skew=self._access.hearing.skew,
            elsewhere=self._access.hearing.elsewhere(scope.profile, scope.region),
        )

    async def _whole(self, answer: Row) -> Row:
        """The answer with its streamed body read: a plugin gets bytes, not a socket."""
        for name, held in answer.items():
            if hasattr(held, "iter_chunks"):
                try:
                    answer[name] = await self._read(held, answer.get("ContentLength"))
                finally:
                    held.close()
        return answer

    async def _read(self, held: Any, total: int | None) -> bytes:
        """All of a streamed body: one read gives only what has come so far."""
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in held.iter_chunks(CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > BODY_LIMIT:
                    break
        except Exception as error:
            failed = self.failure(error, write=self._once)
            failed.problem.why = f"{_came(size, total)} {failed.problem.why}".strip()
            raise failed from error
        if size > BODY_LIMIT:
            raise AwsError(
                Problem(f"The body of {self.action} is larger than 16 MiB.", kind="fault")
            )
        return b"".join(chunks)


def _came(size: int, total: int | None) -> str:
    """How much of a body there is: part of one is never shown as the whole."""
    return f"{size:,} of {total:,} bytes came." if total else f"Only {size:,} bytes came."
