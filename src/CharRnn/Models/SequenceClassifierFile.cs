namespace CharRnn.Models;

internal static class SequenceClassifierFile
{
    public static SequenceClassifier Read(string path) => throw new NotImplementedException();

    public static void Write(SequenceClassifier model, string path) => throw new NotImplementedException();
}
