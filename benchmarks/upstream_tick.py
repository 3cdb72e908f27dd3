"""One control tick the way NaVILA's own code computes it, in torch on one core, beside ours.

    python benchmarks/upstream_tick.py

Theirs, as docs of legged-loco's observations and wrappers describe it: rays into the LiDAR's frame, bins by
searching edges, the least of each cell by a scatter, a 3x3 maximum, the observation with nine remembered frames,
a network of 512-256-128. Ours: the same map in numpy, the observation builder, onnxruntime. No physics in either.
Needs torch.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from torch import nn

from navila_sdk.geometry import Twist
from navila_sdk.locomotion.controller import LocomotionController
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception import NAVILA_CELLS, HeightMap, navila_height_map

RAYS = 2848


def scan() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hits on a floor, the sensor and the base's orientation."""
    random = np.random.default_rng(0)
    hits = np.concatenate([random.uniform(-1.5, 1.5, (RAYS, 2)), np.zeros((RAYS, 1))], axis=1).astype(np.float32)
    return hits, np.array([0.0, 0.0, 0.3], np.float32), np.array([1, 0, 0, 0], np.float32)


class Theirs:
    """Map, observation and network in torch, for one robot."""

    def __init__(self) -> None:
        sizes = (909, 512, 256, 128, 12)
        layers: list[nn.Module] = []
        for i in range(4):
            layers += [nn.Linear(sizes[i], sizes[i + 1]), *([nn.ELU()] if i < 3 else [])]
        self.network = nn.Sequential(*layers)
        self.history = torch.zeros(1, 9, 45)
        self.x_edges, self.y_edges = torch.arange(-0.8, 0.2, 0.06), torch.arange(-0.8, 0.8, 0.06)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)

    @torch.inference_mode()
    def tick(self, hits: torch.Tensor, sensor: torch.Tensor, turn: torch.Tensor, proprio: torch.Tensor) -> torch.Tensor:
        """Return the action (1, 12)."""
        rays = torch.nan_to_num(hits - sensor, 0.0, 0.0, 0.0)
        w, axis = turn[0], turn[1:].expand_as(rays)
        rays = rays * (2 * w * w - 1) - torch.linalg.cross(axis, rays) * w * 2 + axis * (rays @ turn[1:])[:, None] * 2
        x, y, z = rays.T
        kept = (x > -0.8) & (x <= 0.2) & (y > -0.8) & (y <= 0.8) & (z >= 0) & (z <= 5)
        row = torch.bucketize(x[kept].contiguous(), self.x_edges) - 1
        column = torch.bucketize(y[kept].contiguous(), self.y_edges) - 1
        cells = torch.full((17 * 27,), float("inf"))
        cells = cells.scatter_reduce(0, row * 27 + column, z[kept], "amin")
        cells = torch.where(torch.isinf(cells) | (cells < 0.05), torch.zeros_like(cells), cells)
        ground = self.pool(cells.view(1, 1, 17, 27)).view(1, -1)
        self.history = torch.cat([self.history[:, 1:], proprio[None]], dim=1)
        observation = torch.cat([proprio, ground.clip(-10, 10), self.history.flatten(1)], dim=1)
        return self.network(observation)


def timed(step: object, count: int) -> float:
    """Return the median time of a call, in milliseconds."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        step()  # type: ignore[operator]
        times.append(time.perf_counter() - began)
    return 1e3 * float(np.median(times))


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", help="NaVILA's go2_vision as a policy file: navila policy import")
    parser.add_argument("--ticks", type=int, default=2000)
    args = parser.parse_args()
    torch.set_num_threads(1)
    hits, sensor, wxyz = scan()
    theirs = Theirs()
    turn = torch.tensor([-0.131, 0.0, -0.991, 0.0])
    tensors = torch.from_numpy(hits), torch.from_numpy(sensor)
    proprio = torch.zeros(1, 45)
    print(f"torch, upstream's way: {timed(lambda: theirs.tick(*tensors, turn, proprio), args.ticks):.3f} ms")
    policy = load_policy(args.policy)
    spec = policy.card.height_map
    assert spec is not None
    controller = LocomotionController(policy, list(policy.card.joints), np.zeros(12))
    still = Senses(0.0, np.zeros(12), np.zeros(12), np.array([1.0, 0, 0, 0]), np.zeros(3), np.zeros(3))

    def ours() -> None:
        below = navila_height_map(hits, sensor, wxyz).reshape(NAVILA_CELLS)
        ground = HeightMap(np.where(below > 0, -below, np.nan).astype(np.float32), spec, 0.0)
        controller.step(still, Twist(0.5), ground)

    print(f"numpy and onnxruntime, ours: {timed(ours, args.ticks):.3f} ms")


if __name__ == "__main__":
    main()
