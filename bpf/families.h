/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * families.h - system calls that are read in more depth than the generic path does.
 *
 * A call that is not here is captured all the same: number, arguments, result, and the strings and
 * addresses that the "syscalls" map describes. NA: the architecture has no such call.
 */
#ifndef SYSCRIBE_FAMILIES_H
#define SYSCRIBE_FAMILIES_H

#include "vmlinux.h"
#include "event.h"

enum family {
	FAMILY_PLAIN = 0,
	FAMILY_OPEN, /* returns the descriptor of a file: BLOCK_FILE */
	FAMILY_OPENAT2, /* likewise, and BLOCK_HOW */
	FAMILY_EXEC, /* failed: BLOCK_ARGV, BLOCK_ENVP; argv is argument 1 */
	FAMILY_EXECAT, /* argv is argument 2 */
	FAMILY_SOCKET, /* BLOCK_SOCKET of argument 0 */
	FAMILY_ACCEPT, /* BLOCK_SOCKET of the result */
	FAMILY_SEND, /* BLOCK_SOCKET of argument 0, BLOCK_DATA of argument 1 */
	FAMILY_RECEIVE,
	FAMILY_SENDMSG, /* BLOCK_SOCKET, BLOCK_SOCKADDR and BLOCK_DATA of the struct msghdr */
	FAMILY_RECVMSG,
	FAMILY_SENDMMSG, /* of the first message */
	FAMILY_RECVMMSG,
	FAMILY_READ, /* BLOCK_DATA of argument 1 */
	FAMILY_WRITE,
	FAMILY_READV, /* BLOCK_DATA of the first struct iovec */
	FAMILY_WRITEV,
	FAMILY_PIPE, /* BLOCK_FDPAIR behind argument 0 */
	FAMILY_SOCKETPAIR, /* BLOCK_FDPAIR behind argument 3 */
	FAMILY_CRED, /* BLOCK_CRED */
	FAMILY_PROC, /* BLOCK_PROC */
	FAMILY_CWD, /* BLOCK_CWD */
	FAMILY_SOCKETCALL, /* i386: number and arguments are those of the call inside */
};

#define NA (-1)

