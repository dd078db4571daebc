"""The rule of the one door to the screen, read from the syntax tree: see ``test_architecture.py``.

What a person is shown is a literal, a number, or went through ``safe()``. Textual and Rich obey control
characters and read markup in any bare string, so a string that nobody vouches for is a finding.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SINKS = {"Static", "Label", "Button", "Option", "Select", "notify", "Text", "Content", "Checkbox"}
"""What shows its first argument."""

ASSEMBLERS = {"assemble"}
"""Methods of Text and Content that show every argument, each a text or a pair of text and style."""

TITLES = {"border_title", "border_subtitle", "tooltip", "placeholder"}
"""Attributes that are shown."""

SAFE = {
    "safe": "the door itself",
    "show": "cells.py: every branch goes through safe() or formats a number",
    "glyph": "ui/tone.py: one of eight signs",
    "len": "a number",
    "int": "a number",
    "round": "a number",
    "max": "a number, where it is shown",
    "min": "a number, where it is shown",
    "number": "cells.py: digits",
    "size": "cells.py: digits and a unit",
    "age": "cells.py: digits and a unit",
    "duration": "cells.py: digits and a unit",
    "moment": "cells.py: a clock",
    "spark": "cells.py: bars",
}
"""Functions whose result may be shown, and why."""

PRESERVING = {
    "join",
    "upper",
    "lower",
    "capitalize",
    "strip",
    "rstrip",
    "ljust",
    "rjust",
    "replace",
}
"""Methods of a string that may be shown which give such a string again."""

SHOWABLE_TYPES = {"Text", "Content", "Style"}
"""What is not a bare string: it was built by one of the sinks, which are looked at where they stand."""

NUMERIC = "dfn,%eg"
"""The last letter of a format that only a number takes."""


def findings(path: Path) -> list[str]:
    """Places in a file where a string that nobody vouches for is shown."""
    tree = ast.parse(path.read_text())
    functions = {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found = [line for scope in _scopes(tree) for line in _Scope(scope, functions).findings()]
    return [f"{path.name}:{line}" for line in dict.fromkeys(found)]


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node


def _name(node: ast.expr) -> str:
    """The last word of what is called."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _own(child)


def _element(iterable: ast.expr) -> ast.expr | None:
    """What one round of a loop is about, as far as it can be told: enumerate counts."""
    if isinstance(iterable, ast.Tuple) and iterable.elts:
        return iterable.elts[0]
    if isinstance(iterable, ast.Call) and _name(iterable.func) == "enumerate":
        unknown = ast.Name("", ast.Load())
        return ast.Tuple([ast.Constant(0), unknown], ast.Load())
    return None


def _made_of(node: ast.expr | None) -> list[ast.expr]:
    """The expressions that an expression gives one or all of; empty when that cannot be told."""
    match node:
        case (
            ast.Starred(value=only)
            | ast.Await(value=only)
            | ast.GeneratorExp(elt=only)
            | ast.ListComp(elt=only)
        ):
            return [only]
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            return [left, right]
        case ast.Tuple(elts=[first, *_]):
            return [first]  # a text and its style, or a text and its value
        case ast.BoolOp(values=values) | ast.List(elts=values):
            return values
        case ast.Subscript(value=ast.Dict(values=values)):
            return values
    return []


class _Scope:
    """One function, or the module, and what its names stand for."""

    def __init__(
        self, scope: ast.AST, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
    ) -> None:
        self._nodes = list(_own(scope))
        self._functions = functions
        self._assigned: dict[str, list[ast.expr | None]] = {}
        self._typed: dict[str, str] = {}
        arguments = getattr(scope, "args", None)
        for one in ast.walk(arguments) if isinstance(arguments, ast.arguments) else ():
            if isinstance(one, ast.arg):
                self._typed[one.arg] = ast.unparse(one.annotation) if one.annotation else ""
        for node in self._nodes:
            self._learn(node)

    def _learn(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                self._typed[name] = ast.unparse(annotation)
                if value is not None:
                    self._assigned.setdefault(name, []).append(value)
            case (
                ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                self._bind(target, value)
            case (
                ast.For(target=target, iter=iterable)
                | ast.comprehension(target=target, iter=iterable)
            ):
                self._bind(target, _element(iterable))

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) else [None] * len(target.elts)
            for one, its in zip(target.elts, values, strict=False):
                self._bind(one, its)

    # ---- what is shown -------------------------------------------------------------------------------

    def findings(self) -> Iterator[str]:
        """The places in this scope where something unvouched for is shown."""
        for node in self._nodes:
            for shown in self._shown(node):
                if not self.vouched(shown):
                    yield f"{shown.lineno}: {ast.unparse(shown)[:70]}"

    def _shown(self, node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Assign):
            if any(isinstance(t, ast.Attribute) and t.attr in TITLES for t in node.targets):
                yield node.value
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if name in ASSEMBLERS:
                for one in node.args:
                    yield one.elts[0] if isinstance(one, ast.Tuple) and one.elts else one
            elif name in SINKS or self._updates_text(node):
                yield from node.args[:1]
            if name != "Binding":  # shown by the help pane, which asks safe() itself
                yield from (word.value for word in node.keywords if word.arg in TITLES)

    def _updates_text(self, call: ast.Call) -> bool:
        """Whether a call is ``update`` of a label, or ``append`` to a text."""
        if not isinstance(call.func, ast.Attribute):
            return False
        receiver = ast.unparse(call.func.value)
        if call.func.attr == "update":
            return receiver.endswith((", Static)", ", Label)"))
        if call.func.attr != "append":
            return False
        built = [one for one in self._assigned.get(receiver, []) if isinstance(one, ast.Call)]
        return any(_name(one.func) in SHOWABLE_TYPES | ASSEMBLERS for one in built)

    # ---- what may be shown ---------------------------------------------------------------------------

    def vouched(self, node: ast.expr | None, seen: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is a literal, a number, a text that was built, or went through safe."""
        if isinstance(node, ast.Name):
            return self._name_vouched(node.id, seen)
        if isinstance(node, ast.Call):
            return self._call_vouched(node, seen)
        if isinstance(node, ast.JoinedStr):
            return all(self._part(part, seen) for part in node.values)
        if isinstance(node, ast.Constant):
            return True
        made_of = _made_of(node)
        return bool(made_of) and all(self.vouched(one, seen) for one in made_of)

    def _part(self, part: ast.expr, seen: frozenset[str]) -> bool:
        if not isinstance(part, ast.FormattedValue):
            return True
        form = ast.unparse(part.format_spec)[2:-1] if part.format_spec else ""
        return bool(form and form[-1] in NUMERIC) or self.vouched(part.value, seen)

    def _name_vouched(self, name: str, seen: frozenset[str]) -> bool:
        if name.isupper():
            return True  # a constant of a module is a literal there
        typed = self._typed.get(name, "")
        if typed in SHOWABLE_TYPES | {"int", "float"}:
            return True
        values = self._assigned.get(name, [])
        if name in seen or typed or not values:
            return name in seen
        return all(self.vouched(value, seen | {name}) for value in values)

    def _call_vouched(self, call: ast.Call, seen: frozenset[str]) -> bool:
        name = _name(call.func)
        if name in SAFE or name in SINKS or name in ASSEMBLERS:
            return True  # sinks are looked at where they stand
        if name in PRESERVING and isinstance(call.func, ast.Attribute):
            return all(self.vouched(one, seen) for one in (call.func.value, *call.args))
        called = self._functions.get(name)
        if called is None or called.returns is None:
            return False
        return ast.unparse(called.returns) in SHOWABLE_TYPES | {"int", "float"}
