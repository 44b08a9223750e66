"""What a field is called in a sentence: ("stages", 0, "seed") is "seed of stage 1"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Part = str | int
# Words where the key's own spelling would read badly; every other key is said with spaces for underscores.
_WORDS = {
    "fps": "frame rate (fps)",
    "loras": "LoRAs",
    "crf": "quality (crf)",
    "min_vram_gib": "smallest GPU memory (GiB)",
    "min_ram_gib": "smallest memory (GiB)",
    "vae_dtype": "VAE dtype",
    "vae_tiling": "VAE tiling",
    "vae_slicing": "VAE slicing",
    "gpu": "GPU",
    "sha256": "SHA-256",
    "prompt_expansion": "prompt expansion",
}
_ONE_OF = {
    "stages": "stage",
    "loras": "LoRA",
    "shots": "shot",
    "references": "reference",
    "items": "item",
    "sigmas": "sigma",
    "environment": "environment entry",
    "labels": "label",
}


def label_of(parts: Sequence[Part], names: Mapping[tuple[Part, ...], str] | None = None) -> str:
    """The field in words. `names` gives elements of lists a name of their own, keyed by their whole path:
    {("stages", 0): "base stage"} makes "seed of the base stage"."""
    words: list[str] = []
    for index, part in enumerate(parts):
        whole = tuple(parts[: index + 1])
        named = (names or {}).get(whole)
        if named:
            words[-1:] = [named]
        elif isinstance(part, int):
            one = _ONE_OF.get(str(parts[index - 1])) if index else None
            words[-1:] = [f"{one} {part + 1}"] if one else [*words[-1:], f"entry {part + 1}"]
        else:
            words.append(_WORDS.get(part, part.replace("_", " ")))
    return " of ".join(reversed(words)) or "document"


def phrase_of(parts: Sequence[Part], names: Mapping[tuple[Part, ...], str]) -> str:
    """The field as a short phrase for a diff: ("stages", 0, "seed") is "seed (base stage)", and "seed" alone when
    `names` gives the stage an empty name."""
    words: list[str] = []
    aside = ""
    for index, part in enumerate(parts):
        whole = tuple(parts[: index + 1])
        if isinstance(part, str):
            words.append(_WORDS.get(part, part.replace("_", " ")))
            continue
        name = names.get(whole, f"{_ONE_OF.get(str(parts[index - 1]), 'entry')} {part + 1}")
        words[-1:] = [name] if parts[index - 1] != "stages" or len(parts) == index + 1 else []
        aside = name if parts[index - 1] == "stages" and len(parts) > index + 1 else aside
    phrase = " ".join(word for word in words if word) or "document"
    return f"{phrase} ({aside})" if aside else phrase
