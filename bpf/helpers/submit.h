/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* submit.h - the way into the ring buffer, and who wakes the reader when. */
#ifndef SYSCRIBE_SUBMIT_H
#define SYSCRIBE_SUBMIT_H

#include "filter.h"

/*
 * A wake-up per record costs more than the record. The reader looks by itself every few milliseconds;
 * it is woken only by the record that makes the ring a quarter full, so that a burst does not overflow it.
 */
static __always_inline u64 submit__wake(u32 size)
{
	u64 quarter = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 4;
	u64 pending = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	return pending < quarter && pending + size >= quarter ? BPF_RB_FORCE_WAKEUP
							      : BPF_RB_NO_WAKEUP;
}

/* Counts, filters and opens a record about the current task; NULL when there is none to make. */
static __always_inline struct scratch *submit__open(struct counters *count, u32 tgid)
{
	count->seen++;
	if (filter__process(tgid)) {
		count->filtered++;
		return NULL;
	}
	return record__open(count);
}

/* Sends the record that is in scratch memory and gives the memory back. */
static __always_inline void submit__record(struct scratch *s, struct counters *count)
{
	u32 size = s->length;

	count->read_faults += s->faults;
	if (size > RECORD_LIMIT + sizeof(struct block) + MAX_PATH_BYTES)
		count->dropped_size++;
	else if (bpf_ringbuf_output(&events, s->data, size, submit__wake(size)))
		count->dropped_full++;
	else
		count->submitted++;
	s->busy = 0;
}

#endif
