/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * event.h - the contract between the BPF programs and Syscribe.Capture.
 *
 * One ring-buffer record is a struct event followed by its blocks, back to back:
 *
 *   0            EVENT_HEADER_SIZE                                    record length
 *   | struct event | block | data, padded to 8 | block | data ... |
 *
 * All numbers are in the machine's byte order. A reader skips block kinds that it does not know.
 * Codes are never reused or renumbered; new ones are appended.
 */
#ifndef SYSCRIBE_EVENT_H
#define SYSCRIBE_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define EVENT_VERSION 1

/* Bounds, in bytes, of what is read from user memory. Powers of two, for the verifier. */
#define MAX_PATH_BYTES 4096 /* one path or name, NUL included */
#define MAX_ARGS_BYTES 4096 /* argv, or envp, NUL-separated */
#define MAX_DATA_BYTES 256 /* read/write/send/recv buffer; the agent sets the length in use, 80 by default */
#define MAX_RECORD_BYTES 32768 /* a whole record */

enum event_kind {
	/* sys_exit of any call but those below; nr, ret, args. i386 socketcall arrives as the direct call that it stands
	 * for (accept as accept4, send as sendto, recv as recvfrom); nr is -1 for x86 rt_sigreturn, which loses it. */
	EVENT_SYSCALL = 1,
	/* A successful exec: state after it; args are zero, BLOCK_STRING 0 is the file name as given ("/dev/fd/N" or
	 * "/dev/fd/N/NAME" for execveat with a descriptor). nr is the call used; before Linux 6.10 execveat is told from
	 * execve only by such a name. Programs started by the kernel itself arrive as execve. */
	EVENT_EXEC = 2,
	EVENT_FORK = 3, /* sched_process_fork, in the parent: BLOCK_FORK says who was born; nr = -1 */
	EVENT_EXIT = 4, /* sched_process_exit: last words of a thread; ret = exit code as wait(2) has it */
	EVENT_IO_URING = 5, /* io_uring_submit_req; nr = operation code, ret = 0 (not known yet), args see uring.bpf.c */
};

enum event_flag {
	EVENT_COMPAT32 = 1, /* the call came through the 32-bit table: nr belongs to that one */
	EVENT_CUT = 2, /* some block was cut at its bound */
	EVENT_FAULT = 4, /* some user memory could not be read; that block is absent, or (argv of a failed exec) ends there */
	EVENT_LEADER = 8, /* the thread is its group's leader */
};

struct event {
	__u64 ktime_ns; /* CLOCK_BOOTTIME */
	__u16 kind; /* enum event_kind */
	__u16 flags; /* enum event_flag */
	__s32 nr;
	__s64 ret;
	__u64 args[6]; /* raw; for 32-bit calls zero-extended */
	__u64 start_ns; /* CLOCK_BOOTTIME of the thread group's birth: with tgid, identity against pid reuse */
	__u32 tid; /* host pid namespace */
	__u32 tgid;
	__u32 ptgid; /* tgid of the real parent now; reparenting shows here */
	__u32 euid; /* credentials after the call, host user namespace */
	__u32 egid;
	__u32 cpu;
};

#define EVENT_HEADER_SIZE 104
_Static_assert(sizeof(struct event) == EVENT_HEADER_SIZE, "struct event");

enum block_kind {
	BLOCK_STRING = 1, /* user string behind argument `index`, without NUL */
	BLOCK_SOCKADDR = 2, /* user struct sockaddr behind argument `index`, at most 128 bytes */
	BLOCK_DATA = 3, /* first bytes of the call's buffer */
	BLOCK_SOCKET = 4, /* struct block_socket, of the call's socket (accept: the new one) */
	BLOCK_FILE = 5, /* struct block_file, of the descriptor that the call returned */
	BLOCK_ARGV = 6, /* NUL-separated; of the new program, or of the attempt that failed */
	BLOCK_ENVP = 7, /* NUL-separated, likewise */
	BLOCK_CRED = 8, /* struct block_cred: on exec, fork and calls that change credentials */
	BLOCK_EXEC = 9, /* struct block_exec: on exec */
	BLOCK_PROC = 10, /* struct block_proc: on exec and fork (the child's), and setsid, setpgid */
	BLOCK_COMM = 11, /* 16 bytes, NUL padded: on exec and fork (the child's) */
	BLOCK_EXEPATH = 12, /* path of the running file, resolved by the kernel, in the process's root: on exec */
	BLOCK_CGROUP = 13, /* path of the cgroup that names the container, from the root of its hierarchy: on exec, fork (not of threads) */
	BLOCK_FORK = 14, /* struct block_fork */
	BLOCK_HOW = 15, /* struct open_how (24 bytes) of openat2 and io_uring openat2 */
	BLOCK_FDPAIR = 16, /* two __s32: descriptors made by pipe, pipe2, socketpair */
	BLOCK_UNIX = 17, /* path of the unix socket's peer or own address (leading NUL = abstract) */
	BLOCK_CWD = 18, /* working directory after chdir, fchdir, chroot, pivot_root; and on exec: resolved by the kernel */
};

