#!/usr/bin/env bash
# need.sh WHAT PACKAGE… - makes sure a command (or an absolute path) is here; installs the Debian packages when that is possible.
set -u
what=$1
shift
here() { case $what in /*) [ -e "$what" ] ;; *) command -v "$what" >/dev/null 2>&1 ;; esac }

here && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing $* (for $what)"
    { apt-get install -y -q "$@" || { apt-get update -q && apt-get install -y -q "$@"; }; } >/dev/null 2>&1
    here && exit 0
fi
echo "$what is missing; install it first, on Debian and Ubuntu with: sudo apt-get install $*" >&2
exit 1
