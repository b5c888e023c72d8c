// What OpenAI's own client makes of the server's answers, as one JSON object.
//
//     node openai.mjs http://127.0.0.1:PORT/v1 http://127.0.0.1:PORT_OF_ONE_WITH_A_KEY/v1 node_modules
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [baseURL, guardedURL, modules] = process.argv.slice(2);
const OpenAI = createRequire(resolve(modules, "any.js"))("openai");
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const guarded = new OpenAI({ baseURL: guardedURL, apiKey: "another", maxRetries: 0 });
const asked = { model: "prose", seed: 21, max_tokens: 40 };
const prompt = "the dragon ";
const messages = [{ role: "user", content: prompt }];

/** The name of the class of errors that a request ends with, and what it says. */
async function failure(request) {
  try {
    await request;
    return "none";
  } catch (error) {
    return { class: error.constructor.name, status: error.status, param: error.param, code: error.code };
  }
}

async function joined(stream, textOf) {
  let text = "";
  let reason = null;
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices.map(textOf).join("");
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  return { text, reason, usage };
}

const completion = await client.completions.create({ ...asked, prompt, logprobs: 2 });
const chat = await client.chat.completions.create({ ...asked, messages, logprobs: true, top_logprobs: 2 });
const streamed = { stream: true, stream_options: { include_usage: true } };
const models = [];
for await (const model of client.models.list()) models.push(model.id);

console.log(
  JSON.stringify({
    completion: completion.choices[0].text,
    completionUsage: completion.usage,
    tokens: completion.choices[0].logprobs.tokens.join(""),
    completionStream: await joined(
      await client.completions.create({ ...asked, ...streamed, prompt }),
      (choice) => choice.text,
    ),
    chat: chat.choices[0].message.content,
    chatReason: chat.choices[0].finish_reason,
    chatTokens: chat.choices[0].logprobs.content.map((each) => each.token).join(""),
    chatStream: await joined(
      await client.chat.completions.create({ ...asked, ...streamed, messages }),
      (choice) => choice.delta.content ?? "",
    ),
    // The helper gathers the chunks itself, and is strict about their order.
    chatHelper: await client.chat.completions.stream({ ...asked, messages }).finalContent(),
    // The client asks for base64 itself, and decodes it.
    embeddings: (await client.embeddings.create({ model: "prose", input: [prompt, "gold"] })).data.map((each) =>
      Array.from(each.embedding),
    ),
    models,
    model: (await client.models.retrieve("prose")).id,
    badRequest: await failure(client.completions.create({ ...asked, prompt: "the €" })),
    refused: await failure(
      client.chat.completions.create({ ...asked, messages, response_format: { type: "json_object" } }),
    ),
    streamRefused: await failure(client.completions.create({ ...asked, prompt: "the €", stream: true })),
    notFound: await failure(client.models.retrieve("nothing")),
    noKey: await failure(guarded.models.list()),
    noPath: await failure(client.get("/nothing")),
  }),
);
