// SPDX-License-Identifier: GPL-2.0
/*
 * Certificates: OpenSSL's parsers, and what is done with what they find.
 */

#include "chain.h"
#include "fuzz.h"
#include "signature.h"

static void look(const struct chain *chain)
{
	char name[CHAIN_NAME];
	struct why why = {};

	for (unsigned int i = 0; i < chain->nr; i++) {
		chain_subject(chain->cert[i], name);
		MUST(strlen(name) < sizeof(name));
	}
	if (chain_device_name(chain, "Vendor=1b36", name, &why) < 0)
		fuzz_check_why(&why);
	signature_algorithms(chain_key(chain));
	/* Signatures take so long that little else would be tried */
	if (!(chain->nr % 4) && chain_verify(chain, NULL, time(NULL), &why))
		fuzz_check_why(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes certificates = fuzz_copy(data, size);
	struct chain chain;
	struct why why = {};

	if (chain_parse(&certificates, &chain, &why)) {
		fuzz_check_why(&why);
		MUST(!chain.nr);
	} else {
		MUST(chain.nr && chain.nr <= CHAIN_MOST);
		look(&chain);
	}
	chain_free(&chain);
	bytes_free(&certificates);
	return 0;
}
