"""A grant for tests that are not about the gate: it lets any request through."""

from __future__ import annotations

from awstui.engine.gate import Allowed


class Anything(Allowed):
    """Allows whatever is sent."""

    __slots__ = ()

    def fits(self, service: str, operation: str, resources: frozenset[str]) -> bool:
        """Yes."""
        del service, operation, resources
        return True


def anything() -> list[Allowed]:
    """What to grant."""
    return [Anything("", "", uses=1_000)]
