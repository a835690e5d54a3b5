# SPDX-License-Identifier: GPL-2.0
#
# The log of a kernel without the data races that upstream has elsewhere: of KCSAN's
# reports, only those stay that have to do with PCI/TSM. Everything else stays, too.

/BUG: KCSAN: / { report = ""; ours = theirs = 0; inside = 1 }
!inside { print; next }
# A tick reads the flags of the very task that it interrupts in memalloc_noio_save()
/BUG: KCSAN: data-race in kthread_data \/ / { theirs = 1 }
{ report = report $0 "\n" }
/pci_tsm|arm_cca|tsm_|_config_guarded/ { ours = 1 }
# Ours are called like this, and others maybe
/[^a-z_](release|restore|check|stop)_work\+/ { ours = 1 }
/====================/ { if (ours && !theirs) printf "%s", report; inside = 0 }
END { if (inside && ours && !theirs) printf "%s", report }
