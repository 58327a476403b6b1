using System.Net;
using Confluent.SchemaRegistry;

namespace Syscribe.Kafka;

/// <summary>Calls to a registry, with what is worth trying again told from what is not.</summary>
/// <remarks>
/// Confluent's serializer interfaces are synchronous, so some callers block on these calls; they must not need the caller's
/// synchronization context to go on (test runners have one), hence ConfigureAwait here and at the callers.
/// </remarks>
internal static class RegistryCalls
{
    /// <exception cref="SchemaRegistryException">The registry refused.</exception>
    /// <exception cref="RegistryUnavailableException">It did not answer, or failed by itself.</exception>
    public static async Task<T> Run<T>(Func<Task<T>> call, string what)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransient(e))
        {
            throw new RegistryUnavailableException($"{what}: the schema registry did not answer: {e.Message}", e);
        }
    }

    private static bool IsTransient(Exception e) => e switch
    {
        SchemaRegistryException refused => (int)refused.Status >= 500 || refused.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        HttpRequestException or TimeoutException or TaskCanceledException => true,
        _ => false,
    };
}