/* Ahead of each block's data; the data is padded with zeros to a multiple of 8. */
struct block {
	__u8 kind; /* enum block_kind */
	__u8 index; /* argument number, from 0, where that has a meaning; else 0 */
	__u16 size; /* of the data, without padding */
	__u32 pad;
};
_Static_assert(sizeof(struct block) == 8, "struct block");

struct block_socket {
	__u16 family; /* AF_* */
	__u16 type; /* SOCK_* */
	__u16 protocol; /* IPPROTO_* */
	__u16 state; /* TCP_* state */
	__u8 local[16]; /* AF_INET: first 4 bytes */
	__u8 remote[16];
	__u16 local_port; /* host byte order */
	__u16 remote_port;
	__u32 pad;
	__u64 local_id; /* AF_UNIX: kernel addresses, as Falco prints them; else 0 */
	__u64 remote_id;
};
_Static_assert(sizeof(struct block_socket) == 64, "struct block_socket");

enum file_flag {
	FILE_UPPER_LAYER = 1, /* on overlayfs, in the upper layer */
	FILE_LOWER_LAYER = 2,
	FILE_CREATED = 4, /* FMODE_CREATED: this open made it */
	FILE_MEMFD = 8,
};

struct block_file {
	__u64 ino;
	__u32 dev; /* encoded as stat(2) has it */
	__u32 mode; /* inode mode: type and permission bits */
	__u32 open_flags; /* f_flags */
	__u32 flags; /* enum file_flag */
};
_Static_assert(sizeof(struct block_file) == 24, "struct block_file");

struct block_cred {
	__u32 uid, euid, suid, fsuid;
	__u32 gid, egid, sgid, fsgid;
	__u64 cap_permitted, cap_effective, cap_inheritable;
	__u32 login_uid; /* 4294967295: unset */
	__u32 pad;
};
_Static_assert(sizeof(struct block_cred) == 64, "struct block_cred");

enum exec_flag { /* Falco's bits */
	EXEC_WRITABLE = 1,
	EXEC_UPPER_LAYER = 2,
	EXEC_MEMFD = 4,
	EXEC_LOWER_LAYER = 8,
};

struct block_exec {
	__u64 ino;
	__u64 ctime_ns; /* since the epoch */
	__u64 mtime_ns;
	__u32 flags; /* enum exec_flag */
	__u32 pad;
};
_Static_assert(sizeof(struct block_exec) == 32, "struct block_exec");

struct block_proc {
	__s32 vpid; /* ids as the process's own pid namespace has them */
	__s32 vtid;
	__s32 sid;
	__s32 pgid;
	__u32 tty; /* device number: major << 8 | minor; 0 for none */
	__u32 pidns; /* inode number of the pid namespace */
	__u64 pidns_start_ns; /* CLOCK_BOOTTIME of the namespace's init; 0 in the host's */
	__u64 start_ns; /* of the process this block is about */
};
_Static_assert(sizeof(struct block_proc) == 40, "struct block_proc");

struct block_fork {
	__u32 tid; /* the child */
	__u32 tgid; /* equal to the parent's for a new thread */
	__u64 clone_flags; /* CLONE_* where known, else 0 */
};
_Static_assert(sizeof(struct block_fork) == 16, "struct block_fork");

/*
 * Map "syscalls": array of struct syscall_desc, index = number + (32-bit ? COMPAT_BASE : 0); the agent fills it from
 * the kernel's tracefs metadata before attach and may change it while running.
 */
#define MAX_SYSCALLS 1024
#define COMPAT_BASE 512

enum arg_kind {
	ARG_NUMBER = 0,
	ARG_STRING = 1, /* a path or name: read as BLOCK_STRING */
	ARG_SOCKADDR = 2,
};

enum syscall_flag {
	SYSCALL_OFF = 1, /* filtered out at run time: counted as filtered, not submitted */
};

struct syscall_desc {
	__u8 args[6]; /* enum arg_kind */
	__u8 flags; /* enum syscall_flag */
	__u8 pad;
};
_Static_assert(sizeof(struct syscall_desc) == 8, "struct syscall_desc");

/*
 * Map "settings": one struct settings. Map "ignored_tgids" (hash u32 -> u8): processes that are not captured, the
 * agent's own among them. Map "ignored_cgroups" (hash u64 cgroup id -> u8), likewise.
 */
struct settings {
	__u32 data_bytes; /* of BLOCK_DATA, at most MAX_DATA_BYTES */
	__u32 capturing; /* 0: nothing is submitted */
};

/* Map "counters": per-CPU array, one struct counters. seen = submitted + filtered + dropped_*. */
struct counters {
	__u64 seen;
	__u64 submitted;
	__u64 filtered; /* by system call, process or cgroup, or not capturing */
	__u64 dropped_full; /* ring buffer full */
	__u64 dropped_size; /* record over MAX_RECORD_BYTES */
	__u64 dropped_scratch; /* no scratch memory: the program was entered again on the same CPU */
	__u64 read_faults; /* user memory not resident; the event is submitted without that block */
};

#endif
