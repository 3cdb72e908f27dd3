"""A model of 40,000 parameters: what tests/training/test_stages.py makes of its recipe, trained for a few seconds."""

from tests.house.source import ROOT

TINY = ROOT / "tests" / "data" / "tiny_nano"
