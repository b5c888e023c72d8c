using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Inspecting;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Neurons;

/// <summary>Which text is looked at: one's own, or a part of what the model was trained on.</summary>
/// <param name="Own">One's own text; null for the training text.</param>
/// <param name="Start">Where the part begins; null for where training did not read. Labelled records have no places.</param>
/// <param name="Count">Number of its characters.</param>
/// <param name="Label">The label of one's own text, for a model with labels.</param>
public sealed record NeuronText(string? Own, long? Start, int Count, string? Label)
{
    /// <summary>The most characters of a text that is looked at.</summary>
    public const int MaxCharacters = 200_000;

    /// <summary>Characters that are searched for units that tell something, where there are as many.</summary>
    public const int SearchedCharacters = 20_000;

    /// <summary>Reads the text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isSearched">Whether a longer part is read, to search in.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="CharRnnException">It cannot be read, or not by this model.</exception>
    internal (SymbolIds Ids, LabelBlend? Label, string About) Read(
        ModelLease model,
        bool isSearched,
        CancellationToken cancellationToken
    )
    {
        var network = model.LanguageModel;
        int count = isSearched ? Math.Max(Count, SearchedCharacters) : Count;
        if (Own is null && network.Labels.Count > 0)
            return ReadRecords(model, count);
        var label =
            Label is { Length: > 0 } name && network.Labels.Count > 0 ? LabelBlend.Parse(name, network.Labels) : null;
        network.RequireLabel(label);
        int skipped;
        if (Own is not null)
        {
            if (Own.Length > MaxCharacters)
                throw new CorpusException(
                    $"your text has {Quantity.Count(Own.Length)} characters; up to {Quantity.Count(MaxCharacters)} can be "
                        + "looked at: paste a part."
                );
            var own = ModelText.Encode(network, Own, skipUnknown: true, out skipped);
            return (own, label, $"your text, {Quantity.Count(own.Length)} characters{Left(skipped)}");
        }
        var slice = CorpusSlice.Read(model, Start, count, cancellationToken);
        var ids = ModelText.Encode(network, slice.Text, skipUnknown: true, out skipped);
        string heldOut = slice.IsHeldOut ? ", which training did not read" : "";
        return (
            ids,
            label,
            $"{slice.Source} from character {Quantity.Count(slice.Start)} on{heldOut}: "
                + $"{Quantity.Count(ids.Length)} characters{Left(skipped)}"
        );
    }

    /// <summary>Labelled records, each under its own label: held-out ones, where there are any.</summary>
    private static (SymbolIds Ids, LabelBlend? Label, string About) ReadRecords(ModelLease model, int count)
    {
        using var corpus = Records(model);
        IdRange? heldOut = corpus.Parts is { Validation.Ranges: [var part] } ? part : null;
        var range = heldOut ?? new IdRange(0, corpus.Ids.Length);
        var ids = ModelText.InRandomOrder(corpus.Ids, range, corpus.Vocabulary.BoundaryId!.Value, count);
        return (
            ids,
            null,
            $"records of {corpus.Name}{(heldOut is null ? "" : " that training did not read")}, in a random order, each under its label: "
                + $"{Quantity.Count(ids.Length)} characters"
        );
    }

    private static Corpus Records(ModelLease model)
    {
        try
        {
            return TrainingRecords.TextOf(model);
        }
        catch (CorpusException absent)
        {
            throw new CorpusException($"{absent.Message}; paste a text, and choose its label.", absent);
        }
    }

    private static string Left(int skipped) =>
        skipped == 0 ? "" : $"; {Quantity.Count(skipped)} that the model does not know are left out";
}
