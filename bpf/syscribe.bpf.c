/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* syscribe.bpf.c - one object of all programs: one translation unit, so that no linker is needed. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "programs/syscall.bpf.c"
#include "programs/process.bpf.c"
#include "programs/uring.bpf.c"

/* The kernel knows no name for this dual licence; it is loaded under its GPL-2.0 half. */
char LICENSE[] SEC("license") = "GPL";
