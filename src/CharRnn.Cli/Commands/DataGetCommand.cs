using System.CommandLine;
using CharRnn.Cli.Downloads;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn data get</c>: brings corpora into the user's cache and prints where they are.</summary>
internal sealed class DataGetCommand : VerbCommand
{
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Names from 'charrnn data list'.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<bool> _force = new("--force") { Description = "Download again what is already here." };

    public DataGetCommand(Shell shell)
        : base(shell, "get", "Download corpora, check them, and print where they are.")
    {
        Add(_names);
        Add(_force);
    }

    protected override int Run(ParseResult parsed)
    {
        var wanted = parsed.GetRequiredValue(_names).Distinct().ToList();
        // A slip in the last name should not cost the download of the first.
        foreach (string? name in wanted)
            RefuseUnknown(name);
        using var http = CorpusDownload.MakeClient();
        var download = new CorpusDownload(http, Shell.Cache, Shell.DownloadPatience);
        foreach (string? name in wanted)
        {
            string path = Shell.Catalog.TryFind(name, out var entry)
                ? Fetch(download, entry, parsed.GetValue(_force))
                : CopyOut(EmbeddedDatasets.Find(name)!);
            Shell.Output.WriteLine(path);
        }

        return ExitCode.Success;
    }

    private void RefuseUnknown(string name)
    {
        if (Shell.Catalog.TryFind(name, out _) || EmbeddedDatasets.Find(name) is not null)
            return;
        var known = Shell
            .Catalog.Entries.Select(entry => entry.Name)
            .Concat(EmbeddedDatasets.All.Select(corpus => corpus.Name));
        throw new SettingsException(
            $"there is no corpus named '{name}'{NearestName.Suggest(name, known)} 'charrnn data list' shows "
                + "those there are."
        );
    }

    private string Fetch(CorpusDownload download, CorpusEntry entry, bool force)
    {
        if (Shell.Cache.Has(entry) && !force)
        {
            Shell.Terminal.Message($"{entry.Name} is already here; --force downloads it again");
            return Shell.Cache.PathOf(entry);
        }

        long begun = Shell.Clock.GetTimestamp();
        DownloadProgress? first = null;
        DownloadProgress last = default;
        using var line = ProgressLine.Start(Shell.Terminal, ProgressMode.Auto, Shell.Clock);
        string path = download.FetchAsync(entry, force, OnBlock, Shell.Interruption.Token).GetAwaiter().GetResult();
        line.Milestone(ReportOf(last));
        return path;

        void OnBlock(DownloadProgress progress)
        {
            first ??= progress;
            last = progress;
            line.Report(ReportOf(progress));
        }

        DownloadReport ReportOf(DownloadProgress progress) =>
            new(entry.Name, progress, since: first?.Bytes ?? 0, Shell.Clock.GetElapsedTime(begun));
    }

    private string CopyOut(EmbeddedDataset corpus)
    {
        string path = Shell.Cache.CopyOut(corpus);
        Shell.Terminal.Message($"{corpus.Name} comes with charrnn; this is a copy of it");
        return path;
    }
}
