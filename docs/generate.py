"""Writes keys.md and services.md from the declarations: ``python docs/generate.py``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.binding import Binding

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
    parts = ["# Keys", MADE, "Plugins add their own keys: see [services](services.md)."]
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
        rows = [_key_row(binding) for binding in _own(owner)]
        parts.append(f"## {title}\n\n| key | what | id |\n| --- | --- | --- |\n" + "\n".join(rows))
    parts.append(
        "Every id can be given another key in `config.toml`:\n\n"
        '```toml\n[keys]\n"rows.refresh" = "f5"\n"sqs.queues.peek" = "f6"\n```'
    )
    return "\n\n".join(parts) + "\n"


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
