using System.Text;
using CharRnn.Analysis;

namespace CharRnn.Tests;

public sealed class StructureMeterTests
{
    [Fact]
    public void Brackets_AreClosedByTheNearestOfTheirKind()
    {
        var structure = Measure("a(b) [c] {d} (e ] f");
        Assert.Equal((2, 1, 0), Counts(structure.Round));
        Assert.Equal((1, 1, 1), Counts(structure.Square));
        Assert.Equal((1, 1, 0), Counts(structure.Curly));
        Assert.Equal((4, 3, 1), Counts(structure.Brackets));
        Assert.Equal(0.75, structure.Brackets.ClosedShare);
    }

    [Fact]
    public void WhatIsOpenedWithinAPairAndLeftOpen_IsNeverClosed()
    {
        var structure = Measure("([)]");
        Assert.Equal((1, 1, 0), Counts(structure.Round));
        Assert.Equal((1, 0, 1), Counts(structure.Square));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    [InlineData(29, 1)]
    [InlineData(30, 2)]
    [InlineData(99, 2)]
    [InlineData(100, 3)]
    [InlineData(299, 3)]
    [InlineData(300, 4)]
    [InlineData(5000, 4)]
    public void Distance_IsOneFromACloserThatComesAtOnce(int between, int bucket)
    {
        var brackets = Measure($"({new string('x', between)})").Brackets;
        Assert.Equal(1, brackets.ClosedAt[bucket]);
        Assert.Equal(1.0, brackets.ClosedShareAt(bucket));
        Assert.Equal(1, brackets.Closed);
    }

    [Theory]
    [InlineData("He said \"yes\" and \"no\".", 2, 2, 0)]
    [InlineData("He said “yes” and “no.", 2, 1, 0)]
    [InlineData("“One ‘two’ three”", 2, 2, 0)]
    [InlineData("don't, o'clock, the boys' hats, 'tis", 0, 0, 0)]
    [InlineData("don’t, the boys’ hats, ’tis", 0, 0, 0)]
    [InlineData("‘don’t’ he said", 1, 1, 0)]
    [InlineData("‘don’t", 1, 0, 0)]
    [InlineData("„eins“ und „zwei” «trois» »vier«", 4, 4, 0)]
    [InlineData("yes” and»", 1, 0, 1)]
    [InlineData("printf(\"%s\\n\", \"x\");", 2, 2, 0)]
    public void Quotes_ArePairsOfMarks_AndApostrophesAreNone(string text, int opened, int closed, int strays) =>
        Assert.Equal((opened, closed, strays), Counts(Measure(text).Quotes));

    [Fact]
    public void AQuotation_EndsWithItsParagraph()
    {
        Assert.Equal((2, 1, 0), Counts(Measure("one \" too many\n  \n\"and\" on").Quotes));
        Assert.Equal((2, 2, 0), Counts(Measure("\"one\nline\" and \"another\"").Quotes));
        Assert.Equal((1, 1, 0), Counts(Measure("(one\n\ntwo)").Brackets));
    }

    [Fact]
    public void Environments_AreMatchedByName()
    {
        const string Proof = "\\begin{proof}\nLet $x$. \\begin{align*} x \\end{align*}\n\\end{proof}";
        Assert.Equal((2, 2, 0), Counts(Measure(Proof).Environments));
        // A proof that is closed as a lemma.
        Assert.Equal((1, 0, 1), Counts(Measure("\\begin{proof} so \\end{lemma}").Environments));
        Assert.Equal(
            (0, 0, 0),
            Counts(Measure("\\begin{} \\beginning{x} begin{x} \\begin {x} \\end \\\\").Environments)
        );
        Assert.Equal((1, 1, 0), Counts(Measure("\\\\begin \\\\\\begin{a}\\end{a}").Environments));
    }

    [Theory]
    [InlineData("a fact&lt;ref name=\"x\"&gt;a book&lt;/ref&gt;.", 1, 1, 0)]
    [InlineData("<text>&lt;b&gt;bold&lt;/b&gt; &amp;lt; AT&T &&lt;i&gt;</text>", 3, 2, 0)]
    [InlineData("5 &lt; 6 &gt; 4 &l &lt", 0, 0, 0)]
    public void Tags_ThatAreEscaped_AsInADumpOfWikipedia_AreTags(string text, long opened, long closed, long strays) =>
        Assert.Equal((opened, closed, strays), Counts(Measure(text).Tags));

    [Fact]
    public void Tags_AreMatchedByName_AndComparisonsAreNone()
    {
        Assert.Equal(
            (3, 3, 0),
            Counts(
                Measure("<page>\n<title>x</title><ref name=\"a\" />\n<text xml:space=\"preserve\">y</text></page>").Tags
            )
        );
        Assert.Equal((1, 0, 1), Counts(Measure("<b>bold</i>").Tags));
        Assert.Equal(
            (0, 0, 0),
            Counts(
                Measure("if (a<b && c>d) #include <linux/kernel.h> <!-- <- --> <?xml v=\"1\"?> a < b > c <br/>").Tags
            )
        );
    }

    [Fact]
    public void Links_ArePairsOfTwoBrackets()
    {
        Assert.Equal((2, 2, 0), Counts(Measure("[[Image:a|thumb|the [[dragon]]]]").Links));
        Assert.Equal((1, 0, 0), Counts(Measure("[[dragon]").Links));
        Assert.Equal((0, 0, 1), Counts(Measure("a[b[i]]").Links));
    }

    [Fact]
    public void PiecesAreApart_AndShareNoPair()
    {
        var structure = Measure("(ab)(cd)", pieceLength: 6);
        Assert.Equal((2, 1, 1), Counts(structure.Brackets));
        var meter = new StructureMeter(100);
        meter.Read(Scalars("(\"‘"));
        meter.EndPiece();
        meter.Read(Scalars(")’\"x\""));
        Assert.Equal((1, 0, 1), Counts(meter.Structure.Brackets));
        Assert.Equal((3, 1, 0), Counts(meter.Structure.Quotes));
    }

    [Fact]
    public void ATextWithoutPairs_HasNoShare()
    {
        var structure = Measure("plain text");
        Assert.Null(structure.Brackets.ClosedShare);
        Assert.Null(structure.Quotes.ClosedShareAt(0));
    }

    [Fact]
    public void WhateverIsWrittenInPairs_IsClosedToAHundredPerCent()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var writer = new PairedText(seed);
            string text = writer.Write();
            var structure = Measure(text);
            PairCount[] all =
            [
                structure.Round,
                structure.Square,
                structure.Curly,
                structure.Quotes,
                structure.Environments,
                structure.Tags,
                structure.Links,
            ];
            Assert.All(all, count => Assert.Equal((count.Opened, 0), (count.Closed, count.Strays)));
            Assert.Equal(
                writer.Pairs,
                structure.Brackets.Closed
                    + structure.Quotes.Closed
                    + structure.Environments.Closed
                    + structure.Tags.Closed
                    // A link's four brackets and an environment's and its end's braces are brackets too.
                    - (2 * structure.Links.Closed)
                    - (2 * structure.Environments.Closed)
                    + structure.Links.Closed
            );
        }
    }

    private static TextStructure Measure(string text, int pieceLength = 1 << 20)
    {
        var meter = new StructureMeter(pieceLength);
        meter.Read(Scalars(text));
        return meter.Structure;
    }

    private static int[] Scalars(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];

    private static (long, long, long) Counts(PairCount count) => (count.Opened, count.Closed, count.Strays);

    /// <summary>Writes words and pairs of all kinds, one within another, each of them closed.</summary>
    private sealed class PairedText(ulong seed)
    {
        private const int Deepest = 5;

        // Quotes that mean one thing within brackets and another without are not nested here in their own kind.
        private static readonly (string Open, string Close)[] Kinds =
        [
            ("(", ")"),
            ("[ ", " ]"),
            ("{", "}"),
            ("\\begin{lemma}", "\\end{lemma}"),
            ("<b>", "</b>"),
            ("<ref name=\"r\">", "</ref>"),
            ("[[", "]] "),
            ("“", "”"),
            ("‘", "’ "),
        ];

        private readonly StringBuilder _text = new();
        private ulong _draws;

        public long Pairs { get; private set; }

        public string Write()
        {
            Write(0);
            return _text.ToString();
        }

        private void Write(int depth)
        {
            for (int i = Below(4); i >= 0; i--)
            {
                _text.Append("word ");
                if (depth == Deepest || Below(3) == 0)
                    continue;
                var (open, close) = Kinds[Below(Kinds.Length)];
                Pairs += open.Contains('"') ? 2 : 1;
                _text.Append(open);
                Write(depth + 1);
                _text.Append(close);
            }
        }

        private int Below(int bound) =>
            CounterRandom.Below(CounterRandom.Draw(seed, RandomPurpose.RandomWindow, _draws++, 0), bound);
    }
}
