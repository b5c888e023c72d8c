#:project ../../src/CharRnn/CharRnn.csproj
#:property PublishAot=false

// Is log-softmax before cross-entropy needed? Cross-entropy takes the log-softmax of its input, and the log-softmax of
// a log-softmax is the same again. This program reads a text with a trained model and computes, for every character,
// the loss and its gradient both ways.
//
// usage: dotnet run bench/experiments/log-softmax.cs -- MODEL TEXT [CHARACTERS]
using CharRnn;

using var model = LanguageModel.Load(args[0]);
using var session = model.NewSession();
int[] ids = model.Vocabulary.Encode(File.ReadAllText(args[1]));
int count = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 20_000;
count = Math.Min(count, ids.Length - 1);

double once = 0,
    twice = 0,
    maxLossGap = 0,
    maxGradientGap = 0;
for (int i = 0; i < count; i++)
{
    float[] logits = session.Step(ids[i]).ToArray();
    float[] logProbabilities = LogSoftmax(logits);
    double lossOnce = -LogSoftmax(logits)[ids[i + 1]],
        lossTwice = -LogSoftmax(logProbabilities)[ids[i + 1]];
    once += lossOnce;
    twice += lossTwice;
    maxLossGap = Math.Max(maxLossGap, Math.Abs(lossOnce - lossTwice));
    float[] gradientOnce = Gradient(logits, ids[i + 1]),
        gradientTwice = ThroughLogSoftmax(logProbabilities, Gradient(logProbabilities, ids[i + 1]));
    for (int k = 0; k < gradientOnce.Length; k++)
        maxGradientGap = Math.Max(maxGradientGap, Math.Abs(gradientOnce[k] - gradientTwice[k]));
}
FormattableString[] lines =
[
    $"characters                          {count}",
    $"mean loss, log-softmax once         {once / count:F9}",
    $"mean loss, log-softmax twice        {twice / count:F9}",
    $"largest difference of a loss        {maxLossGap:0.0e-0}",
    $"largest difference of a gradient    {maxGradientGap:0.0e-0}",
];
foreach (var line in lines)
    Console.WriteLine(FormattableString.Invariant(line));

static float[] LogSoftmax(float[] x)
{
    float max = x.Max();
    double sum = x.Sum(value => Math.Exp(value - max));
    return [.. x.Select(value => (float)(value - max - Math.Log(sum)))];
}

// p - 1[k = target].
static float[] Gradient(float[] logits, int target) =>
    [.. LogSoftmax(logits).Select((logProbability, k) => (float)Math.Exp(logProbability) - (k == target ? 1 : 0))];

// d log-softmax(x)_j / dx_k = 1[j = k] - p_k.
static float[] ThroughLogSoftmax(float[] logProbabilities, float[] dOutput)
{
    double total = dOutput.Sum(gradient => (double)gradient);
    return [.. dOutput.Select((gradient, k) => (float)(gradient - Math.Exp(logProbabilities[k]) * total))];
}
