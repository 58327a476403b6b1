#!/bin/sh
# build.sh OUT: builds syscalls.c as one static file without any library. Needs clang (a prerequisite of bpf/ as well)
# or else gcc, with binutils and the kernel's user headers (Debian: clang, or gcc; linux-libc-dev).
set -eu
cd "$(dirname "$0")"
mkdir -p "$(dirname "$1")"
cc=$(command -v clang || command -v gcc) || {
	echo "native/build.sh: neither clang nor gcc is installed; install clang (apt-get install clang)" >&2
	exit 1
}
"$cc" -O2 -Wall -Wextra -Werror -std=gnu11 -ffreestanding -fno-stack-protector -fno-pie -nostdlib -static \
	-Wl,--build-id=none -s -o "$1" syscalls.c
