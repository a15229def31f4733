# Sourced by the checks. Builds the program, unless PROCEDO names a built one, starts a server with the demo on an empty
# database in $dir, and sets $url.
dir=$(mktemp -d)
trap 'kill $server 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT
if [ -z "${PROCEDO:-}" ]; then
  PROCEDO=$dir/procedo
  go build -o "$PROCEDO" ./cmd/procedo
fi
(cd "$dir" && exec "$PROCEDO" serve --demo --listen 127.0.0.1:0 --log-level warn) >"$dir/out" &
server=$!
url=
for _ in $(seq 300); do
  url=$(sed -n 's/.*Procedo is listening at \(http[^ ]*\) (.*/\1/p' "$dir/out")
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { echo "The server did not print its address."; exit 1; }
