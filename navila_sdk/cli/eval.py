"""``navila eval BENCH``: a planner on a body through a benchmark, to table, rows and report; and its smaller verbs."""

from __future__ import annotations

import click

_CONTROLS = ("no-image", "no-instruction", "random", "forward", "oracle")
_COMPATS = ("sdk", "vlnce", "navila", "isaac-bench")


class EvalGroup(click.Group):
    """A group whose first word may also be a benchmark's name: then that benchmark is run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take everything that doesn't begin with a smaller verb as the options of ``run``."""
        asks_help = bool(args) and args[0] in ctx.help_option_names
        if not asks_help and (not args or args[0] not in self.commands):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how a benchmark is run."""
        formatter.write_usage(ctx.command_path, "BENCH [OPTIONS] | COMMAND ...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of a run, then the smaller verbs."""
        run.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=EvalGroup)
def command() -> None:
    """Run BENCH, the name of a benchmark or a file of episodes, and print its metrics.

    The same command with the same --out goes on where it stopped; no episode is lost or run twice.
    """


@command.command(hidden=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("bench", required=False)
@click.option("--split", metavar="S", help="One of the benchmark's splits (default: its first).")
@click.option("--tier", metavar="T", help="Only episodes of this tier.")
@click.option("--episodes", "count", type=int, metavar="N", help="Only the first N, in a fixed shuffled order.")
@click.option("--part", metavar="K/N", help="Only this machine's share of them; navila eval merge joins the folders.")
@click.option("--embodiment", "-e", metavar="E", help="Which robot (navila plugins lists them).")
@click.option("--world", "-w", metavar="W", help="Where it lives.")
@click.option("--planner", "-p", metavar="P", help="What decides.")
@click.option("--fidelity", metavar="F", help="How true to physics the world is.")
@click.option("--locomotion", metavar="L", help="What walks in physics: blind, vision, or a policy file.")
@click.option(
    "--control", "controls", multiple=True, type=click.Choice(_CONTROLS), help="Run this beside it; repeatable."
)
@click.option("--workers", type=int, metavar="N", help="Processes that run episodes (default: one per core).")
@click.option("--backend", type=click.Choice(("process", "ray")), default="process", help="What runs the workers.")
@click.option("--ray-address", metavar="A", default="", help="Ray cluster (default: RAY_ADDRESS, or this machine).")
@click.option("--gpus-per-worker", type=float, default=0.0, metavar="X", help="Share of a GPU for each, on Ray.")
@click.option("--devices", metavar="0,1", default="", help="GPUs handed round to the processes.")
@click.option("--retries", type=int, default=1, metavar="N", help="Tries more for one whose worker died or hung.")
@click.option("--timeout", "timeout_s", type=float, default=3600.0, metavar="S", help="Seconds an episode may take.")
@click.option("--seed", type=int, help="Seed of everything random.")
@click.option("--record", type=click.Choice(("none", "failures", "all")), default="none", help="Recordings to keep.")
@click.option("--compat", type=click.Choice(_COMPATS), default="sdk", help="Whose definitions of the metrics.")
@click.option(
    "--ndtw", type=click.Choice(("exact", "fastdtw")), help="How nDTW is computed (default: as --compat does)."
)
@click.option("--out", metavar="DIR", help="Folder of the results; the same one goes on where it stopped.")
@click.option("--retry-errors", is_flag=True, help="Run episodes again that failed to run.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--list", "listed", is_flag=True, help="List benchmarks and controls; with BENCH, count its splits.")
@click.option("--compare", "compared", is_flag=True, help="Compare folders of results: --compare DIR1 DIR2 ...")
@click.argument("others", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def run(bench: str | None, others: tuple[str, ...], compared: bool, listed: bool, **given: object) -> None:
    """Run a benchmark."""
    if others and not compared:
        raise click.UsageError(f"one benchmark at a time; {others[0]!r:.60} is one word too many")
    if listed:
        from navila_sdk.cli.eval_list import list_benchmarks

        list_benchmarks(bench, given)
        return
    if bench is None:
        wanted = "folders of results" if compared else "a benchmark (navila eval --list shows them)"
        raise click.UsageError(f"name {wanted}")
    if compared:
        from navila_sdk.cli.eval_compare import compare_runs

        compare_runs((bench, *others), bool(given["as_json"]))
        return
    from navila_sdk.cli.eval_run import run_benchmark

    run_benchmark(bench, given)


@command.command()
@click.argument("out")
@click.argument("folders", nargs=-1, required=True)
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def merge(out: str, folders: tuple[str, ...], **given: object) -> None:
    """Join FOLDERS of results, made with the same settings on several machines, in the folder OUT."""
    from navila_sdk.cli.eval_merge import merge_runs

    merge_runs(out, folders, given)


@command.command()
@click.argument("folder")
@click.option(
    "--format", "form", required=True, metavar="F", help="navila, isaac-bench, or one of the benchmark's own."
)
@click.option("--out", metavar="DIR", help="Folder to write to (default: export/ in the results).")
@click.option("--chunks", type=int, default=1, metavar="N", help="Files the format navila is split into.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the files' paths as a JSON list.")
def export(folder: str, **given: object) -> None:
    """Write the results in FOLDER in a form that upstream's tools or a leaderboard read."""
    from navila_sdk.cli.eval_export import export_results

    export_results(folder, given)
