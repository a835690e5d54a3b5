// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: certificate chain. What is accepted is accepted again behind
 * itself, and not with a byte less or a zero more.
 */

#include <string.h>
#include "fuzz.h"
#include "spdm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *twice;

	if (pci_tsm_spdm_check_chain(data, size))
		return 0;

	must(size >= 4);
	twice = calloc(2, size);
	if (!twice)
		abort();
	memcpy(twice, data, size);
	must(pci_tsm_spdm_check_chain(twice, size + 1));
	memcpy(twice + size, data, size);
	must(!pci_tsm_spdm_check_chain(twice, 2 * size));
	must(pci_tsm_spdm_check_chain(twice, 2 * size - 1));

	free(twice);
	return 0;
}
