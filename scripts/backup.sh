#!/bin/sh
# Copies an instance into one private archive, also while serve runs: backup.sh ROOT ARCHIVE.tar.gz [--with-key] [--with-workspace]
#
# The order is what makes it fit together: first what is remembered outside the instance (the audit's end, how far the secret store
# had come), then the audit, then everything else. So the audit that was copied is never behind what was remembered of it, and the
# journals never behind the audit. A last line that was being written is left away.
set -eu
umask 077

[ $# -ge 2 ] || { echo "usage: backup.sh ROOT ARCHIVE.tar.gz [--with-key] [--with-workspace]" >&2; exit 2; }
root=$(CDPATH= cd -- "$1" && pwd -P)
archive=$2
shift 2
key='' workspace=''
for option; do
    case $option in
        --with-key) key=yes ;;
        --with-workspace) workspace=yes ;;
        *) echo "backup.sh: no such option: $option" >&2; exit 2 ;;
    esac
done
state=$root/.openclawssy
[ -f "$state/config.json" ] || { echo "backup.sh: there is no instance in $root" >&2; exit 1; }
[ ! -e "$archive" ] || { echo "backup.sh: $archive is there already" >&2; exit 1; }
user=${XDG_STATE_HOME:-$HOME/.local/state}/openclawssy
name=$(printf %s "$state" | sha256sum | cut -c1-24).json

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/copy" "$work/copy/remembered" "$work/copy/.openclawssy"
for kind in anchors marks; do
    if [ -f "$user/$kind/$name" ]; then cp "$user/$kind/$name" "$work/copy/remembered/$kind.json"; fi
done

# A file may grow, be replaced or go away while it is read: each is copied as it is at that moment.
copy() { # FOLDER PATTERN...: the files below that match, with their folders
    (cd "$state" && find . "$@" -type f -print0) | tar -C "$state" --null -T - --ignore-failed-read --warning=no-file-changed --warning=no-file-removed -cf "$work/part.tar" || [ $? -eq 1 ]
    tar -C "$work/copy/.openclawssy" --skip-old-files -xpf "$work/part.tar"
}
copy '(' -path './audit/*' -o -path './agents/*/audit/*' ')'
copy '(' -name 'state.db*' -o -name gateway.json -o -name master.key -o -name '.*.replacing' -o -path './agents/*/runs/.removing-*' ')' -prune -o
[ -z "$key" ] || ! [ -f "$state/master.key" ] || cp -p "$state/master.key" "$work/copy/.openclawssy/"
find "$work/copy/.openclawssy" -name '*.jsonl' -type f -exec sh -c '
    for file; do
        [ ! -s "$file" ] || [ "$(tail -c 1 "$file" | wc -l)" -eq 1 ] || { sed \$d "$file" > "$file.whole" && mv "$file.whole" "$file"; }
    done' sh {} +

# The index in it can be made again from the journals; the ledgers of planned jobs and deliveries cannot.
if [ -f "$state/state.db" ]; then
    if command -v sqlite3 > /dev/null; then sqlite3 "file:$state/state.db?mode=ro" ".timeout 5000" ".backup '$work/copy/.openclawssy/state.db'"
    else echo "note:  without sqlite3, state.db is left out: a job that was due just before may run once more after a restore" >&2
    fi
fi
# A file that is being written has a name of its own until it is whole. What goes away meanwhile was not there (tar says 1); anything worse ends the backup.
if [ -n "$workspace" ]; then
    tar -C "$root" -cf "$work/workspace.tar" --exclude='.openclawssy-tmp-*' workspace || [ $? -eq 1 ]
    tar -C "$work/copy" -xpf "$work/workspace.tar"
    rm "$work/workspace.tar"
fi
tar -C "$work/copy" -czf "$archive" .
echo "backed up $root to $archive"
if [ -z "$key" ] && [ -f "$state/secrets.enc" ]; then echo "note:  the master key is not in it; keep it apart, or stored secrets are lost (--with-key puts a key inside the instance into it)"; fi
