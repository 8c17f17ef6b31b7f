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

# Tells whether a process lives whose command line has these words. A number that another process
# has by now is none of ours; where there is no /proc, every living process counts.
is_alive() {
  local process="$1" line word
  shift
  case "$process" in
    "" | 0* | *[!0-9]* | "$$") return 1 ;;
  esac
  kill -0 "$process" 2>/dev/null || return 1
  [ -r "/proc/$process/cmdline" ] || return 0
  line="$(tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null)" || return 0
  for word in "$@"; do
    case "$line" in
      *"$word"*) ;;
      *) return 1 ;;
    esac
  done
}

pid_in() {
  if [ -f "$1" ]; then
    head -c 20 "$1" | tr -cd '0-9'
  fi
}

# The runtime gives its job processes a command line that it splits at such characters.
case "$workspace" in
  *[[:space:]\'\"\\]*)
    echo "NVFlare 2.8 and 2.9 cannot run jobs in a folder with a blank, quote or backslash in its path." >&2
    ;;
  *) ;;
esac

daemon="$(pid_in "$workspace/daemon_pid.fl")"

refuse_workspace() {
  echo "NVFL_WORKSPACE cannot be $workspace: $1" >&2
  exit 1
}

# Copies the kit into a workspace of its own. A folder 'kit' there is replaced only if the links
# beside it show that an earlier start made it.
copy_kit() {
  local real name link
  real="$(cd "$kit" && pwd -P && printf x)"
  real="${real%$'\n'x}"
  case "$workspace/" in
    "$real"/*) refuse_workspace "it is inside the kit." ;;
  esac
  case "$real/" in
    "$workspace/kit/"*) refuse_workspace "its folder 'kit', which a start replaces, holds this kit." ;;
  esac
  for name in startup local; do
    link="$workspace/$name"
    if [ -e "$link" ] && [ ! -L "$link" ]; then
      refuse_workspace "it has a folder '$name' of its own, as another kit has."
    fi
  done
  if [ -e "$workspace/kit" ] || [ -L "$workspace/kit" ]; then
    case "$(readlink "$workspace/startup")" in
      */kit/startup) ;;
      *) refuse_workspace "it has a folder 'kit' that no start of a kit made." ;;
    esac
  fi
  rm -rf "${workspace:?}/.kit.new" &&
    (umask 077 && cp -a "$kit" "$workspace/.kit.new") &&
    chmod 0700 "$workspace/.kit.new" &&
    ln -sfn "$workspace/kit/startup" "$workspace/startup" &&
    ln -sfn "$workspace/kit/local" "$workspace/local" &&
    rm -rf "${workspace:?}/kit" &&
    mv "$workspace/.kit.new" "$workspace/kit" || {
    echo "The kit could not be copied to $workspace." >&2
    exit 1
  }
}

if [ "$workspace" != "$kit" ]; then
  if is_alive "$daemon" sub_start.sh; then
    echo "Already running with process id $daemon; stop it before the kit is copied again." >&2
    exit 1
  fi
  case "$workspace/" in
    */../*) ;;
    "$kit"/*) refuse_workspace "it is inside the kit." ;;
  esac
  (umask 077 && mkdir -p "$workspace") || exit 1
  workspace="$(cd "$workspace" && pwd -P && printf x)"
  workspace="${workspace%$'\n'x}"
  copy_kit
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

if is_alive "$daemon" sub_start.sh; then
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
  if is_alive "$1" @MODULE@ "$workspace"; then
    kill -9 "$1" 2>/dev/null
  fi
}

while true; do
  process="$(pid_in "$workspace/pid.fl")"
  if [ -z "$process" ]; then
    start
  elif ! is_alive "$process" @MODULE@; then
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
