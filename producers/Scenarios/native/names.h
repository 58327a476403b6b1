/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - the names that a step of syscalls.c may use, and their numbers. */
#ifndef SYSCRIBE_NAMES_H
#define SYSCRIBE_NAMES_H

#include <asm/unistd.h>

struct name {
	const char *text;
	long value;
};

/* Newer than the oldest kernel headers that this builds with; since number 424 all architectures share one numbering. */
#ifndef __NR_mount_setattr
#define __NR_mount_setattr 442
#endif
#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#endif
#ifndef __NR_process_madvise
#define __NR_process_madvise 440
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_faccessat2
#define __NR_faccessat2 439
#endif

#define N(name) { #name, __NR_##name }

static const struct name syscalls[] = {
	N(openat), N(openat2), N(open_by_handle_at), N(name_to_handle_at), N(close), N(read),
	N(write), N(pread64), N(pwrite64), N(ftruncate), N(truncate), N(fallocate), N(execve),
	N(execveat), N(dup), N(dup3), N(fcntl), N(ioctl), N(pipe2), N(socket), N(socketpair),
	N(bind), N(listen), N(accept), N(accept4), N(connect), N(sendto), N(recvfrom), N(sendmsg),
	N(recvmsg), N(shutdown), N(renameat), N(renameat2), N(unlinkat), N(mkdirat), N(mknodat),
	N(symlinkat), N(linkat), N(readlinkat), N(fchmod), N(fchmodat), N(fchmodat2), N(fchown),
	N(fchownat), N(faccessat), N(faccessat2), N(statx), N(newfstatat), N(fstat), N(utimensat),
	N(setxattr), N(chdir), N(fchdir), N(chroot), N(pivot_root), N(mount), N(umount2),
	N(mount_setattr), N(open_tree), N(move_mount), N(fsopen), N(fsconfig), N(fsmount),
	N(fspick), N(setuid), N(setgid), N(setreuid), N(setregid), N(setresuid), N(setresgid),
	N(setfsuid), N(setfsgid), N(setgroups), N(capset), N(capget), N(setsid), N(setpgid),
	N(getpid), N(getppid), N(getuid), N(geteuid), N(ptrace), N(process_vm_readv),
	N(process_vm_writev), N(pidfd_open), N(pidfd_getfd), N(pidfd_send_signal), N(kcmp),
	N(kill), N(tgkill), N(wait4), N(waitid), N(setns), N(unshare), N(clone), N(clone3),
	N(prctl), N(seccomp), N(bpf), N(perf_event_open), N(userfaultfd), N(init_module),
	N(finit_module), N(delete_module), N(memfd_create), N(memfd_secret), N(mmap), N(munmap),
	N(mprotect), N(io_uring_setup), N(io_uring_enter), N(io_uring_register), N(keyctl),
	N(add_key), N(request_key), N(sethostname), N(setdomainname), N(personality), N(syslog),
	N(reboot), N(kexec_load), N(kexec_file_load), N(swapon), N(swapoff), N(acct), N(quotactl),
	N(inotify_init1), N(inotify_add_watch), N(fanotify_init), N(fanotify_mark), N(eventfd2),
	N(epoll_create1), N(timerfd_create), N(signalfd4), N(copy_file_range), N(sendfile),
	N(splice), N(tee), N(getdents64), N(nanosleep), N(sync), N(syncfs),
	N(landlock_create_ruleset), N(process_madvise),
#ifdef __x86_64__ /* calls that newer architectures no longer have */
	N(open), N(creat), N(rename), N(unlink), N(rmdir), N(mkdir), N(mknod), N(symlink),
	N(link), N(readlink), N(chmod), N(chown), N(lchown), N(access), N(stat), N(lstat),
	N(dup2), N(pipe), N(fork), N(vfork), N(pause), N(eventfd), N(inotify_init),
	N(epoll_create), N(utime), N(ustat),
#endif
};

#undef N

/* The kernel's ABI: these values never change. */
static const struct name constants[] = {
	/* open(2) */
	{ "O_RDONLY", 0 }, { "O_WRONLY", 1 }, { "O_RDWR", 2 }, { "O_CREAT", 0x40 },
	{ "O_EXCL", 0x80 }, { "O_NOCTTY", 0x100 }, { "O_TRUNC", 0x200 }, { "O_APPEND", 0x400 },
	{ "O_NONBLOCK", 0x800 }, { "O_CLOEXEC", 0x80000 }, { "O_PATH", 0x200000 },
	/* the *at(2) calls */
	{ "AT_FDCWD", -100 }, { "AT_EMPTY_PATH", 0x1000 }, { "AT_REMOVEDIR", 0x200 },
	{ "AT_SYMLINK_FOLLOW", 0x400 }, { "AT_SYMLINK_NOFOLLOW", 0x100 },
	/* socket(2) */
	{ "AF_UNIX", 1 }, { "AF_INET", 2 }, { "AF_INET6", 0xa }, { "AF_NETLINK", 0x10 },
	{ "AF_PACKET", 0x11 }, { "SOCK_STREAM", 1 }, { "SOCK_DGRAM", 2 }, { "SOCK_RAW", 3 },
	{ "SOCK_NONBLOCK", 0x800 }, { "SOCK_CLOEXEC", 0x80000 },
	/* ptrace(2) */
	{ "PTRACE_TRACEME", 0 }, { "PTRACE_ATTACH", 0x10 }, { "PTRACE_DETACH", 0x11 },
	{ "PTRACE_SEIZE", 0x4206 },
	/* clone(2), setns(2) */
	{ "CLONE_NEWNS", 0x20000 }, { "CLONE_NEWCGROUP", 0x2000000 },
	{ "CLONE_NEWUTS", 0x4000000 }, { "CLONE_NEWIPC", 0x8000000 },
	{ "CLONE_NEWUSER", 0x10000000 }, { "CLONE_NEWPID", 0x20000000 },
	{ "CLONE_NEWNET", 0x40000000 },
	/* memfd_create(2) */
	{ "MFD_CLOEXEC", 1 }, { "MFD_ALLOW_SEALING", 2 },
	/* mount(2) */
	{ "MS_RDONLY", 1 }, { "MS_BIND", 0x1000 }, { "MS_REC", 0x4000 },
	{ "MS_PRIVATE", 0x40000 },
	/* io_uring_enter(2) */
	{ "IORING_OP_CONNECT", 0x10 }, { "IORING_OP_OPENAT", 0x12 },
	{ "IORING_OP_OPENAT2", 0x1c }, { "IORING_OP_RENAMEAT", 0x23 },
	{ "IORING_OP_UNLINKAT", 0x24 }, { "IORING_OP_MKDIRAT", 0x25 },
	{ "IORING_OP_SYMLINKAT", 0x26 }, { "IORING_OP_LINKAT", 0x27 },
	{ "IORING_OP_SOCKET", 0x2d },
};

#endif
