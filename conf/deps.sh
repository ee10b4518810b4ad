#!/bin/sh
# Installs the Debian packages of one set, saying beforehand which, how large and how long; nothing of theirs is started or enabled.
#
#     sh conf/deps.sh build | demo | test            does nothing when all are there
#     sh conf/deps.sh list build | demo | test       prints the packages of a set, installed or not
#
# demo holds build, test holds demo.
set -eu

build="gcc make pkg-config libc6-dev libev-dev libcurl4-openssl-dev libssl-dev libpq-dev libbson-dev libmongoc-1.0-0 libjansson-dev libidn2-dev libpsl-dev
  libsqlite3-dev libyaml-dev gettext python3"
lab="nginx postgresql gunicorn python3-django libjs-jquery python3-invoke python3-psycopg2 python3-pymongo python3-bson python3-requests"
tests="libcmocka-dev valgrind clang clang-format libclang-rt-14-dev ccache mandoc pyflakes3 curl python3-pytest python3-pytest-xdist python3-jsonschema python3-pip
  libmongoc-dev ca-certificates openssl procps util-linux"
browser="chromium libnss3-tools"
docker="docker.io debootstrap iproute2 busybox-static"
go="golang-go"
node="nodejs npm"

# --- what is wanted, and what of it is missing ------------------------------------------------------------------------------------
has() { PATH="$PATH:/usr/local/go/bin:/usr/lib/go/bin" command -v "$1" >/dev/null; }
usage() { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }

list=""
[ "${1:-}" = list ] && { list=yes; shift; }
[ $# = 1 ] || usage
set_name=$1

wanted=""
want() { # WHY PACKAGES
  missing=""
  for package in $2; do
    [ -z "$list" ] || { echo "$package"; continue; }
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] || { echo "For $1:" $missing; wanted="$wanted$missing"; }
}

want_all() {
  case $set_name in build | demo | test) want "the build" "$build" ;; *) usage ;; esac
  [ "$set_name" = build ] && return
  want "the stack in miniature (real nginx, PostgreSQL, Django)" "$lab"
  [ "$set_name" = demo ] && return
  want "the tests" "$tests"
  want "the browser's own verdicts on framing and login" "$browser"
  want "remedies through a real Docker Engine" "$docker"
  # An older Go will do: it fetches a newer one.
  [ -z "$list" ] && { has mongod || has go; } || want "building FerretDB, a MongoDB server for the tests" "$go"
  [ -z "$list" ] && has node && has npm || want "Rocket.Chat's published client" "$node"
}
want_all
[ -n "$wanted" ] || exit 0

has apt-get || { echo "deps: this is no Debian; install what is named above by hand" >&2; exit 1; }
as_root=""
if [ "$(id -u)" != 0 ]; then
  has sudo || { echo "deps: run this as root, or install sudo, or as root: apt-get install" $wanted >&2; exit 1; }
  as_root=sudo
fi

# --- saying what it will cost -----------------------------------------------------------------------------------------------------
# Half of what the machine would keep on its disk else: new lists compressed (those that are there stay), no descriptions of packages, no binary
# caches, no archives. For the demo no translations and documents either, as in Debian's slim images, and not gcc's lto-dump of 32 MB.
slim=""
[ "$set_name" != demo ] || slim="-o Dpkg::Options::=--path-exclude=/usr/share/locale/* -o Dpkg::Options::=--path-exclude=/usr/share/doc/*
  -o Dpkg::Options::=--path-include=/usr/share/doc/*/copyright -o Dpkg::Options::=--path-exclude=/usr/bin/*-lto-dump-*"
set -f # of which the shell is to make no file names
# A machine that has just booted may be busy with its own updates.
apt() {
  $as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Languages=none -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o Acquire::GzipIndexes=true -o APT::Keep-Downloaded-Packages=false -o APT::Get::List-Cleanup=false -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 $slim "$@"
}
log=$(mktemp "${TMPDIR:-/tmp}/ejmon-deps-XXXXXX")
fail() { tail -n 20 "$log" >&2; echo "deps: $1; the whole story is in $log" >&2; exit 1; }

echo "Fetching Debian's lists of packages, up to 9 MB ..."
apt update >"$log" 2>&1 || fail "apt-get update failed"
apt install --assume-no --no-install-recommends $wanted >"$log" 2>&1 || true
awk '
  / newly installed/ { sub(/ newly installed.*/, ""); count = $NF }
  function size(text, words) { split(text, words, " "); gsub(",", "", words[1]); return words[1] * (words[2] == "GB" ? 1000 : words[2] == "kB" ? 0.001 : 1) }
  /^Need to get / { download = $4 " " $5; sub(/\/.*/, "", download); seconds += size(download) / 6 }
  /^After this operation, .* additional/ { disk = $4 " " $5; seconds += size(disk) / 12 }
  END {
    if (!count) exit 1
    printf "Installing them with what they depend on: %s packages, %s to download, %s on disk. Of their services none is started\n", count, download, disk
    printf "and none enabled. With a line of 50 Mbit/s this takes about %d s.\n", int(seconds / 10 + 1) * 10
  }' "$log" || fail "apt-get cannot install these packages"

# --- installing, with nothing started, no database cluster made, nothing enabled --------------------------------------------------
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.conf
made=""
installed() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^.[^nc] *//p' | sort -u; }
before=$(mktemp "${TMPDIR:-/tmp}/ejmon-deps-XXXXXX")
installed >"$before"

# Packages enable their services whether or not they may start them: what was installed here would listen after the next boot.
disable_new() {
  new=$(installed | comm -13 "$before" -)
  [ -n "$new" ] || return 0
  for path in $(dpkg -L $new 2>/dev/null | grep -E '/lib/systemd/(system|user)/[^/]+\.[a-z]+$|^/etc/init\.d/[^/]+$' | sort -u); do
    case $path in
    /etc/init.d/*) $as_root update-rc.d "${path##*/}" disable >/dev/null 2>&1 || true ;;
    *) $as_root find /etc/systemd -type l -lname "*${path#/usr}" -delete ;;
    esac
  done
}
end() {
  status=$?
  disable_new
  [ -z "$made" ] || $as_root rm -f $made
  rm -f "$before"
  [ $status != 0 ] || rm -f "$log"
}
trap end EXIT
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
# apt's own account of its progress, a line for each fifth of the way.
{
  apt install -y --no-install-recommends -o APT::Status-Fd=3 $wanted 3>&1 >"$log" 2>&1 || echo "failed"
} | awk -F: '
  /^failed/ { exit 1 }
  $1 == "dlstatus" || $1 == "pmstatus" {
    part = int($3 / 20) * 20
    if (part > last[$1]) { last[$1] = part; printf "  %s: %d %%\n", $1 == "dlstatus" ? "downloaded" : "installed", part; fflush() }
  }' || fail "apt-get install failed"
echo "Installed."
