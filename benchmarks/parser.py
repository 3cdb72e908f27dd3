"""Sentences per second of each dialect, and how many of many random strings make one raise (none may).

    python benchmarks/parser.py [--sentences 100000] [--strings 1000000] [--seed 0]

Random strings are Unicode noise (every plane, lone surrogates and NULs included), near misses of real
sentences, and shuffled words of the dialects.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator

import navila_sdk as navila

DIALECTS = ("navila", "navila-vlnce", "navila-isaac", "human")
TRAINED = (
    *(f"The next action is move forward {amount} cm." for amount in (25, 50, 75)),
    *(f"The next action is turn {side} {amount} degree." for side in ("left", "right") for amount in (15, 30, 45)),
    "I think I should stop because I have finished the instruction.",
)
SPOKEN = (
    "turn left 90 degrees, walk forward 2.5 m, go back half a metre and stop",
    "Please turn around, then walk forward twenty-five centimetres and wait for 3 seconds.",
    "rotate 45° to the right; step left 20 cm; stop.",
    "walk 2 m",
    "back up one and a half feet, then turn right by a quarter turn, and finally halt",
)
NEAR_MISSES = (
    "The next action is move forward 75 cm and then stop.",
    "The next action is moving forward 75 cm.",
    "The next action is move forward 0 cm.",
    "turn left 45",
    "I would turn left at the door.",
    "go to the red box and stop at the blue cylinder",
    "",
)
_ODD = ("½", "1/2", "1/0", "2,5", "-3", *".,;!°'\"\n\0\ud800", "nan", "inf", "1e9", "0.0", "9" * 5000)
_PIECES = [*" ".join((*SPOKEN, *TRAINED)).split(" "), *_ODD]


def corpus(rng: random.Random) -> dict[str, list[str]]:
    """Return what each dialect hears in practice: mostly its own sentences, some that are none."""

    def amounts() -> Iterator[str]:
        for number in itertools.count(1):
            yield f"The next action is move forward {number % 997 + 1} cm."
            yield f"turn {'left' if number % 2 else 'right'} {number % 179 + 1}.{number % 10} degrees"

    free = list(itertools.islice(amounts(), 3000))
    model = list(TRAINED) * 600 + free + list(NEAR_MISSES) * 50
    people = list(SPOKEN) * 60 + list(NEAR_MISSES) * 5
    rng.shuffle(model)
    rng.shuffle(people)
    return {name: people if name == "human" else model for name in DIALECTS}


def mutated(text: str, rng: random.Random) -> str:
    """Return the text with a few characters dropped, doubled, swapped or replaced."""
    letters = list(text)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(letters) + 1)
        match rng.randrange(4):
            case 0:
                del letters[place : place + rng.randint(1, 6)]
            case 1:
                letters[place:place] = letters[place : place + rng.randint(1, 9)]
            case 2:
                letters[place:place] = rng.choice(_PIECES[:-1])
            case _:
                letters[place:place] = chr(rng.randrange(0x110000))
    return "".join(letters)


def noise(rng: random.Random) -> str:
    """Return a short string of any code points, with digits and spaces among them."""
    return "".join(
        chr(rng.randrange(0x110000)) if rng.random() < 0.5 else rng.choice("0123456789 .,;°½/-m")
        for _ in range(rng.randint(0, 24))
    )


def random_text(rng: random.Random) -> str:
    """Return one hostile string."""
    match rng.randrange(4):
        case 0:
            return noise(rng)
        case 1:
            return " ".join(rng.choices(_PIECES, k=rng.randint(1, 12)))
        case _:
            return mutated(rng.choice((*TRAINED, *SPOKEN, *NEAR_MISSES)), rng)


def speed(dialect: str, texts: list[str], sentences: int) -> float:
    """Return sentences per second: the best of three, since other work on the machine only slows it."""
    parse = navila.parse_plan
    rounds = max(sentences // len(texts), 1)
    best_s = float("inf")
    for _ in range(3):
        begin_s = time.perf_counter()
        for _ in range(rounds):
            for text in texts:
                parse(text, dialect)
        best_s = min(best_s, time.perf_counter() - begin_s)
    return rounds * len(texts) / best_s


def raised_by(strings: int, rng: random.Random) -> tuple[Counter[str], Counter[str]]:
    """Return how often each dialect raised and how often it found actions, over as many random strings."""
    raised: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for _ in range(strings):
        text = random_text(rng)
        for dialect in DIALECTS:
            try:
                found[dialect] += bool(navila.parse_plan(text, dialect))
            # Any exception at all is what is counted here.
            except Exception as error:  # noqa: BLE001
                raised[dialect] += 1
                if raised[dialect] <= 3:
                    print(f"{dialect} raised {type(error).__name__}: {error!s:.100} for {text!r:.100}")
    return raised, found


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    texts = corpus(random.Random(args.seed))
    print("dialect          sentences/s")
    for dialect in DIALECTS:
        print(f"{dialect:<14}{speed(dialect, texts[dialect], args.sentences):>14,.0f}")
    raised, found = raised_by(args.strings, random.Random(args.seed))
    print(f"\n{args.strings:,} random strings    exceptions    read as actions")
    for dialect in DIALECTS:
        print(f"{dialect:<24}{raised[dialect]:>12}{found[dialect]:>19,}")
    if raised:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
