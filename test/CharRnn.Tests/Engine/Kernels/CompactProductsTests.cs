using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>
/// Products with compact weights are held, to the bit, against one plain loop over the weights as they are stored, and
/// against the weights as they were; what surrounds the other operands is NaN and must neither be read nor written.
/// </summary>
public sealed class CompactProductsTests
{
    // Terms whose scales are found together, the largest whole numbers of both sides.
    private const int BlockTerms = 512,
        LargestWeight = 127,
        LargestFactor = 32767;

    public static TheoryData<WeightFormat, int> FormatsAndTermCounts() =>
        [
            .. from format in new[] { WeightFormat.BF16, WeightFormat.Int8 }
            from terms in new[] { 0, 1, 2, 5, 100, 257, 512, 513, 1100 }
            select (format, terms),
        ];

    [Theory]
    [MemberData(nameof(FormatsAndTermCounts))]
    public void AddProduct_OfAnyShapeAndVectorWidth_GivesThePlainSums(WeightFormat format, int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                float[] expected = Plain(product, format, product.Seed);
                using var b = new CompactMatrix(product, format);
                foreach (var width in ProductCase.WidthsOfTheSameRounding())
                    AssertProduct(
                        product,
                        expected,
                        (a, c) => MatrixProducts.AddProduct(a, b.Panels, c, width),
                        $"{format} {product} {width}"
                    );
            }
        );

    [Theory]
    [MemberData(nameof(FormatsAndTermCounts))]
    public void Multiply_AndMultiplyAddBias_GiveThePlainSums(WeightFormat format, int terms) =>
        ForEachShape(
            terms,
            product =>
            {
                using var b = new CompactMatrix(product, format);
                using var bias = new GuardedMatrix(1, product.Outputs, product.Bias);
                AssertProduct(
                    product,
                    Plain(product, format, product.Nothing),
                    (a, c) => MatrixProducts.Multiply(a, b.Panels, c),
                    $"{format} {product} from nothing"
                );
                AssertProduct(
                    product,
                    Plain(product, format, product.BiasRows),
                    (a, c) => MatrixProducts.MultiplyAddBias(a, b.Panels, bias.Inside, c),
                    $"{format} {product} from a bias"
                );
                bias.AssertGuardsUntouched();
            }
        );

    [Theory]
    [InlineData(WeightFormat.BF16, 1)]
    [InlineData(WeightFormat.BF16, 50)]
    [InlineData(WeightFormat.Int8, 1)]
    [InlineData(WeightFormat.Int8, 50)]
    public void AProduct_IsNearTheSumsInDoubleOfTheWeightsThatWereRounded(WeightFormat format, int rows)
    {
        var product = new ProductCase(rows, 600, 144);
        using var a = new GuardedMatrix(rows, product.Terms, product.A);
        using var b = new CompactMatrix(product, format);
        using var c = new GuardedMatrix(rows, product.Outputs, product.Seed);

        MatrixProducts.AddProduct(a.Inside, b.Panels, c.Inside);

        // Half a step of each weight, all below 1; of the other side a hundredth of it.
        double step = format == WeightFormat.BF16 ? 1.0 / 512 : 0.51 / LargestWeight;
        float[] values = c.Values();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < product.Outputs; j++)
            {
                double sum = product.Seed[i * product.Outputs + j],
                    allowed = 1e-4;
                for (int k = 0; k < product.Terms; k++)
                {
                    double factor = product.A[i * product.Terms + k];
                    sum += factor * product.B[k * product.Outputs + j];
                    allowed += Math.Abs(factor) * step;
                }
                Assert.InRange(values[i * product.Outputs + j], sum - allowed, sum + allowed);
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.Int8)]
    public void AProduct_CutByRowsOrByPanels_GivesTheSameBits(WeightFormat format)
    {
        var product = new ProductCase(50, 600, 112);
        float[] expected = Plain(product, format, product.Seed);
        using var b = new CompactMatrix(product, format);

        AssertProduct(
            product,
            expected,
            (a, c) =>
            {
                for (int row = 0; row < c.Rows; row++)
                    MatrixProducts.AddProduct(a.RowRange(row, 1), b.Panels, c.RowRange(row, 1));
            },
            $"{format}, row by row"
        );
        AssertProduct(
            product,
            expected,
            (a, c) =>
            {
                for (int start = c.Columns - Padding.Unit; start >= 0; start -= Padding.Unit)
                    MatrixProducts.AddProduct(
                        a,
                        b.Panels.OutputRange(start, Padding.Unit),
                        c.ColumnRange(start, Padding.Unit)
                    );
            },
            $"{format}, panel by panel, the last first"
        );
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void AProductWithANumberThatIsNone_IsNone(float damaged)
    {
        var product = new ProductCase(3, 40, 32);
        product.A[product.Terms + 7] = damaged;
        foreach (var format in new[] { WeightFormat.BF16, WeightFormat.Int8 })
        {
            using var a = new GuardedMatrix(3, product.Terms, product.A);
            using var b = new CompactMatrix(product, format);
            using var c = new GuardedMatrix(3, product.Outputs);

            MatrixProducts.Multiply(a.Inside, b.Panels, c.Inside);

            Assert.All(c.Inside.Row(0).ToArray(), value => Assert.True(float.IsFinite(value)));
            Assert.All(c.Inside.Row(1).ToArray(), value => Assert.False(float.IsFinite(value)));
            Assert.All(c.Inside.Row(2).ToArray(), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void ProductsOfTheLargestNumbers_DoNotOverflow()
    {
        var product = new ProductCase(2, BlockTerms, 16);
        Array.Fill(product.A, -3);
        Array.Fill(product.B, 2);
        using var a = new GuardedMatrix(2, product.Terms, product.A);
        using var b = new CompactMatrix(product, WeightFormat.Int8);
        using var c = new GuardedMatrix(2, product.Outputs);

        MatrixProducts.Multiply(a.Inside, b.Panels, c.Inside);

        Assert.All(c.Values(), value => Assert.Equal(-6.0 * BlockTerms, value, 1e-2));
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-1f, 0xBF80)]
    // Halfway between two: the even one.
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(1.00390637f, 0x3F81)]
    [InlineData(0f, 0)]
    public void ABFloat16_IsTheNearest(float value, int bits) => Assert.Equal(bits, CompactWeights.ToBFloat16(value));

    [Fact]
    public void ANumberOfEightBits_IsWithinHalfAStep_AndTheLargestIsExact()
    {
        const float Largest = 0.731f;
        float scale = CompactWeights.ScaleOf(Largest);

        Assert.Equal(LargestWeight, CompactWeights.ToInt8(Largest, scale));
        Assert.Equal(-LargestWeight, CompactWeights.ToInt8(-Largest, scale));
        foreach (float value in Bits.Uniform(new Reference.SplitMix(3), 100, Largest))
            Assert.InRange(CompactWeights.ToInt8(value, scale) * scale - value, -0.501f * scale, 0.501f * scale);
        Assert.Equal(0, CompactWeights.ToInt8(1e-44f, CompactWeights.ScaleOf(1e-44f)));
    }

    private static void ForEachShape(int terms, Action<ProductCase> check)
    {
        foreach (int rows in new[] { 1, 2, 5, 33, 97 })
        {
            foreach (int outputs in new[] { 16, 48, 144 })
                check(new ProductCase(rows, terms, outputs));
        }
    }

    private static void AssertProduct(
        ProductCase product,
        float[] expected,
        Action<Matrix, Matrix> multiply,
        string what
    )
    {
        using var a = new GuardedMatrix(product.Rows, product.Terms, product.A);
        using var c = new GuardedMatrix(product.Rows, product.Outputs, product.Seed);
        multiply(a.Inside, c.Inside);
        Bits.AssertSame(expected, c.Values(), what);
        c.AssertGuardsUntouched();
    }

    /// <summary>The product as it is defined, one output after another.</summary>
    private static float[] Plain(ProductCase product, WeightFormat format, float[] seed)
    {
        if (format == WeightFormat.Int8)
            return PlainInt8(product, seed);
        var rounded = new ProductCase(product.Rows, product.Terms, product.Outputs);
        for (int i = 0; i < rounded.B.Length; i++)
            rounded.B[i] = CompactWeights.FromBFloat16(CompactWeights.ToBFloat16(product.B[i]));
        return rounded.Plain(seed);
    }

    private static float[] PlainInt8(ProductCase product, float[] seed)
    {
        float[] sums = [.. seed];
        float[] scales =
        [
            .. Enumerable
                .Range(0, product.Outputs)
                .Select(output => Enumerable.Range(0, product.Terms).Select(k => Math.Abs(WeightAt(k, output))))
                .Select(weights => CompactWeights.ScaleOf(weights.DefaultIfEmpty(0).Max())),
        ];
        for (int row = 0; row < product.Rows; row++)
        {
            for (int first = 0; first < product.Terms; first += BlockTerms)
            {
                float[] factors = product.A[(row * product.Terms + first)..((row + 1) * product.Terms)];
                factors = factors[..Math.Min(BlockTerms, factors.Length)];
                float scale = factors.Max(Math.Abs) / LargestFactor,
                    inverse = 1 / scale;
                int[] whole = [.. factors.Select(factor => (int)MathF.Round(factor * inverse))];
                for (int output = 0; output < product.Outputs; output++)
                {
                    long sum = 0;
                    for (int k = 0; k < whole.Length; k++)
                        sum += whole[k] * CompactWeights.ToInt8(WeightAt(first + k, output), scales[output]);
                    ref float c = ref sums[row * product.Outputs + output];
                    c = Scalar.MultiplyAdd(scales[output] * scale, checked((int)sum), c);
                }
            }
        }
        return sums;

        float WeightAt(int term, int output) => product.B[term * product.Outputs + output];
    }

    /// <summary>A product's weights, rounded.</summary>
    private sealed class CompactMatrix : IDisposable
    {
        private readonly CompactArena _arena;

        public CompactMatrix(ProductCase product, WeightFormat format)
        {
            var layout = new ArenaLayout();
            var slice = layout.Add("weights", SliceForm.Panels, product.Terms, product.Outputs);
            _arena = new CompactArena(layout, format);
            using var values = new AlignedBuffer(slice.Length);
            var panels = new Panels(values, product.Terms, product.Outputs);
            for (int i = 0; i < product.B.Length; i++)
                panels[i / product.Outputs, i % product.Outputs] = product.B[i];
            _arena.Store(slice, values);
            Panels = _arena.Panels(slice);
        }

        public WeightPanels Panels { get; }

        public void Dispose() => _arena.Dispose();
    }
}
