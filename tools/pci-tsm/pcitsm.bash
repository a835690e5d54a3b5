# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of pcitsm for bash, to be loaded by bash-completion.

_pcitsm_verbs="list show lock unlock evidence verify accept watch policy enroll apply"
_pcitsm_global="--json --sysfs --help --version"

# _pcitsm_expect - the options that say what a device has to be
_pcitsm_expect="--roots --name --any-name --reference --ignore --allow-others --minimum-svn
	--allow-debug --allow-fw-update --allow-ats --allow-prs --allow-reserved --policy"

# _pcitsm_options VERB - print its options
_pcitsm_options()
{
	case $1 in
	lock)		echo --tsm ;;
	evidence)	echo --nonce --no-collect --force ;;
	verify)		echo --nonce --at "$_pcitsm_expect" ;;
	accept)		echo --digest --no-verify --no-restore "$_pcitsm_expect" ;;
	watch)		echo --once --timeout ;;
	enroll)		echo --roots --name --ignore --slot --no-restore --tsm --force ;;
	apply)		echo --all --policy --syslog ;;
	esac
}

# _pcitsm_functions SYSFS - print the addresses of all functions that can do TDISP
_pcitsm_functions()
{
	local state

	for state in "$1"/bus/pci/devices/*/tsm/state; do
		[[ -e $state ]] || continue
		state=${state%/tsm/state}
		echo "${state##*/}"
	done
}

# _pcitsm_tsms SYSFS - print the names of the TSMs of this machine
_pcitsm_tsms()
{
	local mode

	for mode in "$1"/class/tsm/*/pci_mode; do
		[[ -e $mode && $(<"$mode") == devsec ]] || continue
		mode=${mode%/pci_mode}
		echo "${mode##*/}"
	done
}

# _pcitsm_parse - set verb, sysfs and operands (how many) from the words so far
_pcitsm_parse()
{
	local i

	verb='' sysfs=/sys operands=0
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--sysfs)
			sysfs=${words[i + 1]:-/sys}
			((i++))
			;;
		--tsm | --nonce | --roots | --name | --reference | --ignore | --minimum-svn | \
			--policy | --digest | --timeout | --at)
			((i++))
			;;
		-*)
			;;
		*)
			if [[ $verb ]]; then
				((operands++))
			else
				verb=${words[i]}
			fi
			;;
		esac
	done
	return 0
}

# _pcitsm_value - complete the argument of an option; fails if there is none to complete
_pcitsm_value()
{
	case $prev in
	--tsm)
		mapfile -t COMPREPLY < <(compgen -W "$(_pcitsm_tsms "$sysfs")" -- "$cur")
		;;
	--roots | --nonce | --reference | --policy)
		_filedir
		;;
	--sysfs)
		_filedir -d
		;;
	--name | --ignore | --minimum-svn | --digest | --timeout | --at)
		;;
	*)
		return 1
		;;
	esac
	return 0
}

_pcitsm_operand()
{
	local addresses

	addresses=$(_pcitsm_functions "$sysfs")
	case $verb:$operands in
	show:0 | lock:0 | unlock:0 | evidence:0 | verify:0 | accept:0 | enroll:0 | policy:2 | \
		watch:* | apply:*)
		mapfile -t COMPREPLY < <(compgen -W "$addresses" -- "$cur")
		__ltrim_colon_completions "$cur"
		# Evidence in a directory
		[[ $verb == verify && ${#COMPREPLY[@]} == 0 ]] && _filedir -d
		;;
	evidence:1)
		_filedir -d
		;;
	policy:0)
		mapfile -t COMPREPLY < <(compgen -W check -- "$cur")
		;;
	policy:1 | enroll:1)
		_filedir
		;;
	esac
	return 0
}

_pcitsm()
{
	local cur prev words cword verb sysfs operands

	_init_completion -n : || return
	_pcitsm_parse
	_pcitsm_value && return
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_pcitsm_options "$verb") $_pcitsm_global" -- "$cur")
	elif [[ ! $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_pcitsm_verbs" -- "$cur")
	else
		_pcitsm_operand
	fi
}

complete -F _pcitsm pcitsm
