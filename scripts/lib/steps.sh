# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Run a list of test steps to the end, whatever fails, and add up their results.
# Source it after common.sh.
#
#	step NAME COMMAND...	the command prints TAP, nested or not
#	step_do NAME COMMAND...	the command is the test
#	steps_only NAME...	leave out all others from here on; none: all are run
#	steps_done		the total; fails if anything failed
#
# A step's TAP goes to $log/step-NAME.tap; what failed or was skipped is shown.

steps_passed=0
steps_failed=0
steps_skipped=0

steps_wanted=
steps_known=

steps_only()
{
	steps_wanted=" $* "
}

step()
{
	steps_known="$steps_known $1 "
	case $steps_wanted in
	"" | "  " | *" $1 "*) ;;
	*) return 0 ;;
	esac
	_name=$1
	_tap=$log/step-$1.tap
	shift
	_begin=$(date +%s)
	_status=0
	say "$_name: $*"
	"$@" >"$_tap" </dev/null || _status=$?

	_counts=$(awk -f "$top/scripts/lib/tap-count.awk" "$_tap")
	_passed=${_counts%% *}
	_skipped=${_counts##* }
	_failed=${_counts#* }
	_failed=${_failed% *}
	# A step that breaks off, or tests nothing, has failed
	if [ "$_failed" -eq 0 ]; then
		if [ "$_status" -ne 0 ]; then
			echo "not ok - $_name: ended with status $_status" >>"$_tap"
			_failed=1
		elif [ $((_passed + _skipped)) -eq 0 ]; then
			echo "not ok - $_name: no test was run" >>"$_tap"
			_failed=1
		fi
	fi

	# Failures with the comments that follow them, skips with their reason
	awk '
	/^ *not ok/ { print; show = 1; next }
	/^ *#/ { if (show) print; next }
	{ show = 0 }
	/^ *ok.*# SKIP/ { print }' "$_tap"
	echo "$_name: $_passed passed, $_failed failed, $_skipped skipped" \
		"($(elapsed $(($(date +%s) - _begin))))"

	steps_passed=$((steps_passed + _passed))
	steps_failed=$((steps_failed + _failed))
	steps_skipped=$((steps_skipped + _skipped))
}

# as_test NAME COMMAND... - the exit status as one TAP result; output is talk
as_test()
{
	_test=$1
	shift
	if "$@" >&2; then
		echo "ok 1 - $_test"
	else
		echo "not ok 1 - $_test"
		return 1
	fi
}

step_do()
{
	_do=$1
	shift
	step "$_do" as_test "$_do" "$@"
}

steps_done()
{
	for _name in $steps_wanted; do
		case $steps_known in
		*" $_name "*) continue ;;
		esac
		echo "not ok - no such step: $_name"
		steps_failed=$((steps_failed + 1))
	done
	if [ "$steps_skipped" -gt 0 ]; then
		echo "$steps_passed passed, $steps_failed failed, $steps_skipped skipped"
	else
		echo "$steps_passed passed, $steps_failed failed"
	fi
	[ "$steps_failed" -eq 0 ]
}

# One run at a time: the steps share out/
exec 9>"$out/steps.lock"
flock -n 9 || die "another check or soak is running on $out"
