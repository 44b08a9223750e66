from __future__ import annotations

import ast
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings

from presets_app.backends.diffusers import importing
from presets_app.backends.diffusers.exporting import to_form
from presets_app.core.ledger import leaves, unaccounted
from tests.backends.diffusers.documents import Document, documents, effective, wan
from tests.backends.diffusers.documents import example as ltx

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def carried(document: Document) -> Any:
    return json.loads(json.dumps(to_form(document).output))


@SLOW
@given(documents())
@example(wan())
@example(ltx())
def test_every_effective_value_comes_back_from_the_call(document: Document) -> None:
    back = importing.to_document(carried(document))
    assert back.document is not None
    assert effective(back.document) == effective(document)
    assert [problem for problem in back.problems if problem.severity == "error"] == []


@SLOW
@given(documents())
@example(wan())
@example(ltx())
def test_every_effective_value_comes_back_from_the_script(document: Document) -> None:
    script = carried(document)["script"]
    assert importing.recognises_script(script)
    back = importing.from_script(script)
    assert back.document is not None
    assert effective(back.document) == effective(document)
    assert [problem for problem in back.problems if problem.severity == "error"] == []


@SLOW
@given(documents())
def test_the_losses_account_for_everything_both_ways(document: Document) -> None:
    there = to_form(document)
    fields = [path for path, _ in leaves(there.output)]
    assert unaccounted(document, fields, there.losses) == set()
    back = importing.to_document(there.output)
    assert {path for path in fields if path not in {loss.target_path for loss in back.losses}} == set()


@SLOW
@given(documents())
def test_a_document_that_diffusers_can_render_is_written_without_errors_and_as_python(document: Document) -> None:
    there = to_form(document)
    assert [problem for problem in there.problems if problem.severity == "error"] == []
    assert there.output["call"]["prompt"] == document["prompt"]
    ast.parse(there.output["script"])
    assert importing.recognises(there.output)
