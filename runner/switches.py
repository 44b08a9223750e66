"""Environment of a rendering process. Libraries read these when they are loaded, so the parent sets them at birth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# diffusers' names of attention kernels, by a preset's. Setting one on a model sets it for the whole process, and taking
# it off does not: another one needs another process.
ATTENTION = {"sdpa": "native", "native": "native", "math": "_native_math"}
ATTENTION_SWITCH = "DIFFUSERS_ATTN_BACKEND"
DETERMINISM = {
    "OMP_NUM_THREADS": "1",  # two threads on two busy cores were 10 to 40 times slower, and round differently
    "MKL_NUM_THREADS": "1",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONHASHSEED": "0",
}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "DISABLE_TELEMETRY": "1",
}
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "PYTHONPATH",
    "KUBERNETES_SERVICE_HOST",  # only whether it is set: this process runs in a container
    "MATCHFRAME_HASHES",
    "MATCHFRAME_IMAGE",
)


def of_process(document: Mapping[str, Any]) -> dict[str, str]:
    """What a document needs to be so for the whole process that renders it."""
    asked = (document.get("runtime") or {}).get("attention") or "sdpa"
    return {ATTENTION_SWITCH: ATTENTION.get(asked, ATTENTION["sdpa"])}
