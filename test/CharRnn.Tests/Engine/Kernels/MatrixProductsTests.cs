using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>
/// Every product is held, to the bit, against one plain loop; what surrounds its operands is NaN and must neither be
/// read nor written.
/// </summary>
public sealed class MatrixProductsTests
{
    public static TheoryData<int> TermCounts() => [0, 1, 5, 100, 256, 257, 600];

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void Multiply_OfAnyShape_GivesThePlainSums(int terms) =>
        ForEachShape(
            terms,
            product => AssertProduct(product, product.Nothing, MatrixProducts.Multiply, startsFromDestination: false)
        );

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void MultiplyAddBias_OfAnyShape_GivesThePlainSums(int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                using var bias = new GuardedMatrix(1, product.Outputs, product.Bias);
                AssertProduct(
                    product,
                    product.BiasRows,
                    (a, b, c) => MatrixProducts.MultiplyAddBias(a, b, bias.Inside, c),
                    startsFromDestination: false
                );
                bias.AssertGuardsUntouched();
            }
        );

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void AddProduct_OfAnyShape_GivesThePlainSums(int terms) =>
        ForEachShape(
            terms,
            product => AssertProduct(product, product.Seed, MatrixProducts.AddProduct, startsFromDestination: true)
        );

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void TransposedProduct_OfAnyShape_GivesThePlainSums(int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                AssertTransposedProduct(product, overwrite: true, MatrixProducts.BestWidth);
                AssertTransposedProduct(product, overwrite: false, MatrixProducts.BestWidth);
            }
        );

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void EveryVectorWidth_GivesTheSameBits(int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                foreach (var width in ProductCase.WidthsOfTheSameRounding())
                {
                    AssertProduct(
                        product,
                        product.Seed,
                        (a, b, c) => MatrixProducts.AddProduct(a, b, c, width),
                        startsFromDestination: true
                    );
                    AssertTransposedProduct(product, overwrite: false, width);
                }
            }
        );

    [Theory]
    [MemberData(nameof(TermCounts))]
    public void AnyBlocking_GivesTheSameBits(int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                foreach (var (rows, blockTerms) in new[] { (4, 1), (12, 7), (24, 128), (48, 100_000) })
                    AssertProduct(
                        product,
                        product.Seed,
                        (a, b, c) =>
                            MatrixProducts.AddProduct(
                                a,
                                b,
                                c,
                                MatrixProducts.BestWidth,
                                new Blocking(rows, blockTerms)
                            ),
                        startsFromDestination: true
                    );
            }
        );

    [Theory]
    [InlineData(1, 5, 16)]
    [InlineData(7, 100, 48)]
    [InlineData(25, 257, 112)]
    [InlineData(50, 600, 144)]
    public void AnyProduct_IsNearTheSumsInDouble(int rows, int terms, int outputs)
    {
        var product = new ProductCase(rows, terms, outputs);
        using var a = new GuardedMatrix(rows, terms, product.A);
        using var b = new GuardedPanels(terms, outputs, product.B);
        using var c = new GuardedMatrix(rows, outputs, product.Seed);

        MatrixProducts.AddProduct(a.Inside, b.Inside, c.Inside);

        product.AssertNearDouble(product.Seed, c.Values());
    }

    [Fact]
    public void AProduct_CutByRows_ByPanelsOrByTerms_GivesTheSameBits()
    {
        var product = new ProductCase(50, 600, 112);
        float[] expected = product.Plain(product.Seed);
        using var a = new GuardedMatrix(product.Rows, product.Terms, product.A);
        using var b = new GuardedPanels(product.Terms, product.Outputs, product.B);

        void AssertCut(string what, Action<Matrix> multiply)
        {
            using var c = new GuardedMatrix(product.Rows, product.Outputs, product.Seed);
            multiply(c.Inside);
            Bits.AssertSame(expected, c.Values(), what);
            c.AssertGuardsUntouched();
        }

        AssertCut(
            "row by row",
            c =>
            {
                for (int row = 0; row < c.Rows; row++)
                    MatrixProducts.AddProduct(a.Inside.RowRange(row, 1), b.Inside, c.RowRange(row, 1));
            }
        );
        AssertCut(
            "rows 0 to 2, 3 to 19, the rest",
            c =>
            {
                foreach (var (start, count) in new[] { (0, 3), (3, 17), (20, 30) })
                    MatrixProducts.AddProduct(a.Inside.RowRange(start, count), b.Inside, c.RowRange(start, count));
            }
        );
        AssertCut(
            "panel by panel, the last first",
            c =>
            {
                for (int start = c.Columns - Padding.Unit; start >= 0; start -= Padding.Unit)
                    MatrixProducts.AddProduct(
                        a.Inside,
                        b.Inside.OutputRange(start, Padding.Unit),
                        c.ColumnRange(start, Padding.Unit)
                    );
            }
        );
        AssertCut(
            "terms 0 to 99, 100 to 355, the rest",
            c =>
            {
                foreach (var (start, count) in new[] { (0, 100), (100, 256), (356, 244) })
                {
                    using var terms = new GuardedPanels(
                        count,
                        product.Outputs,
                        product.B.AsSpan(start * product.Outputs, count * product.Outputs).ToArray()
                    );
                    MatrixProducts.AddProduct(a.Inside.ColumnRange(start, count), terms.Inside, c);
                }
            }
        );
    }

    [Fact]
    public void AProduct_ReadsOnlyTheFirstKColumnsOfItsLeftSide()
    {
        var product = new ProductCase(7, 5, 32);
        using var a = new GuardedMatrix(product.Rows, Padding.Unit);
        for (int i = 0; i < product.A.Length; i++)
            a.Inside[i / product.Terms, i % product.Terms] = product.A[i];
        using var b = new GuardedPanels(product.Terms, product.Outputs, product.B);
        using var c = new GuardedMatrix(product.Rows, product.Outputs);

        MatrixProducts.Multiply(a.Inside, b.Inside, c.Inside);

        Bits.AssertSame(product.Plain(product.Nothing), c.Values(), "columns after the fifth are NaN");
    }

    [Fact]
    public void ANotANumber_ReachesItsOwnRowAndNoOther()
    {
        var product = new ProductCase(7, 5, 32);
        product.A[3 * product.Terms + 2] = float.NaN;
        using var a = new GuardedMatrix(product.Rows, product.Terms, product.A);
        using var b = new GuardedPanels(product.Terms, product.Outputs, product.B);
        using var c = new GuardedMatrix(product.Rows, product.Outputs);

        MatrixProducts.Multiply(a.Inside, b.Inside, c.Inside);

        for (int row = 0; row < product.Rows; row++)
            Assert.All(c.Inside.Row(row).ToArray(), value => Assert.Equal(row == 3, float.IsNaN(value)));
    }

    /// <summary>
    /// Every number of rows up to a whole block and beyond, against every way panels pair up; of long sums by default
    /// every other one.
    /// </summary>
    private static void ForEachShape(int terms, Action<ProductCase> check)
    {
        const int MaxRows = 50,
            PanelsOfTheWidest = 9,
            FewTerms = 5;
        var shapes =
            from rows in Enumerable.Range(1, MaxRows)
            where rows is <= 13 or 25 or >= 47 || terms <= FewTerms
            from panels in Enumerable.Range(1, PanelsOfTheWidest)
            where panels is 1 or 2 or 3 or 7 or 9 || terms == FewTerms && rows <= 7
            select (rows, panels);
        foreach (var (rows, panels) in terms > FewTerms ? LongTests.Share(shapes, turn: 0, of: 2) : shapes)
            check(new ProductCase(rows, terms, panels * Padding.Unit));
    }

    private static void AssertProduct(
        ProductCase product,
        float[] seed,
        Action<Matrix, Panels, Matrix> multiply,
        bool startsFromDestination
    )
    {
        using var a = new GuardedMatrix(product.Rows, product.Terms, product.A);
        using var b = new GuardedPanels(product.Terms, product.Outputs, product.B);
        // What is overwritten holds NaN before: it must not count.
        using var c = new GuardedMatrix(product.Rows, product.Outputs, startsFromDestination ? seed : null);

        multiply(a.Inside, b.Inside, c.Inside);

        Bits.AssertSame(product.Plain(seed), c.Values(), $"{product}");
        a.AssertGuardsUntouched();
        b.AssertGuardsUntouched();
        c.AssertGuardsUntouched();
    }

    private static void AssertTransposedProduct(ProductCase product, bool overwrite, SimdWidth width)
    {
        float[] seed = overwrite ? product.Nothing : product.Seed;
        using var a = new GuardedPanels(product.Terms, Padding.RoundUp(product.Rows));
        for (int i = 0; i < product.A.Length; i++)
            a.Inside[i % product.Terms, i / product.Terms] = product.A[i];
        using var b = new GuardedPanels(product.Terms, product.Outputs, product.B);
        using var c = new GuardedPanels(product.Rows, product.Outputs, overwrite ? null : seed);

        MatrixProducts.TransposedProduct(a.Inside, b.Inside, overwrite, c.Inside, width);

        Bits.AssertSame(product.Plain(seed), c.Values(), $"{product}, transposed, {width}");
        a.AssertGuardsUntouched();
        b.AssertGuardsUntouched();
        c.AssertGuardsUntouched();
    }
}
