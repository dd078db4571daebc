"""What a request is about: the names, ARNs and URLs among its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel

from awstui.engine.model import members

ENDS = ("arn", "url", "name", "id", "handle", "identifier", "arns", "urls", "names", "ids", "bucket",
        "key")  # fmt: skip
"""Ends of the names of members that identify something."""


def resources_of(operation: OperationModel, arguments: Mapping[str, Any]) -> frozenset[str]:
    """What a request names: its required identifiers, and every ARN and URL.

    Where the model requires none, all identifiers; never a token that makes a repetition harmless.
    """
    shape = operation.input_shape
    required = {name for name in (shape.required_members if shape else ()) if _identifies(name)}
    found: set[str] = set()
    for name, member in members(shape).items():
        if name not in arguments or member.metadata.get("idempotencyToken"):
            continue
        wanted = name in required if required else _identifies(name)
        for value in _texts(arguments[name]):
            if wanted or value.startswith("arn:") or (_identifies(name) and "://" in value):
                found.add(value)
    return frozenset(found)


def _identifies(name: str) -> bool:
    return name.lower().endswith(ENDS)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [one for one in values if isinstance(one, str)]
