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

    /// <summary>Whether the component has gone from the page.</summary>
    protected bool IsGone { get; private set; }

    /// <summary>Whether work goes on.</summary>
    protected bool IsWorking { get; private set; }

    /// <summary>Why the last work failed; null where it did not.</summary>
    protected string? Failure { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsGone = true;
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
    /// <param name="discard">Lets go of a result that is not shown; null where it holds nothing.</param>
    protected Task WorkAsync<TResult>(
        Func<CancellationToken, TResult> compute,
        Action<TResult> show,
        Action<TResult>? discard = null
    ) =>
        WorkAsync(
            compute,
            result =>
            {
                show(result);
                return Task.CompletedTask;
            },
            discard
        );

    /// <inheritdoc cref="WorkAsync{TResult}(Func{CancellationToken, TResult}, Action{TResult}, Action{TResult}?)"/>
    protected async Task WorkAsync<TResult>(
        Func<CancellationToken, TResult> compute,
        Func<TResult, Task> show,
        Action<TResult>? discard = null
    )
    {
        CancelWork();
        if (IsGone)
            return;
        using var work = new CancellationTokenSource();
        (_work, IsWorking, Failure) = (work, true, null);
        StateHasChanged();
        try
        {
            var result = await Task.Run(() => compute(work.Token), work.Token);
            if (_work == work)
                await show(result);
            else
                discard?.Invoke(result);
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
            if (!IsGone)
                StateHasChanged();
        }
    }
}
