using CharRnn.Server;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CharRnn.Host;

/// <summary>Description of the interface in OpenAPI: what its types cannot say of themselves.</summary>
internal static class InterfaceDescription
{
    private const string KeyName = "key";

    /// <summary>Sets the options of the document.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "CharRnn",
                    Version = "1",
                    Description =
                        "Character-level recurrent networks behind the interface of OpenAI's clients. A token is a "
                        + "character.",
                };
                foreach (var schema in document.Components?.Schemas?.Values ?? [])
                    DescribeReferences(schema);
                var served = context.ApplicationServices.GetRequiredService<IOptions<CharRnnServerOptions>>().Value;
                if (served.ApiKey is { Length: > 0 })
                    AskForKey(document);
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(RequestExamples.AddAsync);
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                DescribeConverted(schema, context.JsonTypeInfo.Type);
                return Task.CompletedTask;
            }
        );
    }

    private static void AskForKey(OpenApiDocument document)
    {
        document.AddComponent(
            KeyName,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The key that the server was started with.",
            }
        );
        document.Security = [new() { [new OpenApiSecuritySchemeReference(KeyName, document)] = [] }];
    }

    /// <summary>Lifts what a reference says of itself to the property, where readers look for it.</summary>
    private static void DescribeReferences(IOpenApiSchema schema)
    {
        foreach (var property in schema.Properties?.Values.OfType<OpenApiSchema>() ?? [])
            property.Description ??= property
                .OneOf?.Select(each => each.Description)
                .FirstOrDefault(each => each is not null);
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
