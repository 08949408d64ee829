#!/usr/bin/env bash
# Runs an agent end to end in a throwaway folder: no key, no network. Every line it prints comes from the program itself.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
openclawssy=${OPENCLAWSSY_BIN:-$repository/bin/openclawssy}
place=$(mktemp -d "${TMPDIR:-/tmp}/openclawssy-demo-XXXXXX")
export XDG_STATE_HOME=$place/state-home
trap 'rm -rf "$place"' EXIT
cd "$place"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[2m$ openclawssy %s\033[0m\n' "$*"; "$openclawssy" "$@"; }

say "1. A fresh instance: a workspace, a configuration, an agent with its starter grants"
run init

say "2. A rehearsed model, so that nothing leaves this machine"
cat > .openclawssy/config.json <<JSON
{
  "model": { "provider": "rehearsal", "name": "demo" },
  "providers": { "rehearsal": { "script": "$repository/samples/rehearsals/demo.json" } }
}
JSON
run config validate

say "3. The agent works: it lists, writes, edits and reads files, and answers"
run run --message "Leave a haiku about careful tools in haiku.txt" 2>header.txt
cat header.txt
bundle=$(sed -n 's/^bundle: //p' header.txt)
echo "what it did:"
sed -n 's/.*"name":"\([^"]*\)".*"summary":"\([^"]*\)".*/  \1: \2/p' "$bundle/toolcalls.jsonl"

say "4. What it left in the workspace"
cat workspace/haiku.txt

say "5. An agent cannot leave its workspace, whoever asks"
run run --message '/tool fs.write {"path":"../outside.txt","content":"never"}' || true

say "6. The whole story is on disk: one folder a run"
(cd "$bundle" && wc -lc -- *)

say "7. And it can be checked, offline, with one command"
run audit verify
