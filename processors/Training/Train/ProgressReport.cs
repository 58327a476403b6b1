using System.Globalization;
using System.Text.Json;

namespace Syscribe.Training.Train;

/// <summary>
/// Tells how training goes: on one line of a terminal, else a line every ten seconds; and the curve as JSON lines
/// (<c>step, tokens, loss, answer, lr</c>, means over the steps since the line before).
/// </summary>
internal sealed class ProgressReport : IDisposable
{
    private const int CurveSteps = 50;
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromSeconds(0.5);

    private readonly TextWriter _output;
    private readonly StreamWriter _curve;
    private readonly TimeProvider _time;
    private readonly bool _isTerminal;
    private readonly int _steps;
    private readonly long _start;
    private int _firstStep = -1;
    private long _firstTokens;
    private TimeSpan? _lastLine;
    private (double Loss, double Answer, int Count) _sum;
    private (double Loss, double Answer) _shown;

    /// <param name="output">Where lines go.</param>
    /// <param name="isTerminal">Whether a line may be written over.</param>
    /// <param name="curvePath">File of the curve.</param>
    /// <param name="isResumed">Whether the curve goes on.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="time">The clock.</param>
    public ProgressReport(TextWriter output, bool isTerminal, string curvePath, bool isResumed, int steps, TimeProvider time)
    {
        (_output, _isTerminal, _steps, _time) = (output, isTerminal, steps, time);
        _curve = new StreamWriter(curvePath, isResumed);
        _start = time.GetTimestamp();
    }

    /// <summary>Takes a step's report.</summary>
    public void Add(StepReport report)
    {
        if (_firstStep < 0)
        {
            (_firstStep, _firstTokens) = (report.Step, report.Tokens);
        }

        _sum = (_sum.Loss + report.Loss, _sum.Answer + report.AnswerLoss, _sum.Count + 1);
        if (report.Step % CurveSteps == 0 || report.Step == _steps)
        {
            _shown = (_sum.Loss / _sum.Count, _sum.Answer / _sum.Count);
            _curve.WriteLine(JsonSerializer.Serialize(new
            {
                step = report.Step, tokens = report.Tokens, loss = _shown.Loss, answer = _shown.Answer, lr = report.LearningRate,
            }));
            _sum = default;
        }

        var elapsed = _time.GetElapsedTime(_start);
        if (report.Step == _steps || _lastLine is not { } last || elapsed - last >= (_isTerminal ? TerminalInterval : LineInterval))
        {
            _lastLine = elapsed;
            Write(report, elapsed);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isTerminal)
        {
            _output.WriteLine();
        }

        _curve.Dispose();
    }

    private void Write(StepReport report, TimeSpan elapsed)
    {
        var done = report.Step - _firstStep;
        var rate = (report.Tokens - _firstTokens) / Math.Max(elapsed.TotalSeconds, 1e-3);
        var left = done == 0 ? TimeSpan.Zero : elapsed / done * (_steps - report.Step);
        var (loss, answer) = _shown == default ? (report.Loss, report.AnswerLoss) : _shown;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"step {report.Step}/{_steps}  loss {loss:F3}  decisions {answer:F4}  {report.Tokens / 1e6:F2} M tokens  {rate:F0} tokens/s  {left:hh\\:mm\\:ss} left");
        if (_isTerminal)
        {
            _output.Write("\r" + line + "\u001b[K");
        }
        else
        {
            _output.WriteLine(line);
        }

        _output.Flush();
        _curve.Flush();
    }
}
