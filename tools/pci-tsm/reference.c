// SPDX-License-Identifier: GPL-2.0
/*
 * Reference files: a line for each measurement to expect. Written by people, and printed
 * by verify for people to look at and keep. A value without bytes is "-".
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "reference.h"
#include "spdm.h"

#define REFERENCE_MAX	(16 << 20)
#define SEPARATORS	" \t\r"
#define NO_BYTES	"-"

void reference_free(struct measurement *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		bytes_free(&list[i].value);
	free(list);
}

/* "0x1f": two digits, so that nothing can be read in two ways */
static int parse_byte(const char *word, uint8_t *value)
{
	return word && word[0] == '0' && word[1] == 'x' ? hex_parse(word + 2, value, 1) : -EINVAL;
}

static int parse_line(char *line, struct measurement *m, struct why *why)
{
	char *rest, *index = strtok_r(line, SEPARATORS, &rest);
	char *type = strtok_r(NULL, SEPARATORS, &rest);
	const char *value = strtok_r(NULL, SEPARATORS, &rest);
	size_t size;

	if (parse_byte(index, &m->index))
		return refuse(why, "expected an index like 0x01, found something else");
	if (parse_byte(type, &m->type))
		return refuse(why, "index 0x%02x: expected a type like 0x85 behind it", m->index);
	if (!value)
		return refuse(why, "index 0x%02x: expected a value behind the type", m->index);
	if (strtok_r(NULL, SEPARATORS, &rest))
		return refuse(why, "index 0x%02x: something follows the value", m->index);
	if (!strcmp(value, NO_BYTES))
		value = "";
	size = strlen(value) / 2;
	if (size > UINT16_MAX)
		return refuse(why, "index 0x%02x: a value of more than %d bytes", m->index,
			      UINT16_MAX);
	m->value.data = malloc(size + 1);
	if (!m->value.data)
		return -ENOMEM;
	m->value.size = size;
	if (hex_parse(value, m->value.data, size))
		return refuse(why, "index 0x%02x: the value is not hexadecimal, two digits a byte",
			      m->index);
	return 0;
}

static bool is_known(const struct measurement *list, size_t nr, uint8_t index)
{
	for (size_t i = 0; i < nr; i++)
		if (list[i].index == index)
			return true;
	return false;
}

static int add_line(char *line, struct measurement *list, size_t *nr, struct why *why)
{
	struct measurement m = {};
	int rc;

	line += strspn(line, SEPARATORS);
	if (!*line || *line == '#')
		return 0;
	rc = parse_line(line, &m, why);
	if (!rc && is_known(list, *nr, m.index))
		rc = refuse(why, "index 0x%02x: is there twice", m.index);
	if (rc)
		bytes_free(&m.value);
	else
		list[(*nr)++] = m;
	return rc;
}

/* An index is there once, so 256 is enough */
static int parse_text(const char *path, char *text, struct measurement *list, size_t *nr)
{
	unsigned int number = 0;
	struct why why = {};
	char *next;
	int rc;

	for (char *line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		number++;
		rc = add_line(line, list, nr, &why);
		if (rc == -EBADMSG) {
			complain("%s:%u: %s", path, number, why.text);
			return -EINVAL;
		}
		if (rc)
			return rc;
	}
	if (*nr)
		return 0;
	complain("%s: expected measurements, found none", path);
	return -EINVAL;
}

int reference_load(const char *path, struct measurement **list, size_t *nr)
{
	struct bytes text;
	int rc;

	*list = NULL;
	*nr = 0;
	rc = bytes_read_file(AT_FDCWD, path, REFERENCE_MAX, &text);
	if (rc) {
		complain("%s: no reference can be read: %s", path, strerror(-rc));
		return rc;
	}
	*list = calloc(UINT8_MAX + 1, sizeof(**list));
	if (!*list) {
		rc = -ENOMEM;
	} else if (memchr(text.data, 0, text.size)) {
		complain("%s: expected text, found a zero byte", path);
		rc = -EINVAL;
	} else {
		rc = parse_text(path, (char *)text.data, *list, nr);
	}
	bytes_free(&text);
	if (rc) {
		reference_free(*list, *nr);
		*list = NULL;
		*nr = 0;
	}
	return rc;
}

void reference_print(FILE *file, const struct measurement *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct measurement *m = &list[i];

		if ((m->type & SPDM_TYPE_MASK) == SPDM_TYPE_INFORMATIONAL)
			continue;
		fprintf(file, "0x%02x 0x%02x ", m->index, m->type);
		for (size_t k = 0; k < m->value.size; k++)
			fprintf(file, "%02x", m->value.data[k]);
		fputs(m->value.size ? "\n" : NO_BYTES "\n", file);
	}
}
