#!/bin/sh
# Looks for drift in the Terraform configuration of the current directory, and writes reports.
#
#   DRIFT_MODE       plan (default): against the configuration; refresh-only: against the last state
#   DRIFT_REPORTS    the folder for the reports; default: drift-reports
#   DRIFT_BASELINE   findings that are accepted, if there is such a file; default: drift-baseline.toml
#   DRIFT_FAIL_ON    from which severity on it is drift; default: cosmetic, so everything counts
#
# Exit codes: 0 nothing has drifted, 2 something has, 1 nobody knows. It only reads: Reader and Security Reader are enough.
set -eu

mode=${DRIFT_MODE:-plan}
reports=${DRIFT_REPORTS:-drift-reports}
baseline=${DRIFT_BASELINE:-drift-baseline.toml}

# A job that never applies need not be told what it may not write.
export DEFENDER_PREFLIGHT_PERMISSIONS=false TF_IN_AUTOMATION=1 TF_INPUT=0

# A plan can have secrets in it: it is not among the reports, and gone at the end.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$reports"

# Tells what went wrong, and ends. What is quoted from Azure must not be taken for a command of the CI system, such as `##vso[`
# or `::set-output`, nor reach a terminal as an escape.
give_up() {
  LC_ALL=C tr -d '\000-\010\013-\037' <"$work/log" | sed -e 's/##/# #/g' -e 's/::/: :/g' >&2
  exit 1
}

# Runs a command whose output matters only if it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || give_up
}

case $mode in
  plan) set -- ;;
  refresh-only) set -- -refresh-only ;;
  *)
    echo "DRIFT_MODE is neither plan nor refresh-only: $mode" >&2
    exit 1
    ;;
esac

# Without a lock: who only reads cannot take one, and changes nothing. Terraform's own exit code for a difference is not
# asked for: with -refresh-only it is wrong in some versions, https://github.com/hashicorp/terraform/issues/36403
quietly terraform init -no-color -lockfile=readonly
quietly terraform plan -no-color -lock=false -out="$work/tfplan" "$@"
terraform show -json "$work/tfplan" >"$work/plan.json" 2>"$work/log" || give_up

# The provider that `init` has installed is also the program that reads the plan. Its folder can be a link.
defender=$(find -L "${TF_DATA_DIR:-.terraform}/providers" -type f -name 'terraform-provider-defender*' | sort | tail -n 1)
if [ -z "$defender" ]; then
  echo "terraform init has installed no provider named defender: is it in required_providers?" >&2
  exit 1
fi

set -- "$work/plan.json" --fail-on "${DRIFT_FAIL_ON:-cosmetic}"
if [ -f "$baseline" ]; then set -- "$@" --baseline "$baseline"; fi

# The report in this format, in this file or for the log: 0 or 2, whichever it is, is an answer.
report() {
  format=$1
  shift
  code=0
  "$defender" drift "$@" --format "$format" || code=$?
  if [ "$code" -ne 0 ] && [ "$code" -ne 2 ]; then exit 1; fi
}

report markdown "$@" --out "$reports/drift.md"
report html "$@" --out "$reports/drift.html"
report sarif "$@" --out "$reports/drift.sarif"
report junit "$@" --out "$reports/drift.xml"
report json "$@" --out "$reports/drift.json"
report text "$@"
exit "$code"
