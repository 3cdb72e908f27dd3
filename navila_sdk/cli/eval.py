"""``navila eval BENCH``: a planner on a body through a benchmark, to a table, rows and a report."""

from __future__ import annotations

import click


@click.command()
@click.argument("bench", required=False)
@click.option("--split", metavar="S", help="One of the benchmark's splits (default: its first).")
@click.option("--tier", metavar="T", help="Only episodes of this tier.")
@click.option("--episodes", "count", type=int, metavar="N", help="Only the first N, in a fixed shuffled order.")
@click.option("--embodiment", "-e", metavar="E", help="Which robot (navila plugins lists them).")
@click.option("--world", "-w", metavar="W", help="Where it lives.")
@click.option("--planner", "-p", metavar="P", help="What decides.")
@click.option("--fidelity", metavar="F", help="How true to physics the world is.")
@click.option("--locomotion", metavar="L", help="What walks in physics: blind, vision, or a policy file.")
@click.option("--workers", type=int, metavar="N", help="Processes that run episodes (default: one per core).")
@click.option("--seed", type=int, help="Seed of everything random.")
@click.option("--record", type=click.Choice(("none", "failures", "all")), default="none", help="Recordings to keep.")
@click.option("--ndtw", type=click.Choice(("exact", "fastdtw")), default="exact", help="How nDTW is computed.")
@click.option("--out", metavar="DIR", help="Folder of the results; the same one goes on where it stopped.")
@click.option("--retry-errors", is_flag=True, help="Run episodes again that failed to run.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--compare", "compared", is_flag=True, help="Compare folders of results: --compare DIR1 DIR2 ...")
@click.argument("others", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def command(bench: str | None, others: tuple[str, ...], compared: bool, **given: object) -> None:
    """Run BENCH, the name of a benchmark or a file of episodes, and print its metrics.

    The same command with the same --out goes on where it stopped; no episode is lost or run twice.
    """
    if bench is None:
        wanted = "folders of results" if compared else "a benchmark (navila plugins --kind benchmark lists them)"
        raise click.UsageError(f"name {wanted}")
    if compared:
        from navila_sdk.cli.eval_compare import compare_runs

        compare_runs((bench, *others), bool(given["as_json"]))
        return
    if others:
        raise click.UsageError(f"one benchmark at a time; {others[0]!r:.60} is one word too many")
    from navila_sdk.cli.eval_run import run_benchmark

    run_benchmark(bench, given)
