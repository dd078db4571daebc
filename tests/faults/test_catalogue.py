"""Every fault of the catalogue has a test that exists, or a reason why it has none."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults.catalogue import CATALOGUE

TESTS = Path(__file__).resolve().parents[1]


@cache
def functions(file: str) -> frozenset[str]:
    """The functions of a file below ``tests/``; none where there is no such file."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def test_the_catalogue_is_whole() -> None:
    assert list(CATALOGUE) == [f"F{number:02}" for number in range(1, 45)]


@pytest.mark.parametrize("number", CATALOGUE)
def test_each_fault_is_tested(number: str) -> None:
    fault = CATALOGUE[number]
    assert fault.tests or fault.why
    for test in fault.tests:
        file, _, function = test.partition("::")
        assert function in functions(file), f"{number} names {test}, which is not there"


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parent.glob("test_f*.py")), ids=lambda p: p.stem
)
def test_each_test_of_this_folder_is_named(path: Path) -> None:
    named = {test for fault in CATALOGUE.values() for test in fault.tests}
    ours = {f"faults/{path.name}::{name}" for name in functions(f"faults/{path.name}")}
    assert {test for test in ours if "::test_" in test} <= named
