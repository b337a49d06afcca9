#!/bin/sh
# The panel and the worker of its jobs, until one says stop (Ctrl+C, SIGTERM). Called by make demo and make run:
#   scripts/serve.sh BIN ADDRESS
# One worker process however many the server has; it is started again if it dies, and a second one does no harm.
BIN=$1
ADDRESS=$2

work() {
  stopped=
  trap 'stopped=1; kill "$job" 2>/dev/null' INT TERM
  while [ -z "$stopped" ]; do
    "$BIN/flask" jobs work & job=$!
    wait "$job"
    [ -n "$stopped" ] || sleep 2
  done
  wait "$job"
}

work & worker=$!
"$BIN/python" run.py "$ADDRESS" & server=$!
trap 'kill "$server" "$worker" 2>/dev/null' INT TERM HUP
wait "$server"
status=$?
wait "$server" 2>/dev/null && status=0
kill "$worker" 2>/dev/null
wait "$worker"
exit "$status"
