/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * count OBJECT RING_MIB COMMAND...: runs COMMAND while a bare libbpf consumer of the same BPF object counts its records and
 * does nothing else with them. Prints: records, drops, processor seconds of this process (user and system), seconds.
 *
 * The least that any consumer in user space must do: the baseline of `tests/Bench capture`.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "event.h"

static volatile sig_atomic_t ended;
static unsigned long records;

static void on_child(int signal)
{
	ended = 1;
}

static int on_record(void *context, void *data, size_t size)
{
	records++;
	return 0;
}

static double cpu(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static unsigned long drops(int fd)
{
	int cpus = libbpf_num_possible_cpus();
	struct counters *all = calloc(cpus, sizeof(*all));
	unsigned long sum = 0;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(fd, &zero, all))
		exit(1);
	for (int i = 0; i < cpus; i++)
		sum += all[i].dropped_full + all[i].dropped_size + all[i].dropped_scratch;
	free(all);
	return sum;
}

/*
 * Waits as the agent does: edge-triggered, so only for the programs' own wake-up (a quarter of the ring) or the time. The
 * level-triggered wait of ring_buffer__poll returns for each record that is pending, which would make the baseline dearer.
 */
static int wait_on(int ring)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, ring, &event))
		exit(1);
	return epoll;
}

static int map(struct bpf_object *object, const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

int main(int argc, char **argv)
{
	struct settings settings = { .data_bytes = 80, .capturing = 1 };
	struct bpf_object *object;
	struct bpf_program *program;
	struct ring_buffer *ring;
	struct epoll_event event;
	double cpu_start, start;
	int epoll;
	__u32 zero = 0, self = getpid();
	__u8 one = 1;
	pid_t child;

	if (argc < 4)
		return 2;
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "events"), atoi(argv[2]) << 20))
		return 1;
	if (bpf_object__load(object))
		return 1;
	if (bpf_map_update_elem(map(object, "ignored_tgids"), &self, &one, BPF_ANY) ||
	    bpf_map_update_elem(map(object, "settings"), &zero, &settings, BPF_ANY))
		return 1;
	ring = ring_buffer__new(map(object, "events"), on_record, NULL, NULL);
	if (!ring)
		return 1;
	epoll = wait_on(map(object, "events"));
	bpf_object__for_each_program(program, object)
		if (!bpf_program__attach(program))
			return 1;

	signal(SIGCHLD, on_child);
	ring_buffer__consume(ring);
	records = 0;
	cpu_start = cpu();
	start = now();
	child = fork();
	if (child == 0) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	while (!ended) {
		epoll_wait(epoll, &event, 1, 5);
		ring_buffer__consume(ring);
	}
	ring_buffer__consume(ring);
	printf("%lu %lu %.6f %.6f\n", records, drops(map(object, "counters")), cpu() - cpu_start, now() - start);
	waitpid(child, NULL, 0);
	return 0;
}
