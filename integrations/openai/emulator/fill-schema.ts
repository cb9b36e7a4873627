import type { JsonSchema } from './strict-schema.ts';

/** What a careful model says when a list of choices has no better one. */
const NEUTRAL_CHOICES = ['none', 'unclear', 'unknown', 'other'];

function typesOf({ type }: JsonSchema): string[] {
  return type === undefined ? [] : [type].flat();
}

function fits(value: unknown, schema: JsonSchema): boolean {
  if (schema.enum) return schema.enum.includes(value);
  const types = typesOf(schema);
  if (value === null) return types.includes('null');
  if (typeof value === 'number')
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return types.includes(typeof value);
}

function neutral(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum)
    return schema.enum.find((choice) => NEUTRAL_CHOICES.includes(String(choice))) ?? schema.enum[0];
  const types = typesOf(schema);
  if (types.includes('null')) return null;
  if (types.includes('array')) return [];
  if (types.includes('boolean')) return false;
  if (types.includes('number') || types.includes('integer')) return schema.minimum ?? 0;
  return '';
}

/**
 * A value that fits the schema: known values by property name where they fit, else the most reserved value
 * (null before empty, `none` before another choice).
 */
export function fillSchema(
  schema: JsonSchema,
  known: Record<string, unknown>,
  root = schema,
  value?: unknown,
): unknown {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    const target = root.definitions?.[name] ?? root.$defs?.[name];
    return target ? fillSchema(target, known, root, value) : null;
  }
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) {
    const chosen =
      branches.find((branch) => value !== undefined && fits(value, branch)) ??
      branches.find((branch) => typesOf(branch).includes('null')) ??
      branches[0];
    return chosen ? fillSchema(chosen, known, root, value) : null;
  }
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, part]) => [
        name,
        fillSchema(part, known, root, known[name]),
      ]),
    );
  }
  const { items } = schema;
  if (Array.isArray(value) && items && typesOf(schema).includes('array')) {
    return value.map((item) => fillSchema(items, item, root, item));
  }
  return value !== undefined && fits(value, schema) ? value : neutral(schema);
}
