namespace CharRnn.Engine;

/// <summary>
/// Some floats handled at once, element by element: the word that gate arithmetic, softmax and optimisers are written
/// in, so that they read as their equations and run as wide as the machine does. What happens to one lane never depends
/// on another, nor on how many there are, so every width gives the same bits.
/// </summary>
/// <typeparam name="TSelf"><see cref="Lanes8"/> or <see cref="Lanes16"/>.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>How many floats; divides <see cref="Padding.Unit"/>.</summary>
    static abstract int Count { get; }

    /// <summary>The floats that begin at an address.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>The same number in every lane.</summary>
    static abstract implicit operator TSelf(float value);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once where the machine can (<see cref="Lanes.IsFused"/>).</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>√a.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>|a|.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>a rounded to whole numbers, halves to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>|a| with the sign of <paramref name="sign"/>; a must not be negative.</summary>
    static abstract TSelf WithSignOf(TSelf a, TSelf sign);

    /// <summary>2ⁿ, for whole n from −126 to 127; built in the exponent's bits.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>The larger of a and b; NaN where b is NaN.</summary>
    static abstract TSelf Larger(TSelf a, TSelf b);

    /// <summary>The smaller of a and b; NaN where b is NaN.</summary>
    static abstract TSelf Smaller(TSelf a, TSelf b);

    /// <summary>Whether every lane is 0.</summary>
    static abstract bool AreZero(TSelf a);

    /// <summary>Where a &lt; b, the one; elsewhere, and where either is NaN, the other.</summary>
    static abstract TSelf WhereLess(TSelf a, TSelf b, TSelf one, TSelf other);

    /// <summary>Puts the floats at an address.</summary>
    void Store(float* destination);

    /// <summary>The sum of the lanes: halves are added until one number is left.</summary>
    float Sum();

    /// <summary>The largest lane; where one is NaN, any lane.</summary>
    float Largest();
}
