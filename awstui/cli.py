"""The command line; the console's start path, on which nothing heavy is imported."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from awstui import __version__
from awstui.headless.exits import Exit, explained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awstui.registry import Registry
    from awstui.wire import Start

FORMATS = ("table", "json", "jsonl", "csv")
_CORE = ("demo", "ls", "describe", "plugins", "info")
_SLOW = {"TEXTUAL_FPS": "15", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_COLOR_SYSTEM": "256"}
_UNSET: dict[str, Any] = {
    "command": "", "run": None, "plugin": None, "target": "", "output": "table",
    "profile": "", "region": "", "endpoint_url": "", "read_only": False, "plugins": [],
    "slow_terminal": False, "go": "",
}  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave with one line and the status for it."""
        self.exit(Exit.USAGE, f"awstui: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``awstui``; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments, registry = _read(words)
        if arguments.command == "demo" and arguments.serve is not None:
            from awstui.demo.process import serve

            return serve(arguments.serve)
        if arguments.command in ("", "demo"):
            return open_console(arguments)
        from awstui.headless.running import run

        return run(arguments, _start(arguments), registry or _load(arguments))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def open_console(arguments: argparse.Namespace) -> int:
    """Start the engine, and only then import the interface: both load at the same time."""
    _need_terminal()
    _set_terminal(slow=arguments.slow_terminal)
    start = _start(arguments)
    server = None
    if arguments.command == "demo":
        from awstui.demo.process import DemoServer

        server = DemoServer.start()
        _only_demo(server.environment)
        start.endpoint_url, start.demo = server.url, True
        start.profile = start.region = ""
    try:
        return _run_console(start, arguments)
    finally:
        if server is not None:
            server.stop()


def _run_console(start: Start, arguments: argparse.Namespace) -> int:
    gc.disable()  # half of the time to import is collection; the console enables it once painted
    from awstui.link import PipeLink

    link = PipeLink(start)
    try:
        from awstui import paths
        from awstui.ui.address import known
        from awstui.ui.app import AwsTui, run

        crashes = paths.state_folder() / "crashes"
        registry = _load(arguments)
        if arguments.go and not known(arguments.go, registry):
            Parser(prog="awstui").error(f"nothing is called {arguments.go!r}")
        return run(AwsTui(link, registry, start, crash_folder=crashes, go=arguments.go))
    finally:
        link.cut()


def _need_terminal() -> None:
    """Without a terminal say what works without one."""
    if os.environ.get("TERM", "dumb") in ("", "dumb"):
        why = "the console needs a terminal that can draw, and TERM is unset or dumb"
    elif not (sys.stdout.isatty() and sys.stdin.isatty()):
        why = "the console needs a terminal for input and output"
    else:
        return
    Parser(prog="awstui").error(f"{why}; without one use `awstui ls SERVICE`")


def _set_terminal(*, slow: bool) -> None:
    """Textual reads these when it is imported; what the person set stays."""
    if slow or "SSH_CONNECTION" in os.environ:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if slow:
        for name, value in _SLOW.items():
            os.environ.setdefault(name, value)


def _only_demo(environment: dict[str, str]) -> None:
    """Take every trace of a real account out of the environment: the demo must never reach one."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment)


def _start(arguments: argparse.Namespace) -> Start:
    from awstui.wire import Start

    return Start(
        profile=arguments.profile,
        region=arguments.region,
        endpoint_url=arguments.endpoint_url,
        read_only=arguments.read_only,
        plugin_folders=_folders(arguments),
    )


def _folders(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The person's own folder of plugins, then the ones named here; the later wins."""
    from awstui import paths

    own = str(paths.plugin_folder())
    return (own, *(os.path.abspath(folder) for folder in arguments.plugins))  # noqa: PTH100  cheap


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
    group.add_argument("--profile", metavar="NAME", help="the profile of ~/.aws/config to use")
    group.add_argument("--region", metavar="REGION", help="the region to work in")
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
            sub = _add(commands, command.name, command.help)
            command.add(sub)
            _add_output(sub)
            target = next((one.dest for one in sub._get_positional_actions()), "")  # noqa: SLF001
            sub.set_defaults(run=command, plugin=plugin, target=target)
    return parser


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
    plugins = _add(commands, "plugins", "the plugins there are, and what is wrong with them")
    plugins.add_argument("--check", action="store_true", help="check what each declares")
    _add_output(plugins)
    _add_output(_add(commands, "info", "versions, paths and who we are"))


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
        "-o", "--output", choices=formats, default=default, help=f"the format ({default})"
    )


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)
