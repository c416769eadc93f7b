#!/usr/bin/env bash
# Which watertight to run: the one that the workflow names, the one on the PATH, or one to be built.
#
# Outputs: binary; build (true or false); root and key, where it is built and under which name that is kept.
set -euo pipefail

fail() {
  echo "::error title=watertight: could not check::$1"
  exit 2
}

binary=${INPUT_BINARY:-}
if [ -z "$binary" ]; then
  binary=$(command -v watertight || true)
fi
if [ -n "$binary" ]; then
  "$binary" --version || fail "the watertight that the workflow names or has on its PATH does not run"
  {
    echo "binary=$binary"
    echo 'build=false'
  } >>"$GITHUB_OUTPUT"
  exit 0
fi

# Exactly what it is built from, so that the cache never holds another one.
cd "$GITHUB_ACTION_PATH"
files=$(find Cargo.toml Cargo.lock build.rs src rules -type f | LC_ALL=C sort)
source=$({ echo "$files"; echo "$files" | git hash-object --no-filters --stdin-paths; } | git hash-object --stdin)
root=$RUNNER_TEMP/watertight-tool
{
  echo "binary=$root/bin/watertight"
  echo 'build=true'
  echo "root=$root"
  echo "key=watertight-$RUNNER_OS-$RUNNER_ARCH-$source"
} >>"$GITHUB_OUTPUT"
