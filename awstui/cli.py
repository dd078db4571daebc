"""The command line; the console's start path, on which nothing heavy is imported."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from awstui import __version__
from awstui.headless.exits import Exit, explained
from awstui.privacy import keep_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awstui.config import Config
    from awstui.plugin import Command, Plugin
    from awstui.registry import Registry
    from awstui.wire import Start

FORMATS = ("table", "json", "jsonl", "csv")
_CORE = ("demo", "ls", "describe", "do", "audit", "plugins", "info")
_UNSET: dict[str, Any] = {
    "command": "", "run": None, "plugin": None, "target": "", "output": "table",
    "profile": "", "region": "", "endpoint_url": "", "read_only": False, "plugins": [],
    "slow_terminal": False, "go": "", "config": None,
    "reason": "", "confirm": "", "yes": False, "reveal": False,
}  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave with one line and the status for it."""
        self.exit(Exit.USAGE, f"awstui: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``awstui``; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    keep_private()
    try:
        arguments, registry = _read(words)
        if arguments.command == "demo" and arguments.serve is not None:
            from awstui.demo.process import serve

            return serve(arguments.serve)
        if arguments.command in ("", "demo"):
            return open_console(arguments)
        from awstui.engine.early import certificates_later, runtime_where_needed, uncollected

        with uncollected(), certificates_later(), runtime_where_needed():
            from awstui.headless.running import run

        return run(arguments, _start(arguments), registry or _load(arguments))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def open_console(arguments: argparse.Namespace) -> int:
    """Open the console on this terminal; the exit status."""
    from awstui.console import NowhereError, open_on_terminal, why_no_terminal
    from awstui.spawn import spawn

    if why := why_no_terminal():
        Parser(prog="awstui").error(f"{why}; without one use `awstui ls SERVICE`")
    demo = arguments.command == "demo"
    engine = None if demo else spawn()  # loads while we read the settings
    try:
        return open_on_terminal(
            _start(arguments),
            _config(arguments),
            demo=demo,
            slow=arguments.slow_terminal,
            go=arguments.go,
            engine=engine,
        )
    except NowhereError as error:
        Parser(prog="awstui").error(str(error))


def _start(arguments: argparse.Namespace) -> Start:
    """Who to be: as the command line says, else the environment, else the settings."""
    from awstui.wire import Start

    settings = _config(arguments)
    return Start(
        profile=arguments.profile or _default(settings.profile, "AWS_PROFILE"),
        region=arguments.region or _default(settings.region, "AWS_REGION", "AWS_DEFAULT_REGION"),
        endpoint_url=arguments.endpoint_url or _default(settings.endpoint_url, "AWS_ENDPOINT_URL"),
        read_only=arguments.read_only or settings.read_only,
        production=settings.production,
        read_only_for=settings.read_only_for,
        plugin_folders=_folders(arguments),
    )


def _default(setting: str, *variables: str) -> str:
    """A setting, unless the environment says something: whoever sets a variable means it now."""
    return "" if any(os.environ.get(name) for name in variables) else setting


def _config(arguments: argparse.Namespace) -> Config:
    """The person's settings, read once; a mistake in them ends the command in one line."""
    if arguments.config is None:
        from awstui import config, paths
        from awstui.errors import AwstuiError

        try:
            arguments.config = config.load(paths.config_file())
        except AwstuiError as error:
            problem = error.problem
            Parser(prog="awstui").error(" ".join(filter(None, (problem.what, problem.why))))
    found: Config = arguments.config
    return found


def _folders(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The person's own folder of plugins, those of the settings, those named here; the later wins."""
    from awstui import paths

    try:
        named = [os.path.abspath(folder) for folder in arguments.plugins]  # noqa: PTH100  keeps symlinks
    except FileNotFoundError:
        Parser(prog="awstui").error("--plugins has to be absolute: the current directory is gone")
    return (str(paths.plugin_folder()), *_config(arguments).plugin_folders, *named)


def _load(arguments: argparse.Namespace) -> Registry:
    from pathlib import Path

    from awstui.registry import load

    return load([Path(folder) for folder in _folders(arguments)])


# ---- arguments ---------------------------------------------------------------------------------------


def _read(words: list[str]) -> tuple[argparse.Namespace, Registry | None]:
    """Read the command line; plugins are loaded only when the command may be one of theirs."""
    options = _options()
    _add_go(options, "")  # its value is no command
    known, rest = options.parse_known_args(words, argparse.Namespace(**_UNSET))
    command = next((word for word in rest if not word.startswith("-")), "")
    registry = None
    if command not in _CORE and (command or {"-h", "--help"} & set(rest)):
        registry = _load(known)
    arguments = _parser(registry).parse_args(words, argparse.Namespace(**_UNSET))
    return arguments, registry


def _options() -> Parser:
    """The options that every command takes, before or after its name."""
    options = Parser(
        prog="awstui", add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False
    )
    group = options.add_argument_group("options of every command")
    group.add_argument(
        "--profile", metavar="NAME", help="the profile of ~/.aws/config to use; several: a,b"
    )
    group.add_argument("--region", metavar="REGION", help="the region to work in; several: a,b")
    group.add_argument("--endpoint-url", metavar="URL", help="another server that speaks AWS")
    group.add_argument("--read-only", action="store_true", help="refuse whatever changes anything")
    group.add_argument(
        "--plugins", metavar="DIR", action="append", help="a folder of plugins of your own"
    )
    return options


def _parser(registry: Registry | None) -> Parser:
    parser = Parser(
        prog="awstui",
        description="The terminal console an on-call engineer opens when something on AWS is wrong.",
        epilog=f"Without a command the console opens. Exit statuses:\n{explained()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_options()],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"awstui {__version__}")
    parser.add_argument(
        "--slow-terminal", action="store_true", help="draw less: for a slow line", default=False
    )
    _add_go(parser, "")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _add_core(commands)
    for plugin in registry.plugins if registry else ():
        for command in plugin.commands:
            if command.name in _CORE:
                continue
            add_command(_add(commands, command.name, command.help), command, plugin)
    return parser


def add_command(parser: Parser, command: Command, plugin: Plugin) -> None:
    """The arguments of a plugin's command, and those that the core gives it."""
    command.add(parser)
    if command.sends:
        _add_leave(parser, command.effect)
    _add_output(parser, *((command.formats[0], command.formats) if command.formats else ()))
    target = next((one.dest for one in parser._get_positional_actions()), "")  # noqa: SLF001
    parser.set_defaults(run=command, plugin=plugin, target=target)


def _add_go(parser: Parser, default: str) -> None:
    parser.add_argument(
        "--go", metavar="PLACE", default=default,
        help="open there instead of home: what is typed after `:`, such as a service or a resource",
    )  # fmt: skip


def _add(commands: Any, name: str, text: str) -> Parser:
    made: Parser = commands.add_parser(
        name, help=text, description=text, parents=[_options()], allow_abbrev=False
    )
    return made


def _add_core(commands: Any) -> None:
    demo = _add(commands, "demo", "open the console on an embedded AWS")
    demo.add_argument(
        "--serve", type=_port, metavar="PORT", help="only serve it, without a console; 0: any port"
    )
    demo.add_argument("--slow-terminal", action="store_true", default=argparse.SUPPRESS)
    _add_go(demo, argparse.SUPPRESS)
    ls = _add(commands, "ls", "list the rows of a resource")
    _add_place(ls)
    ls.add_argument("--filter", default="", metavar="RE", help="only rows that show this")
    ls.add_argument("--sort", default="", metavar="COL", help="by the column of that title")
    ls.add_argument("--reverse", action="store_true", help="the other way round")
    _add_output(ls)
    describe = _add(commands, "describe", "everything about one row")
    _add_place(describe, optional=False)
    describe.add_argument("key", metavar="KEY", help="its key, as the console shows it, or its ARN")
    _add_output(describe, "json", ("json", "jsonl"))
    _add_do(_add(commands, "do", "carry out an action on a row, or say what it would do"))
    audit = _add(commands, "audit", "what was changed through awstui, by whom and how it went")
    audit.add_argument(
        "--since", default="", metavar="WHEN", help="an age such as 2h or 7d, or a date"
    )
    audit.add_argument("--filter", default="", metavar="RE", help="only what matches this")
    audit.add_argument("--verify", action="store_true", help="whether the record still holds")
    _add_output(audit, formats=("table", "jsonl"))
    plugins = _add(commands, "plugins", "the plugins there are, and what is wrong with them")
    plugins.add_argument("--check", action="store_true", help="check what each declares")
    _add_output(plugins)
    _add_output(_add(commands, "info", "versions, paths and who we are"))


def _add_do(do: Parser) -> None:
    do.add_argument(
        "action", metavar="PLUGIN.RESOURCE.ACTION", help="such as docs/services.md lists"
    )
    do.add_argument("keys", metavar="KEY", nargs="+", help="the row's key, or its ARN")
    do.add_argument(
        "--parent",
        action="append",
        default=[],
        metavar="KEY",
        help="the row it is listed under; once for each level",
    )
    do.add_argument(
        "--arg", action="append", default=[], metavar="NAME=VALUE", help="what the action asks for"
    )
    _add_leave(do, "destroy")
    _add_output(do)


def _add_leave(parser: Parser, effect: str) -> None:
    """The options that confirm what writes, or say what it would write."""
    if effect != "touch":
        parser.add_argument(
            "--dry-run", action="store_true", help="the plan and the requests; sends nothing"
        )
        parser.add_argument(
            "--confirm", default="", metavar="NAME", help="confirm by the name that has to be typed"
        )
    parser.add_argument("--yes", action="store_true", help="confirm where no name has to be typed")
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why; lifts read-only for this one action"
    )


def _add_place(parser: Parser, *, optional: bool = True) -> None:
    parser.add_argument("service", metavar="SERVICE", help="such as `awstui plugins` lists them")
    parser.add_argument(
        "resource",
        metavar="RESOURCE",
        nargs="?" if optional else None,
        help="the first if left out",
    )
    parser.add_argument(
        "--parent", action="append", default=[], metavar="KEY",
        help="the row it is listed under; once for each level",
    )  # fmt: skip


def _add_output(
    parser: Parser, default: str = "table", formats: tuple[str, ...] = FORMATS
) -> None:  # fmt: skip
    parser.add_argument(
        "--reveal", action="store_true", help="show what looks like a secret; the audit notes it"
    )
    parser.add_argument(
        "-o", "--output", choices=formats, default=default, help=f"the format ({default})"
    )


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)
