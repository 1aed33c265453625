#!/bin/sh
# Rent a GPU on Vast.ai, run Blazon on it, look at it, stop it; through Vast's command line (pip install vastai).
# docs/deploy/vastai.md explains it step by step.
set -eu

LABEL="${BLAZON_LABEL:-blazon}"
IMAGE="${BLAZON_IMAGE:-pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime}"
INSTALL="${BLAZON_INSTALL:-}"
MODEL="${MODEL_NAME:-auto}"
DISK="${BLAZON_DISK:-80}"
VRAM="${BLAZON_VRAM:-24}"
MAX_PRICE="${BLAZON_MAX_PRICE:-0.60}"
IDLE="${IDLE_SHUTDOWN:-30}"
PORT=7860

usage() {
    cat <<USAGE
usage: vastai.sh up|status|logs|stop|destroy

  up       rent the cheapest offer that fits, or start the one that was stopped
  status   its state, price and address
  logs     what it printed
  stop     stop it: the GPU costs no more, the disk still does
  destroy  give it back, with its disk

Settings: MODEL_NAME, HF_TOKEN, IDLE_SHUTDOWN, BLAZON_VRAM (GB), BLAZON_MAX_PRICE (\$ an hour), BLAZON_DISK (GB),
BLAZON_BID (\$ an hour: interruptible), BLAZON_IMAGE, BLAZON_LABEL; and, to rent, BLAZON_INSTALL: what pip installs
there, such as blazon[gpu]@https://example.com/blazon-0.1.0-py3-none-any.whl
USAGE
}

fail() {
    echo "error: $1" >&2
    exit 1
}

# JSON on stdin; prints what the expression in Python makes of it.
pick() {
    python3 -c "
import json, sys
try:
    found = json.load(sys.stdin)
except ValueError:
    sys.exit('error: vastai printed no JSON; is it logged in? (vastai set api-key KEY)')
$1" "$LABEL" "$PORT"
}

find_instance() {
    vastai show instances --raw | pick "
mine = [one for one in found if one.get('label') == sys.argv[1]]
if len(mine) > 1:
    sys.exit('error: several instances have the label ' + sys.argv[1] + '; set BLAZON_LABEL')
print(mine[0]['id'] if mine else '')"
}

demand_instance() {
    id="$(find_instance)"
    [ -n "$id" ] || fail "there is no instance with the label $LABEL; vastai.sh up makes one"
    echo "$id"
}

# What runs on the instance, at each of its starts. Its parts must hold no quotes.
make_onstart() {
    cat <<ONSTART
export HF_HOME=/workspace/hf DATA_DIR=/workspace/blazon HOST=0.0.0.0 PORT=$PORT API_KEYS=required
export MODEL_NAME=$MODEL IDLE_SHUTDOWN=$IDLE
pip install --quiet '$INSTALL' vastai
[ -s /workspace/key ] || (umask 077; blazon keys create vast > /workspace/key)
blazon models pull --accept-licence
blazon serve && vastai stop instance \$CONTAINER_ID --api-key \$CONTAINER_API_KEY
ONSTART
}

up() {
    for value in "$INSTALL" "$MODEL" "$IDLE" "$DISK" "$VRAM" "$MAX_PRICE" "${BLAZON_BID:-0}" "${HF_TOKEN:-none}"; do
        case "$value" in
            *[!A-Za-z0-9._/:@=+,\[\]-]*) fail "a setting holds characters that cannot be passed on" ;;
        esac
    done
    id="$(find_instance)"
    if [ -n "$id" ]; then
        vastai start instance "$id"
        return
    fi
    # PyPI has a package of the same name that is not this program.
    case "$INSTALL" in
        *://* | *.whl) ;;
        *) fail "set BLAZON_INSTALL to what pip installs there: blazon[gpu]@ and the address of a wheel or an archive" ;;
    esac
    query="gpu_ram>=$VRAM num_gpus=1 disk_space>=$DISK direct_port_count>=1 inet_down>=200 reliability>0.98 rentable=true"
    kind=on-demand
    price=dph_total
    [ -z "${BLAZON_BID:-}" ] || { kind=bid; price=min_bid; MAX_PRICE="$BLAZON_BID"; }
    offer="$(vastai search offers "$query" --type "$kind" --order "$price" --storage "$DISK" --raw | pick "
fitting = [one for one in found if one['$price'] <= $MAX_PRICE]
print(fitting[0]['id'] if fitting else '')")"
    [ -n "$offer" ] || fail "no offer with $VRAM GB at up to \$$MAX_PRICE an hour; raise BLAZON_MAX_PRICE or lower BLAZON_VRAM"
    echo "renting offer $offer; the licence of the model (MODEL_NAME=$MODEL) is agreed to by it" >&2
    environment="-p $PORT:$PORT"
    [ -z "${HF_TOKEN:-}" ] || environment="$environment -e HF_TOKEN=$HF_TOKEN"
    # The arguments are not printed: the token is among them.
    set -- create instance "$offer" --image "$IMAGE" --disk "$DISK" --label "$LABEL" --env "$environment" \
        --onstart-cmd "$(make_onstart)" --ssh --direct --raw
    [ -z "${BLAZON_BID:-}" ] || set -- "$@" --bid_price "$BLAZON_BID"
    vastai "$@" | pick "
if not found.get('success'):
    sys.exit('error: it was not rented: ' + str(found.get('msg') or 'no reason was given'))
print('instance', found['new_contract'])"
}

status() {
    id="$(demand_instance)"
    vastai show instance "$id" --raw | pick "
ports = (found.get('ports') or {}).get(sys.argv[2] + '/tcp') or [{}]
port, host = ports[0].get('HostPort'), found.get('public_ipaddr')
print(found['id'], found.get('actual_status') or 'being made', found.get('gpu_name', ''), '\$%.3f an hour' % found.get('dph_total', 0))
print('http://%s:%s' % (host.strip(), port) if host and port else 'no address yet')"
}

[ $# -eq 1 ] || { usage >&2; exit 2; }
case "$1" in
    up | status | logs | stop | destroy) ;;
    -h | --help | help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
for tool in vastai python3; do
    command -v "$tool" > /dev/null || fail "$tool is not installed; pip install vastai"
done
case "$1" in
    up) up ;;
    status) status ;;
    logs) id="$(demand_instance)"; vastai logs "$id" --tail 200 ;;
    stop) id="$(demand_instance)"; vastai stop instance "$id" ;;
    destroy) id="$(demand_instance)"; vastai destroy instance "$id" ;;
esac
