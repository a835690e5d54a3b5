#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2154
#
# Throughput of an NVMe controller that was not accepted (T=0: data is copied through
# swiotlb) and of the same one in RUN (T=1: it reaches private memory), one after the
# other, several times in the same boot. Takes fio from beside this script.
#
# "rounds=N" and "seconds=N" on the kernel command line: how often (5), and how long
# each job runs (5). A line is: io ROUND T JOB KIBPS IOPS. Before that, for each T, how
# often the data of one read was copied: bounced T COUNT.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

set -e
ROUNDS=${rounds:-5}
SECONDS_EACH=${seconds:-5}
BOUNCED=$TRACE/events/swiotlb/swiotlb_bounced

# job(name) - its parameters
job()
{
	case $1 in
	seq-read) echo --rw=read --bs=128k ;;
	seq-write) echo --rw=write --bs=128k ;;
	rand-read) echo --rw=randread --bs=4k ;;
	rand-write) echo --rw=randwrite --bs=4k ;;
	esac
}

# run_fio(parameter...) - leaves its machine-readable line in /tmp/fio
run_fio()
{
	fio --name=bench --filename="/dev/$(disk)" --direct=1 --ioengine=psync --thread \
		--numjobs=4 --group_reporting --norandommap --invalidate=0 \
		--fadvise_hint=0 --output-format=terse --terse-version=3 "$@" >/tmp/fio 2>&1 ||
		fail "fio: $(cat /tmp/fio)"
	grep -q '^3;fio' /tmp/fio || fail "fio says: $(cat /tmp/fio)"
}

# bounced - how many times data is copied for one read of 4 MiB
bounced()
{
	echo >$TRACE/trace
	echo 1 >$BOUNCED/enable
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=64 iflag=direct 2>/dev/null
	echo 0 >$BOUNCED/enable
	grep -c "swiotlb_bounced: dev_name: $TDI " $TRACE/trace || :
}

# measure(round, t)
measure()
{
	local name copies

	within 10 has_disk
	copies=$(bounced)
	echo "bounced $2 $copies"
	# The figures would be of something else
	case $2,$copies in
	0,0) fail "nothing was bounced at T=0" ;;
	1,0) ;;
	1,*) fail "data was bounced at T=1" ;;
	esac
	for name in seq-read seq-write rand-read rand-write; do
		# Fields 7, 8: reads, 48, 49: writes
		# shellcheck disable=SC2046 # several words
		run_fio $(job $name) --time_based --runtime="$SECONDS_EACH" --ramp_time=1
		awk -F ';' -v what="$1 $2 $name" '/^3;fio/ {
			print "io", what, $7 + $48, $8 + $49 }' /tmp/fio
	done
}

clean
bind >/dev/null
within 10 has_disk
# What was never written is no data for the disk's file
run_fio --rw=write --bs=128k --numjobs=1
clean

n=0
while [ $n -lt "$ROUNDS" ]; do
	n=$((n + 1))
	is bind "$(bind)" OK
	measure $n 0
	is unbind "$(unbind)" OK
	to_run
	measure $n 1
	clean
done
