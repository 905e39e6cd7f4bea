#!/usr/bin/env bash
# Measures how long a change of one line takes until the tests of its crate have passed: seconds to build, seconds to test.
# Works in a checkout of its own with a target folder of its own; nothing else should run on the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree="$(mktemp -d)"
trap 'git worktree remove --force "$tree/gpb"; rm -rf "$tree"' EXIT
git worktree add --quiet --detach "$tree/gpb" HEAD
cd "$tree/gpb"
export CARGO_TARGET_DIR="$tree/target" CARGO_TERM_COLOR=never

# Prints the seconds that a command takes; its output is shown where it fails.
seconds() {
  local start end
  start="$(date +%s%N)"
  "$@" >"$tree/log" 2>&1 || { cat "$tree/log" >&2; exit 1; }
  end="$(date +%s%N)"
  printf '%d.%d' $(((end - start) / 1000000000)) $(((end - start) / 100000000 % 10))
}

printf '%-12s %8s %8s\n' crate build test
for crate in gpb-lang:crates/lang/src/lib.rs gpb-check:crates/check/src/lib.rs gpb-engine:crates/engine/src/lib.rs \
  gpb-aws:crates/aws/src/lib.rs gpb:src/main.rs; do
  name="${crate%%:*}" file="${crate#*:}"
  tests=(cargo test --locked --no-default-features -p "$name")
  # The command has the tests of all crates together; its own are those of its faces.
  if [ "$name" = gpb ]; then filter=(--test it cli); else filter=(); fi
  seconds "${tests[@]}" --no-run >/dev/null
  printf 'const _: () = ();\n' >>"$file"
  build="$(seconds "${tests[@]}" --no-run)"
  printf '%-12s %8s %8s\n' "$name" "$build" "$(seconds "${tests[@]}" "${filter[@]}")"
done
