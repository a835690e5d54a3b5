# SPDX-License-Identifier: GPL-2.0
#
# The log of a kernel without a report of lockdep that upstream has coming: when
# pciehp_unconfigure_device() removes a device, it takes pci_rescan_remove_lock under the
# reset_lock of its slot, and then reset_lock under pci_rescan_remove_lock. Everything
# else stays, also a report in which there is anything of ours, or in which another
# one begins. Lockdep is silent after it, for the rest of that boot.

function finish()
{
	if (acquired !~ /\(pci_rescan_remove_lock\)/ || held !~ /\(&ctrl->reset_lock\)/ || other)
		printf "%s", report
	inside = 0
}

/WARNING: possible circular locking dependency detected/ && !inside {
	report = $0 "\n"
	acquired = held = ""
	other = trace = 0
	inside = 1
	next
}
!inside { print; next }
# Its last part is the stack of who took the lock
trace && !/^\[[^]]*\]  [^ ]+\+0x[0-9a-f]+\/0x/ { finish(); print; next }
{ report = report $0 "\n" }
/BUG: |WARNING: |INFO: |pci_tsm|arm_cca|tsm_/ { other = 1 }
was ~ /is trying to acquire lock:$/ { acquired = $0 }
was ~ /already holding lock:$/ { held = $0 }
/Call trace:/ { trace = 1 }
{ was = $0 }
END { if (inside) finish() }
