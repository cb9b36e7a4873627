#!/bin/sh
# Makes the namespace and the search attributes of platform/temporal.ts. Safe to run again.
set -eu

namespace=$TEMPORAL_NAMESPACE

temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention "${TEMPORAL_RETENTION:-168h}"

# A new namespace takes some seconds to be known to the whole server.
until known=$(temporal operator search-attribute list --namespace "$namespace"); do sleep 1; done

add() {
  echo "$known" | grep -qw "$1" ||
    temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"
}

add CompanyId Keyword
add Domain Keyword
add EntityId Keyword
add Tags KeywordList
