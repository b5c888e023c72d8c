using CharRnn.Host;

return await ServerHost.RunAsync(args);
