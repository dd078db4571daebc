"""The fences of the architecture: who imports whom, how large things grow, what reaches the screen."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual

from awstui import registry
from tests.screen_rule import findings

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "awstui").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])
HEAVY = ("textual", "botocore", "aiobotocore", "boto3", "moto")

FILE_LINES, FUNCTION_LINES, CLASS_LINES = 400, 50, 300
SERVICES = {
    "route53", "elasticbeanstalk", "beanstalk", "sqs", "sns", "lambda", "stepfunctions", "sfn",
    "cloudwatch", "cloudformation", "s3", "dynamodb", "kinesis", "alarms", "ecs", "rds",
}  # fmt: skip
MAY_NAME_SERVICES = {
    "awstui/testing.py": "plugin authors read its examples",
    "awstui/engine/model.py": "IAM calls a service by another name than the one that signs",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def loaded_by(code: str) -> set[str]:
    """The heavy packages that are loaded once a piece of code has run in a fresh interpreter."""
    probe = (
        textwrap.dedent(code) + "\nimport sys\nprint(*{m.partition('.')[0] for m in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(ran.stdout.split()) & set(HEAVY)


def modules(folder: str) -> str:
    """Import statements for every module of a folder."""
    found = [path for path in SOURCES if path.is_relative_to(ROOT / folder)]
    dotted = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]
    names = [name.removesuffix(".__init__") for name in dotted]
    return "\n".join(f"import {name}" for name in names if not name.endswith("__main__"))


@pytest.mark.parametrize(
    ("code", "may"),
    [
        (modules("awstui/ui"), {"textual"}),
        (modules("awstui/engine"), {"botocore", "aiobotocore", "boto3"}),
        (modules("awstui/headless"), {"botocore", "aiobotocore", "boto3"}),
        ("import awstui.cli", set()),
        ("from awstui import registry; registry.load()", set()),
        ("import awstui.plugin, awstui.wire, awstui.text, awstui.errors, awstui.project", set()),
        ("import awstui.link, awstui.demo.process", set()),
    ],
    ids=["ui", "engine", "headless", "cli", "declarations", "contract", "start path"],
)
def test_nothing_loads_what_is_not_its_business(code: str, may: set[str]) -> None:
    assert loaded_by(code) <= may


def test_the_start_path_is_made_of_the_standard_library() -> None:
    probe = "import sys; before = set(sys.modules); import awstui.cli; print(*set(sys.modules) - before)"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    foreign = {name.partition(".")[0] for name in ran.stdout.split()} - sys.stdlib_module_names
    assert foreign == {"awstui"}


def test_the_layers_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_functions_and_classes_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= limit, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_modules_classes_and_public_functions_say_what_they_are(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert node.name.startswith("_") or ast.get_docstring(node), node.name


def code_words(path: Path) -> Iterator[tuple[int, str]]:
    """Names and strings of a file that do something; docstrings may give examples."""
    tree = ast.parse(path.read_text())
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


CORE = [
    path
    for path in SOURCES
    if path.is_relative_to(ROOT / "awstui")
    and not path.is_relative_to(ROOT / "awstui" / "demo")
    and name_of(path) not in MAY_NAME_SERVICES
]


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_names_no_service(path: Path) -> None:
    words = SERVICES | {plugin.name for plugin in registry.load().plugins} - {"logs"}
    named = re.compile(rf"(?i)(?<![a-z0-9])({'|'.join(sorted(words))})(?![a-z0-9])")
    found = [(line, word) for line, word in code_words(path) if named.search(word)]
    assert not found


SHOWN = [
    path
    for path in SOURCES
    if path.is_relative_to(ROOT / "plugins") or path.is_relative_to(ROOT / "awstui" / "ui")
]


def set_on_self(path: Path) -> set[str]:
    """The attributes with an underscore that methods of a file set on themselves."""
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr.startswith("_")
    }


TEXTUAL = Path(textual.__file__).parent
THEIRS = set[str]().union(
    *(set_on_self(TEXTUAL / f"{name}.py") for name in ("message_pump", "dom", "widget", "screen"))
)
MAY_SET = {"awstui/ui/unhurried.py": {"_pending_message"}}  # it puts keys behind other messages


@pytest.mark.parametrize(
    "path", [path for path in SHOWN if re.search(r"textual|Pane\b", path.read_text())], ids=name_of
)
def test_no_attribute_of_ours_is_one_of_textuals_own(path: Path) -> None:
    assert "_running" in THEIRS
    assert set_on_self(path) & THEIRS <= MAY_SET.get(name_of(path), set())


@pytest.mark.parametrize("path", SHOWN, ids=name_of)
def test_strings_from_outside_go_through_safe(path: Path) -> None:
    assert findings(path) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(row): Static(row['Name'])", True),
        ("def f(row): Static(safe(row['Name']))", False),
        ("def f(row): Label(f\"{row['Name']}\")", True),
        ("def f(row): Label(f\"{safe(row['Name'])} {len(row):,}\")", False),
        ("def f(self, error): self.notify(f'no: {error}')", True),
        ("def f(self, name): self.border_title = name", True),
        ("def f(name):\n x = safe(name)\n Text(x)", False),
        ("def f(name):\n x = name\n Text(x)", True),
        ("def f(name): Text.assemble('a', (name, 'bold'))", True),
        ("def f(name):\n t = Text('')\n t.append(name)", True),
        ("def f(names): Text(', '.join(safe(n) for n in names))", False),
        ("def f(names): Text(', '.join(names))", True),
        ("def f(name): Button(label, tooltip=name)", True),
        ("def line(row) -> Text: ...\ndef f(row): Static(line(row))", False),
    ],
)
def test_the_rule_of_the_screen_finds_what_it_should(
    tmp_path: Path, code: str, found: bool
) -> None:
    path = tmp_path / "pane.py"
    path.write_text(code)
    assert bool(findings(path)) is found
