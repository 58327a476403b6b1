
namespace Syscribe.Capture.Calls;

/// <summary>
/// io_uring operations, seen when they are submitted: what they ask for is known, their result is not, so they change no
/// state.
/// </summary>
internal static class IoUringCalls
{
    public static void Any(Call call) => GenericCalls.Any(call);
}
