using System.Text.Json.Nodes;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CharRnn.Host;

/// <summary>Description of the interface in OpenAPI: what its types cannot say of themselves.</summary>
internal static class InterfaceDescription
{
    /// <summary>What the page to try the interface begins with, instead of every field at once.</summary>
    private static readonly Dictionary<Type, string> Examples = new()
    {
        [typeof(CompletionRequest)] = """{"prompt": "The ", "max_tokens": 200, "temperature": 0.8}""",
        [typeof(ChatRequest)] =
            """{"messages": [{"role": "user", "content": "The "}], "max_completion_tokens": 200, "temperature": 0.8}""",
        [typeof(ScoreRequest)] = """{"input": "The end."}""",
        [typeof(ClassifyRequest)] = """{"input": ["Kowalski", "Sato"], "top": 3}""",
        [typeof(EmbeddingRequest)] = """{"input": ["The end."]}""",
    };

    /// <summary>Sets the options of the document.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "CharRnn",
                    Version = "1",
                    Description =
                        "Character-level recurrent networks behind the interface of OpenAI's clients. A token is a "
                        + "character.",
                };
                return Task.CompletedTask;
            }
        );
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                DescribeConverted(schema, context.JsonTypeInfo.Type);
                if (Examples.TryGetValue(context.JsonTypeInfo.Type, out string? example))
                    schema.Examples = [JsonNode.Parse(example)!];
                return Task.CompletedTask;
            }
        );
    }

    private static void DescribeConverted(OpenApiSchema schema, Type type)
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        if (type == typeof(Texts) || type == typeof(MessageContent))
            schema.OneOf =
            [
                text,
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = type == typeof(Texts) ? text : new OpenApiSchema { Type = JsonSchemaType.Object },
                },
            ];
        else if (type == typeof(EmbeddingVector))
            schema.OneOf =
            [
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.Number },
                },
                text,
            ];
    }
}
