import { z } from 'zod';
import type { EmulatorAnswer } from '../../../shared/emulator.ts';
import { findStrictViolation, type JsonSchema } from './strict-schema.ts';

export const models = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4o',
  'gpt-4o-mini',
];

/** Prompt size that the emulated models take, in tokens of about four characters. */
const MAX_PROMPT_TOKENS = 128_000;
const MAX_SCHEMA_NAME_CHARACTERS = 64;

const contentSchema = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
    .transform((parts) => parts.map(({ text }) => text ?? '').join('\n')),
]);

const requestSchema = z.looseObject({
  messages: z.array(
    z.looseObject({
      role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function']),
      content: contentSchema.nullish().transform((content) => content ?? ''),
    }),
  ),
  temperature: z.number().min(0).max(2).nullish(),
  stream: z.boolean().nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({
          name: z.string(),
          strict: z.boolean().nullish(),
          schema: z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null).optional(),
        }),
      }),
    ])
    .nullish(),
});

export type CompletionRequest = z.infer<typeof requestSchema> & { model: string };

/** A refusal in the shape of OpenAI's API. */
export function refusal(
  status: number,
  message: string,
  { param = null, code = null }: { param?: string | null; code?: string | null } = {},
): EmulatorAnswer {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { status, body: { error: { message, type, param, code } } };
}

export function unknownModel(model: string): EmulatorAnswer {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return refusal(404, message, { code: 'model_not_found' });
}

export const promptTokens = ({ messages }: CompletionRequest) =>
  Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);

/** The request in a JSON body, or the vendor's answer to one that it does not take. */
export function readRequest(body: unknown): { request: CompletionRequest } | { refused: EmulatorAnswer } {
  const { model, messages } = (body ?? {}) as { model?: unknown; messages?: unknown };
  if (typeof model !== 'string' || !model) {
    return { refused: refusal(400, 'you must provide a model parameter') };
  }
  if (!models.includes(model)) return { refused: unknownModel(model) };
  if (messages === undefined) return { refused: missing('messages') };
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? null;
    return {
      refused: refusal(400, `Invalid value for '${param}': ${issue?.message}.`, {
        param,
        code: 'invalid_value',
      }),
    };
  }
  const request = { ...parsed.data, model };
  const refused = refuseRequest(request);
  return refused ? { refused } : { request };
}

function missing(param: string): EmulatorAnswer {
  return refusal(400, `Missing required parameter: '${param}'.`, {
    param,
    code: 'missing_required_parameter',
  });
}

function refuseRequest(request: CompletionRequest): EmulatorAnswer | null {
  const { model, messages, temperature, stream } = request;
  if (messages.length === 0) {
    const message = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
    return refusal(400, message, { param: 'messages', code: 'empty_array' });
  }
  if (stream) {
    return refusal(400, "Unsupported value: 'stream' does not support true with this server.", {
      param: 'stream',
      code: 'unsupported_value',
    });
  }
  if (model.startsWith('gpt-5') && typeof temperature === 'number' && temperature !== 1) {
    const message = `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`;
    return refusal(400, message, { param: 'temperature', code: 'unsupported_value' });
  }
  const tokens = promptTokens(request);
  if (tokens > MAX_PROMPT_TOKENS) {
    const message = `This model's maximum context length is ${MAX_PROMPT_TOKENS} tokens. However, your messages resulted in ${tokens} tokens.`;
    return refusal(400, message, { param: 'messages', code: 'context_length_exceeded' });
  }
  return refuseSchema(request);
}

function refuseSchema({ response_format: format }: CompletionRequest): EmulatorAnswer | null {
  if (format?.type !== 'json_schema') return null;
  const { name, strict, schema } = format.json_schema;
  if (name.length > MAX_SCHEMA_NAME_CHARACTERS || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    const param = 'response_format.json_schema.name';
    const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    return refusal(400, message, { param, code: 'invalid_value' });
  }
  const violation = strict && schema ? findStrictViolation(schema) : null;
  if (!violation) return null;
  return refusal(400, `Invalid schema for response_format '${name}': ${violation}`, {
    param: 'response_format',
  });
}
