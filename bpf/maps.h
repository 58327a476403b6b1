/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* maps.h - every map: key, value, who writes, who reads, memory. */
#ifndef SYSCRIBE_MAPS_H
#define SYSCRIBE_MAPS_H

#include "vmlinux.h"
#include "event.h"
#include <bpf/bpf_helpers.h>

/* Records. BPF writes, the agent reads. Bytes, a power of two and a multiple of the page size; the
 * loader sets another size before load. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} events SEC(".maps");

/* Number (+ COMPAT_BASE) -> struct syscall_desc. The agent writes, BPF reads. 8 KiB. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct syscall_desc);
	__uint(max_entries, MAX_SYSCALLS);
} syscalls SEC(".maps");

/* One struct settings. The agent writes, BPF reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct settings);
	__uint(max_entries, 1);
} settings SEC(".maps");

/* Thread group id -> anything. The agent writes, BPF reads. Not preallocated: pays per entry. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, u32);
	__type(value, u8);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} ignored_tgids SEC(".maps");

/* Id of a cgroup of the v2 hierarchy -> anything. The agent writes, BPF reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, u64);
	__type(value, u8);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} ignored_cgroups SEC(".maps");

/* One struct counters per CPU. BPF writes, the agent reads. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct counters);
	__uint(max_entries, 1);
} counters SEC(".maps");

/*
 * Where a record with blocks is put together before it is copied to the ring buffer. The kernel
 * takes at most 32 KiB for a per-CPU value (PCPU_MIN_UNIT_SIZE, checked since 6.11), this is all of it.
 */
#define SCRATCH_BYTES (32768 - 24)

struct scratch {
	u32 busy; /* in use: a program that finds it set was entered on top of another */
	u32 length; /* of the record so far; <= RECORD_LIMIT before anything is appended */
	u32 faults; /* reads of user memory that failed */
	u32 pad;
	u64 pointer; /* record__scalar */
	union {
		u8 data[SCRATCH_BYTES];
		/* Never read or written by these names. They bring the structures of event.h into the
		 * object's BTF, where a test compares them with the agent's. */
		struct event event;
		struct block block;
		struct block_socket socket;
		struct block_file file;
		struct block_cred cred;
		struct block_exec exec;
		struct block_proc proc;
		struct block_fork fork;
	};
};

/* 32 KiB a CPU. Only BPF. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct scratch);
	__uint(max_entries, 1);
} scratches SEC(".maps");

/* A path grows here from its end to its start. The second half is room for the last name read. */
struct walk {
	u32 start; /* of the text in data; MAX_PATH_BYTES when empty */
	u32 cut; /* 1: the path has more components or bytes than fit */
	u8 data[2 * MAX_PATH_BYTES];
};

/* 8 KiB a CPU. Only BPF, under the scratch record's `busy`. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct walk);
	__uint(max_entries, 1);
} walks SEC(".maps");

static const u32 zero = 0;

static __always_inline struct counters *maps__counters(void)
{
	return bpf_map_lookup_elem(&counters, &zero);
}

static __always_inline struct scratch *maps__scratch(void)
{
	return bpf_map_lookup_elem(&scratches, &zero);
}

#endif
