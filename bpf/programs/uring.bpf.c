/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * uring.bpf.c - operations that a program hands to the kernel through a ring, without a system call each.
 *
 *   io_uring_enter, or the ring's own polling thread -> io_submit_sqes -> io_submit_sqe
 *     -> trace_io_uring_submit_req(req)            since 6.4; the operation is prepared, and not yet begun
 *
 * Arguments are put where the system call of the same name has them, so that one decoder serves both:
 *
 *   operation            args                                                  blocks (index = argument)
 *   OPENAT               0 dirfd, 2 flags, 3 mode                              BLOCK_STRING 1
 *   OPENAT2              0 dirfd, 3 size of how                                BLOCK_STRING 1, BLOCK_HOW 2
 *   STATX                0 dirfd, 2 flags, 3 mask                              BLOCK_STRING 1
 *   UNLINKAT             0 dirfd, 2 flags                                      BLOCK_STRING 1
 *   MKDIRAT              0 dirfd, 2 mode                                       BLOCK_STRING 1
 *   RENAMEAT, LINKAT     0 old dirfd, 2 new dirfd, 4 flags                     BLOCK_STRING 1 and 3
 *   SYMLINKAT            1 new dirfd                                           BLOCK_STRING 0 and 2
 *   CONNECT              0 descriptor, 2 length of the address                 BLOCK_SOCKADDR 1
 *   SOCKET               0 domain, 1 type, 2 protocol
 *   CLOSE                0 descriptor
 *   any other            0 descriptor, where the operation works on one
 *
 * The rest of args is 0. The result is not known when the record is made.
 */
#include "../helpers/submit.h"
#include "../helpers/read_user.h"

enum uring_operation { /* enum io_uring_op, linux/io_uring.h */
	URING_CONNECT = 16,
	URING_OPENAT = 18,
	URING_CLOSE = 19,
	URING_STATX = 21,
	URING_OPENAT2 = 28,
	URING_RENAMEAT = 35,
	URING_UNLINKAT = 36,
	URING_MKDIRAT = 37,
	URING_SYMLINKAT = 38,
	URING_LINKAT = 39,
	URING_SOCKET = 45,
};

#define URING_HOW_BYTES 24 /* sizeof(struct open_how) */

/* What the operation's own structure lies over: struct io_kiocb begins with it. A kernel that
 * lacks the structure, or keeps another under that name, gives an event without those arguments. */
#define URING__IS(type) bpf_core_type_exists(struct type)

static __always_inline void uring__path(struct filename *path, u32 index)
{
	read__kernel_string((u64)BPF_CORE_READ(path, name), BLOCK_STRING, index);
}

static __always_inline void uring__open(struct scratch *s, u64 request, bool how)
{
	struct io_open *o = (struct io_open *)request;
	u64 *args = record__header(s)->args;
	struct block *b;

	if (!URING__IS(io_open))
		return;
	args[0] = (s64)BPF_CORE_READ(o, dfd);
	uring__path(BPF_CORE_READ(o, filename), 1);
	if (!how) {
		args[2] = BPF_CORE_READ(o, how.flags);
		args[3] = BPF_CORE_READ(o, how.mode);
		return;
	}
	args[3] = URING_HOW_BYTES;
	b = record__room(s);
	if (!b)
		return;
	bpf_probe_read_kernel(b + 1, URING_HOW_BYTES,
			      (void *)o + bpf_core_field_offset(struct io_open, how));
	record__close_block(s, b, BLOCK_HOW, 2, URING_HOW_BYTES);
}

static __always_inline void uring__statx(u64 *args, u64 request)
{
	struct io_statx *o = (struct io_statx *)request;

	if (!URING__IS(io_statx))
		return;
	args[0] = (s64)BPF_CORE_READ(o, dfd);
	args[2] = BPF_CORE_READ(o, flags);
	args[3] = BPF_CORE_READ(o, mask);
	uring__path(BPF_CORE_READ(o, filename), 1);
}

static __always_inline void uring__unlink(u64 *args, u64 request)
{
	struct io_unlink *o = (struct io_unlink *)request;

	if (!URING__IS(io_unlink))
		return;
	args[0] = (s64)BPF_CORE_READ(o, dfd);
	args[2] = BPF_CORE_READ(o, flags);
	uring__path(BPF_CORE_READ(o, filename), 1);
}

