# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
#
# The fault port that the test monitor (realm/README.md) adds to the
# configuration space of the functions behind the trust boundary: a test says
# there what the host or the device shall do wrong. All is about $TDI.

FAULT_VENDOR=0x7e57
FAULT_DVSEC=1
ENDLESS=0xffffffff

# Registers; reading COMMAND gives the result of the last one
FAULT_COMMAND=0x0c
FAULT_ARGS=0x10
FAULT_STATUS=0x24
FAULT_STATUS_DMA=0x100
FAULT_DEV_PAGES=0x28
FAULT_SMMU_FAULTS=0x2c
FAULT_LOCKS=0x34

# Commands: the first group at the n-th next call, the second at once
CLEAR=0x01
FAIL=0x10
REJECT=0x11
NEXT=0x12
INFO=0x13
SIZE=0x14
BYTES=0x15
HOST_FLIP=0x16
DEVICE_FLIP=0x17
STALE=0x18
FOREIGN=0x19
GROW=0x1a
OTHER_NONCE=0x1b
RELOCK_AT=0x1c
POWER=0x1d
TO_ERROR=0x20
UNLOCK_BEHIND=0x21
RELOCK_BEHIND=0x22
DSM=0x23

# Evidence objects, for the commands from SIZE to GROW
OBJECT_VCA=0
OBJECT_CERTIFICATES=1
OBJECT_MEASUREMENTS=2
OBJECT_REPORT=3
OBJECT_ANY=0xff

# Calls that FAIL and RELOCK_AT can name
IPA_STATE_SET=1
HOST_CALL=2
GET_INFO=3
VALIDATE_MAPPING=4
DMA_ENABLE=5
DMA_DISABLE=6
RHI_VERSION=16
RHI_FEATURES=17
OBJECT_SIZE=18
OBJECT_READ=19
CONTINUE=20
GET_MEASUREMENTS=21
GET_REPORT=22
SET_UNLOCKED=23
SET_LOCKED=24
SET_RUN=25

# Where NEXT says that validation goes on
NEXT_BELOW=0
NEXT_ABOVE=1
NEXT_AGAIN=2
NEXT_UNALIGNED=3
NEXT_HUGE=4

# Bytes of RSI_VDEV_GET_INFO that INFO sets
INFO_HASH_ALGO=0x10
INFO_LOCK_NONCE=0x18
INFO_MEAS_NONCE=0x20
INFO_REPORT_NONCE=0x28
INFO_REPORT_FORMAT=0x30
INFO_REPORT_VERSION=0x3a
INFO_STATE=0x40
INFO_VCA_DIGEST=0x80
INFO_CERTIFICATES_DIGEST=0xc0
INFO_MEASUREMENTS_DIGEST=0x140
INFO_REPORT_DIGEST=0x180

# What DSM can ask of the responder; the "next" of it are numbers of requests
DSM_CHANGE=1		# measurement ARGUMENT ^= VALUE
DSM_ORIGINAL=2		# everything as at start
DSM_CHANGE_ONCE=3	# as CHANGE, in the next VALUE >> 8 signed responses
DSM_CHAIN=4		# ARGUMENT 1: with a leaf that was issued again
DSM_BAD_SIGNATURE=5	# in the next VALUE signed responses
DSM_BUSY=6		# to the next VALUE requests
DSM_NOT_READY=7		# to the next GET_MEASUREMENTS at first
DSM_DELAY=8		# VALUE ms before each signed response

# Status codes of the RMM (RSI) and of the host (RHI)
RSI_ERROR_INPUT=1
RSI_ERROR_STATE=2
RSI_INCOMPLETE=3
RSI_ERROR_UNKNOWN=4
RSI_ERROR_DEVICE=5
RHI_INCOMPLETE=1
RHI_DATA_NOT_AVAILABLE=2
RHI_INVALID_VDEV_ID=3
RHI_INVALID_OBJECT=4
RHI_INPUT=5
RHI_DEVICE=6
RHI_INVALID_OFFSET=7
RHI_ACCESS_FAILED=8
RHI_BUSY=9
RHI_ABORTED=10
RHI_OBJECT_UNSUPPORTED=11

# fault_port([function]) - offset of the port
fault_port()
{
	pcicfg "${1:-$TDI}" dvsec $FAULT_VENDOR $FAULT_DVSEC
}

need_faults()
{
	fault_port >/dev/null || missing "no fault port"
}

fault_read()
{
	local port

	port=$(fault_port) || fail "no fault port"
	printf '%d\n' "$(pcicfg "$TDI" read $((port + $1)) 4)"
}

# fault(command, [class, [nth, [count, [value, [value2]]]]])
fault()
{
	local port

	port=$(fault_port) || missing "no fault port"
	# CLASS, NTH, COUNT, VALUE, VALUE2
	pcicfg "$TDI" write $((port + FAULT_ARGS)) 4 "${2:-0}" "${3:-1}" "${4:-1}" \
		"${5:-0}" "${6:-0}"
	pcicfg "$TDI" write $((port + FAULT_COMMAND)) 4 "$1"
	is "result of fault command $*" \
		"$(pcicfg "$TDI" read $((port + FAULT_COMMAND)) 4)" 0x0
}

# fails(class, status, [count, [nth]]) - the next call of this class fails
fails()
{
	fault $FAIL "$1" "${4:-1}" "${3:-1}" "$2"
}

# dsm(command, [argument, [value]]) - the responder that plays the DSM does it now
dsm()
{
	fault $DSM 0 1 1 $(($1 | ${2:-0} << 8 | ${3:-0} << 16))
}

# fault_clear([function]) - nothing more shall go wrong, in the device neither
fault_clear()
{
	local port

	if port=$(fault_port "$1"); then
		pcicfg "${1:-$TDI}" write $((port + FAULT_COMMAND)) 4 $CLEAR
		pcicfg "${1:-$TDI}" write $((port + FAULT_ARGS)) 4 0 0 0 $DSM_ORIGINAL 0
		# Refused as long as nobody has connected to it
		pcicfg "${1:-$TDI}" write $((port + FAULT_COMMAND)) 4 $DSM
	fi
}

fault_unlock_behind_our_back()
{
	fault $UNLOCK_BEHIND
}

# dma_enabled - the TSM lets the function reach private memory
dma_enabled()
{
	[ $(($(fault_read $FAULT_STATUS) & FAULT_STATUS_DMA)) -ne 0 ]
}

# private_pages - how many pages of the BARs the guest holds as its own
private_pages()
{
	fault_read $FAULT_DEV_PAGES
}

# nothing_private - as far as that can be known here
nothing_private()
{
	if fault_port >/dev/null; then
		is "private pages" "$(private_pages)" 0
	fi
}
