#!/usr/bin/env bash
# Builds watertight from the source of this action into $ROOT.
set -euo pipefail

if ! command -v cargo >/dev/null; then
  echo '::error title=watertight: could not check::there is no cargo to build it with: install Rust in a step' \
    'before this one, or a watertight on the PATH'
  exit 2
fi
# Not in the checkout: cargo would do there what the pull request's `.cargo/config.toml` and
# `rust-toolchain.toml` say.
cd "$GITHUB_ACTION_PATH"
CARGO_TARGET_DIR=$RUNNER_TEMP/watertight-target cargo install --locked --path . --root "$ROOT"
