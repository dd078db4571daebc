"""Where plugins come from: built in, installed beside awstui, or dropped into a folder.

The three sources are read in that order and the later one wins by :attr:`Plugin.name`, so that a person
replaces a built-in by copying its file. Nothing is ever taken from the current directory. What cannot be
loaded becomes a :class:`Broken` to show, never a crash.
"""

from __future__ import annotations

import contextlib
import glob
import importlib
import importlib.util
import os
import pkgutil
import re
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from awstui import trust
from awstui.plugin import Column, Plugin, Resource
from awstui.trust import RefusedError

GROUP = "awstui.plugins"
"""The entry point group in which a distribution names its plugin, as ``package:plugin``."""

FOLDERS = "AWSTUI_PLUGINS"
"""The environment variable that names folders of plugins, separated as in PATH."""

BUILT_IN = "built-in"


class Found(NamedTuple):
    """A plugin that loaded, where it came from and what it stands in for."""

    plugin: Plugin
    origin: str
    """``built-in``, a distribution with its version, or the path of a file or folder."""

    replaced: str = ""
    """The origin of the plugin of the same name that it replaces; empty when none."""


class Broken(NamedTuple):
    """A plugin that did not load, and why."""

    origin: str
    name: str
    error: str
    traceback: str = ""


class Discovered(NamedTuple):
    """Everything that was found: what loaded and what did not."""

    found: Sequence[Found] = ()
    broken: Sequence[Broken] = ()


class _Candidate(NamedTuple):
    """A place where a plugin is, not imported yet."""

    name: str
    origin: str
    load: Callable[[], object]


