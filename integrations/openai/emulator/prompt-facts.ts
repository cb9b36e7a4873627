/** What a system prompt tells the model about the business. */
export interface PromptFacts {
  /** The day on which the call took place, `YYYY-MM-DD`. */
  today: string;
  services: Listed[];
  staff: Listed[];
}

/** An entry of a list: `womens-cut | Women's haircut | cut` is known by three names and answered by the first. */
export interface Listed {
  answer: string;
  names: string[];
}

const headings = {
  services: 'services|leistungen',
  staff: 'staff|team|employees|mitarbeiter(?:innen)?|personal',
};
const ANY_HEADING = new RegExp(`\\b(?:${Object.values(headings).join('|')})\\b[^:\\n]{0,40}:`, 'i');
const BULLET = /^\s*(?:[-*•]|\d+[.)])\s+(.+)$/;

/** Without length, price, id: `Haircut (45 min)` → `Haircut`. */
const bareName = (item: string) =>
  item
    .replace(/\s*[([{].*$/, '')
    .replace(/\s+[–—-]\s.*$/, '')
    .replace(/[."'`]+$|^["'`]+/g, '')
    .trim();

function listed(item: string): Listed[] {
  const [answer, ...others] = item.split('|').map(bareName).filter(Boolean);
  return answer ? [{ answer, names: [answer, ...others] }] : [];
}

/** Entries behind a heading: on its line, separated by commas, or one a line as bullets below it. */
function listAfter(prompt: string, heading: string): Listed[] {
  const found = new RegExp(`\\b(?:${heading})\\b[^:\\n]{0,40}:[ \\t]*([^\\n]*)((?:\\n[^\\n]*)*)`, 'i').exec(
    prompt,
  );
  if (!found) return [];
  const sameLine = (found[1] ?? '').split(ANY_HEADING)[0] ?? '';
  if (sameLine.trim()) {
    const items = sameLine.replace(/^\s*\[|\]\s*\.?\s*$/g, '').split(/[,;](?![^(]*\))/);
    return items.flatMap(listed);
  }
  const entries: Listed[] = [];
  for (const line of (found[2] ?? '').split('\n').slice(1)) {
    const item = BULLET.exec(line)?.[1];
    if (item !== undefined) entries.push(...listed(item));
    else if (line.trim()) break;
  }
  return entries;
}

function statedDate(prompt: string): string | undefined {
  const near = /\b(?:today|heute|date|datum|now|call(?:ed)?)\b[^\n]{0,60}?(\d{4}-\d{2}-\d{2})/i.exec(
    prompt,
  )?.[1];
  return near ?? /\b\d{4}-\d{2}-\d{2}\b/.exec(prompt)?.[0];
}

/** Reads services, staff and the day out of a system prompt written in English or German. */
export function readPromptFacts(prompt: string, now: Date): PromptFacts {
  return {
    today: statedDate(prompt) ?? now.toISOString().slice(0, 10),
    services: listAfter(prompt, headings.services),
    staff: listAfter(prompt, headings.staff),
  };
}
