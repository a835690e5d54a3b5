#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# What an NVMe controller reaches by DMA in each state, and what of it is in
# reach. Private memory: in RUN, while a driver is bound, and at no other time.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/nvme.sh
. "$DIR/nvme.sh"

DRIVER=nvme_dma_test
PROBE=$PCI/devices/$TDI/$DRIVER
if ! modprobe $DRIVER; then
	ktap_print_header
	ktap_skip_all "no module $DRIVER"
	exit "$KSFT_SKIP"
fi

# with_probe - the test driver takes the place of nvme
with_probe()
{
	echo $DRIVER >"$PCI/devices/$TDI/driver_override"
}

bind_probe()
{
	with_probe
	is "bind" "$(wr "$TDI" "$PCI/drivers/$DRIVER/bind")" OK
}

run_with_probe()
{
	with_probe
	lock
	accept
	within 10 has_driver "$TDI" $DRIVER
}

# identify(mode) - what one Identify Controller came to
identify()
{
	is "identify $1" "$(wr "$1" "$PROBE/identify")" OK
	cat "$PROBE/identify"
}

# has(text, key=value...) - all of them are in the text
has()
{
	local text=$1 pair

	shift
	for pair; do
		case " $text " in
		*" $pair "*) ;;
		*) fail "no $pair in: $text" ;;
		esac
	done
}

# faults_grow(command...) - the SMMU stopped something meanwhile
faults_grow()
{
	local before

	need_faults
	before=$(fault_read "$FAULT_SMMU_FAULTS")
	"$@"
	[ "$(fault_read "$FAULT_SMMU_FAULTS")" -gt "$before" ] ||
		fail "the SMMU saw no fault"
}

test_unaccepted_works_on_shared_memory()
{
	bind_probe
	for mode in dma_api dma_map; do
		has "$(identify $mode)" queues=shared data=shared completed=1 \
			status=0x0 touched=1
	done
}

unaccepted_data()
{
	has "$(identify private_data)" queues=shared data=private touched=0
}

test_unaccepted_cannot_write_private_memory()
{
	bind_probe
	faults_grow unaccepted_data
}

unaccepted_queues()
{
	has "$(identify private)" queues=private completed=0 fatal=1 touched=0
}

test_unaccepted_cannot_read_private_memory()
{
	bind_probe
	faults_grow unaccepted_queues
}

test_accepted_works_on_private_memory()
{
	run_with_probe
	for mode in dma_api dma_map private_data private; do
		has "$(identify $mode)" queues=private data=private completed=1 \
			status=0x0 touched=1
	done
}

test_unlocked_again_it_is_out_of_private_memory()
{
	run_with_probe
	is unbind "$(unbind)" OK
	unlock
	bind_probe
	faults_grow unaccepted_data
	has "$(identify dma_api)" queues=shared data=shared completed=1 touched=1
}

test_bar_before_acceptance_is_shared()
{
	bind_probe
	has "$(cat "$PROBE/bar")" alias=shared ripas=0 vs=0x10400
}

test_bar_in_run_is_private_and_not_in_reach_as_shared()
{
	run_with_probe
	has "$(cat "$PROBE/bar")" alias=private ripas=1 vs=0x10400
	has "$(cat "$PROBE/bar_shared")" alias=shared vs=0xffffffff
}

test_no_page_in_run_answers_at_the_shared_alias()
{
	local off size table

	run_with_probe
	size=$(stat -c %s "$PCI/devices/$TDI/resource0")
	table=$(($(msix_table) & ~4095))
	[ "$(private_pages)" -gt 0 ]
	off=0
	while [ "$off" -lt "$size" ]; do
		# The page of the MSI-X table is not TEE memory
		[ "$off" -eq "$table" ] || [ "$(reg protected $off)" = fault ] ||
			is "shared alias at $off" "$(reg shared $off)" 0xFFFFFFFF
		off=$((off + 4096))
	done
}

test_by_hand_before_acceptance()
{
	bind_probe
	is "DMA" "$(dma_by_hand shared)" "untouched fatal"
}

test_by_hand_in_run_with_a_driver_bound()
{
	run_with_probe
	identify dma_api
	is "DMA" "$(dma_by_hand protected)" touched
}

test_by_hand_in_run_without_a_driver()
{
	run_with_probe
	identify dma_api
	is unbind "$(unbind)" OK
	is state "$(get state)" run
	is "DMA" "$(dma_by_hand protected)" "untouched fatal"
	bind_probe
	is "DMA with a driver" "$(dma_by_hand protected)" touched
}

# rejected - number of private pages, none of which answers
rejected()
{
	local off=0 n=0

	while [ "$off" -lt "$(stat -c %s "$PCI/devices/$TDI/resource0")" ]; do
		case $(reg protected $off) in
		fault) ;;
		0xFFFFFFFF)
			n=$((n + 1))
			is "shared alias at $off" "$(reg shared $off)" 0xFFFFFFFF
			;;
		*) fail "a private page answers at $off" ;;
		esac
		off=$((off + 4096))
	done
	echo $n
}

# A function that was in RUN, and is not what was accepted after a reset
test_lost_by_a_reset_it_is_out_of_private_memory()
{
	local pages

	need_faults
	with_probe
	lock
	is accept "$(wr "$(get evidence_digest)" "$(attr accept)")" OK
	within 10 has_driver "$TDI" $DRIVER
	has "$(identify private)" data=private completed=1 touched=1
	has "$(cat "$PROBE/bar")" alias=private vs=0x10400
	pages=$(private_pages)
	[ "$pages" -gt 0 ]

	dsm $DSM_CHANGE 0x10 1
	klog_mark
	echo 1 >/sys/module/$DRIVER/parameters/hold
	is reset "$(wr 1 "$PCI/devices/$TDI/reset")" EKEYREJECTED

	# While its driver is released: no page answers, so nothing can be started
	is driver "$(driver)" $DRIVER
	! dma_enabled || fail "private DMA is on"
	is "pages that are rejected" "$(rejected)" "$pages"
	set_reg protected $NVME_CC 0x00460001
	is "CC" "$(reg protected $NVME_CC)" 0xFFFFFFFF
	echo 0 >/sys/module/$DRIVER/parameters/hold
	within 10 has_driver "$TDI" none
	klog_since | grep -F "lost: vs=0xffffffff errno=19"
	dsm $DSM_ORIGINAL

	# Afterwards: nothing is private, and DMA to private memory faults
	is "private pages" "$(private_pages)" 0
	is "pages at the private alias" "$(rejected)" 0
	is "DMA" "$(dma_by_hand shared)" "untouched fatal"
}

run_tests
