"""Questions that only a person can answer, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import termios
from collections.abc import Callable
from typing import Protocol

import msgspec

from awstui.errors import AwsError
from awstui.wire import TRYING, Answer, Ask, Problem, Withdrawn


class DeclinedError(AwsError):
    """The person would not answer, or there is nobody to ask."""


class Asker(Protocol):
    """Whoever puts questions to the person."""

    async def ask(self, question: Ask) -> str:
        """What the person says; raises :class:`DeclinedError` when they will not."""

    async def show(self, question: Ask) -> None:
        """Show what is to be done elsewhere, or is tried, until cancelled; returns when the person gives up."""


class InterfaceAsker:
    """Puts questions to the interface, one after the other."""

    def __init__(self, send: Callable[[Ask | Withdrawn], None]) -> None:
        self._send = send
        self._ids = itertools.count(1)
        self._turn = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[Answer]] = {}

    async def ask(self, question: Ask) -> str:
        """What the person says; another question waits until this one is settled."""
        answer = await self._put(question)
        if not answer.given:
            raise declined(question)
        return answer.text.strip()

    async def show(self, question: Ask) -> None:
        """Show what is to be done elsewhere, or is tried, until the person gives up."""
        if question.kind == TRYING:  # it takes no turn: what is tried may itself have to ask
            await self._wait(question)
        else:
            await self._put(question)

    def answered(self, answer: Answer) -> None:
        """Take what the person said; an answer to a withdrawn question is dropped."""
        future = self._waiting.get(answer.id)
        if future is not None and not future.done():
            future.set_result(answer)

    async def _put(self, question: Ask) -> Answer:
        async with self._turn:
            return await self._wait(question)

    async def _wait(self, question: Ask) -> Answer:
        ident = next(self._ids)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[ident] = future
        self._send(msgspec.structs.replace(question, id=ident))
        try:
            return await future
        finally:
            del self._waiting[ident]
            self._send(Withdrawn(ident))


class TerminalAsker:
    """Asks on the terminal of a command that has no screen, also when its output goes elsewhere."""

    def __init__(self, terminal: str = "/dev/tty") -> None:
        self._terminal = terminal
        self._turn = asyncio.Lock()

    async def ask(self, question: Ask) -> str:
        """What the person types; raises when there is no terminal, or nothing is typed."""
        words = f"Code of {question.subject} for profile {question.profile}: "
        async with self._turn:
            typed = await self._line(f"{question.complaint}\n{words}".lstrip(), question)
        if not typed:
            raise declined(question)
        return typed

    async def show(self, question: Ask) -> None:
        """Say what is to be done elsewhere; it ends with what waits for it. A try is ended by Ctrl+C."""
        if question.kind != TRYING:
            sys.stderr.write(f"Open {question.subject}\nand confirm the code {question.code}\n")
        await asyncio.get_running_loop().create_future()

    async def _line(self, prompt: str, question: Ask) -> str:
        """One line of the terminal, read without holding the loop."""
        try:
            line = os.open(self._terminal, os.O_RDWR | os.O_NOCTTY)
        except OSError as error:
            raise nobody_to_ask(question) from error
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            with contextlib.suppress(termios.error):
                termios.tcflush(line, termios.TCIFLUSH)
            os.write(line, prompt.encode())
            loop.add_reader(line, ready.set)
            await ready.wait()
            return os.read(line, 1_000).decode(errors="replace").strip()
        finally:
            loop.remove_reader(line)
            os.close(line)


def declined(question: Ask) -> DeclinedError:
    """The error for a code that the person did not give."""
    flag = f" --profile {question.profile}" if question.profile not in ("", "default") else ""
    return DeclinedError(
        Problem(
            f"Profile {question.profile} waits for the code of its MFA device.",
            f"No code of {question.subject} was given, so no request is sent.",
            f"Type :login to be asked again; `aws sts get-caller-identity{flag}` elsewhere serves both.",
            kind="expired",
            code="MfaDeclined",
        )
    )


def nobody_to_ask(question: Ask) -> DeclinedError:
    """The error where a code is wanted and no terminal is there."""
    return DeclinedError(
        Problem(
            f"Profile {question.profile} needs an MFA code, and there is no terminal to ask on.",
            f"The code of {question.subject} has to be typed by a person.",
            "Run it in a terminal, or renew the cached credentials before it with the AWS command line: "
            f"`aws sts get-caller-identity --profile {question.profile}`.",
            kind="credentials",
            code="MfaNoTerminal",
        )
    )
