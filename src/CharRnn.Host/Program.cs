using CharRnn.Server;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddCharRnn(options => builder.Configuration.GetSection("CharRnn").Bind(options));
var app = builder.Build();
app.MapCharRnn();
app.Lifetime.ApplicationStarted.Register(() => Console.Error.WriteLine($"serving at {app.Urls.First()}/v1"));
app.Run();
