// A model in an ASP.NET Core application of one's own, beside endpoints of one's own: /v1/completions and the others
// of docs/serve.md.
//
//     dotnet run -c Release --project samples/Serving -- runs/dragons-001 --urls http://127.0.0.1:5000
using CharRnn.Server;

var builder = WebApplication.CreateBuilder(args[1..]);
builder.Services.AddCharRnn(options => options.Models.Add(args[0]));
var app = builder.Build();
app.MapCharRnn();
app.MapGet("/", () => "ask /v1/completions");
app.Run();
