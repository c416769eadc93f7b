#!/usr/bin/env bash
# Which commit the change is compared with. A shallow checkout lacks it: it is fetched, that one alone.
#
# Output: since, a full commit, or nothing if everything is to be checked.
set -euo pipefail

fail() {
  echo "::error title=watertight: could not check::$1"
  exit 2
}

# In a container, the checkout belongs to somebody else.
repository() {
  git -C "$INPUT_PATH" -c safe.directory='*' "$@"
}

commit_of() {
  repository rev-parse --verify --quiet "$1^{commit}"
}

# What GitHub checks out for a pull request is the merge of both sides. Its first parent is the base as it
# is now; the one that the event names may be older, and what others did since then would count as well.
# The object names its parents also where a shallow clone does not have them.
base_of_pull_request() {
  local parents first second
  parents=$(repository cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p')
  first=$(echo "$parents" | sed -n 1p)
  second=$(echo "$parents" | sed -n 2p)
  if [ -n "$second" ] && [ "$second" = "${PULL_REQUEST_HEAD:-}" ]; then
    echo "$first"
  else
    echo "$PULL_REQUEST_BASE"
  fi
}

# GitHub writes zeros where there is no commit.
is_commit() {
  case $1 in *[!0]*) true ;; *) false ;; esac
}

since=''
if [ -n "${INPUT_SINCE:-}" ]; then
  since=$INPUT_SINCE
elif [ -n "${PULL_REQUEST_BASE:-}" ]; then
  since=$(base_of_pull_request)
elif [ -n "${MERGE_GROUP_BASE:-}" ]; then
  since=$MERGE_GROUP_BASE
elif is_commit "${PUSH_BEFORE:-}"; then
  since=$PUSH_BEFORE
elif [ -n "${PUSH_BEFORE:-}" ] && [ "$GITHUB_REF" != "refs/heads/$DEFAULT_BRANCH" ]; then
  # The first push of a branch: nothing was there before. It will be merged into the default branch.
  since=$DEFAULT_BRANCH
fi

case $since in
  '' | none)
    echo 'Everything is checked.'
    echo 'since=' >>"$GITHUB_OUTPUT"
    exit 0
    ;;
  -*) fail "no commit begins with a dash" ;;
esac

if ! commit=$(commit_of "$since"); then
  depth=''
  if [ "$(repository rev-parse --is-shallow-repository)" = true ]; then
    depth=--depth=1
  fi
  # Without a depth, nothing at all may be given: not even an empty word.
  repository fetch --quiet --no-tags ${depth:+"$depth"} origin "$since" ||
    fail "the base can't be fetched: check out with its history (fetch-depth: 0), or let checkout keep its token"
  commit=$(commit_of FETCH_HEAD)
fi
echo "Compared with $commit."
echo "since=$commit" >>"$GITHUB_OUTPUT"
