# SPDX-License-Identifier: GPL-2.0
#
# Count the results in (nested) TAP: prints "PASSED FAILED SKIPPED".
#
# Only leaves count: a result line that ends a block of deeper ones is their sum.
# If such a sum says failed while no result in its block did, it counts itself.

function indent_of(line) {
	match(line, /^ */)
	return RLENGTH
}

/^ *(not )?ok [0-9]+/ {
	depth = indent_of($0)
	bad = ($0 ~ /^ *not ok/)
	leaf = 1
	inner = 0
	for (d in seen) {
		if (d + 0 > depth) {
			leaf = 0
			inner += lost[d]
			delete seen[d]
			delete lost[d]
		}
	}
	if (leaf && !bad && $0 ~ /# SKIP/)
		skipped++
	else if (leaf && !bad)
		passed++
	else if (bad && !inner)
		failed++
	seen[depth] = 1
	lost[depth] += bad || inner
}

END { print passed + 0, failed + 0, skipped + 0 }
