#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# pcitsm lock, unlock, accept and evidence: what they do, and what they say if they fail.

. "$(dirname "$(realpath "$0")")/tap.sh"
. "$(dirname "$(realpath "$0")")/tree.sh"

other=sha384:$(printf 'fedcba9876543210%.0s' 1 2 3 4 5 6)

# One function, in the state that is named
prepare()
{
	new_tree
	new_function 0000:00:01.0
	case $1 in
	locked)	tool lock 00:01.0 ;;
	run)	tool lock 00:01.0; tool accept 00:01.0 --digest "$digest" ;;
	esac >/dev/null
	is state "$(attr state)" "$1"
}

test_lock()
{
	prepare unlocked
	status 0 tool lock 00:01.0
	has out '^0000:00:01.0: unlocked -> locked$'
	is state "$(attr state)" locked
	is TSM "$(attr lock)" tsm0
}

test_lock_json()
{
	prepare unlocked
	status 0 tool lock 00:01.0 --json
	json out 'o["state"] == "locked" and o["tsm"] == "tsm0" and o["evidence_generation"] == 1'
}

test_lock_with_the_tsm_that_is_named()
{
	new_tree tsm0 tsm1 tsm10
	new_function 0000:00:01.0
	status 1 tool lock 00:01.0
	has err 'several TSMs with pci_mode devsec, tsm0 among them'
	status 0 tool lock --tsm tsm10 00:01.0
	is TSM "$(attr lock)" tsm10
}

test_lock_takes_no_tsm_of_the_host()
{
	new_tree tsm0 tsm1
	new_function 0000:00:01.0
	echo link >sys/class/tsm/tsm0/pci_mode
	status 5 tool lock --tsm tsm0 00:01.0
	has err 'its pci_mode is not devsec'
	status 0 tool lock 00:01.0
	is TSM "$(attr lock)" tsm1
}

test_lock_without_a_tsm()
{
	prepare unlocked
	rm -r sys/class/tsm/tsm0
	status 5 tool lock 00:01.0
	has err 'there is no TSM with pci_mode devsec here'
	rm -r sys/class/tsm
	status 5 tool lock 00:01.0
	has err 'there is no TSM with pci_mode devsec here'
	status 5 tool lock --tsm tsm0 00:01.0
	has err 'there is no tsm0'
}

test_lock_with_a_name_that_is_no_tsm()
{
	prepare unlocked
	for _name in '' 0 tsm tsmx tsm0/ ../tsm/tsm0 tsm00000000000000000000 'tsm0
'; do
		status 2 tool lock --tsm "$_name" 00:01.0
		has err ': expected tsm and a number; see pcitsm lock --help'
	done
	is state "$(attr state)" unlocked
	# Those there could be, but are not
	for _name in tsm1 tsm0000000000 tsm9999999999; do
		status 5 tool lock --tsm "$_name" 00:01.0
		has err "there is no $_name; see /sys/class/tsm"
	done
}

test_unlock()
{
	prepare locked
	status 0 tool unlock 00:01.0
	has out '^0000:00:01.0: locked -> unlocked$'
	is state "$(attr state)" unlocked
}

test_unlock_error_without_a_tsm_takes_any()
{
	new_tree tsm3 tsm20
	new_function 0000:00:01.0
	echo error >"$fn/tsm/state"
	status 0 tool unlock 00:01.0
	is state "$(attr state)" unlocked
}

test_accept_by_digest()
{
	prepare locked
	status 0 tool accept 00:01.0 --digest "$digest"
	has out "^0000:00:01.0: locked -> run, accepted as $digest\$"
	is state "$(attr state)" run
	is restore "$(attr restore)" 1
	is generation "$(attr evidence_generation)" 1
}

test_accept_by_digest_again_is_fine()
{
	prepare run
	status 0 tool accept 00:01.0 --digest "$digest" --json
	json out 'o["state"] == "run" and o["verdict"] is None'
}

test_accept_without_restore()
{
	prepare locked
	status 0 tool accept 00:01.0 --digest "$digest" --no-restore
	is state "$(attr state)" run
	is restore "$(attr restore)" 0
}

test_accept_another_digest_is_stale()
{
	prepare locked
	status 4 tool accept 00:01.0 --digest "$other"
	has err 'accept failed, ESTALE: its evidence is not what was verified'
	is state "$(attr state)" locked
}

test_accept_unverified_is_loud()
{
	prepare locked
	status 0 tool accept 00:01.0 --no-verify
	has err 'WARNING.*NOT VERIFIED' 'WARNING.*ALL PRIVATE MEMORY'
	is state "$(attr state)" run
	is generation "$(attr evidence_generation)" 2
}

