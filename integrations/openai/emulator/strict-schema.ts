/** The part of JSON Schema that structured answers use. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  $ref?: string;
  definitions?: Record<string, JsonSchema>;
  $defs?: Record<string, JsonSchema>;
}

/** What breaks the rules of `strict: true` (closed objects, every property required), in the vendor's words. */
export function findStrictViolation(schema: JsonSchema, path: string[] = []): string | null {
  const context = `In context=(${path.map((step) => `'${step}'`).join(', ')}), `;
  if (schema.type === 'object' || schema.properties) {
    if (schema.additionalProperties !== false) {
      return `${context}'additionalProperties' is required to be supplied and to be false.`;
    }
    const missing = Object.keys(schema.properties ?? {}).find((name) => !schema.required?.includes(name));
    if (missing !== undefined) {
      return `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  const parts: [string, JsonSchema][] = [
    ...Object.entries(schema.properties ?? {}),
    ...Object.entries(schema.definitions ?? schema.$defs ?? {}),
    ...(schema.anyOf ?? []).map((part, index): [string, JsonSchema] => [String(index), part]),
    ...(schema.items ? [['items', schema.items] as [string, JsonSchema]] : []),
  ];
  for (const [name, part] of parts) {
    const violation = findStrictViolation(part, [...path, name]);
    if (violation) return violation;
  }
  return null;
}
