using CharRnn.Cli;

using var interruption = Interruption.Watch();
var shell = Shell.OfThisProcess(interruption);
return new Application(shell).Run(args);
