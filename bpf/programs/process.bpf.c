/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * process.bpf.c - a process's life.
 *
 *   kernel_clone -> copy_process -> trace_sched_process_fork(parent, child)          in the parent
 *   exec_binprm -> load_elf_binary -> begin_new_exec -> trace_sched_prepare_exec     since 6.10
 *               -> trace_sched_process_exec(task, old tid, bprm)
 *   do_exit -> trace_sched_process_exit(task)                                        before exit_mm
 *
 * exec is taken from the tracepoint and not from execve's exit, so that programs which the kernel starts
 * by itself (core pattern, modprobe, cgroup release agent) are seen too.
 */
#include "../arch.h"
#include "../families.h"
#include "../helpers/submit.h"
#include "../helpers/read_cgroup.h"
#include "../helpers/read_file.h"
#include "../helpers/read_user.h"

#if defined(__TARGET_ARCH_x86)
#define NR_EXECVE 59
#define NR_EXECVEAT 322
#define NR_FORK 57
#define NR_VFORK 58
#define NR_CLONE 56
#else
#define NR_EXECVE 221
#define NR_EXECVEAT 281
#define NR_FORK (-1)
#define NR_VFORK (-1)
#define NR_CLONE 220
#endif
#define NR_CLONE3 435
#define CLONE_VFORK_VM 0x4100

/*
 * Thread group id -> the number and table of the system call that started the exec under way. The
 * registers no longer say it when the exec is done: x86 makes every exec look like execve.
 */
struct exec_call {
	s32 nr;
	u32 flags; /* EVENT_COMPAT32 or 0 */
};

/* Written by prepare_exec, taken out by process_exec; entries of programs killed between the two age out. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, u32);
	__type(value, struct exec_call);
	__uint(max_entries, 1024);
} exec_calls SEC(".maps");

SEC("tp_btf/sched_prepare_exec")
int BPF_PROG(prepare_exec, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct exec_call call = {};
	u32 tgid = task->tgid, index;

	call.nr = arch__number(regs);
	call.flags = arch__compat(task) ? EVENT_COMPAT32 : 0;
	index = call.nr + (call.flags ? COMPAT_BASE : 0);
	/* A program that the kernel starts by itself makes no system call: its registers say anything. */
	if (index < MAX_SYSCALLS && family__is_exec(family__of(index)))
		bpf_map_update_elem(&exec_calls, &tgid, &call, BPF_ANY);
	else
		bpf_map_delete_elem(&exec_calls, &tgid);
	return 0;
}

static __always_inline void process__arguments(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	if (!mm)
		return;
	read__bytes(mm->arg_start, mm->arg_end - mm->arg_start, MAX_ARGS_BYTES, BLOCK_ARGV, 0);
	read__bytes(mm->env_start, mm->env_end - mm->env_start, MAX_ARGS_BYTES, BLOCK_ENVP, 0);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	struct counters *count = maps__counters();
	u32 tgid = task->tgid;
	struct exec_call *call = bpf_map_lookup_elem(&exec_calls, &tgid);
	s32 nr = bprm->fdpath ? NR_EXECVEAT : NR_EXECVE;
	u16 flags = 0;
	struct scratch *s;

	if (call) {
		nr = call->nr;
		flags = call->flags;
		bpf_map_delete_elem(&exec_calls, &tgid);
	}
	if (!count)
		return 0;
	s = submit__open(count, tgid);
	if (!s)
		return 0;
	read__header(record__header(s), task, EVENT_EXEC, flags, nr, 0);
	read__no_args(record__header(s));
	read__comm(s, task);
	read__cred(s, task);
	read__proc(s, task);
	read__kernel_string(record__scalar(s, bprm->filename), BLOCK_STRING, 0);
	process__arguments(task);
	read__exec(s, task);
	read__cgroup(s, task);
	read__cwd(s, task);
	submit__record(s, count);
	return 0;
}

/* CLONE_* of the system call that the parent is in; 0 where it is none that makes a process. */
static __always_inline u64 fork__flags(struct task_struct *parent)
{
	struct pt_regs *regs;
	u64 args[6], flags = 0;

	if (parent->flags & PF_KTHREAD || arch__compat(parent))
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(parent);
	arch__args(regs, false, args);
	switch (arch__number(regs)) {
	case NR_CLONE:
		return (u32)args[0];
	case NR_CLONE3: /* struct clone_args begins with flags */
		bpf_probe_read_user(&flags, sizeof(flags), (void *)args[0]);
		return flags;
#if NR_VFORK >= 0
	case NR_VFORK:
		return CLONE_VFORK_VM;
#endif
	}
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct counters *count = maps__counters();
	struct block_fork *b;
	struct scratch *s;

	if (!count)
		return 0;
	s = submit__open(count, parent->tgid);
	if (!s)
		return 0;
	read__header(record__header(s), parent, EVENT_FORK, 0, -1, 0);
	read__no_args(record__header(s));
	b = record__fixed(s, BLOCK_FORK, struct block_fork);
	if (b) {
		b->tid = child->pid;
		b->tgid = child->tgid;
		b->clone_flags = fork__flags(parent);
	}
	read__proc(s, child);
	read__comm(s, child);
	read__cred(s, child);
	if (child->tgid != parent->tgid)
		read__cgroup(s, child);
	submit__record(s, count);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct counters *count = maps__counters();
	u64 wake = submit__wake(EVENT_HEADER_SIZE);
	struct event *e;

	if (!count)
		return 0;
	count->seen++;
	if (filter__process(task->tgid)) {
		count->filtered++;
		return 0;
	}
	e = bpf_ringbuf_reserve(&events, EVENT_HEADER_SIZE, 0);
	if (!e) {
		count->dropped_full++;
		return 0;
	}
	read__header(e, task, EVENT_EXIT, 0, -1, task->exit_code);
	read__no_args(e);
	count->submitted++;
	bpf_ringbuf_submit(e, wake);
	return 0;
}