static __always_inline void uring__mkdir(u64 *args, u64 request)
{
	struct io_mkdir *o = (struct io_mkdir *)request;

	if (!URING__IS(io_mkdir))
		return;
	args[0] = (s64)BPF_CORE_READ(o, dfd);
	args[2] = BPF_CORE_READ(o, mode);
	uring__path(BPF_CORE_READ(o, filename), 1);
}

static __always_inline void uring__rename(u64 *args, u64 request)
{
	struct io_rename *o = (struct io_rename *)request;

	if (!URING__IS(io_rename))
		return;
	args[0] = (s64)BPF_CORE_READ(o, old_dfd);
	args[2] = (s64)BPF_CORE_READ(o, new_dfd);
	args[4] = BPF_CORE_READ(o, flags);
	uring__path(BPF_CORE_READ(o, oldpath), 1);
	uring__path(BPF_CORE_READ(o, newpath), 3);
}

static __always_inline void uring__link(u64 *args, u64 request, bool symbolic)
{
	struct io_link *o = (struct io_link *)request;

	if (!URING__IS(io_link))
		return;
	if (symbolic) {
		args[1] = (s64)BPF_CORE_READ(o, new_dfd);
	} else {
		args[0] = (s64)BPF_CORE_READ(o, old_dfd);
		args[2] = (s64)BPF_CORE_READ(o, new_dfd);
		args[4] = BPF_CORE_READ(o, flags);
	}
	uring__path(BPF_CORE_READ(o, oldpath), symbolic ? 0 : 1);
	uring__path(BPF_CORE_READ(o, newpath), symbolic ? 2 : 3);
}

/* The address is still in the caller's memory too, which the polling thread shares. */
static __always_inline void uring__connect(u64 *args, u64 request)
{
	struct io_connect *o = (struct io_connect *)request;

	if (!URING__IS(io_connect))
		return;
	args[2] = BPF_CORE_READ(o, addr_len);
	read__sockaddr((u64)BPF_CORE_READ(o, addr), args[2], 1);
}

static __always_inline void uring__socket(u64 *args, u64 request)
{
	struct io_socket *o = (struct io_socket *)request;

	if (!URING__IS(io_socket))
		return;
	args[0] = BPF_CORE_READ(o, domain);
	args[1] = BPF_CORE_READ(o, type);
	args[2] = BPF_CORE_READ(o, protocol);
}

static __always_inline void uring__close(u64 *args, u64 request)
{
	struct io_close *o = (struct io_close *)request;

	if (URING__IS(io_close))
		args[0] = (s64)BPF_CORE_READ(o, fd);
}

static __always_inline void uring__operation(struct scratch *s, u64 request, u8 operation)
{
	u64 *args = record__header(s)->args;

	switch (operation) {
	case URING_OPENAT:
	case URING_OPENAT2:
		uring__open(s, request, operation == URING_OPENAT2);
		break;
	case URING_STATX:
		uring__statx(args, request);
		break;
	case URING_UNLINKAT:
		uring__unlink(args, request);
		break;
	case URING_MKDIRAT:
		uring__mkdir(args, request);
		break;
	case URING_RENAMEAT:
		uring__rename(args, request);
		break;
	case URING_LINKAT:
	case URING_SYMLINKAT:
		uring__link(args, request, operation == URING_SYMLINKAT);
		break;
	case URING_CONNECT:
		uring__connect(args, request);
		break;
	case URING_SOCKET:
		uring__socket(args, request);
		break;
	case URING_CLOSE:
		uring__close(args, request);
		break;
	}
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(io_uring_submit, struct io_kiocb *req)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct counters *count = maps__counters();
	struct scratch *s;
	u8 operation;

	if (!count)
		return 0;
	s = submit__open(count, task->tgid);
	if (!s)
		return 0;
	operation = req->opcode;
	read__header(record__header(s), task, EVENT_IO_URING, 0, operation, 0);
	read__no_args(record__header(s));
	if (bpf_core_field_exists(req->cqe.fd))
		record__header(s)->args[0] = (s64)req->cqe.fd;
	uring__operation(s, record__scalar(s, req), operation);
	submit__record(s, count);
	return 0;
}
