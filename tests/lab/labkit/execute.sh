#!/bin/sh
# Stands for `docker exec`: runs a command as if inside a running service's container, and passes its exit status on.
#
#     execute.sh DIR web|nginx COMMAND [ARGUMENT...]
#
# The environment is the container's and not the caller's, and so is the working directory. Shell, since a check asks six times.
dir=$1 service=$2
shift 2

fail() {
  echo "$2" >&2
  exit "$1"
}

# PID START: whether the process of that start time (in ticks since boot) is there, and no zombie.
alive() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- "$2" ${line##*) }
  [ "$2" != Z ] && [ "$2" != X ] && [ "${21}" = "$1" ]
}

[ $# -gt 0 ] || fail 1 "\"docker exec\" requires at least 2 arguments: in-$service COMMAND"
pid=0 start=0 restarts=0
read -r pid start restarts 2>/dev/null <"$dir/run/$service.child"
if ! alive "$pid" "$start"; then
  [ "${restarts:-0}" -gt 0 ] && state='is restarting, wait until the container is running' || state='is not running'
  fail 1 "Error response from daemon: Container $service $state"
fi
. "$dir/run/$service.inside" # goes to the folder, sets PATH, and defines inside(), which becomes the command
command -v "$1" >/dev/null || fail 127 "OCI runtime exec failed: exec failed: unable to start container process: exec: \"$1\": executable file not found in \$PATH"
inside "$@" </dev/null
