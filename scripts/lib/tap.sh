# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154
#
# Test results as TAP lines on stdout. Source it after common.sh.
#
#	tap_run "name" command...	ok if the command succeeds
#	tap_skip "name" "reason"
#	tap_done			the plan; fails if a test failed
#
# A command's output goes to $log/SCRIPT-NUMBER.log; its end follows a failure as
# comment lines.

tap_number=0
tap_failed=0

# tap_ok NAME
tap_ok()
{
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1"
}

# tap_not_ok NAME [LOG] - a failure, with the end of its log
tap_not_ok()
{
	tap_number=$((tap_number + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_number - $1"
	[ -z "${2:-}" ] || {
		echo "# the end of $2:"
		tail -n "${TAIL:-30}" "$2" | sed 's/^/#   /'
	}
}

# tap_skip NAME REASON
tap_skip()
{
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1 # SKIP $2"
}

# tap_run NAME COMMAND... - one test
tap_run()
{
	_name=$1
	shift
	_file=$log/$(basename "$0")-$((tap_number + 1)).log
	# A subshell that is no condition, so that 'set -e' holds inside
	set +e
	( set -e; "$@" ) >"$_file" 2>&1 </dev/null
	_status=$?
	set -e
	if [ "$_status" -eq 0 ]; then
		tap_ok "$_name"
	else
		tap_not_ok "$_name" "$_file"
	fi
}

# tap_done - print the plan
tap_done()
{
	echo "1..$tap_number"
	[ "$tap_failed" -eq 0 ]
}
