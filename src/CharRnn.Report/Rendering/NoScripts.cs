using Microsoft.JSInterop;

namespace CharRnn.Report.Rendering;

/// <summary>Scripts for a page that has none: whatever a component asks of the browser answers nothing.</summary>
internal sealed class NoScripts : IJSRuntime
{
    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => default;

    public ValueTask<TValue> InvokeAsync<TValue>(
        string identifier,
        CancellationToken cancellationToken,
        object?[]? args
    ) => default;
}
