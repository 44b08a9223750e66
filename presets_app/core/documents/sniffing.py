"""What some bytes are when they are not a text document, said by name."""

from __future__ import annotations

from presets_app.core.documents.limits import Unreadable

UTF8_BOM = b"\xef\xbb\xbf"
_FTYP = slice(4, 8)
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive", "Unpack it and give the preset file inside."),
    (b"PK\x05\x06", "an empty ZIP archive", "Give the preset file itself."),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "Import it as a ComfyUI picture to read the workflow embedded in it."),
    (b"\xff\xd8\xff", "a JPEG picture", "Give the preset file itself."),
    (b"GIF8", "a GIF picture", "Give the preset file itself."),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)", "Give the preset file itself."),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video", "Import it as a video to read the workflow embedded in it."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"%PDF", "a PDF document", "Give the preset file itself."),
    (b"\x7fELF", "a program", "Give the preset file itself."),
    (b"SQLite format 3", "an SQLite database", "Give the preset file itself."),
    (b"\x80\x02", "a Python pickle", "Pickles are never opened here; export the preset as JSON."),
    (b"\x80\x04", "a Python pickle", "Pickles are never opened here; export the preset as JSON."),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(data: bytes) -> str:
    """The UTF-8 text of `data` without a byte order mark. Raises Unreadable and names what the bytes are."""
    _refuse_known_binaries(data)
    try:
        text = data.removeprefix(UTF8_BOM).decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise Unreadable(
            "encoding_invalid",
            f"The text is not UTF-8: byte {fault.start + 1:,} (line {line:,}) fits no character.",
            "Save the file as UTF-8.",
        ) from None
    if not text.strip():
        raise Unreadable("document_empty", "The document is empty.", "Give a preset as JSON or YAML.")
    return text


def _refuse_known_binaries(data: bytes) -> None:
    for signature, words, hint in _SIGNATURES:
        if data.startswith(signature):
            raise _not_text(words, hint)
    if data[_FTYP] == b"ftyp":
        raise _not_text("an MP4 video", "Import it as a video to read the workflow embedded in it.")
    if data[8:10] == b'{"' and data[4:8] == bytes(4):
        raise _not_text("a safetensors weights file", "Weights are pinned in the manifest; give the preset file.")
    if data.startswith(_UTF16):
        raise Unreadable("encoding_invalid", "The text is UTF-16, not UTF-8.", "Save the file as UTF-8.")
    if b"\0" in data:
        raise _not_text("a binary file", "Give a preset as JSON or YAML text.")


def _not_text(words: str, hint: str) -> Unreadable:
    return Unreadable("document_not_text", f"This is {words}, not a JSON or YAML document.", hint)
