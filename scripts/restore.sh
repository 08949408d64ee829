#!/bin/sh
# Puts an archive of backup.sh into a folder that has no instance: restore.sh ARCHIVE.tar.gz ROOT
#
# What was remembered outside of it is put back too, under the name of its new place: on purpose, an older end of the audit and an
# older secret store count from now on. What was remembered before is kept beside it.
set -eu
umask 077

[ $# -eq 2 ] || { echo "usage: restore.sh ARCHIVE.tar.gz ROOT" >&2; exit 2; }
archive=$1
mkdir -p "$2"
root=$(CDPATH= cd -- "$2" && pwd -P)
state=$root/.openclawssy
[ ! -e "$state" ] || { echo "restore.sh: there is an instance in $root already; move it away first" >&2; exit 1; }
user=${XDG_STATE_HOME:-$HOME/.local/state}/openclawssy
name=$(printf %s "$state" | sha256sum | cut -c1-24).json

work=$(mktemp -d "$root/.restoring-XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -C "$work" --no-same-owner -xpzf "$archive"
[ -f "$work/.openclawssy/config.json" ] || { echo "restore.sh: $archive holds no instance" >&2; exit 1; }
chmod 700 "$work/.openclawssy"
for kind in anchors marks; do
    if [ -f "$work/remembered/$kind.json" ]; then
        mkdir -p "$user/$kind"
        if [ -f "$user/$kind/$name" ]; then mv "$user/$kind/$name" "$user/$kind/$name.before-restore"; fi
        cp "$work/remembered/$kind.json" "$user/$kind/$name"
    fi
done
if [ -d "$work/workspace" ] && [ ! -e "$root/workspace" ]; then mv "$work/workspace" "$root/workspace"; else mkdir -p "$root/workspace"; fi
mv "$work/.openclawssy" "$state"
echo "restored $root"
echo "next:  put the master key back, then \`openclawssy doctor -v\` and \`openclawssy audit verify\` there"
