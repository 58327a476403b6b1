/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* call.h - what each family of families.h adds to the generic record. */
#ifndef SYSCRIBE_CALL_H
#define SYSCRIBE_CALL_H

#include "../families.h"
#include "../helpers/read_file.h"
#include "../helpers/read_socket.h"
#include "../helpers/read_task.h"

#define OPEN_HOW_BYTES 24 /* sizeof(struct open_how), flags, mode, resolve */
#define FD_PAIR_BYTES 8

static __always_inline bool call__compat(struct scratch *s)
{
	return record__header(s)->flags & EVENT_COMPAT32;
}

static __always_inline void call__file(struct scratch *s, struct task_struct *task)
{
	s64 fd = record__header(s)->ret;

	if (fd >= 0)
		read__file_block((u64)read__file(task, fd));
}

static __always_inline void call__socket(struct task_struct *task, s64 fd)
{
	if (fd >= 0)
		read__socket_block((u64)read__file(task, fd));
}

/* BLOCK_DATA of a buffer that holds `size` bytes; as many as the settings ask for. */
static __always_inline void call__data(u64 address, u64 size)
{
	struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	u32 bound = set ? set->data_bytes : 0;

	if (bound > MAX_DATA_BYTES)
		bound = MAX_DATA_BYTES;
	if (bound)
		read__bytes(address, size, bound, BLOCK_DATA, 0);
}

/* What went through: the result; all that was offered, where a write failed. */
static __always_inline u64 call__size(s64 ret, u64 offered, bool out)
{
	if (ret > 0)
		return (u64)ret < offered ? (u64)ret : offered;
	return out ? offered : 0;
}

/* BLOCK_DATA of the first buffer of an array of struct iovec { void *base; size_t length; }. */
static __always_inline void call__vector(u64 vector, s64 ret, bool out, bool compat)
{
	u64 base = user__word(vector, compat);
	u64 length = user__word(vector + (compat ? 4 : 8), compat);

	call__data(base, call__size(ret, length, out));
}

/*
 * struct user_msghdr { void *name; int name_length; struct iovec *vector; size_t vector_length; ... }.
 * sendmmsg and recvmmsg: `message` is the first one, and `ret` counts messages and not bytes.
 */
static __always_inline void call__message(struct scratch *s, s64 ret, bool out, bool many)
{
	bool compat = call__compat(s);
	u64 message = record__header(s)->args[1];
	u64 name = user__word(message, compat);
	u32 name_length = user__word(message + (compat ? 4 : 8), true);
	u64 vector = user__word(message + (compat ? 8 : 16), compat);

	if (ret <= 0 && !out)
		return;
	if (name)
		read__sockaddr(name, name_length <= 4096 ? name_length : 0, 1);
	if (many && ret > 0)
		ret = 0x7fffffff; /* bounded by the buffer's own length */
	call__vector(vector, ret, out, compat);
}

static __always_inline void call__fd_pair(struct scratch *s, u64 address)
{
	if (!record__header(s)->ret)
		read__bytes(address, FD_PAIR_BYTES, FD_PAIR_BYTES, BLOCK_FDPAIR, 0);
}

static __always_inline void call__failed_exec(struct scratch *s, u64 argv, u64 envp)
{
	read__pointers(argv, BLOCK_ARGV, call__compat(s));
	read__pointers(envp, BLOCK_ENVP, call__compat(s));
}

static __always_inline void call__transfer(struct scratch *s, struct task_struct *task, u8 family)
{
	const u64 *args = record__header(s)->args;
	s64 ret = record__header(s)->ret;

	switch (family) {
	case FAMILY_READ:
	case FAMILY_WRITE:
		call__data(args[1], call__size(ret, args[2], family == FAMILY_WRITE));
		break;
	case FAMILY_READV:
	case FAMILY_WRITEV:
		call__vector(args[1], ret, family == FAMILY_WRITEV, call__compat(s));
		break;
	case FAMILY_SEND:
	case FAMILY_RECEIVE:
		call__socket(task, (s32)args[0]);
		call__data(args[1], call__size(ret, args[2], family == FAMILY_SEND));
		break;
	case FAMILY_SENDMSG:
	case FAMILY_RECVMSG:
		call__socket(task, (s32)args[0]);
		call__message(s, ret, family == FAMILY_SENDMSG, false);
		break;
	case FAMILY_SENDMMSG:
	case FAMILY_RECVMMSG:
		call__socket(task, (s32)args[0]);
		call__message(s, ret, family == FAMILY_SENDMMSG, true);
		break;
	}
}

static __always_inline void call__family(struct scratch *s, struct task_struct *task, u8 family)
{
	const u64 *args = record__header(s)->args;
	s64 ret = record__header(s)->ret;

	switch (family) {
	case FAMILY_OPENAT2:
		read__bytes(args[2], OPEN_HOW_BYTES, OPEN_HOW_BYTES, BLOCK_HOW, 2);
		call__file(s, task);
		break;
	case FAMILY_OPEN:
		call__file(s, task);
		break;
	case FAMILY_EXEC:
		call__failed_exec(s, args[1], args[2]);
		break;
	case FAMILY_EXECAT:
		call__failed_exec(s, args[2], args[3]);
		break;
	case FAMILY_SOCKET:
		call__socket(task, (s32)args[0]);
		break;
	case FAMILY_ACCEPT:
		call__socket(task, ret);
		break;
	case FAMILY_PIPE:
		call__fd_pair(s, args[0]);
		break;
	case FAMILY_SOCKETPAIR:
		call__fd_pair(s, args[3]);
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
	default:
		call__transfer(s, task, family);
	}
}

#endif
