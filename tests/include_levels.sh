#!/bin/sh
# Fails when a source includes upwards, lies outside of the known rooms, or a room holds too much. The levels are those of the design: who
# may know whom.
#
#    0 monitor/base      1 monitor/reach, monitor/database    2 the contracts: checks/, remedies/remedy.h, monitor/sinks/sink.h
#    3 checks/browser    4 checks/ej         5 checks/inside, checks/web, and what Rocket.Chat was seen to say
#    6 the other rooms of checks/, remedies/ and monitor/sinks/
#    7 conf              8 monitor/core, monitor/rules    9 monitor/store (and monitor/engine)
#   10 monitor/watch    11 monitor/heal, monitor/reports    12 monitor/tell    13 monitor/serve
#   14 monitor/daemon, monitor/commands, main
#
# A file includes its own level or a lower one; of levels 1, 5 and 6 a room knows no other room of its level. checks/ itself holds contracts only;
# no folder holds more than 25 .c files.
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
    if (file ~ /^monitor\/(reach|database)\/[^\/]*$/) return 1
    if (file ~ /^checks\/(finding|option|option_sets|check|code|explanation)\.[ch]$/ || file == "remedies/remedy.h" || file == "monitor/sinks/sink.h") return 2
    if (file ~ /^checks\/browser\/[^\/]*$/) return 3
    if (file ~ /^checks\/ej\/[^\/]*$/) return 4
    if (file ~ /^checks\/(inside|web)\/[^\/]*$/ || file ~ /^checks\/rocketchat\/rocket_(info|seen|settings)\.h$/) return 5
    if (file ~ /^checks\/[^\/]*\/[^\/]*$/ || file ~ /^remedies\/[^\/]*\/[^\/]*$/ || file ~ /^monitor\/sinks\/[^\/]*$/) return 6
    if (file ~ /^conf\/[^\/]*$/) return 7
    if (file ~ /^monitor\/(core|rules)\/[^\/]*$/) return 8
    if (file ~ /^monitor\/(store|engine)\/[^\/]*$/) return 9
    if (file ~ /^monitor\/watch\/[^\/]*$/) return 10
    if (file ~ /^monitor\/(heal|reports)\/[^\/]*$/) return 11
    if (file ~ /^monitor\/tell\/[^\/]*$/) return 12
    if (file ~ /^monitor\/serve\/[^\/]*$/) return 13
    if (file ~ /^monitor\/(daemon|commands)\/[^\/]*$/ || file == "monitor/main.c") return 14
    return -1
  }
  function folder(file) { sub(/\/[^\/]*$/, "", file); return file }
  function complain(text) { print text; wrong++ }
  $1 == "stray" { complain($2 ": lies outside of the known folders") }
  $1 == "file" {
    files++; exists[$2] = 1
    if (level($2) < 0) complain($2 ": is on no level: which room does it belong to?")
    if ($2 ~ /\.c$/ && $2 ~ /^(checks|monitor)\// && ++held[folder($2)] == 26) complain(folder($2) ": holds more than 25 .c files: split it")
  }
  $1 == "include" {
    includes++
    if (!($4 in exists)) { complain($2 ":" $3 ": \"" $4 "\" is no file from the root"); next }
    from = level($2); to = level($4)
    if (to > from) complain($2 ":" $3 ": level " from " includes " $4 " of level " to)
    if (from == to && (from == 1 || from == 5 || from == 6) && folder($2) != folder($4)) complain($2 ":" $3 ": " folder($2) " includes " $4)
  }
  END {
    if (!wrong) print files " files, " includes " includes, none upwards"
    exit wrong ? 1 : 0
  }'
