// SPDX-License-Identifier: GPL-2.0
/*
 * spdm-check: test an SPDM responder
 */
#include <getopt.h>
#include <stdnoreturn.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

/* No test takes that long, so a peer that hangs fails it */
#define TIMEOUT_S	120

static const struct {
	const char *name;
	void (*run)(const struct settings *settings);
} tests[] = {
	{ "flow", test_flow },
	{ "control", test_control },
	{ "errors", test_errors },
	{ "frames", test_frames },
	{ "garbage", test_garbage },
};

static noreturn void print_usage(void)
{
	fprintf(stderr,
		"usage: spdm-check (--responder BINARY | --port-file FILE) --certs DIR --san NAME\n"
		"                  [--version 1.1|1.2|1.3] [--slot N] [--portion N]\n"
		"                  [--blocks default|many|minimal|any] [--seed N] TEST\n"
		"tests: flow control errors frames garbage; only flow and control with --port-file\n");
	exit(2);
}

static void parse_options(int argc, char **argv, struct settings *settings)
{
	static const struct option known[] = {
		{ "responder", required_argument, NULL, 'r' },
		{ "port-file", required_argument, NULL, 'p' },
		{ "certs", required_argument, NULL, 'c' },
		{ "san", required_argument, NULL, 'a' },
		{ "version", required_argument, NULL, 'v' },
		{ "slot", required_argument, NULL, 's' },
		{ "blocks", required_argument, NULL, 'b' },
		{ "portion", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 'e' },
		{ 0 },
	};
	int which;

	while ((which = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (which) {
		case 'r':
			settings->responder = optarg;
			break;
		case 'p':
			settings->port_file = optarg;
			break;
		case 'c':
			settings->certs = optarg;
			break;
		case 'a':
			settings->san = optarg;
			break;
		case 'v':
			if (strlen(optarg) != 3)
				print_usage();
			settings->version = SPDM_1_0 + optarg[2] - '0';
			break;
		case 's':
			settings->slot = atoi(optarg);
			break;
		case 'b':
			settings->blocks = optarg;
			break;
		case 'n':
			settings->portion = atoi(optarg);
			break;
		case 'e':
			settings->seed = atoi(optarg);
			break;
		default:
			print_usage();
		}
	}
	if (!settings->certs || !settings->san || optind != argc - 1 ||
	    !settings->responder == !settings->port_file)
		print_usage();
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.version = SPDM_1_2,
		.blocks = "default",
		.seed = 1,
	};

	parse_options(argc, argv, &settings);
	alarm(TIMEOUT_S);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!strcmp(tests[i].name, argv[optind])) {
			tests[i].run(&settings);
			return 0;
		}
	}
	print_usage();
}
