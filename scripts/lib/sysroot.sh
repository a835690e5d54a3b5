# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# The arm64 libraries that pcitsm is linked with, for a cross compiler. Source it after
# common.sh and apt.sh.
#
#	sysroot=$(sysroot_make)		their directory, in the cache
#	sysroot_run "$sysroot" make LDFLAGS="$(sysroot_ldflags "$sysroot")" ...

sysroot_lib=lib/aarch64-linux-gnu
# With what they need themselves: the linker wants to see it, and pkg-config
sysroot_packages="libssl-dev libssl3 libjson-c-dev libjson-c5 libpci-dev libpci3 libudev-dev
	libudev1 zlib1g-dev zlib1g libkmod2 liblzma5 libzstd1"

# sysroot_make - unpack the packages into the cache, print the directory
#
# Its name is that of its contents: other versions have another one.
sysroot_make()
{
	_debs=
	for _package in $sysroot_packages; do
		_deb=$(apt_download "$(apt_codename)" arm64 "$_package" "$cache/downloads") ||
			return 1
		_debs="$_debs $_deb"
	done
	# shellcheck disable=SC2086 # several files
	_id=$(cat $_debs | sha256sum | cut -c 1-16)
	_sysroot=$cache/sysroot/arm64-$_id
	if [ ! -d "$_sysroot" ]; then
		mkdir -p "$cache/sysroot"
		_part=$(mktemp -d "$cache/sysroot/.part.XXXXXX")
		for _deb in $_debs; do
			dpkg-deb -x "$_deb" "$_part" || return 1
		done
		# Somebody else may have been faster
		mv -T "$_part" "$_sysroot" 2>/dev/null || rm -rf "$_part"
	fi
	printf '%s\n' "$_sysroot"
}

# sysroot_run SYSROOT COMMAND...
sysroot_run()
{
	_sysroot=$1
	shift
	env PKG_CONFIG_LIBDIR="$_sysroot/usr/$sysroot_lib/pkgconfig:$_sysroot/usr/share/pkgconfig" \
		PKG_CONFIG_SYSROOT_DIR="$_sysroot" "$@"
}

# sysroot_ldflags SYSROOT - where libraries that libraries need are
sysroot_ldflags()
{
	printf '%s\n' "-Wl,-rpath-link,$1/usr/$sysroot_lib -Wl,-rpath-link,$1/$sysroot_lib"
}
