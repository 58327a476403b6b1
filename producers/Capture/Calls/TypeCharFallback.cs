using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Falco's <c>fd.typechar</c> where the descriptor is unknown: by the call's name (<c>libsinsp/event.h</c>).</summary>
internal static class TypeCharFallback
{
    private static readonly Utf8 Other = Utf8.From("o");

    private static readonly Dictionary<Utf8, Utf8> Letters = new (string Letter, string[] Calls)[]
    {
        ("f", ["openat", "openat2", "creat"]),
        ("4", ["socket", "accept", "accept4"]),
        ("p", ["pipe", "pipe2"]),
        ("e", ["eventfd", "eventfd2"]),
        ("s", ["signalfd", "signalfd4"]),
        ("t", ["timerfd_create"]),
        ("i", ["inotify_init", "inotify_init1"]),
    }.SelectMany(row => row.Calls, (row, call) => (row.Letter, call)).ToDictionary(row => Utf8.From(row.call), row => Utf8.From(row.Letter));

    public static Utf8 Of(Utf8 call) => Letters.GetValueOrDefault(call, Other);
}
