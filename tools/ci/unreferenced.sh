#!/usr/bin/env bash
# Fails when a committed snapshot is used by no test. The argument is the list that insta wrote while all tests ran
# (INSTA_SNAPSHOT_REFERENCES_FILE).
set -euo pipefail
cd "$(dirname "$0")/../.."
unused="$(comm -23 <(git ls-files '*.snap' | sort -u) <(sed "s#^$PWD/##" "$1" | while read -r path; do realpath --relative-to=. "$path"; done | sort -u))"
if [ -n "$unused" ]; then
  printf 'snapshots that no test uses:\n%s\n' "$unused" >&2
  exit 1
fi
