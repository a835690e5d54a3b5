# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2119,SC2120
#
# What the PCI/TSM selftests share. Source it, define test_*() functions, call
# run_tests. Each test is a function of its own that starts from the same state:
# every function behind the trust boundary unlocked, held and without a driver.
# (A file may define another clean(). TDI_OPTIONAL=1: also without functions.)
# A test runs with "set -e" in a subshell: the first command that fails, fails
# it. Its name, with spaces, is what the TAP line says.

DIR=$(dirname "$(realpath "$0")")
PATH=$DIR:$PATH
# shellcheck source=/dev/null
. "$DIR/../kselftest/ktap_helpers.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/fault.sh
. "$DIR/fault.sh"

PCI=/sys/bus/pci
TRACE=/sys/kernel/tracing

# The TSM and its module. TDIS: all functions that can be accepted, TDI: the first
TSM_MODULE=arm_cca_guest
TDIS=
for _dir in "$PCI"/devices/*/tsm/held; do
	[ ! -e "$_dir" ] || TDIS="$TDIS $(basename "${_dir%/tsm/held}")"
done
TDI=${TDIS# }
TDI=${TDI%% *}

# --- what a test is made of ---

# fail(text) - end the test as failed
fail()
{
	echo "$*"
	exit "$KSFT_FAIL"
}

# skip(text) - end the test as not applicable here
skip()
{
	echo "$*"
	exit "$KSFT_SKIP"
}

# missing(text) - the test is not applicable here, unless here is the test guest, which
# has what is needed or should not be asked for it
missing()
{
	[ -z "${guest_tag:-}" ] || fail "$*"
	skip "$*"
}

# is(what, seen, expected)
is()
{
	[ "$2" = "$3" ] || fail "$1: '$2', expected '$3'"
}

# only(file, line...) - it has no other lines than these
only()
{
	local file=$1

	shift
	printf '%s\n' "$@" >/tmp/only
	is "other lines in $file" "$(grep -vxF -f /tmp/only "$file" | sort -u)" ""
}

# expect(result, value, file) - write value, which must give OK or this errno
expect()
{
	is "write of '$2' to $3" "$(wr "$2" "$3")" "$1"
}

# within(seconds, command...) - the command comes true in time. It gets three times as
# long before the test fails: a slow machine is not what is tested.
within()
{
	local n=$(($1 * 60))

	shift
	until "$@"; do
		n=$((n - 1))
		[ "$n" -gt 0 ] || fail "still not true: $*"
		sleep 0.05
	done
}

# --- devices; the function is TDI unless one is named ---

attr()
{
	echo "$PCI/devices/${2:-$TDI}/tsm/$1"
}

get()
{
	cat "$PCI/devices/${2:-$TDI}/tsm/$1"
}

# driver([function]) - name of the bound driver, or "none"
driver()
{
	local link=$PCI/devices/${1:-$TDI}/driver

	if [ -e "$link" ]; then
		basename "$(realpath "$link")"
	else
		echo none
	fi
}

has_driver()
{
	[ "$(driver "$1")" = "$2" ]
}

# The driver that serves a function in the end
driver_for()
{
	case $(cat "$PCI/devices/$1/class") in
	0x0108*) echo nvme ;;
	0x0100* | 0x0180*) echo virtio-pci ;;
	0x0200*) echo igb ;;
	esac
}

bind()
{
	wr "${1:-$TDI}" "$PCI/drivers/$(driver_for "${1:-$TDI}")/bind"
}

unbind()
{
	wr "${1:-$TDI}" "$PCI/devices/${1:-$TDI}/driver/unbind"
}

# cap(id, [function]) - offset of a PCI capability
cap()
{
	local pos

	pos=$(pcicfg "${2:-$TDI}" read 0x34 1)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ $((pos)) -ne 0 ] || break
		if [ $(($(pcicfg "${2:-$TDI}" read "$pos" 1))) -eq $(($1)) ]; then
			echo "$pos"
			return
		fi
		pos=$(pcicfg "${2:-$TDI}" read $((pos + 1)) 1)
	done
	fail "no capability $1"
}

# disk(function) - name of the block device that hangs below it
disk()
{
	local dir

	for dir in "$PCI/devices/${1:-$TDI}"/nvme/nvme*/nvme*n1 \
		   "$PCI/devices/${1:-$TDI}"/virtio*/block/vd*; do
		[ ! -d "$dir" ] || basename "$dir"
	done | head -n 1
}

has_disk()
{
	[ -n "$(disk "$1")" ] && [ -b "/dev/$(disk "$1")" ]
}

tsm()
{
	local dir

	for dir in /sys/class/tsm/tsm*; do
		[ -d "$dir" ] || return 0
		if [ "$(cat "$dir/pci_mode" 2>/dev/null)" = devsec ]; then
			basename "$dir"
			return
		fi
	done
}

lock()
{
	is "lock" "$(wr "$(tsm)" "$(attr lock "$1")")" OK
	is "state after lock" "$(get state "$1")" locked
}

accept()
{
	is "accept" "$(wr 1 "$(attr accept "$1")")" OK
	is "state after accept" "$(get state "$1")" run
}

unlock()
{
	is "unlock" "$(wr "$(get lock "$1")" "$(attr unlock "$1")")" OK
	is "state after unlock" "$(get state "$1")" unlocked
}

# nonce([function]) - write one; prints what came of it
nonce()
{
	head -c 32 /dev/urandom >/tmp/nonce
	wr -b /tmp/nonce "$(attr nonce "$1")"
}

