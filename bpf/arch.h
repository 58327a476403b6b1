/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* arch.h - where a system call's number and arguments lie at sys_exit, per architecture. */
#ifndef SYSCRIBE_ARCH_H
#define SYSCRIBE_ARCH_H

#include "vmlinux.h"
#include "event.h"

#if defined(__TARGET_ARCH_x86)

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: the call came through a 32-bit gate */

static __always_inline bool arch__compat(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline s32 arch__number(struct pt_regs *regs)
{
	return (s32)regs->orig_ax;
}

/* rdi, rsi, rdx, r10, r8, r9; 32-bit: ebx, ecx, edx, esi, edi, ebp. Kept by the kernel until exit. */
static __always_inline void arch__args(struct pt_regs *regs, bool compat, u64 args[6])
{
	if (compat) {
		args[0] = (u32)regs->bx;
		args[1] = (u32)regs->cx;
		args[2] = (u32)regs->dx;
		args[3] = (u32)regs->si;
		args[4] = (u32)regs->di;
		args[5] = (u32)regs->bp;
	} else {
		args[0] = regs->di;
		args[1] = regs->si;
		args[2] = regs->dx;
		args[3] = regs->r10;
		args[4] = regs->r8;
		args[5] = regs->r9;
	}
}

#elif defined(__TARGET_ARCH_arm64)

#define TIF_32BIT 22 /* arch/arm64/include/asm/thread_info.h */

static __always_inline bool arch__compat(struct task_struct *task)
{
	return task->thread_info.flags & (1UL << TIF_32BIT);
}

static __always_inline s32 arch__number(struct pt_regs *regs)
{
	return regs->syscallno;
}

/* x0 holds the result at exit; orig_x0 keeps the first argument. */
static __always_inline void arch__args(struct pt_regs *regs, bool compat, u64 args[6])
{
	u64 mask = compat ? 0xffffffffULL : ~0ULL;

	args[0] = regs->orig_x0 & mask;
	args[1] = regs->regs[1] & mask;
	args[2] = regs->regs[2] & mask;
	args[3] = regs->regs[3] & mask;
	args[4] = regs->regs[4] & mask;
	args[5] = regs->regs[5] & mask;
}

#else
#error "arch.h knows x86 and arm64 only: add the registers of this architecture"
#endif

#endif
