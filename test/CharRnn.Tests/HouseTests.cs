using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class HouseTests
{
    [Fact]
    public void Library_ReferencesNothingButTheBaseClassLibrary()
    {
        string[] allowed = ["System", "Microsoft.Win32", "netstandard"];
        var foreign = System
            .Reflection.Assembly.Load("CharRnn")
            .GetReferencedAssemblies()
            .Where(a => !allowed.Any(prefix => a.Name!.StartsWith(prefix)));
        Assert.Empty(foreign);
    }
}
