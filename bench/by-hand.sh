#!/usr/bin/env bash
# The work of one deployment, done by hand: by-hand.sh. What `panel bench` compares a deployment with.
#
# From the environment: MIRROR (a bare repository), ADDRESS (of the git server), DOCKERFILE (a file), BUILD_QUERY, NAME,
# CONTAINER (a file: the body of the create call), PORT (where the app answers), SOCKET (of the engine).
# Prints the milliseconds of each part.
set -euo pipefail

engine() { curl -fsS --unix-socket "$SOCKET" -o "$1" "${@:2}"; }

start=${EPOCHREALTIME/./}
lap() {
  local now=${EPOCHREALTIME/./}
  printf '%s %d.%03d\n' "$1" $(((now - start) / 1000)) $(((now - start) % 1000))
  start=$now
}

git -C "$MIRROR" fetch --quiet --depth=1 --no-tags --no-auto-maintenance "$ADDRESS" +refs/heads/main:refs/heads/main
lap fetch

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
git -C "$MIRROR" archive --format=tar --add-virtual-file="panel/Dockerfile:$(<"$DOCKERFILE")" --prefix=app/ refs/heads/main |
  engine "$answer" -X POST -H 'Content-Type: application/x-tar' -T - "http://docker/build?$BUILD_QUERY"
# A failed build answers 200 as well.
if grep -q '"errorDetail"' "$answer"; then
  grep '"errorDetail"' "$answer" >&2
  exit 1
fi
lap build

engine /dev/null -X POST -H 'Content-Type: application/json' --data-binary @"$CONTAINER" "http://docker/containers/create?name=$NAME"
engine /dev/null -X POST "http://docker/containers/$NAME/start"
lap start

for ((attempt = 0; attempt < 1500; attempt++)); do
  if curl -fs -o /dev/null --max-time 5 "http://127.0.0.1:$PORT/"; then
    lap answer
    exit 0
  fi
  sleep 0.02
done
echo "$NAME did not answer on port $PORT." >&2
exit 1
