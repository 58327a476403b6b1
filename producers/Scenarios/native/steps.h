/* SPDX-License-Identifier: Apache-2.0 */
/* steps.h - part of syscalls.c: steps that a file holds, so that the command line is free to say what a real program's does. */
#ifndef SYSCRIBE_STEPS_H
#define SYSCRIBE_STEPS_H

static char steps_text[4096];
static char *step_words[512];

/* The file that the environment names, or 0. The variable goes: a program that is executed has steps of its own, or none. */
static const char *find_steps(void)
{
	const char *file = 0;
	char **to = environment;

	for (char **at = environment; *at; at++) {
		const char *value = after(*at, "SYSCRIBE_STEPS=");

		if (value)
			file = value;
		else
			*to++ = *at;
	}
	*to = 0;
	return file;
}

/* Reads the file; how many words step_words then has. */
static int split_steps(const char *file)
{
	long fd = SYS3(openat, -100, file, 0), size;
	int count = 1;

	size = fd < 0 ? fd : SYS3(read, fd, steps_text, sizeof(steps_text) - 1);
	if (size < 0 || size == sizeof(steps_text) - 1)
		fail("cannot be read, or is longer than 4094 bytes:", file);
	SYS1(close, fd);
	step_words[0] = steps_text;
	for (char *at = steps_text; *at; at++)
		if (*at == ' ') {
			*at = 0;
			if (count == (int)ARRAY_LENGTH(step_words) - 1)
				fail("has more than 510 words:", file);
			step_words[count++] = at + 1;
		}
	step_words[count] = 0;
	return count;
}

#endif
