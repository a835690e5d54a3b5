# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# Paths and small helpers that every script starts from. A script in scripts/
# begins with:
#
#	set -eu
#	. "$(dirname "$0")/lib/common.sh"
#
# It then has $top (the repository), $out, $log and $cache, and the functions
# below. Results go to stdout, all talk goes to stderr.

top=$(cd "$(dirname "$0")/.." && pwd)
out=${OUT:-$top/out}
log=$out/log
linux=$out/linux
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pci-tsm
jobs=${JOBS:-$(nproc)}

mkdir -p "$log" "$cache"

# say TEXT... - one line for the person who waits
say()
{
	printf '%s\n' "$*" >&2
}

# die TEXT... - say why and stop
die()
{
	say "${0##*/}: $*"
	exit 1
}

# have COMMAND - is it installed?
have()
{
	command -v "$1" >/dev/null 2>&1
}

# elapsed SECONDS - 75 becomes 1m15s
elapsed()
{
	printf '%dm%02ds' "$(($1 / 60))" "$(($1 % 60))"
}

# show_tail FILE - the end of a log, indented, after a failure
show_tail()
{
	say "  the end of $1:"
	tail -n "${TAIL:-30}" "$1" | sed 's/^/  | /' >&2
}

# logged NAME WHAT COMMAND... - run COMMAND with its output in $log/NAME.log.
# On a terminal one line is updated while it runs; elsewhere a line is printed
# every half minute. On failure the end of the log follows, and the exit status
# is the command's.
logged()
{
	_file=$log/$1.log
	_what=$2
	shift 2

	_start=$(date +%s)
	_next=30
	_status=0
	"$@" >"$_file" 2>&1 </dev/null &
	_pid=$!
	trap 'kill "$_pid" 2>/dev/null; exit 130' INT TERM HUP

	while kill -0 "$_pid" 2>/dev/null; do
		sleep 0.3
		_now=$(($(date +%s) - _start))
		if [ -t 2 ]; then
			printf '\r  %s: %d lines of log, %s ' "$_what" \
				"$(wc -l <"$_file")" "$(elapsed "$_now")" >&2
		elif [ "$_now" -ge "$_next" ]; then
			say "  $_what: $(wc -l <"$_file") lines of log, $(elapsed "$_now")"
			_next=$((_now + 30))
		fi
	done
	wait "$_pid" || _status=$?
	trap - INT TERM HUP

	_now=$(($(date +%s) - _start))
	[ -t 2 ] && printf '\r\033[K' >&2
	if [ "$_status" -eq 0 ]; then
		say "  $_what: done in $(elapsed "$_now")"
	else
		say "  $_what: failed after $(elapsed "$_now")"
		show_tail "$_file"
	fi
	return "$_status"
}
