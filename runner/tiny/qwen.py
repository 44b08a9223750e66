"""A tiny language model of Qwen 2.5's class, untrained: what it writes is noise, by the same path as real words."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from runner.tiny.filling import fill

_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_MARKS: dict[str, Any] = {
    "eos_token": "<|im_end|>",
    "pad_token": "<|endoftext|>",
    "additional_special_tokens": ["<|im_start|>"],
}
_START, _STOP = "bdfgklmnprstvz", "aeiou"


class TinyQwen:
    """Both parts, with the one method that the tiny store asks for."""

    def __init__(self) -> None:
        words = ["".join(letters) for letters in itertools.product(_START, _STOP)]
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *letters, *(f"Ġ{word}" for word in words)]
        self.tokenizer = _tokenizer({name: index for index, name in enumerate(dict.fromkeys(names))})
        self.model = _model(len(dict.fromkeys(names)))

    def save_pretrained(self, place: Path, **_: Any) -> None:
        self.model.save_pretrained(place)
        self.tokenizer.save_pretrained(place)


def qwen() -> TinyQwen:
    """The whole model, filled; nothing is written."""
    return TinyQwen()


def _tokenizer(vocabulary: dict[str, int]) -> PreTrainedTokenizerFast:
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        chat_template=_TEMPLATE,
        **_MARKS,
    )


def _model(size: int) -> Qwen2ForCausalLM:
    """Letters are made unlikely, so that what is drawn looks like words; nothing else is special."""
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=16384,
            tie_word_embeddings=False,
            eos_token_id=2,
            pad_token_id=0,
        )
    )
    fill(model, "tiny-qwen-2.5", gains={"lm_head": 6.0})
    with torch.no_grad():
        model.lm_head.weight[: 3 + 256] = 0.0
    model.eval()
    return model
