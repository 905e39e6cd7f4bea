#!/usr/bin/env bash
# Builds the fuzz targets and runs each for some seconds, all at once: `tools/ci/fuzz.sh [SECONDS]`, 60 unless said.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds="${1:-60}"
target="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
version=0.13.2
if ! rustup run nightly rustc --version > /dev/null 2>&1; then
  echo "fuzzing needs the nightly compiler: rustup toolchain install nightly --profile minimal" >&2
  exit 1
fi
tools="$target/ci-tools"
if [ "$("$tools/bin/cargo-fuzz" --version 2> /dev/null || true)" != "cargo-fuzz $version" ]; then
  CARGO_TARGET_DIR="$tools/build" cargo install --quiet --locked --root "$tools" --version "$version" cargo-fuzz
  rm -rf "$tools/build"
fi
PATH="$tools/bin:$PATH" cargo +nightly fuzz build --fuzz-dir fuzz --target-dir "$target/fuzz"
programs="$target/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release"

# What is committed is where each run starts: the small programs of the repository, and the corpus.
seeds="$target/fuzz/seeds"
rm -rf "$seeds"
mkdir -p "$seeds"/{parser,plan_file,state}
git ls-files '*.gpb' | while read -r file; do
  [ "$(stat -c %s "$file")" -gt 3000 ] || cp "$file" "$seeds/parser/${file//\//_}"
done
for name in parser plan_file state; do
  cp fuzz/corpus/"$name"/* "$seeds/$name/"
done

declare -A running
for name in parser plan_file state; do
  found="fuzz/artifacts/$name"
  mkdir -p "$found"
  ASAN_OPTIONS=detect_odr_violation=0 "$programs/$name" "$seeds/$name" \
    -max_total_time="$seconds" -max_len=8192 -timeout=30 -rss_limit_mb=4096 -artifact_prefix="$found/" \
    > "$target/fuzz/$name.log" 2>&1 &
  running[$name]=$!
done
failed=0
for name in parser plan_file state; do
  if wait "${running[$name]}"; then
    echo "$name: $(grep -E '^#[0-9]+[[:space:]]+DONE' "$target/fuzz/$name.log" || echo done)"
  else
    failed=1
    tail -n 40 "$target/fuzz/$name.log" >&2
    echo "$name failed; repeat it: $programs/$name fuzz/artifacts/$name/FILE" >&2
  fi
done
exit "$failed"
