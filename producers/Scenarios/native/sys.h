/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys.h - the ground under syscalls.c: raw system calls and a few string functions, without any C library, so that the
 * program is one static file that runs in any container and makes no system call that nobody asked for.
 */
#ifndef SYSCRIBE_SYS_H
#define SYSCRIBE_SYS_H

#include <asm/unistd.h>

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* syscall(2): the result, or a negated errno. */
static long sys(long nr, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#else
#error "syscalls.c knows the system call convention of x86-64 and arm64 only"
#endif
}

#define SYS0(name) sys(__NR_##name, 0, 0, 0, 0, 0, 0)
#define SYS1(name, a) sys(__NR_##name, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(name, a, b) sys(__NR_##name, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(name, a, b, c) sys(__NR_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(name, a, b, c, d) sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(name, a, b, c, d, e) \
	sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(name, a, b, c, d, e, f) \
	sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* The compiler may emit calls to these two even without a C library. */
void *memset(void *to, int byte, unsigned long n)
{
	unsigned char *at = to;

	while (n--)
		*at++ = (unsigned char)byte;
	return to;
}

void *memcpy(void *to, const void *from, unsigned long n)
{
	unsigned char *at = to;
	const unsigned char *source = from;

	while (n--)
		*at++ = *source++;
	return to;
}

static unsigned long length(const char *text)
{
	unsigned long n = 0;

	while (text[n])
		n++;
	return n;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* The rest of text after prefix, or 0. */
static const char *after(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return 0;
	return text;
}

static void say(const char *text)
{
	SYS3(write, 2, text, length(text));
}

static void say_number(long number)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;

	*--at = 0;
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--at = '-';
	say(at);
}

/* A number in decimal, octal (0...) or hexadecimal (0x...); *end is the first character after it. */
static long parse_number(const char *text, const char **end)
{
	int negative = *text == '-';
	unsigned long value = 0;
	int base = 10;

	if (negative)
		text++;
	if (text[0] == '0' && text[1] == 'x')
		base = 16, text += 2;
	else if (text[0] == '0')
		base = 8;
	for (;; text++) {
		int digit = *text >= '0' && *text <= '9' ? *text - '0' :
			    *text >= 'a' && *text <= 'f' ? *text - 'a' + 10 :
							   99;

		if (digit >= base)
			break;
		value = value * (unsigned long)base + (unsigned long)digit;
	}
	*end = text;
	return negative ? (long)-value : (long)value;
}

#endif
