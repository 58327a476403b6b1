/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* read_file.h - open files and their inodes: overlay layers, memfd, the running program. */
#ifndef SYSCRIBE_READ_FILE_H
#define SYSCRIBE_READ_FILE_H

#include "read_path.h"
#include "read_user.h"

#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define FMODE_CREATED 0x100000
#define SB_RDONLY 1
#define MNT_READONLY 0x40
#define S_IMMUTABLE 8
#define CAP_DAC_OVERRIDE 1
#define CAP_FOWNER 3

/* The file behind a descriptor of the task, NULL if there is none. Not referenced: copy at once. */
static __always_inline struct file *read__file(struct task_struct *task, s32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = NULL;

	if (fd < 0 || (u32)fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &table->fd[fd]);
	return file;
}

/* memfd_create makes files on an internal mount whose dentry is its own parent, named "memfd:NAME". */
static __always_inline bool file__is_memfd(struct dentry *d)
{
	const u64 memfd = 0x3a64666d656dULL; /* "memfd:" */
	u64 name = 0;

	if (BPF_CORE_READ(d, d_parent) != d)
		return false;
	bpf_probe_read_kernel(&name, 6, BPF_CORE_READ(d, d_name.name));
	return name == memfd;
}

/* FILE_UPPER_LAYER or FILE_LOWER_LAYER on overlayfs, else 0. */
static __always_inline u32 file__layer(struct inode *inode)
{
	struct dentry *upper = NULL;

	if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAYFS_SUPER_MAGIC)
		return 0;
	/* struct ovl_inode { ...; struct inode vfs_inode; struct dentry *__upperdentry; ... }: overlay is
	 * often a module, whose types are not in the kernel's BTF, so count from the inode's end. */
	bpf_probe_read_kernel(&upper, sizeof(upper),
			      (void *)inode + bpf_core_type_size(struct inode));
	return upper && BPF_CORE_READ(upper, d_inode) ? FILE_UPPER_LAYER : FILE_LOWER_LAYER;
}

