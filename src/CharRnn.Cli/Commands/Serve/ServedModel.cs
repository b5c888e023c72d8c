using CharRnn.Checkpoints;

namespace CharRnn.Cli.Commands;

/// <summary>A model that is served.</summary>
/// <param name="Name">The name by which clients ask for it.</param>
/// <param name="Path">Absolute path of its run folder or file.</param>
internal sealed record ServedModel(string Name, string Path)
{
    private const char NameEnd = '=';

    /// <summary>
    /// The models that were named: a path, whose last part without its extension is the name, or <c>NAME=PATH</c>.
    /// </summary>
    /// <exception cref="ModelException">There is none, or it cannot be read.</exception>
    /// <exception cref="SettingsException">Two have the same name, or one has a name that cannot be used.</exception>
    public static IReadOnlyList<ServedModel> Find(IReadOnlyList<string> named)
    {
        var models = new List<ServedModel>();
        foreach (string text in named)
        {
            var model = Find(text);
            if (models.Find(other => other.Name == model.Name) is { } same)
                throw new SettingsException(
                    $"two models have the name {OneLine.Quote(model.Name)}, {same.Path} and {model.Path}; give one "
                        + "another name, as NAME=PATH."
                );
            models.Add(model);
        }
        return models;
    }

    private static ServedModel Find(string text)
    {
        int sign = text.IndexOf(NameEnd);
        // A path that exists is a path, whatever is in it; and a name is no path.
        bool isNamed =
            sign >= 0
            && !System.IO.Path.Exists(text)
            && text.AsSpan(0, sign).IndexOfAny('/', System.IO.Path.DirectorySeparatorChar) < 0;
        string path = isNamed ? text[(sign + 1)..] : text;
        Check(path);
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string name = isNamed ? text[..sign] : NameOf(full);
        return name.Length > 0 && !name.Contains(NameEnd)
            ? new(name, full)
            : throw new SettingsException(
                $"the model {OneLine.Quote(text)} has no name that clients could ask for; give it one, as NAME=PATH."
            );
    }

    /// <summary>Reads all but the weights, so that what is wrong is told before the server is started.</summary>
    private static void Check(string path)
    {
        if (SequenceClassifier.IsOne(path))
            SequenceClassifier.Check(path);
        else
            LanguageModel.Check(path);
    }

    private static string NameOf(string path) =>
        Directory.Exists(path) ? System.IO.Path.GetFileName(path) : System.IO.Path.GetFileNameWithoutExtension(path);
}
