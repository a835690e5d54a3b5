#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# What a measured restore costs: a Function Level Reset of the same function with the
# same driver, first not accepted, then in RUN; and what userspace would need instead.
# "rounds=N" on the kernel command line: how often, 20 by default. Prints medians.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

set -e
ROUNDS=${rounds:-20}
EVENTS=$TRACE/events/pci_tsm

# median(file) - of its numbers. Not of a pipe, which hides that something failed
median()
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# line(text, microseconds)
line()
{
	awk -v text="$1" -v us="$2" 'BEGIN { printf "%-62s %9.2f ms\n", text, us / 1000 }'
}

# resets - the times of ROUNDS of them, in microseconds
resets()
{
	local n=0 out

	while [ $n -lt "$ROUNDS" ]; do
		out=$(wr -t 1 "$PCI/devices/$TDI/reset")
		[ "${out% *}" = OK ] || fail "reset: $out"
		echo "${out#* }"
		# Until the driver is done with it
		within 10 has_disk
		readable
		n=$((n + 1))
	done
}

# parts - stdin: the trace; for each reset, in microseconds: its restore, and all that
# the TSM did since the one before
parts()
{
	awk '
	/pci_tsm_op:/ { sub(/.*latency=/, ""); tsm += $0 / 1000 }
	/pci_tsm_restore:/ { sub(/.*total=/, ""); print $0 / 1000, tsm; tsm = 0 }'
}

clean
bind >/dev/null
within 10 has_disk
resets >/tmp/plain
clean

to_run_named
echo 20000 >$TRACE/buffer_size_kb
echo 1 >$EVENTS/pci_tsm_op/enable
echo 1 >$EVENTS/pci_tsm_restore/enable
echo >$TRACE/trace
resets >/tmp/restored
echo 0 >$EVENTS/pci_tsm_op/enable
echo 0 >$EVENTS/pci_tsm_restore/enable
parts <$TRACE/trace >/tmp/parts
awk '{ print $1 }' /tmp/parts >/tmp/total
awk '{ print $2 }' /tmp/parts >/tmp/tsm

# The same by userspace: nobody can use the device meanwhile, and the kernel does nothing
n=0
while [ $n -lt 3 ]; do
	begin=$(cut -d ' ' -f 1 /proc/uptime)
	unbind >/dev/null
	is "restore" "$(wr 0 "$(attr restore)")" OK
	reset >/dev/null || :
	unlock
	lock
	mkdir -p /tmp/evidence
	collect.sh "$TDI" /tmp/evidence >/dev/null
	is "accept" "$(wr "$(verdict /tmp/evidence)" "$(attr accept)")" OK
	within 10 has_disk
	end=$(cut -d ' ' -f 1 /proc/uptime)
	awk -v b="$begin" -v e="$end" 'BEGIN { print (e - b) * 1000000 }'
	n=$((n + 1))
done >/tmp/userspace

plain=$(median /tmp/plain)
restored=$(median /tmp/restored)
total=$(median /tmp/total)
tsm=$(median /tmp/tsm)
echo "# reset of $TDI, medians of $ROUNDS"
line "plain: not accepted, driver bound" "$plain"
line "in run, restored" "$restored"
line "  of it: operations of the TSM" "$tsm"
# Not from the resets: one takes some milliseconds more or less than another
core=$(awk -v r="$total" -v t="$tsm" 'BEGIN { print r - t }')
line "  of it: core, beyond plain and TSM" "$core"
line "restore itself, with the operations of the TSM" "$total"
line "by userspace: unbind, unlock, lock, verify, accept, bind (3)" "$(median /tmp/userspace)"
