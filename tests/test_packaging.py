"""The wheel holds awstui with its plugins and nothing else, and what is installed works anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with what is installed."""
    out = tmp_path_factory.mktemp("dist")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(out),
        str(ROOT),
    ]
    ran = subprocess.run(build, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_the_plugins_inside_awstui_and_nothing_stray(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "awstui/plugins/route53.py" in names
    assert "awstui/py.typed" in names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"awstui"}
    assert not [name for name in names if name.endswith((".pyc", ".env", ".log"))]


@pytest.mark.slow
def test_an_unpacked_wheel_finds_its_plugins_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(site)
    (elsewhere / "plugins").mkdir(parents=True)
    (elsewhere / "plugins" / "__init__.py").write_text("raise AssertionError('a stranger ran')")
    # -S would lose the dependencies: the site comes first, so that the checkout is not what is tested.
    code = (
        "import awstui, awstui.cli, sys; "
        f"assert awstui.__file__.startswith({str(site)!r}), awstui.__file__; "
        "sys.exit(awstui.cli.main(['plugins', '--check']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"(?m)^route53 +ok +built-in", ran.stdout)


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in pins)
    return {normal(name): version for name, version in (line.split("==") for line in pins)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_pin_every_dependency_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {normal(re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0]) for one in declared}
    assert names <= set(constraints())


def test_constraints_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "@" not in text


@pytest.mark.parametrize("script", [".ci/run"])
def test_the_script_of_the_checks_is_sound(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o100
    subprocess.run(["bash", "-n", str(path)], check=True)
    text = path.read_text()
    for step in (
        "pytest",
        'ruff" check',
        'ruff" format --check',
        "mypy",
        "lint-imports",
        "--check",
    ):
        assert step in text
