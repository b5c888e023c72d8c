using FsCheck;
using FsCheck.Fluent;

namespace CharRnn.Tests;

/// <summary>
/// Properties that hold of any input: FsCheck draws the inputs, from the same seed each time, and of one that fails it
/// shows the smallest it finds.
/// </summary>
internal static class Property
{
    private const ulong Seed = 2026,
        Gamma = 11;

    /// <summary>Asserts something of so many inputs.</summary>
    public static void Holds<T>(Gen<T> inputs, int times, Action<T> assertion) =>
        Check(inputs.ToArbitrary(), times, assertion);

    /// <summary>
    /// Asserts something of so many lists of up to so many of some elements; they shrink by one at a time.
    /// </summary>
    public static void HoldsOfLists<T>(Gen<T> elements, int maxLength, int times, Action<T[]> assertion)
    {
        var lists = Gen.Choose(1, maxLength).SelectMany(length => elements.ArrayOf(length));
        Check(Arb.From(lists, Shorter), times, assertion);
    }

    private static void Check<T>(Arbitrary<T> inputs, int times, Action<T> assertion) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(times).WithReplay(Seed, Gamma),
            Prop.ForAll(inputs, assertion)
        );

    private static IEnumerable<T[]> Shorter<T>(T[] list) =>
        list.Length < 2 ? [] : list.Select((_, without) => (T[])[.. list[..without], .. list[(without + 1)..]]);
}
