/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* call.h - what each family of families.h adds to the generic record. */
#ifndef SYSCRIBE_CALL_H
#define SYSCRIBE_CALL_H

#include "../families.h"
#include "../helpers/read_file.h"
#include "../helpers/read_task.h"
#include "../helpers/read_user.h"

#define OPEN_HOW_BYTES 24 /* sizeof(struct open_how), flags, mode, resolve */

static __always_inline void call__open(struct scratch *s, struct task_struct *task)
{
	s64 fd = record__header(s)->ret;

	if (fd >= 0)
		read__file_block((u64)read__file(task, fd));
}

static __always_inline void call__openat2(struct scratch *s, struct task_struct *task)
{
	read__bytes(record__header(s)->args[2], OPEN_HOW_BYTES, OPEN_HOW_BYTES, BLOCK_HOW, 2);
	call__open(s, task);
}

static __always_inline void call__family(struct scratch *s, struct task_struct *task, u8 family)
{
	s64 ret = record__header(s)->ret;

	switch (family) {
	case FAMILY_OPEN:
		call__open(s, task);
		break;
	case FAMILY_OPENAT2:
		call__openat2(s, task);
		break;
	case FAMILY_CRED:
		if (ret >= 0)
			read__cred(s, task);
		break;
	case FAMILY_PROC:
		if (ret >= 0)
			read__proc(s, task);
		break;
	case FAMILY_CWD:
		if (ret >= 0)
			read__cwd(s, task);
		break;
	}
}

#endif
