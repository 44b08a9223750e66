"""What `presets check` and `presets fix` answer: problems with the fixes offered, and a document mended."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.core.documents import document_digest, parse
from presets_app.core.errors import Invalid, NotFound
from presets_app.core.lints import fixes, review
from presets_app.core.problems import Problem, has_errors
from presets_app.core.redacting import without_secrets
from presets_app.core.secrets import find
from presets_app.management.json_command import COULD_NOT, DONE, REFUSED, Answer, read_file

Document = dict[str, Any]
_MOST = 200  # fixes of one code; as many problems as are ever told


def checking(parser: ArgumentParser) -> None:
    parser.add_argument("file")
    parser.add_argument("--target", default="", help="also what this target lacks; needs the project")


def fixing(parser: ArgumentParser) -> None:
    parser.add_argument("file")
    parser.add_argument("--code", required=True, help="of the problem to mend, as `check` names it")
    parser.add_argument("--path", default=None, help="its place, where only one of several is meant")


def checked(file: str, document: Document, faults: list[Problem], more: list[Problem]) -> Answer:
    """`faults` are those of reading the file, `more` those of the target asked about."""
    problems = [*faults, *review(document), *more]
    plain = without_secrets(document)
    value = {
        "file": file,
        "name": plain.get("name"),
        "family": plain.get("family"),
        "digest": document_digest(document),
        "problems": [problem.as_json() for problem in problems],
        "fixes": [
            {"code": problem.code, "path": problem.path, **fix.as_json()}
            for problem, fix in fixes.every(problems, document)
        ],
    }
    return value, REFUSED if has_errors(problems) else DONE


def fixed(file: str, code: str, path: str | None) -> Answer:
    """The document with every problem of that code mended, or the one at `path`. Raises NotFound when there is none to
    mend. A document that still holds a secret is not printed."""
    parsed = parse(read_file(file))
    if parsed.document is None:
        return {"document": None, "problems": [problem.as_json() for problem in parsed.problems]}, COULD_NOT
    document, made = _mended(parsed.document, code, path)
    if not made:
        hint = "`presets check FILE --json` lists the fixes there are."
        raise NotFound(f"There is no fix of {code[:40]!r} for this file.", code="fix_not_found", hint=hint)
    leaks = find(document)
    if leaks:
        raise Invalid.of(leaks)
    problems = review(document)
    told = {"fixed": made, "document": document, "problems": [problem.as_json() for problem in problems]}
    return told, REFUSED if has_errors(problems) else DONE


def _mended(document: Document, code: str, path: str | None) -> tuple[Document, list[Document]]:
    """One after the other, since a fix may move what the next one is about."""
    made: list[Document] = []
    while len(made) < _MOST:
        open_ones = [p for p in review(document) if p.code == code and path in (None, p.path)]
        offered = fixes.every(open_ones, document)
        if not offered:
            break
        problem, fix = offered[0]
        document = fixes.apply(document, fix)
        made.append({"code": problem.code, "path": problem.path, **fix.as_json()})
        if path is not None:
            break
    return document, made
