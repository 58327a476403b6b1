/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * read_task.h - who did it: the header's identity, credentials, ids as the process sees them.
 *
 * Pointers that come from a tp_btf context or bpf_get_current_task_btf are typed: plain loads through
 * them are checked by the verifier and give 0 where the memory is gone. No helper call is needed.
 */
#ifndef SYSCRIBE_READ_TASK_H
#define SYSCRIBE_READ_TASK_H

#include "record.h"
#include <bpf/bpf_core_read.h>

#define PF_KTHREAD 0x00200000
#define LOGIN_UID_UNSET 0xffffffffU

/* All of the header but args; `flags` beside what is found here. */
static __always_inline void read__header(struct event *e, struct task_struct *task, u16 kind,
					 u16 flags, s32 nr, s64 ret)
{
	const struct cred *cred = task->cred;
	u32 tid = task->pid, tgid = task->tgid;

	e->ktime_ns = bpf_ktime_get_boot_ns();
	e->kind = kind;
	e->flags = flags | (tid == tgid ? EVENT_LEADER : 0);
	e->nr = nr;
	e->ret = ret;
	e->start_ns = task->group_leader->start_boottime;
	e->tid = tid;
	e->tgid = tgid;
	e->ptgid = task->real_parent->tgid;
	e->euid = cred->euid.val;
	e->egid = cred->egid.val;
	e->cpu = bpf_get_smp_processor_id();
}

static __always_inline void read__no_args(struct event *e)
{
	__builtin_memset(e->args, 0, sizeof(e->args));
}

static __always_inline void read__cred(struct scratch *s, struct task_struct *task)
{
	struct block_cred *b = record__fixed(s, BLOCK_CRED, struct block_cred);
	const struct cred *cred = task->cred;

	if (!b)
		return;
	b->uid = cred->uid.val;
	b->euid = cred->euid.val;
	b->suid = cred->suid.val;
	b->fsuid = cred->fsuid.val;
	b->gid = cred->gid.val;
	b->egid = cred->egid.val;
	b->sgid = cred->sgid.val;
	b->fsgid = cred->fsgid.val;
	b->cap_permitted = cred->cap_permitted.val;
	b->cap_effective = cred->cap_effective.val;
	b->cap_inheritable = cred->cap_inheritable.val;
	b->login_uid = LOGIN_UID_UNSET;
	if (bpf_core_field_exists(task->loginuid))
		b->login_uid = task->loginuid.val;
}

/* pid_nr_ns: the number that a struct pid has in the namespace at `level`; 0 if it has none there. */
static __always_inline s32 read__pid_number(struct pid *pid, u32 level)
{
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	s32 nr = 0;

	if (!pid || level > pid->level)
		return 0;
	bpf_probe_read_kernel(&nr, sizeof(nr),
			      (void *)numbers + level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, nr));
	return nr;
}

static __always_inline u32 read__tty(struct signal_struct *signal)
{
	struct tty_struct *tty = signal->tty;

	if (!tty)
		return 0;
	return tty->driver->major << 8 | (tty->driver->minor_start + tty->index);
}

static __always_inline void read__proc(struct scratch *s, struct task_struct *task)
{
	struct block_proc *b = record__fixed(s, BLOCK_PROC, struct block_proc);
	struct pid *pid = task->thread_pid;
	struct signal_struct *signal = task->signal;
	struct pid_namespace *ns = NULL;
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	u32 level;

	if (!b)
		return;
	b->start_ns = task->group_leader->start_boottime;
	b->tty = read__tty(signal);
	if (!pid)
		return;
	level = pid->level;
	b->vtid = read__pid_number(pid, level);
	b->vpid = read__pid_number(signal->pids[PIDTYPE_TGID], level);
	b->pgid = read__pid_number(signal->pids[PIDTYPE_PGID], level);
	b->sid = read__pid_number(signal->pids[PIDTYPE_SID], level);
	bpf_probe_read_kernel(&ns, sizeof(ns),
			      (void *)numbers + level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, ns));
	b->pidns = BPF_CORE_READ(ns, ns.inum);
	if (level)
		b->pidns_start_ns = BPF_CORE_READ(ns, child_reaper, start_boottime);
}

struct comm {
	char text[16];
};

static __always_inline void read__comm(struct scratch *s, struct task_struct *task)
{
	struct comm *b = record__fixed(s, BLOCK_COMM, struct comm);

	if (b)
		bpf_probe_read_kernel_str(b->text, sizeof(b->text), task->comm);
}

#endif