test_accept_says_what_to_expect()
{
	prepare locked
	status 2 tool accept 00:01.0
	is state "$(attr state)" locked
}

test_accept_refuses_what_is_no_evidence()
{
	prepare locked
	: >roots.pem
	status 0 openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=x -keyout key.pem -out roots.pem
	status 3 tool accept 00:01.0 --roots roots.pem --allow-others
	has err '0000:00:01.0: it is not accepted and stays locked'
	is state "$(attr state)" locked
	status 3 tool accept 00:01.0 --roots roots.pem --allow-others --json
	json out 'o["state"] == "locked" and o["verdict"]'
}

test_accept_options_that_contradict()
{
	prepare locked
	status 2 tool accept 00:01.0 --digest "$digest" --no-verify
	has err 'contradict'
	status 2 tool accept 00:01.0 --digest "$digest" --any-name
	status 2 tool accept 00:01.0 --no-verify --allow-debug
	has err 'nothing is verified here'
	status 2 tool accept 00:01.0 --digest 1
	status 2 tool accept 00:01.0 --digest "${digest%0*}"
	has err 'expected --digest sha384:'
	is state "$(attr state)" locked
}

test_accept_what_was_measured_again_with_another_result()
{
	prepare run
	echo "$other" >"$fn/fake/evidence/evidence_digest"
	status 3 tool accept 00:01.0 --no-verify
	has err 'EKEYREJECTED: it was in run and is not what was accepted'
	is state "$(attr state)" error
}

test_evidence_is_written()
{
	prepare locked
	_nonce=$(printf '%02x' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 \
		17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)
	status 0 tool evidence 00:01.0 dir --nonce "$_nonce"
	has out '0000:00:01.0: evidence, generation 2, is in dir' "^$digest\$"
	for _name in certificates vca report lock_flags; do
		cmp "dir/$_name" "$fn/fake/evidence/$_name"
	done
	cmp dir/resource "$fn/resource"
	is nonce "$(od -An -v -tx1 dir/nonce | tr -d ' \n')" "$_nonce"
	is "signed nonce" "$(od -An -v -tx1 -j4 -N32 dir/measurements | tr -d ' \n')" "$_nonce"
	is mode "$(stat -c %a dir)" 700
}

test_evidence_for_a_nonce_in_a_file()
{
	prepare locked
	head -c 32 /dev/urandom >given
	status 0 tool evidence 00:01.0 dir --nonce given
	cmp given dir/nonce
}

test_evidence_has_another_nonce_each_time()
{
	prepare locked
	status 0 tool evidence 00:01.0 a
	status 0 tool evidence 00:01.0 b --json
	json out 'o["directory"] == "b" and o["evidence_generation"] == 3'
	! cmp a/nonce b/nonce
}

test_evidence_with_a_nonce_that_is_none()
{
	prepare locked
	printf '%032d' 0 >good
	printf '%033d' 0 >long
	printf '%031d' 0 >short
	for _nonce in '' 00 long short nothing . "$(cat good)" "$(cat good good)00" \
		"$(cat good)$(cat short)g"; do
		status 2 tool evidence 00:01.0 dir --nonce "$_nonce"
		has err 'expected 64 hexadecimal digits or a file with 32 bytes'
	done
	[ ! -e dir ]
	status 0 tool evidence 00:01.0 dir --nonce "$(cat good good)"
}

test_evidence_of_the_last_collection()
{
	prepare locked
	status 0 tool evidence 00:01.0 dir --no-collect
	is generation "$(attr evidence_generation)" 1
	[ ! -e dir/nonce ]
	status 2 tool evidence 00:01.0 dir --no-collect --nonce "$(printf '%064d' 0)"
	has err '^pcitsm evidence: --nonce or --no-collect'
}

test_evidence_replaces_nothing_unless_told_to()
{
	prepare locked
	status 0 tool evidence 00:01.0 dir
	cp dir/measurements before
	status 1 tool evidence 00:01.0 dir
	has err 'dir/certificates: is there already; name another directory, or --force$'
	cmp before dir/measurements
	status 0 tool evidence 00:01.0 dir --force
	! cmp before dir/measurements
}

test_evidence_that_another_program_collects_meanwhile()
{
	prepare locked
	# Each collection is followed by another one, with another nonce
	cat >"$fn/fake/collect" <<-'END'
	#!/bin/sh
	printf 'GMEAsomebody-else-s-nonce-of-32-bytes-+' >evidence/measurements
	END
	chmod +x "$fn/fake/collect"
	status 4 tool evidence 00:01.0 dir
	has err 'collected anew again and again'
	[ ! -e dir ]
}

