# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154
#
# How this project compiles kernels. Source it after common.sh.
#
#	kernel_variant NAME	sets $obj, $arch, $image and $fragments; $linux for kernels
#				of another tree
#	kernel_config		makes $obj/.config from the fragments, all settings taken
#	kernel_config_some	the same without those that this tree does not know
#	kernel_make TARGET...	runs make on out/linux into $obj
#
# A variant is a configuration: allnoconfig and the fragments on top. All variants
# share one ccache in the cache directory, whatever directory they build in.

export CCACHE_DIR="${CCACHE_DIR:-$cache/ccache}"
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$top}"
export CCACHE_NOHASHDIR=1
export CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-8G}"
# The same source makes the same kernel
export KBUILD_BUILD_TIMESTAMP=2026-11-01
export KBUILD_BUILD_USER=pci-tsm
export KBUILD_BUILD_HOST=pci-tsm
export PYTHONDONTWRITEBYTECODE=1

realm_configs=$top/tools/testing/selftests/pci-tsm/realm
configs=$top/scripts/config
# Our suites, and that of the driver core; those of DMA need swiotlb, which UML lacks
kunit_um="$top/drivers/pci/tsm/.kunitconfig $linux/drivers/base/test/.kunitconfig"
kunit_all="$kunit_um $top/kernel/dma/tests/.kunitconfig"
kunit_arm64="$kunit_all $top/drivers/virt/coco/arm-cca-guest/tests/.kunitconfig"

# newest_clang - the number of the newest installed clang that Linux takes, or nothing
newest_clang()
{
	for _clang in /usr/bin/clang-[0-9]*; do
		echo "${_clang##*-}"
	done | grep -x '[0-9]*' | awk '$1 >= 17 && $1 > best { best = $1 } END { print best }'
}

# kernel_variant NAME - what to build; the known names are the cases below
kernel_variant()
{
	variant=$1
	arch=arm64
	obj=$out/$1
	fragments=$realm_configs/kernel.config

	case $1 in
	kernel)				# the Realm guest's
		;;
	debug)				# the same with the kernel's own debug checks
		obj=$out/kernel-debug
		fragments="$fragments $realm_configs/kernel-debug.config"
		;;
	kcsan)				# the same with the data race detector
		obj=$out/kernel-kcsan
		fragments="$fragments $configs/kcsan.config"
		;;
	kunit-arm64)
		fragments="$fragments $kunit_arm64"
		;;
	kunit-arm64-64k)		# TDISP counts in 4 KiB whatever the page size
		fragments="$fragments $kunit_arm64 $configs/arm64-64k.config"
		;;
	x86_64)				# an ordinary VM
		arch=x86_64
		fragments=$configs/x86_64.config
		;;
	kunit-x86_64)
		arch=x86_64
		fragments="$configs/x86_64.config $kunit_all"
		;;
	kunit-x86_64-kcsan)
		arch=x86_64
		fragments="$configs/x86_64.config $kunit_all $configs/kcsan.config"
		;;
	each-arm64 | each-x86_64)	# what the series touches
		arch=${1#each-}
		fragments="$configs/each.config $configs/$1.config"
		;;
	kunit-um)
		arch=um
		fragments="$configs/um.config $kunit_um"
		;;
	kunit-um-bench)			# times, beside those of upstream's host side
		arch=um
		fragments="$configs/um.config $kunit_um $configs/um-bench.config"
		;;
	kunit-plain)			# what ordinary functions cost, with the series
		fragments="$configs/plain.config $configs/plain-series.config"
		;;
	kunit-plain-base)		# and without
		linux=$out/bench/base
		fragments=$configs/plain.config
		;;
	kunit-um-debug)
		arch=um
		fragments="$configs/um.config $kunit_um $configs/um-debug.config"
		;;
	*)
		die "no kernel variant '$1'"
		;;
	esac

	case $arch in
	arm64)	image=$obj/arch/arm64/boot/Image ;;
	x86_64)	image=$obj/arch/x86/boot/bzImage ;;
	um)	image=$obj/linux ;;
	esac
}

# kernel_make TARGET... - make with the compiler for $arch; CLANG=N takes clang-N
kernel_make()
{
	set -- -C "$linux" O="$obj" ARCH="$arch" LOCALVERSION= "$@"
	if [ -n "${CLANG:-}" ]; then
		set -- LLVM="-$CLANG" CC="ccache clang-$CLANG" "$@"
	elif [ "$arch" = arm64 ]; then
		set -- CROSS_COMPILE=aarch64-linux-gnu- CC="ccache aarch64-linux-gnu-gcc" "$@"
	else
		set -- CC="ccache gcc" "$@"
	fi
	make -j"$jobs" "$@"
}

# kernel_config_some - configure $obj
kernel_config_some()
{
	mkdir -p "$obj"
	# Of several settings of one symbol the last one counts
	# shellcheck disable=SC2086
	cat $fragments | awk '
	match($0, /^(# )?CONFIG_[A-Za-z0-9_]+/) {
		name = substr($0, RSTART, RLENGTH)
		off = sub(/^# /, "", name) || $0 ~ /=n$/
		if (!off || $0 ~ /=n$/ || $0 ~ / is not set$/) {
			if (!(name in line))
				order[++n] = name
			line[name] = off ? "# " name " is not set" : $0
		}
	}
	END { for (i = 1; i <= n; i++) print line[order[i]] }' >"$obj/wanted.config"

	kernel_make KCONFIG_ALLCONFIG="$obj/wanted.config" allnoconfig
}

# kernel_config - configure $obj, and check that each setting was taken
kernel_config()
{
	kernel_config_some || return 1
	_lost=$(grep -vxF -f "$obj/.config" "$obj/wanted.config" | while read -r _line; do
		case $_line in
		\#*)	_name=${_line#\# }; _name=${_name%% *}
			! grep -q "^$_name=" "$obj/.config" || echo "$_line" ;;
		*)	echo "$_line" ;;
		esac
	done)
	if [ -n "$_lost" ]; then
		echo "error: these settings of $fragments were not taken:"
		echo "$_lost"
		return 1
	fi
}
