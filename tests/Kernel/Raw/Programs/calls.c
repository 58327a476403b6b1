// SPDX-License-Identifier: Apache-2.0
// calls.c - system calls that .NET cannot make by itself. calls WHAT [ARG]: exits 0, or says on stderr what failed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

#if defined(__x86_64__)
static long int80(long nr, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return result;
}

// Dies of SIGSEGV where the kernel has no 32-bit gate. i386 number: getpid 20
static int gate(void)
{
	errno = ENOSYS;
	return int80(20, 0, 0, 0) == getpid() ? 0 : fail("int 0x80 getpid");
}

// i386 numbers: open 5, unlink 10, socketcall 102
static int compat(const char *path)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t *words = (uint32_t *)(low + 1024);
	struct sockaddr_in *address = (struct sockaddr_in *)(low + 2048);
	long fd;

	if (low == MAP_FAILED)
		return fail("mmap");
	strcpy(low, path);
	fd = int80(5, (long)low, O_RDONLY, 0);
	if (fd < 0) {
		errno = -fd;
		return fail("int 0x80 open");
	}
	words[0] = AF_INET, words[1] = SOCK_DGRAM, words[2] = 0;
	fd = int80(102, 1, (long)words, 0);
	address->sin_family = AF_INET;
	address->sin_port = htons(9);
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	words[0] = fd, words[1] = (uint32_t)(long)address, words[2] = sizeof(*address);
	if (int80(102, 3, (long)words, 0))
		return fail("int 0x80 connect");
	if (int80(10, (long)low, 0, 0))
		return fail("int 0x80 unlink");
	return 0;
}
#else
static int gate(void)
{
	errno = ENOTSUP;
	return fail("int 0x80");
}

static int compat(const char *path)
{
	errno = ENOTSUP;
	return fail(path);
}
#endif

static int uring_fd;
static unsigned *tail, *mask, *array;
static struct io_uring_sqe *entries;

static int submit(struct io_uring_sqe entry)
{
	unsigned at = *tail & *mask;

	entries[at] = entry;
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(__NR_io_uring_enter, uring_fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1 ? 0 : fail("io_uring_enter");
}

static int uring(const char *folder)
{
	struct io_uring_params params = {};
	struct open_how how = { .flags = O_RDONLY, .mode = 0, .resolve = RESOLVE_NO_SYMLINKS };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
	int directory = open(folder, O_RDONLY | O_DIRECTORY), udp = socket(AF_INET, SOCK_DGRAM, 0);
	char *ring;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	uring_fd = syscall(__NR_io_uring_setup, 8, &params);
	if (uring_fd < 0)
		return fail("io_uring_setup");
	ring = mmap(NULL, params.sq_off.array + 8 * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, uring_fd, IORING_OFF_SQ_RING);
	entries = mmap(NULL, 8 * sizeof(*entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, uring_fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || (void *)entries == MAP_FAILED)
		return fail("mmap");
	tail = (unsigned *)(ring + params.sq_off.tail);
	mask = (unsigned *)(ring + params.sq_off.ring_mask);
	array = (unsigned *)(ring + params.sq_off.array);
#define AT(path) .fd = directory, .addr = (uintptr_t)(path)
	return submit((struct io_uring_sqe){ .opcode = IORING_OP_OPENAT, AT("made"), .len = 0640, .open_flags = O_CREAT | O_RDWR }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_OPENAT2, AT("made"), .len = sizeof(how), .off = (uintptr_t)&how }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_LINKAT, AT("made"), .len = directory, .off = (uintptr_t)"linked", .hardlink_flags = 0 }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_SYMLINKAT, AT("made"), .off = (uintptr_t)"symlink" }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_RENAMEAT, AT("linked"), .len = directory, .off = (uintptr_t)"renamed" }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_MKDIRAT, AT("folder"), .len = 0700 }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_UNLINKAT, AT("renamed"), .unlink_flags = 0 }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_CONNECT, .fd = udp, .addr = (uintptr_t)&address, .off = sizeof(address) }) ||
	       submit((struct io_uring_sqe){ .opcode = IORING_OP_CLOSE, .fd = udp });
}

static int credentials(void)
{
	return setresgid(11, 12, 13) || setresuid(1, 2, 3) ? fail("setresuid") : 0;
}

static int descriptors(void)
{
	int pair[2], pipes[2];

	if (pipe2(pipes, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return fail("pipe2");
	printf("%d %d %d %d\n", pipes[0], pipes[1], pair[0], pair[1]);
	return 0;
}

// Runs a copy of the program from memory, by execveat with a descriptor and no path.
static int memory(const char *program)
{
	char buffer[65536], *argv[] = { "from-memory", "--version", NULL }, *envp[] = { "MEMORY=yes", NULL };
	int in = open(program, O_RDONLY), out = memfd_create("payload", 0);
	ssize_t n;

	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, n) != n)
			return fail("write");
	syscall(__NR_execveat, out, "", argv, envp, AT_EMPTY_PATH);
	return fail("execveat");
}

// execveat by a path of its own: nothing but the system call's number tells it from execve
static int at(const char *program)
{
	char *argv[] = { "at", NULL }, *envp[] = { NULL };

	syscall(__NR_execveat, AT_FDCWD, program, argv, envp, 0);
	return fail("execveat");
}

static void *thread_main(void *unused)
{
	syscall(__NR_getppid);
	return unused;
}

static int thread(void)
{
	pthread_t id;

	if (pthread_create(&id, NULL, thread_main, NULL))
		return fail("pthread_create");
	pthread_join(id, NULL);
	return 0;
}

static int messages(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct iovec vector[2] = { { "first", 5 }, { "second", 6 } };
	struct msghdr message = { .msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = vector, .msg_iovlen = 2 };
	struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
	int udp = socket(AF_INET, SOCK_DGRAM, 0), null = open("/dev/null", O_WRONLY);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (sendmsg(udp, &message, 0) != 11 || sendmmsg(udp, many, 2, 0) != 2)
		return fail("sendmsg");
	return writev(null, vector, 2) == 11 ? 0 : fail("writev");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *argument = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "gate"))
		return gate();
	if (!strcmp(what, "compat"))
		return compat(argument);
	if (!strcmp(what, "uring"))
		return uring(argument);
	if (!strcmp(what, "credentials"))
		return credentials();
	if (!strcmp(what, "descriptors"))
		return descriptors();
	if (!strcmp(what, "memory"))
		return memory(argument);
	if (!strcmp(what, "at"))
		return at(argument);
	if (!strcmp(what, "thread"))
		return thread();
	if (!strcmp(what, "messages"))
		return messages();
	fprintf(stderr, "calls: '%s' is not known\n", what);
	return 2;
}