/*        family            x86_64  i386  arm64 */
#define FAMILIES(F)                                              \
	F(FAMILY_OPEN, 2, 5, NA) /* open */                      \
	F(FAMILY_OPEN, 85, 8, NA) /* creat */                    \
	F(FAMILY_OPEN, 257, 295, 56) /* openat */                \
	F(FAMILY_OPEN, 304, 342, 265) /* open_by_handle_at */    \
	F(FAMILY_OPEN, 319, 356, 279) /* memfd_create */         \
	F(FAMILY_OPENAT2, 437, 437, 437) /* openat2 */           \
	F(FAMILY_EXEC, 59, 11, 221) /* execve */                 \
	F(FAMILY_EXECAT, 322, 358, 281) /* execveat */           \
	F(FAMILY_SOCKET, 42, 362, 203) /* connect */             \
	F(FAMILY_SOCKET, 49, 361, 200) /* bind */                \
	F(FAMILY_SOCKET, 50, 363, 201) /* listen */              \
	F(FAMILY_ACCEPT, 43, NA, 202) /* accept */               \
	F(FAMILY_ACCEPT, 288, 364, 242) /* accept4 */            \
	F(FAMILY_SEND, 44, 369, 206) /* sendto */                \
	F(FAMILY_RECEIVE, 45, 371, 207) /* recvfrom */           \
	F(FAMILY_SENDMSG, 46, 370, 211) /* sendmsg */            \
	F(FAMILY_RECVMSG, 47, 372, 212) /* recvmsg */            \
	F(FAMILY_SENDMMSG, 307, 345, 269) /* sendmmsg */         \
	F(FAMILY_RECVMMSG, 299, 337, 243) /* recvmmsg */         \
	F(FAMILY_READ, 0, 3, 63) /* read */                      \
	F(FAMILY_READ, 17, 180, 67) /* pread64 */                \
	F(FAMILY_WRITE, 1, 4, 64) /* write */                    \
	F(FAMILY_WRITE, 18, 181, 68) /* pwrite64 */              \
	F(FAMILY_READV, 19, 145, 65) /* readv */                 \
	F(FAMILY_READV, 295, 333, 69) /* preadv */               \
	F(FAMILY_READV, 327, 378, 286) /* preadv2 */             \
	F(FAMILY_WRITEV, 20, 146, 66) /* writev */               \
	F(FAMILY_WRITEV, 296, 334, 70) /* pwritev */             \
	F(FAMILY_WRITEV, 328, 379, 287) /* pwritev2 */           \
	F(FAMILY_PIPE, 22, 42, NA) /* pipe */                    \
	F(FAMILY_PIPE, 293, 331, 59) /* pipe2 */                 \
	F(FAMILY_SOCKETPAIR, 53, 360, 199) /* socketpair */      \
	F(FAMILY_CRED, 105, 213, 146) /* setuid */               \
	F(FAMILY_CRED, 106, 214, 144) /* setgid */               \
	F(FAMILY_CRED, 113, 203, 145) /* setreuid */             \
	F(FAMILY_CRED, 114, 204, 143) /* setregid */             \
	F(FAMILY_CRED, 116, 206, 159) /* setgroups */            \
	F(FAMILY_CRED, 117, 208, 147) /* setresuid */            \
	F(FAMILY_CRED, 119, 210, 149) /* setresgid */            \
	F(FAMILY_CRED, 122, 215, 151) /* setfsuid */             \
	F(FAMILY_CRED, 123, 216, 152) /* setfsgid */             \
	F(FAMILY_CRED, 126, 185, 91) /* capset */                \
	F(FAMILY_CRED, 272, 310, 97) /* unshare */               \
	F(FAMILY_CRED, 308, 346, 268) /* setns */                \
	F(FAMILY_CRED, NA, 23, NA) /* setuid, 16-bit ids */      \
	F(FAMILY_CRED, NA, 46, NA) /* setgid, 16-bit ids */      \
	F(FAMILY_CRED, NA, 70, NA) /* setreuid, 16-bit ids */    \
	F(FAMILY_CRED, NA, 71, NA) /* setregid, 16-bit ids */    \
	F(FAMILY_CRED, NA, 164, NA) /* setresuid, 16-bit ids */  \
	F(FAMILY_CRED, NA, 170, NA) /* setresgid, 16-bit ids */  \
	F(FAMILY_CRED, NA, 138, NA) /* setfsuid, 16-bit ids */   \
	F(FAMILY_CRED, NA, 139, NA) /* setfsgid, 16-bit ids */   \
	F(FAMILY_PROC, 109, 57, 154) /* setpgid */               \
	F(FAMILY_PROC, 112, 66, 157) /* setsid */                \
	F(FAMILY_CWD, 80, 12, 49) /* chdir */                    \
	F(FAMILY_CWD, 81, 133, 50) /* fchdir */                  \
	F(FAMILY_CWD, 161, 61, 51) /* chroot */                  \
	F(FAMILY_CWD, 155, 217, 41) /* pivot_root */             \
	F(FAMILY_SOCKETCALL, NA, 102, NA) /* socketcall */

#if defined(__TARGET_ARCH_x86)
#define FAMILY_NATIVE(x86_64, i386, arm64) x86_64
#else
#define FAMILY_NATIVE(x86_64, i386, arm64) arm64
#endif
/* 32-bit Arm numbers are not i386 ones: no family there. */
#if defined(__TARGET_ARCH_x86)
#define FAMILY_COMPAT(i386) i386
#else
#define FAMILY_COMPAT(i386) NA
#endif

/* Slot MAX_SYSCALLS takes what an architecture lacks. */
#define FAMILY_ENTRY(family, x86_64, i386, arm64)                                                  \
	[FAMILY_NATIVE(x86_64, i386, arm64) >= 0 ? FAMILY_NATIVE(x86_64, i386, arm64)              \
						 : MAX_SYSCALLS] = family,                          \
	[FAMILY_COMPAT(i386) >= 0 ? COMPAT_BASE + FAMILY_COMPAT(i386) : MAX_SYSCALLS] = family,

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"
/* In .rodata, so one load and no map lookup. */
static const volatile __u8 families[MAX_SYSCALLS + 1] = { FAMILIES(FAMILY_ENTRY) };
#pragma clang diagnostic pop

/* index < MAX_SYSCALLS. In assembler, because the compiler would drop a mask that changes nothing, and
 * the verifier (6.18 too) loses the bound of an index that was on the stack as a map's key. */
static __always_inline __u8 family__of(__u32 index)
{
	asm volatile("%0 &= %1" : "+r"(index) : "i"(MAX_SYSCALLS - 1));
	return families[index];
}

static __always_inline bool family__is_exec(__u8 family)
{
	return family == FAMILY_EXEC || family == FAMILY_EXECAT;
}

#endif
