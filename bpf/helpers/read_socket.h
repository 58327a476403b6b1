/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* read_socket.h - both ends of a socket, from the kernel's own structure and not from the caller's. */
#ifndef SYSCRIBE_READ_SOCKET_H
#define SYSCRIBE_READ_SOCKET_H

#include "read_user.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define SUN_PATH_BYTES 108
#define SUN_PATH_AT 2 /* offsetof(struct sockaddr_un, sun_path) */

/* BLOCK_UNIX: a file's path, or NUL and an abstract name of which NUL may be part. */
static __always_inline void socket__unix_name(struct scratch *s, struct unix_address *address)
{
	u64 path = (u64)address + bpf_core_field_offset(struct unix_address, name) + SUN_PATH_AT;
	s32 size = BPF_CORE_READ(address, len) - SUN_PATH_AT;
	struct block *b;
	char first = 0;

	if (size <= 0 || bpf_probe_read_kernel(&first, sizeof(first), (void *)path))
		return;
	if (first) {
		read__kernel_string(path, BLOCK_UNIX, 0);
		return;
	}
	b = record__room(s);
	if (!b)
		return;
	if (size > SUN_PATH_BYTES)
		size = SUN_PATH_BYTES;
	if (!bpf_probe_read_kernel(b + 1, size, (void *)path))
		record__close_block(s, b, BLOCK_UNIX, 0, size);
}

static __always_inline void socket__unix(struct scratch *s, struct block_socket *b, struct sock *sk)
{
	struct unix_sock *own = (struct unix_sock *)sk;
	struct unix_sock *peer = (struct unix_sock *)BPF_CORE_READ(own, peer);
	struct unix_address *address = peer ? BPF_CORE_READ(peer, addr) : NULL;

	b->local_id = (u64)own;
	b->remote_id = (u64)peer;
	if (!address)
		address = BPF_CORE_READ(own, addr);
	if (address)
		socket__unix_name(s, address);
}

static __always_inline void socket__inet(struct block_socket *b, struct sock *sk)
{
	u32 *local = (u32 *)b->local;

	*local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
	if (!*local)
		*local = BPF_CORE_READ((struct inet_sock *)sk, inet_saddr);
	*(u32 *)b->remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
}

/* BLOCK_SOCKET, and BLOCK_UNIX, of the socket behind a struct file; nothing for other files. */
__weak __noinline int read__socket_block(u64 file)
{
	struct scratch *s = maps__scratch();
	struct file *f = (struct file *)file;
	struct block_socket *b;
	struct socket *socket;
	struct sock *sk;

	if (!s || !file || (BPF_CORE_READ(f, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(f, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return 0;
	b = record__fixed(s, BLOCK_SOCKET, struct block_socket);
	if (!b)
		return 0;
	b->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	b->type = BPF_CORE_READ(sk, sk_type);
	b->protocol = BPF_CORE_READ(sk, sk_protocol);
	b->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (b->family == AF_UNIX) {
		socket__unix(s, b, sk);
		return 0;
	}
	if (b->family != AF_INET && b->family != AF_INET6)
		return 0;
	b->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	b->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (b->family == AF_INET) {
		socket__inet(b, sk);
	} else {
		BPF_CORE_READ_INTO(&b->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&b->remote, sk, __sk_common.skc_v6_daddr);
	}
	return 0;
}

#endif
