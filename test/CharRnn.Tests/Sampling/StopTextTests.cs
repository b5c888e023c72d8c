using CharRnn.Sampling;
using FsCheck;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class StopTextTests
{
    [Theory]
    [InlineData("abcdef", "cd", "ab", true)]
    [InlineData("abccd", "cd", "abc", true)]
    [InlineData("aaab", "aab", "a", true)]
    [InlineData("abababc", "ababc", "ab", true)]
    [InlineData("xyz", "x", "", true)]
    [InlineData("abcab", "abd", "abc", false)]
    [InlineData("abc", "zz", "abc", false)]
    public void WhatComesBeforeTheStop_IsReleased_AndNothingOfIt(
        string text,
        string stop,
        string released,
        bool isEnded
    )
    {
        var (output, ended) = Feed(new StopText(Ids(stop)), text);
        Assert.Equal(released, output);
        Assert.Equal(isEnded, ended);
    }

    [Fact]
    public void Held_IsWhatMayStillBecomeTheStop()
    {
        var stop = new StopText(Ids("abc"));
        Assert.Equal(("xab", false), Feed(stop, "xabab"));
        Assert.Equal(Ids("ab"), stop.Held);
    }

    [Fact]
    public void EveryText_IsEndedWhereASearchFindsTheStop()
    {
        for (int number = 0; number < 1 << 9; number++)
        {
            string text = string.Concat(Enumerable.Range(0, 9).Select(bit => (number >> bit & 1) == 0 ? 'a' : 'b'));
            foreach (string stopped in new[] { "a", "ab", "aa", "aba", "abab", "aabaa" })
            {
                int at = text.IndexOf(stopped, StringComparison.Ordinal);
                var stop = new StopText(Ids(stopped));
                var (output, ended) = Feed(stop, text);
                Assert.Equal(at >= 0, ended);
                Assert.Equal(
                    at >= 0 ? text[..at] : text,
                    ended ? output : output + string.Concat(stop.Held.Select(id => (char)id))
                );
            }
        }
    }

    [Fact]
    public void TheFirstOfSeveralStopsToBeComplete_EndsTheText_AndOfThoseTheOneThatBeganFirst()
    {
        var letters = Gen.Elements('a', 'b', 'c');
        var words = Gen.Choose(1, 4).SelectMany(length => letters.ArrayOf(length)).Select(word => new string(word));
        var inputs =
            from text in letters.ArrayOf(24)
            from count in Gen.Choose(1, 4)
            from stops in words.ArrayOf(count)
            select (Text: new string(text), Stops: stops);
        Property.Holds(
            inputs,
            LongTests.Times(20_000),
            input =>
            {
                var stop = new StopText([.. input.Stops.Select(word => (IReadOnlyList<int>)Ids(word))]);
                var (output, isEnded) = Feed(stop, input.Text);
                var (before, isFound) = Search(input.Text, input.Stops);
                Assert.Equal(isFound, isEnded);
                Assert.Equal(before, isEnded ? output : output + string.Concat(stop.Held.Select(id => (char)id)));
                Assert.True(isEnded || IsBeginning(stop.Held, input.Stops), "more is held than may become a stop");
            }
        );

        static bool IsBeginning(IReadOnlyCollection<int> held, string[] stops) =>
            Array.Exists(stops, word => Ids(word).Take(held.Count).SequenceEqual(held));
    }

    [Fact]
    public void ALongStopThatIsNearlyThere_TakesNoLongerThanAShortOne()
    {
        // Compared place by place, this would be 10^10 comparisons.
        const int length = 100_000;
        string almost = new('a', length - 1);
        var stop = new StopText(Ids(almost + "b"));
        var (output, ended) = Feed(stop, almost + almost + "c");
        Assert.False(ended);
        Assert.Equal(almost + almost + "c", output);
    }

    [Fact]
    public void EmptyStop_IsRefused() => Assert.Throws<SettingsException>(() => new StopText([]));

    private static (string Before, bool IsFound) Search(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string[] complete = [.. stops.Where(word => text[..end].EndsWith(word, StringComparison.Ordinal))];
            if (complete.Length > 0)
                return (text[..(end - complete.Max(word => word.Length))], true);
        }
        return (text, false);
    }

    private static int[] Ids(string text) => [.. text.Select(c => (int)c)];

    private static (string Output, bool Ended) Feed(StopText stop, string text)
    {
        var released = new List<int>();
        bool isEnded = text.Any(c => stop.Push(c, released));
        return (string.Concat(released.Select(id => (char)id)), isEnded);
    }
}