test_evidence_is_read_again_when_it_is_stale()
{
	prepare locked
	echo "116" >"$fn/fake/fail-read-report"
	status 0 tool evidence 00:01.0 dir
	cmp dir/report "$fn/fake/evidence/report"
}

# Without it, nobody knows whether the objects are of one collection. A read of a file is
# two; it is read when the function is looked for, and before the objects.
test_the_generation_cannot_be_read_again()
{
	prepare locked
	echo "5 4" >"$fn/fake/fail-read-evidence_generation"
	status 1 tool evidence 00:01.0 dir
	has err '0000:00:01.0: tsm/evidence_generation cannot be read: Input/output error'
	[ ! -e dir ]
	[ ! -e "$fn/fake/fail-read-evidence_generation" ]
}

test_evidence_that_went()
{
	prepare locked
	echo "61" >"$fn/fake/fail-read-vca"
	status 1 tool evidence 00:01.0 dir
	has err 'it has no evidence: lock it, or collect it'
	[ ! -e dir ]
}

test_evidence_of_an_unlocked_function()
{
	prepare unlocked
	status 1 tool evidence 00:01.0 dir
	has err 'EINVAL: it is unlocked and has no evidence; lock it: pcitsm lock 0000:00:01.0'
	[ ! -e dir ]
}

# failing STATE VERB ERRNO MESSAGE - what the tool says when the write fails like that
failing()
{
	_attribute=$2
	case $2 in
	lock|unlock)	set -- "$@" tool "$2" 00:01.0 ;;
	accept)		set -- "$@" tool accept 00:01.0 --digest "$digest" ;;
	nonce)		set -- "$@" tool evidence 00:01.0 dir ;;
	restore)	set -- "$@" tool accept 00:01.0 --digest "$digest" --no-restore ;;
	esac
	echo "$1" >"$fn/tsm/state"
	echo tsm0 >"$fn/tsm/lock"
	cp "$fn/fake/evidence/evidence_digest" "$fn/tsm/"
	awk -v symbol="$3" '$1 == symbol { print $2 }' ../errno.txt >"$fn/fake/fail-$_attribute"
	[ -s "$fn/fake/fail-$_attribute" ]
	_symbol=$3 _message=$4
	shift 4
	_result=0
	"$@" >out 2>err || _result=$?
	[ $_result = 1 ] || [ $_result = 3 ] || [ $_result = 4 ] || [ $_result = 5 ] ||
		fail "exit status $_result"
	has err "^pcitsm: 0000:00:01.0: .* failed, $_symbol: $_message"
	[ "$(grep -vc 'it was accepted all the same' err)" = 1 ] ||
		fail "several messages: $(cat err)"
}

test_errors_of_lock()
{
	prepare unlocked
	failing unlocked lock EINVAL 'that is not the name of a TSM; give one'
	failing unlocked lock ENXIO 'there is no such TSM of this machine.*see /sys/class/tsm'
	failing locked lock EBUSY 'it is locked already; verify it, or unlock it'
	failing run lock EBUSY 'it is in run already; to lock it again'
	failing unlocked lock EBUSY 'a driver was bound'
	failing error lock EIO 'it is in error; unlock it'
	failing unlocked lock EIO 'the TSM does not say.*dmesg'
	failing unlocked lock EBADMSG '.*malformed or was tampered with; see'
	failing unlocked lock ESTALE 'the host locked the function anew'
	failing unlocked lock ETIMEDOUT '.*did not come to an end; try again'
	failing unlocked lock EINTR 'a signal arrived; the function is not locked'
	failing unlocked lock ENOMEM 'out of memory'
	failing unlocked lock ENODEV 'the TSM or the host knows no such function'
	failing unlocked lock EOPNOTSUPP 'the TSM or the host lacks something'
	failing unlocked lock ENODATA 'there is no evidence'
	failing unlocked lock EPROTO 'the host takes the request'
	failing unlocked lock EPERM 'it was refused'
	failing unlocked lock EACCES 'only root may do that; run it as root'
	failing unlocked lock EROFS 'sysfs is read-only here'
	ln -s ../../drivers/nvme "$fn/driver"
	_unbind='echo 0000:00:01.0 > /sys/bus/pci/devices/0000:00:01.0/driver/unbind'
	failing unlocked lock EBUSY "driver nvme is bound; unbind it first: $_unbind\$"
}

