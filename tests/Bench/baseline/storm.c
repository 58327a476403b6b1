/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm PAIRS [PER_SECOND]: opens and closes this program's own file PAIRS times, at PER_SECOND system calls a second or as
 * fast as it can; prints the seconds that it took. Two system calls a pair, both successful.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time); /* vdso: no system call */
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	long pairs = argc > 1 ? atol(argv[1]) : 0;
	double rate = argc > 2 ? atof(argv[2]) : 0, start;

	if (pairs <= 0)
		return 2;
	start = now();
	for (long i = 0; i < pairs; i++) {
		int fd = open(argv[0], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return 1;
		close(fd);
		while (rate > 0 && (now() - start) * rate < 2.0 * i) /* spins: a sleep would be a system call */
			;
	}
	printf("%.6f\n", now() - start);
	return 0;
}
