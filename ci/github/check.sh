#!/usr/bin/env bash
# Checks once, and writes every report: annotations and the summary of the job, SARIF, Markdown, outputs.
#
# Ends as watertight does: 0 is clean, 1 are findings, 2 is "could not check", which is another thing.
set -euo pipefail

# A folder of its own: what an earlier step left behind is not taken for a result.
folder=$(mktemp -d "$RUNNER_TEMP/watertight.XXXXXX")
markdown=${INPUT_MARKDOWN:-$folder/comment.md}

arguments=(check --format github)
arguments+=(--report "json=$folder/report.json")
arguments+=(--report "sarif=$folder/all.sarif")
arguments+=(--report "markdown=$markdown")
if [ -n "${SINCE:-}" ]; then
  arguments+=("--since=$SINCE")
fi
if [ -n "${INPUT_CONFIG:-}" ]; then
  arguments+=("--config=$INPUT_CONFIG")
fi
while IFS= read -r owner; do
  if [ -n "$owner" ]; then
    arguments+=("--owner=$owner")
  fi
done <<<"${INPUT_OWNER:-}"
while IFS= read -r argument; do
  if [ -n "$argument" ]; then
    arguments+=("$argument")
  fi
done <<<"${INPUT_ARGS:-}"

status=0
"$WATERTIGHT" "${arguments[@]}" -- "$INPUT_PATH" || status=$?

# Without a document the run could not go on; why, the log says.
if [ -f "$folder/report.json" ]; then
  python=$(command -v python3 || command -v python)
  "$python" "$GITHUB_ACTION_PATH/ci/github/outputs.py" "$folder" >>"$GITHUB_OUTPUT"
  echo "markdown=$markdown" >>"$GITHUB_OUTPUT"
fi
case $status in
  0) verdict=clean ;;
  1) verdict=findings ;;
  2)
    verdict=problems
    if [ ! -f "$folder/report.json" ]; then
      verdict=error
    fi
    ;;
  *) verdict=error ;;
esac
echo "verdict=$verdict" >>"$GITHUB_OUTPUT"

case $verdict in
  problems)
    echo '::error title=watertight: could not check everything::an input could not be read; what could be' \
      'read breaks no rule'
    ;;
  error)
    echo "::error title=watertight: could not check::the run ended with $status; the log says why. This" \
      'says nothing about the change'
    echo '### watertight could not check' >>"$GITHUB_STEP_SUMMARY"
    ;;
esac
exit "$status"
