using System.Text.Json;
using System.Text.Json.Serialization;
using CharRnn.Checkpoints;

namespace CharRnn.Training;

/// <summary>Limits of a run, which count from its start.</summary>
internal readonly record struct RunLimits(double? MaxEpochs, long? MaxSteps, TimeSpan? MaxTime)
{
    /// <summary>The limits among a run's settings.</summary>
    public static RunLimits Of(RunSettings settings) => new(settings.MaxEpochs, settings.MaxSteps, settings.MaxTime);
}

/// <summary>
/// The numbers of a run that change as it goes and must survive a stop: beside weights, moments and carried state, all
/// there is to resume.
/// </summary>
internal sealed class TrainerState
{
    // Over about a hundred steps.
    private const double Smoothing = 0.99;

    // Over about a thousand, as min-char-rnn has it.
    private const double SlowSmoothing = 0.999;

    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true };

    /// <summary>A smoothed loss this many times the first one means divergence, as in char-rnn.</summary>
    private const double DivergenceFactor = 3;

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Time trained before this process took the run up.</summary>
    public double SecondsBefore { get; set; }

    /// <summary>The first step's loss.</summary>
    public double? FirstLoss { get; set; }

    /// <summary>Training loss, exponentially smoothed, beginning at the first.</summary>
    public double? SmoothedLoss { get; set; }

    /// <summary>Training loss, smoothed as min-char-rnn smooths it; where it begins is the trainer's to say.</summary>
    public double? SlowLoss { get; set; }

    /// <summary>The best validation loss.</summary>
    public double? BestLoss { get; set; }

    /// <summary>The step of the model to keep.</summary>
    public long BestStep { get; set; }

    /// <summary>The step of the last evaluation; null before one.</summary>
    public long? LastEvaluatedStep { get; set; }

    /// <summary>Evaluations since the best one.</summary>
    public int EvaluationsSinceBest { get; set; }

    /// <summary>The plan's changes.</summary>
    public IReadOnlyList<PlanChange> Plan { get; set; } = [];

    /// <summary>The limits that the plan is for; null in checkpoints of versions that did not keep them.</summary>
    public RunLimits? Limits { get; set; }

    /// <summary>
    /// Mean training loss of the steps so far, recent ones weighted more: <see cref="SmoothedLoss"/> without the weight
    /// that its first step would have for hundreds of steps (the bias correction of Kingma and Ba 2014, section 3).
    /// </summary>
    [JsonIgnore]
    public double? AverageLoss
    {
        get
        {
            double weightOfStart = Math.Pow(Smoothing, Step);
            return (SmoothedLoss - weightOfStart * FirstLoss) / (1 - weightOfStart);
        }
    }

    /// <summary>
    /// The next step's loss from which on the run has diverged: it would bring the smoothed loss above three times the
    /// first.
    /// </summary>
    [JsonIgnore]
    public double LossCeiling =>
        FirstLoss is { } first && SmoothedLoss is { } smoothed
            ? (DivergenceFactor * first - Smoothing * smoothed) / (1 - Smoothing)
            : double.PositiveInfinity;

    /// <summary>Takes in a step's loss.</summary>
    public void Add(double loss)
    {
        Step++;
        FirstLoss ??= loss;
        SmoothedLoss = Smoothed(SmoothedLoss, Smoothing, loss);
        SlowLoss = Smoothed(SlowLoss, SlowSmoothing, loss);
    }

    /// <summary>Takes in a validation loss, and says whether it is the best so far.</summary>
    public bool AddValidation(double loss)
    {
        LastEvaluatedStep = Step;
        bool isBest = BestLoss is not { } best || loss < best;
        if (isBest)
            (BestLoss, BestStep, EvaluationsSinceBest) = (loss, Step, 0);
        else
            EvaluationsSinceBest++;
        return isBest;
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static TrainerState Parse(string json, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainerState>(json, Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException failure)
        {
            throw new ModelException(
                $"{path}: the trainer's record in its metadata cannot be read: {OneLine.Reason(failure)}",
                failure
            );
        }
    }

    private static double Smoothed(double? before, double kept, double loss) =>
        before is { } smoothed ? kept * smoothed + (1 - kept) * loss : loss;
}
