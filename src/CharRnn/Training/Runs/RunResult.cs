using System.Text.Json;
using System.Text.Json.Serialization;
using CharRnn.Checkpoints;

namespace CharRnn.Training;

/// <summary>
/// <c>result.json</c> of a run: how it ended, and what the model that was kept reached when it was scored at the end.
/// A run that is being trained has none, nor has one of a version before this file.
/// </summary>
internal sealed record RunResult
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Why the run ended.</summary>
    public required StopReason Stopped { get; init; }

    /// <summary>Steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Time trained.</summary>
    public required double Seconds { get; init; }

    /// <summary>The step of the model that was kept.</summary>
    public required long BestStep { get; init; }

    /// <summary>Average training loss over about the last hundred steps; null when no step was done.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>The kept model's loss on the training text, where nothing is held out.</summary>
    public double? TrainEvalLoss { get; init; }

    /// <summary>The kept model's loss on the validation part.</summary>
    public double? ValLoss { get; init; }

    /// <summary>The kept model's loss on the test part.</summary>
    public double? TestLoss { get; init; }

    /// <summary>
    /// The kept classifier's accuracy on the validation part; of several labels a text its micro F1.
    /// </summary>
    public double? ValAccuracy { get; init; }

    /// <summary>The kept classifier's accuracy on the test part; null of several labels a text.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The micro F1 of a kept classifier of several labels a text, on the test part.</summary>
    public double? TestMicroF1 { get; init; }

    /// <summary>The result of a language model's run.</summary>
    public static RunResult Of(TrainingResult result) =>
        new()
        {
            Stopped = result.Stopped,
            Steps = result.Steps,
            Seconds = result.Seconds,
            BestStep = result.BestStep,
            TrainLoss = result.TrainLoss,
            TrainEvalLoss = result.TrainScore,
            ValLoss = result.ValLoss,
            TestLoss = result.TestLoss,
        };

    /// <summary>The result of a classifier's run.</summary>
    public static RunResult Of(ClassifierResult result) =>
        new()
        {
            Stopped = result.Stopped,
            Steps = result.Steps,
            Seconds = result.Seconds,
            BestStep = result.BestStep,
            TrainLoss = result.TrainLoss,
            ValAccuracy = result.BestValAccuracy,
            TestAccuracy = result.Test?.Accuracy,
            TestMicroF1 = result.TestSets?.MicroF1,
            TestLoss = result.Test?.LogLoss,
        };

    /// <summary>The result of a run; null where it has none.</summary>
    /// <exception cref="ModelException">The file cannot be read, or is no result.</exception>
    public static RunResult? Read(RunFolder run)
    {
        if (run.ReadResult() is not { } text)
            return null;
        try
        {
            return JsonSerializer.Deserialize<RunResult>(text, Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException failure)
        {
            throw new ModelException(
                $"{run.ResultPath}: it is not the result of a run: {OneLine.Reason(failure)}; delete it, and resume "
                    + "the run to have it written again.",
                failure
            );
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public void Write(RunFolder run) => run.WriteResult(JsonSerializer.Serialize(this, Json) + "\n");
}
