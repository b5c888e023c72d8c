using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Tests.Golden;

namespace CharRnn.Cli.UserTrials;

/// <summary>A verb and one of its flags, as theories name them.</summary>
internal sealed record VerbFlag(string Verb, Option Flag);

/// <summary>
/// Every verb with a command line that takes a fraction of a second, in a folder with texts, tables and models; and
/// what such a command line leaves behind.
/// </summary>
internal sealed partial class FlagGround : IDisposable
{
    private const string Text = "text.txt";
    private static readonly string[] Runs = ["text", "records", "labelled", "classifier"];

    private static readonly string[] Small =
    [
        "--hidden-size",
        "4",
        "--num-layers",
        "1",
        "--embedding-size",
        "3",
        "--max-steps",
        "12",
        "--progress",
        "plain",
    ];

    private readonly TrainingGround _ground = new();

    public FlagGround()
    {
        File.WriteAllText(_ground[Text], TrainingGround.Text(3000));
        File.WriteAllText(_ground["other.txt"], TrainingGround.Text(900)[400..]);
        File.WriteAllText(
            _ground["table.csv"],
            "text,kind,label\n"
                + string.Concat(Enumerable.Range(0, 40).Select(row => $"the {row},night,{row % 3 / 2}\n"))
        );
        File.WriteAllText(_ground["tale.txt"], "The dragon slept under the hill, and the gold shone.\n");
        File.WriteAllText(_ground["names.csv"], "text,label\nSatoshi,Japanese\nKowalski,Polish\nNowak,Polish\n");
    }

    /// <summary>Every verb and flag but those of the framework.</summary>
    public static IEnumerable<VerbFlag> All()
    {
        using var shell = new TestShell();
        return
        [
            .. Verbs(shell.Root, "")
                .SelectMany(verb => verb.Command.Options.Select(flag => new VerbFlag(verb.Path, flag)))
                .Where(entry => entry.Flag is not (System.CommandLine.Help.HelpOption or VersionOption)),
        ];
    }

    /// <summary>The verb's command line, but for one flag that is to be given another value.</summary>
    public static string[] CommandLine(string verb, string without)
    {
        var line = CommandLine(verb).ToList();
        int place = line.FindIndex(word =>
            word == without || (word, without) is ("-o", "--output") or ("-n", "--length")
        );
        if (place >= 0)
            line.RemoveRange(place, 2);
        return [.. line];
    }

    /// <summary>The verb's command line, without further flags.</summary>
    public static string[] CommandLine(string verb) =>
        verb switch
        {
            "train" => ["train", Text, "-o", "made", .. Small],
            "classify train" => ["classify", "train", "table.csv", "-o", "made", .. Small, "--threads", "1"],
            "classify predict" => ["classify", "predict", "classifier", "Satoshi"],
            "classify eval" => ["classify", "eval", "classifier", "names.csv"],
            "sample" => ["sample", "text", "-n", "40"],
            "eval" => ["eval", "text", "tale.txt"],
            "inspect" => ["inspect", "text"],
            "explain" => ["explain"],
            "neurons" =>
            [
                "neurons",
                "text",
                "--text-file",
                "tale.txt",
                "--find",
                "vowel",
                "--chars",
                "9",
                "-o",
                "made.svg",
            ],
            "bench" => ["bench", "--duration", "0.01s", "--hidden-size", "4"],
            "serve" => ["serve", "text"],
            "report" => ["report", "text"],
            "data stats" => ["data", "stats", Text],
            "data labels" => ["data", "labels", "table.csv"],
            "data get" => ["data", "get", "dragons"],
            "runs list" => ["runs", "list", "."],
            "runs compare" => ["runs", "compare", "text", "records"],
            "runs rename" => ["runs", "rename", "text", "renamed"],
            "runs delete" => ["runs", "delete", "text"],
            _ => verb.Split(' '),
        };

    /// <summary>The path of a file here.</summary>
    public string PathOf(string file) => _ground[file];

    /// <summary>Runs a command line here; the runs that it names are put here first.</summary>
    public Outcome Run(params string[] arguments)
    {
        Provide(arguments);
        return _ground.RunAsync(arguments).GetAwaiter().GetResult();
    }

    /// <summary>Puts the runs here that a command line names; a folder to look into has them all.</summary>
    public void Provide(params string[] arguments)
    {
        foreach (string run in Runs)
        {
            bool isNamed = arguments.Contains(".") || arguments.Contains(run);
            if (isNamed && !Directory.Exists(_ground[run]))
                Copy(GoldenFiles.At("runs", run), _ground[run]);
        }
    }

    /// <summary>Every file and folder here, by its hash.</summary>
    public string[] Everything() => _ground.Everything();

    /// <summary>
    /// All that a command line did that a person or a program would notice: code, output, and what it wrote. Times and
    /// speeds are left out, and settings that were merely written down.
    /// </summary>
    public string Noticed(Outcome outcome)
    {
        var noticed = new StringBuilder();
        noticed.AppendLine(Steady(outcome.Output)).AppendLine(Steady(outcome.Error)).Append(outcome.ExitCode);
        foreach (string file in Directory.EnumerateFiles(_ground.Root, "*", SearchOption.AllDirectories).Order())
        {
            noticed.AppendLine(Path.GetRelativePath(_ground.Root, file));
            if (Path.GetFileName(file) == "model.safetensors")
                noticed.AppendLine(Weights(file));
            else if (Path.GetExtension(file) == ".html")
                noticed.AppendLine(Title().Match(File.ReadAllText(file)).Value);
            else if (Path.GetExtension(file) == ".svg")
                noticed.AppendLine(File.ReadAllText(file));
            else if (Path.GetExtension(file) == ".jsonl")
                noticed.AppendLine(Steady(File.ReadAllText(file)));
        }
        return noticed.ToString();
    }

    public void Dispose() => _ground.Dispose();

    private static IEnumerable<(string Path, Command Command)> Verbs(Command command, string path)
    {
        var children = command.Subcommands.SelectMany(child => Verbs(child, $"{path} {child.Name}".TrimStart()));
        return command is VerbCommand ? children.Append((path, command)) : children;
    }

    private static string Weights(string file)
    {
        // Behind the header's length and the header.
        byte[] bytes = File.ReadAllBytes(file);
        int start = sizeof(long) + (int)BitConverter.ToInt64(bytes);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(start)));
    }

    private static string Steady(string text) => Timed().Replace(text, "~");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    [GeneratedRegex(
        """[\d.,]+ ?(min|ms|s|characters/s|steps/s)\b( \d+ s)?|"(seconds|chars_per_sec)":[\d.]+|characters/s +[\d,.]+"""
    )]
    private static partial Regex Timed();

    [GeneratedRegex("<title>.*?</title>")]
    private static partial Regex Title();
}