class Finder:
    """Finds plugins, and imports each when it is asked for."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        """``folders`` come before those of the environment."""
        self._candidates = _candidates(folders)

    def all(self) -> Discovered:
        """Import every plugin there is."""
        return _load(self._candidates)

    def one(self, name: str) -> Found | None:
        """Import no more than the plugin of that name; None where it cannot be told without the others.

        Whatever is installed or dropped in may replace a built-in under another file name: then all
        have to be imported.
        """
        if any(candidate.origin != BUILT_IN for candidate in self._candidates):
            return None
        alone = [candidate for candidate in self._candidates if candidate.name == name]
        return next((found for found in _load(alone).found if found.plugin.name == name), None)


def load_all(folders: Sequence[Path] = ()) -> Discovered:
    """Import every plugin there is; ``folders`` come before those of the environment."""
    return Finder(folders).all()


def folders_of_environment() -> list[Path]:
    """The folders that ``$AWSTUI_PLUGINS`` names."""
    return [
        Path(part).expanduser() for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part
    ]


def _load(candidates: Sequence[_Candidate]) -> Discovered:
    """Import candidates in order; of two plugins with one name the later stays."""
    loaded: dict[str, Found] = {}
    broken: list[Broken] = []
    for candidate in candidates:
        try:
            plugin = _plugin_in(candidate.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001  foreign code: shown, with its traceback
            broken.append(_broken(candidate, error))
            continue
        found = Found(plugin, candidate.origin)
        if before := loaded.pop(plugin.name, None):
            found = found._replace(replaced=before.origin)
        loaded[plugin.name] = found
    return Discovered(list(loaded.values()), broken)


def _broken(candidate: _Candidate, error: BaseException) -> Broken:
    said = str(error) if isinstance(error, RefusedError) else f"{type(error).__name__}: {error}"
    told = "" if isinstance(error, RefusedError) else "".join(traceback.format_exception(error))
    return Broken(candidate.origin, candidate.name, said, told)


def _plugin_in(loaded: object) -> Plugin:
    """The plugin of a module, or the thing itself; refuses what the core could not draw."""
    plugin = getattr(loaded, "plugin", None) if isinstance(loaded, ModuleType) else loaded
    if plugin is None:
        raise RefusedError("it has no `plugin = Plugin(...)`")
    if not isinstance(plugin, Plugin):
        raise RefusedError(f"`plugin` is of type {type(plugin).__name__}, not awstui.plugin.Plugin")
    if not isinstance(plugin.name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", plugin.name):
        raise RefusedError(f"its name {plugin.name!r} is not lower-case letters, digits and dashes")
    resources = plugin.resources
    if not isinstance(resources, tuple) or not resources:
        raise RefusedError("`resources` is not a tuple of at least one Resource")
    for resource in resources:
        if not isinstance(resource, Resource):
            raise RefusedError(f"`resources` holds a {type(resource).__name__}, not a Resource")
        columns = resource.columns
        if not isinstance(columns, tuple) or not all(isinstance(one, Column) for one in columns):
            raise RefusedError(f"`columns` of {resource.name!r} is not a tuple of Column")
    return plugin


def _candidates(folders: Sequence[Path]) -> list[_Candidate]:
    """Every place a plugin may be loaded from, the strongest last."""
    places = [*folders, *folders_of_environment()]
    return [
        *_built_in(),
        *_installed(),
        *(one for folder in dict.fromkeys(places) for one in _in_folder(folder)),
    ]


# ---- built in ----------------------------------------------------------------------------------------


def _built_in() -> Iterator[_Candidate]:
    try:
        package = built_in_package()
    except ImportError as error:
        yield _Candidate("plugins", BUILT_IN, _raising(RefusedError(str(error))))
        return
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            # A module cannot be called ``lambda``: the underscore is Python's, not the plugin's.
            name = module.name.rstrip("_").replace("_", "-")
            full = f"{package.__name__}.{module.name}"
            yield _Candidate(name, BUILT_IN, _importing(full))


def built_in_package() -> ModuleType:
    """``awstui.plugins`` in a wheel; in a checkout the folder ``plugins`` that lies beside ``awstui``."""
    package = Path(__file__).resolve().parent
    if (package / "plugins").is_dir():
        return importlib.import_module("awstui.plugins")
    ours = package.parent / "plugins"
    if "plugins" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "plugins", ours / "__init__.py", submodule_search_locations=[str(ours)]
        )
        _run("plugins", spec)
    module = sys.modules["plugins"]
    if [Path(path).resolve() for path in module.__path__] != [ours]:
        raise ImportError(f"a stranger's package `plugins` is loaded in place of {ours}")
    return module


def _importing(name: str) -> Callable[[], object]:
    return lambda: importlib.import_module(name)


def _raising(error: Exception) -> Callable[[], object]:
    def load() -> object:
        raise error

    return load


# ---- installed ---------------------------------------------------------------------------------------


def _installed() -> Iterator[_Candidate]:
    """The entry points of the distributions on the path, without those of the current directory."""
    try:
        here = [Path.cwd()]
    except FileNotFoundError:  # it was deleted: nothing can lie in it
        here = []
    path = [part for part in sys.path if os.path.isabs(part) and Path(part).resolve() not in here]  # noqa: PTH117
    if not any(map(_offers_plugins, path)):
        return  # asking importlib for every distribution takes as long as the first paint may
    import importlib.metadata

    seen: set[str] = set()
    for distribution in importlib.metadata.distributions(path=path):
        name = distribution.name
        if name in seen:
            continue
        seen.add(name)
        for entry in distribution.entry_points:
            if entry.group == GROUP:
                yield _Candidate(entry.name, f"{name} {distribution.version}", entry.load)


def _offers_plugins(folder: str) -> bool:
    """Whether a distribution in that part of the path may name plugins; an archive always may."""
    if os.path.isfile(folder):  # noqa: PTH113  cheap
        return True
    mark = f"[{GROUP}]".encode()
    for place in glob.iglob(f"{glob.escape(folder)}/*.*-info/entry_points.txt"):  # noqa: PTH207
        with contextlib.suppress(OSError), open(place, "rb") as file:  # noqa: PTH123
            if mark in file.read().replace(b" ", b""):
                return True
    return False


# ---- dropped into a folder ---------------------------------------------------------------------------


def _in_folder(folder: Path) -> Iterator[_Candidate]:
    """The plugins of a folder: its files ``*.py`` and its packages."""
    try:
        if folder.is_absolute() and not folder.exists():
            return
        trust.check(folder)
        inside = sorted(folder.iterdir())
    except (RefusedError, OSError) as error:
        yield _Candidate(folder.name or str(folder), str(folder), _raising(error))
        return
    for path in inside:
        if path.name.startswith((".", "_")):
            continue
        if path.suffix == ".py" or (path / "__init__.py").is_file():
            yield _Candidate(path.stem.rstrip("_"), str(path), _loading(path))


def _loading(path: Path) -> Callable[[], object]:
    def load() -> object:
        trust.check_all(path) if path.is_dir() else trust.check(path)
        return _load_file(path)

    return load


def _load_file(path: Path) -> ModuleType:
    """Import a file or a package folder under a name that clashes with nothing."""
    mark = zlib.crc32(str(path).encode())
    name = f"_awstui_{mark:08x}_{re.sub(r'[^0-9a-zA-Z]', '_', path.stem)}"
    source = path / "__init__.py" if path.is_dir() else path
    spec = importlib.util.spec_from_file_location(
        name,
        source,
        loader=trust.Loader(name, str(source)),
        submodule_search_locations=[str(path)] if path.is_dir() else None,
    )
    _forget(name)
    return _run(name, spec)


def _run(name: str, spec: importlib.machinery.ModuleSpec | None) -> ModuleType:
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is nothing that Python can load")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        _forget(name)
        raise
    return module


def _forget(name: str) -> None:
    """Take a module and what lies in it out of Python's table, so that it is read anew."""
    for one in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[one]
