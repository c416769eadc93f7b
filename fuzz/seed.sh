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
seed catalog seeds/catalog/* "$sources"/catalog/**/*.{yml,yaml}
seed code ../src/**/*.rs ../testdata/monorepos/**/*.rs
seed compose seeds/compose/* "$sources"/compose/**/*.{yml,yaml} "$sources"/kubernetes/look-alikes/*
seed kubernetes "$sources"/kubernetes/**/*.{yaml,yml,json}
seed pipelines "$sources"/{github,gitlab}/**/*.yml "$sources"/gitlab/**/.gitlab-ci.yml
seed kustomize "$sources"/{kustomize,helm}/**/*.yaml
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
piece s "$sources"/kustomize/**/base/kustomization.yaml
piece t "$sources"/kustomize/**/{overlay,staging,production,cart}/kustomization.yaml
piece u "$sources"/kustomize/**/components/**/kustomization.yaml
piece v "$sources"/kustomize/**/{more,cart-env}.yaml
piece w "$sources"/helm/**/Chart.yaml
piece x "$sources"/helm/**/values*.yaml
piece e "$sources"/dockerfile/**/Dockerfile
piece '{' "$sources"/catalog/**/*.yaml
piece '}' "$sources"/proto/**/*.proto
piece '~' "$sources"/openapi/**/*.yaml
piece $'\200' "$sources"/github/**/workflows/*.yml
piece $'\203' "$sources"/gitlab/**/.gitlab-ci.yml
piece j "$sources"/cargo/**/crates/app/Cargo.toml ../testdata/invalid/**/Cargo.toml
seed repository "$pieces"/*
