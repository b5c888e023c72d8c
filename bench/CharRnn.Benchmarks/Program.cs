using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/CharRnn.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
