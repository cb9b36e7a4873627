import { Liquid, type Template } from 'liquidjs';
import { escapeHtml } from '../../escape-html.ts';
import { isTemplateVariable, type TemplateValues, templateVariables } from './values.ts';

/** What the texts of companies may use. Nothing here reads files, loops, or switches the escaping off. */
const TAGS = ['if', 'unless', 'case', 'assign', 'comment'];
const FILTERS = ['upcase', 'downcase', 'capitalize', 'default', 'truncate', 'append', 'prepend', 'strip'];

const RENDER_LIMIT_MS = 100;
const MEMORY_LIMIT = 20_000;
const MAX_SOURCE_CHARS = 50_000;
/** Together with the limit of memory this bounds what a short text can grow into. */
const MAX_OUTPUTS = 200;
/** Texts are parsed again once this many have been seen. */
const CACHED_TEXTS = 500;

/** A text that cannot be used; the message is for whoever wrote it. */
export class InvalidTextError extends Error {
  override readonly name = 'InvalidTextError';
}

function createEngine(outputEscape?: 'escape') {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: MAX_SOURCE_CHARS,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    ...(outputEscape ? { outputEscape } : {}),
  });
  for (const tag of Object.keys(liquid.tags)) if (!TAGS.includes(tag)) delete liquid.tags[tag];
  const needed = outputEscape ? [...FILTERS, outputEscape] : FILTERS;
  for (const filter of Object.keys(liquid.filters))
    if (!needed.includes(filter)) delete liquid.filters[filter];
  const parsed = new Map<string, Template[]>();

  /** Throws `InvalidTextError`. */
  function parse(source: string): Template[] {
    const known = parsed.get(source);
    if (known) return known;
    try {
      if (source.split('{{').length - 1 > MAX_OUTPUTS) {
        throw new Error(`more than ${MAX_OUTPUTS} variables are shown`);
      }
      const template = liquid.parse(source);
      const unknown = liquid.globalVariablesSync(template).filter((name) => !isTemplateVariable(name));
      if (unknown.length > 0) {
        const names = Object.keys(templateVariables).join(', ');
        throw new Error(`there is no variable ${unknown.join(', ')}; there are: ${names}`);
      }
      if (parsed.size >= CACHED_TEXTS) parsed.clear();
      parsed.set(source, template);
      return template;
    } catch (error) {
      throw new InvalidTextError((error as Error).message);
    }
  }

  /** Throws `InvalidTextError`, also when rendering takes too long. */
  async function render(source: string, values: TemplateValues): Promise<string> {
    const template = parse(source);
    try {
      return await liquid.render(template, values);
    } catch (error) {
      throw new InvalidTextError((error as Error).message);
    }
  }

  return { parse, render };
}

const plain = createEngine();
const escaping = createEngine('escape');

/** Checks a plain text. Throws `InvalidTextError`. */
export const checkPlainText = (source: string): void => void plain.parse(source);
export const renderPlainText = plain.render;

const FORBIDDEN_MARKUP =
  /<\s*\/?\s*(script|style|iframe|object|embed|form|input|link|meta|base|svg)\b|(?<=[\s/"'])on\w+\s*=|javascript:/i;
/** A tag to its end; a bracket in quotes does not end it. */
const TAG = /<(?:"[^"]*"|'[^']*'|[^>"'])*/g;
/** Where a link or a picture leads. Another scheme can be written in too many ways to name them. */
const ADDRESS = /[\s/"'](?:href|src)\s*=(?!\s*["'](?:https?:|mailto:|tel:))/i;

/**
 * Checks an HTML text: markup that a mail does not need, and a variable inside a tag, where escaping does not make it
 * harmless, are refused. The one exception is the link `href="{{ unsubscribe }}"`. Throws `InvalidTextError`.
 */
export function checkHtmlText(source: string): void {
  escaping.parse(source);
  const forbidden = FORBIDDEN_MARKUP.exec(source);
  if (forbidden) throw new InvalidTextError(`${forbidden[0].trim()} is not allowed in a mail`);
  const tags = source
    .replace(/\{%[\s\S]*?%\}/g, '')
    .replace(/href="\{\{-?\s*unsubscribe\s*-?\}\}"/g, '')
    .match(TAG);
  for (const tag of tags ?? []) {
    if (tag.includes('{{')) {
      throw new InvalidTextError('a variable cannot stand inside a tag, except href="{{ unsubscribe }}"');
    }
    if (ADDRESS.test(tag)) {
      throw new InvalidTextError('href and src must begin with https:, http:, mailto: or tel:, in quotes');
    }
  }
}

/** Renders HTML; every value is escaped. */
export const renderHtmlText = escaping.render;

/** Text as HTML: escaped, empty lines part paragraphs. */
export const textAsHtml = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean)
    .map((paragraph) => `<p style="margin:0 0 1rem">${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('\n');
