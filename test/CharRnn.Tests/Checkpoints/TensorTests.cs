using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class TensorTests
{
    [Fact]
    public void From_AShapeThatNeedsAnotherCount_SaysBothCounts()
    {
        string message = Assert
            .Throws<ModelException>(() => Tensor.FromSingles("head.weight", new float[5], 2, 3))
            .Message;
        Assert.Equal("tensor 'head.weight' has 5 numbers; its shape [2, 3] needs 6", message);
    }

    [Theory]
    [InlineData(-1, -1)]
    [InlineData(long.MaxValue, 2)]
    public void From_AShapeThatCannotBeCounted_IsRefused(long first, long second) =>
        Assert.Throws<ModelException>(() => Tensor.FromSingles("a", new float[1], first, second));

    [Theory]
    [InlineData("")]
    [InlineData("__metadata__")]
    public void From_ANameTheFormatKeeps_IsRefused(string name) =>
        Assert.Throws<ModelException>(() => Tensor.FromBytes(name, [1]));

    [Fact]
    public void To_AnotherKindOfNumber_NamesTheTensorAndBothKinds()
    {
        var tensor = Tensor.FromDoubles("rnn.bias_ih_l0", [1]);
        Assert.StartsWith(
            "tensor 'rnn.bias_ih_l0' holds F64; F32 is needed",
            Assert.Throws<ModelException>(tensor.ToSingles).Message
        );
        Assert.Throws<ModelException>(tensor.ToInt32s);
        Assert.Throws<ModelException>(tensor.ToInt64s);
        Assert.Throws<ModelException>(tensor.ToBytes);
        Assert.Throws<ModelException>(Tensor.FromSingles("a", [1]).ToDoubles);
    }

    [Fact]
    public void ToSingles_GivesACopyThatMayBeChanged()
    {
        var tensor = Tensor.FromSingles("a", [1, 2], 2);
        tensor.ToSingles()[0] = 9;
        Assert.Equal([1f, 2f], tensor.ToSingles());
    }
}
