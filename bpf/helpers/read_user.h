/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * read_user.h - blocks read from the caller's memory.
 *
 * The functions that are not inlined are global on purpose: the verifier looks at each of them once,
 * for any argument, and not again at every call. They find the record by themselves for that reason.
 */
#ifndef SYSCRIBE_READ_USER_H
#define SYSCRIBE_READ_USER_H

#include "record.h"

#define SOCKADDR_BYTES 128 /* sizeof(struct sockaddr_storage) */

/* The NUL-terminated text at `address` as a block of that kind. */
__weak __noinline int read__string(u64 address, u32 kind, u32 index)
{
	struct scratch *s = maps__scratch();
	struct block *b;
	long n;

	if (!s || !address)
		return 0;
	b = record__room(s);
	if (!b)
		return 0;
	n = bpf_probe_read_user_str(b + 1, MAX_PATH_BYTES, (void *)address);
	if (n <= 0) {
		record__fault(s);
		return 0;
	}
	if (n == MAX_PATH_BYTES)
		record__header(s)->flags |= EVENT_CUT;
	record__close_block(s, b, kind, index, n - 1);
	return 0;
}

/* A text in kernel memory, likewise. */
__weak __noinline int read__kernel_string(u64 address, u32 kind, u32 index)
{
	struct scratch *s = maps__scratch();
	struct block *b;
	long n;

	if (!s || !address)
		return 0;
	b = record__room(s);
	if (!b)
		return 0;
	n = bpf_probe_read_kernel_str(b + 1, MAX_PATH_BYTES, (void *)address);
	if (n <= 0)
		return 0;
	if (n == MAX_PATH_BYTES)
		record__header(s)->flags |= EVENT_CUT;
	record__close_block(s, b, kind, index, n - 1);
	return 0;
}

/* `size` bytes at `address`, cut at `bound` (<= MAX_PATH_BYTES). */
__weak __noinline int read__bytes(u64 address, u64 size, u32 bound, u32 kind, u32 index)
{
	struct scratch *s = maps__scratch();
	struct block *b;

	if (!s || !address || !size)
		return 0;
	b = record__room(s);
	if (!b)
		return 0;
	if (size > bound) {
		size = bound;
		record__header(s)->flags |= EVENT_CUT;
	}
	if (size > MAX_PATH_BYTES)
		return 0;
	if (bpf_probe_read_user(b + 1, size, (void *)address)) {
		record__fault(s);
		return 0;
	}
	record__close_block(s, b, kind, index, size);
	return 0;
}

/*
 * The struct sockaddr behind an argument. `length` is the argument after it: the length itself, or
 * (accept, recvfrom, getsockname ...) a pointer to it, which no length is as large as. Those calls write
 * the address, so when they fail there is none.
 */
__weak __noinline int read__sockaddr(u64 address, u64 length, u32 index)
{
	struct scratch *s = maps__scratch();
	u32 size = length;

	if (!s)
		return 0;
	if (length > 4096) {
		if (record__header(s)->ret < 0 ||
		    bpf_probe_read_user(&size, sizeof(size), (void *)length))
			return 0;
	}
	if (size > SOCKADDR_BYTES)
		size = SOCKADDR_BYTES;
	return read__bytes(address, size, SOCKADDR_BYTES, BLOCK_SOCKADDR, index);
}

/* A pointer, or a size_t, in the caller's memory: 4 bytes in a 32-bit call, 8 otherwise. */
static __always_inline u64 user__word(u64 address, bool compat)
{
	u64 word = 0;

	bpf_probe_read_user(&word, compat ? 4 : 8, (void *)address);
	return word;
}

/*
 * argv or envp of an exec that failed: a NULL-terminated array of pointers to texts. The texts are
 * gathered in the walk's memory, where MAX_ARGS_BYTES more always fit behind the bound.
 */
#define POINTERS 128

__weak __noinline int read__pointers(u64 array, u32 kind, u32 compat)
{
	struct scratch *s = maps__scratch();
	struct walk *w = bpf_map_lookup_elem(&walks, &zero);
	struct block *b;
	u32 total = 0, i;

	if (!s || !w || !array)
		return 0;
	b = record__room(s);
	if (!b)
		return 0;
	for (i = 0; i < POINTERS; i++) {
		u64 text = 0;
		long n;

		if (bpf_probe_read_user(&text, compat ? 4 : 8, (void *)array))
			break;
		if (!text)
			goto whole;
		/* total < MAX_ARGS_BYTES here: the mask changes nothing, it tells the verifier */
		n = bpf_probe_read_user_str(&w->data[total & (MAX_ARGS_BYTES - 1)], MAX_ARGS_BYTES,
					    (void *)text);
		if (n <= 0)
			break;
		total += n;
		if (total >= MAX_ARGS_BYTES) {
			total = MAX_ARGS_BYTES;
			goto cut;
		}
		array += compat ? 4 : 8;
	}
	if (i < POINTERS)
		record__fault(s);
cut:
	record__header(s)->flags |= EVENT_CUT;
whole:
	if (!total || total > MAX_ARGS_BYTES)
		return 0;
	bpf_probe_read_kernel(b + 1, total, w->data);
	record__close_block(s, b, kind, 0, total);
	return 0;
}

#endif
