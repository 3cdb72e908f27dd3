"""NaVILA's model as one object: frames and an instruction in, a sentence or a choice out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.errors import InstructionError
from navila_sdk.memory import navila_indices
from navila_sdk.vla.config import CheckpointConfig, read_config
from navila_sdk.vla.decode import Block, Prefill, TreeDecoder, fill, write_freely
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.network import VlaNetwork, load_network
from navila_sdk.vla.sentences import TRAINED
from navila_sdk.vla.tokens import IMAGE_ID, PromptTokenizer
from navila_sdk.vla.trie import Choice, Trie, make_trie

Decode = Literal["grammar", "free"]
Frames = Sequence[NDArray[np.uint8]]
_TEXTS_KEPT = 1024
_INSTRUCTION_TOKENS = 150
"""Compiled code has room for instructions of that length; with longer ones it isn't used."""


@attrs.frozen(slots=True)
class Answer:
    """What the model said.

    Attributes:
        text: The sentence.
        choice: Probabilities within the grammar; None where it wrote freely.
        seconds: Wall time by stage, ``prefill`` and ``decode``, of all that were answered together. Where a device
            works on its own, a stage ends when it was handed over; only their sum is waited for.
        tokens: Tokens of the prompt.
        reused: Those of them that were taken from the step before.
    """

    text: str
    choice: Choice | None
    seconds: Mapping[str, float]
    tokens: int
    reused: int


