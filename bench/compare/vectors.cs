// Prints the width in bits of the vectors that .NET uses on this machine: DOTNET_EnableAVX512=0 makes it 256.
//
// usage: dotnet run vectors.cs
using System.Runtime.Intrinsics;

Console.WriteLine(
    Vector512.IsHardwareAccelerated ? 512
    : Vector256.IsHardwareAccelerated ? 256
    : Vector128.IsHardwareAccelerated ? 128
    : 0
);
