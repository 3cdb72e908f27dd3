"""A Ray cluster of two nodes on this machine; one of them is killed while both are in the middle of an episode.

Run by test_backends.py in a process of its own: Ray has threads, signal handlers and warnings of its own.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from ray.cluster_utils import Cluster

from tests.evaluation.places import command

STORE = 80 * 2**20
NO_CLUSTER = 77


def lives(pid: str) -> bool:
    """Whether a process runs; one that only waits to be buried doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def main(folder: Path) -> None:
    node = {"num_cpus": 1, "object_store_memory": STORE}
    try:
        cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        second = cluster.add_node(**node)
        cluster.wait_for_nodes()
    except Exception as error:  # noqa: BLE001 - Ray's own start gives up on a machine that is too busy
        sys.stderr.write(f"{type(error).__name__}: {error}"[:300])
        sys.exit(NO_CLUSTER)
    nodes = len(cluster.list_all_nodes())
    words = ["--backend", "ray", "--ray-address", cluster.address, "--workers", "2", "--retries", "1"]
    running = subprocess.Popen(command(folder, *words), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while len(list(folder.glob("waiting-*"))) < 2:
        if running.poll() is not None:
            sys.exit(f"it ended before both nodes waited: {running.stderr.read().decode()}")
        time.sleep(0.05)
    workers = [path.name.partition("-")[2] for path in folder.glob("waiting-*")]
    cluster.remove_node(second, allow_graceful=False)
    while all(lives(worker) for worker in workers):  # a node's workers outlive it for a moment
        time.sleep(0.05)
    (folder / "go").touch()
    _, told = running.communicate(timeout=300)
    if running.returncode not in (0, 1):
        sys.exit(told.decode())
    cluster.shutdown()
    sys.stdout.write(json.dumps({"nodes": nodes}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
