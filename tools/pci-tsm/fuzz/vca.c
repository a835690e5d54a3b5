// SPDX-License-Identifier: GPL-2.0
/*
 * How a connection was negotiated.
 */

#include "fuzz.h"
#include "spdm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes vca = fuzz_copy(data, size);
	struct spdm_connection connection;
	struct why why = {};

	if (spdm_parse_vca(&vca, &connection, &why)) {
		fuzz_check_why(&why);
	} else {
		MUST(connection.known);
		MUST(connection.version >= SPDM_VERSION_10);
		MUST(connection.version <= SPDM_VERSION_13);
		MUST(one_bit(connection.meas_hash));
		MUST(one_bit(connection.base_hash));
		MUST(spdm_signature_size(connection.base_asym));
	}
	bytes_free(&vca);
	return 0;
}
