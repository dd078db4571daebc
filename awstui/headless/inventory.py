"""``awstui plugins`` and ``awstui info``: what there is, whether it holds, and who we are."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
from typing import TYPE_CHECKING, Any

from awstui import __version__
from awstui.contract import check, check_module
from awstui.headless.exits import Exit
from awstui.headless.output import Output
from awstui.plugin import Plugin, Row
from awstui.registry import Registry

if TYPE_CHECKING:
    from awstui.wire import Identity

_PARTS = ("textual", "rich", "aiobotocore", "botocore", "boto3", "msgspec", "jmespath", "moto")


def list_plugins(registry: Registry, arguments: argparse.Namespace, out: Output) -> Exit:
    """Write a row for each plugin, the broken ones with their tracebacks; with --check, complaints."""
    complaints = 0
    for found in registry.found:
        wrong = _complaints(found.plugin, registry) if arguments.check else []
        complaints += len(wrong)
        out.row(_row(found.plugin, found.origin, found.replaced, len(wrong)))
        for complaint in wrong:
            out.note(complaint)
    for broken in registry.broken:
        out.row({"name": broken.name, "state": "broken", "origin": broken.origin})
        out.note(f"{broken.origin}: {broken.error}")
        if broken.traceback:
            out.note(broken.traceback.rstrip())
    for warning in registry.warnings:
        out.note(warning)
    wrong_at_all = complaints or registry.broken or registry.warnings
    return Exit.FAILED if arguments.check and wrong_at_all else Exit.OK


def _row(plugin: Plugin, origin: str, replaced: str, complaints: int) -> Row:
    return {
        "name": plugin.name,
        "state": f"{complaints} complaints" if complaints else "ok",
        "origin": origin,
        "title": plugin.title,
        "service": plugin.botocore_name,
        "aliases": " ".join(plugin.aliases),
        "resources": " ".join(resource.name for resource in plugin.resources),
        "replaces": replaced,
    }


def _complaints(plugin: Plugin, registry: Registry) -> list[str]:
    from awstui.engine.contract import check_models

    return [*check(plugin, registry), *check_models(plugin), *check_module(plugin)]


def info(identity: Identity, endpoint: str, registry: Registry, out: Output) -> Exit:
    """Write versions, paths and who we are; without an identity it says why."""
    facts: dict[str, Any] = {
        "awstui": __version__,
        "python": f"{platform.python_version()} {platform.system().lower()}",
        **{name: _version(name) for name in _PARTS},
        **_paths(),
        "plugins": len(registry.plugins),
        "broken plugins": len(registry.broken),
        "profile": identity.scope.profile,
        "region": identity.scope.region,
        "account": identity.scope.account,
        "arn": identity.arn,
        "endpoint": endpoint,
        "read-only": all(source.read_only for source in identity.sources),
    }
    if out.form == "json":
        out.value(facts)
    else:
        for name, value in facts.items():
            out.row({"what": name, "is": value})
    if identity.problem is None:
        return Exit.OK
    for sentence in (identity.problem.what, identity.problem.why, identity.problem.do):
        if sentence:
            out.note(sentence)
    return Exit.FAILED


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _paths() -> dict[str, str]:
    from awstui import paths

    return {
        "config": str(paths.config_file()),
        "plugin folder": str(paths.plugin_folder()),
        "state": str(paths.state_folder()),
        "audit": str(paths.audit_folder()),
        "log": str(paths.log_file()),
        "cache": str(paths.cache_folder()),
    }
