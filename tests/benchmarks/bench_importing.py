"""What reading a ComfyUI workflow costs: `python -m tests.benchmarks.bench_importing`.

The peer is json.loads of the same text. Goals: a graph of the size of the largest published one in under a second of
CPU, and a cost per node at 100 times the nodes that grows no more than that of json.loads does.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import (
    SUBGRAPH,
    instance,
    loader,
    lora,
    node,
    reroute,
    sampler,
    subgraph,
    workflow,
)

ROUNDS = 7
STEP = 5  # nodes of one link in the chain below
SMALL = 300  # nodes; the largest of the published LTX and WAN workflows has about 100


def graph_of(nodes: int) -> dict[str, Any]:
    """Loaders, LoRAs (every other one bypassed), reroutes, samplers and instances of a subgraph, chained."""
    drawn: list[dict[str, Any]] = [loader(0)]
    wires = []
    for first in range(1, nodes, STEP):
        drawn += [lora(first), lora(first + 1, mode=4), reroute(first + 2), sampler(first + 3)]
        drawn.append(instance(first + 4, [first, 20]))
        wires += [(first - STEP + 2 if first > 1 else 0, 0, first, 0, "MODEL"), (first, 0, first + 1, 0, "MODEL")]
        wires += [(first + 1, 0, first + 2, 0, "*"), (first + 2, 0, first + 3, 0, "MODEL")]
        wires += [(first + 2, 0, first + 4, 0, "MODEL"), (first + 4, 0, first + 3, 3, "LATENT")]
    inner = [sampler(3), node(4, "VAEDecode")]
    ends = [(-10, 0, 3, 0, "MODEL"), (-10, 1, 3, 4, "INT"), (-10, 2, 3, 5, "INT"), (3, 0, -20, 0, "LATENT")]
    inputs = [("model", "MODEL"), ("seed", "INT"), ("steps", "INT")]
    return workflow(drawn, wires, subgraph(SUBGRAPH, inner, ends, inputs, [("LATENT", "LATENT")]))


def cpu_of(call: Callable[[], object], rounds: int) -> float:
    """Median seconds of CPU of one call."""
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        call()
        spent.append(time.process_time() - before)
    return statistics.median(spent)


def measured(nodes: int, rounds: int) -> tuple[float, float]:
    """Seconds of CPU of the peer and of reading."""
    value = graph_of(nodes)
    text = json.dumps(value)
    peer, ours = cpu_of(lambda: json.loads(text), rounds), cpu_of(lambda: read(value), rounds)
    size = f"{nodes:>6} nodes, {len(text) / 1e6:5.1f} MB"
    sys.stdout.write(
        f"{size}: json.loads {peer * 1e3:8.2f} ms, reading {ours * 1e3:8.2f} ms, ratio {ours / peer:.1f}\n"
    )
    return peer, ours


def main() -> int:
    read(graph_of(SMALL))  # the table of node classes is loaded once
    costs = [measured(SMALL, ROUNDS * 5), measured(SMALL * 100, ROUNDS)]
    (small_peer, small), (peer, ours) = costs
    grown, peer_grown = ours / small / 100, peer / small_peer / 100
    sys.stdout.write(f"cost per node at 100 times the nodes: {grown:.2f} times (json.loads {peer_grown:.2f})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