class NavilaModel:
    """A checkpoint ready to answer.

    Args:
        config: Its shape.
        network: Its network.
        tokenizer: Its tokenizer.
        sentences: The legal answers of ``decode="grammar"``.
    """

    def __init__(
        self,
        config: CheckpointConfig,
        network: VlaNetwork,
        tokenizer: PromptTokenizer,
        sentences: Sequence[str] = TRAINED,
    ) -> None:
        self.config, self.network, self.tokenizer = config, network, tokenizer
        self.trie: Trie = make_trie(sentences, [tokenizer.answer_ids(text) for text in sentences])
        self._tree = TreeDecoder(network, self.trie, tokenizer.stop_ids)
        first = next(network.parameters())
        self.device, self.dtype = first.device, first.dtype
        self._black: Tensor | None = None
        self._texts: dict[tuple[int, ...], Tensor] = {}

    @classmethod
    def from_pretrained(
        cls,
        path: str | Path,
        dtype: str = "float32",
        device: str = "cpu",
        progress: Callable[[str, int, int], None] = lambda *_: None,
        sentences: Sequence[str] = TRAINED,
        quantize: str = "",
        compile: bool = False,
    ) -> NavilaModel:
        """Load a checkpoint.

        Args:
            path: Its folder, in upstream's layout, or a hub id such as ``a8cheng/navila-llama3-8b-8f``.
            dtype: ``float32``, ``bfloat16`` or ``float16``.
            device: Where, as torch names it.
            progress: Told (part, tensors read, tensors there are).
            sentences: The legal answers of ``decode="grammar"``.
            quantize: ``int8`` or ``int4``: how the language model's weights are stored; empty is as ``dtype`` says.
            compile: Compile what answers one robot; takes a minute or so, the first time.

        Raises:
            CheckpointError: Something is missing, damaged or doesn't fit, or torch can't compile here.
            MissingDependencyError: A package of the extra ``vla``, or ``quantize``, isn't installed.
        """
        from navila_sdk.vla.hub import local_folder
        from navila_sdk.vla.quantize import check_quantize
        from navila_sdk.vla.quantize import quantize as quantized

        check_quantize(quantize, device)
        config = read_config(local_folder(path))
        tokenizer = PromptTokenizer(config.folder / "llm" / "tokenizer.json", config.prompt)
        # What is quantized comes from the CPU, so that the device never holds the whole of it.
        network = load_network(config, dtype, "cpu" if quantize else device, progress)
        model = cls(config, quantized(network, quantize, device) if quantize else network, tokenizer, sentences)
        if compile:
            model.compile(progress)
        return model

    def pixels(self, frame: NDArray[np.uint8] | None) -> Tensor:
        """Return a frame as the tower reads it (3, side, side), float32; None is black.

        Raises:
            ObservationError: No such array.
        """
        config = self.config
        return torch.from_numpy(pixels_of(frame, config.side_px, config.mean, config.deviation))

    def encode_pixels(self, pixels: Sequence[Tensor]) -> list[Tensor]:
        """Return the tokens (T, hidden) of several pictures (3, side, side), in one pass."""
        with torch.inference_mode():
            return list(self.network.frame_tokens(torch.stack(list(pixels)).to(self.device, self.dtype)))

    def encode(self, frame: NDArray[np.uint8] | None) -> Tensor:
        """Return a frame's tokens (T, hidden); None is black, and encoded once."""
        if frame is not None:
            return self.encode_pixels([self.pixels(frame)])[0]
        if self._black is None:
            self._black = self.encode_pixels([self.pixels(None)])[0]
        return self._black

    def blocks(self, instruction: str, frames: Sequence[tuple[object, Tensor]]) -> list[Block]:
        """Return the prompt as stretches of text and frames.

        Args:
            instruction: What to do.
            frames: Key and tokens (T, hidden) of each frame the model sees.

        Raises:
            InstructionError: The instruction can't be put into a prompt, or the prompt is longer than the context.
        """
        ids = self.tokenizer.prompt_ids(instruction, len(frames))
        length = len(ids) + sum(int(tokens.shape[0]) - 1 for _, tokens in frames)
        # The longest answer must fit, too.
        most = self.config.context - int(self.trie.depths.max()) - 2
        if length > most:
            raise InstructionError(
                f"the instruction makes a prompt of {length} tokens, and this model takes {most}; shorten it by about "
                f"{length - most} tokens ({instruction[:60]!r}...)"
            )
        blocks: list[Block] = []
        run: list[int] = []
        seen = iter(frames)
        for token in [*ids, IMAGE_ID]:
            if token != IMAGE_ID:
                run.append(token)
                continue
            blocks.append(self._text(tuple(run)))
            run = []
            found = next(seen, None)
            if found is not None:
                blocks.append(Block(found[0], found[1]))  # type: ignore[arg-type]
        return blocks

    def _text(self, ids: tuple[int, ...]) -> Block:
        # Kept, because bringing ids to a device waits for everything that is under way there.
        found = self._texts.get(ids)
        if found is None:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            found = self._texts[ids] = self.network.embed(torch.tensor(ids, dtype=torch.long, device=self.device))
        return Block(ids, found)

    def compile(self, told: Callable[[str, int, int], None] = lambda *_: None) -> None:
        """Compile the passes that answer one robot, and warm them up; see ``CompiledPasses``.

        Args:
            told: Told (``compile``, shapes done, shapes there are).

        Raises:
            CheckpointError: Torch can't compile here.
        """
        from navila_sdk.vla.compiled import CompiledPasses
        from navila_sdk.vla.keyvalues import rounded

        config = self.config
        frames = config.num_frames * config.tokens_per_frame
        wanted = len(self.tokenizer.prompt_ids("Go.", config.num_frames)) + frames + _INSTRUCTION_TOKENS
        compiled = CompiledPasses(self.network, rounded(wanted + self.trie.size))
        compiled.warm_up(config.side_px, told)
        self.network.compiled = compiled

    def answer(
        self,
        instruction: str,
        frames: Sequence[tuple[object, Tensor]],
        prefill: Prefill,
        decode: Decode = "grammar",
        max_new_tokens: int = 32,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Answer:
        """Return what the model says to an instruction and the frames it sees; see ``blocks`` and ``write_freely``."""
        with torch.inference_mode():
            began = time.perf_counter()
            blocks = self.blocks(instruction, frames)
            if decode == "grammar":
                return self.choose([prefill], [blocks])[0]
            logits = prefill.run(blocks)
            filled = time.perf_counter()
            stops = self.tokenizer.stop_ids
            ids = write_freely(self.network, prefill, logits, stops, max_new_tokens, temperature, generator)
            text = self.tokenizer.text_of(ids).strip()
            ended = time.perf_counter()
        seconds = {"prefill": filled - began, "decode": ended - filled}
        return Answer(text, None, seconds, prefill.length, prefill.reused)

    def choose(self, prefills: Sequence[Prefill], prompts: Sequence[Sequence[Block]]) -> list[Answer]:
        """Return what the model says to several prompts within the grammar, all in two passes.

        Args:
            prefills: What is kept of each robot's last prompt.
            prompts: The prompts, as ``blocks`` gives them.
        """
        with torch.inference_mode():
            began = time.perf_counter()
            logits = fill(self.network, prefills, prompts, self.trie.size)
            filled = time.perf_counter()
            choices = self._tree.choose(prefills, logits)
            ended = time.perf_counter()
        seconds = {"prefill": filled - began, "decode": ended - filled}
        return [
            Answer(self.trie.sentences[choice.index], choice, seconds, prefill.length, prefill.reused)
            for choice, prefill in zip(choices, prefills, strict=True)
        ]

    def _sampled(self, frames: Frames) -> list[tuple[object, Tensor]]:
        picked = navila_indices(len(frames), self.config.num_frames)
        return [(index, self.encode(None if index is None else frames[index])) for index in picked]

    def logits(self, frames: Frames, instruction: str) -> NDArray[np.float32]:
        """Return the logits after every token of the prompt, float32 (L, V).

        Args:
            frames: uint8 (H, W, 3) each, oldest first, the whole history; which are seen is the model's business.
            instruction: What to do.

        Raises:
            InstructionError: The instruction can't be put into a prompt.
            ObservationError: A frame isn't an RGB picture.
        """
        with torch.inference_mode():
            blocks = self.blocks(instruction, self._sampled(frames))
            embeddings = torch.cat([block.embeddings for block in blocks])[None]
            return self.network.llm(inputs_embeds=embeddings, use_cache=False).logits[0].float().cpu().numpy()

    def generate(self, frames: Frames, instruction: str, decode: Decode = "grammar", max_new_tokens: int = 32) -> str:
        """Return the sentence; arguments and errors as ``logits``."""
        prefill = Prefill(self.network)
        return self.answer(instruction, self._sampled(frames), prefill, decode, max_new_tokens).text
