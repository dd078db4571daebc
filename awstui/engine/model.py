"""What the service models say, without a client: operations, shapes and how they page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from awstui.engine.shared import models
from awstui.errors import AwstuiError

TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("Marker", "NextMarker"),
    ("Marker", "Marker"),
    ("marker", "nextMarker"),
    ("ContinuationToken", "NextContinuationToken"),
    ("ContinuationToken", "ContinuationToken"),
    ("PageToken", "NextPageToken"),
    ("NextPageToken", "NextPageToken"),
    ("pageToken", "nextPageToken"),
    ("nextPageToken", "nextPageToken"),
    ("position", "position"),
    ("Cursor", "Cursor"),
)
"""Input and output members that page operations for which botocore has no paginator."""

IAM_NAMESPACES: Mapping[str, str] = {"monitoring": "cloudwatch"}
"""Where the name that signs is not the one IAM policies use."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How an operation pages."""

    given: tuple[str, ...]
    """Input members that take the tokens."""

    found: tuple[str, ...]
    """JMESPath of the tokens in a response, in the same order."""

    more: str = ""
    """JMESPath of the flag that says whether there is more; empty when the token says it."""

    limit: str = ""
    """The input member that sets the size of a page."""

    keys: tuple[str, ...] = ()
    """JMESPath of what a page holds."""


@cache
def service(name: str) -> ServiceModel:
    """The model of a service by botocore's name."""
    try:
        return ServiceModel(models().load_service_model(name, "service-2"), service_name=name)
    except UnknownServiceError as error:
        raise AwstuiError(f"botocore knows no service {name!r}.") from error


@cache
def operations(service_name: str) -> Mapping[str, str]:
    """From the Python name of each operation to AWS's: ``list_queues`` to ``ListQueues``."""
    return {xform_name(name): name for name in service(service_name).operation_names}


@cache
def operation(service_name: str, name: str) -> OperationModel:
    """The model of an operation by its Python name."""
    known = operations(service_name)
    if name not in known:
        raise AwstuiError(f"The service {service_name!r} has no operation {name!r}.")
    found: OperationModel = service(service_name).operation_model(known[name])
    return found


@cache
def iam_action(service_name: str, operation_name: str) -> str:
    """The IAM action of an operation, as far as the model tells: ``states:ListStateMachines``."""
    metadata = service(service_name).metadata
    signing = metadata.get("signingName") or metadata.get("endpointPrefix", service_name)
    return f"{IAM_NAMESPACES.get(signing, signing)}:{operation_name}"


@cache
def paging(service_name: str, name: str) -> Paging | None:
    """How an operation pages; None when one response is all."""
    model = operation(service_name, name)
    declared = _paginators(service_name).get(model.name)
    if declared is not None:
        return Paging(
            given=_several(declared["input_token"]),
            found=_several(declared["output_token"]),
            more=declared.get("more_results", ""),
            limit=declared.get("limit_key", ""),
            keys=_several(declared.get("result_key", ())),
        )
    takes, gives = members(model.input_shape), members(model.output_shape)
    for given, found in TOKENS:
        if given in takes and found in gives:
            return Paging(given=(given,), found=(found,))
    return None


@cache
def result_keys(service_name: str, name: str) -> tuple[str, ...]:
    """Where the rows of a reading operation can be: lists that its paginator or its output names."""
    model = operation(service_name, name)
    paged = paging(service_name, name)
    keys = paged.keys if paged else ()
    if not keys:
        return tuple(k for k, s in members(model.output_shape).items() if s.type_name == "list")
    return tuple(key for key in keys if _is_list(model.output_shape, key))


def members(shape: Shape | None) -> Mapping[str, Shape]:
    """The members of a structure; none of anything else."""
    return shape.members if isinstance(shape, StructureShape) else {}


def _is_list(shape: Shape | None, path: str) -> bool:
    for part in path.split("."):
        shape = members(shape).get(part)
    return shape is not None and shape.type_name == "list"


@cache
def _paginators(service_name: str) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = models().load_service_model(service_name, "paginators-1")
    except UnknownServiceError:
        return {}
    return dict(found["pagination"])


def _several(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
