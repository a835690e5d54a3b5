// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: VCA. What is accepted selects one algorithm of each kind, and is
 * accepted in no other size.
 */

#include "fuzz.h"
#include "spdm.h"

static int one_bit(uint32_t val)
{
	return val && !(val & (val - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_tsm_spdm_vca vca, again;

	if (pci_tsm_spdm_parse_vca(data, size, &vca))
		return 0;

	must(vca.version >= SPDM_VERSION_10 && vca.version <= SPDM_VERSION_13);
	must(vca.meas_spec == 1);
	must(one_bit(vca.meas_hash_algo) && vca.meas_hash_algo <= 0x80);
	must(one_bit(vca.base_asym_algo) && vca.base_asym_algo <= 0x800);
	must(one_bit(vca.base_hash_algo) && vca.base_hash_algo <= 0x40);
	must(pci_tsm_spdm_parse_vca(data, size - 1, &again));
	return 0;
}
