namespace Syscribe.Capture.State;

/// <summary>
/// The descriptors of a process. A fork's copy shares the slots until one side writes, so that a fork followed by an
/// exec costs nothing.
/// </summary>
internal sealed class FdTable
{
    /// <summary>Descriptors from here on are not tracked (they are looked up each time): bounds a table to 1 MiB.</summary>
    public const int MaxTracked = 65536;

    private Slot[] _slots = [];
    private bool _shared;

    /// <summary>What descriptor <paramref name="number"/> refers to; null where that is not known.</summary>
    public FdInfo? this[long number] => (ulong)number < (ulong)_slots.Length ? _slots[number].Info : null;

    /// <summary>Whether looking it up in /proc has already failed.</summary>
    public bool IsUnresolvable(long number) => (ulong)number < (ulong)_slots.Length && _slots[number].Unresolvable;

    /// <summary>Remembers a new or changed descriptor.</summary>
    public void Set(long number, FdInfo info, bool closeOnExec)
    {
        if ((ulong)number < MaxTracked)
        {
            Writable(number)[number] = new Slot(info, closeOnExec, Unresolvable: false);
        }
    }

    /// <summary>Remembers that nothing is known of a descriptor, so that /proc is asked once.</summary>
    public void SetUnresolvable(long number)
    {
        if ((ulong)number < MaxTracked)
        {
            Writable(number)[number] = new Slot(null, CloseOnExec: false, Unresolvable: true);
        }
    }

    public void SetCloseOnExec(long number, bool closeOnExec)
    {
        if (this[number] is { } info)
        {
            Set(number, info, closeOnExec);
        }
    }

    public void Remove(long number)
    {
        if ((ulong)number < (ulong)_slots.Length)
        {
            Writable(number)[number] = default;
        }
    }

    /// <summary>close_range(2): forgets, or marks close-on-exec, from first to last inclusive.</summary>
    public void RemoveRange(long first, long last, bool onlyMark)
    {
        for (var number = first; number <= last && number < _slots.Length; number++)
        {
            if (onlyMark)
            {
                SetCloseOnExec(number, closeOnExec: true);
            }
            else
            {
                Remove(number);
            }
        }
    }

    /// <summary>Forgets what an exec closes.</summary>
    public void DropCloseOnExec()
    {
        for (var number = 0; number < _slots.Length; number++)
        {
            if (_slots[number].CloseOnExec)
            {
                Remove(number);
            }
        }
    }

    /// <summary>A fork's copy.</summary>
    public FdTable Fork()
    {
        _shared = true;
        return new FdTable { _slots = _slots, _shared = true };
    }

    /// <summary>Whether any socket satisfies the test.</summary>
    public bool AnySocket<T>(T state, Func<SocketFd, T, bool> test)
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Info is SocketFd socket && test(socket, state))
            {
                return true;
            }
        }

        return false;
    }

    private Slot[] Writable(long number)
    {
        if (number >= _slots.Length)
        {
            var larger = new Slot[Math.Max(16, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)number + 1))];
            _slots.CopyTo(larger, 0);
            _slots = larger;
            _shared = false;
        }
        else if (_shared)
        {
            _slots = (Slot[])_slots.Clone();
            _shared = false;
        }

        return _slots;
    }

    private readonly record struct Slot(FdInfo? Info, bool CloseOnExec, bool Unresolvable);
}
