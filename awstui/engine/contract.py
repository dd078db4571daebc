"""Whether a declaration agrees with AWS's own service models: operations, arguments, rows and columns."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jmespath
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from awstui.engine.shared import models
from awstui.plugin import Action, Job, Plugin, Resource
from awstui.testing import sample


def check_models(plugin: Plugin) -> list[str]:
    """What is wrong with a plugin as the service model of its service sees it."""
    service = plugin.botocore_name
    try:
        _model(service)
    except UnknownServiceError:
        return [f"{plugin.name}: botocore knows no service {service!r}"]
    return [
        f"{plugin.name}.{resource.name}: {what}"
        for resource in plugin.resources
        for what in (
            *_listing(service, resource),
            *_describing(service, resource),
            *_sending(service, resource),
        )
    ]


def rows_in(service: str, operation: str, pick: str = "") -> list[Any]:
    """Sample rows of an operation, found as the engine finds them; empty when there are none."""
    response = sample(operations_of(service)[operation].output_shape)
    where = pick or result_key(service, operation)
    found = jmespath.search(where, response) if where else None
    return found if isinstance(found, list) else []


@functools.cache
def result_key(service: str, operation: str) -> str:
    """Where the rows are in a response: the paginator knows, or there is only one list."""
    model = operations_of(service)[operation]
    try:
        pages = models().load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        pages = {}
    if known := pages.get(model.name, {}).get("result_key"):
        return str(known[0] if isinstance(known, list) else known)
    members = model.output_shape.members.items() if model.output_shape else ()
    lists = [name for name, shape in members if shape.type_name == "list"]
    return lists[0] if len(lists) == 1 else ""


def _sending(service: str, resource: Resource) -> Iterator[str]:
    """Complaints about operations that are declared to be sent."""
    deeds: list[Action | Job] = [*resource.actions, *resource.jobs]
    for deed in deeds:
        for sent in deed.sends:
            own, _, name = sent.rpartition(":")
            try:
                known = name in operations_of(own or service)
            except UnknownServiceError:
                known = False
            if not known:
                yield f"{deed.name} sends {sent!r}, which is no operation"


def _listing(service: str, resource: Resource) -> Iterator[str]:
    """Complaints about where rows come from and what columns show of them."""
    operation = resource.rows
    if not isinstance(operation, str):
        return
    given = (*resource.given, *resource.arguments)
    complaints = list(_call(service, operation, given))
    yield from complaints
    if operation not in operations_of(service):
        return
    found = rows_in(service, operation, resource.pick)
    if not found:
        yield f"{operation} has no rows at {resource.pick or result_key(service, operation)!r}"
    elif resource.enrich is None:
        yield from _columns(resource, found[0])


def _columns(resource: Resource, row: Any) -> Iterator[str]:
    """Complaints about expressions that find nothing in a row that has everything."""
    paths = {
        f"column {one.title!r}": one.value or f'"{one.title}"'
        for one in resource.columns
        if not callable(one.value)
    }
    keys = resource.key if isinstance(resource.key, tuple) else (resource.key,)
    paths |= {f"key {one!r}": one for one in keys if isinstance(one, str)}
    for what, path in paths.items():
        if jmespath.search(path, row) is None:
            yield f"{what} finds nothing in a row of {resource.rows}"


def _describing(service: str, resource: Resource) -> Iterator[str]:
    if not isinstance(resource.describe, tuple):
        return
    operation, paths = resource.describe
    yield from _call(service, operation, paths)
    if isinstance(resource.rows, str) and resource.enrich is None:
        yield from _taken(service, resource.rows, resource.pick, paths)


def _taken(service: str, operation: str, pick: str, paths: Mapping[str, str]) -> Iterator[str]:
    """Complaints about arguments that a row cannot give."""
    if operation not in operations_of(service):
        return
    for row in rows_in(service, operation, pick)[:1]:
        for name, path in paths.items():
            if jmespath.search(path, row) is None:
                yield f"describe's {name} finds nothing at {path!r}"


def _call(service: str, operation: str, arguments: Iterable[str]) -> Iterator[str]:
    """Complaints about an operation and the names of its arguments."""
    model = operations_of(service).get(operation)
    if model is None:
        yield f"{service} has no operation {operation!r}"
        return
    takes = set(model.input_shape.members) if model.input_shape else set()
    needs = set(model.input_shape.required_members) if model.input_shape else set()
    for name in sorted(set(arguments) - takes):
        yield f"{operation} takes no argument {name!r}"
    for name in sorted(needs - set(arguments)):
        yield f"{operation} needs the argument {name!r}"


@functools.cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(models().load_service_model(service, "service-2"), service)


@functools.cache
def operations_of(service: str) -> dict[str, OperationModel]:
    """The operations of a service by the names Python gives them."""
    model = _model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}
