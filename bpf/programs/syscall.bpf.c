/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * syscall.bpf.c - every system call, at its exit.
 *
 *   syscall_exit_to_user_mode -> syscall_exit_work -> trace_sys_exit(regs, ret)
 *
 * The tracepoint is as old as BTF. Arguments are read at exit: the memory is resident then, and the
 * result is known; another thread can have changed it in between.
 */
#include "../arch.h"
#include "../families.h"
#include "../helpers/submit.h"
#include "../helpers/read_user.h"
#include "../helpers/read_file.h"
#include "call.h"

/* A call without blocks: written straight into the ring, no copy. */
static __always_inline void syscall__plain(struct pt_regs *regs, struct task_struct *task, u16 flags,
					   s32 nr, long ret, struct counters *count)
{
	u64 wake = submit__wake(EVENT_HEADER_SIZE);
	struct event *e = bpf_ringbuf_reserve(&events, EVENT_HEADER_SIZE, 0);

	if (!e) {
		count->dropped_full++;
		return;
	}
	read__header(e, task, EVENT_SYSCALL, flags, nr, ret);
	arch__args(regs, flags & EVENT_COMPAT32, e->args);
	count->submitted++;
	bpf_ringbuf_submit(e, wake);
}

/* The texts and addresses that the agent found in the kernel's description of the call. */
static __always_inline void syscall__described(struct scratch *s, const struct syscall_desc *desc)
{
	const u64 *args = record__header(s)->args;
	int i;

	for (i = 0; i < 6; i++) {
		if (desc->args[i] == ARG_STRING)
			read__string(args[i], BLOCK_STRING, i);
		else if (desc->args[i] == ARG_SOCKADDR && i < 5)
			read__sockaddr(args[i], args[i + 1], i);
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct counters *count = maps__counters();
	s32 nr = arch__number(regs);
	bool compat = arch__compat(task);
	const struct syscall_desc *desc = NULL;
	struct scratch *s;
	u32 index = nr + (compat ? COMPAT_BASE : 0);
	u8 family = FAMILY_PLAIN;

	if (!count)
		return 0;
	if ((u32)nr < COMPAT_BASE && index < MAX_SYSCALLS) {
		family = families[index];
		desc = bpf_map_lookup_elem(&syscalls, &index);
		if ((family == FAMILY_EXEC || family == FAMILY_EXECAT) && !ret)
			return 0; /* exec.bpf.c has it */
	}
	count->seen++;
	if ((desc && desc->flags & SYSCALL_OFF) || filter__process(task->tgid)) {
		count->filtered++;
		return 0;
	}
	/* All six kinds at once, without flags and pad. */
	if (family == FAMILY_PLAIN && (!desc || !(*(u64 *)desc & 0xffffffffffffULL))) {
		syscall__plain(regs, task, compat ? EVENT_COMPAT32 : 0, nr, ret, count);
		return 0;
	}
	s = record__open(count);
	if (!s)
		return 0;
	read__header(record__header(s), task, EVENT_SYSCALL, compat ? EVENT_COMPAT32 : 0, nr, ret);
	arch__args(regs, compat, record__header(s)->args);
	if (desc)
		syscall__described(s, desc);
	call__family(s, task, family);
	submit__record(s, count);
	return 0;
}
