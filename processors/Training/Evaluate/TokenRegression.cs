using System.IO.Hashing;
using System.Text;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>
/// Baseline: logistic regression over the words of an event's text, one output for each answer, order forgotten. Words
/// and the parts of values between punctuation are hashed into 2^16 places. Stochastic gradient descent in the data's order.
/// </summary>
public sealed class TokenRegression
{
    private const int Places = 1 << 16;
    private readonly float[] _weights;
    private readonly int _answers;

    private TokenRegression(int answers)
    {
        _answers = answers;
        _weights = new float[Places * answers];
    }

    /// <summary>Trains on the examples, some times over.</summary>
    public static TokenRegression Train(IEnumerable<Example> examples, int answers, int epochs = 3, float rate = 0.1f)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var model = new TokenRegression(answers);
        var data = examples.Select(example => (Places: PlacesOf(example.Text), example.Answer)).ToArray();
        var logits = new float[answers];
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var (places, answer) in data)
            {
                model.Softmax(places, logits);
                logits[answer] -= 1;
                model.Step(places, logits, rate / (1 + epoch));
            }
        }

        return model;
    }

    /// <summary>Judges one example.</summary>
    public Judged Judge(Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        var share = new float[_answers];
        Softmax(PlacesOf(example.Text), share);
        return new Judged(example, Array.IndexOf(share, share.Max()), 1 - share[0]);
    }

    private void Step(int[] places, float[] gradient, float rate)
    {
        foreach (var place in places)
        {
            for (var k = 0; k < _answers; k++)
            {
                _weights[(place * _answers) + k] -= rate * gradient[k];
            }
        }
    }

    private void Softmax(int[] places, float[] into)
    {
        Array.Clear(into);
        foreach (var place in places)
        {
            for (var k = 0; k < _answers; k++)
            {
                into[k] += _weights[(place * _answers) + k];
            }
        }

        var most = into.Max();
        var sum = 0f;
        for (var k = 0; k < _answers; k++)
        {
            sum += into[k] = MathF.Exp(into[k] - most);
        }

        for (var k = 0; k < _answers; k++)
        {
            into[k] /= sum;
        }
    }

    private static int[] PlacesOf(string text)
    {
        var places = new HashSet<int>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            places.Add(Place(word));
            var key = word[..Math.Max(0, word.IndexOf('='))];
            foreach (var part in word[key.Length..].Split(['=', '/', '"', '|', ',', ':', '.'], StringSplitOptions.RemoveEmptyEntries))
            {
                places.Add(Place(key + " " + part));
            }
        }

        return [.. places];
    }

    private static int Place(string word) => (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(word)) % Places);
}
