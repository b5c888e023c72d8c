// Surnames of 25 languages, from C#: trains a classifier of their languages, then a generator of new names.
//
//     dotnet run -c Release --project samples/Names -- [epochs] [name…]

using System.Globalization;
using CharRnn;

double epochs = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 40;
string[] asked = args.Length > 1 ? args[1..] : ["Satoshi", "Kowalczyk", "O'Brien", "Papadopoulos"];

// ---- 1. The data: labelled texts. ReadFolder reads a folder with one file per label, FromRows rows of your own. ----
var records = LabeledRecords.Embedded();
Console.WriteLine($"{records.Records.Count} names of {records.Labels.Count} languages");

// ---- 2. Classification: which language is a name from? The test part is 15% of the names, scored at the end. ----
using var classifierTrainer = ClassifierTrainer.Start(records, new ClassifierSettings { MaxEpochs = epochs });
var report = classifierTrainer.Run().Test!;
Console.WriteLine(
    FormattableString.Invariant(
        $"right: {report.Accuracy:P1} of {report.Records} names it never saw; by guessing {report.MajorityBaseline:P1}"
    )
);

var classifier = classifierTrainer.Model;
foreach (var (name, probabilities) in asked.Zip(classifier.Predict(asked)))
{
    var likeliest = Enumerable
        .Range(0, probabilities.Length)
        .OrderByDescending(label => probabilities[label])
        .Take(3)
        .Select(label => FormattableString.Invariant($"{classifier.Labels[label]} {probabilities[label]:P0}"));
    Console.WriteLine($"{name}: {string.Join(", ", likeliest)}");
}

// ---- 3. Generation: one language model for all languages, with the label as an input at every character. ----
var settings = new TrainingSettings
{
    HiddenSize = 128,
    NumLayers = 1,
    MaxEpochs = epochs,
    SampleEvery = Cadence.Never,
};
using var corpus = LabeledCorpus.Of(records, settings);
using var trainer = Trainer.Start(corpus, settings);
Console.WriteLine(FormattableString.Invariant($"validation loss {trainer.Run().ValLoss:F3} nats per character"));

var known = records.Records.Select(record => record.Text).ToHashSet();
foreach (string language in new[] { "Italian", "Finnish", "Russian=0.5,Japanese=0.5" })
{
    var generator = new RecordGenerator(trainer.Model, LabelBlend.Parse(language, trainer.Model.Labels));
    var names = generator
        .Records([], new SamplingOptions { Temperature = 0.7 }, longest: 30)
        .Select(ids => trainer.Model.Vocabulary.Decode(ids))
        .Where(name => name.Length > 0 && !known.Contains(name))
        .Take(5);
    Console.WriteLine($"{language}: {string.Join(", ", names)}");
}
