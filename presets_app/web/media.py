"""Videos and pictures by digest, for members of the project they belong to; with byte ranges, so that players seek."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from presets_app.core.permissions import Actor
from presets_app.queries import media
from presets_app.queries.projects import Project
from presets_app.web.access import in_project

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)  # longer numbers are no place in any file
_CHUNK = 1 << 18


@in_project("GET", "HEAD")
def show(request: HttpRequest, project: Project, actor: Actor, *, digest: str, kind: str) -> HttpResponseBase:
    """One artifact of this project, as the fixed type of its kind; never as what the file claims to be."""
    found = media.find(project, digest, kind)
    start, end = _wanted(request.headers.get("Range", ""), found.size)
    if start is None or end is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.size}"})
    whole = "Range" not in request.headers
    body: Iterator[bytes] = (
        iter(()) if request.method == "HEAD" else _bytes(media.stream(found), start, end - start + 1)
    )
    response = StreamingHttpResponse(body, status=200 if whole else 206, content_type=found.media_type)
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    if not whole:
        response["Content-Range"] = f"bytes {start}-{end}/{found.size}"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = f'inline; filename="{digest[:12]}{found.suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _wanted(header: str, size: int) -> tuple[int | None, int | None]:
    """First and last byte, both included; (None, None) when the range cannot be met."""
    if not header:
        return 0, size - 1
    match = _RANGE.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        return None, None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end) if start <= end else (None, None)


def _bytes(stream: IO[bytes], start: int, count: int) -> Iterator[bytes]:
    with stream:
        stream.seek(start)
        while count > 0 and (chunk := stream.read(min(_CHUNK, count))):
            count -= len(chunk)
            yield chunk
