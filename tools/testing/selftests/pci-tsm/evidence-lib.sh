# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2119,SC2120,SC2153
#
# Verification of the test devices: who made them, by which name, and what they
# measure. For scripts that have DIR, PCI and TDI.

# Whose the devices are; init makes a variable of "makers=" on the command line
MAKERS=$DIR/${makers:-certs}
REFERENCE=$DIR/reference.txt

# device_name([function]) - what PCIe CMA calls it
device_name()
{
	local dir=$PCI/devices/${1:-$TDI}

	printf 'Vendor=%04x:Device=%04x:CC=%06x:REV=%02x:SSVID=%04x:SSID=%04x\n' \
		"$(cat "$dir/vendor")" "$(cat "$dir/device")" "$(cat "$dir/class")" \
		"$(cat "$dir/revision")" "$(cat "$dir/subsystem_vendor")" \
		"$(cat "$dir/subsystem_device")"
}

# device_root([function]) - certificate of who makes such devices
device_root()
{
	case $(cat "$PCI/devices/${1:-$TDI}/class") in
	0x0108*) echo "$MAKERS/nvme/root.pem" ;;
	0x0100* | 0x0180*) echo "$MAKERS/virtio-blk-pci/root.pem" ;;
	0x0200*) echo "$MAKERS/igb/root.pem" ;;
	esac
}

# verify(directory, [function, [reference values]]) - prints what verify.sh says
verify()
{
	verify.sh "$1" "$(device_root "$2")" "$(device_name "$2")" "$1/nonce" ${3:+"$3"}
}

# refused_once([text]) - since klog_mark the log has one reason; and, if a text is given,
# one line with that. Every line that names the function counts, except for those that
# say which state it came to.
refused_once()
{
	local lines

	lines=$(klog_since | grep -F " $TDI: " | grep -v "PCI/TSM: [a-z]* -> [a-z]* (" || :)
	if [ -n "$1" ]; then
		is "'$1' in the log ($lines)" "$(echo "$lines" | grep -cF "$1")" 1
		lines=$(echo "$lines" | grep -vF "$1" || :)
	fi
	is "reasons in the log ($lines)" "$(echo "$lines" | grep -c .)" 1
}

# verdict(directory, [function, [reference values]]) - the digest, after verification
verdict()
{
	verify "$@" >/tmp/verdict 2>&1 || fail "not verified: $(cat /tmp/verdict)"
	tail -n 1 /tmp/verdict
}
