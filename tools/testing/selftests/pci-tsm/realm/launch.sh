#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Boot an arm64 kernel as a Realm under the test monitor; becomes QEMU.
#
#   KERNEL=Image INITRD=initrd.img MONITOR=monitor.elf WORKDIR=dir ./launch.sh
#
# Required: KERNEL, INITRD, MONITOR, and WORKDIR, which gets the disk images, the
# device tree and the logs of monitor and responders. With TDIs also:
#   SPDM_RESPONDER  program that plays their DSMs (../spdm)
#   SPDM_CERTS      directory with the keys and certificates for it, in one directory
#                   per QEMU device name (nvme, virtio-blk-pci, ...)
# The rest is optional:
#   SPDM_ARGS  more options for the responders
#   SPDM_ARGS_1, SPDM_ARGS_2, ...   and for that of one TDI, from 1 on
#   TDI     functions behind the trust boundary, from 00:01.0 on (default "nvme")
#   PLAIN   functions that are none, in the slots after them (default none)
#   SMP     CPUs, 1 to 4 (default 1)
#   MEM     MiB of guest RAM (default 512)
#   APPEND  more kernel parameters
#   HMP     1: QEMU's human monitor is the virtio-serial port "hmp" in the guest
#   CONSOLE QEMU's -serial argument for the guest's console (default stdio)
#   QEMU, QEMU_EXTRA   binary, and more arguments for it
#
# A function is a QEMU device name with optional properties ("nvme,mdts=5"); rp/
# in front of it puts it behind a root port of its own, rp1, rp2, ..., as its bus's
# device 0. More functions of that device follow with rp+ ("rp/nvme rp+nvme"). sw/ puts
# it behind a root port and a switch, and sw+ behind another port of the same switch.
# hp/ is as rp/, with a port that it can be unplugged from; TDIs have the ids tdi0, tdi1, ...
# TDIs that are virtio devices are always behind a root port: elsewhere QEMU makes
# conventional PCI functions of them.
#
# Each TDI has a responder of its own. It hangs on the DOE mailbox of the TDI if QEMU
# gives it one, else on that of another function, an NVMe controller without drive
# in slot 0x10, that the monitor keeps for itself. Responders end with QEMU.
set -eu

: "${KERNEL:?}" "${INITRD:?}" "${MONITOR:?}" "${WORKDIR:?}"
: "${TDI=nvme}" "${PLAIN=}" "${SMP:=1}" "${MEM:=512}" "${APPEND=}" "${SPDM_ARGS=}"
: "${HMP:=0}" "${CONSOLE:=stdio}" "${QEMU:=qemu-system-aarch64}" "${QEMU_EXTRA=}"
HERE=$(cd "$(dirname "$0")" && pwd)

# Addresses are those of monitor.h
KERNEL_ADDR=0x40200000
DTB_ADDR=0x48000000
INITRD_ADDR=0x49000000
PARAMS_ADDR=0x13f000000
PARAMS_MAGIC=0x344d5354
RAM_BASE=0x40000000
MAX_TDIS=16
VIRTIO=disable-legacy=on,iommu_platform=on
DSM_SLOT=16
DISK_MIB=256

die()
{
	echo "launch: $*" >&2
	exit 1
}

case $SMP in
[1-4]) ;;
*) die "SMP is 1 to 4, not '$SMP'" ;;
esac
case $MEM in
''|*[!0-9]*) die "MEM is a number of MiB, not '$MEM'" ;;
esac
if [ "$MEM" -lt 256 ] || [ "$MEM" -gt 3072 ] || [ $((MEM % 2)) -ne 0 ]; then
	die "MEM is even and 256 to 3072, not '$MEM'"
fi
for file in "$KERNEL" "$INITRD" "$MONITOR"; do
	[ -r "$file" ] || die "cannot read $file"
