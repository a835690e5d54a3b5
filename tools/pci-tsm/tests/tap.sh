# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# TAP for shell tests: source it, define test_*() functions, end with run_tests. Each is
# run in a subshell that ends at the first command that fails, in a directory of its
# own. $here is the directory of the tests, $PCITSM the tool.

here=$(dirname "$(realpath "$0")")
: "${PCITSM:=$here/../build/pcitsm}"
: "${FAKE_SYSFS:=${PCITSM%/*}/tests/fake-sysfs}"

# fail MESSAGE... - end the test
fail()
{
	echo "$*" >&2
	exit 1
}

# is WHAT FOUND EXPECTED
is()
{
	[ "$2" = "$3" ] || fail "$1: expected \"$3\", found \"$2\""
}

# has FILE PATTERN... - lines of a file match basic regular expressions
has()
{
	_file=$1
	shift
	for _pattern in "$@"; do
		grep -q -e "$_pattern" "$_file" ||
			fail "no \"$_pattern\" in $_file: $(head -c 2000 "$_file")"
	done
}

# lacks FILE PATTERN
lacks()
{
	! grep -q -e "$2" "$1" || fail "\"$2\" in $1: $(head -c 2000 "$1")"
}

# status STATUS COMMAND... - its exit status; output in out, messages in err
status()
{
	_expected=$1
	shift
	_status=0
	"$@" >out 2>err </dev/null || _status=$?
	[ $_status = "$_expected" ] ||
		fail "$*: expected exit status $_expected, found $_status: $(cat out err)"
}

# json FILE EXPRESSION - a Python expression of the JSON in FILE, which is o, holds
json()
{
	python3 -c '
import json, sys
o = json.load(open(sys.argv[1]))
if not eval(sys.argv[2]):
    sys.exit(sys.argv[2] + " does not hold for " + json.dumps(o))
' "$1" "$2" || exit 1
}

# run_tests - all test_*() of the script, in its order. The last command of it.
run_tests()
{
	_names=$(sed -n 's/^\(test_[a-z0-9_]*\)()$/\1/p' "$(realpath "$0")")
	_number=0
	_bad=0
	# shellcheck disable=SC2086
	set -- $_names
	echo "1..$#"
	for _name in "$@"; do
		_number=$((_number + 1))
		mkdir "$_name.dir"
		# What fails in a condition would go on, so that it is none
		set +e
		(set -e; cd "$_name.dir"; "$_name") >"$_name.log" 2>&1
		_result=$?
		set -e
		if [ $_result = 0 ]; then
			echo "ok $_number $_name"
		elif [ $_result = 77 ]; then
			echo "ok $_number $_name # SKIP $(tail -n 1 "$_name.log")"
		else
			echo "not ok $_number $_name"
			sed 's/^/# /' "$_name.log"
			_bad=1
		fi
	done
	return $_bad
}
