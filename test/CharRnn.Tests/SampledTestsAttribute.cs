using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

[assembly: CharRnn.Tests.SampledTests]

namespace CharRnn.Tests;

/// <summary>
/// Runs one of so many cases of each theory where <see cref="Variable"/> asks for that, the first always; the rest are
/// skipped. The order of the cases is xunit's, which is the same each time.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SampledTestsAttribute : BeforeAfterTestAttribute
{
    /// <summary>The environment variable; 10 runs a tenth.</summary>
    public const string Variable = "CHARRNN_ONE_CASE_OF";

    private static readonly int OneOf = int.TryParse(Environment.GetEnvironmentVariable(Variable), out int n) ? n : 1;

    private readonly ConcurrentDictionary<MethodInfo, int> _casesBefore = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        int before = _casesBefore.AddOrUpdate(methodUnderTest, 0, (_, count) => count + 1);
        Assert.SkipWhen(before % OneOf != 0, $"{Variable} is {OneOf}: this case is not in the sample");
    }
}
