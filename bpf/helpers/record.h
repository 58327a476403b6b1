/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* record.h - a record in this CPU's scratch memory: the header, then blocks, each padded to 8. */
#ifndef SYSCRIBE_RECORD_H
#define SYSCRIBE_RECORD_H

#include "../maps.h"

/* Nothing is appended behind this point, so that a block of the largest size still fits:
 * RECORD_LIMIT + sizeof(struct block) + MAX_PATH_BYTES + 8 bytes of padding <= SCRATCH_BYTES. */
#define RECORD_LIMIT (SCRATCH_BYTES - MAX_PATH_BYTES - 16)
_Static_assert(MAX_PATH_BYTES == MAX_ARGS_BYTES, "one bound for paths and arguments");
_Static_assert(SCRATCH_BYTES <= MAX_RECORD_BYTES, "a record fits the bound of event.h");

/* Takes this CPU's scratch memory; NULL, and counted, when it is taken. */
static __always_inline struct scratch *record__open(struct counters *count)
{
	struct scratch *s = maps__scratch();

	if (!s || s->busy) {
		count->dropped_scratch++;
		return NULL;
	}
	s->busy = 1;
	s->length = EVENT_HEADER_SIZE;
	s->faults = 0;
	return s;
}

static __always_inline struct event *record__header(struct scratch *s)
{
	return (struct event *)s->data;
}

/* Room for one block of at most MAX_PATH_BYTES; NULL when the record is too long for that. */
static __always_inline struct block *record__room(struct scratch *s)
{
	u32 at = s->length;

	if (at > RECORD_LIMIT)
		return NULL;
	return (struct block *)(s->data + at);
}

/* Completes the block in record__room(s), whose data is in place. size <= MAX_PATH_BYTES. */
static __always_inline void record__close_block(struct scratch *s, struct block *b, u8 kind,
						u8 index, u32 size)
{
	u64 *tail = (u64 *)((u8 *)(b + 1) + (size & (2 * MAX_PATH_BYTES - 8)));

	/* Little endian: keep the size % 8 bytes that are data in the last word, clear the rest. */
	*tail &= (1ULL << ((size & 7) * 8)) - 1;
	b->kind = kind;
	b->index = index;
	b->size = size;
	b->pad = 0;
	s->length += sizeof(*b) + ((size + 7) & ~7U);
}

/* Appends a fixed-size block and returns its zeroed data, for the caller to fill in. */
#define record__fixed(s, kind, type)                                            \
	({                                                                      \
		struct block *block__ = record__room(s);                        \
		type *data__ = NULL;                                            \
		if (block__) {                                                  \
			data__ = (type *)(block__ + 1);                         \
			__builtin_memset(data__, 0, sizeof(type));              \
			record__close_block(s, block__, kind, 0, sizeof(type)); \
		}                                                               \
		data__;                                                         \
	})

/* The address in a typed kernel pointer. Global functions take plain numbers only, and the verifier
 * forgets a pointer's type on its way through map memory. */
static __always_inline u64 record__scalar(struct scratch *s, const void *pointer)
{
	volatile u64 *box = &s->pointer;

	*box = (u64)pointer;
	return *box;
}

static __always_inline void record__fault(struct scratch *s)
{
	record__header(s)->flags |= EVENT_FAULT;
	s->faults++;
}

#endif
