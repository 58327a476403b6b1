// Each test watches the whole machine: two at once capture each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
