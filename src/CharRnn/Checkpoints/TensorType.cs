namespace CharRnn.Checkpoints;

/// <summary>The kinds of number that a tensor in a safetensors file may hold here.</summary>
public enum TensorType
{
    /// <summary>32-bit floating point, <c>F32</c>.</summary>
    F32,

    /// <summary>64-bit floating point, <c>F64</c>.</summary>
    F64,

    /// <summary>32-bit signed integer, <c>I32</c>.</summary>
    I32,

    /// <summary>64-bit signed integer, <c>I64</c>.</summary>
    I64,

    /// <summary>8-bit unsigned integer, <c>U8</c>.</summary>
    U8,
}

internal static class TensorTypes
{
    public const string All = "F32, F64, I32, I64 or U8";

    /// <summary>Bytes that one number takes.</summary>
    public static int Size(this TensorType type) =>
        type switch
        {
            TensorType.F64 or TensorType.I64 => sizeof(long),
            TensorType.F32 or TensorType.I32 => sizeof(int),
            _ => sizeof(byte),
        };

    // The names are matched exactly: Enum.TryParse would also take "0" and " f32".
    public static TensorType? FromName(string name) =>
        name switch
        {
            "F32" => TensorType.F32,
            "F64" => TensorType.F64,
            "I32" => TensorType.I32,
            "I64" => TensorType.I64,
            "U8" => TensorType.U8,
            _ => null,
        };
}
