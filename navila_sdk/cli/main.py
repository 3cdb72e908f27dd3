"""The navila command: verbs imported when they are called, plugins' verbs after ours, one way to fail."""

from __future__ import annotations

import difflib
import errno
import importlib
import io
import itertools
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import click

from navila_sdk.cli.console import print_error
from navila_sdk.errors import NavilaError

TRACEBACK = "NAVILA_TRACEBACK"


@attrs.frozen(slots=True)
class Verb:
    """Where a verb's click command stands, and its line in ``navila --help``."""

    target: str
    help: str


VERBS = {
    "demo": Verb("navila_sdk.cli.demo:command", "Watch a robot carry out an instruction in an apartment."),
    "run": Verb("navila_sdk.cli.run:command", "Carry out one instruction and record it."),
    "replay": Verb("navila_sdk.cli.replay:command", "Feed a recorded episode back and compare."),
    "report": Verb("navila_sdk.cli.report:command", "Make an HTML report of a recorded episode."),
    "eval": Verb("navila_sdk.cli.eval:command", "Measure a planner on a robot by a benchmark."),
    "serve": Verb("navila_sdk.cli.serve:command", "Put a planner behind a socket, for robots elsewhere."),
    "agent": Verb("navila_sdk.cli.agent:command", "Drive this robot for an operator elsewhere."),
    "tell": Verb("navila_sdk.cli.tell:command", "Give a robot's agent an instruction."),
    "twin": Verb("navila_sdk.cli.twin:command", "Play a robot's side, to rehearse with no robot."),
    "policy": Verb("navila_sdk.cli.policy:command", "Show, check or import a locomotion policy."),
    "train": Verb("navila_sdk.cli.train:command", "Train legs or a planner, or collect data for it."),
    "scene": Verb("navila_sdk.cli.scene:command", "Show a scene, or export it as a GLB."),
    "plugins": Verb("navila_sdk.cli.plugins:command", "List plugins, or show one."),
    "new": Verb("navila_sdk.cli.new:command", "Write the project of a new plugin."),
    "check": Verb("navila_sdk.cli.check:command", "Hold a plugin to the conformance kit."),
    "config": Verb("navila_sdk.cli.config:command", "Show or check the configuration."),
    "doctor": Verb("navila_sdk.cli.doctor:command", "Say what is installed, and what is missing for what."),
}


class LazyGroup(click.Group):
    """A group whose help imports no verb, and that asks plugins only for verbs it doesn't know."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return navila's own verbs."""
        return list(VERBS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their lines, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command, importing it; plugins' verbs only if it's none of ours."""
        verb = VERBS.get(cmd_name)
        if verb is not None:
            module, _, attribute = verb.target.partition(":")
            return getattr(importlib.import_module(module), attribute)
        return None if ctx.resilient_parsing else self._from_plugins().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one may have been meant."""
        name = args[0]
        command = None if name.startswith("-") else self.get_command(ctx, name)
        if command is None:
            known = [*VERBS, *self.commands]
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            guess = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"no command {name[:80]!r}.{guess} Known: {', '.join(known)}.", ctx)
        return name, command, args[1:]

    def _from_plugins(self) -> Mapping[str, click.Command]:
        from navila_sdk.config import load_plugin_table
        from navila_sdk.plugins import Plugins
        from navila_sdk.plugins.unpackaged import plugin_folder

        table = load_plugin_table()
        plugins = Plugins(table.disable, table.strict, plugin_folder(table.path))
        plugins.hooks().add_commands(self)
        return self.commands


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"navila {version('navila-sdk')}")
    ctx.exit()


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def navila() -> None:
    """One vision-language-action model drives any registered robot or simulator.

    Try: navila demo
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the run failed, 2 the input was wrong, 130 interrupted."""
    args = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_run(args))


def _run(args: list[str]) -> int:
    as_json = "--json" in args
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another encoding gets '\\xfc' for a letter it lacks
            stream.reconfigure(errors="backslashreplace")
    try:
        _check_places(args)
        code = navila.main(args, prog_name="navila", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        _show_click_error(error, as_json)
        return error.exit_code
    except NavilaError as error:
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        print_error(type(error).__name__, str(error), as_json)
        return error.exit_code
    except OSError as error:
        return _quiet_exit() if error.errno == errno.EPIPE else _unexpected(error, as_json)
    except Exception as error:  # noqa: BLE001 - the outermost frame: a user gets a sentence, not a traceback
        return _unexpected(error, as_json)
    return code if isinstance(code, int) else 0


def _check_places(args: Sequence[str]) -> None:
    """Make sure that no file or folder is named by an empty text; that would be taken for none.

    Raises:
        click.UsageError: One is; such as an unset variable in a script.
    """
    for option in ("--out", "-o", "--folder", "--config"):
        if f"{option}=" in args or (option, "") in itertools.pairwise(args):
            raise click.UsageError(f"{option}: expected text that isn't empty; leave the option out for its default")


def _show_click_error(error: click.ClickException, as_json: bool) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f" (see {context.command_path} --help)" if context else ""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and error.ctx.parent is not None:
        group = error.ctx.command
        known = ", ".join(group.list_commands(error.ctx) if isinstance(group, click.Group) else ())
        print_error("UsageError", f"{error.ctx.command_path} needs one of: {known}{hint}", as_json)
        return
    print_error(type(error).__name__, f"{error.format_message()}{hint}", as_json)


def _unexpected(error: Exception, as_json: bool) -> int:
    if os.environ.get(TRACEBACK):
        traceback.print_exc()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<frozen")]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    text = " ".join(str(error).split())[:300]
    told = f"unexpected {type(error).__name__}: {text}{where}; run with {TRACEBACK}=1 for the traceback"
    print_error(type(error).__name__, told, as_json)
    return 1


def _quiet_exit() -> int:
    """Leave without a word: whoever read our output went away (``navila plugins | head``)."""
    # Python flushes stdout once more while exiting; that must not fail aloud.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    main()
