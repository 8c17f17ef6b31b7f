#!/usr/bin/env bash
# Runs this participant in a container. IMAGE, NETWORK and further docker options can be overridden:
#   DOCKER_IMAGE=registry.example.org/nvflare:2.8 ./docker.sh -v /data:/data
set -u
kit="$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)")"
image="${DOCKER_IMAGE:-@DOCKER_IMAGE@}"
exec docker run --rm -it \
  --name "@CONTAINER@" \
  --network "${DOCKER_NETWORK:-host}" \
  -v "$kit":/workspace/ -w /workspace/ \
  --ipc=host \
  "$@" \
  "$image" /bin/bash -c "@COMMAND@"
