#!/usr/bin/env bash
# Measures how long a crate's own tests take after a change of one line: compiling, linking and running.
#
# Prints processor seconds (user and system; they hold on a busy machine too) and seconds of the clock. Works in a clone
# of its own, so that nothing of the working tree is touched.
#
#   tools/ci/test-times.sh [REVISION [TABLE]]     # HEAD, and the table below
#
# A line of the table: a part, a file of it, and the command that runs its own tests.
set -euo pipefail
root="$(git -C "$(dirname "$0")" rev-parse --show-toplevel)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
table="${2:+$(realpath "$2")}"
git clone --quiet --shared "$root" "$folder/gpb"
cd "$folder/gpb"
git checkout --quiet "${1:-HEAD}"
export CARGO_TERM_COLOR=never

parts() {
  cat <<'PARTS'
lang crates/lang/src/lib.rs cargo test -p gpb-lang
check crates/check/src/lib.rs cargo test -p gpb-check
engine crates/engine/src/lib.rs cargo test -p gpb-engine
aws crates/aws/src/lib.rs cargo test -p gpb-aws
cli src/cli/mod.rs cargo test --no-default-features --test it cli
PARTS
}

measure() {
  local part="$1" file="$2"
  shift 2
  "$@" >/dev/null 2>&1 || { echo "$part: its tests fail" >&2; exit 1; }
  printf '// One line more.\n' >>"$file"
  local TIMEFORMAT='%U %S %R'
  { time "$@" >/dev/null 2>&1; } 2>"$folder/time"
  awk -v part="$part" '{ printf "%-8s %7.1f s of processor %7.1f s\n", part, $1 + $2, $3 }' "$folder/time"
  git checkout --quiet "$file"
}

while read -r part file command; do
  # shellcheck disable=SC2086
  measure "$part" "$file" $command
done < <(if [ -n "$table" ]; then cat "$table"; else parts; fi)
