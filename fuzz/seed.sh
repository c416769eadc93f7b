#!/usr/bin/env bash
# Fills `fuzz/corpus` with what the fuzzer starts from: `bash fuzz/seed.sh`. Fixtures of `testdata/` stay where
# they are, and what they don't hold is in `fuzz/seeds`. The dependencies become those that ship.
set -euo pipefail
cd "$(dirname "$0")"
largest=8192
cp ../Cargo.lock Cargo.lock

# Copies small files into the corpus of a target, each by what it holds.
seed() {
  local target=$1
  shift
  mkdir -p "corpus/$target"
  for file in "$@"; do
    if [ -f "$file" ] && [ "$(wc -c <"$file")" -le "$largest" ]; then
      cp "$file" "corpus/$target/$(git hash-object "$file")"
    fi
  done
}

shopt -s nullglob globstar
sources=../testdata/sources
seed compose seeds/compose/* "$sources"/compose/**/*.{yml,yaml} "$sources"/kubernetes/look-alikes/*
seed kubernetes "$sources"/kubernetes/**/*.{yaml,yml,json}
seed contracts seeds/contracts/* "$sources"/{openapi,asyncapi,proto,codegen}/**/*.{yaml,yml,json,proto}
seed dockerfile "$sources"/dockerfile/**/Dockerfile*
seed addresses seeds/addresses/*
seed settings seeds/settings/* ../testdata/**/.env ../testdata/**/*.dockerignore
seed repository seeds/repository/*

# One file of a repository each: `\001`, the letter that stands for its path, and the text.
pieces=$(mktemp -d)
trap 'rm -r "$pieces"' EXIT
piece() {
  local letter=$1 file
  shift
  for file in "$@"; do
    { printf '\001%s' "$letter"; cat "$file"; } >"$pieces/$letter-$(git hash-object "$file")"
  done
}
piece a seeds/compose/* "$sources"/compose/**/*.{yml,yaml}
piece c "$sources"/kubernetes/**/*.yaml
piece e "$sources"/dockerfile/**/Dockerfile
piece s "$sources"/proto/**/*.proto
piece t "$sources"/openapi/**/*.yaml
piece j "$sources"/cargo/**/crates/app/Cargo.toml ../testdata/invalid/**/Cargo.toml
seed repository "$pieces"/*
