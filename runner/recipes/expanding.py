"""A prompt written out by a language model: greedy, or drawn with the step's own seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import StoppingCriteriaList

from presets_app.core.recipes.expanding import messages
from runner.failures import cannot
from runner.progress import Progress, Report
from runner.recipes import language_models
from runner.weights import Hashes

LONGEST_PROMPT = 8192  # tokens of instruction and idea together


def expand(asked: Mapping[str, Any], root: Path, hashes: Hashes, report: Report) -> dict[str, Any]:
    """{answer, model, tokens}. Raises CannotRender, Cancelled."""
    report(Progress("load"))
    language = language_models.load(asked["model"], root, hashes, report)
    try:
        given = _given(language, str(asked["instruction"]), str(asked["text"]))
        made = _generated(language, given, asked, report)
        answer = language.tokenizer.decode(made, skip_special_tokens=True)
        return {"answer": answer, "model": language.known, "tokens": len(made)}
    finally:
        del language.model
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _given(language: language_models.Language, instruction: str, text: str) -> torch.Tensor:
    """(1, tokens) by the model's own chat template, or plainly for one without."""
    tokenizer = language.tokenizer
    if tokenizer.chat_template:
        words = tokenizer.apply_chat_template(messages(instruction, text), tokenize=False, add_generation_prompt=True)
    else:
        words = f"{instruction}\n\n{text}\n\n"
    given = tokenizer(words, return_tensors="pt", add_special_tokens=not tokenizer.chat_template)["input_ids"]
    if given.shape[1] > LONGEST_PROMPT:
        raise cannot("preset", "prompt_too_long", "The prompt is too long to be written out.", "Shorten it.")
    return torch.as_tensor(given)


def _generated(
    language: language_models.Language, given: torch.Tensor, asked: Mapping[str, Any], report: Report
) -> list[int]:
    """The new tokens. Sampling settings of the model's own are left aside, so that the step says all there is."""
    model, limit, heat = language.model, int(asked["max_tokens"]), float(asked["temperature"])
    drawn = {"do_sample": True, "temperature": heat, "top_p": 1.0, "top_k": 0} if heat else {"do_sample": False}
    given = given.to(model.device)
    torch.manual_seed(int(asked["seed"]) % 2**63)
    with torch.inference_mode():
        whole = model.generate(
            input_ids=given,
            attention_mask=torch.ones_like(given),
            max_new_tokens=limit,
            repetition_penalty=1.0,
            pad_token_id=language.tokenizer.pad_token_id or language.tokenizer.eos_token_id,
            stopping_criteria=StoppingCriteriaList([_Told(report, given.shape[1], limit)]),
            **drawn,
        )
    return [int(token) for token in whole[0, given.shape[1] :]]


class _Told:
    """Tells every new token, which also is where a cancelled step ends."""

    def __init__(self, report: Report, given: int, limit: int) -> None:
        self._report, self._given, self._limit = report, given, limit

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        self._report(Progress("text", input_ids.shape[1] - self._given, self._limit))
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
