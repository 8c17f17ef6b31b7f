#!/usr/bin/env bash
# Starts this participant in the background. Options: --cloud azure|aws
set -u
startup="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

if [ "${1:-}" = "--cloud" ]; then
  provider="${2:-}"
  case "$provider" in
    azure | aws)
      if [ -f "$startup/${provider}_start.sh" ]; then
        shift 2
        exec bash "$startup/${provider}_start.sh" "$@"
      fi
      echo "This kit has no start script for $provider." >&2
      exit 1
      ;;
    *)
      echo "Unknown cloud provider '$provider'; use azure or aws." >&2
      exit 1
      ;;
  esac
fi

bash "$startup/sub_start.sh" &
