#!/usr/bin/env bash
# Follow docs/deploy/linux.md, its sections Install and Start, in a Debian with systemd: as root on Debian, with
#   apt install mmdebstrap podman runc
# Only the port is another one. It takes some minutes, and is no part of the tests.
#
#   scripts/prove_linux_guide.sh [FOLDER]    FOLDER keeps the Debian for the next time
set -euo pipefail

cd "$(dirname "$0")/.."
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
name=blazon-guide
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
run() {
    podman --root "$work/storage" --runroot "$work/run" --storage-driver overlay --cgroup-manager cgroupfs \
        --runtime "$(command -v runc)" "$@"
}
step() { echo "$(date +%T) $*" >&2; }

# Prints the commands of a section, one a line.
commands() {
    python3 - "$1" << 'PYTHON'
import re
import sys

text = open("docs/deploy/linux.md", encoding="utf-8").read().split(f"\n## {sys.argv[1]}\n")[1].split("\n## ")[0]
for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        print(line.removeprefix("# "))
PYTHON
}

follow() {
    step "$1"
    { echo "set -ex; cd /clone; export SYSTEMD_PAGER="; commands "$1" | sed "s/localhost:7860/localhost:$port/"; } |
        run exec --interactive "$name" bash
}

if [ ! -f "$work/systemd.tar" ]; then
    step "making a Debian with systemd"
    mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$work/systemd.tar"
fi
run import --quiet "$work/systemd.tar" blazon-guide:latest > /dev/null
stop() { run rm --force "$name" > /dev/null 2>&1 || true; }
trap stop EXIT
stop
certificates=/etc/ssl/certs/ca-certificates.crt # those by which this machine reaches PyPI
run run --detach --name "$name" --pull never --privileged --systemd=always --network host \
    --ulimit nofile=4096:20000 --ulimit nproc=4096:4096 --volume "$PWD:/source:ro" \
    --volume "$certificates:/etc/pip-certificates.crt:ro" --env PIP_CERT=/etc/pip-certificates.crt \
    blazon-guide:latest /sbin/init > /dev/null
until run exec "$name" systemctl is-system-running --wait > /dev/null 2>&1; do sleep 0.5; done
run exec "$name" bash -c 'mkdir /clone && tar --create --directory=/source --exclude=./.git --exclude=./.venv . |
    tar --extract --directory=/clone && apt-get update --quiet=2'
follow Install
run exec "$name" bash -c "echo PORT=$port >> /etc/blazon/blazon.env"
follow Start
run exec "$name" python3 -c 'import json; assert json.load(open("/clone/logo.json"))["images"]["512"]'
run exec "$name" systemd-analyze verify blazon.service
run exec "$name" systemd-analyze security blazon.service | tail -n 1
step "stopping it"
run exec "$name" systemctl stop blazon
[ "$(run exec "$name" systemctl show --property=Result --value blazon)" = success ]
step "proved: Install and Start of docs/deploy/linux.md"
[ "${1:-}" ] || { stop; rm -rf "$work"; }
