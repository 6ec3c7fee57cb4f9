#!/bin/sh
# Healthy: answers to whoever has the password, and to nobody else.
set -eu
password=$(cat "${SECRETS:-/run/moemoji}/redis-password")
ping() { redis-cli --no-auth-warning "$@" ping 2>&1 || true; }
[ "$(REDISCLI_AUTH=$password ping "$@")" = PONG ] || { echo "no answer"; exit 1; }
case $(ping "$@") in
  *NOAUTH*) ;;
  *) echo "answers without a password"; exit 1 ;;
esac
