#!/usr/bin/env bash
# Prepares the container images for the integration tests. It pulls the official images or, if no registry is reachable,
# builds images from Debian's packages, all at the same time. If something is missing, it prints what and fails.
set -euo pipefail
postgres=procedo-test-postgres:17 valkey=procedo-test-valkey:8 pgbouncer=procedo-test-pgbouncer:1

missing() { echo "The integration tests need $1." >&2; exit 1; }
root() { [ "$(id -u)" = 0 ]; }
install_packages() { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

# Use the running Docker engine. If there is none, start or install one, as root on Debian.
if ! docker info >/dev/null 2>&1; then
  root && command -v apt-get >/dev/null || missing "a Docker engine: start one, or install Docker"
  command -v dockerd >/dev/null || install_packages docker.io iptables
  nohup dockerd >/var/log/dockerd.log 2>&1 &
  for _ in $(seq 60); do docker info >/dev/null 2>&1 && break; sleep 1; done
  docker info >/dev/null 2>&1 || missing "a Docker engine, but dockerd does not start (see /var/log/dockerd.log)"
fi

have() { docker image inspect "$1" >/dev/null 2>&1; }
pulled() { timeout 60 docker pull -q "$1" >/dev/null 2>&1 && docker tag "$1" "$2"; }

# installed PACKAGE NAME builds an image from the official Debian image and one of its packages.
installed() {
  timeout 60 docker pull -q debian:trixie-slim >/dev/null 2>&1 && timeout 300 docker build -q -t "$2" - >/dev/null <<END
FROM debian:trixie-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends $1 && rm -rf /var/lib/apt/lists/*
END
}

# bootstrapped PACKAGES PORT NAME SCRIPT builds an image from Debian's packages with the script as its entry point.
bootstrapped() {
  root && command -v apt-get >/dev/null ||
    missing "the image $3: no registry is reachable, and only root on Debian can build it"
  local dir; dir=$(mktemp -d)
  (flock 9; command -v debootstrap >/dev/null || install_packages debootstrap) 9>"$lock"
  debootstrap --variant=minbase --include="$1" trixie "$dir" >"$dir.log" 2>&1 ||
    { tail -5 "$dir.log" >&2; missing "the image $3, which could not be built from Debian's packages"; }
  printf '%s\n' "$4" >"$dir/entry.sh"; chmod 755 "$dir/entry.sh"
  tar -C "$dir" -c . | docker import --change 'ENTRYPOINT ["/entry.sh"]' --change "EXPOSE $2" - "$3" >/dev/null
  rm -rf "$dir" "$dir.log"
}
lock=$(mktemp); trap 'rm -f "$lock"' EXIT

(have $postgres || pulled postgres:17-alpine $postgres || bootstrapped postgresql 5432 $postgres '#!/bin/sh
# Replaces the entry point of the official image: creates a cluster that accepts all connections without a password,
# and starts postgres with the options after "postgres".
set -e
[ "$1" = postgres ] && shift
bin=$(echo /usr/lib/postgresql/*/bin)
install -d -o postgres /data /run/postgresql
su postgres -c "$bin/initdb -D /data -A trust -E UTF8 --locale=C.UTF-8 >/dev/null"
echo "host all all all trust" >>/data/pg_hba.conf
exec su postgres -c "exec $bin/postgres -D /data -c listen_addresses=\"*\" $*"') &
builds=($!)

(have $valkey || pulled valkey/valkey:8-alpine $valkey || bootstrapped valkey-server,valkey-tools 6379 $valkey '#!/bin/sh
[ "$1" = valkey-server ] && shift
exec valkey-server --protected-mode no "$@"') &
builds+=($!)

# The tests copy the configuration into the container and give the whole command.
(have $pgbouncer || installed pgbouncer $pgbouncer || bootstrapped pgbouncer 6432 $pgbouncer '#!/bin/sh
exec "$@"') &
builds+=($!)

for build in "${builds[@]}"; do wait "$build"; done
