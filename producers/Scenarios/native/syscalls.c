// SPDX-License-Identifier: Apache-2.0
/*
 * syscalls - makes the system calls that its command line asks for, and no others.
 *
 *     syscalls STEP [, STEP]...          each comma an argument of its own
 *     STEP = [?][x=]VERB [ARGUMENT]...   "?": may fail; "x=": keep the result in variable x (a to z)
 *
 * VERB is any system call of names.h, made with the arguments in their order, or one of the verbs at the end of this
 * file, for what takes more than one call. An ARGUMENT is
 *
 *     12  -1  0x1f  0644        a number
 *     O_WRONLY|O_CREAT          constants of names.h
 *     $  $x                     the last step's result; variable x
 *     #                         length in bytes of the argument before it
 *     in:203.0.113.7:443        struct sockaddr_in          un:/run/x.sock   struct sockaddr_un
 *     how:FLAGS:MODE:RESOLVE    struct open_how, by number  buf              a zeroed buffer of 4096 bytes
 *     vec                       struct iovec over 16 bytes that each child has at the same address
 *     @text  text               pointer to the text; with @ also where it looks like another form
 *     /proc/$x/mem              a path with the decimal of variable x in it
 *
 * Where the environment has SYSCRIBE_STEPS=FILE the steps are that file's words, one blank between two, and the command
 * line says nothing of them; the variable is taken out of the environment.
 *
 * The exit status is 1 as soon as a step without "?" fails. Where the program goes by another name and its first argument
 * is no verb it ends with 0 at once: so it can stand in for a program of which only the name and arguments matter.
 */
#include "sys.h"
#include "names.h"

#define AF_UNIX 1
#define AF_INET 2
#define SIGKILL 9

struct sockaddr_in {
	unsigned short family, port;
	unsigned int address;
	char zero[8];
};

struct sockaddr_un {
	unsigned short family;
	char path[108];
};

struct argument {
	long value;
	long size; /* of what value points to, else 0 */
};

static char **environment;
static long variables[26];
static long last;

/* What arguments point to: a step is done before the next one is read, so the memory is used again for each. */
static union {
	struct sockaddr_in in;
	struct sockaddr_un un;
	unsigned long long how[3];
	struct {
		void *base;
		unsigned long size;
	} vector;
	char bytes[4096];
} memory;

static char shared_address[16]; /* what vec points to: a child is a copy, so that its copy lies at the same address */

static void fail(const char *what, const char *subject)
{
	say("syscalls: ");
	say(what);
	say(" '");
	say(subject);
	say("'\n");
	SYS1(exit_group, 2);
	__builtin_unreachable();
}

static const struct name *lookup(const struct name *table, unsigned long entries, const char *text,
				 unsigned long size)
{
	for (unsigned long i = 0; i < entries; i++) {
		const char *rest = after(text, table[i].text);

		if (rest && rest == text + size)
			return &table[i];
	}
	return 0;
}

/* CONSTANT|CONSTANT: whether the whole text is that. */
static int parse_constants(const char *text, long *value)
{
	*value = 0;
	for (;;) {
		unsigned long size = 0;
		const struct name *found;

		while (text[size] && text[size] != '|')
			size++;
		found = lookup(constants, ARRAY_LENGTH(constants), text, size);
		if (!found)
			return 0;
		*value |= found->value;
		if (!text[size])
			return 1;
		text += size + 1;
	}
}

static unsigned int parse_address(const char *text, const char **end)
{
	unsigned char parts[4];
	unsigned int address;

	for (int i = 0; i < 4; i++) {
		parts[i] = (unsigned char)parse_number(text, end);
		text = *end + (i < 3);
	}
	memcpy(&address, parts, sizeof(address));
	return address;
}

static struct argument parse_structure(const char *text)
{
	const char *rest;
	long number;

	memset(&memory, 0, sizeof(memory));
	if ((rest = after(text, "in:"))) {
		memory.in.family = AF_INET;
		memory.in.address = parse_address(rest, &rest);
		number = parse_number(rest + 1, &rest);
		memory.in.port = (unsigned short)(number >> 8 | number << 8);
		return (struct argument){ (long)&memory, sizeof(memory.in) };
	}
	if ((rest = after(text, "un:"))) {
		memory.un.family = AF_UNIX;
		if (length(rest) >= sizeof(memory.un.path))
			fail("longer than the 107 bytes of a unix socket's path", rest);
		memcpy(memory.un.path, rest, length(rest));
		return (struct argument){ (long)&memory, sizeof(memory.un) };
	}
	if ((rest = after(text, "how:"))) {
		for (int i = 0; i < 3; i++, rest++)
			memory.how[i] = (unsigned long long)parse_number(rest, &rest);
		return (struct argument){ (long)&memory, sizeof(memory.how) };
	}
	if (same(text, "vec")) {
		memory.vector.base = shared_address;
		memory.vector.size = sizeof(shared_address);
		return (struct argument){ (long)&memory, sizeof(memory.vector) };
	}
	return (struct argument){ (long)&memory, sizeof(memory) };
}

