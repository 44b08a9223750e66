#!/bin/sh
# Make .venv and install the pinned packages. Torch comes first and by itself: an exact pin through pip takes a CPU
# wheel where one is at hand, and everything after finds its need for torch already met.
set -eu
say() { printf '  %s\n' "$1"; }
PYTHON="${PYTHON:-python3.11}"
command -v "$PYTHON" >/dev/null 2>&1 || { echo "Matchframe needs Python 3.11; '$PYTHON' was not found. Install it, or call make with PYTHON=/path/to/python3.11." >&2; exit 1; }
"$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Matchframe needs Python 3.11; '$PYTHON' is another version. Call make with PYTHON=/path/to/python3.11." >&2; exit 1; }
command -v git >/dev/null 2>&1 || { echo "Matchframe needs git on the PATH; install it and run make again." >&2; exit 1; }
if ! .venv/bin/python -c '' >/dev/null 2>&1; then
  say "making the virtual environment"
  rm -rf .venv
  "$PYTHON" -m venv .venv
fi
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
say "installing pip (1 of 4)"
pip install -q -r requirements/pip.txt
say "installing torch, the largest package (2 of 4)"
pip install -q "$(grep '^torch==' requirements/runner.txt)"
say "installing the app and the runner (3 of 4)"
pip install -q -r requirements/web.txt -r requirements/runner.txt
say "installing test and lint tools (4 of 4)"
pip install -q -r requirements/dev.txt
