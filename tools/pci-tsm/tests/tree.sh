# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Trees of files that look like sysfs, for fake-sysfs. To be sourced after tap.sh.

digest=sha384:$(printf '0123456789abcdef%.0s' 1 2 3 4 5 6)

# new_tree [TSM...] - a tree in sys/, with these TSMs, tsm0 if none are named
new_tree()
{
	mkdir -p sys/bus/pci/devices sys/class/tsm
	for _tsm in "${@:-tsm0}"; do
		mkdir "sys/class/tsm/$_tsm"
		echo devsec >"sys/class/tsm/$_tsm/pci_mode"
	done
}

# new_function ADDRESS - unlocked and held, as a guest finds it; $fn is its directory
new_function()
{
	fn=sys/bus/pci/devices/$1
	mkdir -p "$fn/tsm" "$fn/fake/evidence"
	echo 0x1b36 >"$fn/vendor"
	echo 0x0010 >"$fn/device"
	echo 0x1af4 >"$fn/subsystem_vendor"
	echo 0x1100 >"$fn/subsystem_device"
	echo 0x010802 >"$fn/class"
	echo 0x02 >"$fn/revision"
	printf '0x0000000010000000 0x0000000010003fff 0x0000000000140204\n' >"$fn/resource"
	: >"$fn/reset"
	(
		cd "$fn/tsm" || exit
		echo unlocked >state
		echo 1 >held
		echo >lock
		: >unlock
		: >nonce
		echo 0 >accept
		echo 0 >restore
		echo 0 >restore_count
		echo none >restore_status
		echo 0 >evidence_generation
	)
	(
		# Not of a device: enough where nobody verifies it
		cd "$fn/fake/evidence" || exit
		printf 'chain' >certificates
		printf 'vca' >vca
		printf 'GMEAnonce-nonce-nonce-nonce-nonce-nonce' >measurements
		printf 'report' >report
		echo 0x0001/0x0003 >lock_flags
		echo "$digest" >evidence_digest
	)
}

# ordinary_function ADDRESS - one that cannot do TDISP
ordinary_function()
{
	new_function "$1"
	rm -r "$fn/tsm"
}

# fake COMMAND... - run the tool, or something else, for which sys/ behaves like sysfs
fake()
{
	"$FAKE_SYSFS" sys "$@" && _rc=0 || _rc=$?
	[ "$_rc" != 77 ] || { echo "no seccomp user notification here"; exit 77; }
	return "$_rc"
}

# tool ARGUMENT... - pcitsm on the tree
tool()
{
	fake "$PCITSM" --sysfs sys "$@"
}

# attr NAME - what tsm/NAME of $fn says
attr()
{
	cat "$fn/tsm/$1"
}
