#!/usr/bin/env bash
# Opens the admin console. Further options are passed on, for example --study or --with_debug.
set -u
kit="$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)")"
mkdir -p "$kit/transfer"
exec python3 -m nvflare.fuel.hci.tools.admin -m "$kit" -s fed_admin.json "$@"
