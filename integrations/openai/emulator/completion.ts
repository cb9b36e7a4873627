import { readAnalysis } from './analysis-reader.ts';
import { fillSchema } from './fill-schema.ts';
import type { CompletionRequest } from './request-rules.ts';
import { promptTokens } from './request-rules.ts';
import type { ScriptedAnswer } from './scripted-answers.ts';
import { readWish } from './wish-reader.ts';

/** The schemas whose answers are read out of the conversation. */
const readers: Record<string, (system: string, user: string, now: Date) => object> = {
  call_wish: readWish,
  daily_call_analysis: readAnalysis,
};

interface Answer {
  content: string | null;
  refusal: string | null;
  finishReason: 'stop' | 'length' | 'content_filter';
}

function textOf({ messages }: CompletionRequest, ...roles: string[]): string {
  return messages
    .filter(({ role }) => roles.includes(role))
    .map(({ content }) => content)
    .join('\n');
}

/** Everything that was said to the model, for matching scripted answers. */
export const conversationOf = (request: CompletionRequest) =>
  request.messages.map(({ content }) => content).join('\n');

function scripted({ answer, refusal, finish_reason: finishReason }: ScriptedAnswer): Answer {
  const content = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return refusal ? { content: null, refusal, finishReason } : { content, refusal: null, finishReason };
}

/** What the emulated model says by itself: deterministic, and nothing that the request did not ask for. */
function improvised(request: CompletionRequest, now: Date): string {
  const format = request.response_format;
  if (format?.type === 'json_object') return '{}';
  if (format?.type !== 'json_schema') return 'This is the emulated model.';
  const { name, schema } = format.json_schema;
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  const known = read?.(textOf(request, 'system', 'developer'), textOf(request, 'user'), now) ?? {};
  return JSON.stringify(fillSchema(schema ?? {}, { ...known }));
}

/** A `chat.completion` object that answers the request. */
export function completion(request: CompletionRequest, id: string, script: ScriptedAnswer | null, now: Date) {
  const { content, refusal, finishReason }: Answer = script
    ? scripted(script)
    : { content: improvised(request, now), refusal: null, finishReason: 'stop' };
  const asked = promptTokens(request);
  const answered = Math.ceil((content ?? refusal ?? '').length / 4);
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(now.getTime() / 1_000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal, annotations: [] },
        logprobs: null,
        finish_reason: finishReason,
      },
    ],
    usage: { prompt_tokens: asked, completion_tokens: answered, total_tokens: asked + answered },
    service_tier: 'default',
    system_fingerprint: null,
  };
}
