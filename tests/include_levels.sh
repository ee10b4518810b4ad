#!/bin/sh
# Fails when a source includes upwards, or lies outside of the known folders. The levels are those of the design: who may know whom.
#
#   0 base   1 contracts   2 checks, remedies, sinks   3 conf   4 core, rules   5 engine, reports   6 daemon, commands, main
#
# A file includes its own level or a lower one. Of level 2, checks do not know remedies or sinks, and the reverse.
# Usage: sh tests/include_levels.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/..}"

list=$(mktemp)
trap 'rm -f "$list"' EXIT

# Every source of the program, and every quoted include as FILE:LINE:NAME.
find monitor checks remedies conf -name '*.[ch]' | LC_ALL=C sort >"$list"
[ -s "$list" ] || { echo "no sources here"; exit 1; }

{
  sed 's/^/file /' "$list"
  tr '\n' '\0' <"$list" | xargs -0 grep -Hn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' /dev/null |
    sed 's/^\([^:]*\):\([0-9]*\):[^"]*"\([^"]*\)".*/include \1 \2 \3/'
  # Sources at other places than below the known folders; tests build their own programs.
  find . -name '*.[ch]' ! -path './monitor/*' ! -path './checks/*' ! -path './remedies/*' ! -path './conf/*' ! -path './tests/*' ! -path './build/*' \
    ! -path './.git/*' | sed 's/^/stray /'
} | awk '
  function level(file) {
    if (file ~ /^monitor\/base\/[^\/]*$/) return 0
    if (file ~ /^checks\/(finding|option|check)\.h$/ || file == "remedies/remedy.h" || file == "monitor/sinks/sink.h") return 1
    if (file ~ /^(checks|remedies|monitor\/sinks)\/[^\/]*$/) return 2
    if (file ~ /^conf\/[^\/]*$/) return 3
    if (file ~ /^monitor\/(core|rules)\/[^\/]*$/) return 4
    if (file ~ /^monitor\/(engine|reports)\/[^\/]*$/) return 5
    if (file ~ /^monitor\/(daemon|commands)\/[^\/]*$/ || file == "monitor/main.c") return 6
    return -1
  }
  function folder(file) { sub(/\/[^\/]*$/, "", file); return file }
  function complain(text) { print text; wrong++ }
  $1 == "stray" { complain($2 ": lies outside of the known folders") }
  $1 == "file" { files++; exists[$2] = 1; if (level($2) < 0) complain($2 ": is on no level: which folder does it belong to?") }
  $1 == "include" {
    includes++
    if (!($4 in exists)) { complain($2 ":" $3 ": \"" $4 "\" is no file from the root"); next }
    from = level($2); to = level($4)
    if (to > from) complain($2 ":" $3 ": level " from " includes " $4 " of level " to)
    if (from == 2 && to == 2 && folder($2) != folder($4)) complain($2 ":" $3 ": " folder($2) " includes " $4)
  }
  END {
    if (!wrong) print files " files, " includes " includes, none upwards"
    exit wrong ? 1 : 0
  }'
