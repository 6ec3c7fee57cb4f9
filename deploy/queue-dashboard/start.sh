#!/bin/sh
# rq-dashboard, to look at the queue only; the password of Redis goes through the environment.
set -eu
url=${REDIS_URL:-redis://redis:6379/0}
if [ -r "${REDIS_PASSWORD_FILE:-}" ]; then
  url="${url%%://*}://:$(cat "$REDIS_PASSWORD_FILE")@${url#*://}"
fi
export RQ_DASHBOARD_REDIS_URL="$url"
unset REDIS_URL
exec rq-dashboard --json --disable-delete --bind 0.0.0.0 --port 9181
