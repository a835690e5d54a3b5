#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# make install: what is installed, and where.

. "$(dirname "$(realpath "$0")")/tap.sh"

# install_into ARGUMENT... - into root/
install_into()
{
	make -s -C "$here/.." install O="${PCITSM%/*}" DESTDIR="$PWD/root" "$@" >log 2>&1 ||
		fail "make install: $(cat log)"
}

# files - what is there, with modes
files()
{
	(cd root && find . ! -type d -printf '%m %P\n' | sort)
}

test_files_and_modes()
{
	install_into
	files >found
	sort >expected <<-'END'
	755 usr/bin/pcitsm
	644 usr/lib/systemd/system/pci-tsm-apply@.service
	644 usr/lib/udev/rules.d/60-pci-tsm.rules
	644 usr/share/bash-completion/completions/pcitsm
	644 usr/share/man/man1/pcitsm.1
	644 usr/share/man/man5/pcitsm-policy.5
	END
	diff expected found || fail "other files"
	[ -d root/etc/pci-tsm/policy.d ]
}

test_modes_do_not_depend_on_the_umask()
{
	umask 077
	install_into
	is "files for all" "$(files | grep -vcE '^(755|644) ')" 0
	is "directory" "$(stat -c %a root/etc/pci-tsm/policy.d)" 755
}

test_another_prefix()
{
	install_into prefix=/usr/local
	[ -x root/usr/local/bin/pcitsm ]
	has root/usr/local/lib/systemd/system/pci-tsm-apply@.service \
		'^ExecStart=/usr/local/bin/pcitsm apply'
}

# These make directories in /tmp, which may be read-only still when functions are found
test_the_unit_does_without_a_writable_root()
{
	install_into
	_unit=root/usr/lib/systemd/system/pci-tsm-apply@.service
	has $_unit '^DefaultDependencies=no$' '^ProtectSystem=strict$'
	lacks $_unit '^Private\(Devices\|Tmp\)='
}

# Built here: with the warnings that another level of optimization may give
test_sysconfdir_of_install_is_what_the_tool_looks_in()
{
	make -s -C "$here/.." -j2 all O="$PWD/build" CFLAGS="-O1 -g" >log 2>&1 ||
		fail "make: $(cat log)"
	status 0 build/pcitsm apply --help
	has out ' /etc/pci-tsm/policy.d by default'
	install_into O="$PWD/build" CFLAGS="-O1 -g" sysconfdir=/usr/local/etc
	status 0 root/usr/bin/pcitsm apply --help
	has out ' /usr/local/etc/pci-tsm/policy.d by default'
	has root/usr/lib/systemd/system/pci-tsm-apply@.service \
		'^ConditionDirectoryNotEmpty=/usr/local/etc/pci-tsm/policy.d'
	[ -d root/usr/local/etc/pci-tsm/policy.d ]
}

test_twice_is_the_same()
{
	install_into
	files >first
	install_into
	files >second
	cmp first second
}

test_what_is_installed_runs()
{
	install_into
	status 0 root/usr/bin/pcitsm --version
	has out '^pcitsm [0-9]'
	status 0 man -l root/usr/share/man/man1/pcitsm.1
	has out 'PCITSM(1)'
}

run_tests
