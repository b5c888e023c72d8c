using System.Collections.Concurrent;
using System.Reflection;
using CharRnn.Tests.Engine;
using Xunit.v3;

[assembly: CharRnn.Tests.SampledTests]

namespace CharRnn.Tests;

/// <summary>
/// One of so many tests of each class where <see cref="Variable"/> asks for that, the first always; the rest are
/// skipped. <see cref="VectorWidthTests"/> always runs whole: it is what makes a run under a setting worth its name. The
/// order of a class's tests is xunit's, which is the same each time.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SampledTestsAttribute : BeforeAfterTestAttribute
{
    /// <summary>The environment variable; 10 runs a tenth.</summary>
    public const string Variable = "CHARRNN_ONE_TEST_OF";

    private static readonly int OneOf = int.TryParse(Environment.GetEnvironmentVariable(Variable), out int n) ? n : 1;

    private readonly ConcurrentDictionary<Type, int> _testsBefore = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var type = methodUnderTest.ReflectedType!;
        if (OneOf == 1 || type == typeof(VectorWidthTests))
            return;
        int before = _testsBefore.AddOrUpdate(type, 0, (_, count) => count + 1);
        Assert.SkipWhen(before % OneOf != 0, $"{Variable} is {OneOf}: this test is not in the sample");
    }
}
