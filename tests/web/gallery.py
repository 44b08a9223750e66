"""Renders every page with sample rows to files, and with --shots photographs them in Chromium.

python -m tests.web.gallery --out DIR [--shots] [--only home,parity]
"""

from __future__ import annotations

import argparse
import functools
import http.server
import re
import shutil
import sys
import threading
from pathlib import Path

import django
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
POLICY = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def set_up() -> None:
    """The least of Django that templates need: no database, no sessions."""
    if settings.configured:
        return
    tags = [f"presets_app.templatetags.{name}" for name in ("matchframe", "editing")]
    builtins = ["template_partials.templatetags.partials", *tags]
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"builtins": builtins},
    }
    apps = ["django.contrib.staticfiles", "django_htmx", "template_partials"]
    urls = {"ROOT_URLCONF": "tests.web.gallery_urls", "STATIC_URL": "/static/", "STATICFILES_DIRS": [ROOT / "static"]}
    settings.configure(
        INSTALLED_APPS=apps, TEMPLATES=[engine], SECRET_KEY="sample", USE_TZ=True, USE_I18N=False, **urls
    )
    django.setup()


def render(out: Path, only: set[str]) -> list[str]:
    from django.template.loader import render_to_string

    from tests.web import sample_media
    from tests.web.sample_pages import pages

    out.mkdir(parents=True, exist_ok=True)
    if not (out / "media" / "right.mp4").exists():
        sample_media.make(out / "media")
    shutil.copytree(ROOT / "static", out / "static", dirs_exist_ok=True)
    package = Path(str(sys.modules["django_htmx"].__file__)).parent
    shutil.copytree(package / "static", out / "static", dirs_exist_ok=True)
    written = []
    for name, (template, context) in pages().items():
        if only and name not in only:
            continue
        (out / f"{name}.html").write_text(render_to_string(template, context), encoding="utf-8")
        written.append(name)
    return written


def shoot(out: Path, names: list[str], sizes: list[str], themes: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    handler = functools.partial(_Quiet, directory=str(out))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        for size in sizes:
            width, height = SIZES[size]
            for theme in themes:
                view = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                view.on("console", lambda said: sys.stderr.write(f"  console: {said.text}\n"))
                view.on("pageerror", lambda fault: sys.stderr.write(f"  error: {fault}\n"))
                for name in names:
                    view.goto(f"{address}/{name}.html", wait_until="load")
                    view.wait_for_timeout(120)
                    wide = view.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if wide > 0:
                        sys.stderr.write(f"  {name} {size} {theme}: {wide} px wider than the screen\n")
                    view.screenshot(path=str(out / f"{name}.{size}.{theme}.png"), full_page=True)
                view.close()
        browser.close()
    server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the files under the product's own content policy, so that a breach of it shows on the console."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_GET(self) -> None:
        """Parts of a video are asked for by Range; without an answer to it a browser cannot seek."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            super().do_GET()
            return
        body = path.read_bytes()
        start, end = int(asked[1]), int(asked[2] or len(body) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
        self.send_header("Content-Length", str(end + 1 - start))
        self.end_headers()
        self.wfile.write(body[start : end + 1])

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shots", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sizes", default="desktop,phone")
    parser.add_argument("--themes", default="dark,light")
    given = parser.parse_args()
    set_up()
    names = render(given.out, set(filter(None, given.only.split(","))))
    if given.shots:
        shoot(given.out, names, given.sizes.split(","), given.themes.split(","))
    sys.stdout.write(f"{len(names)} pages in {given.out}\n")


if __name__ == "__main__":
    main()