done
# The second UART of the virt machine, for the monitor's log, came with 9.1
version=$("$QEMU" --version | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p')
[ "${version:-0}" -ge 10 ] || die "$QEMU is older than QEMU 10.0"

mkdir -p "$WORKDIR"
kernel_size=$(wc -c < "$KERNEL")
initrd_size=$(wc -c < "$INITRD")
initrd_end=$((INITRD_ADDR + initrd_size))
[ $((KERNEL_ADDR + kernel_size)) -lt $((DTB_ADDR)) ] || die "$KERNEL is too large"
[ "$initrd_end" -lt $((RAM_BASE + (MEM << 20))) ] || die "$INITRD is too large"

# Device tree
quoted=$(printf '%s' "$APPEND" | sed 's/[\\"]/\\&/g')
{
	echo "/include/ \"$HERE/realm.dts\""
	echo '/ {'
	printf 'memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x%x>; };\n' \
		$((MEM << 20))
	printf 'chosen { linux,initrd-start = <0 %s>; linux,initrd-end = <0 0x%x>;\n' \
		"$INITRD_ADDR" "$initrd_end"
	printf 'bootargs = "%s %s %s"; };\n' \
		"earlycon=pl011,mmio32,0x109000000 console=ttyAMA0" \
		"rdinit=/init panic=-1 swiotlb=16384" "$quoted"
	echo 'cpus {'
	cpu=1
	while [ "$cpu" -lt "$SMP" ]; do
		printf 'cpu@%d { device_type = "cpu"; compatible = "arm,cortex-a76"; ' $cpu
		printf 'reg = <%d>; enable-method = "psci"; };\n' $cpu
		cpu=$((cpu + 1))
	done
	echo '}; };'
} > "$WORKDIR/guest.dts"
dtc -q -I dts -O dtb -o "$WORKDIR/guest.dtb" "$WORKDIR/guest.dts"

# Responders live as long as a process has the FIFO open for writing: this one, which
# becomes QEMU
alive=$WORKDIR/alive
rm -f "$alive"
mkfifo "$alive"
exec 9<> "$alive"

# start_responder NUMBER CERTS - sets $spdm_port
start_responder()
{
	set -- "spdm$1" "$2" $(($1 + 1))
	eval "own_args=\${SPDM_ARGS_$3:-}"
	port_file=$WORKDIR/$1.port
	rm -f "$port_file"
	(
		exec 8< "$alive" 9>&-
		# shellcheck disable=SC2086,SC2154 # these are several words
		"$SPDM_RESPONDER" --certs "$2" --port-file "$port_file" \
			--log "$WORKDIR/$1.log" $SPDM_ARGS $own_args 8<&- &
		# Nothing is ever written: this ends when the last writer has gone
		read -r _ <&8 || :
		kill $! 2> /dev/null || :
	) < /dev/null > "$WORKDIR/$1.err" 2>&1 &

	tries=0
	until [ -s "$port_file" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 500 ]; then
			cat "$WORKDIR/$1.err" "$WORKDIR/$1.log" >&2 2> /dev/null || :
			die "the SPDM responder for $2 does not start"
		fi
		sleep 0.02
	done
	read -r spdm_port < "$port_file"
}

# Functions; QEMU's arguments are collected in "$@"
set --
role=tdi
slot=1 ports=0 bus=0 below=0 root=0 inner=0 disks=0 nr_tdis=0 dsms=0 tdis=
for spec in $TDI -- $PLAIN; do
	case $role,$spec in
	*,--)	role=plain
		continue ;;
	tdi,virtio-*)
		spec=rp/$spec ;;
	esac

	[ $slot -ne $DSM_SLOT ] || slot=$((slot + 1))
	addr=$(printf %x $slot)
	rid=$((slot << 3)) place=bus=pcie.0,addr=$addr port=0 near=0
	hotplug=off
	case $spec in
	hp/*)
		hotplug=on spec=rp/${spec#hp/} ;;
	esac
	case $spec in
	rp/* | sw/*)
		ports=$((ports + 1)) below=0 root=$rid
		named=chassis=$ports,slot=$ports,hotplug=$hotplug
		set -- "$@" -device "pcie-root-port,id=rp$ports,$place,$named"
		# Linux numbers the buses in the order of the ports, depth first
		bus=$((bus + 1)) ;;
	rp+* | sw+*)
		below=$((below + 1))
		if [ $ports -eq 0 ] || [ $below -ge 8 ]; then
			die "there is no place for $spec"
		fi ;;
	esac
	case $spec in
	sw/*)
		bus=$((bus + 1)) inner=$bus
		set -- "$@" -device "x3130-upstream,id=up$ports,bus=rp$ports,addr=0" ;;
	esac
	case $spec in
	rp/* | rp+*)
		spec=${spec#rp?} rid=$((bus << 8 | below)) port=$root
		place=bus=rp$ports,addr=0.$below
		[ $below -gt 0 ] || place=$place,multifunction=on ;;
	sw/* | sw+*)
		near=$((inner << 8 | (below + 1) << 3)) down=$((below + 1))
		set -- "$@" -device "xio3130-downstream,id=down$ports.$down,bus=up$ports,\
addr=$down,chassis=$((ports * 16 + down)),slot=$down"
		bus=$((bus + 1))
		spec=${spec#sw?} rid=$((bus << 8)) port=$root
		place=bus=down$ports.$down,addr=0 ;;
	esac

	device=${spec%%,*}
	if [ $role = tdi ]; then
		: "${SPDM_RESPONDER:?}" "${SPDM_CERTS:?}"
		[ -d "$SPDM_CERTS/$device" ] ||
			die "no certificates for $device in $SPDM_CERTS"
		start_responder "$nr_tdis" "$SPDM_CERTS/$device"
		dsm=$rid
		if [ "$device" = nvme ]; then
			spec=$spec,spdm_port=$spdm_port
		else
			[ $dsms -lt 8 ] || die "at most 8 TDIs without a mailbox"
			dsm=$(((DSM_SLOT << 3) + dsms))
			addr=$(printf %x $DSM_SLOT).$dsms,multifunction=on
			set -- "$@" -device \
				"nvme,serial=dsm$dsms,spdm_port=$spdm_port,addr=$addr"
			dsms=$((dsms + 1))
		fi
		spec=$spec,id=tdi$nr_tdis
		tdis="$tdis $rid $dsm $port $near"
		nr_tdis=$((nr_tdis + 1))
	fi

	case $spec in
	nvme*|virtio-blk-pci*)
		disk=$WORKDIR/disk$disks.img
		rm -f "$disk"
		dd if=/dev/null of="$disk" bs=1048576 seek=$DISK_MIB 2> /dev/null
		set -- "$@" -drive \
			"file=$disk,format=raw,if=none,id=d$disks,cache=unsafe"
		spec=$spec,drive=d$disks
		disks=$((disks + 1)) ;;
	esac
	case $spec in
	nvme*)	  spec=$spec,serial=$role$slot ;;
	virtio-*) spec=$spec,$VIRTIO ;;
	esac
	set -- "$@" -device "$spec,$place"
	slot=$((slot + 1))
done
# The port's other end is a client of the monitor in the same process
if [ "$HMP" = 1 ]; then
	[ $slot -ne $DSM_SLOT ] || slot=$((slot + 1))
	set -- "$@" -chardev "socket,id=hmp,path=$WORKDIR/hmp,server=on,wait=off" \
		-mon chardev=hmp,mode=readline \
		-chardev "socket,id=guest-hmp,path=$WORKDIR/hmp" \
		-device "virtio-serial-pci,$VIRTIO,addr=$(printf %x $slot)" \
		-device virtserialport,chardev=guest-hmp,name=hmp
	slot=$((slot + 1))
fi
[ $nr_tdis -le $MAX_TDIS ] || die "at most $MAX_TDIS TDIs"
if [ $slot -gt 32 ] || [ $bus -gt 15 ]; then
	die "too many functions"
fi

# struct params of monitor.h
addr=$((PARAMS_ADDR))
for word in $PARAMS_MAGIC $((MEM << 20)) "$SMP" $nr_tdis $tdis; do
	set -- "$@" -device \
		"loader,addr=$(printf 0x%x $addr),data=$word,data-len=8"
	addr=$((addr + 8))
done

# shellcheck disable=SC2086 # QEMU_EXTRA is several words
exec "$QEMU" -nodefaults -no-reboot -display none -monitor none \
	-M virt,virtualization=on,gic-version=3,highmem-ecam=off,highmem-mmio=off,iommu=smmuv3 \
	-global arm-smmuv3.stage=2 -accel tcg -cpu cortex-a76 -smp "$SMP" \
	-m $((4096 + MEM)) -serial "$CONSOLE" -serial "file:$WORKDIR/monitor.log" \
	-device "loader,file=$MONITOR,cpu-num=0" \
	-device "loader,file=$KERNEL,addr=$KERNEL_ADDR,force-raw=on" \
	-device "loader,file=$WORKDIR/guest.dtb,addr=$DTB_ADDR,force-raw=on" \
	-device "loader,file=$INITRD,addr=$INITRD_ADDR,force-raw=on" \
	"$@" $QEMU_EXTRA