test_errors_of_nonce()
{
	prepare unlocked
	failing unlocked nonce EINVAL 'it is unlocked and has no evidence; lock it'
	failing error nonce EKEYREJECTED 'it was in run and is not what was accepted.*pcitsm show'
	failing locked nonce EBUSY 'it is being reset, or recovers from an error; try again'
	failing locked nonce ESTALE 'the host locked the function anew'
	failing locked nonce EBADMSG '.*tampered with'
	failing error nonce EIO 'it is in error; unlock it'
	failing locked nonce ENXIO 'it or its TSM is being removed'
	failing locked nonce ETIMEDOUT '.*did not come to an end'
	failing locked nonce EINTR 'a signal arrived; it may be without evidence'
	failing locked nonce ENOMEM 'out of memory'
}

test_errors_of_accept()
{
	prepare unlocked
	failing unlocked accept EINVAL 'it is unlocked; lock it'
	failing locked accept EINVAL 'that is not an evidence digest'
	failing locked accept ESTALE 'its evidence is not what was verified.*pcitsm verify'
	failing error accept EIO 'it is in error'
	failing locked accept EBADMSG 'its interface report does not fit its BARs'
	failing locked accept ENXIO 'it or its TSM is being removed'
	failing locked accept EBUSY 'it is being reset, or the guest uses one of its BAR pages'
	failing locked accept EPERM 'the host refuses to give up one of its BAR pages'
	failing locked accept ETIMEDOUT '.*did not come to an end'
	failing locked accept EINTR 'a signal arrived; the function is not in run'
	failing locked accept ENOMEM 'out of memory'
}

test_errors_of_unlock()
{
	prepare unlocked
	failing unlocked unlock EINVAL 'it is unlocked already'
	failing locked unlock EINVAL 'that is not the TSM that has it in its care'
	failing error unlock EIO 'the TSM says that it is not unlocked; try again'
	failing error unlock EBADMSG '.*malformed; try again'
	failing error unlock ETIMEDOUT '.*did not come to an end'
	failing locked unlock EINTR 'a signal arrived before anything was done'
	failing locked unlock EBUSY 'a driver is bound; try again'
	ln -s ../../drivers/nvme "$fn/driver"
	failing run unlock EBUSY 'driver nvme is bound; unbind it first'
}

test_errors_of_restore()
{
	prepare unlocked
	failing run restore EINVAL 'it is not in run; accept it first'
}

test_an_error_that_nobody_knows_has_its_text()
{
	prepare unlocked
	echo 74 >"$fn/fake/fail-accept"
	echo 125 >"$fn/fake/fail-lock"
	status 1 tool lock 00:01.0
	has err "lock failed, Operation canceled; see what the kernel's log says"
}

test_a_failure_that_ends_in_error_says_so()
{
	prepare locked
	echo "110 error" >"$fn/fake/fail-accept"
	status 1 tool accept 00:01.0 --digest "$digest"
	has err 'ETIMEDOUT.*; it is in error now$'
}

test_the_real_errors_of_the_abi()
{
	prepare run
	status 1 tool lock 00:01.0
	has err 'EBUSY: it is in run already'
	ln -s ../../drivers/nvme "$fn/driver"
	status 1 tool unlock 00:01.0
	has err 'EBUSY: driver nvme is bound'
	rm "$fn/driver"
	status 0 tool unlock 00:01.0
	status 1 tool unlock 00:01.0
	has err 'EINVAL: it is unlocked already'
	status 1 tool accept 00:01.0 --digest "$digest"
	has err 'EINVAL: it is unlocked'
}

# nobody VERB... - pcitsm of here, as a user without privileges
nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups ./pcitsm --sysfs sys "$@"
}

test_a_user_who_is_not_root_is_told_so()
{
	[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
	prepare unlocked
	chmod 755 . sys
	chmod 644 "$fn/tsm/lock"
	cp "$PCITSM" pcitsm
	_top=$PWD
	# Nobody may have no way to here
	while [ "$_top" != / ]; do
		[ -n "$(find "$_top" -maxdepth 0 -perm -o=x)" ] || chmod o+x "$_top"
		_top=$(dirname "$_top")
	done
	status 1 nobody lock 00:01.0
	has err 'lock failed, EACCES: only root may do that'
	status 0 nobody list
	cp "$fn/fake/evidence/"* "$fn/tsm/"
	chmod 600 "$fn/tsm/certificates"
	status 0 nobody show 00:01.0
	has out 'Only root may read its evidence'
}

python3 -c 'import errno
for symbol in dir(errno):
    if symbol[0] == "E": print(symbol, getattr(errno, symbol))' >errno.txt
run_tests
