namespace CharRnn.Tests;

/// <summary>
/// Tests that run by themselves, after all others. A garbage collection that another test sets off takes back what each thread was given to allocate from,
/// and counts that as allocated.
/// </summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
