"""What transformers calls the keys and values that go into a model and come out: its name changed in 5.24."""

from __future__ import annotations

import inspect

from transformers import LlamaModel

CACHE = "cache" if "cache" in inspect.signature(LlamaModel.forward).parameters else "past_key_values"
"""Name of the argument, and of the attribute of what a model returns."""
