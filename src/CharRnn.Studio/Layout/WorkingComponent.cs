using CharRnn.Checkpoints;
using Microsoft.AspNetCore.Components;

namespace CharRnn.Studio.Layout;

/// <summary>
/// Component that computes something in the background: one piece of work at a time, a newer one in the place of the
/// one before, and none after the component has gone. What fails is said in place.
/// </summary>
public abstract class WorkingComponent : ComponentBase, IDisposable
{
    private CancellationTokenSource? _work;
    private bool _isDisposed;

    /// <summary>Whether work goes on.</summary>
    protected bool IsWorking { get; private set; }

    /// <summary>Why the last work failed; null where it did not.</summary>
    protected string? Failure { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        CancelWork();
        OnDispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the component holds.</summary>
    protected virtual void OnDispose() { }

    /// <summary>Ends the work that goes on.</summary>
    protected void CancelWork()
    {
        _work?.Cancel();
        _work = null;
        IsWorking = false;
    }

    /// <summary>Computes on another thread, and shows what comes of it.</summary>
    /// <typeparam name="TResult">What is computed.</typeparam>
    /// <param name="compute">Computes it; obeys the token.</param>
    /// <param name="show">Takes it, on the component's own thread; not called where newer work has begun.</param>
    protected Task WorkAsync<TResult>(Func<CancellationToken, TResult> compute, Action<TResult> show) =>
        WorkAsync(
            compute,
            result =>
            {
                show(result);
                return Task.CompletedTask;
            }
        );

    /// <inheritdoc cref="WorkAsync{TResult}(Func{CancellationToken, TResult}, Action{TResult})"/>
    protected async Task WorkAsync<TResult>(Func<CancellationToken, TResult> compute, Func<TResult, Task> show)
    {
        CancelWork();
        if (_isDisposed)
            return;
        using var work = new CancellationTokenSource();
        (_work, IsWorking, Failure) = (work, true, null);
        StateHasChanged();
        try
        {
            var result = await Task.Run(() => compute(work.Token), work.Token);
            if (_work == work)
                await show(result);
        }
        catch (OperationCanceledException) { }
        catch (CharRnnException failure)
        {
            if (_work == work)
                Failure = OneLine.Reason(failure);
        }
        finally
        {
            if (_work == work)
                (_work, IsWorking) = (null, false);
            if (!_isDisposed)
                StateHasChanged();
        }
    }
}
