/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* filter.h - what is not captured, as set at run time. */
#ifndef SYSCRIBE_FILTER_H
#define SYSCRIBE_FILTER_H

#include "read_task.h"

/* Capturing is off, or the current process or its cgroup is ignored. */
static __always_inline bool filter__process(u32 tgid)
{
	struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	u64 cgroup;

	if (!set || !set->capturing || bpf_map_lookup_elem(&ignored_tgids, &tgid))
		return true;
	cgroup = bpf_get_current_cgroup_id();
	return bpf_map_lookup_elem(&ignored_cgroups, &cgroup);
}

#endif
