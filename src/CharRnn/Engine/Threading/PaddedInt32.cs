using System.Runtime.InteropServices;
using CharRnn.Checkpoints;

namespace CharRnn.Engine;

/// <summary>
/// A number that several threads look at, with cache lines of its own: what lies beside it in memory is not slowed down
/// by their looking.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * Room)]
internal struct PaddedInt32
{
    // Two cache lines, since processors fetch them in pairs.
    private const int Room = 128;

    /// <summary>The number.</summary>
    [FieldOffset(Room)]
    public int Value;
}
