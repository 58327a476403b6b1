/* SPDX-License-Identifier: Apache-2.0 */
/* verbs.h - part of syscalls.c: the verbs that take more than one system call, or structures of their own. */
#ifndef SYSCRIBE_VERBS_H
#define SYSCRIBE_VERBS_H

struct verb {
	const char *name;
	long (*words)(int count, char **words); /* takes its words as they are ... */
	long (*values)(struct argument *arguments); /* ... or read as arguments */
};

#define PR_SET_PDEATHSIG 1
#define SIGCHLD 17
#define EINVAL 22

static long fork_process(void)
{
#ifdef __NR_fork
	return SYS0(fork);
#else
	return SYS5(clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

static long bound[8];

/* A child that ends with this process: killed by end_bound, or by the kernel where this process is killed itself. */
static long fork_bound(void)
{
	unsigned long slot = 0;
	long pid, parent = SYS0(getpid);

	while (slot < ARRAY_LENGTH(bound) && bound[slot])
		slot++;
	if (slot == ARRAY_LENGTH(bound))
		return -EINVAL;
	pid = fork_process();
	if (pid > 0)
		bound[slot] = pid;
	if (pid == 0) {
		SYS2(prctl, PR_SET_PDEATHSIG, SIGKILL);
		if (SYS0(getppid) != parent) /* it ended before the line above */
			SYS1(exit_group, 0);
	}
	return pid;
}

static void end_bound(void)
{
	for (unsigned long i = 0; i < ARRAY_LENGTH(bound) && bound[i]; i++) {
		SYS2(kill, bound[i], SIGKILL);
		SYS4(wait4, bound[i], 0, 0, 0);
	}
}

/* Exit status, or 128 and the signal, as shells have it; negated where it is not 0. */
static long wait_for(long pid)
{
	int status = 0;
	long ret = SYS4(wait4, pid, &status, 0, 0);

	if (ret < 0)
		return ret;
	return status & 0x7f ? -(128 + (status & 0x7f)) : -((status >> 8) & 0xff);
}

/* words[count] is the comma after the step, or argv's end: it becomes the end of the new program's arguments. */
static void become(int count, char **words)
{
	char *comma = words[count];

	words[count] = 0;
	SYS3(execve, words[0], words, environment);
	words[count] = comma;
}

/* exec PATH ARG...: this process becomes that program; argv[0] is PATH. */
static long verb_exec(int count, char **words)
{
	char *comma = words[count];
	long ret;

	words[count] = 0;
	ret = SYS3(execve, words[0], words, environment);
	words[count] = comma;
	return ret;
}

/* execveat DIRFD PATH FLAGS ARGV...: likewise, by descriptor. */
static long verb_execveat(int count, char **words)
{
	struct argument none = { 0, 0 };

	if (count < 4)
		return -EINVAL;
	words[count] = 0;
	return SYS5(execveat, parse(words[0], none).value, words[1], words + 3, environment,
		    parse(words[2], none).value);
}

/* run PATH ARG...: a child becomes that program and is waited for. */
static long verb_run(int count, char **words)
{
	long pid = fork_process();

	if (pid == 0) {
		become(count, words);
		SYS1(exit_group, 127);
	}
	return pid < 0 ? pid : wait_for(pid);
}

/* env NAME=VALUE...: the environment, from here on, is that and nothing else. */
static long verb_env(int count, char **words)
{
	words[count] = 0;
	environment = words;
	return 0;
}

/* sleeper: a child that does nothing and ends with this process; its pid. */
static long verb_sleeper(struct argument *arguments)
{
	long seconds[2] = { 20, 0 };
	long pid = fork_bound();

	(void)arguments;
	if (pid != 0)
		return pid;
	SYS2(nanosleep, seconds, 0);
	SYS1(exit_group, 0);
	return 0;
}

/* wait PID: until it stops or ends. */
static long verb_wait(struct argument *arguments)
{
	int status;

	return SYS4(wait4, arguments[0].value, &status, 2 /* WUNTRACED */, 0);
}

/* terminal PATH ARG...: as run, in a session of its own with a new pseudo-terminal. See pty(7). */
static long verb_terminal(int count, char **words)
{
	char path[] = "/dev/pts/\0\0\0\0";
	int unlocked = 0, number = 0, digits = 9;
	long master = SYS3(openat, -100, "/dev/ptmx", 02 | 0400 /* O_RDWR|O_NOCTTY */), pid;

	if (master < 0)
		return master;
	SYS3(ioctl, master, 0x40045431 /* TIOCSPTLCK */, &unlocked);
	SYS3(ioctl, master, 0x80045430 /* TIOCGPTN */, &number);
	for (int place = 1000; place; place /= 10)
		if (number >= place || place == 1)
			path[digits++] = (char)('0' + number / place % 10);
	pid = fork_process();
	if (pid == 0) {
		long slave;

		SYS0(setsid);
		slave = SYS3(openat, -100, path, 02);
		SYS3(ioctl, slave, 0x540e /* TIOCSCTTY */, 0);
		for (int fd = 0; fd < 3; fd++)
			SYS3(dup3, slave, fd, 0);
		become(count, words);
		SYS1(exit_group, 127);
	}
	while (pid > 0 && SYS3(read, master, &memory, sizeof(memory)) > 0)
		; /* what it prints is of no interest, but must not block it; EIO is its end */
	return pid < 0 ? pid : wait_for(pid);
}

struct ifreq {
	char name[16];
	union {
		struct sockaddr_in address;
		short flags;
		char pad[24];
	};
};

/* Whether only the loopback device has addresses here, as in a network namespace that nobody uses. See netdevice(7). */
static int network_is_unused(long fd)
{
	struct {
		int size;
		struct ifreq *list;
	} found = { sizeof(memory), (struct ifreq *)&memory };

	if (SYS3(ioctl, fd, 0x8912 /* SIOCGIFCONF */, &found) < 0)
		return 0;
	for (unsigned long i = 0; i < found.size / sizeof(struct ifreq); i++)
		if (!after(found.list[i].name, "lo"))
			return 0;
	return 1;
}

/* network ADDRESS: gives the loopback device of an unused network namespace that address; the machine's own is refused. */
static long verb_network(int count, char **words)
{
	struct ifreq request = { .name = "lo" };
	const char *end;
	long ret, fd = SYS3(socket, AF_INET, 2 /* SOCK_DGRAM */, 0);

	if (fd < 0 || count != 1)
		return fd < 0 ? fd : -EINVAL;
	if (!network_is_unused(fd))
		fail("the network namespace is in use, no address added:", words[0]);
	SYS3(ioctl, fd, 0x8913 /* SIOCGIFFLAGS */, &request);
	request.flags |= 1 /* IFF_UP */;
	SYS3(ioctl, fd, 0x8914 /* SIOCSIFFLAGS */, &request);
	request = (struct ifreq){ .name = "lo:1" };
	request.address.family = AF_INET;
	request.address.address = parse_address(words[0], &end);
	ret = SYS3(ioctl, fd, 0x8916 /* SIOCSIFADDR */, &request);
	SYS1(close, fd);
	return ret == -17 /* EEXIST: 127.0.0.1 came with the device */ ? 0 : ret;
}

/* listen-on ADDRESS: a child that accepts stream connections there and ends with this process. */
static long verb_listen_on(struct argument *arguments)
{
	unsigned short family = *(unsigned short *)arguments[0].value;
	long fd = SYS3(socket, family, 1 /* SOCK_STREAM */, 0);
	long ret = SYS3(bind, fd, arguments[0].value, arguments[0].size);
	long pid;

	if (ret < 0 || (ret = SYS2(listen, fd, 8)) < 0)
		return ret;
	pid = fork_bound();
	while (pid == 0)
		if (SYS4(accept4, fd, 0, 0, 0) < 0)
			SYS1(exit_group, 1);
	SYS1(close, fd);
	return pid;
}

/* copy FROMFD TOFD: all bytes. */
static long verb_copy(struct argument *arguments)
{
	long n, total = 0;

	while ((n = SYS3(read, arguments[0].value, &memory, sizeof(memory))) > 0) {
		if (SYS3(write, arguments[1].value, &memory, n) != n)
			return -EINVAL;
		total += n;
	}
	return n < 0 ? n : total;
}

/* handle PATH: name_to_handle_at(2); the result is the handle, for open_by_handle_at. */
static long verb_handle(struct argument *arguments)
{
	static struct {
		unsigned int size;
		int type;
		char bytes[128];
	} handle = { .size = 128 };
	int mount;
	long ret = SYS5(name_to_handle_at, -100, arguments[0].value, &handle, &mount, 0);

	return ret < 0 ? ret : (long)&handle;
}

/* bpf-program: loads a socket filter of two instructions, r0 = 0; exit. See bpf(2). */
static long verb_bpf_program(struct argument *arguments)
{
	static const unsigned long long instructions[] = { 0xb7, 0x95 };
	struct {
		unsigned int type, instruction_count;
		unsigned long long instructions, license;
		unsigned char rest[104];
	} attributes = { 1 /* BPF_PROG_TYPE_SOCKET_FILTER */, 2, (unsigned long long)instructions,
			 (unsigned long long)"GPL", { 0 } };

	(void)arguments;
	return SYS3(bpf, 5 /* BPF_PROG_LOAD */, &attributes, sizeof(attributes));
}

/* io-uring OPCODE FD ADDR LEN OFFSET FLAGS: one operation through a ring of its own; its result. See io_uring(7). */
static long verb_io_uring(struct argument *arguments)
{
	unsigned int parameters[30] = { 0 }; /* struct io_uring_params: sq offsets from 10, cq offsets from 20 */
	long fd = SYS2(io_uring_setup, 1, parameters), ret;
	char *ring, *entry;

	if (fd < 0)
		return fd;
	ring = (char *)SYS6(mmap, 0, 4096, 3, 0x8001 /* MAP_SHARED|MAP_POPULATE */, fd, 0);
	entry = (char *)SYS6(mmap, 0, 4096, 3, 0x8001, fd, 0x10000000 /* IORING_OFF_SQES */);
	if ((long)ring < 0 && (long)ring > -4096)
		return (long)ring;
	*(unsigned char *)entry = (unsigned char)arguments[0].value;
	*(int *)(entry + 4) = (int)arguments[1].value;
	*(long *)(entry + 8) = arguments[4].value;
	*(long *)(entry + 16) = arguments[2].value;
	*(int *)(entry + 24) = (int)arguments[3].value;
	*(int *)(entry + 28) = (int)arguments[5].value;
	*(unsigned int *)(ring + parameters[16]) = 0; /* index array: entry 0 */
	__atomic_store_n((unsigned int *)(ring + parameters[11]), 1, __ATOMIC_RELEASE); /* sq tail */
	ret = SYS6(io_uring_enter, fd, 1, 1, 1 /* IORING_ENTER_GETEVENTS */, 0, 0);
	if (ret >= 0)
		ret = *(int *)(ring + parameters[25] + 8); /* first completion's result */
	SYS1(close, fd);
	return ret;
}

static const struct verb verbs[] = {
	{ "exec", verb_exec, 0 },
	{ "execveat", verb_execveat, 0 },
	{ "run", verb_run, 0 },
	{ "env", verb_env, 0 },
	{ "terminal", verb_terminal, 0 },
	{ "network", verb_network, 0 },
	{ "sleeper", 0, verb_sleeper },
	{ "wait", 0, verb_wait },
	{ "listen-on", 0, verb_listen_on },
	{ "copy", 0, verb_copy },
	{ "handle", 0, verb_handle },
	{ "bpf-program", 0, verb_bpf_program },
	{ "io-uring", 0, verb_io_uring },
};

static const struct verb *find_verb(const char *name)
{
	for (unsigned long i = 0; i < ARRAY_LENGTH(verbs); i++)
		if (same(verbs[i].name, name))
			return &verbs[i];
	return 0;
}

#endif
