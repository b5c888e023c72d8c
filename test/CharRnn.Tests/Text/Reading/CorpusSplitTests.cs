using CharRnn.Datasets;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class CorpusSplitTests
{
    [Fact]
    public void Contiguous_OfTinyShakespearesLength_GivesItsUsualParts()
    {
        var split = CorpusSplit.Contiguous(1_115_394, 0.1, 0);
        Assert.Equal([new IdRange(0, 1_003_854)], split.Train.Ranges);
        Assert.Equal([new IdRange(1_003_854, 111_540)], split.Validation.Ranges);
        Assert.Equal(CorpusPart.None, split.Test);
    }

    [Theory]
    [InlineData(100, 0.05, 0.05, 90, 5, 5)]
    [InlineData(1000, 0.1, 0.2, 700, 100, 200)]
    [InlineData(10, 0.3, 0.3, 4, 3, 3)]
    [InlineData(11, 0, 0, 11, 0, 0)]
    [InlineData(11, 0, 0.25, 8, 0, 3)]
    [InlineData(2_147_483_591, 0.1, 0.1, 1_717_986_872, 214_748_359, 214_748_360)]
    public void Contiguous_CutsAsTheDecimalFractionsSay(
        int length,
        double validation,
        double test,
        int train,
        int validationLength,
        int testLength
    )
    {
        var split = CorpusSplit.Contiguous(length, validation, test);
        Assert.Equal(
            (train, validationLength, testLength),
            (split.Train.Characters, split.Validation.Characters, split.Test.Characters)
        );
    }

    [Fact]
    public void Contiguous_OfAnyFractions_CoversTheCorpusWithoutOverlap() =>
        Property.Holds(
            from length in Gen.Choose(100, 1_000_000)
            from held in Gen.Choose(50, 450)
            from tested in Gen.Choose(50, 450)
            select (Length: length, Held: held / 1000.0, Tested: tested / 1000.0),
            times: 500,
            of =>
            {
                var split = CorpusSplit.Contiguous(of.Length, of.Held, of.Tested);
                IdRange train = Assert.Single(split.Train.Ranges),
                    held = Assert.Single(split.Validation.Ranges),
                    test = Assert.Single(split.Test.Ranges);
                Assert.Equal(0, train.Start);
                Assert.Equal(train.End, held.Start);
                Assert.Equal(held.End, test.Start);
                Assert.Equal(of.Length, test.End);
            }
        );

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.NaN)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(0, -1e-9)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.9, 0.9)]
    public void Contiguous_OfNonsenseFractions_IsRefused(double validation, double test) =>
        Assert.Contains(
            "frac",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, validation, test)).Message
        );

    [Fact]
    public void Contiguous_OfATextTooShortForAPart_SaysWhichAndWhatToDo()
    {
        Assert.Contains(
            "of 10 characters the validation part gets 1",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0.1, 0)).Message
        );
        Assert.Contains(
            "the test part gets 1",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0, 0.1)).Message
        );
        Assert.Contains(
            "the training part gets 1",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0.4, 0.5)).Message
        );
        Assert.Contains(
            "the validation part gets 0",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, 1e-300, 0)).Message
        );
    }

    [Fact]
    public void Contiguous_OfATrainFraction_KeepsTheBeginningAndLeavesTheRestWhereItIs()
    {
        CorpusSplit whole = CorpusSplit.Contiguous(1000, 0.1, 0.05),
            fifth = CorpusSplit.Contiguous(1000, 0.1, 0.05, 0.2);
        Assert.Equal([new IdRange(0, 170)], fifth.Train.Ranges);
        Assert.Equal(whole.Validation.Ranges, fifth.Validation.Ranges);
        Assert.Equal(whole.Test.Ranges, fifth.Test.Ranges);
        Assert.Contains(
            "'TrainFraction'",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, 0.1, 0, 0.001)).Message
        );
        Assert.Contains(
            "'TrainFraction'",
            Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, 0.1, 0, 1.1)).Message
        );
    }

    [Fact]
    public void Interleaved_OfTinyShakespearesLength_HasAsManyWindowsAsCharRnn()
    {
        var split = CorpusSplit.Interleaved(1_115_394, t: 50, b: 50, 0.05, 0);
        Assert.Equal(
            (423 * 2500, 23 * 2500, 0),
            (split.Train.Characters, split.Validation.Characters, split.Test.Characters)
        );
        Assert.Equal((423 * 2500, 23 * 2500), (split.Train.Pairs, split.Validation.Pairs));
    }

    [Fact]
    public void Interleaved_HoldsTheEndOfEachStreamOut_AndPredictsNothingTwice()
    {
        var split = CorpusSplit.Interleaved(1000, t: 7, b: 6, 0.2, 0.1);
        // 23 windows a stream: 16 train, 4 validate, 3 test.
        Assert.Equal(
            (16 * 42, 4 * 42, 3 * 42),
            (split.Train.Characters, split.Validation.Characters, split.Test.Characters)
        );
        var predicted = new HashSet<long>();
        foreach (var part in new[] { split.Train, split.Validation, split.Test })
        {
            Assert.Equal(6, part.Ranges.Count);
            foreach (var range in part.Ranges)
            {
                for (long target = range.Start + 1; target < range.End; target++)
                    Assert.True(predicted.Add(target));
            }
        }
        Assert.Equal((1L, 6L * 23 * 7, 6 * 23 * 7), (predicted.Min(), predicted.Max(), predicted.Count));
        for (int stream = 0; stream < 6; stream++)
        {
            Assert.Equal(stream * 23 * 7, split.Train.Ranges[stream].Start);
            Assert.Equal(split.Train.Ranges[stream].End - 1, split.Validation.Ranges[stream].Start);
            Assert.Equal(split.Validation.Ranges[stream].End - 1, split.Test.Ranges[stream].Start);
        }
    }

    [Fact]
    public void Interleaved_OfATrainFraction_KeepsTheFirstWindowsOfEachStream()
    {
        CorpusSplit whole = CorpusSplit.Interleaved(1000, 7, 6, 0.2, 0),
            half = CorpusSplit.Interleaved(1000, 7, 6, 0.2, 0, 0.5);
        Assert.Equal(whole.Validation.Ranges, half.Validation.Ranges);
        Assert.Equal(whole.Train.Ranges.Select(range => range.Start), half.Train.Ranges.Select(range => range.Start));
        Assert.Equal((18 * 42, 9 * 42), (whole.Train.Characters, half.Train.Characters));
    }

    [Theory]
    [InlineData(0.05, 0, 0.95)]
    [InlineData(0.1, 0.1, 0.8)]
    [InlineData(0.3, 0.69, 0.01)]
    [InlineData(0, 0, 1)]
    public void Interleaved_OfEnoughWindows_GivesEveryPartOne(double validation, double test, double train)
    {
        long enough = CorpusSplit.EnoughWindows(validation, test);
        var split = CorpusSplit.Interleaved((enough * 12) + 1, t: 4, b: 3, validation, test);
        Assert.True(
            split.Train.Pairs > 0
                && (split.Validation.Pairs > 0) == (validation > 0)
                && (split.Test.Pairs > 0) == (test > 0),
            $"of {train}"
        );
    }

    [Fact]
    public void Interleaved_OfATextTooShortForAPart_SaysWhichAndWhatToDo()
    {
        string message = Assert.Throws<SettingsException>(() => CorpusSplit.Interleaved(1000, 50, 10, 0.05, 0)).Message;
        Assert.Contains(
            "1000 characters in 10 streams of 50 steps are 1 windows, of which the training part gets none",
            message
        );
        Assert.Contains(
            "the validation part gets none",
            Assert.Throws<SettingsException>(() => CorpusSplit.Interleaved(1000, 5, 50, 0.05, 0.5)).Message
        );
    }

    [Fact]
    public void Pieces_OfOneStretch_AreNeighbors_AndOfALargePartTheirBeginnings()
    {
        var part = CorpusPart.Of(new IdRange(100, 1001));
        Assert.Equal([new IdRange(100, 1001)], part.Pieces(1));
        IReadOnlyList<IdRange> four = part.Pieces(4),
            capped = part.Pieces(4, maxPairs: 40);
        Assert.Equal(part.Pairs, four.Sum(piece => piece.Length - 1));
        Assert.Equal(four.Select(piece => piece.Start), capped.Select(piece => piece.Start));
        Assert.All(capped, piece => Assert.Equal(11, piece.Length));
        Assert.Equal(four, part.Pieces(4, maxPairs: 1000));
        Assert.Single(CorpusPart.Of(new IdRange(5, 2)).Pieces(32));
        CorpusPart several = new([new IdRange(0, 10), new IdRange(20, 5)], 15);
        Assert.Equal(several.Ranges, several.Pieces(32));
        Assert.Equal([new IdRange(0, 4), new IdRange(20, 4)], several.Pieces(32, maxPairs: 6));
        Assert.Empty(CorpusPart.None.Pieces(32));
    }
}
