"""``navila policy``: show a policy's card, check it against a robot, make a policy file of a foreign network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from navila_sdk.cli.console import print_json, print_table

if TYPE_CHECKING:
    from navila_sdk.locomotion.card import Origin


@click.group()
def command() -> None:
    """Show, check or import a locomotion policy."""


@command.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def show(file: str, as_json: bool) -> None:
    """Show what a policy file says about itself. FILE is a path, or PACKAGE:PATH."""
    from navila_sdk.locomotion.policy import load_policy
    from navila_sdk.locomotion.read_card import named_file

    card = load_policy(named_file(file)).card
    if as_json:
        print_json(json.loads(card.to_json()))
        return
    click.echo(f"{card.embodiment}, {card.kind}, {card.rate_hz:g} Hz, {card.inputs} inputs, {len(card.joints)} joints")
    click.echo(f"{card.origin.summary} ({card.origin.licence or 'no licence named'})")
    if card.origin.trained_by:
        click.echo("; ".join(_made_by(card.origin)))
    rows = [(t.name, str(card.size_of(t.name)), _short(t.scale), str(t.clip or "")) for t in card.terms]
    print_table(("term", "numbers", "scale", "clip"), rows)
    if card.history is not None:
        past = card.history
        whole = sum(card.size_of(name) for name in past.terms) * past.frames
        click.echo(
            f"and {whole} numbers of the last {past.frames} moments, {past.order}, {past.stacking} by {past.stacking}: "
            + ", ".join(past.terms)
        )
    rows = [(n, f"{s.default_rad:g}", f"{s.kp:g}", f"{s.kd:g}") for n, s in card.joints.items()]
    rows += [(f"{n} (held)", f"{s.default_rad:g}", f"{s.kp:g}", f"{s.kd:g}") for n, s in card.held.items()]
    print_table(("joint", "angle rad", "kp N m/rad", "kd N m s/rad"), rows)


def _made_by(origin: Origin) -> Iterator[str]:
    yield f"made by {origin.trained_by}"
    if origin.commit:
        yield f"at {origin.commit}"
    if origin.seed is not None:
        yield f"seed {origin.seed}"


def _short(scale: tuple[float, ...]) -> str:
    return ", ".join(f"{factor:g}" for factor in scale)


@command.command()
@click.argument("file")
@click.option("--embodiment", "-e", metavar="E", help="Robot to check it against (default: the card's).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: str, embodiment: str | None, as_json: bool) -> None:
    """Check that a policy file is sound and fits a robot. FILE is a path, or PACKAGE:PATH."""
    from navila_sdk.locomotion.choose import robot_model
    from navila_sdk.locomotion.controller import check_joints, check_map
    from navila_sdk.locomotion.model_file import joint_names
    from navila_sdk.locomotion.policy import load_policy
    from navila_sdk.locomotion.read_card import named_file
    from navila_sdk.plugins import Plugins

    policy = load_policy(named_file(file))
    body = Plugins().embodiment(embodiment or policy.card.embodiment)
    check_joints(policy, joint_names(robot_model(body)))
    check_map(policy, body)
    if as_json:
        print_json({"file": file, "embodiment": body.name, "kind": policy.card.kind, "ok": True})
    else:
        click.echo(f"{file}: sound, and fits {body.name}")


@command.command("import")
@click.argument("file")
@click.option("--card", metavar="CARD", help="TOML file that describes it, or PACKAGE:PATH.")
@click.option("--embodiment", "-e", metavar="E", help="Robot it's for, of an .onnx file that describes itself.")
@click.option("--out", required=True, metavar="OUT", help="Policy file to write (.onnx).")
@click.option(
    "--activation", type=click.Choice(("elu", "relu", "tanh")), default="elu", show_default=True, help="Between layers."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_(file: str, card: str | None, embodiment: str | None, out: str, activation: str, as_json: bool) -> None:
    """Make a policy file of a foreign network.

    FILE is an actor's plain arrays (.npz) or TorchScript (.pt, .jit) with a card; or an .onnx: with the metadata
    that mjlab's exporter writes and a robot, or with a card.
    """
    from navila_sdk.locomotion.foreign import import_policy
    from navila_sdk.locomotion.read_card import named_file
    from navila_sdk.plugins import Plugins

    body = Plugins().embodiment(embodiment) if embodiment else None
    described = import_policy(named_file(file), Path(out), named_file(card) if card else None, body, activation)
    if as_json:
        print_json({"file": file, "policy": out, "inputs": described.inputs, "joints": len(described.joints)})
    else:
        click.echo(f"wrote {out}: {described.inputs} inputs, {len(described.joints)} joints")
