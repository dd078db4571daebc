"""What is read of a message beside its body, and the text that a search looks through."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .message import Shown, attributes


def attribute_lines(held: Shown) -> list[tuple[str, str, str]]:
    """Label, value and tone of everything beside the body: what the sender set stands out."""
    lines: list[tuple[str, str, str]] = []
    for name, kind, value in attributes(held.raw):
        lines.append((name, value if kind == "String" else f"{value}  ({kind})", ""))
    for layer in held.body.layers:
        lines += [(f"{layer.name} {name}", value, "") for name, value in layer.facts]
    for name, value in sorted((held.raw.get("Attributes") or {}).items()):
        lines.append((name, _moment(name, str(value)), "muted"))
    return [*lines, ("MessageId", held.ident, "muted")]


def left_out(held: Shown) -> list[tuple[str, str, str]]:
    """What is known of a body that was not kept: it was over the cap of the scan."""
    return [
        ("size", f"{held.raw.get('BodyBytes', 0):,} bytes", ""),
        ("SHA-256", str(held.raw.get("BodySha256", "")), "muted"),
        ("begins", str(held.raw.get("Body", "")), ""),
    ]


def search_text(held: Shown) -> str:
    """The body as it came and as it was opened, with every attribute."""
    return f"{held.raw.get('Body', '')}\n{held.body.pretty}\n{_beside(held)}"


def search_pieces(held: Shown) -> Iterator[str]:
    """The same, piece by piece."""
    yield f"{held.raw.get('Body', '')}\n"
    yield from held.body.pieces
    yield f"\n{_beside(held)}"


def _beside(held: Shown) -> str:
    return "\n".join(f"{name} {value}" for name, value, _ in attribute_lines(held))


def _moment(name: str, value: str) -> str:
    """A timestamp of SQS, which is in milliseconds, also as a time of day."""
    if not name.endswith("Timestamp") or not value.isdigit():
        return value
    shown = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(int(value) / 1000))
    return f"{shown}.{int(value) % 1000:03d} ({value})"
