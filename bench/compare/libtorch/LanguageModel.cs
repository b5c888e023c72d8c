using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LibTorchPeer;

/// <summary>What a network is, as compare.py names it.</summary>
/// <param name="Cell">rnn, gru or lstm.</param>
/// <param name="Embedding">E, or 0 for one-hot symbols.</param>
/// <param name="Hidden">H.</param>
/// <param name="Layers">L.</param>
/// <param name="Residual">Whether each layer from the second on adds its input to its output.</param>
internal sealed record NetworkSpec(string Cell, int Embedding, int Hidden, int Layers, bool Residual);

/// <summary>Hidden states (L, B, H) of a block, and an lstm's cell states.</summary>
internal sealed record BlockState(Tensor Hidden, Tensor? Cell) : IDisposable
{
    public void DetachFromScope()
    {
        Hidden.DetachFromDisposeScope();
        Cell?.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        Hidden.Dispose();
        Cell?.Dispose();
    }
}

/// <summary>
/// Embedding or one-hot symbols → recurrent layers → linear head. Layers are one block of LibTorch's, or one block each
/// where residual connections stand between them.
/// </summary>
internal sealed class LanguageModel : nn.Module
{
    private readonly Embedding? _embedding;
    private readonly Tensor? _oneHot;
    private readonly List<nn.Module> _blocks = [];
    private readonly Linear _head;

    public LanguageModel(NetworkSpec spec, int symbols)
        : base(nameof(LanguageModel))
    {
        if (spec.Embedding > 0)
            register_module("embedding", _embedding = nn.Embedding(symbols, spec.Embedding));
        else
            _oneHot = eye(symbols);
        int inputs = spec.Embedding > 0 ? spec.Embedding : symbols;
        if (spec.Residual)
        {
            for (int layer = 0; layer < spec.Layers; layer++)
                _blocks.Add(Block(spec.Cell, layer == 0 ? inputs : spec.Hidden, spec.Hidden, layers: 1));
        }
        else
        {
            _blocks.Add(Block(spec.Cell, inputs, spec.Hidden, spec.Layers));
        }
        foreach (var (number, block) in _blocks.Index())
            register_module($"block{number}", block);
        register_module("head", _head = nn.Linear(spec.Hidden, symbols));
    }

    /// <summary>The logits (T, B, V) of symbols (T, B), and the states after them.</summary>
    public (Tensor Logits, BlockState[] States) Forward(Tensor ids, BlockState[]? states)
    {
        var output = _embedding is null
            ? _oneHot!.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1)
            : _embedding.call(ids);
        var after = new BlockState[_blocks.Count];
        for (int i = 0; i < _blocks.Count; i++)
        {
            (var result, after[i]) = Run(_blocks[i], output, states?[i]);
            output = i > 0 ? output + result : result;
        }
        return (_head.call(output), after);
    }

    private static nn.Module Block(string cell, int inputs, int hidden, int layers) =>
        cell switch
        {
            "rnn" => nn.RNN(inputs, hidden, layers),
            "gru" => nn.GRU(inputs, hidden, layers),
            "lstm" => nn.LSTM(inputs, hidden, layers),
            _ => throw new ArgumentException($"There is no cell '{cell}'; there are rnn, gru and lstm.", nameof(cell)),
        };

    private static (Tensor Output, BlockState State) Run(nn.Module block, Tensor input, BlockState? state)
    {
        switch (block)
        {
            case LSTM lstm:
                var (output, hidden, cell) = lstm.call(input, state is null ? null : (state.Hidden, state.Cell!));
                return (output, new(hidden, cell));
            case GRU gru:
                (output, hidden) = gru.call(input, state?.Hidden);
                return (output, new(hidden, Cell: null));
            default:
                (output, hidden) = ((RNN)block).call(input, state?.Hidden);
                return (output, new(hidden, Cell: null));
        }
    }
}
