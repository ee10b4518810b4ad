#!/bin/sh
# Installs the Debian packages that build, tests and demo need; says which are missing and why they are wanted. Does nothing when all are there.
set -eu

build="gcc make pkg-config libc6-dev libev-dev libcurl4-openssl-dev libssl-dev libpq-dev libmongoc-dev libjansson-dev libidn2-dev libpsl-dev libsqlite3-dev libyaml-dev"
tests="libcmocka-dev valgrind clang clang-format libclang-rt-14-dev mandoc curl python3-pytest python3-jsonschema python3-requests python3-pip ca-certificates openssl procps util-linux"
lab="nginx-light postgresql gunicorn python3-django libjs-jquery python3-invoke python3-psycopg2 python3-pymongo"
browser="chromium libnss3-tools"
docker="docker.io debootstrap iproute2 busybox-static"

missing() {
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || printf ' %s' "$package"
  done
}

wanted=""
say() { # WHY PACKAGES
  list=$(missing $2)
  [ -z "$list" ] || { echo "deps: missing for $1:$list"; wanted="$wanted$list"; }
}
say "the build" "$build"
say "the tests" "$tests"
say "the lab and the demo (real nginx, PostgreSQL, Django)" "$lab"
say "the browser's own verdicts on framing and login" "$browser"
say "remedies through a real Docker Engine" "$docker"
# An older Go will do: it fetches a newer one.
if ! command -v mongod >/dev/null && ! PATH="$PATH:/usr/local/go/bin:/usr/lib/go/bin" command -v go >/dev/null; then
  say "building FerretDB, a MongoDB server for the lab" golang-go
fi
[ -n "$wanted" ] || exit 0

command -v apt-get >/dev/null || { echo "deps: this is no Debian; install the packages above by hand" >&2; exit 1; }
as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "deps: run as root or install sudo: apt-get install$wanted" >&2; exit 1; }
  as_root=sudo
fi
# nginx and PostgreSQL are only wanted as programs: no service of them is started, and no cluster made. Both files go again.
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.conf
made=""
trap '[ -z "$made" ] || $as_root rm -f $made' EXIT
trap 'exit 1' HUP INT TERM
if [ ! -e $policy ]; then
  made=$policy
  printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
  $as_root chmod 755 $policy
fi
if [ ! -e $cluster ]; then
  made="$made $cluster"
  $as_root mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | $as_root tee $cluster >/dev/null
fi
$as_root apt-get update -q
# A machine that has just booted may be busy with its own updates.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends $wanted
