#!/usr/bin/env bash
# Builds the lab once per machine and runs it. The binary is kept outside the checkout, named by the hash of everything it
# is made from, so that a second clone, or the next CI run, finds it ready.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${EVENTLOOM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/eventloom}"

inputs() { # every file the binary depends on, in a stable order
  cd "$here"
  find . -type f \( -name '*.go' -o -name go.mod -o -name go.sum -o -name scenario.schema.json \) ! -name '*_test.go' | LC_ALL=C sort
}
hash="$(cd "$here" && inputs | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -c1-64)"
binary="$cache/kubelab-$hash"

if [ ! -x "$binary" ]; then
  if ! command -v go >/dev/null; then
    echo "lab: Go is needed to build Kubernetes' components (https://go.dev/doc/install), and no 'go' is on the PATH" >&2
    exit 127
  fi
  mkdir -p "$cache"
  exec 9>"$cache/kubelab.lock"
  flock 9 # two callers at once: the second waits here and then finds the binary
  if [ ! -x "$binary" ]; then
    echo "lab: building Kubernetes' components from source (about 6 minutes the first time on 2 cores, 10 s after a change) ..." >&2
    started=$SECONDS
    temporary="$cache/kubelab-$hash.$$.tmp"
    trap 'rm -f "$temporary"' EXIT
    (cd "$here" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$temporary" .) >&2
    mv "$temporary" "$binary"
    trap - EXIT
    echo "lab: built in $((SECONDS - started)) s" >&2
  fi
  exec 9>&-
fi
exec "$binary" "$@"
