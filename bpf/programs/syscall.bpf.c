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
static __always_inline void syscall__plain(struct pt_regs *regs, struct task_struct *task,
					   u16 flags, s32 nr, long ret, struct counters *count)
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

/* Whether any argument is more than a number: all six kinds at once, without flags and pad. */
static __always_inline bool syscall__has_texts(const struct syscall_desc *desc)
{
	return *(const u64 *)desc & 0xffffffffffffULL;
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

#if defined(__TARGET_ARCH_x86)
/*
 * i386 programs call sockets through one system call, socketcall(call, args): number and arguments are
 * replaced by those of the direct call that Linux has had since 4.3. accept, send and recv become accept4,
 * sendto and recvfrom with zeros, which is what the kernel makes of them too.
 */
struct socketcall {
	u16 nr;
	u16 args;
};

static const volatile struct socketcall socketcalls[32] = {
	[1] = { 359, 3 }, /* socket */
	[2] = { 361, 3 }, /* bind */
	[3] = { 362, 3 }, /* connect */
	[4] = { 363, 2 }, /* listen */
	[5] = { 364, 3 }, /* accept */
	[6] = { 367, 3 }, /* getsockname */
	[7] = { 368, 3 }, /* getpeername */
	[8] = { 360, 4 }, /* socketpair */
	[9] = { 369, 4 }, /* send */
	[10] = { 371, 4 }, /* recv */
	[11] = { 369, 6 }, /* sendto */
	[12] = { 371, 6 }, /* recvfrom */
	[13] = { 373, 2 }, /* shutdown */
	[14] = { 366, 5 }, /* setsockopt */
	[15] = { 365, 5 }, /* getsockopt */
	[16] = { 370, 3 }, /* sendmsg */
	[17] = { 372, 3 }, /* recvmsg */
	[18] = { 364, 4 }, /* accept4 */
	[19] = { 337, 5 }, /* recvmmsg */
	[20] = { 345, 4 }, /* sendmmsg */
};

/* Unfolds the record's socketcall; its index in the tables, or that of socketcall itself. */
static __always_inline u32 syscall__unfold(struct scratch *s, u32 index)
{
	struct event *e = record__header(s);
	u32 words[6] = {}, call = e->args[0], i;
	struct socketcall inner;

	if (call >= sizeof(socketcalls) / sizeof(socketcalls[0]))
		return index;
	inner.nr = socketcalls[call].nr;
	inner.args = socketcalls[call].args;
	if (!inner.nr)
		return index;
	if (bpf_probe_read_user(words, inner.args * 4 & 31, (void *)e->args[1])) { /* <= 24 */
		record__fault(s);
		return index;
	}
	for (i = 0; i < 6; i++)
		e->args[i] = words[i];
	e->nr = inner.nr;
	return COMPAT_BASE + inner.nr;
}
#else
static __always_inline u32 syscall__unfold(struct scratch *s, u32 index)
{
	return index;
}
#endif

/* A record with blocks. */
static __always_inline void syscall__deep(struct pt_regs *regs, struct task_struct *task, u16 flags,
					  s32 nr, long ret, u32 index, struct counters *count)
{
	struct scratch *s = record__open(count);
	const struct syscall_desc *desc;

	if (!s)
		return;
	read__header(record__header(s), task, EVENT_SYSCALL, flags, nr, ret);
	arch__args(regs, flags & EVENT_COMPAT32, record__header(s)->args);
	if (family__of(index) == FAMILY_SOCKETCALL)
		index = syscall__unfold(s, index) & (MAX_SYSCALLS - 1);
	desc = bpf_map_lookup_elem(&syscalls, &index);
	if (desc && desc->flags & SYSCALL_OFF) {
		count->filtered++;
		s->busy = 0;
		return;
	}
	if (desc)
		syscall__described(s, desc);
	call__family(s, task, family__of(index));
	submit__record(s, count);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct counters *count = maps__counters();
	s32 nr = arch__number(regs);
	u16 flags = arch__compat(task) ? EVENT_COMPAT32 : 0;
	u32 index = nr + (flags ? COMPAT_BASE : 0);
	const struct syscall_desc *desc = NULL;
	u8 family = FAMILY_PLAIN;

	if (!count)
		return 0;
	/* Other numbers have no description; they are captured as they are. On x86 -1 is among them:
	 * rt_sigreturn overwrites the register that held its number. */
	if ((u32)nr < COMPAT_BASE && index < MAX_SYSCALLS) {
		family = family__of(index);
		if (family__is_exec(family) && !ret)
			return 0; /* process.bpf.c has it */
		desc = bpf_map_lookup_elem(&syscalls, &index);
	}
	count->seen++;
	if ((desc && desc->flags & SYSCALL_OFF) || filter__process(task->tgid))
		count->filtered++;
	else if (family == FAMILY_PLAIN && !(desc && syscall__has_texts(desc)))
		syscall__plain(regs, task, flags, nr, ret, count);
	else if (index < MAX_SYSCALLS) /* always, here */
		syscall__deep(regs, task, flags, nr, ret, index, count);
	return 0;
}
