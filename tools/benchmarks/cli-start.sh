#!/usr/bin/env bash
# Compares whole 'cert approve' processes, ours and the peer's, alternating in one run.
# Usage: tools/benchmarks/cli-start.sh PATH_OF_NVFLARE_COMMAND [ROUNDS]
set -euo pipefail
peer="$1"
rounds="${2:-15}"
ours="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/fedtrust"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
export XDG_CACHE_HOME="$work/cache"
printf 'name: bench\nscheme: grpc\nconnection_security: mtls\nserver: {host: localhost, fed_learn_port: 8002}\n' >profile.yaml
printf 'name: bench\nparticipants:\n- {name: site-a, type: client, org: org_a}\n' >site.yaml
"$ours" cert init --profile profile.yaml -o ca >/dev/null
"$ours" cert request -p site.yaml >/dev/null
for _ in $(seq 60); do
  ls "$work"/cache/fedtrust/*.jsa >/dev/null 2>&1 && break
  sleep 0.5
done
milliseconds() {
  local start end
  start="$(date +%s%N)"
  "$@" >/dev/null 2>&1
  end="$(date +%s%N)"
  echo $(((end - start) / 1000000))
}
for _ in $(seq "$rounds"); do
  milliseconds "$ours" cert approve site-a/site-a.request.zip --ca-dir ca --profile profile.yaml --force >>ours.txt
  milliseconds "$peer" cert approve site-a/site-a.request.zip --ca-dir ca --profile profile.yaml --force >>peer.txt
done
median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }
echo "ours $(median ours.txt) ms, peer $(median peer.txt) ms (medians of $rounds)"
