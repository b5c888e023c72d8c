using CharRnn.Sampling;

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
    public void EmptyStop_IsRefused() => Assert.Throws<SettingsException>(() => new StopText([]));

    private static int[] Ids(string text) => [.. text.Select(c => (int)c)];

    private static (string Output, bool Ended) Feed(StopText stop, string text)
    {
        var released = new List<int>();
        bool isEnded = text.Any(c => stop.Push(c, released));
        return (string.Concat(released.Select(id => (char)id)), isEnded);
    }
}
