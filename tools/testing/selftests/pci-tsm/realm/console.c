// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: log on a PL011
 *
 * The log has a UART of its own, which the guest cannot reach, so that neither
 * side cuts into the other's lines. A panic goes to the guest's console as well.
 */
#include "cpu.h"
#include "monitor.h"

#define UART_DR			0x00
#define UART_FR			0x18
#define UART_FR_TXFF		BIT(5)
#define UART_CR			0x30
#define UART_CR_ENABLE		0x301	/* UART, transmit and receive */

#define LINE_MAX		200
#define LOG_LINES_MAX		50000	/* a guest in a loop cannot fill a disk */

static unsigned int log_lines;

struct line {
	char text[LINE_MAX];
	unsigned int len;
};

static void put_char(struct line *line, char c)
{
	if (line->len < LINE_MAX - 1)
		line->text[line->len++] = c;
}

static void put_string(struct line *line, const char *s)
{
	for (unsigned int i = 0; s[i] && i < LINE_MAX; i++)
		put_char(line, s[i]);
}

static void put_number(struct line *line, u64 val, unsigned int base,
		       unsigned int width, char pad)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[val % base];
		val /= base;
	} while (val);

	for (unsigned int i = n; i < min(width, 20U); i++)
		put_char(line, pad);
	while (n)
		put_char(line, digits[--n]);
}

/* %s %c %d %u %x %%, with l or ll, zero padding and width */
static void format(struct line *line, const char *fmt, va_list ap)
{
	for (; *fmt; fmt++) {
		unsigned int width = 0, longs = 0;
		char pad = ' ';
		u64 val;

		if (*fmt != '%') {
			put_char(line, *fmt);
			continue;
		}
		fmt++;
		if (*fmt == '0')
			pad = *fmt++;
		while (*fmt >= '0' && *fmt <= '9' && width < LINE_MAX)
			width = width * 10 + (*fmt++ - '0');
		while (*fmt == 'l') {
			longs++;
			fmt++;
		}

		switch (*fmt) {
		case 's':
			put_string(line, va_arg(ap, const char *));
			break;
		case 'c':
			put_char(line, va_arg(ap, int));
			break;
		case 'd':
			val = longs ? va_arg(ap, s64) : va_arg(ap, int);
			if ((s64)val < 0) {
				put_char(line, '-');
				val = -val;
			}
			put_number(line, val, 10, width, pad);
			break;
		case 'u':
		case 'x':
			val = longs ? va_arg(ap, u64) : va_arg(ap, u32);
			put_number(line, val, *fmt == 'x' ? 16 : 10, width, pad);
			break;
		case '\0':
			return;
		default:
			put_char(line, *fmt);
		}
	}
}

static void uart_puts(u64 uart, const struct line *line)
{
	for (unsigned int i = 0; i < line->len; i++) {
		/* A full FIFO that never drains loses text, not the machine */
		for (unsigned int spin = 0; spin < 100000; spin++) {
			if (!(read32(uart + UART_FR) & UART_FR_TXFF))
				break;
		}
		write32(uart + UART_DR, line->text[i]);
	}
}

/**
 * console_init - switch the log's UART on
 *
 * Context: CPU 0, before the first mon_log().
 */
void console_init(void)
{
	write32(UART_LOG + UART_CR, UART_CR_ENABLE);
}

/**
 * mon_log - write one line to the log
 * @fmt: format without newline, see format()
 *
 * Context: monitor lock held, or only one CPU running.
 */
void mon_log(const char *fmt, ...)
{
	struct line line = { };
	va_list ap;

	if (log_lines > LOG_LINES_MAX)
		return;
	if (log_lines++ == LOG_LINES_MAX)
		fmt = "log is full";

	va_start(ap, fmt);
	format(&line, fmt, ap);
	va_end(ap);
	put_char(&line, '\n');
	uart_puts(UART_LOG, &line);
}

/**
 * mon_panic - the monitor cannot go on: say why and end QEMU
 * @fmt: format without newline
 *
 * Context: any; takes no lock.
 */
void mon_panic(const char *fmt, ...)
{
	struct line line = { };
	va_list ap;

	put_string(&line, "\r\nmonitor panic: ");
	va_start(ap, fmt);
	format(&line, fmt, ap);
	va_end(ap);
	put_string(&line, "\r\n");
	uart_puts(UART_LOG, &line);
	uart_puts(UART_GUEST, &line);
	system_off();
}