/* A path with variables in it, with their decimals in their place, one in a step; any other text as it is. */
static const char *expand(const char *text)
{
	static char path[256];
	unsigned long size = 0;

	while (text[size] && text[size] != '$')
		size++;
	if (*text != '/' || !text[size])
		return text;
	size = 0;
	for (; *text; text++) {
		char digits[24];
		unsigned long count = 0;

		if (size + sizeof(digits) >= sizeof(path))
			fail("longer than 230 bytes:", path);
		if (text[0] != '$' || text[1] < 'a' || text[1] > 'z') {
			path[size++] = *text;
			path[size] = 0;
			continue;
		}
		for (long rest = variables[*++text - 'a']; rest > 0 || !count; rest /= 10)
			digits[count++] = (char)('0' + rest % 10);
		while (count)
			path[size++] = digits[--count];
		path[size] = 0;
	}
	return path;
}

static struct argument parse(const char *text, struct argument before)
{
	const char *end;
	long value;

	if (*text == '@')
		return (struct argument){ (long)(text + 1), (long)length(text + 1) };
	if (*text == '$')
		return (struct argument){ text[1] ? variables[text[1] - 'a'] : last, 0 };
	if (same(text, "#"))
		return (struct argument){ before.size, 0 };
	if (*text) {
		value = parse_number(text, &end);
		if (!*end && end[-1] != '-')
			return (struct argument){ value, 0 };
		if (parse_constants(text, &value))
			return (struct argument){ value, 0 };
	}
	if (after(text, "in:") || after(text, "un:") || after(text, "how:") || same(text, "buf") || same(text, "vec"))
		return parse_structure(text);
	text = expand(text);
	return (struct argument){ (long)text, (long)length(text) };
}

#include "verbs.h"
#include "steps.h"

/* One step: the result, or a negated errno. */
static long play(const char *verb, int count, char **words)
{
	struct argument arguments[6] = { { 0, 0 } };
	const struct name *call = lookup(syscalls, ARRAY_LENGTH(syscalls), verb, length(verb));
	const struct verb *special = find_verb(verb);

	if (special && special->words)
		return special->words(count, words);
	if (!call && !special)
		fail("neither a system call of names.h nor a verb:", verb);
	if (count > 6)
		fail("more than 6 arguments for", verb);
	for (int i = 0; i < count; i++)
		arguments[i] = parse(words[i], i ? arguments[i - 1] : arguments[0]);
	if (special)
		return special->values(arguments);
	return sys(call->value, arguments[0].value, arguments[1].value, arguments[2].value, arguments[3].value,
		   arguments[4].value, arguments[5].value);
}

static int is_verb(const char *verb)
{
	verb += *verb == '?';
	if (verb[0] && verb[1] == '=')
		verb += 2;
	return find_verb(verb) || lookup(syscalls, ARRAY_LENGTH(syscalls), verb, length(verb));
}

static int play_all(int count, char **words)
{
	while (count > 0) {
		int size = 0;
		char *verb = words[0];
		int may_fail = *verb == '?';
		char variable = 0;

		while (size < count && !same(words[size], ","))
			size++;
		verb += may_fail;
		if (verb[0] && verb[1] == '=') {
			variable = verb[0];
			verb += 2;
		}
		last = play(verb, size - 1, words + 1);
		if (variable)
			variables[variable - 'a'] = last;
		if (last < 0 && !may_fail) {
			say("syscalls: ");
			say(verb);
			say(": errno ");
			say_number(-last);
			say("\n");
			return 1;
		}
		words += size + 1;
		count -= size + 1;
	}
	return 0;
}

__attribute__((used)) static void start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	const char *own = argc ? argv[0] : "", *steps;

	environment = argv + argc + 1;
	if ((steps = find_steps())) {
		argc = play_all(split_steps(steps), step_words);
		end_bound();
		SYS1(exit_group, argc);
	}
	for (const char *at = own; *at; at++)
		if (*at == '/')
			own = at + 1;
	if (argc < 2 || !is_verb(argv[1])) {
		if (same(own, "syscalls"))
			fail("a step is missing or starts with no verb:", argc < 2 ? "" : argv[1]);
		SYS1(exit_group, 0);
	}
	argc = play_all(argc - 1, argv + 1);
	end_bound();
	SYS1(exit_group, argc);
	__builtin_unreachable();
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\nmov %rsp, %rdi\nand $-16, %rsp\ncall start\nhlt\n");
#else
__asm__(".globl _start\n_start: mov x29, #0\nmov x0, sp\nbl start\nbrk #1\n");
#endif
