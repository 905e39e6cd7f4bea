#!/usr/bin/env bash
# Installs the programs that check the dependencies into a private environment, once, and prints their folder.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
folder="${CARGO_TARGET_DIR:-$here/../../target}/ci-tools"
if ! cmp -s "$here/requirements.txt" "$folder/installed.txt"; then
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --root-user-action=ignore -r "$here/requirements.txt" >&2
  # The stamp is written last: an installation that was cut short is begun anew.
  cp "$here/requirements.txt" "$folder/installed.txt"
fi
echo "$folder/bin"
