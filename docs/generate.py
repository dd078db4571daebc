"""Writes keys.md and services.md from the declarations: ``python docs/generate.py``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from textual.binding import Binding

import plugins
from awstui import registry
from awstui.plugin import Plugin, Resource
from awstui.registry import nested, title_of
from awstui.ui.app import AwsTui
from awstui.ui.audit_pane import AuditPane
from awstui.ui.confirm import Confirm
from awstui.ui.detail_pane import DetailPane
from awstui.ui.grid import Grid
from awstui.ui.lines import Lines
from awstui.ui.resource_pane import ResourcePane
from awstui.ui.rows_pane import RowsPane
from awstui.ui.status import key_name

HERE = Path(__file__).parent
MADE = "<!-- Written by docs/generate.py from the declarations; do not edit. -->"


def keys() -> str:
    """Every key of the console, by where it acts."""
    parts = [
        "# Keys",
        MADE,
        "What a service can do with a row, and by which key: see [services](services.md).",
    ]
    for title, owner in (
        ("Everywhere", AwsTui),
        ("In a list", ResourcePane),
        ("In every list of rows", RowsPane),
        ("Moving in a list", Grid),
        ("In a text", Lines),
        ("In describe and JSON", DetailPane),
        ("In a confirmation", Confirm),
        ("In the audit", AuditPane),
    ):
        parts.append(_section(title, _own(owner)))
    parts += [_section(title, bindings) for title, bindings in _of_plugins()]
    parts.append(
        "Every id can be given another key in `config.toml`:\n\n"
        '```toml\n[keys]\n"rows.refresh" = "f5"\n"sqs.queues.peek" = "f6"\n```'
    )
    return "\n\n".join(parts) + "\n"


def _section(title: str, bindings: Iterable[Binding]) -> str:
    rows = "\n".join(_key_row(binding) for binding in bindings)
    return f"## {title}\n\n| key | what | id |\n| --- | --- | --- |\n{rows}"


def _of_plugins() -> Iterable[tuple[str, Iterable[Binding]]]:
    """The keys of the plugins' own panes; the beginning of an id says which pane it is of."""
    titles = {plugin.name: plugin.title for plugin in registry.load().plugins}
    found: dict[tuple[str, str], dict[str, Binding]] = {}
    for name in sorted(one.name for one in pkgutil.walk_packages(plugins.__path__, "plugins.")):
        for widget in vars(importlib.import_module(name)).values():
            if not (isinstance(widget, type) and widget.__module__ == name):
                continue
            for binding in widget.__dict__.get("BINDINGS", ()):
                plugin, pane = name.split(".")[1].rstrip("_"), binding.id.split(".")[0]
                found.setdefault((plugin, pane), {}).setdefault(binding.id, binding)
    for (plugin, pane), bindings in sorted(found.items()):
        where = "in the panes of one" if pane == plugin else pane
        yield f"{titles[plugin]}: {where}", bindings.values()


def _own(owner: type) -> Iterable[Binding]:
    """The bindings of a class itself; of its unbound bases where it has none of its own."""
    for one in owner.__mro__:
        bindings = one.__dict__.get("BINDINGS") if one.__module__.startswith("awstui.") else None
        if bindings:
            yield from (binding for binding in bindings if isinstance(binding, Binding))
            return


def _key_row(binding: Binding) -> str:
    written = " ".join(f"`{_escaped(key_name(key))}`" for key in binding.key.split(","))
    what = binding.tooltip or binding.description
    return f"| {written} | {_escaped(what)} | {binding.id or ''} |"


def services() -> str:
    """Every service, with its resources, columns, keys and links."""
    found = registry.load()
    parts = ["# Services", MADE]
    parts += [_service(plugin) for plugin in found.plugins]
    return "\n\n".join(parts) + "\n"


def _service(plugin: Plugin) -> str:
    names = ", ".join(f"`:{name}`" for name in (plugin.name, *plugin.aliases))
    lines = [f"## {plugin.title}\n\n{names}"]
    lines += [f"On the command line: `awstui {c.name}`: {c.help}" for c in plugin.commands]
    lines += [_resource(plugin, one) for one in plugin.resources]
    return "\n\n".join(lines)


def _resource(plugin: Plugin, resource: Resource) -> str:
    under = " (under a row of another list)" if nested(plugin, resource) else ""
    text = [f"### {title_of(resource)}{under}"]
    text.append("Columns: " + ", ".join(column.title.lower() for column in resource.columns) + ".")
    if resource.child:
        text.append(f"Enter opens its {resource.child}.")
    doings = [(a.key, f"{a.title} ({a.effect})") for a in resource.actions]
    doings += [(v.key, v.title) for v in resource.views]
    doings += [(link.key, f"go to the {link.title}") for link in resource.links if link.key]
    if doings:
        text.append("\n".join(f"- `{key_name(key)}` {_escaped(what)}" for key, what in doings))
    return "\n\n".join(text)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def pages() -> Iterable[tuple[Path, str]]:
    """The files and what belongs in them."""
    yield HERE / "keys.md", keys()
    yield HERE / "services.md", services()


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, encoding="utf-8")
