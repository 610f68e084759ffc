#!/bin/sh
# Keeps one issue of a GitHub repository in step with the last drift check: opens it, renews its text, closes it.
#
#   sh issue.sh CODE REPORT.md       CODE is what drift.sh ended with
#
# GH_TOKEN and GH_REPO say where, and who. The report stays below what an issue can hold, 65,536 characters.
set -eu

code=$1
report=$2
label=defender-drift

number=$(gh issue list --state open --label "$label" --limit 1 --json number --jq '.[].number')

case $code in
  0)
    if [ -n "$number" ]; then
      gh issue close "$number" --reason completed --comment "The last check has found nothing that differs."
    fi
    ;;
  2)
    if [ -n "$number" ]; then
      # The text is renewed without a comment: who reads the issue sees how it is now, and nobody is woken every day.
      gh issue edit "$number" --body-file "$report"
    else
      gh label create "$label" --force --description "Opens and closes by itself" --color B60205
      gh issue create --label "$label" --title "Microsoft Defender for Cloud has drifted" --body-file "$report"
    fi
    ;;
  *)
    echo "nobody knows whether anything has drifted (exit code $code): the issue stays as it is" >&2
    exit 1
    ;;
esac
