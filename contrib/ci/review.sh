#!/usr/bin/env bash
# What a change does to a campaign: check, small tests, plan and simulation against those of the main branch.
#
#   ci/review.sh CAMPAIGN BASE_REF OUT
#
# Writes OUT/difference.md (to be posted), OUT/check.xml and OUT/tests.xml (JUnit), OUT/plan.json. Differences are told,
# they are no failure; the exit code is that of `check` or of the small tests (3 faulty, 6 a test failed), else of `plan`.
#   REACTIVATE_BUSINESS  business file with data that CI may see; default: business.yml beside the campaign
#   REACTIVATE_AS_OF     moment of both plans; default: today at 10:00
#   REACTIVATE_DAYS      days to simulate; default: 60
set -euo pipefail
campaign=$1 base=$2 out=$(mkdir -p "$3" && cd "$3" && pwd)
business=${REACTIVATE_BUSINESS:-$(dirname "$campaign")/business.yml}
as_of=${REACTIVATE_AS_OF:-$(date +%F)T10:00}
told=$out/difference.md
work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

block() { printf '\n### %s\n\n```text\n' "$1"; cat; printf '```\n'; }

# Lots are drawn under the ledger's key. Both sides get the same one, or every plan would differ by chance.
same_lots() {
  local home; home=$(dirname "$business")/.reactivate
  [ -e "$home/ledger.key" ] && return
  mkdir -p "$home"
  (umask 077 && printf '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n' > "$home/ledger.key")
}

# Both in the current checkout, with the options given besides.
planned() { reactivate plan "$campaign" --business "$business" --as-of "$as_of" "$@"; }
simulated() {
  local answers=(); [ -e "$(dirname "$campaign")/responses.yml" ] && answers=(--responses "$(dirname "$campaign")/responses.yml")
  reactivate simulate "$campaign" --business "$business" --as-of "$as_of" --no-sync \
    --days "${REACTIVATE_DAYS:-60}" ${answers[@]+"${answers[@]}"} "$@"
}

printf '## %s\n' "$campaign" > "$told"

if ! reactivate check "$campaign" --business "$business" --format "${REACTIVATE_FORMAT:-text}" \
     --output "junit=$out/check.xml" --output "text=$work/check.txt"; then
  block "check found faults" < "$work/check.txt" >> "$told"
  exit 3
fi

code=0
if [ -e "${campaign%.yml}.test.yml" ]; then
  reactivate simulate "$campaign" --business "$business" --test --format junit > "$out/tests.xml" || code=$?
  [ "$code" = 0 ] || reactivate simulate "$campaign" --business "$business" --test 2>&1 | block "small tests failed" >> "$told" || true
fi

git worktree add --quiet --detach "$work/base" "$base"
here=$(git rev-parse --show-prefix)
known=yes
(cd "$work/base/$here" && same_lots && planned --out "$work/plan.json" && simulated --out "$work/simulation.json") \
  > /dev/null 2> "$work/why.txt" || known=no

same_lots
if [ "$known" = yes ]; then
  planned --out "$out/plan.json" --against "$work/plan.json" > "$work/plan.txt" || code=$?
  block "the plan, against that of the main branch" < "$work/plan.txt" >> "$told"
  simulated --golden "$work/simulation.json" > "$work/funnel.txt" 2> "$work/changes.txt" || true
  { grep '^differs' "$work/changes.txt" | sed 's/^differs from [^:]*: //' || echo "no changes"; } \
    | block "the simulation, against that of the main branch" >> "$told"
else
  planned --out "$out/plan.json" > "$work/plan.txt" || code=$?
  block "a new campaign: the main branch has no plan of it" < "$work/plan.txt" >> "$told"
fi
cat "$told"
exit "$code"
