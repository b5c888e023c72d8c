using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace CharRnn.Server.Tests.Clients;

/// <summary>OpenAI's client for .NET, and Microsoft.Extensions.AI over it.</summary>
public sealed class DotNetTests(SharedServer server)
{
    private const string Prompt = "the dragon ";
    private const int Length = 40,
        Seed = 21;

    private OpenAIClient Client =>
        new(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1") });

    private string Expected => Library.Text(server.Prose, Prompt, Length, Sampling);

    private static SamplingOptions Sampling => new() { Seed = Seed, Temperature = 0.5 };

#pragma warning disable OPENAI001 // Seed is for evaluation in that client.
    private static ChatCompletionOptions Options =>
        new()
        {
            MaxOutputTokenCount = Length,
            Seed = Seed,
            Temperature = 0.5f,
            IncludeLogProbabilities = true,
            TopLogProbabilityCount = 2,
        };
#pragma warning restore OPENAI001

    [Fact]
    public async Task OpenAIsClient_Chats()
    {
        ChatCompletion answer = await Client
            .GetChatClient("prose")
            .CompleteChatAsync([new UserChatMessage(Prompt)], Options, TestContext.Current.CancellationToken);
        Assert.Equal(Expected, answer.Content[0].Text);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal((Prompt.Length, Length), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal(Expected, string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.Equal(2, token.TopLogProbabilities.Count));
        Assert.Equal("prose", answer.Model);
    }

    [Fact]
    public async Task OpenAIsClient_ChatsInAStream()
    {
        string text = "";
        OpenAI.Chat.ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (
            var part in Client
                .GetChatClient("prose")
                .CompleteChatStreamingAsync(
                    [new UserChatMessage(Prompt)],
                    Options,
                    TestContext.Current.CancellationToken
                )
        )
        {
            text += string.Concat(part.ContentUpdate.Select(each => each.Text));
            reason = part.FinishReason ?? reason;
            usage = part.Usage ?? usage;
        }
        Assert.Equal(Expected, text);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Length, reason);
        Assert.Equal(Length, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task OpenAIsClient_ListsModels_AndKnowsItsErrors()
    {
        var models = await Client.GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken);
        Assert.Contains("prose", models.Value.Select(model => model.Id));
        var failure = await Assert.ThrowsAsync<ClientResultException>(() =>
            Client
                .GetChatClient("nothing")
                .CompleteChatAsync(
                    [new UserChatMessage(Prompt)],
                    cancellationToken: TestContext.Current.CancellationToken
                )
        );
        Assert.Equal(404, failure.Status);
        Assert.Contains("model_not_found", failure.Message);
    }

    [Fact]
    public async Task OpenAIsClient_AndExtensionsAI_Embed()
    {
        string[] texts = [Prompt, "gold"];
        float[][] expected = Library.Vectors(new TextEmbedder(server.Prose), texts);
        var client = Client.GetEmbeddingClient("prose");
        var vectors = await client.GenerateEmbeddingsAsync(
            texts,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(expected, vectors.Value.Select(each => each.ToFloats().ToArray()));
        using var generator = client.AsIEmbeddingGenerator();
        var generated = await generator.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(expected, generated.Select(each => each.Vector.ToArray()));
    }

    [Fact]
    public async Task ExtensionsAI_Chats()
    {
        using var client = Client.GetChatClient("prose").AsIChatClient();
        var answer = await client.GetResponseAsync(Prompt, ExtensionsOptions, TestContext.Current.CancellationToken);
        Assert.Equal(Expected, answer.Text);
        Assert.Equal(Microsoft.Extensions.AI.ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(Prompt.Length + Length, answer.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task ExtensionsAI_ChatsInAStream_UpToAStop()
    {
        using var client = Client.GetChatClient("prose").AsIChatClient();
        string stop = Expected.Substring(10, 3);
        var options = ExtensionsOptions;
        options.StopSequences = [stop];
        var parts = new List<ChatResponseUpdate>();
        await foreach (
            var part in client.GetStreamingResponseAsync(Prompt, options, TestContext.Current.CancellationToken)
        )
            parts.Add(part);
        var answer = parts.ToChatResponse();
        Assert.Equal(Expected[..Expected.IndexOf(stop, StringComparison.Ordinal)], answer.Text);
        Assert.Equal(Microsoft.Extensions.AI.ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(ChatRole.Assistant, answer.Messages.Single().Role);
        Assert.Equal(answer.Text.Length, answer.Usage!.OutputTokenCount);
    }

    private static ChatOptions ExtensionsOptions =>
        new()
        {
            MaxOutputTokens = Length,
            Seed = Seed,
            Temperature = 0.5f,
        };
}
