#!/usr/bin/env bash
# Build an image of the Dockerfile and run it, without a Docker daemon: as root on Debian, with
#   apt install mmdebstrap buildah podman runc
# The base image is replaced by a Debian that mmdebstrap makes from the mirror of this machine; all else is what the
# Dockerfile says, carried out from its own text. It takes some minutes, and is no part of the tests.
#
#   scripts/prove_image.sh cpu [FOLDER]    FOLDER keeps the base and the images for the next time
#   FIND_LINKS=/wheels scripts/prove_image.sh gpu    with the build of torch for the CPU from this folder
set -euo pipefail

target=${1:?cpu or gpu}
cd "$(dirname "$0")/.."
work=${2:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
base=localhost/base
name=blazon-proof-$target
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver overlay)
policy=(--signature-policy "$work/policy.json")
echo '{"default": [{"type": "insecureAcceptAnything"}]}' > "$work/policy.json"

build() { buildah "${storage[@]}" "$@"; }
run() { podman "${storage[@]}" --cgroup-manager cgroupfs --runtime "$(command -v runc)" "$@"; }
step() { echo "$(date +%T) $*" >&2; }
fail() { echo "error: $*" >&2; exit 1; }

make_base() {
    step "making the base image"
    [ -f "$work/base.tar" ] || mmdebstrap --quiet --variant=minbase bookworm "$work/base.tar"
    local made
    made=$(build from scratch 2> /dev/null)
    build add --quiet "$made" "$work/base.tar" / > /dev/null
    # How this machine reaches PyPI is no matter of the Dockerfile.
    local certificates=/etc/ssl/certs/ca-certificates.crt
    [ ! -f "$certificates" ] || build copy --quiet "$made" "$certificates" /etc/pip-certificates.crt > /dev/null
    {
        echo "[global]"
        [ ! -f "$certificates" ] || echo "cert = /etc/pip-certificates.crt"
        [ -z "${FIND_LINKS:-}" ] || echo "find-links = /find-links"
    } > "$work/pip.conf"
    build copy --quiet "$made" "$work/pip.conf" /etc/pip.conf > /dev/null
    build commit --quiet "${policy[@]}" "$made" "$base" > /dev/null
    build rm "$made" > /dev/null
}

make_base
step "building $target"
build bud --quiet --isolation chroot --format docker --pull-never "${policy[@]}" \
    ${FIND_LINKS:+--volume "$FIND_LINKS:/find-links:ro"} \
    --build-arg CPU_BASE="$base" --build-arg GPU_BASE="$base" --target "$target" --tag "blazon:$target" . > /dev/null

port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
stop() {
    run rm --force --volumes "$name" > /dev/null 2>&1 || true
    run volume rm --force "$name" > /dev/null 2>&1 || true
}
trap stop EXIT
stop
start() {
    run run --detach --name "$name" --pull never --network host --read-only --tmpfs /tmp:mode=1777 --cap-drop all \
        --security-opt no-new-privileges --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 --volume "$name:/data" \
        --env HOST=127.0.0.1 --env PORT="$port" "$@" "blazon:$target" > /dev/null
}
wait_until_healthy() {
    for _ in $(seq 240); do
        run healthcheck run "$name" > /dev/null 2>&1 && return
        [ "$(run inspect --format '{{.State.Running}}' "$name")" = true ] || { run logs "$name" >&2; fail "it ended"; }
        sleep 0.5
    done
    run logs "$name" >&2
    fail "it never was healthy"
}
ask() { curl --silent --output /dev/null --write-out '%{http_code}' "$@" "http://127.0.0.1:$port/api/generate_logo" \
    --header 'Content-Type: application/json' --data '{"prompt": "a bakery", "sizes": [64]}'; }

# A GPU and a model are not here: the image for FLUX is run with the other engine.
step "starting it, read-only and without any capability"
start --env ENGINE=vector
wait_until_healthy
step "healthy, by the HEALTHCHECK of the image"
run exec "$name" sh -c 'test "$(id -u):$(id -g)" = 10001:10001 && test "$(stat -c %u:%a /data)" = 10001:700' ||
    fail "it does not run as the user that owns its data"
run exec "$name" touch /opt/blazon/written 2> /dev/null && fail "the image can be written to"
[ "$(ask)" = 401 ] || fail "it asks for no key"
key=$(run exec "$name" blazon keys create proof 2> /dev/null)
[ "$(ask --header "X-API-Key: $key")" = 200 ] || fail "no logo came"
step "a logo came, with a key and not without one"
if [ "$target" = cpu ]; then
    run exec "$name" sh -c '! python -c "import torch" 2> /dev/null' || fail "torch is in the image"
    run exec --env ENGINE=flux --env CLUSTER=http://127.0.0.1:9 --env PORT=0 "$name" blazon doctor |
        grep "flux, on the replicas" > /dev/null || fail "it cannot be the server in front of FLUX replicas"
    step "without torch it takes briefs for replicas that paint"
else
    run exec "$name" python -c 'import torch, diffusers; print("torch", torch.__version__)'
fi
run exec "$name" sh -c 'test ! -e /var/cache/pip && test ! -e "$HOME/.cache"' || fail "what pip keeps is in the image"
run stop --time 40 "$name" > /dev/null
code=$(run inspect --format '{{.State.ExitCode}}' "$name")
[ "$code" = 0 ] || { run logs "$name" >&2; fail "it ended with $code after SIGTERM"; }
step "stopped by SIGTERM, with exit code 0"
run rm "$name" > /dev/null
start --env ENGINE=vector
wait_until_healthy
[ "$(ask --header "X-API-Key: $key")" = 200 ] || fail "the key is gone with the container"
step "another container on the same volume knows the key"
step "proved: $target, $(run image inspect --format '{{.Size}}' "blazon:$target" | numfmt --to=si)B"
[ "${2:-}" ] || { stop; rm -rf "$work"; }