/* new_encode_dev: the number that stat(2) gives. */
static __always_inline u32 file__device(u32 dev)
{
	u32 major = dev >> 20, minor = dev & 0xfffff;

	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

__weak __noinline int read__file_block(u64 address)
{
	struct scratch *s = maps__scratch();
	struct file *file = (struct file *)address;
	struct block_file *b;
	struct inode *inode;

	if (!s || !address)
		return 0;
	b = record__fixed(s, BLOCK_FILE, struct block_file);
	if (!b)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	b->ino = BPF_CORE_READ(inode, i_ino);
	b->dev = file__device(BPF_CORE_READ(inode, i_sb, s_dev));
	b->mode = BPF_CORE_READ(inode, i_mode);
	b->open_flags = BPF_CORE_READ(file, f_flags);
	b->flags = file__layer(inode);
	if (BPF_CORE_READ(file, f_mode) & FMODE_CREATED)
		b->flags |= FILE_CREATED;
	if (file__is_memfd(BPF_CORE_READ(file, f_path.dentry)))
		b->flags |= FILE_MEMFD;
	return 0;
}

/* The top bit says that somebody has asked for the time (4e40eff0b573, 6.13: multigrain timestamps). */
#define I_CTIME_QUERIED (1U << 31)
#define TIMESPEC_NS(seconds, nanoseconds) ((u64)(seconds)*1000000000ULL + (u64)(nanoseconds))

static __always_inline u64 inode__ctime_ns(struct inode *inode)
{
	struct inode___v67 *v67 = (void *)inode;
	struct inode___v5 *v5 = (void *)inode;

	if (bpf_core_field_exists(inode->i_ctime_sec)) /* 3aa63a569c64, 6.11 */
		return TIMESPEC_NS(BPF_CORE_READ(inode, i_ctime_sec),
				   BPF_CORE_READ(inode, i_ctime_nsec) & ~I_CTIME_QUERIED);
	if (bpf_core_field_exists(v67->__i_ctime)) /* 13bc24457850, 6.6 */
		return TIMESPEC_NS(BPF_CORE_READ(v67, __i_ctime.tv_sec),
				   BPF_CORE_READ(v67, __i_ctime.tv_nsec));
	return TIMESPEC_NS(BPF_CORE_READ(v5, i_ctime.tv_sec), BPF_CORE_READ(v5, i_ctime.tv_nsec));
}

static __always_inline u64 inode__mtime_ns(struct inode *inode)
{
	struct inode___v67 *v67 = (void *)inode;
	struct inode___v5 *v5 = (void *)inode;

	if (bpf_core_field_exists(inode->i_mtime_sec)) /* 3aa63a569c64, 6.11 */
		return TIMESPEC_NS(BPF_CORE_READ(inode, i_mtime_sec),
				   BPF_CORE_READ(inode, i_mtime_nsec));
	if (bpf_core_field_exists(v67->__i_mtime)) /* 12cd44023651, 6.7 */
		return TIMESPEC_NS(BPF_CORE_READ(v67, __i_mtime.tv_sec),
				   BPF_CORE_READ(v67, __i_mtime.tv_nsec));
	return TIMESPEC_NS(BPF_CORE_READ(v5, i_mtime.tv_sec), BPF_CORE_READ(v5, i_mtime.tv_nsec));
}

/*
 * Could the caller write the file: as owner (who can grant himself the right), by its permission bits,
 * or by capability. Supplementary groups and ACLs are not looked at.
 */
static __always_inline bool file__writable(struct task_struct *task, struct inode *inode,
					   int mnt_flags)
{
	const struct cred *cred = task->cred;
	u16 mode = BPF_CORE_READ(inode, i_mode);

	if (BPF_CORE_READ(inode, i_sb, s_flags) & SB_RDONLY || mnt_flags & MNT_READONLY ||
	    BPF_CORE_READ(inode, i_flags) & S_IMMUTABLE)
		return false;
	if (cred->fsuid.val == BPF_CORE_READ(inode, i_uid.val))
		return true;
	if (cred->cap_effective.val & (1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FOWNER))
		return true;
	if (cred->fsgid.val == BPF_CORE_READ(inode, i_gid.val))
		return mode & 0020;
	return mode & 0002;
}

/* BLOCK_EXEC and BLOCK_EXEPATH of the task's program. */
static __always_inline void read__exec(struct scratch *s, struct task_struct *task)
{
	struct file *file = (struct file *)record__scalar(s, task->mm->exe_file);
	struct fs_struct *fs = (struct fs_struct *)record__scalar(s, task->fs);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct block_exec *b = record__fixed(s, BLOCK_EXEC, struct block_exec);
	u32 layer = file__layer(inode);

	if (!b)
		return;
	b->ino = BPF_CORE_READ(inode, i_ino);
	b->ctime_ns = inode__ctime_ns(inode);
	b->mtime_ns = inode__mtime_ns(inode);
	if (file__writable(task, inode, BPF_CORE_READ(file, f_path.mnt, mnt_flags)))
		b->flags |= EXEC_WRITABLE;
	if (layer == FILE_UPPER_LAYER)
		b->flags |= EXEC_UPPER_LAYER;
	if (layer == FILE_LOWER_LAYER)
		b->flags |= EXEC_LOWER_LAYER;
	if (file__is_memfd(dentry)) {
		b->flags |= EXEC_MEMFD;
		read__kernel_string((u64)BPF_CORE_READ(dentry, d_name.name), BLOCK_EXEPATH, 0);
		return;
	}
	read__path_from((u64)BPF_CORE_READ(file, f_path.mnt), (u64)dentry,
			(u64)BPF_CORE_READ(fs, root.mnt), (u64)BPF_CORE_READ(fs, root.dentry),
			BLOCK_EXEPATH);
}

#endif
