namespace CharRnn.Text;

/// <summary>A corpus cut into three stretches, in this order, that meet and do not overlap.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What training is watched with; empty where its fraction is 0.</param>
/// <param name="Test">What is looked at once, at the end; empty where its fraction is 0.</param>
public sealed record CorpusSplit(IdRange Train, IdRange Validation, IdRange Test)
{
    private const int FewestCharacters = 2;

    /// <summary>
    /// Cuts at ⌊(1 − validation − test) · length⌋ and ⌊(1 − test) · length⌋, the fractions taken as the decimal numbers they are written as:
    /// 1,115,394 characters with a validation fraction of 0.1 are 1,003,854 to train and 111,540 to validate.
    /// </summary>
    /// <param name="length">Characters in the corpus.</param>
    /// <param name="validationFraction">0 up to, not including, 1.</param>
    /// <param name="testFraction">0 up to, not including, 1; with the former, below 1.</param>
    /// <exception cref="SettingsException">A fraction is out of range, or a part that is asked for, or the training part, gets fewer than two characters.</exception>
    public static CorpusSplit Contiguous(long length, double validationFraction, double testFraction)
    {
        CheckFraction(validationFraction, "validation", "--val-frac");
        CheckFraction(testFraction, "test", "--test-frac");
        // In binary, 1 − 0.05 − 0.05 is less than 0.9, and would cut one character early.
        decimal validation = (decimal)validationFraction, test = (decimal)testFraction;
        if (validation + test >= 1)
            throw new SettingsException($"the validation and test fractions, {validation} and {test}, leave nothing to train on; together they must stay below 1: lower --val-frac or --test-frac.");

        long trainEnd = (long)decimal.Floor((1 - validation - test) * length);
        long validationEnd = (long)decimal.Floor((1 - test) * length);
        var split = new CorpusSplit(new IdRange(0, trainEnd), new IdRange(trainEnd, validationEnd - trainEnd), new IdRange(validationEnd, length - validationEnd));
        CheckPart(split.Validation, asked: validationFraction > 0, length, "validation part", "raise --val-frac, or set it to 0");
        CheckPart(split.Test, asked: testFraction > 0, length, "test part", "raise --test-frac, or set it to 0");
        CheckPart(split.Train, asked: true, length, "training part", "lower --val-frac or --test-frac, or use a longer text");
        return split;
    }

    private static void CheckFraction(double fraction, string part, string flag)
    {
        if (!(fraction >= 0 && fraction < 1))
            throw new SettingsException($"the {part} fraction is {fraction}; {flag} needs a number from 0 up to, not including, 1.");
    }

    private static void CheckPart(IdRange part, bool asked, long length, string name, string remedy)
    {
        if (asked && part.Length < FewestCharacters)
            throw new SettingsException($"of {length} characters the {name} gets {part.Length}; it needs at least {FewestCharacters}: {remedy}.");
    }
}