# storm(command...) - repeat it until calm() or the end of the test. What it prints is
# in /tmp/storm.out.
storm()
{
	: >/tmp/storm
	: >/tmp/storm.out
	while [ -e /tmp/storm ]; do
		"$@" || :
	done >/tmp/storm.out &
	within 10 test -s /tmp/storm.out
}

calm()
{
	rm /tmp/storm
	wait
}

# to_run([function]) - from unlocked to RUN with its driver bound
to_run()
{
	lock "$1"
	accept "$1"
	within 10 has_driver "${1:-$TDI}" "$(driver_for "${1:-$TDI}")"
}

# untouched([function]) - as a function is before anybody did anything to it
untouched()
{
	is "driver" "$(driver "$1")" none
	is "state" "$(get state "$1")" unlocked
	is "held" "$(get held "$1")" 1
	is "lock" "$(get lock "$1")" ""
}

rescan()
{
	echo 1 >"$PCI/rescan"
}

remove()
{
	echo 1 >"$PCI/devices/${1:-$TDI}/remove"
}

exists()
{
	[ -d "$PCI/devices/$1" ]
}

has_attr()
{
	[ -e "$(attr "$1" "${2:-$TDI}")" ]
}

no_attr()
{
	[ ! -e "$(attr "$1" "${2:-$TDI}")" ]
}

# --- the kernel's log, without what programs wrote into it ---

OLD_KLOG=/tmp/klog

# klog_mark - what comes now is new
klog_mark()
{
	dmesg -r -c >>$OLD_KLOG
}

# klog_since - what was logged after klog_mark
klog_since()
{
	dmesg -r | grep '^<[0-7]>'
}

# klog - all of it
klog()
{
	klog_mark
	grep '^<[0-7]>' $OLD_KLOG
}

# one_line_about([function]) - klog_since has exactly one line of ours about it
one_line_about()
{
	local lines

	lines=$(klog_since | grep -F " ${1:-$TDI}: PCI/TSM: " || :)
	is "lines in the log about ${1:-$TDI} ($lines)" \
		"$(echo "$lines" | grep -c .)" 1
}

# --- uevents ---

# listen(count, [function]) - start to listen; heard() then gives what came
listen()
{
	: >/tmp/uevents
	rm -f /tmp/listened
	( rc=0
	  uevent-listen 30000 "$1" "/${2:-$TDI}" >/tmp/uevents || rc=$?
	  echo $rc >/tmp/listened ) &
	within 5 grep -q listening /tmp/uevents
}

# heard - wait until as many events came as listen() was told
heard()
{
	# No wait: who reads from a pipe runs this in a shell that did not start it
	within 12 test -s /tmp/listened
	[ "$(cat /tmp/listened)" = 0 ] || fail "the uevents that came: $(cat /tmp/uevents)"
	tail -n +2 /tmp/uevents
}

# nth_event(n) - stdin: events; the n-th one, a line per key
nth_event()
{
	awk -v RS= -v n="$1" 'NR == n'
}

# --- running tests ---

# Back to the start, whatever the last test left behind
clean_function()
{
	local dir=$PCI/devices/$1

	[ ! -e "$dir/driver" ] || unbind "$1" >/dev/null
	echo >"$dir/driver_override"
	[ -z "$(get lock "$1")" ] || wr "$(get lock "$1")" "$(attr unlock "$1")" >/dev/null
	untouched "$1"
}

clean()
{
	local bdf

	for bdf in $TDIS; do
		exists "$bdf" || rescan
		fault_clear "$bdf"
	done
	if [ -z "$(tsm)" ]; then
		rmmod "$TSM_MODULE" || :
		modprobe "$TSM_MODULE"
	fi
	for bdf in $TDIS; do
		clean_function "$bdf"
	done
}

run_test()
{
	local name rc

	name=$(echo "${1#test_}" | tr _ ' ')
	# The trace shows where a test failed
	( PS4='+ '; exec 2>/tmp/trace; set -ex; clean; $1 ) >/tmp/output
	rc=$?
	rm -f /tmp/storm
	[ "$rc" -eq 0 ] || sed 's/^/# /' /tmp/output
	case $rc in
	0)
		ktap_test_pass "$name"
		;;
	"$KSFT_SKIP")
		ktap_test_skip "$name"
		;;
	*)
		tail -n 8 /tmp/trace | sed 's/^/# /'
		ktap_test_fail "$name"
		;;
	esac
}

LEAKS=/sys/kernel/debug/kmemleak

# In a kernel that looks for leaks, the last test of each file. It takes an
# object a few seconds to become suspicious.
test_no_memory_was_leaked()
{
	sleep 6
	echo scan >$LEAKS
	sleep 1
	echo scan >$LEAKS
	is "leaks" "$(head -n 40 $LEAKS)" ""
}

# run_tests - every test_*() of the calling file, in the order written there
run_tests()
{
	local t all

	ktap_print_header
	all=$(sed -n 's/^\(test_[A-Za-z0-9_]*\)()$/\1/p' "$0")
	if [ -z "$TDI$TDI_OPTIONAL" ]; then
		ktap_skip_all "no function here is behind a trust boundary"
		exit "$KSFT_SKIP"
	fi
	# What is lost by the boot is not ours
	if echo scan 2>/dev/null >$LEAKS; then
		echo clear >$LEAKS
		all="$all test_no_memory_was_leaked"
	fi
	# shellcheck disable=SC2086
	ktap_set_plan "$(echo $all | wc -w)"
	for t in $all; do
		run_test "$t"
	done
	ktap_finished
}
