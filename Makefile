# SPDX-License-Identifier: GPL-2.0
#
# Ways into the project; the work is done by small scripts in scripts/.
# Everything built goes to out/, downloads and ccache to ~/.cache/pci-tsm.

# Settings given to make (RUN=script.sh, KERNEL_SRC=dir, ...) reach the scripts by
# the environment; each script says at its top which ones it takes.

VARIANT ?= um

.PHONY: help demo guest shell check kernel realm pcitsm kunit selftest bench fuzz lint soak \
	series tree fold packages packages-all guest-ready clean distclean

help:			## Say what each target does
	@echo "PCI/TSM for guests: the series, its test bed and its tests"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  KERNEL_SRC=dir takes a Linux 7.3 tree that you have; PACKAGES=skip installs nothing."

demo: guest-ready	## From nothing to the story: a Realm guest holds an NVMe controller until it is accepted
	@scripts/demo

guest: guest-ready	## Run RUN=script.sh in the guest [TDI="nvme ..."] [PLAIN="..."] [SMP=n] [APPEND=".."] [QEMU_EXTRA=".."]
	@scripts/guest

shell: guest-ready	## A prompt in the guest, same settings
	@RUN=shell scripts/guest

check:			## All that is needed to trust a change; ends with "N passed, N failed"
	@scripts/check

soak:			## Long or secondary: x86_64, 64K pages, KCSAN, 1000 resets, KASAN and lockdep, every patch on every architecture
	@scripts/soak

kernel: tree		## The Realm guest's kernel, in out/kernel [DEBUG=1: with KASAN and lockdep]
	@scripts/build-kernel $(if $(DEBUG),debug,kernel)

realm:			## The test monitor, in out/realm
	@scripts/build-realm

pcitsm: packages	## The command-line tool for the guest, in out/pcitsm
	@scripts/build-pcitsm

kunit: packages-all tree	## KUnit tests [VARIANT="um um-debug arm64 x86_64 ..."] [FILTER=glob]
	@scripts/kunit $(VARIANT)

selftest: guest-ready	## Selftests in the guest [TESTS="name ..."] [DEBUG=1]
	@$(if $(DEBUG),scripts/build-kernel debug)
	@scripts/selftest $(if $(DEBUG),debug) $(TESTS)

bench: packages-all guest-ready	## What it costs, as a table and a plot: I/O, resets, many functions, functions without TDISP
	@scripts/bench

fuzz: packages-all tree	## Fuzz the parsers, 10 s each [SECONDS=n]
	@scripts/fuzz $(SECONDS)
	@scripts/fuzz-pcitsm $(SECONDS)

lint: packages-all tree	## Static checks: style, documentation, warnings, sparse, clang, Coccinelle
	@scripts/lint

series: packages-all tree	## Write mail-ready patches to out/series, prove that they apply
	@scripts/export

tree: packages		## Make out/linux: pristine kernel, one commit per patch
	@scripts/tree

fold:			## Fold the commits of out/linux back into series/ and the overlay
	@scripts/fold

packages:
	@scripts/install-packages demo

packages-all:
	@scripts/install-packages check

# What a boot of the guest takes
guest-ready: kernel realm pcitsm

clean:			## Remove what was built; keep out/linux and downloads
	rm -rf $(filter-out out/linux,$(wildcard out/*))

distclean:		## Remove out/, also commits in out/linux that are not folded
	rm -rf out
