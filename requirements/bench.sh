#!/bin/sh
# What the benchmarks compare with, in a folder of its own: diffusers would import scipy wherever it finds it, and the
# runner that is measured would be another one.
set -eu
PLACE=.venv/bench
[ -f "$PLACE/.$(cksum < requirements/bench.txt | cut -d' ' -f1)" ] && exit 0
rm -rf "$PLACE"
.venv/bin/python -m pip --disable-pip-version-check install -q --no-deps --target "$PLACE" -r requirements/bench.txt || {
  echo "  scikit-image could not be installed: its figures are left out" >&2
  rm -rf "$PLACE"
  exit 0
}
touch "$PLACE/.$(cksum < requirements/bench.txt | cut -d' ' -f1)"
