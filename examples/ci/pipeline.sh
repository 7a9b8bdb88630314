#!/usr/bin/env bash
# For any other pipeline: `pipeline.sh plan SPEC...` on a branch, `pipeline.sh apply SPEC...` on the
# main one, `pipeline.sh drift SPEC...` on a schedule. Two of them must never run at one time for an
# account: the service does not recognise an order that is placed twice.
set -euo pipefail

what=${1:?plan, apply or drift}
shift

provisioner validate "$@" --junit validate.xml

case "$what" in
plan)
  code=0
  provisioner plan "$@" --detailed-exitcode --markdown plan.md --html plan.html || code=$?
  case "$code" in
  0) echo "Nothing to do." ;;
  2) echo "There are changes: plan.html shows them." ;;
  *) exit "$code" ;;
  esac
  ;;
apply)
  code=0
  provisioner apply "$@" --yes --json >events.jsonl || code=$?
  # 3: an order is not at its end yet, or something failed. Running again continues.
  [ "$code" -ne 3 ] || echo "Not all is done; run it again." >&2
  exit "$code"
  ;;
drift)
  provisioner drift "$@" --junit drift.xml
  ;;
*)
  echo "plan, apply or drift, not $what" >&2
  exit 1
  ;;
esac
