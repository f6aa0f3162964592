#!/bin/sh
# Waits for Temporal, and gives the namespace the retention that is wanted. Repeating it changes nothing.
# Wants TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION (such as 365d).
set -eu

patiently() {
    attempts=60
    until "$@" > /dev/null 2>&1; do
        attempts=$((attempts - 1))
        [ "$attempts" -gt 0 ] || { echo "given up at $TEMPORAL_ADDRESS: $*" >&2; exit 1; }
        sleep 1
    done
}

patiently temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
# Patiently, too: a server that was asked for a namespace remembers for some seconds that there was none.
patiently temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
