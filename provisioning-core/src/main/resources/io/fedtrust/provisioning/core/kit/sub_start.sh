#!/usr/bin/env bash
# Runs this participant and starts it again when it stops unexpectedly.
# Options: --once    run in the foreground, once (containers, systemd)
#          --verify  check the kit's signatures first
set -u
@WORKSPACE@
once=false
verify=false
for option in "$@"; do
  case "$option" in
    --once) once=true ;;
    --verify) verify=true ;;
    *) ;;
  esac
done

if [ "$verify" = true ]; then
  python3 -m nvflare.tool.verify_startup_kits -f "$kit" -c "$kit/startup/rootCA.pem" || {
    echo "The kit's signatures could not be verified." >&2
    exit 1
  }
fi

is_alive() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

pid_in() {
  if [ -f "$1" ]; then
    tr -cd '0-9' <"$1"
  fi
}

daemon="$(pid_in "$workspace/daemon_pid.fl")"

if [ "$workspace" != "$kit" ]; then
  if is_alive "$daemon"; then
    echo "Already running with process id $daemon; stop it before the kit is copied again." >&2
    exit 1
  fi
  mkdir -p "$workspace"
  rm -rf "${workspace:?}/kit"
  cp -a "$kit" "$workspace/kit"
  chmod 0700 "$workspace" "$workspace/kit"
  ln -sfn "$workspace/kit/startup" "$workspace/startup"
  ln -sfn "$workspace/kit/local" "$workspace/local"
fi
mkdir -p "$workspace/transfer"

export PYTHONPATH="/local/custom${PYTHONPATH:+:$PYTHONPATH}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-4}"
if [ "${NVFLARE_ENABLE_JEMALLOC_PRELOAD:-}" = "true" ]; then
  for library in \
    /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 \
    /usr/lib64/libjemalloc.so.2 \
    /usr/local/lib/libjemalloc.so; do
    if [ -f "$library" ]; then
      export LD_PRELOAD="$library${LD_PRELOAD:+:$LD_PRELOAD}"
      export MALLOC_CONF="${MALLOC_CONF:-dirty_decay_ms:5000,muzzy_decay_ms:5000}"
      break
    fi
  done
fi

command=(
  python3 -u -m @MODULE@
  -m "$workspace" -s @CONFIG@
  --set secure_train=true @UID@org=@ORG@ config_folder=@CONFIG_FOLDER@
)
@STORAGE@
forget_state() {
  rm -f "$workspace/pid.fl" "$workspace/shutdown.fl" "$workspace/restart.fl"
}

if [ "$once" = true ]; then
  forget_state
@BEFORE_ONCE@  exec "${command[@]}"
fi

if is_alive "$daemon"; then
  echo "Already running with process id $daemon."
  exit 0
fi
echo "$$" >"$workspace/daemon_pid.fl"

started_at=0
quick_starts=0

give_up() {
  forget_state
  rm -f "$workspace/daemon_pid.fl"
  exit 1
}

start() {
  now="$(date +%s)"
  if [ $((now - started_at)) -lt 300 ]; then
    quick_starts=$((quick_starts + 1))
  else
    quick_starts=0
  fi
  started_at="$now"
  if [ "$quick_starts" -ge 5 ]; then
    echo "Started too often in a short time; giving up. See the log for the cause." >&2
    give_up
  fi
@BEFORE_START@  "${command[@]}" &
  echo "$!" >"$workspace/pid.fl"
}

# Gives the process five seconds to end by itself.
end_process() {
  sleep 5
  if is_alive "$1"; then
    kill -9 "$1" 2>/dev/null
  fi
}

while true; do
  process="$(pid_in "$workspace/pid.fl")"
  if [ -z "$process" ]; then
    start
  elif ! is_alive "$process"; then
    if [ -f "$workspace/shutdown.fl" ]; then
      break
    fi
    start
  elif [ -f "$workspace/shutdown.fl" ]; then
    end_process "$process"
    break
  elif [ -f "$workspace/restart.fl" ]; then
    end_process "$process"
    forget_state
  fi
  sleep 5
done
forget_state
rm -f "$workspace/daemon_pid.fl"
