#!/usr/bin/env bash
set -eu
cd "$ROOT"
for name in cart users; do
  docker build -t "$REGISTRY/$name" "$name"
  docker push "$REGISTRY/$name"
done
