/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* read_cgroup.h - the path of the control group that names the container. */
#ifndef SYSCRIBE_READ_CGROUP_H
#define SYSCRIBE_READ_CGROUP_H

#include "read_path.h"

#define CGROUP_LEVELS 16

static __always_inline struct kernfs_node *kernfs__parent(struct kernfs_node *kn)
{
	if (bpf_core_field_exists(kn->__parent))
		return BPF_CORE_READ(kn, __parent);
	/* kernels before 6.15 call the member parent (633488947ef6) */
	return (struct kernfs_node *)BPF_CORE_READ((struct kernfs_node___v5 *)kn, parent);
}

/* Reads a cgroup's path; replaces a shorter one that an earlier call appended at `at`. */
__weak __noinline int read__cgroup_path(u64 cgroup, u32 at)
{
	struct scratch *s = maps__scratch();
	struct walk *w = walk__open();
	struct kernfs_node *kn;
	char name[NAME_BYTES + 1];
	int i;

	if (!s || !w || !cgroup)
		return 0;
	kn = BPF_CORE_READ((struct cgroup *)cgroup, kn);
	for (i = 0; i < CGROUP_LEVELS; i++) {
		struct kernfs_node *parent = kn ? kernfs__parent(kn) : NULL;
		long n;

		if (!parent)
			break;
		n = bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(kn, name));
		if (n <= 1 || !walk__prepend(w, name, n - 1))
			break;
		kn = parent;
	}
	if (i == CGROUP_LEVELS)
		w->cut = 1;
	if (s->length != at) { /* the block at `at` is the last one */
		if (s->length - at >= sizeof(struct block) + MAX_PATH_BYTES - w->start)
			return 0;
		s->length = at;
	}
	walk__append(s, w, BLOCK_CGROUP);
	return 0;
}

/* A v1 controller's cgroup of the task; 0 where there is none, or it is of the v2 hierarchy. */
#define READ__V1_CGROUP(css, id, v2_root)                                                     \
	({                                                                                    \
		u64 cgroup__ = 0;                                                             \
		if (bpf_core_enum_value_exists(enum cgroup_subsys_id, id)) {                  \
			u32 at__ = bpf_core_enum_value(enum cgroup_subsys_id, id);            \
			struct cgroup_subsys_state *state__ = NULL;                           \
			bpf_probe_read_kernel(                                                \
				&state__, sizeof(state__),                                    \
				(void *)css + bpf_core_field_offset(struct css_set, subsys) + \
					at__ * sizeof(void *));                               \
			struct cgroup *of__ = BPF_CORE_READ(state__, cgroup);                 \
			if (BPF_CORE_READ(of__, root) != v2_root)                             \
				cgroup__ = (u64)of__;                                         \
		}                                                                             \
		cgroup__;                                                                     \
	})

/*
 * A task is in one cgroup per hierarchy. With v2 alone there is one. With v1, or both, a runtime puts
 * the container's id into the controllers' paths and often not into the v2 one. Among the v2 path and
 * those of three controllers that runtimes always use, the longest is taken: a container's id is
 * 64 digits, which no service name is.
 */
static __always_inline void read__cgroup(struct scratch *s, struct task_struct *task)
{
	struct css_set *css = (struct css_set *)record__scalar(s, task->cgroups);
	struct cgroup *v2 = BPF_CORE_READ(css, dfl_cgrp);
	struct cgroup_root *v2_root = BPF_CORE_READ(v2, root);
	u32 at = s->length;
	u64 v1;

	read__cgroup_path((u64)v2, at);
	v1 = READ__V1_CGROUP(css, memory_cgrp_id, v2_root);
	if (v1)
		read__cgroup_path(v1, at);
	v1 = READ__V1_CGROUP(css, pids_cgrp_id, v2_root);
	if (v1)
		read__cgroup_path(v1, at);
	v1 = READ__V1_CGROUP(css, cpu_cgrp_id, v2_root);
	if (v1)
		read__cgroup_path(v1, at);
}

#endif
