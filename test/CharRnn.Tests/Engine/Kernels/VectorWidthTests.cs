using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>
/// That the settings which make this machine poorer are heeded, so that a run under them tests what it says.
/// </summary>
public sealed class VectorWidthTests
{
    /// <summary>The runtime's switches that other tests turn off.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"];

    [Fact]
    public void BestWidth_IsTheWidestThatTheMachineRunsWell()
    {
        int widest =
            Vector512.IsHardwareAccelerated ? 16
            : Vector256.IsHardwareAccelerated ? 8
            : Vector128.IsHardwareAccelerated ? 4
            : 1;

        Assert.Equal(widest, (int)MatrixProducts.BestWidth);
    }

    [Fact]
    public void SwitchedOffInstructions_AreNotUsed()
    {
        bool IsOff(string setting) => Environment.GetEnvironmentVariable(setting) == "0";
        var most =
            IsOff(Settings[2]) ? SimdWidth.Scalar
            : IsOff(Settings[1]) ? SimdWidth.Bits128
            : IsOff(Settings[0]) ? SimdWidth.Bits256
            : SimdWidth.Bits512;

        Assert.InRange((int)MatrixProducts.BestWidth, 1, (int)most);
        bool losesFusedMultiplyAdd =
            most == SimdWidth.Scalar
            || most == SimdWidth.Bits128 && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (losesFusedMultiplyAdd)
            Assert.False(Lanes.IsFused);
    }
}
