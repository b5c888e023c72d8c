using CharRnn.Host;

return args is ["studio", .. var rest] ? await StudioHost.RunAsync(rest) : await ServerHost.RunAsync(args);
