"""Plugins are found built in, installed and in folders; what is broken or untrusted is told, not run."""

from __future__ import annotations

import os
import py_compile
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui import discovery, registry
from awstui.discovery import BUILT_IN, Finder, load_all

ONE = """
'''A service of our own.'''
from awstui.plugin import Column, Plugin, Resource
things = Resource(name="things", rows="list_things", columns=(Column("Name"),))
plugin = Plugin(name="{name}", title="{title}", resources=(things,))
"""

NO_COLUMN = """
from awstui.plugin import Plugin, Resource
things = Resource(name="things", rows="list_things", columns=("Name",))
plugin = Plugin(name="thing", title="Things", resources=(things,))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir(mode=0o700)
    return made


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    path.chmod(0o600)
    return path


def by_name(folder: Path) -> dict[str, discovery.Found]:
    return {found.plugin.name: found for found in load_all([folder]).found}


def errors(folder: Path) -> dict[str, discovery.Broken]:
    return {broken.name: broken for broken in load_all([folder]).broken}


def test_the_built_in_plugins_are_ours_and_all_load() -> None:
    discovered = load_all()
    assert not discovered.broken
    assert {"route53"} <= {found.plugin.name for found in discovered.found}
    assert {found.origin for found in discovered.found} == {BUILT_IN}


def test_a_file_is_found_under_the_name_it_gives_itself(folder: Path) -> None:
    path = write(folder / "anything.py", ONE.format(name="thing", title="Things"))
    found = by_name(folder)["thing"]
    assert (found.plugin.title, found.origin, found.replaced) == ("Things", str(path), "")


def test_a_package_may_import_its_own_modules(folder: Path) -> None:
    write(folder / "rich" / "words.py", "TITLE = 'Rich things'\n")
    write(
        folder / "rich" / "__init__.py",
        "from .words import TITLE\n" + ONE.format(name="rich", title="{}").replace('"{}"', "TITLE"),
    )
    assert by_name(folder)["rich"].plugin.title == "Rich things"


def test_a_dropped_in_plugin_replaces_a_built_in_and_says_so(folder: Path) -> None:
    write(folder / "copy.py", ONE.format(name="route53", title="My DNS"))
    found = by_name(folder)["route53"]
    assert found.plugin.title == "My DNS"
    assert found.replaced == BUILT_IN
    assert Finder([folder]).one("route53") is None, "only all of them tell"
    assert registry.load([folder]).plugin("route53").title == "My DNS"


def test_of_two_folders_the_later_wins(tmp_path: Path) -> None:
    first = write(tmp_path / "first" / "a.py", ONE.format(name="thing", title="First"))
    second = write(tmp_path / "second" / "b.py", ONE.format(name="thing", title="Second"))
    found = {f.plugin.name: f for f in load_all([first.parent, second.parent]).found}["thing"]
    assert (found.plugin.title, found.replaced) == ("Second", str(first))


def test_folders_of_the_environment_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "thing.py", ONE.format(name="thing", title="Things"))
    monkeypatch.setenv("AWSTUI_PLUGINS", f"{os.pathsep}{folder}")
    assert "thing" in {found.plugin.name for found in load_all().found}


@pytest.fixture
def unimported() -> Iterator[str]:
    """The package of built-in plugins as if none had been imported; all are there again afterwards, as they were."""
    package = discovery.built_in_package().__name__
    held = {name: held for name, held in sys.modules.items() if name.startswith(f"{package}.")}
    for name in held:
        del sys.modules[name]
    yield package
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        del sys.modules[name]
    sys.modules.update(held)
    for name, module in held.items():  # a package holds its modules, too
        parent, _, own = name.rpartition(".")
        setattr(sys.modules[parent], own, module)


def test_a_built_in_alone_is_imported_alone(unimported: str) -> None:
    found = Finder().one("route53")
    assert found is not None
    assert found.plugin.name == "route53"
    assert [n for n in sys.modules if n.startswith(f"{unimported}.")] == [f"{unimported}.route53"]
    assert Finder().one("no-such-service") is None


def test_a_registry_imports_by_name_what_it_can_and_the_rest_when_all_are_wanted(
    unimported: str,
) -> None:
    known = registry.load()
    alone = known.plugin(" Route53 ")
    assert [n for n in sys.modules if n.startswith(f"{unimported}.")] == [f"{unimported}.route53"]
    assert len(known.plugins) > 1
    assert known.plugin("route53") is alone
    assert alone in known.plugins
    assert not known.broken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1/0", "ZeroDivisionError"),
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("def f(:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = 1", "it has no `plugin"),
        ("plugin = 'me'", "of type str"),
        ("from awstui.plugin import Plugin\nplugin = Plugin(name='a', title='A', colour='red')",
         "unexpected keyword argument 'colour'"),
        ("from awstui.plugin import Plugin\nplugin = Plugin(name='a b', title='A', resources=())",
         "'a b'"),
        ("from awstui.plugin import Plugin\nplugin = Plugin(name='a', title='A', resources=['x'])",
         "`resources` is not a tuple"),
        (NO_COLUMN, "is not a tuple of Column"),
    ],
)  # fmt: skip
def test_what_does_not_load_is_kept_for_show(folder: Path, text: str, said: str) -> None:
    path = write(folder / "odd.py", text)
    write(folder / "sound.py", ONE.format(name="sound", title="Sound"))
    broken = errors(folder)["odd"]
    assert said in broken.error
    assert broken.origin == str(path)
    assert "sound" in by_name(folder)


def test_a_fault_shows_its_traceback_without_values(folder: Path) -> None:
    write(folder / "odd.py", "secret = 'hunter' + '2'\n1/0\n")
    broken = errors(folder)["odd"]
    assert "odd.py" in broken.traceback
    assert "line 2" in broken.traceback
    assert "hunter2" not in broken.traceback


def test_a_broken_module_leaves_nothing_behind(folder: Path) -> None:
    write(folder / "odd.py", "1/0")
    before = set(sys.modules)
    load_all([folder])
    assert not [name for name in set(sys.modules) - before if name.startswith("_awstui_")]


def test_a_file_is_read_anew_each_time(folder: Path) -> None:
    write(folder / "thing.py", ONE.format(name="thing", title="Before"))
    assert by_name(folder)["thing"].plugin.title == "Before"
    write(folder / "thing.py", ONE.format(name="thing", title="After, longer"))
    assert by_name(folder)["thing"].plugin.title == "After, longer"


@pytest.mark.parametrize("mode", [0o720, 0o702])
def test_a_folder_that_others_may_write_is_refused(folder: Path, mode: int) -> None:
    write(folder / "thing.py", "raise AssertionError('ran')")
    folder.chmod(mode)
    broken = errors(folder)[folder.name]
    assert broken.error == f"{folder} can be written by others: chmod go-w {folder}"


def test_a_file_that_others_may_write_is_refused(folder: Path) -> None:
    path = write(folder / "thing.py", "raise AssertionError('ran')")
    path.chmod(0o622)
    assert "can be written by others" in errors(folder)["thing"].error


def test_a_module_of_a_package_that_others_may_write_is_refused(folder: Path) -> None:
    write(folder / "rich" / "__init__.py", "raise AssertionError('ran')")
    write(folder / "rich" / "inner.py", "").chmod(0o606)
    assert "inner.py can be written by others" in errors(folder)["rich"].error


@pytest.mark.parametrize("name", ["fast.so", "__pycache__/inner.pyc", "data/words.txt"])
def test_whatever_of_a_package_others_may_write_is_refused(folder: Path, name: str) -> None:
    write(folder / "rich" / "__init__.py", "raise AssertionError('ran')")
    write(folder / "rich" / name, "").chmod(0o606)
    assert f"{name} can be written by others" in errors(folder)["rich"].error


def test_a_package_is_whole_in_its_own_folder(folder: Path, tmp_path: Path) -> None:
    write(folder / "rich" / "__init__.py", "raise AssertionError('ran')")
    (folder / "rich" / "inner.py").symlink_to(tmp_path / "elsewhere.py")
    assert "inner.py leads elsewhere" in errors(folder)["rich"].error


def test_what_lies_where_others_may_replace_it_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "shared"
    open_to_all.mkdir()
    folder = open_to_all / "plugins"
    write(folder / "thing.py", "raise AssertionError('ran')")
    folder.chmod(0o755)
    open_to_all.chmod(0o777)
    assert errors(folder)["plugins"].error == (
        f"{open_to_all} can be written by others: chmod go-w {open_to_all}"
    )
    open_to_all.chmod(0o1777)  # as /tmp is: nobody replaces there what is ours
    assert "ran" in errors(folder)["thing"].error


def test_what_was_compiled_before_is_not_run(folder: Path) -> None:
    path = write(folder / "thing.py", ONE.format(name="thing", title="Theirs"))
    about = path.stat()
    py_compile.compile(str(path), doraise=True)
    write(path, ONE.format(name="thing", title="Ours!!"))
    os.utime(path, (about.st_atime, about.st_mtime))
    assert by_name(folder)["thing"].plugin.title == "Ours!!"


def test_what_belongs_to_another_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder / "thing.py", "raise AssertionError('ran')")
    mine = path.stat().st_uid
    if mine == 0:
        os.chown(path, 4711, -1)
    else:
        monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    told = " ".join(broken.error for broken in load_all([folder]).broken)
    assert "belongs to another user" in told


def test_nothing_is_taken_from_the_current_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "thing.py", "raise AssertionError('ran')")
    write(folder / "plugins" / "__init__.py", "raise AssertionError('ran')")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AWSTUI_PLUGINS", ".")
    discovered = load_all([Path()])
    assert {broken.error for broken in discovered.broken} == {
        ". is not absolute, and nothing is run from the current directory"
    }
    assert {found.origin for found in discovered.found} == {BUILT_IN}


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    assert not load_all([tmp_path / "absent"]).broken


def distribution(site: Path, name: str, value: str, source: str) -> None:
    """An installed distribution with one plugin."""
    about = site / f"{name}-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[awstui.plugins]\nthing = {value}\n")
    (site / f"{name}.py").write_text(source)


def test_an_installed_distribution_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(tmp_path, "stranger", "stranger:plugin", ONE.format(name="thing", title="Theirs"))
    monkeypatch.syspath_prepend(tmp_path)
    found = {f.plugin.name: f for f in load_all().found}["thing"]
    assert (found.plugin.title, found.origin) == ("Theirs", "stranger 1.2")


def test_an_installed_distribution_that_fails_is_kept_for_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(tmp_path, "stranger2", "stranger2:nothing", "x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    (broken,) = load_all().broken
    assert (broken.name, broken.origin) == ("thing", "stranger2 1.2")
    assert "AttributeError" in broken.error


def test_a_distribution_in_the_current_directory_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(tmp_path, "stranger3", "stranger3:plugin", "raise AssertionError('ran')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert not load_all().broken


def test_a_current_directory_that_was_deleted_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    discovered = load_all()
    monkeypatch.chdir(tmp_path)
    assert discovered.found
    assert not discovered.broken
