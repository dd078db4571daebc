"""The generated pages say what the declarations say, and the README holds together."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def script(name: str) -> ModuleType:
    """One of the scripts in docs, imported."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["keys.md", "services.md"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    pages = {path.name: text for path, text in script("generate").pages()}
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == pages[name], "run `python docs/generate.py`"


def test_the_keys_of_panes_that_plugins_bring_are_among_them() -> None:
    written = (ROOT / "docs" / "keys.md").read_text("utf-8")
    for ident in ("tail.pause", "tail.insights", "insights.run", "trace.stop", "sqs.queues.peek"):
        assert f"{ident} |" in written or f'"{ident}"' in written
    assert "| `)` | Where it goes on after a pause | tail.pause-next |" in written


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
