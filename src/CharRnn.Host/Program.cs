using CharRnn.Server;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddCharRnn(options => builder.Configuration.GetSection("CharRnn").Bind(options));
var app = builder.Build();
app.MapCharRnn();
app.Run();
