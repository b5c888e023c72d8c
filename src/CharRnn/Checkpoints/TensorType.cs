namespace CharRnn.Checkpoints;

/// <summary>
/// The kinds of number that a safetensors file may hold, by the format's own names. Whatever is none of the
/// floating-point ones from F16 to F64 can be carried along, but is no weight.
/// </summary>
internal enum TensorType
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>16-bit floating point of IEEE 754: 5 bits of exponent, 10 of fraction.</summary>
    F16,

    /// <summary>16-bit floating point: the upper half of an <see cref="F32"/>.</summary>
    BF16,

    /// <summary>8-bit floating point, 5 bits of exponent.</summary>
    F8_E5M2,

    /// <summary>8-bit floating point, 4 bits of exponent.</summary>
    F8_E4M3,

    /// <summary>8-bit exponent, for scales.</summary>
    F8_E8M0,

    /// <summary>Two 32-bit floating-point numbers, real and imaginary.</summary>
    C64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>64-bit unsigned integer.</summary>
    U64,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>A truth value in a byte.</summary>
    BOOL,
}

internal static class TensorTypes
{
    /// <summary>The names of the types that weights may have.</summary>
    public const string Weights = "F32, F16, BF16 or F64";

    /// <summary>Bytes that one number takes.</summary>
    public static int Size(this TensorType type) =>
        type switch
        {
            TensorType.F64 or TensorType.I64 or TensorType.U64 or TensorType.C64 => sizeof(long),
            TensorType.F32 or TensorType.I32 or TensorType.U32 => sizeof(int),
            TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => sizeof(short),
            _ => sizeof(byte),
        };

    /// <summary>Whether the numbers can be taken as 32-bit floating-point ones.</summary>
    public static bool IsWeight(this TensorType type) =>
        type is TensorType.F32 or TensorType.F64 or TensorType.F16 or TensorType.BF16;

    // The names are matched exactly: Enum.TryParse would also take "0" and " f32".
    public static TensorType? FromName(string name) =>
        name switch
        {
            "F32" => TensorType.F32,
            "F64" => TensorType.F64,
            "F16" => TensorType.F16,
            "BF16" => TensorType.BF16,
            "F8_E5M2" => TensorType.F8_E5M2,
            "F8_E4M3" => TensorType.F8_E4M3,
            "F8_E8M0" => TensorType.F8_E8M0,
            "C64" => TensorType.C64,
            "I64" => TensorType.I64,
            "I32" => TensorType.I32,
            "I16" => TensorType.I16,
            "I8" => TensorType.I8,
            "U64" => TensorType.U64,
            "U32" => TensorType.U32,
            "U16" => TensorType.U16,
            "U8" => TensorType.U8,
            "BOOL" => TensorType.BOOL,
            _ => null,
        };
}
