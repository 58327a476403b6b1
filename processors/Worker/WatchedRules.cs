using Microsoft.Extensions.Logging;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Worker;

/// <summary>The rules in use, loaded again when their files change. Rules with errors change nothing. Thread safe.</summary>
internal sealed class WatchedRules : IDisposable
{
    private readonly NamedRules _named;
    private readonly ILogger _log;
    private readonly Action<RuleSet> _use;
    private readonly RuleFilesWatch _watch;
    private readonly Lock _reloading = new();
    private string _digest;

    /// <param name="named">The rules' files.</param>
    /// <param name="rules">What they hold now.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="use">Called with other rules than before.</param>
    public WatchedRules(NamedRules named, RuleSet rules, TimeProvider time, ILogger log, Action<RuleSet> use)
    {
        (_named, _log, _use, _digest) = (named, log, use, rules.Digest);
        _watch = new RuleFilesWatch(named.Paths, time, () => Reload());
    }

    /// <summary>Loads the rules again; the log says why not.</summary>
    /// <returns>Whether the rules now in use are those of the files.</returns>
    public bool Reload()
    {
        lock (_reloading)
        {
            try
            {
                var rules = _named.LoadOrThrow();
                if (rules.Digest == _digest)
                {
                    LogMessages.RulesUnchanged(_log, rules.Digest);
                    return true;
                }

                _digest = rules.Digest;
                _use(rules);
                return true;
            }
            catch (UserErrorException e)
            {
                LogMessages.ReloadFailed(_log, e.Message);
                return false;
            }
        }
    }

    public void Dispose() => _watch.Dispose();
}
