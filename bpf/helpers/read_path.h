/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * read_path.h - absolute paths, found by walking dentries up to the process's root.
 *
 * bpf_d_path is open to few hooks only, so this is fs/d_path.c's prepend_path in bounded form, without
 * its locks: a rename at the same moment can mix two names.
 */
#ifndef SYSCRIBE_READ_PATH_H
#define SYSCRIBE_READ_PATH_H

#include "record.h"
#include <bpf/bpf_core_read.h>

#define PATH_COMPONENTS 64 /* names and mount points crossed; what is above is cut off */
#define NAME_BYTES 255 /* NAME_MAX */

static __always_inline struct walk *walk__open(void)
{
	struct walk *w = bpf_map_lookup_elem(&walks, &zero);

	if (w) {
		w->start = MAX_PATH_BYTES;
		w->cut = 0;
	}
	return w;
}

/* Puts "/name" in front; false when there is no room. */
static __always_inline bool walk__prepend(struct walk *w, const void *name, u32 length)
{
	u32 start = w->start;

	if (length > NAME_BYTES)
		length = NAME_BYTES;
	if (start > MAX_PATH_BYTES || start < length + 1) {
		w->cut = 1;
		return false;
	}
	/* start was 1..MAX_PATH_BYTES and becomes 0..MAX_PATH_BYTES - 1: the mask changes nothing, it
	 * tells the verifier. start + 1 + NAME_BYTES stays inside the second half of data. */
	start = (start - length - 1) & (MAX_PATH_BYTES - 1);
	w->data[start] = '/';
	bpf_probe_read_kernel(&w->data[start + 1], length, name);
	w->start = start;
	return true;
}

/* The walk's text as a block; "/" when it is empty. */
static __always_inline void walk__append(struct scratch *s, struct walk *w, u32 kind)
{
	struct block *b = record__room(s);
	u32 start = w->start, size;

	if (!b)
		return;
	if (start >= MAX_PATH_BYTES) {
		start = MAX_PATH_BYTES - 1;
		w->data[start] = '/';
	}
	size = MAX_PATH_BYTES - start;
	bpf_probe_read_kernel(b + 1, size, &w->data[start]);
	record__close_block(s, b, kind, 0, size);
	if (w->cut)
		record__header(s)->flags |= EVENT_CUT;
}

/* struct path at (mnt, dentry), as seen from (root_mnt, root_dentry), as a block of that kind. */
__weak __noinline int read__path_from(u64 mnt, u64 dentry, u64 root_mnt, u64 root_dentry, u32 kind)
{
	struct scratch *s = maps__scratch();
	struct walk *w = walk__open();
	int i;

	if (!s || !w)
		return 0;
	for (i = 0; i < PATH_COMPONENTS; i++) {
		struct dentry *d = (struct dentry *)dentry;
		struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
		struct dentry *parent = BPF_CORE_READ(d, d_parent);
		struct dentry *mnt_root = BPF_CORE_READ(m, mnt.mnt_root);

		if (dentry == root_dentry && mnt == root_mnt)
			break;
		if (d == mnt_root) {
			struct mount *above = BPF_CORE_READ(m, mnt_parent);

			if (above == m || !above)
				break; /* the top of the mount tree: outside of the process's root */
			dentry = (u64)BPF_CORE_READ(m, mnt_mountpoint);
			mnt = (u64)above + bpf_core_field_offset(struct mount, mnt);
			continue;
		}
		if (d == parent)
			break; /* detached: no path leads here */
		if (!walk__prepend(w, BPF_CORE_READ(d, d_name.name), BPF_CORE_READ(d, d_name.len)))
			break;
		dentry = (u64)parent;
	}
	if (i == PATH_COMPONENTS)
		w->cut = 1;
	walk__append(s, w, kind);
	return 0;
}

static __always_inline void read__cwd(struct scratch *s, struct task_struct *task)
{
	struct fs_struct *fs = (struct fs_struct *)record__scalar(s, task->fs);

	if (fs)
		read__path_from((u64)BPF_CORE_READ(fs, pwd.mnt), (u64)BPF_CORE_READ(fs, pwd.dentry),
				(u64)BPF_CORE_READ(fs, root.mnt),
				(u64)BPF_CORE_READ(fs, root.dentry), BLOCK_CWD);
}

#endif
