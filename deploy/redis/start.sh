#!/bin/sh
# Starts redis-server with a password that no process argument and no image layer shows.
#
# REDIS_PASSWORD  the password; without it a random one is made on the first start
# SECRETS         the directory of the file redis-password, which the other containers read
set -eu
umask 027
secrets=${SECRETS:-/run/moemoji}
file=$secrets/redis-password
if [ -n "${REDIS_PASSWORD:-}" ]; then
  printf '%s\n' "$REDIS_PASSWORD" > "$file.new"
  mv "$file.new" "$file"
elif [ ! -s "$file" ]; then
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$file.new"
  mv "$file.new" "$file"
fi
password=$(cat "$file")
case $password in
  *[!A-Za-z0-9_-]*) echo "REDIS_PASSWORD may have letters, digits, - and _ only." >&2; exit 78 ;;
esac
unset REDIS_PASSWORD
exec redis-server "${CONFIG:-/etc/moemoji/redis.conf}" "$@" - <<END
requirepass $password
maxmemory ${REDIS_MAXMEMORY:-400mb}
END
