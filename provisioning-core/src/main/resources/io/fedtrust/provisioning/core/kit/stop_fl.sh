#!/usr/bin/env bash
# Asks the running participant to stop.
set -u
@WORKSPACE@
echo "The admin console's shutdown command is the better way: it lets running jobs know."
read -r -n 1 -p "Stop this participant now? (y/N) " answer
echo
case "$answer" in
  y | Y)
    touch "$workspace/shutdown.fl"
    echo "It will stop within a few seconds."
    ;;
  *)
    echo "Nothing was changed."
    ;;
esac
