#!/bin/sh
# The browser tests' tools: Playwright for Python, driving Debian's Chromium.
set -eu
.venv/bin/python -c 'import playwright' 2>/dev/null || .venv/bin/python -m pip install -q -r requirements/e2e.txt
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
  echo "The browser tests need Chromium. Install it, or set CHROMIUM=/path/to/chromium." >&2
  exit 1
fi
